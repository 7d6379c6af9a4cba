"""The runner's connection to PostgreSQL: two round trips per batch, one to load, one to write all views.

A young view table is planned as if it were empty, and a prepared plan keeps its sequential scan for ever (measured:
26,000 events/s became 3,300); so this connection alone never scans sequentially. ``synchronous_commit`` is off: a
crash may lose the last transactions, rows and tracking together, and they are applied again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Table

from . import packing
from .channel import Lost, Parking, Step, Writing
from .sheet import Changes, Sheet, Values
from .tables import Book, SheetSql, TallySql, hot_types_of, types_of, upsert_tail

SETTINGS = "-c enable_seqscan=off -c jit=off -c synchronous_commit=off -c lock_timeout=10s"
Order = tuple[str, Sequence[Any]]  # a statement and its values
PACK: dict[str, Callable[[Any], packing.Packed]] = {
    "id": packing.ids,
    "blob": packing.blobs,
    "text": packing.texts,
    "long": packing.longs,
}
ARRAY = {"id": "bytea[]", "blob": "bytea[]", "text": "text[]", "long": "int8[]"}
PARKED_TYPES = ("text", "long", "long", "long", "id", "long", "text", "blob", "text")
TRANSIENT = (
    psycopg.OperationalError,  # connection, lock time-out, deadlock, serialization, out of disk or memory
    psycopg.InterfaceError,  # the connection object is of no more use
)


class PostgresLine:
    """A connection that is opened when it is needed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._open: psycopg.Connection[Any] | None = None

    @property
    def db(self) -> psycopg.Connection[Any]:
        """The connection."""
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(self._dsn, autocommit=True, options=SETTINGS, prepare_threshold=2)
            packing.register(self._open)
        return self._open

    def reset(self) -> None:
        """Give the connection up."""
        if self._open is not None:
            self._open.close()
            self._open = None


