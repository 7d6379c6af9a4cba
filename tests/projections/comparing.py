"""Whether two views say the same: every row of every table of their present generations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from hub.contract import load
from hub.projections import Views
from tests.projections.histories import ListLog


def content(views: Views, name: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a view, by part, in the order of their keys."""
    with views.database.snapshot() as db:
        book = views.database.current(views.all[name], db)
        assert book is not None
        found = {}
        for part, table in book.tables.items():
            rows = db.execute(select(table).order_by(*table.primary_key.columns))
            found[part] = [tuple(row) for row in rows]
        return found


def expected(folder: Path, log: list[Any], name: str) -> dict[str, list[tuple[Any, ...]]]:
    """The same view made from the log in one go, elsewhere."""
    fresh = Views(f"sqlite:///{folder / 'expected.db'}", load())
    crew = fresh.crew(ListLog(log), [name])
    crew.catch_up(len(log))
    crew.close()
    found = content(fresh, name)
    fresh.close()
    return found
