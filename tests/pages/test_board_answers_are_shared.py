"""One computation for all who ask the same at once; the last answer meanwhile; a later position for who must see it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from hub.web.pages.shared import LONGEST, REST, STALE, Answer, Shared


class Clock:
    """Seconds that go on when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Maker:
    """Computes an answer; ``gate`` holds it up, ``took`` is how long it takes by the clock."""

    def __init__(self, clock: Clock, took: float = 0.1) -> None:
        self.clock, self.took = clock, took
        self.made = 0
        self.position = 1
        self.began = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> Answer[int]:
        self.made += 1
        self.began.set()
        assert self.gate.wait(10)
        self.clock.now += self.took
        return Answer(self.made, ("at", self.position), self.position)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def together(count: int, ask: Callable[[], Any]) -> tuple[list[threading.Thread], list[Any]]:
    """So many callers at once, and where their answers will be."""
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(ask())) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, found


def test_an_answer_is_kept_while_its_stamp_holds(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    first = shared.get("k", ("at", 1), make)
    clock.now += 1_000
    assert shared.get("k", ("at", 1), make) is first and make.made == 1
    assert shared.get("other", ("at", 1), make).value == 2


def test_twenty_who_ask_at_once_get_one_computation(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    make.gate.clear()
    threads, found = together(20, lambda: shared.get("k", ("at", 1), make))
    assert make.began.wait(5)
    make.gate.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 20 and {answer.value for answer in found} == {1} and make.made == 1


def test_the_last_answer_serves_while_the_next_is_made_or_may_not_be_made_yet(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    shared.get("k", ("at", 1), make)
    make.position = 2
    clock.now += REST * make.took - 0.01
    assert shared.get("k", ("at", 2), make).value == 1  # too early for the next one
    clock.now += 0.02
    make.began.clear()
    make.gate.clear()
    threads, found = together(1, lambda: shared.get("k", ("at", 2), make))
    assert make.began.wait(5)
    assert shared.get("k", ("at", 2), make).value == 1  # somebody else is at it
    make.gate.set()
    threads[0].join(10)
    assert found[0].value == 2 and make.made == 2
    assert shared.get("k", ("at", 2), make).value == 2


def test_a_long_computation_rests_no_longer_than_a_page_may_wait(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock, took=5.0)
    shared.get("k", ("at", 1), make)
    make.position = 2
    clock.now += LONGEST + 0.01
    assert shared.get("k", ("at", 2), make).value == 2


def test_who_must_see_a_position_waits_for_it(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    shared.get("k", ("at", 1), make)
    make.position = 2
    clock.now += REST * make.took + 0.01
    make.began.clear()
    make.gate.clear()
    threads, _ = together(1, lambda: shared.get("k", ("at", 2), make))
    assert make.began.wait(5)
    waiting, found = together(1, lambda: shared.get("k", ("at", 2), make, least=2))
    waiting[0].join(0.1)
    assert not found
    make.gate.set()
    for thread in (*threads, *waiting):
        thread.join(10)
    assert found[0].position == 2 and make.made == 2


def test_an_old_answer_is_not_given_for_long(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    shared.get("k", ("at", 1), make)
    make.position = 2
    clock.now += STALE + 1
    make.began.clear()
    make.gate.clear()
    threads, _ = together(1, lambda: shared.get("k", ("at", 2), make))
    assert make.began.wait(5)
    waiting, found = together(1, lambda: shared.get("k", ("at", 2), make))
    waiting[0].join(0.1)
    assert not found  # the last answer is too old to be given
    make.gate.set()
    for thread in (*threads, *waiting):
        thread.join(10)
    assert found[0].value == 2


def test_eager_is_always_the_asked_stamp(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)
    shared.get("k", ("at", 1), make, eager=True)
    make.position = 2
    assert shared.get("k", ("at", 2), make, eager=True).value == 2


def test_a_failure_is_the_callers_own_and_the_next_one_tries(clock: Clock) -> None:
    shared, make = Shared(clock), Maker(clock)

    def fails() -> Answer[int]:
        raise LookupError("no view")

    with pytest.raises(LookupError):
        shared.get("k", ("at", 1), fails)
    assert shared.get("k", ("at", 1), make).value == 1


def test_what_nobody_asks_for_any_more_is_forgotten(clock: Clock) -> None:
    shared, make = Shared(clock, most=3), Maker(clock)
    for key in range(4):
        shared.get(key, ("at", 1), make)
    assert make.made == 4
    shared.get(3, ("at", 1), make)
    assert make.made == 4
    shared.get(0, ("at", 1), make)
    assert make.made == 5
