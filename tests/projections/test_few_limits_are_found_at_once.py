"""Lists of the few among many: exactly those meant, in their order, whatever index finds them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from hub import words as w
from hub.projections import Views
from tests.projections.histories import History, ListLog


@pytest.fixture
def limits(views: Views, history: Callable[..., History]) -> list[dict[str, Any]]:
    """All running limits of a history, some of them breached."""
    past = history(seed=8, commands=600)
    crew = views.crew(ListLog(past.log))
    crew.catch_up(len(past.log))
    crew.close()
    with views.database.layout() as db:
        book = views.database.current(views.all["obligations"], db)
        assert book is not None
        o = book.tables[""]
        rows = [dict(row._mapping) for row in db.execute(select(o).order_by(o.c.due_at, o.c.dispute, o.c.born, o.c.k))]
        for n, row in enumerate(rows):
            row["breached_at"] = (None, 50, 60)[n % 3]
            row["urged_at"] = (None, 55, 65)[n // 3 % 3]
            of = (o.c.dispute == row["dispute"], o.c.born == row["born"], o.c.k == row["k"])
            db.execute(update(o).where(*of).values(breached_at=row["breached_at"], urged_at=row["urged_at"]))
    assert len(rows) > 12
    return rows


def keys(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["due_at"], row["dispute"], row["born"], row["k"]) for row in rows]


def test_breached_and_not_urged_since(views: Views, limits: list[dict[str, Any]]) -> None:
    meant = [r for r in limits if r["breached_at"] and (r["urged_at"] is None or r["urged_at"] < r["breached_at"])]
    assert 0 < len(meant) < len(limits)
    assert keys(views.steward.unurged(500)) == keys(meant)
    assert keys(views.steward.unurged(500, keys(meant)[1])) == keys(meant)[2:]


def test_dates_that_rest_on_days_not_announced(views: Views, limits: list[dict[str, Any]]) -> None:
    with views.database.layout() as db:
        book = views.database.current(views.all["obligations"], db)
        assert book is not None
        o = book.tables[""]
        for n, row in enumerate(limits):
            row["rule"] = ("sign.24h", "accept.3w@532301~", "feedback.15d+30d~")[n % 3]
            of = (o.c.dispute == row["dispute"], o.c.born == row["born"], o.c.k == row["k"])
            db.execute(update(o).where(*of).values(rule=row["rule"]))
    meant = sorted((r for r in limits if r["rule"] == "accept.3w@532301~"), key=lambda r: keys([r])[0][1:])
    assert 2 < len(meant) < len(limits)
    assert keys(views.steward.provisional(w.OBLIGATIONS, 500)) == keys(meant)
    assert keys(views.steward.provisional(w.OBLIGATIONS, 2, keys(meant)[0])) == keys(meant)[1:3]
    name = meant[0]["name"]
    assert keys(views.steward.provisional([name], 500)) == keys([r for r in meant if r["name"] == name])
