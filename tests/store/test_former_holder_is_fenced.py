"""One writer at a time: the lease, and the head row that stops whoever held it before."""

import contextlib
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from hub.store import Batch, Fenced, LeaseHeld, Store, StoreError, Unknown
from hub.store.postgres import conninfo
from tests.store.rows import batch, events


def test_only_one_store_gets_the_lease(opened: Callable[[], Store]) -> None:
    first, second = opened(), opened()
    first.acquire(0)
    with pytest.raises(LeaseHeld):
        second.acquire(0)
    with pytest.raises(LeaseHeld):
        second.append(batch(0))
    first.release()
    assert second.acquire(0).head.epoch == 2


def test_a_new_lease_has_a_higher_epoch_and_knows_the_head(opened: Callable[[], Store]) -> None:
    first = opened()
    first.acquire(0)
    first.append(batch(0, 2))
    first.close()
    assert opened().acquire(0).head == (2, 2, 1_000)


def test_an_older_epoch_is_refused_where_a_look_at_it_would_have_passed(opened: Callable[[], Store]) -> None:
    """The interleaving: the old holder looks (epoch still its own), the new one takes over, the old one writes."""
    old, new = opened(), opened()
    old_lease = old.acquire(0)
    assert old.head().epoch == old_lease.head.epoch  # the look that a SELECT before the insert would be
    with new.writing() as connection:
        connection.execute(text("UPDATE head SET epoch = epoch + 1"))
    with pytest.raises(Fenced):
        old.append(batch(0))
    with pytest.raises(Fenced):
        old_lease.beat(1)
    assert new.read(0, 10) == []
    assert old.answers.count() == 0


def test_a_take_over_ends_the_former_holder(opened: Callable[[], Store]) -> None:
    stopped, replacement = opened(), opened()
    stopped.acquire(0)
    stopped.append(batch(0))
    lease = replacement.acquire(0, take_over=True)
    lease.append(batch(1))
    # Woken again, the former holder meets a dead session (PostgreSQL) or the head row (SQLite).
    with pytest.raises(StoreError) as failure:
        stopped.append(batch(1))
    assert isinstance(failure.value, Fenced | Unknown)
    stopped.release()
    with pytest.raises(LeaseHeld):
        stopped.acquire(0)
    assert [e.position for e in replacement.read(0, 10)] == [1, 2]


def test_an_insert_by_a_tool_stops_the_writer(store: Store) -> None:
    """States read before are no longer current once anybody else has added events."""
    from uuid import uuid4

    from eventsourcing.persistence import StoredEvent

    store.acquire(0)
    store.append(batch(0))
    assert store.recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")]) == [2]
    with pytest.raises(Fenced):
        store.append(batch(1))


@pytest.mark.postgres
def test_the_lock_dies_with_the_connection_that_writes(pg_url: Callable[[], str]) -> None:
    url = pg_url()
    first, second = Store(url), Store(url)
    with contextlib.closing(first), contextlib.closing(second):
        first.acquire(0)
        with psycopg.connect(conninfo(first.url), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")
        with pytest.raises(Unknown):
            first.append(batch(0))
        assert second.acquire(0).head.epoch == 2


def test_an_outage_of_the_command_side_is_noted(opened: Callable[[], Store]) -> None:
    second = 1_000_000
    first = opened()
    lease = first.acquire(0)
    lease.beat(100 * second)
    first.append(Batch(0, 90 * second, events(0, 1)))
    first.close()
    again = opened()
    again.acquire(120 * second)  # 20 s: a restart, not an outage
    assert again.outages(0) == []
    assert again.alive_at() == 100 * second
    again.close()
    later = opened()
    later.acquire(700 * second)
    assert later.outages(0) == [(100 * second, 700 * second)]
    assert later.outages(700 * second) == []
