"""The writer's own connection to PostgreSQL: a session advisory lock, and each batch in one round trip.

Guarantee: every commit is durable (a server that defaults to asynchronous commits is overruled for this session) and a
server that vanished is noticed within about ten seconds. The lock lives on the connection that writes, so that
losing the one means losing the other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import errors
from psycopg.types.numeric import Int8
from sqlalchemy import URL

from hub.words import Answer, Stored

from .appender import Appender
from .batch import Batch, Conflict, Fenced, LeaseHeld, Unknown
from .lease import OUTAGE, Head
from .pack import register, texts, uuids
from .recent import Recent
from .tables import AGENCY_TOPICS

_KEEPALIVE = "keepalives=1 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000"
_SESSION = """
    SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') IN ('off', 'local');
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;  -- frees a dead lease
    SET statement_timeout = '30s';
    SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '30s';
    SET enable_seqscan = off;  -- a young table is planned as empty, and a prepared plan keeps the sequential scan
    SET plan_cache_mode = force_generic_plan;  -- else hub_append is planned anew for every batch, a third of its time
    SET jit = off;
"""
_LOCK = "hashtextextended('hub.lease.' || current_schema(), 0)"
_LOAD = (
    "SELECT originator_id, state FROM stored_events WHERE originator_id = ANY (%b)"
    " ORDER BY originator_id, originator_version"
)
_ANSWERS = (
    "SELECT a.system, a.command_id, digest, outcome, code, field, detail, dispute, version, position, recorded_at"
    " FROM unnest(%b::text[], %b::uuid[]) AS k (system, command_id) JOIN answers AS a USING (system, command_id)"
)
_AGENCIES = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events"
    f" WHERE {AGENCY_TOPICS} ORDER BY notification_id"
)


def conninfo(url: URL) -> str:
    """The libpq form of a SQLAlchemy URL, with the time-outs that make a dead server known."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.conninfo.make_conninfo(
        plain, connect_timeout=5, **dict(pair.split("=") for pair in _KEEPALIVE.split())
    )


class PostgresLease:
    """The lease on a PostgreSQL store. See ``hub.store.lease.Lease`` for what each method promises."""

    def __init__(self, url: URL, recent: Recent, now: int, take_over: bool = False) -> None:
        """Raises LeaseHeld, or Unknown when the server cannot be reached.

        ``take_over`` first ends the session of the present holder (stopped, or behind a dead network).
        """
        self._recent = recent
        with _fates():
            self._connection = psycopg.connect(conninfo(url), autocommit=True)
        try:
            with _fates():
                self._connection.execute(_SESSION)
                register(self._connection)
                self._cursor = self._connection.cursor(binary=True)
                self._append = Appender(self._connection)
                self.head = self._acquire(now, take_over)
        except BaseException:
            self.close()
            raise

    def _acquire(self, now: int, take_over: bool) -> Head:
        run = self._connection.execute
        if take_over:
            run(
                "SELECT pg_terminate_backend(l.pid, 5000)"
                " FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database"
                f" WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 1"
                f" AND (l.classid::bigint << 32 | l.objid::bigint) = {_LOCK}"
            )
        if run(f"SELECT pg_try_advisory_lock({_LOCK})").fetchone() != (True,):
            raise LeaseHeld("another process holds the lease of this store")
        with self._connection.transaction():
            row = run("UPDATE head SET epoch = epoch + 1 RETURNING epoch, position, recorded_at").fetchone()
            assert row is not None
            alive = run("SELECT alive_at FROM heartbeat").fetchone()
            if alive is not None and now - max(alive[0], row[2]) > OUTAGE:
                run(
                    "INSERT INTO outages (down_at, up_at) VALUES (%s, %s) ON CONFLICT (down_at) DO UPDATE"
                    " SET up_at = greatest(outages.up_at, excluded.up_at)",
                    (max(alive[0], row[2]), now),
                )
        return Head(*row)

    def append(self, batch: Batch) -> None:
        """One transaction, one round trip: ``hub_append``."""
        with _fates():
            stored = self._append(self.head.epoch, batch)
        if not stored:
            raise Fenced("the head row has another epoch or position")
        self.head = Head(self.head.epoch, batch.last + len(batch.events), batch.recorded_at)
        self._recent.add(batch.events)

    def load(self, streams: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        """One ``= ANY`` for all streams."""
        found: dict[bytes, list[bytes]] = {}
        with _fates():
            for stream, state in self._cursor.execute(_LOAD, (uuids(streams),), prepare=True):
                found.setdefault(stream, []).append(state)
        return found

    def answers(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Answer]:
        """One join for all keys."""
        with _fates():
            parameters = (texts([k[0] for k in keys]), uuids([k[1] for k in keys]))
            rows = self._cursor.execute(_ANSWERS, parameters, prepare=True).fetchall()
        return {(row[0], row[1]): Answer(*row) for row in rows}

    def agencies(self) -> list[Stored]:
        """Through the partial index on registry events."""
        with _fates():
            return [Stored(*row) for row in self._cursor.execute(_AGENCIES)]

    def numbers(self) -> dict[str, int]:
        """All series, a handful."""
        with _fates():
            return dict(self._cursor.execute("SELECT series, last FROM numbers").fetchall())

    def beat(self, now: int) -> None:
        """Compares the epoch too: a fenced holder learns of it while idle."""
        with _fates():
            found = self._cursor.execute(
                "INSERT INTO heartbeat (id, alive_at) SELECT 1, %s FROM head WHERE epoch = %s"
                " ON CONFLICT (id) DO UPDATE SET alive_at = excluded.alive_at",
                (Int8(now), Int8(self.head.epoch)),
            ).rowcount
        if found != 1:
            raise Fenced("the head row has another epoch")

    def close(self) -> None:
        """Closing the session releases the lock."""
        self._recent.clear()
        with contextlib.suppress(psycopg.Error):
            self._connection.close()


@contextlib.contextmanager
def _fates() -> Iterator[None]:
    """Tells the failures apart: what the server refused for its content is not stored, everything else may be."""
    try:
        yield
    except errors.UniqueViolation as error:
        raise Conflict(error.diag.constraint_name or "key") from None
    except (psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError) as error:
        raise Conflict(f"{type(error).__name__} {error.sqlstate}") from error
    except psycopg.Error as error:
        if error.sqlstate == "HB001":
            raise Conflict("outbox") from None
        raise Unknown(f"{type(error).__name__} {error.sqlstate or ''}".strip()) from error


def rows(cursor: psycopg.Cursor[Any], statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Reads with ids as bytes: for readers that share SQLAlchemy's connections."""
    register(cursor)
    return cursor.execute(statement, parameters, binary=True).fetchall()
