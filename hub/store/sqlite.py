"""The writer's own connection to SQLite: a lock file beside the database, and each batch in one transaction.

Guarantee: WAL with ``synchronous=FULL``: a commit that returned survives a power cut. The lease is an ``flock`` on
``<database>.lease``: the kernel gives it up when the process dies. Writers of one process (the writer, the deliveries
follower, key management) share one lock, because SQLite's own busy waiting polls and starves.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.words import Answer, Stored

from . import driver as driver
from .batch import Batch, Conflict, Fenced, LeaseHeld, Unknown
from .checkpoint import Checkpointer
from .lease import OUTAGE, Head
from .quarantine import KEEP, cut
from .recent import Recent
from .tables import AGENCY_TOPICS

BUSY_SECONDS = 10.0
# Page size (of a new file only): every random id changes an index page of its own, which the commit must write; 2 KB
# make that 8 KB per command instead of 12.
PRAGMAS = (
    "PRAGMA page_size = 2048",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
# Index pages of random ids stay in memory, as far as 4 MB go. The log is copied back into the database by a thread of
# its own (``checkpoint``); only at 40 MB a commit does it.
_WRITER_PRAGMAS = ("PRAGMA cache_size = -4096", "PRAGMA wal_autocheckpoint = 20000")

_CLAIM = "UPDATE head SET position = ?, recorded_at = max(recorded_at, ?) WHERE id = 1 AND epoch = ? AND position = ?"
_EVENT = (
    "INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, state) "
    "VALUES (?, ?, ?, ?, ?)"
)
_ANSWER = (
    "INSERT INTO answers (system, command_id, digest, outcome, code, field, detail, dispute, version, position,"
    " recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNT = "INSERT INTO delivery_counters VALUES (?, ?) ON CONFLICT (system) DO UPDATE SET n = n + excluded.n RETURNING n"
_DELIVERY = "INSERT INTO deliveries (system, n, position, body) VALUES (?, ?, ?, ?)"
_FIRST_MOVE = "INSERT INTO intake_offsets VALUES (?, ?, ?) ON CONFLICT (outbox) DO NOTHING"
_MOVE = "UPDATE intake_offsets SET topic = ?, next_offset = ? WHERE outbox = ? AND topic = ? AND next_offset = ?"
_QUARANTINE = (
    "INSERT INTO quarantine (system, topic, at_offset, received_at, code, field, detail, size, raw)"
    " VALUES (?,?,?,?,?,?,?,?,?)"
)
_FORGET = (
    "DELETE FROM quarantine WHERE system = ?1 AND id <="
    " (SELECT id FROM quarantine WHERE system = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"
)


def connect(path: str) -> sqlite3.Connection:
    """A connection without implicit transactions, usable from any one thread at a time."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS + _WRITER_PRAGMAS:
        connection.execute(pragma)
    return connection


