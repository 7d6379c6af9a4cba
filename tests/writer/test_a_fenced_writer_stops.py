"""Whoever lost the lease stops, gives up everything and answers nobody."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.store import LeaseHeld, Store
from hub.writer import NotWriter
from tests.parts.waiting import eventually
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running


def test_replaced_while_it_was_stopped(opened: Callable[[], Store]) -> None:
    """The holder sleeps (SIGSTOP), another process takes over, the holder wakes with a command in its hands."""
    old_store, new_store = opened(), opened()
    author = Author()
    new = author.register()
    stopped: list[str] = []
    with running(old_store, on_stop=stopped.append, patience=0.3) as old:
        found(old)
        one(old, new)
        lease = new_store.acquire(0, take_over=True)
        assert lease.head.position == 4
        assert outcomes(old.ask([author.attempt(dispute_of(new))])) == ["hub.not_writer"]
        eventually(lambda: stopped, what="the old writer stopped")
        assert stopped == ["hub.not_writer"]
        with pytest.raises(NotWriter) as refusal:
            old.ask([author.register()])
        assert refusal.value.code == "hub.not_writer"
        assert old.problem == "hub.not_writer"
    new_store.release()
    with running(new_store) as successor:
        assert one(successor, author.attempt(dispute_of(new))).version == 2
    assert check_log(new_store) == 5


def test_an_idle_writer_notices_by_its_heartbeat(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.writer.writer.BEAT_SECONDS", 0.05)
    stopped: list[str] = []
    with running(store, on_stop=stopped.append):
        with store.writing() as connection:
            connection.execute(text("UPDATE head SET epoch = epoch + 1"))
        eventually(lambda: stopped, what="the fenced writer stopped")


def test_all_who_wait_are_told(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        with store.writing() as connection:
            connection.execute(text("UPDATE head SET epoch = epoch + 1"))
        said: list[str] = []

        def ask() -> None:
            try:
                said.extend(outcomes(writer.ask([author.register()])))
            except NotWriter as refusal:
                said.append(refusal.code)

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert said == ["hub.not_writer"] * 20
        assert writer.wait_beyond(3, 60) == 3, "who waits for a position must not wait for a stopped writer"
    assert check_log(store) == 3


def test_a_second_writer_does_not_start(opened: Callable[[], Store]) -> None:
    with running(opened()), pytest.raises(LeaseHeld), running(opened()):
        pass


def test_a_store_behind_what_was_acknowledged_is_not_written(store: Store) -> None:
    """The database came back from an older copy (a lagging standby): going on would give positions away twice."""
    author = Author()
    stopped: list[str] = []
    with running(store, on_stop=stopped.append) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
        with store.writing() as connection:
            connection.execute(text("DELETE FROM stored_events WHERE notification_id = 4"))
            connection.execute(text("UPDATE head SET position = 3"))
        store._lease._connection.close()  # type: ignore[union-attr]
        assert outcomes(writer.ask([author.register()])) == ["hub.not_writer"]
        eventually(lambda: stopped, what="the writer stopped")
        assert stopped == ["store.behind"]
    assert store.position() == 3


def test_stop_decides_what_waits(store: Store, tmp_path: Path) -> None:
    author = Author()
    said: list[list[str]] = []
    with running(store) as writer:
        found(writer)
        for _ in range(40):
            writer.submit([author.register(), author.register()], lambda o: said.append(outcomes(o)))
    assert said == [["done", "done"]] * 40
    assert check_log(store) == 83
    with pytest.raises(NotWriter):
        writer.ask([author.register()])
    assert store.acquire(0).head.position == 83