class PostgresChannel:
    """See ``Channel``."""

    def __init__(self, line: PostgresLine, book: Book) -> None:
        self._line = line
        self._book = book
        self._schema = book.schema or "public"
        self._sheets = []
        for sheet in book.view.sheets:
            t = book.tables[sheet.part]
            types, tail = types_of(t), upsert_tail(t, fixed=sheet.fixed)
            on = " and ".join(f"{t.name}.{c.name} = gone.{c.name}" for c in t.primary_key.columns)
            gone = f"unnest({_arrays(types[: sheet.width])}) as gone({', '.join(sheet.names[: sheet.width])})"
            self._sheets.append(
                SheetSql(
                    sheet,
                    f"select {', '.join(sheet.names)} from {t.fullname} where {sheet.within} = any(%b::bytea[])",
                    f"insert into {t.fullname} select * from unnest({_arrays(types)}) {tail}",
                    f"delete from {t.fullname} using {gone} where {on}",
                    types,
                    _touch(sheet, t),
                    hot_types_of(sheet, t),
                )
            )
        self._tallies = []
        for tally in book.view.tallies:
            t = book.tables[tally.part]
            types = types_of(t)
            add = f"insert into {t.fullname} select * from unnest({_arrays(types)}) {upsert_tail(t, add='n')}"
            key = tally.names[:-1]
            at0 = f"unnest({_arrays(types[:-1])}) as empty({', '.join(key)})"
            on = " and ".join(f"{t.name}.{c} = empty.{c}" for c in key)
            self._tallies.append(
                TallySql(tally, add, f"delete from {t.fullname} using {at0} where {on} and {t.name}.n = 0", types)
            )
        # No row moved = division by zero = the whole pipeline rolls back on the server, without a round trip to ask.
        self._move = (
            f"with moved as (update {self._schema}.view_tracking set position = %s, revision = %s where view = %s and"
            " version = %s and generation = %s and position = %s and revision = %s returning 1)"
            " select 1 / count(*) from moved"
        )

    def tracking(self) -> tuple[int, int] | None:
        this = "view = %s and version = %s and generation = %s"
        sql = f"select position, revision from {self._schema}.view_tracking where {this}"
        row: tuple[int, int] | None = self._line.db.execute(sql, self._book.key).fetchone()
        return row

    def parked(self) -> set[bytes]:
        this = "view = %s and version = %s and generation = %s"
        sql = f"select distinct stream from {self._schema}.view_parked where {this}"
        return {row[0] for row in self._line.db.execute(sql, self._book.key)}

    def load(self, wanted: Sequence[Sequence[bytes]]) -> list[list[Values]]:
        db = self._line.db
        plans = [plan for plan in self._sheets if plan.sheet.loads]
        with db.pipeline():
            cursors = [
                db.execute(plan.load, (packing.ids(streams),), binary=True) if streams else None
                for plan, streams in zip(plans, wanted, strict=True)
            ]
            return [cursor.fetchall() if cursor is not None else [] for cursor in cursors]

    def commit(self, writings: Sequence[Writing]) -> None:
        orders: list[Order] = []
        for channel, step, changes, parking in writings:
            assert isinstance(channel, PostgresChannel)
            orders += channel._orders(step, changes, parking)
        db = self._line.db
        try:
            with db.pipeline():
                db.execute("begin")
                for sql, values in orders:
                    db.execute(sql, values)
                db.execute("commit")
        except errors.DivisionByZero as lost:
            self._end(db)
            raise Lost([writing.step for writing in writings]) from lost
        except psycopg.Error:
            self._end(db)
            raise

    def _orders(self, step: Step, changes: Changes, parking: Sequence[Parking]) -> list[Order]:
        key = self._book.key
        writes: list[Order] = [(self._move, (step.new_position, step.new_revision, *key, step.position, step.revision))]
        if step.retried is not None:
            sql = f"delete from {self._schema}.view_parked where view = %s and version = %s and generation = %s"
            writes.append((f"{sql} and stream = %s", (*key, step.retried)))
        for plan in self._sheets:
            row = plan.sheet.row
            if changes.dropped[row]:
                writes.append((plan.drop, _packed(plan.types[: plan.sheet.width], list(changes.dropped[row]))))
            whole, hot = changes.split(row)
            if whole:
                writes.append((plan.save, _packed(plan.types, list(map(plan.sheet.values, whole)))))
            if hot:
                writes.append((plan.touch, _packed(plan.hot_types, list(map(plan.sheet.hot_values, hot)))))
        for tally in self._tallies:
            added, fallen = changes.counters(tally.tally.part)
            if added:
                writes.append((tally.add, _packed(tally.types, added)))
            if fallen:
                writes.append((tally.empty, _packed(tally.types[:-1], fallen)))
        if parking:
            rows = f"select * from unnest({_arrays(PARKED_TYPES)})"
            sql = f"insert into {self._schema}.view_parked {rows} on conflict do nothing"
            writes.append((sql, _packed(PARKED_TYPES, [(*key, *p) for p in parking])))
        return writes

    def _end(self, db: psycopg.Connection[Any]) -> None:
        """After an error inside the pipeline the server skips the COMMIT: the transaction is still there, broken."""
        if not db.closed:
            db.rollback()

    def transient(self, why: Exception) -> bool:
        return isinstance(why, TRANSIENT)

    def reset(self) -> None:
        self._line.reset()


def _touch(sheet: Sheet, table: Table) -> str:
    key = sheet.names[: sheet.width]
    new = f"unnest({_arrays(hot_types_of(sheet, table))}) as new({', '.join((*sheet.hot, *key))})"
    sets = ", ".join(f"{c} = new.{c}" for c in sheet.hot)
    on = " and ".join(f"{table.name}.{c} = new.{c}" for c in key)
    return f"update {table.fullname} set {sets} from {new} where {on}"


def _arrays(types: Sequence[str]) -> str:
    return ", ".join(f"%b::{ARRAY[t]}" for t in types)


def _packed(types: Sequence[str], rows: Sequence[Values]) -> list[packing.Packed]:
    return [PACK[t](column) for t, column in zip(types, zip(*rows, strict=True), strict=True)]
