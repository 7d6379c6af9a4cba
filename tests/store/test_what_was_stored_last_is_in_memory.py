"""Reading near the end asks no database, and gives what the database would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.store import Store
from hub.store.recent import KEPT, Recent
from hub.words import Stored
from tests.store.rows import batch, events


def test_it_is_what_the_database_holds(opened: Callable[[], Store]) -> None:
    writes, reads = opened(), opened()
    writes.acquire(0)
    last = 0
    for many in (1, 3, 2, 40):
        writes.append(batch(last, many))
        last += many
        for after in (0, last - many, last - 1, last, last + 5):
            for limit in (1, 2, 100):
                assert writes.read(after, limit) == reads.read(after, limit)


def test_the_database_is_not_asked(opened: Callable[[], Store]) -> None:
    store = opened()
    store.acquire(0)
    store.append(batch(0, 5))
    reading: Any = store._reading
    store._reading = None  # type: ignore[assignment]
    assert [e.position for e in store.read(2, 10)] == [3, 4, 5]
    store._reading = reading
    assert store.read(5, 10) == []


def test_what_another_holder_stores_is_seen(opened: Callable[[], Store]) -> None:
    first, second = opened(), opened()
    first.acquire(0)
    first.append(batch(0, 2))
    first.release()
    second.acquire(0)
    second.append(batch(2, 2))
    assert [e.position for e in first.read(1, 10)] == [2, 3, 4]
    second.release()
    first.acquire(0)
    first.append(batch(4, 1))
    assert [e.position for e in first.read(0, 10)] == [1, 2, 3, 4, 5]
    assert [e.position for e in first.read(2, 10)] == [3, 4, 5]


def test_even_while_the_former_holder_has_not_noticed(opened: Callable[[], Store]) -> None:
    stopped, replacement = opened(), opened()
    stopped.acquire(0)
    stopped.append(batch(0, 2))
    replacement.acquire(0, take_over=True).append(batch(2, 2))
    seen = 0
    while found := stopped.read(seen, 10):
        seen = found[-1].position
    assert seen == 4


@given(st.lists(st.tuples(st.integers(1, 900), st.booleans()), max_size=12), st.data())
def test_a_run_without_a_gap(batches: list[tuple[int, bool]], data: st.DataObject) -> None:
    recent, last = Recent(), 0
    log: list[Stored] = []
    for many, skipped in batches:
        last += many if skipped else 0  # stored, but its answer was lost: not added
        new = events(last, many)
        log = new if skipped else log + new
        last += many
        recent.add(new)
    after, limit = data.draw(st.integers(0, last + 3)), data.draw(st.integers(1, 3_000))
    found = recent.read(after, limit)
    if found:
        assert found == [e for e in log if e.position > after][:limit]
    if log and log[0].position - 1 <= after < last and after >= last - KEPT:
        assert found
