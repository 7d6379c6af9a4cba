"""The store: where an event is accepted. One class for both databases; opening it brings its tables up to date.

Guarantee: what ``append`` returned from is durable. Positions are gapless and visible in order: whoever has read up to
p and reads again gets p + 1. Reading is safe from any thread; the lease belongs to one thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import Connection, Engine, make_url, select

from hub.words import Stored

from . import driver
from . import tables as t
from .answers import Answers
from .batch import Batch, LeaseHeld
from .credentials import Credentials
from .deliveries import Deliveries
from .guesses import Guesses
from .hints import Hints
from .lease import Head, Lease, Outage
from .migrations import migrate
from .pack import register, uuids
from .people import People
from .postgres import PostgresLease, conninfo
from .quarantine import Quarantine
from .recent import Recent
from .sealed import SealedParties
from .sessions import Sessions
from .sqlite import BUSY_SECONDS, PRAGMAS, SqliteLease, stored

if TYPE_CHECKING:
    from .recorders import HubPostgresRecorder, HubSQLiteRecorder

_COLUMNS = "notification_id, originator_id, originator_version, topic, state"


def open_store(url: str) -> Store:
    """Opens a store, making or migrating its tables (safe when many processes start at once).

    ``url``: ``sqlite:///path/hub.db`` or ``postgresql+psycopg://user:password@host:port/name``. Raises ValueError for
    another kind, StoreTooNew, or SQLAlchemy's OperationalError when the database cannot be reached.
    """
    return Store(url)


class Store:
    """One store. Its parts: ``answers``, ``deliveries``, ``hints``, ``quarantine``, ``credentials``, ``sealed``; for
    people ``people``, ``sessions``, ``guesses``.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.postgres = self.url.drivername == "postgresql+psycopg"
        if not self.postgres and (self.url.drivername != "sqlite" or not self.url.database):
            raise ValueError("a store is sqlite:///path or postgresql+psycopg://user:password@host:port/name")
        # In one process the writer, the deliveries follower and key management take turns here: SQLite's own busy
        # waiting polls, and the writer would starve. Other processes meet SQLite's lock.
        self._mutex = threading.Lock()
        self._lease: Lease | None = None
        self._recent = Recent()
        self.engine = self._engine()
        # Every read is one statement: begin and rollback around it would be two more round trips.
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT") if self.postgres else self.engine
        # For those who follow the log and the inboxes: see ``driver.plain``.
        self._tails = self._engine(ping=False) if self.postgres else self.engine
        if self.postgres:
            self._tails = self._tails.execution_options(isolation_level="AUTOCOMMIT")
        migrate(self.engine)
        self.answers = Answers(self._reading, self.writing)
        self.deliveries = Deliveries(self._reading, self.writing, self._tails)
        self.hints = Hints(self._reading, self.writing)
        self.quarantine = Quarantine(self._reading, self.writing)
        self.credentials = Credentials(self._reading, self.writing, self._tails)
        self.sealed = SealedParties(self._reading, self.writing)
        self.people = People(self._reading, self.writing)
        self.sessions = Sessions(self._reading, self.writing)
        self.guesses = Guesses(self._reading, self.writing)
        self._recorder: HubPostgresRecorder | HubSQLiteRecorder | None = None

    def _engine(self, ping: bool = True) -> Engine:
        if self.postgres:
            info = conninfo(self.url)
            import psycopg

            # pre_ping: a pooled connection may be older than the server's last restart.
            return sqlalchemy.create_engine(
                "postgresql+psycopg://", creator=lambda: psycopg.connect(info), pool_pre_ping=ping, pool_size=8
            )
        assert self.url.database is not None
        Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = sqlalchemy.create_engine(self.url, connect_args=arguments, pool_size=8)

        @sqlalchemy.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _: Any) -> None:
            for pragma in PRAGMAS:
                connection.execute(pragma)

        return engine

    # reading

    def read(self, after: int, limit: int) -> list[Stored]:
        """Events with positions above ``after``, in order, at most ``limit``."""
        recent = self._recent.read(after, limit)
        if recent:
            return recent
        query = f"SELECT {_COLUMNS} FROM stored_events WHERE notification_id > ? ORDER BY 1 LIMIT ?"
        rows = driver.plain(self._tails, query, after, limit)
        return [Stored(*row) for row in rows] if self.postgres else [stored(row) for row in rows]

    def load(self, streams: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        """The bodies of these streams' events in version order; a stream without events is missing."""
        found: dict[bytes, list[bytes]] = {}
        for event in self.events(streams):
            found.setdefault(event.stream, []).append(event.body)
        return found

    def events(self, streams: Sequence[bytes]) -> list[Stored]:
        """All events of these streams, by stream and version; one query."""
        if not streams:
            return []
        order = "ORDER BY originator_id, originator_version"
        with self._reading.connect() as connection:
            if self.postgres:
                cursor = self._cursor(connection)
                query = f"SELECT {_COLUMNS} FROM stored_events WHERE originator_id = ANY (%b) {order}"
                return [Stored(*row) for row in cursor.execute(query, (uuids(streams),), binary=True)]
            marks = ",".join("?" * len(streams))
            query = f"SELECT {_COLUMNS} FROM stored_events WHERE originator_id IN ({marks}) {order}"
            cursor = connection.connection.cursor()
            return [stored(row) for row in cursor.execute(query, [s.hex() for s in streams])]

    def agencies(self) -> list[Stored]:
        """Every registry event in position order, through an index of their own."""
        with self._reading.connect() as connection:
            query = f"SELECT {_COLUMNS} FROM stored_events WHERE {t.AGENCY_TOPICS} ORDER BY notification_id"
            if self.postgres:
                return [Stored(*row) for row in self._cursor(connection).execute(query, binary=True)]
            return [stored(row) for row in connection.connection.cursor().execute(query)]

    def head(self) -> Head:
        """Epoch, last position and last recorded_at."""
        with self._reading.connect() as connection:
            h = t.head
            return Head(*connection.execute(select(h.c.epoch, h.c.position, h.c.recorded_at)).one())

    def position(self) -> int:
        """The last committed position, 0 for an empty log."""
        return self.head().position

    def offset(self, outbox: str) -> tuple[str, int]:
        """(topic id, next offset) up to which an outbox has been read; ("", 0) before the first."""
        o = t.intake_offsets
        with self._reading.connect() as connection:
            row = connection.execute(select(o.c.topic, o.c.next_offset).where(o.c.outbox == outbox)).one_or_none()
        return ("", 0) if row is None else (row.topic, row.next_offset)

    def alive_at(self) -> int | None:
        """The last sign of life of the command side, None before the first."""
        with self._reading.connect() as connection:
            return connection.execute(select(t.heartbeat.c.alive_at)).scalar()

    def outages(self, since: int) -> list[Outage]:
        """When the command side was down, as far as it came up again after ``since``; oldest first."""
        o = t.outages
        with self._reading.connect() as connection:
            query = select(o).where(o.c.up_at > since).order_by(o.c.down_at)
            return [Outage(*row) for row in connection.execute(query)]

    # writing

    def acquire(self, now: int, take_over: bool = False) -> Lease:
        """Takes the lease: one per store among all processes. Raises LeaseHeld, or Unknown when there is no database.

        ``take_over`` takes it from a holder that was stopped or cut off; the head row keeps that one from writing.
        """
        if self._lease is not None:
            raise LeaseHeld("this store object holds the lease already")
        if self.postgres:
            self._lease = PostgresLease(self.url, self._recent, now, take_over)
        else:
            assert self.url.database is not None
            self._lease = SqliteLease(self.url.database, self._mutex, self._recent, now, take_over)
        return self._lease

    def release(self) -> None:
        """Gives the lease up, if this object holds it."""
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.close()

    def append(self, batch: Batch) -> None:
        """Stores a batch under the lease held. Raises LeaseHeld when none is, Fenced, Conflict, Unknown."""
        if self._lease is None:
            raise LeaseHeld("this store object does not hold the lease")
        self._lease.append(batch)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction beside the writer's, for everything that is not an event."""
        if self.postgres:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._mutex, self.engine.connect() as connection:
            # At once a writer: a transaction that has read first cannot be upgraded while another process writes.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    # the library's view of it

    @property
    def recorder(self) -> HubPostgresRecorder | HubSQLiteRecorder:
        """The event-sourcing library's application recorder on this store (tools, tests)."""
        if self._recorder is None:
            from .factory import make_recorder

            self._recorder = make_recorder(self.url)
        return self._recorder

    def close(self) -> None:
        """Gives up the lease and all connections."""
        self.release()
        if self._recorder is not None:
            self._recorder.datastore.close()
        self.engine.dispose()
        self._tails.dispose()

    @staticmethod
    def _cursor(connection: Connection) -> Any:
        cursor = connection.connection.cursor()
        register(cursor)  # type: ignore[arg-type]
        return cursor
