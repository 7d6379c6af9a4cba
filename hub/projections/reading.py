"""What every answer of a view looks like: items, where to go on, the position it is true at, and what is parked."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Select, and_, func, or_, select

from hub.words import DISSOLVED

from .database import Database, Missing
from .sheet import View
from .tables import Book

Item = dict[str, Any]
T = TypeVar("T")
MAX_LIMIT = 500


class BadCursor(ValueError):
    """The cursor is not one of ours, or belongs to another list."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list, in its order; ``next`` is the cursor of the following page, None at the end.

    ``position``: every event up to it is in the figures, none after it. ``parked``: disputes left out of them.
    """

    items: list[T]
    next: str | None
    position: int
    parked: int


class Sight:
    """One reader's look at one view, at one instant."""

    def __init__(self, looks: Looks, book: Book, position: int, parked: int) -> None:
        self._looks = looks
        self.db = looks.db
        self.book = book
        self.position = position
        self.parked = parked

    def beside(self, view: View) -> Sight:
        """Another view in the same snapshot. Missing."""
        return self._looks.at(view)

    def table(self, part: str = "") -> Any:
        """The table of a part, for SQLAlchemy."""
        return self.book.tables[part]

    def rows(self, query: Select[Any]) -> list[Item]:
        """All rows as dicts."""
        found = self.db.execute(query)
        names = tuple(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found]

    def all(self, items: list[Item]) -> Page[Item]:
        """A list without pages."""
        return Page(items, None, self.position, self.parked)


class Reads:
    """What is read from one view; the directory of agencies gives the names."""

    def __init__(self, database: Database, view: View, directory: View) -> None:
        self.database = database
        self.view = view
        self._directory = directory

    @contextmanager
    def sight(self) -> Iterator[Sight]:
        """One look: everything inside is of one instant. Missing."""
        with self.database.snapshot() as db:
            yield Looks(self.database, db).at(self.view)

    def named(self, sight: Sight, items: Sequence[Item], *fields: str) -> list[Item]:
        """Add ``<field>_name`` and ``<field>_code`` to items that hold agency ids; None where the id is unknown or
        empty.
        """
        wanted = {item[f] for item in items for f in fields if item[f] is not None}
        known = self.names(sight, wanted)
        for item in items:
            for f in fields:
                item[f"{f}_code"], item[f"{f}_name"] = known.get(item[f], (None, None))
        return list(items)

    def names(self, sight: Sight, wanted: Collection[bytes]) -> dict[bytes, tuple[str, str]]:
        """(code, name) by agency id."""
        if not wanted:
            return {}
        a = sight.beside(self._directory).table()
        query = select(a.c.agency, a.c.code, a.c.name).where(a.c.agency.in_(list(wanted)))
        return {row[0]: (row[1], row[2]) for row in sight.db.execute(query)}

    def living(self, sight: Sight, wanted: Collection[bytes]) -> set[bytes]:
        """Those of these agencies that are registered and not dissolved."""
        a = sight.beside(self._directory).table()
        query = select(a.c.agency).where(a.c.agency.in_(list(wanted)), a.c.state != DISSOLVED)
        return {row[0] for row in sight.db.execute(query)}


class Looks:
    """What one snapshot says about all views: it is asked once."""

    def __init__(self, database: Database, db: Connection) -> None:
        self.db = db
        self._database = database
        c, t, p = database.shared.current, database.shared.tracking, database.shared.parked
        seen = (c.c.view == t.c.view) & (c.c.version == t.c.version) & (c.c.generation == t.c.generation)
        aside = (p.c.view == c.c.view) & (p.c.version == c.c.version) & (p.c.generation == c.c.generation)
        parked = select(func.count(p.c.stream.distinct())).where(aside).scalar_subquery()
        query = select(c.c.view, c.c.version, c.c.generation, t.c.position, parked).join(t, seen)
        self._found = {row[0]: row[1:] for row in db.execute(query)}

    def at(self, view: View) -> Sight:
        """The generation readers see, its position and how many disputes it has parked. Missing."""
        version, generation, position, parked = self._found.get(view.name, (None, 0, 0, 0))
        if version != view.version:
            raise Missing(view.name)
        return Sight(self, self._database.book(view, generation), position, parked)


def page(
    sight: Sight, query: Select[Any], order: Sequence[Column[Any]], cursor: str | None, limit: int, *,
    names: Sequence[str] | None = None, shape: Callable[[Item], Any] = lambda item: item,
) -> Page[Any]:  # fmt: skip
    """One page of ``query`` ordered by ``order`` (ascending, together unique, none null), by keyset: rows that come
    or go do not shift it.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    labels = list(names or [c.name for c in order])
    if cursor is not None:
        query = query.where(_behind(order, read_cursor(cursor, [c.type.python_type for c in order])))
    rows = sight.rows(query.order_by(*order).limit(limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    following = write_cursor([rows[-1][label] for label in labels]) if more else None
    return Page([shape(r) for r in rows], following, sight.position, sight.parked)


def _behind(order: Sequence[Column[Any]], values: Sequence[Any]) -> Any:
    """(a, b, c) > (x, y, z), spelt out: row comparison is not the same on both databases for all types."""
    clauses = []
    for n, column in enumerate(order):
        same = [order[i] == values[i] for i in range(n)]
        clauses.append(and_(*same, column > values[n]))
    return or_(*clauses)


def write_cursor(values: Sequence[Any]) -> str:
    """An opaque, URL-safe cursor."""
    raw = json.dumps([{"b": v.hex()} if isinstance(v, bytes) else v for v in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The values of a cursor, one of each kind. BadCursor: nothing a caller wrote reaches the database as it is."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [bytes.fromhex(v["b"]) if isinstance(v, dict) else v for v in raw]
    except (ValueError, TypeError, KeyError, RecursionError) as why:
        raise BadCursor("not a cursor of this hub") from why
    if [type(v) for v in values] != list(kinds) or not all(_storable(v) for v in values):
        raise BadCursor("a cursor of another list")
    return values


def _storable(value: bytes | str | int) -> bool:
    """Whether both databases take it: 64-bit numbers, texts without NUL and lone surrogates."""
    if isinstance(value, int):
        return -(1 << 63) <= value < 1 << 63
    return isinstance(value, bytes) or not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value)
