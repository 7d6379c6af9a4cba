"""Database or disk gone in mid-flight: callers are told soon, nothing acknowledged is lost, work goes on."""

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest

from hub.store import open_store
from hub.words import Answer
from hub.writer import Busy, Incident, NotWriter
from ops.postgres import PostgresServer
from tests.parts.waiting import eventually
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_postgresql_stopped_under_load(own_postgres: PostgresServer, how: str) -> None:
    store = open_store(own_postgres.database())
    author = Author()
    acknowledged: list[Answer] = []
    told: set[str] = set()
    stop = threading.Event()
    with contextlib.closing(store), running(store, patience=0.3) as writer:
        found(writer)

        def caller(number: int) -> None:
            own = Author(f"system-{number}")
            while not stop.is_set():
                try:
                    said = writer.ask([own.register()])[0]
                except (NotWriter, Busy) as refusal:
                    told.add(refusal.code)
                    stop.wait(0.01)
                else:
                    if isinstance(said, Incident):
                        told.add(said.code)
                    else:
                        acknowledged.append(said)

        threads = [threading.Thread(target=caller, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        eventually(lambda: len(acknowledged) > 200, what="some work is done")
        getattr(own_postgres, how)()
        eventually(lambda: writer.problem == "hub.store_gone", what="the writer says why it takes nothing")
        eventually(lambda: "hub.store_gone" in told, what="callers are told")
        before = len(acknowledged)
        own_postgres.start()
        eventually(lambda: len(acknowledged) > before + 200, what="work goes on", within=30)
        assert writer.problem == ""
        stop.set()
        for thread in threads:
            thread.join()
        assert told <= {"hub.store_gone", "hub.store_failed"}
        for answer in acknowledged:
            assert store.answers.get(answer.system, answer.command_id) == answer
        assert one(writer, author.register()).outcome == "done"
    store = open_store(str(store.url.render_as_string(hide_password=False)))
    with contextlib.closing(store):
        assert check_log(store) == store.answers.count()


def test_a_lost_connection_is_not_noticed_by_callers(own_postgres: PostgresServer) -> None:
    store = open_store(own_postgres.database())
    author = Author()
    with contextlib.closing(store), running(store) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
        own_postgres.restart()
        assert one(writer, author.attempt(dispute_of(new))).version == 2
        assert check_log(store) == 5


def test_a_full_disk(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    author = Author()
    with contextlib.closing(store), running(store) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
        real = store.acquire

        def full(now: int, take_over: bool = False) -> Any:
            lease: Any = real(now, take_over)
            limit(lease)
            return lease

        def limit(lease: Any) -> None:
            pages = lease._connection.execute("PRAGMA page_count").fetchone()[0]
            lease._connection.execute(f"PRAGMA max_page_count = {pages}")

        store.acquire = full  # type: ignore[method-assign]
        limit(store._lease)
        huge = [author.refer(dispute_of(new), reason="x" * 50_000)]
        assert outcomes(writer.ask(huge)) == ["hub.store_failed"]
        assert outcomes(writer.ask(huge)) == ["hub.store_failed"]
        store.acquire = real  # type: ignore[method-assign]
        store._lease._connection.close()  # type: ignore[union-attr]
        assert outcomes(writer.ask(huge)) == ["done"], "room again: the same command is taken"
        assert one(writer, new).version == 1
    store = open_store(str(store.url))
    with contextlib.closing(store):
        assert check_log(store) == 5


def test_the_file_is_locked_by_another_process_for_a_while(tmp_path: Path) -> None:
    """A backup or a tool holds SQLite's lock: the writer waits for it instead of failing."""
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    author = Author()
    with contextlib.closing(store), running(store) as writer:
        found(writer)
        other = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
        with contextlib.closing(other):
            with other.writing():
                said: list[str] = []
                thread = threading.Thread(target=lambda: said.append(outcomes(writer.ask([author.register()]))[0]))
                thread.start()
                thread.join(0.3)
                assert said == []
            thread.join()
            assert said == ["done"]
