"""n is gapless per inbox whoever appends, and a follower's repeated batch changes nothing."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from hub.store import Batch, Conflict, Store, open_store
from tests.parts.waiting import eventually
from tests.store.rows import delivery

ROUNDS = 40


def test_writer_and_follower_append_at_once(opened: Callable[[], Store]) -> None:
    store = opened()
    lease = store.acquire(0)
    systems = [f"system-{i}" for i in range(5)]
    failures: list[BaseException] = []

    def answers() -> None:
        try:
            for i in range(ROUNDS):
                lease.append(Batch(0, i, deliveries=[delivery(s) for s in systems]))
        except BaseException as error:
            failures.append(error)

    def released() -> None:
        try:
            for i in range(ROUNDS):
                # The other way round: counters locked in the order given would deadlock on PostgreSQL.
                store.deliveries.follow("events", i, i + 1, [delivery(s, i + 1) for s in reversed(systems)])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=answers), threading.Thread(target=released)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for system in systems:
        rows = store.deliveries.read(system, 0, 1_000)
        assert [n for n, _, _ in rows] == list(range(1, 2 * ROUNDS + 1))
        assert [p for _, p, _ in rows if p] == list(range(1, ROUNDS + 1))
    assert store.deliveries.lasts() == dict.fromkeys(systems, 2 * ROUNDS)


@pytest.mark.postgres
def test_counters_are_locked_in_the_order_of_their_names(pg_url: Callable[[], str]) -> None:
    """In the order given, the writer and the follower would each lock what the other waits for."""
    store = open_store(pg_url())
    store.deliveries.append([delivery("a"), delivery("z")])
    row = text("SELECT n FROM delivery_counters WHERE system = :system FOR UPDATE NOWAIT")
    with store.engine.connect() as holder, store.engine.connect() as looker:
        holder.execute(row, {"system": "a"})
        waiting = threading.Thread(target=store.deliveries.append, args=([delivery("z"), delivery("a")],))
        waiting.start()
        mine = "datname = current_database() AND wait_event_type = 'Lock'"
        blocked = text(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")

        def look() -> bool:
            looker.rollback()  # a transaction sees one state of the server's activity only
            return bool(looker.execute(blocked).scalar())

        eventually(look, what="the appender waits for a")
        looker.execute(row, {"system": "z"})  # not locked yet: raises if it is
        looker.rollback()
        holder.rollback()
        waiting.join()
    assert store.deliveries.lasts() == {"a": 2, "z": 2}
    store.close()


def test_a_repeated_or_overlapping_batch_of_a_follower_changes_nothing(opened: Callable[[], Store]) -> None:
    first, second = opened(), opened()
    first.deliveries.follow("events", 0, 4, [delivery("court", 4)])
    for expected, position in ((0, 4), (0, 6), (3, 5), (5, 6)):
        with pytest.raises(Conflict):
            second.deliveries.follow("events", expected, position, [delivery("court", 5)])
    assert second.deliveries.position("events") == 4
    assert second.deliveries.last("court") == 1
    second.deliveries.follow("events", 4, 6, [])
    assert first.deliveries.position("events") == 6
    assert first.deliveries.position("another") == 0


def test_messages_are_put_back_as_they_were(opened: Callable[[], Store]) -> None:
    store = opened()
    store.deliveries.append([delivery("court", 1), delivery("court")])
    kept = [("court", *row) for row in store.deliveries.read("court", 0, 10)]
    more = [("court", 3, 9, b"nine"), ("police", 1, 9, b"nine")]
    assert store.deliveries.restore(kept + more) == 2
    assert store.deliveries.restore(kept + more) == 0
    assert store.deliveries.lasts() == {"court": 3, "police": 1}
    with pytest.raises(ValueError, match="differs"):
        store.deliveries.restore([("court", 2, 0, b"another")])
    with pytest.raises(ValueError, match="missing"):
        store.deliveries.restore([("court", 5, 0, b"five")])
    assert store.deliveries.lasts() == {"court": 3, "police": 1}
    store.deliveries.append([delivery("court")])
    assert store.deliveries.last("court") == 4
