"""Lists by cursor, waiting for a position, figures with their denominators."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.projections import BadCursor, Views
from hub.projections.agencies.reads import rate
from tests.projections.histories import History, ListLog


def filled(views: Views, history: History) -> Views:
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    crew.close()
    return views


def test_pages_hold_every_item_once_whatever_comes_or_goes(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    made = [past.do("village", c.Register("neighbour", "p", "visit", ())) for _ in range(25)]
    filled(views, past)
    first = views.custody.disputes(limit=10)
    assert [i["dispute"] for i in first.items] == made[:10] and first.next
    past.do("village", c.Close("settled", "", True), made[3])  # a row before the cursor changes, one behind it too
    late = past.do("village", c.Register("neighbour", "p", "visit", ()))
    filled(views, past)
    second = views.custody.disputes(limit=10, cursor=first.next)
    third = views.custody.disputes(limit=10, cursor=second.next)
    assert [i["dispute"] for i in (*second.items, *third.items)] == [*made[10:], late]
    assert third.next is None and third.position == len(past.log)
    open_ones = views.custody.disputes(status=w.OPEN, limit=500).items
    assert len(open_ones) == 25 and open_ones[0]["custodian_name"] == "village"


@pytest.mark.parametrize("cursor", ["", "x", "!!!!", "bnVsbA", "WzFd", "W251bGxd", "eyJhIjoxfQ"])
def test_a_strange_cursor_is_refused(views: Views, history: Callable[..., History], cursor: str) -> None:
    filled(views, history(commands=30))
    with pytest.raises(BadCursor):
        views.obligations.running(cursor=cursor)


def test_queues_hold_what_each_agency_owes(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    station = w.agency_id("station")
    dispute = past.do("village", c.Register("neighbour", "p", "visit", ()))
    past.do("village", c.Refer(w.TRANSFER, "police", station, None, ""), dispute)
    filled(views, past)
    assert [i["name"] for i in views.obligations.queue(station, "sign").items] == [w.SIGN]
    assert views.obligations.queue(station, "accept").items == []  # it is signed first
    (item,) = views.obligations.queue(station, "sign").items
    assert (item["number"], item["creditor_name"], item["custodian_name"]) == (
        "532301-2026-0000001",
        "village",
        "village",
    )
    past.do("station", c.Sign(past.states[dispute or b""].referrals[0].id), dispute)
    filled(views, past)
    assert views.obligations.queue(station, "sign").items == []
    assert [i["name"] for i in views.obligations.queue(station, "accept").items] == [w.ACCEPT]
    past.do("station", c.Accept(past.states[dispute or b""].referrals[0].id, "desk"), dispute)
    filled(views, past)
    assert [i["name"] for i in views.obligations.queue(station, "feedback").items] == [w.FEEDBACK]
    assert [i["name"] for i in views.obligations.queue(station, "act").items] == [w.PROGRESS]
    assert views.obligations.queue(w.agency_id("village"), "act").items == []
    sizes = views.obligations.queue_sizes(station, past.now + 30 * w.DAY)
    assert sizes["feedback"] == {"count": 1, "overdue": 1} and sizes["sign"] == {"count": 0, "overdue": 0}
    with pytest.raises(ValueError, match="no queue"):
        views.obligations.queue(station, "everything")


def test_the_grid_counts_every_limit_once(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=400)
    filled(views, past)
    now = past.now
    grid = views.obligations.grid(now, now + w.DAY)
    total = sum(i["count"] for i in grid.items)
    assert total == len(views.obligations.running(limit=500).items)
    assert all(i["count"] == i["overdue"] + i["today"] + i["later"] for i in grid.items)
    overdue = views.obligations.running(overdue_at=now, limit=500).items
    assert sum(i["overdue"] for i in grid.items) == len(overdue)


def test_only_what_one_of_the_agencies_had_a_part_in(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=500)
    filled(views, past)
    for code in ("village", "court", "heir"):
        agency = w.agency_id(code)
        seen = {i["dispute"] for i in views.custody.disputes(visible_to=[agency], limit=500).items}
        assert seen == {d for d, s in past.states.items() if agency in s.roles}
        assert seen == {d for d in past.states if agency in views.roles.involved(d)}
        assert {d for d, s in past.states.items() if s.custodian == agency} <= seen


def test_completeness_by_period_and_the_list_behind_it(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=500)
    filled(views, past)
    by_month = views.completeness.equation(by=("month",)).items
    by_day = views.completeness.equation(by=("day",)).items
    total = views.completeness.equation().items[0]
    assert sum(i["sent"] for i in by_month) == sum(i["sent"] for i in by_day) == total["sent"] > 0
    day = date.fromisoformat(by_day[0]["day"])
    of_day = views.completeness.equation(first=day, last=day).items[0]
    behind = views.completeness.referrals(first=day, last=day, limit=500).items
    assert of_day["sent"] == by_day[0]["sent"] == len(behind)
    assert {b["day"] for b in behind} == {by_day[0]["day"]}


def test_a_lost_row_shows_as_a_difference(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=300)
    filled(views, past)
    assert views.completeness.equation().items[0]["difference"] == 0
    with views.database.layout() as db:
        book = views.database.current(views.all["completeness"], db)
        assert book is not None
        outcomes = book.tables["outcomes"]
        one = db.execute(outcomes.select().limit(1)).one()
        db.execute(outcomes.delete().where(outcomes.c.referral == one.referral))
    assert views.completeness.equation().items[0]["difference"] == 1


def test_waiting_for_a_position(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=50)
    assert not views.wait_until("custody", 1, timeout=0.02)
    later = threading.Timer(0.05, lambda: filled(views, past))
    later.start()
    assert views.wait_until(list(views.all), len(past.log), timeout=30)
    later.join()
    assert views.position("custody") == len(past.log)
    with pytest.raises(KeyError):
        views.position("nothing")


def test_a_rate_without_a_denominator_is_none() -> None:
    assert rate(0, 0) is None
    assert str(rate(1, 3)) == "0.3333" and str(rate(2, 3)) == "0.6667" and str(rate(1, 20000)) == "0.0001"


def test_an_agency_with_only_assignments_has_no_return_rate(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    dispute = past.do("committee", c.Register("neighbour", "p", "visit", ()))
    past.do("centre", c.Assign("mediation", w.agency_id("village"), ""), dispute)
    filled(views, past)
    (row,) = views.agencies.answers().items
    assert (row["received"], row["returnable"], row["return_rate"], row["median_us"]) == (1, 0, None, None)


_: Any = random
