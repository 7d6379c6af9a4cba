"""A command id is answered once: the same command gets the same answer again, another one is refused."""

import os
import threading

from hub.store import Move, Store
from hub.words import Answer
from hub.writer import Origin, Poll
from tests.writer.parts import CONTRACT, POLICE, Author, check_log, dispute_of, found, one, outcomes, running


def test_the_same_answer_from_memory_and_from_the_store(store: Store) -> None:
    author = Author()
    new = author.register()
    with running(store) as writer:
        found(writer)
        first = one(writer, new)
        assert one(writer, new) == first
    with running(store) as writer:  # a new process: nothing in memory
        assert one(writer, new) == first
        assert one(writer, author.attempt(dispute_of(new))).version == 2
        assert one(writer, new) == first
    assert check_log(store) == 5


def test_refusals_and_nothing_are_repeated_too(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        dispute = dispute_of(new)
        one(writer, new)
        refused = author.attempt(dispute, POLICE)  # no role: does not exist for the police
        answer = one(writer, refused)
        assert (answer.code, answer.version, answer.position) == ("dispute.unknown", 0, 0)
        # Were it decided again it would now be another answer.
        one(writer, author.refer(dispute))
        assert one(writer, author.attempt(dispute, POLICE)).code == "dispute.not_custodian"
    with running(store) as writer:
        assert one(writer, refused) == answer


def test_another_body_under_the_same_id(store: Store) -> None:
    author = Author()
    new = author.register()
    other = new._replace(digest=os.urandom(32))
    with running(store) as writer:
        found(writer)
        first = one(writer, new)
        assert outcomes(writer.ask([other])) == ["command.reused"]
    with running(store) as writer:
        answer = one(writer, other)
        assert (answer.code, answer.field, answer.version, answer.dispute) == ("command.reused", "command_id", 0, None)
        assert one(writer, new) == first, "the refusal must not replace the stored answer"


def test_another_system_has_ids_of_its_own(store: Store) -> None:
    new = Author("town-system").register()
    with running(store) as writer:
        found(writer)
        first = one(writer, new)
        second = one(writer, new._replace(system="other-system", digest=os.urandom(32)))
        assert (first.outcome, second.outcome) == ("done", "done")
        assert first.dispute != second.dispute
    assert check_log(store) == 5


def test_repeats_within_one_batch(store: Store) -> None:
    author = Author()
    new = author.register()
    with running(store) as writer:
        found(writer)
        said = writer.ask([new, new, new._replace(digest=os.urandom(32)), new])
        assert outcomes(said) == ["done", "done", "command.reused", "done"]
        assert said[0] == said[1] == said[3]
    assert check_log(store) == 4


def test_old_repeats_spoil_nobody_elses_batch(store: Store) -> None:
    """An old repeat is found by the unique key, after the batch was decided: all of it is decided again, one by one."""
    author = Author()
    old = [author.register() for _ in range(10)]
    with running(store) as writer:
        found(writer)
        firsts = writer.ask(old)
    with running(store) as writer:
        fresh = [author.attempt(dispute_of(o)) for o in old] + [author.register() for _ in range(10)]
        mixed = [command for pair in zip(fresh, old + old, strict=True) for command in pair]
        said = writer.ask(mixed)
        assert outcomes(said) == ["done"] * 40
        assert said[1::2] == firsts + firsts
        assert [a.version for a in said[0:20:2] if isinstance(a, Answer)] == [2] * 10
    assert check_log(store) == 3 + 10 + 20


def test_one_id_from_many_callers_at_once(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        said: list[Answer] = []
        threads = [threading.Thread(target=lambda: said.append(one(writer, new))) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(said) == 16
        assert len(set(said)) == 1
    assert check_log(store) == 4


def test_an_answer_recovered_from_topics_matches_any_body(store: Store) -> None:
    author = Author()
    new = author.register()
    with running(store) as writer:
        found(writer)
        stranger = author.attempt(os.urandom(16))
        recovered = Answer(author.system, stranger.command_id, b"", "done", "", "", "", stranger.dispute, 7, 99, 5)
        assert store.answers.restore([recovered]) == 1
        assert store.answers.restore([recovered]) == 0
        assert one(writer, stranger) == recovered
        assert one(writer, new).outcome == "done"


def test_a_repeat_through_an_outbox_is_answered_again_in_the_inbox(store: Store) -> None:
    author = Author("court")
    new = author.register(reply=True)
    with running(store) as writer:
        found(writer)
        for start in (0, 1):
            old = "topic" if start else ""
            writer.ask([new], Poll(Move("court", old, start, "topic", start + 1), (Origin(start, b"raw"),)))
    messages = store.deliveries.read("court", 0, 10)
    assert [n for n, _, _ in messages] == [1, 2]
    assert messages[0][2] == messages[1][2]
    schema, values = CONTRACT.decode(messages[0][2])
    assert (schema.name, values[:2]) == ("answer", (new.command_id, "done"))
    assert store.offset("court") == ("topic", 2)
    assert check_log(store) == 4