class SqliteLease:
    """The lease on a SQLite store. See ``hub.store.lease.Lease`` for what each method promises."""

    def __init__(self, path: str, mutex: threading.Lock, recent: Recent, now: int, take_over: bool = False) -> None:
        """Raises LeaseHeld, or Unknown when the file cannot be used.

        ``take_over`` puts a new lock file in place of the held one (its holder was stopped); the epoch fences it.
        """
        self._mutex = mutex
        self._recent = recent
        self._checkpointer: Checkpointer | None = None
        self._file = _lock_file(Path(path + ".lease"), take_over)
        try:
            with _fates():
                self._connection = connect(path)
                self._cursor = self._connection.cursor()
                with self._transaction():
                    self.head = self._acquire(now)
            self._checkpointer = Checkpointer(path, mutex)
        except BaseException:
            self.close()
            raise

    def _acquire(self, now: int) -> Head:
        run = self._cursor.execute
        row = run("UPDATE head SET epoch = epoch + 1 RETURNING epoch, position, recorded_at").fetchall()[0]
        alive = run("SELECT alive_at FROM heartbeat").fetchone()
        if alive is not None and now - max(alive[0], row[2]) > OUTAGE:
            run(
                "INSERT INTO outages VALUES (?, ?) ON CONFLICT (down_at) DO UPDATE"
                " SET up_at = max(up_at, excluded.up_at)",
                (max(alive[0], row[2]), now),
            )
        return Head(*row)

    def append(self, batch: Batch) -> None:
        """One transaction; the head row's compare-and-set comes first, for the reasons given in ``hub_append.sql``."""
        position, at = batch.last, batch.recorded_at
        new = position + len(batch.events)
        with _fates(), self._transaction():
            if self._cursor.execute(_CLAIM, (new, at, self.head.epoch, position)).rowcount != 1:
                raise Fenced("the head row has another epoch or position")
            if batch.events:
                events = [(e.position, e.stream.hex(), e.version, e.topic, e.body) for e in batch.events]
                driver.insert(self._cursor, _EVENT, 5, events)
            if batch.answers:
                driver.insert(self._cursor, _ANSWER, 11, batch.answers)
            if batch.deliveries:
                deliver(self._cursor, [(d.system, d.position, d.body) for d in batch.deliveries])
            if batch.moves or batch.numbers or batch.sealed or batch.quarantine:
                self._rest(batch)
        self.head = Head(self.head.epoch, new, at)
        self._recent.add(batch.events)
        if self._checkpointer is not None:
            self._checkpointer.wrote(len(batch.events) + len(batch.answers))

    def _rest(self, batch: Batch) -> None:
        run = self._cursor.execute
        for m in batch.moves:
            if m.old_topic:
                run(_MOVE, (m.topic, m.offset, m.outbox, m.old_topic, m.old_offset))
            else:
                run(_FIRST_MOVE, (m.outbox, m.topic, m.offset))
            if self._cursor.rowcount != 1:
                raise Conflict("outbox")
        for number in batch.numbers:
            run("INSERT INTO numbers VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = excluded.last", number)
        sealed = "INSERT INTO sealed_parties (dispute, party, masked, salt) VALUES (?,?,?,?)"
        self._cursor.executemany(sealed, batch.sealed)
        for q in batch.quarantine:
            run(
                _QUARANTINE,
                (q.system, q.topic, q.offset, batch.recorded_at, q.code, q.field, q.detail, len(q.raw), cut(q.raw)),
            )
        for system in {q.system for q in batch.quarantine}:
            run(_FORGET, (system, KEEP))

    def load(self, streams: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        """One ``IN`` for all streams (at most a batch of them)."""
        found: dict[bytes, list[bytes]] = {}
        statement = (
            f"SELECT originator_id, state FROM stored_events WHERE originator_id IN ({','.join('?' * len(streams))})"
            " ORDER BY originator_id, originator_version"
        )
        with _fates():
            for stream, state in self._cursor.execute(statement, [s.hex() for s in streams]):
                found.setdefault(bytes.fromhex(stream), []).append(state)
        return found

    def answers(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Answer]:
        """One look-up per key: there is no round trip to save."""
        found: dict[tuple[str, bytes], Answer] = {}
        with _fates():
            for key in keys:
                row = self._cursor.execute("SELECT * FROM answers WHERE system = ? AND command_id = ?", key).fetchone()
                if row is not None:
                    found[key] = Answer(*row)
        return found

    def agencies(self) -> list[Stored]:
        """Through the partial index on registry events."""
        statement = (
            "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events"
            f" WHERE {AGENCY_TOPICS} ORDER BY notification_id"
        )
        with _fates():
            return [stored(row) for row in self._cursor.execute(statement)]

    def numbers(self) -> dict[str, int]:
        """All series, a handful."""
        with _fates():
            return dict(self._cursor.execute("SELECT series, last FROM numbers").fetchall())

    def beat(self, now: int) -> None:
        """Compares the epoch too: a fenced holder learns of it while idle."""
        with _fates(), self._transaction():
            found = self._cursor.execute(
                "INSERT INTO heartbeat (id, alive_at) SELECT 1, ? FROM head WHERE epoch = ?"
                " ON CONFLICT (id) DO UPDATE SET alive_at = excluded.alive_at",
                (now, self.head.epoch),
            ).rowcount
            if found != 1:
                raise Fenced("the head row has another epoch")

    def close(self) -> None:
        """Closing the file releases the lock."""
        self._recent.clear()
        if self._checkpointer is not None:
            self._checkpointer.close()
        with contextlib.suppress(sqlite3.Error, AttributeError):
            self._connection.close()
        os.close(self._file) if self._file >= 0 else None
        self._file = -1

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._mutex:
            self._cursor.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._cursor.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some failures (disk full) have ended it already
                    self._cursor.execute("ROLLBACK")
                raise


def stored(row: tuple[int, str, int, str, bytes]) -> Stored:
    """One event from a row (position, stream, version, topic, body)."""
    return Stored(row[0], bytes.fromhex(row[1]), row[2], row[3], row[4])


def deliver(cursor: sqlite3.Cursor, messages: Sequence[tuple[str, int, bytes]]) -> None:
    """Appends (system, position, body) to inboxes; n is gapless because the counters change in the same transaction."""
    counts: dict[str, int] = {}
    for system, _, _ in messages:
        counts[system] = counts.get(system, 0) + 1
    last = {s: cursor.execute(_COUNT, (s, many)).fetchall()[0][0] - many for s, many in counts.items()}
    numbered = []
    for system, position, body in messages:
        last[system] += 1
        numbered.append((system, last[system], position, body))
    driver.insert(cursor, _DELIVERY, 4, numbered)


def _lock_file(path: Path, take_over: bool) -> int:
    """The locked file. A second look at the path guards this interleaving: we open the old file, a take-over puts a
    new one in its place and the old holder dies; we would then lock a file that nobody else looks at."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        except BlockingIOError:
            os.close(file)
            if not take_over:
                raise LeaseHeld("another process holds the lease of this store") from None
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            os.close(file)
        else:
            os.close(file)


@contextlib.contextmanager
def _fates() -> Iterator[None]:
    """Tells the failures apart: a violated key is certain (nothing stored), everything else may have been stored."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from None
    except sqlite3.Error as error:
        raise Unknown(f"{type(error).__name__} {getattr(error, 'sqlite_errorname', '')}".strip()) from error
