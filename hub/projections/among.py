"""Conditions that stay fast for few and for many: one of many ids; a key that another table names.

On PostgreSQL ids are one bound array (its protocol ends at 65,535 parameters) and the planner knows how many rows a
subquery has. SQLite plans without looking, so here it is told how to read, by how many rows there are.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, LargeBinary, Select, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

Query = Select[Any] | CompoundSelect[Any]
FEW: Final = 4_000  # rows up to which each is looked up: beyond, walking the list and asking a set is faster
MANY: Final = 40_000  # rows from which making a set of them takes longer than asking row by row until a page is full


def among(column: Any, ids: Collection[bytes], *, sqlite: bool) -> Any:
    """``column`` is one of ``ids``; never for none."""
    wanted = list(ids)
    if sqlite:
        return column.in_(wanted)
    return column == any_(bindparam(None, wanted, type_=ARRAY(LargeBinary)))


def named_by(db: Connection, column: Any, some: Query, probe: Any) -> tuple[Any, bool]:
    """(that ``column`` is one of ``some``, whether there are too many to count through).

    ``probe``: the same condition asked of one row at a time, in a form that only the row's own key serves.
    """
    rows = count_up_to(db, some, MANY)
    if rows >= MANY:
        return probe, True
    if rows >= FEW and db.dialect.name == "sqlite":
        column = func.coalesce(column, column)  # not by an index: the list is read in its own order
    return column.in_(some), False


def count_up_to(db: Connection, query: Query, most: int) -> int:
    """How many rows a query has, ``most`` when it has more."""
    found: int = db.execute(select(func.count()).select_from(query.limit(most).subquery())).scalar_one()
    return found
