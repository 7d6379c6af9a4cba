"""The tables of one generation of a view, their names, and the statements the runner hands to the driver.

A view's tables are called ``<view>[_<part>]_v<version>``; a rebuild of the same version beside the live one gets a
generation behind it (``custody_v1_g2``). Three tables belong to all views: ``view_current`` (which generation readers
see), ``view_tracking`` (one row per generation: the last applied position), ``view_parked`` (sequences put aside).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Table, Text

from .sheet import Sheet, Tally, View

POSTGRES_SCHEMA = "views"


class Book(NamedTuple):
    """One generation of one view in one database."""

    view: View
    generation: int
    schema: str | None
    tables: dict[str, Table]  # by part

    @property
    def key(self) -> tuple[str, int, int]:
        """(view, version, generation): the key of its tracking row."""
        return self.view.name, self.view.version, self.generation

    def indexes(self) -> list[Index]:
        """All indexes of the generation, fresh objects of SQLAlchemy's."""
        fresh = book(self.view, self.generation, self.schema)
        return [index for sheet in self.view.sheets for index in sheet.indexes(fresh.tables[sheet.part])]


def table_name(view: str, part: str, version: int, generation: int) -> str:
    """``custody_legs_v1``, and ``custody_legs_v1_g2`` for the second generation."""
    name = f"{view}_{part}_v{version}" if part else f"{view}_v{version}"
    return name if generation == 1 else f"{name}_g{generation}"


def book(view: View, generation: int, schema: str | None) -> Book:
    """Declare the tables of a generation."""
    meta = MetaData(schema=schema)
    parts: list[Sheet | Tally] = [*view.sheets, *view.tallies]
    made = {p.part: p.table(meta, table_name(view.name, p.part, view.version, generation)) for p in parts}
    return Book(view, generation, schema, made)


class Shared(NamedTuple):
    """The tables all views share."""

    meta: MetaData
    current: Table
    tracking: Table
    parked: Table


@cache
def shared(schema: str | None) -> Shared:
    """Declare them."""
    meta = MetaData(schema=schema)
    current = Table(
        "view_current", meta,
        Column("view", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("generation", BigInteger, nullable=False),
    )  # fmt: skip
    tracking = Table(
        "view_tracking", meta,
        Column("view", Text, primary_key=True),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("generation", BigInteger, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
        Column("revision", BigInteger, nullable=False),  # grows when parked sequences change by another's hand
        Column("stopped", Text, nullable=False, server_default=""),  # why the runner stopped, "" = it has not
    )  # fmt: skip
    parked = Table(
        "view_parked", meta,
        Column("view", Text, primary_key=True),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("generation", BigInteger, primary_key=True, autoincrement=False),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("stream", LargeBinary(16), nullable=False),
        Column("stream_version", BigInteger, nullable=False),
        Column("topic", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("error", Text, nullable=False),
    )  # fmt: skip
    return Shared(meta, current, tracking, parked)


class SheetSql(NamedTuple):
    """The statements of one sheet."""

    sheet: Sheet
    load: str
    save: str
    drop: str
    types: tuple[str, ...]  # per column: id, blob, text, long
    touch: str = ""  # of the hot columns
    hot_types: tuple[str, ...] = ()  # of the hot columns, then of the key


class TallySql(NamedTuple):
    """The statements of one table of counters. ``empty`` removes those of some keys that are at 0."""

    tally: Tally
    add: str
    empty: str
    types: tuple[str, ...]


def types_of(table: Table) -> tuple[str, ...]:
    """How each column is packed."""

    def kind(column: Column[Any]) -> str:
        if isinstance(column.type, LargeBinary):
            return "blob" if column.nullable or column.type.length != 16 else "id"
        return "text" if isinstance(column.type, Text) else "long"

    return tuple(kind(c) for c in table.columns)


def hot_types_of(sheet: Sheet, table: Table) -> tuple[str, ...]:
    """How the hot columns, and behind them the key, are packed."""
    types = dict(zip(sheet.names, types_of(table), strict=True))
    return tuple(types[name] for name in (*sheet.hot, *sheet.names[: sheet.width]))


def upsert_tail(table: Table, *, add: str = "", fixed: tuple[str, ...] = ()) -> str:
    """``on conflict … do update``: the new row wins; the column ``add`` is added to, ``fixed`` ones are let be."""
    key = ", ".join(c.name for c in table.primary_key.columns)
    parts = []
    for c in table.columns:
        if not c.primary_key and c.name not in fixed:
            old = f"{table.name}.{c.name} + " if c.name == add else ""
            parts.append(f"{c.name} = {old}excluded.{c.name}")
    return f"on conflict ({key}) do " + (f"update set {', '.join(parts)}" if parts else "nothing")
