"""A stored turn leaves the memory at once, not when the collector comes; answers stay for a while, not for ever."""

import gc

from hub.store import Store
from hub.words import Answer, CommandId
from hub.writer.turn import Turn
from hub.writer.world import RECENT, Key, Recent
from tests.writer.parts import START, Author, dispute_of, found, one, running


def test_a_turn_is_no_cycle(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                new = author.register()
                one(writer, new)
                one(writer, author.attempt(dispute_of(new)))
            # The writer's thread may still hold the last one.
            assert sum(isinstance(o, Turn) for o in gc.get_objects()) <= 1
        finally:
            gc.enable()


def test_recent_answers_are_as_many_as_may_wait_and_not_many_more() -> None:
    recent = Recent()
    answers = {key(n): answer(n) for n in range(5 * RECENT)}
    for n, (named, given) in enumerate(answers.items()):
        recent.put({named: given})
        assert recent.get(named) == given
        if n >= RECENT - 1:
            assert recent.get(key(n - RECENT + 1)) == answers[key(n - RECENT + 1)]
    known = [n for n in range(5 * RECENT) if recent.get(key(n)) is not None]
    assert RECENT <= len(known) <= 2 * RECENT
    recent.clear()
    assert recent.get(key(5 * RECENT - 1)) is None


def key(number: int) -> Key:
    return ("system", number.to_bytes(16, "big"))


def answer(number: int) -> Answer:
    return Answer(
        "system", CommandId(number.to_bytes(16, "big")), bytes(32), "done", "", "", "", None, 1, number, START
    )
