"""Tries at passwords, on both databases: free, then waiting, never for ever nor at the cost of known browsers."""

import threading
from collections.abc import Callable

import pytest

from hub.store import Store
from hub.store.guesses import BROWSERS, FIRST_WAIT, FORGOTTEN, FREE, LONGEST_WAIT, slot, wait_after
from hub.words import SECOND

NOW = 1_000_000_000_000


@pytest.fixture
def guesses(store: Store) -> Store:
    store.people.add("zhang", "张某某", "clerk", b"a" * 16, "", NOW)
    return store


def exhaust(store: Store, user: str, browser: str = "", now: int = NOW) -> None:
    assert [store.guesses.take(user, browser, now) for _ in range(FREE)] == [0] * FREE


def test_waits_double_up_to_a_limit() -> None:
    assert [wait_after(n) for n in (0, FREE - 1, FREE, FREE + 1, FREE + 2)] == [
        0, 0, FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT,
    ]  # fmt: skip
    assert wait_after(10_000) == LONGEST_WAIT


@pytest.mark.parametrize("user", ["zhang", "nobody", "", "\ud800" * 300])
def test_after_the_free_tries_one_waits_known_or_not(guesses: Store, user: str) -> None:
    exhaust(guesses, user)
    assert guesses.guesses.take(user, "", NOW) == FIRST_WAIT
    assert guesses.guesses.take(user, "", NOW + FIRST_WAIT - 1) == 1
    assert guesses.guesses.take(user, "", NOW + FIRST_WAIT) == 0
    assert guesses.guesses.take(user, "", NOW + FIRST_WAIT) == 2 * FIRST_WAIT
    assert guesses.guesses.take("other" + user, "", NOW) == 0


def test_trying_during_the_wait_does_not_lengthen_it(guesses: Store) -> None:
    exhaust(guesses, "zhang")
    for second in range(29):
        assert guesses.guesses.take("zhang", "", NOW + second * SECOND) > 0
    assert guesses.guesses.take("zhang", "", NOW + FIRST_WAIT) == 0


def test_a_clock_set_back_does_not_lengthen_it(guesses: Store) -> None:
    exhaust(guesses, "zhang")
    assert guesses.guesses.take("zhang", "", NOW - 10 * FORGOTTEN) == FIRST_WAIT


def test_a_success_and_a_day_without_tries_start_anew(guesses: Store) -> None:
    exhaust(guesses, "zhang")
    guesses.guesses.passed("zhang", "", NOW)
    exhaust(guesses, "zhang")
    later = NOW + FORGOTTEN + 1
    exhaust(guesses, "zhang", now=later)
    assert guesses.guesses.take("zhang", "", later) == FIRST_WAIT


def test_a_stranger_does_not_keep_out_who_comes_from_a_known_browser(guesses: Store) -> None:
    browser = guesses.guesses.passed("zhang", "", NOW)
    exhaust(guesses, "zhang")
    exhaust(guesses, "zhang", browser)
    assert guesses.guesses.take("zhang", browser, NOW) == FIRST_WAIT  # bounded all the same
    assert guesses.guesses.passed("zhang", browser, NOW) == browser
    assert guesses.guesses.take("zhang", browser, NOW) == 0
    assert guesses.guesses.take("zhang", "", NOW) == FIRST_WAIT  # the owner's coming gives the stranger no new tries


def test_a_browser_is_known_only_for_who_signed_in_there_and_only_by_our_token(guesses: Store) -> None:
    guesses.people.add("li", "李某某", "clerk", b"a" * 16, "", NOW)
    made_up = "x" * 43
    browser = guesses.guesses.passed("zhang", made_up, NOW)
    assert browser != made_up
    for user, token in (("li", browser), ("zhang", made_up)):
        exhaust(guesses, user)
        assert guesses.guesses.take(user, token, NOW) == FIRST_WAIT
    assert guesses.guesses.passed("li", browser, NOW) == browser  # one office computer, two people
    assert guesses.guesses.take("li", browser, NOW) == 0 and guesses.guesses.take("zhang", browser, NOW) == 0


def test_only_the_latest_browsers_are_remembered(guesses: Store) -> None:
    tokens = [guesses.guesses.passed("zhang", "", NOW + n) for n in range(BROWSERS + 2)]
    exhaust(guesses, "zhang")
    known = [guesses.guesses.take("zhang", token, NOW) == 0 for token in tokens]
    assert known == [False, False, *[True] * BROWSERS]


def test_what_was_typed_is_not_kept_and_names_share_a_bounded_number_of_counters(guesses: Store) -> None:
    for n in range(50):
        guesses.guesses.take(f"typed {n}", "", NOW)
    with guesses.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM sign_in_slots").all()
    assert {row[0] for row in rows} == {slot(f"typed {n}") for n in range(50)} and all(row[0] < 1 << 16 for row in rows)


def test_many_at_once_get_no_more_tries(opened: Callable[[], Store]) -> None:
    passed: list[int] = []
    ready = threading.Barrier(8)

    def rush(store: Store) -> None:
        ready.wait()
        for _ in range(4):
            passed.append(store.guesses.take("zhang", "", NOW))

    threads = [threading.Thread(target=rush, args=(opened(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(passed) == 32 and passed.count(0) == FREE
