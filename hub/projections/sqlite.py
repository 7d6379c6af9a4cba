"""The runner's connection to a SQLite views file (``views.db``): WAL, ``synchronous=NORMAL``, a large page cache.

``NORMAL`` may lose the last transactions when the machine loses power, rows and tracking together: they are applied
again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from hub.store import driver as driver

from .channel import Lost, Parking, Step, Writing
from .sheet import Changes, Values
from .tables import Book, SheetSql, TallySql, shared, types_of, upsert_tail

CACHE_KIB = 128 * 1024
PAGE_BYTES = 2048  # a live batch changes many pages by one row each: small pages write less (measured: a tenth of all)
CHECKPOINT_PAGES = 60_000  # only should the copy beside the runners (``hub.store.checkpoint``) not keep up
CHECKPOINT_ROWS = 20_000  # after so many written rows that copy begins: about 60 MB of log
BUSY_MS = 10_000
STATEMENTS = 2_000  # prepared ones kept: of every sheet and counter one per number of rows
CHUNKS = (4, 16, 40, 100, 256)  # how many streams one statement asks for: few texts, so that they stay prepared


def tune(connection: sqlite3.Connection) -> None:
    """The pragmas every connection to the views file gets."""
    connection.execute(f"pragma page_size = {PAGE_BYTES}")  # counts only for a file that is new
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute("pragma secure_delete = off")  # a view holds nothing that has to be erased
    connection.execute(f"pragma busy_timeout = {BUSY_MS}")
    connection.execute(f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}")


class SqliteLine:
    """A connection that is opened when it is needed. Another one that writes empties its cache of pages."""

    def __init__(self, path: str, mutex: AbstractContextManager[object], wrote: Callable[[int], None]) -> None:
        """``mutex`` is held while a batch is written; ``wrote`` learns of its rows. Both are the checkpointer's."""
        self.mutex = mutex
        self.wrote = wrote
        self._path = path
        self._open: sqlite3.Connection | None = None

    @property
    def db(self) -> sqlite3.Connection:
        """The connection."""
        if self._open is None:
            self._open = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
            )
            tune(self._open)
            self._open.execute(f"pragma cache_size = -{CACHE_KIB}")
        return self._open

    def reset(self) -> None:
        """Give the connection up."""
        if self._open is not None:
            self._open.close()
            self._open = None


class SqliteChannel:
    """See ``Channel``."""

    def __init__(self, line: SqliteLine, book: Book) -> None:
        self._line = line
        self._book = book
        tables = book.tables
        self._sheets = []
        for sheet in book.view.sheets:
            t = tables[sheet.part]
            marks = ", ".join("?" * len(sheet.names))
            where = " and ".join(f"{c.name} = ?" for c in t.primary_key.columns)
            self._sheets.append(
                SheetSql(
                    sheet,
                    f"select {', '.join(sheet.names)} from {t.name} where {sheet.within} in ",
                    f"insert into {t.name} values ({marks}) {upsert_tail(t, fixed=sheet.fixed)}",
                    f"delete from {t.name} where {where}",
                    types_of(t),
                    f"update {t.name} set {', '.join(f'{c} = ?' for c in sheet.hot)} where {where}"
                    if sheet.hot
                    else "",
                )
            )
        self._loaded = [plan for plan in self._sheets if plan.sheet.loads]
        self._tallies = []
        for tally in book.view.tallies:
            t = tables[tally.part]
            marks = ", ".join("?" * len(tally.names))
            add = f"insert into {t.name} values ({marks}) {upsert_tail(t, add='n')}"
            where = " and ".join(f"{name} = ?" for name in tally.names[:-1])
            self._tallies.append(TallySql(tally, add, f"delete from {t.name} where {where} and n = 0", types_of(t)))
        names = shared(None)
        self._move = (
            f"update {names.tracking.name} set position = ?, revision = ?"
            " where view = ? and version = ? and generation = ? and position = ? and revision = ?"
        )
        self._park = f"insert or replace into {names.parked.name} values (?, ?, ?, ?, ?, ?, ?, ?, ?)"

    def tracking(self) -> tuple[int, int] | None:
        sql = "select position, revision from view_tracking where view = ? and version = ? and generation = ?"
        row: tuple[int, int] | None = self._line.db.execute(sql, self._book.key).fetchone()
        return row

    def parked(self) -> set[bytes]:
        sql = "select distinct stream from view_parked where view = ? and version = ? and generation = ?"
        return {row[0] for row in self._line.db.execute(sql, self._book.key)}

    def load(self, wanted: Sequence[Sequence[bytes]]) -> list[list[Values]]:
        return [self._rows(plan, streams) for plan, streams in zip(self._loaded, wanted, strict=True)]

    def _rows(self, plan: SheetSql, streams: Sequence[bytes]) -> list[Values]:
        """One list per statement is the fastest way to ask; it is filled up to a usual length by repetition."""
        rows: list[Values] = []
        for at in range(0, len(streams), CHUNKS[-1]):
            part = streams[at : at + CHUNKS[-1]]
            size = next(c for c in CHUNKS if c >= len(part))
            sql = f"{plan.load}({','.join('?' * size)})"
            padding = [part[-1]] * (size - len(part))
            rows += self._line.db.execute(sql, (*part, *padding)).fetchall()
        return rows

    def commit(self, writings: Sequence[Writing]) -> None:
        db = self._line.db
        with self._line.mutex:
            db.execute("begin immediate")
            try:
                for channel, step, changes, parking in writings:
                    assert isinstance(channel, SqliteChannel)
                    channel._write(db, step, changes, parking)
                db.execute("commit")
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise
        self._line.wrote(sum(changes.size() + len(parking) for _, _, changes, parking in writings))

    def _write(self, db: sqlite3.Connection, step: Step, changes: Changes, parking: Sequence[Parking]) -> None:
        key = self._book.key
        moved = db.execute(
            self._move, (step.new_position, step.new_revision, *key, step.position, step.revision)
        ).rowcount
        if moved != 1:
            raise Lost(key)
        if step.retried is not None:
            sql = "delete from view_parked where view = ? and version = ? and generation = ? and stream = ?"
            db.execute(sql, (*key, step.retried))
        for plan in self._sheets:
            row = plan.sheet.row
            if changes.dropped[row]:
                db.executemany(plan.drop, changes.dropped[row])
            whole, hot = changes.split(row)
            if whole:
                driver.insert(db, plan.save, len(plan.types), list(map(plan.sheet.values, whole)))
            if hot:
                db.executemany(plan.touch, map(plan.sheet.hot_values, hot))
        for tally in self._tallies:
            added, fallen = changes.counters(tally.tally.part)
            if added:
                driver.insert(db, tally.add, len(tally.types), added)
            if fallen:
                db.executemany(tally.empty, fallen)
        if parking:
            db.executemany(self._park, [(*key, *p) for p in parking])

    def transient(self, why: Exception) -> bool:
        # "database is locked", "disk I/O error", "database or disk is full" pass; a wrong statement or row never does.
        return isinstance(why, sqlite3.OperationalError) and "no such table" not in str(why)

    def reset(self) -> None:
        self._line.reset()
