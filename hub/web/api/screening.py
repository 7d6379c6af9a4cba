"""排查: the calendar of rounds, the working ledger, a quarter's figures, the coverage of a supervision round.

A caller sees the books of the agencies in its scope; others are neither shown nor counted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.contract.jsonform import instant
from hub.policy.calendar import day_of
from hub.policy.screening import Period, Schedule, period_of, periods, round_days, round_of
from hub.projections import Item
from hub.projections.screening import Agency, Analysis, Cell, Leads
from hub.words import text

from .. import screening as named
from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem
from ..respond import LIMIT, Json, cursor_of, instant_or_none, read_cursor
from . import models, rows
from .asking import AgencyParam, Cursor, Limit, Wait, agency_param, await_view, behind, within
from .explained import schedule_told
from .views import BEHIND

router = APIRouter(prefix="/v1/screening", tags=["screening"])
VIEWS = ("screening", "agencies")
Reader = Annotated[Caller, calling("read.screening")]
Code = Annotated[str, Query(max_length=64)]
T = TypeVar("T")


@router.get("", **bound("read.screening", "排查日历 · rounds", _200={"model": models.ScreeningCalendar}, _503=BEHIND))
def calendar(
    caller: Reader,
    schedule: Annotated[str, Query(max_length=64, description="one of `schedules`; none = the first")] = "",
    first: Annotated[date | None, Query(description="periods that begin on this local date or later")] = None,
    last: Annotated[date | None, Query(description="periods that begin on this local date at the latest")] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """Which agency filed which round: the periods of a schedule, as the rules in force name it, by agency code."""
    await_view(caller, VIEWS, wait)
    parts, now = caller.parts, caller.parts.clock.now()
    schedules = parts.policy.at(now).screening
    rule = _read("schedule", lambda: named.chosen(schedules, schedule))
    keys = [each.key for each in schedules]
    if rule is None:
        position = min(parts.views.positions(VIEWS))
        empty: dict[str, Any] = {"schedule": None, "periods": [], "items": [], "totals": [], "agencies": 0}
        return Json(empty | {"schedules": keys, "next": None, "position": position, "parked": 0})
    begin, end = _span(rule, day_of(now), first, last)
    (skip,) = read_cursor(cursor, int) or (0,)
    found = parts.views.screening.calendar(rule, begin, end, now, parts.policy, caller.scope(), skip=skip, limit=limit)
    more = skip + len(found.lines) < found.agencies
    made = {
        "schedule": schedule_told(rule), "schedules": keys, "periods": [_period(p) for p in found.periods],
        "items": [{"agency": _agency(x.subject), "cells": [_cell(c) for c in x.cells]} for x in found.lines],
        "totals": list(found.totals), "agencies": found.agencies,
        "next": cursor_of(skip + len(found.lines)) if more else None, "position": found.position,
        "parked": found.parked,
    }  # fmt: skip
    return Json(made | behind(found.position, wait))


@router.get(
    "/ledger",
    **bound(
        "read.screening", "工作台账 · leads", _200={"model": models.ScreeningLedger},
        _404=problem_response("unknown agency"), _503=BEHIND,
    ),
)  # fmt: skip
def ledger(
    caller: Reader,
    agency: AgencyParam = None,
    state: Annotated[Literal["", "open", "reported", "assessed", "settled"], Query()] = "",
    grade: Annotated[int | None, Query(ge=0, le=4, description="ordinal, 0 = not graded")] = None,
    place: Annotated[str, Query(max_length=64, description="first digits of the region code")] = "",
    category: Code = "",
    source: Code = "",
    outcome: Code = "",
    first: Annotated[date | None, Query(description="reported from this local date on")] = None,
    last: Annotated[date | None, Query(description="reported up to this local date")] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """Leads of the books the caller sees, and what became of them."""
    subject = agency_param(agency)
    if subject is not None:
        within(caller, subject)
    await_view(caller, VIEWS, wait)
    which = Leads(
        subject, state, grade, place, category, source, outcome, _day(first), _day(last),
        scope=caller.scope(),
    )  # fmt: skip
    found, total = caller.parts.views.screening.leads(which, cursor=cursor, limit=limit)
    made = {
        "items": [_lead(row) for row in found.items], "total": total, "next": found.next, "position": found.position,
        "parked": found.parked,
    }  # fmt: skip
    return Json(made | behind(found.position, wait))


@router.get(
    "/analysis",
    **bound("read.screening", "季度分析 · a quarter", _200={"model": models.ScreeningAnalysis}, _503=BEHIND),
)
def analysis(
    caller: Reader,
    quarter: Annotated[str, Query(max_length=7, description="e.g. 2026-Q4; none = that of today")] = "",
    wait: Wait = 0,
) -> Response:
    """The figures of a quarter and of the one before it: rounds, leads found, leads settled."""
    await_view(caller, VIEWS, wait)
    name = quarter or named.quarter_of(day_of(caller.parts.clock.now()))
    before = _read("quarter", lambda: named.quarter_before(name))
    made = {key: _quarter(caller, each) for key, each in (("current", name), ("before", before))}
    position = min(found.position for found, _ in made.values())
    told: dict[str, Any] = {key: shown for key, (_, shown) in made.items()}
    parked = made["current"][0].parked
    return Json(told | {"position": position, "parked": parked} | behind(position, wait))


@router.get(
    "/inspections",
    **bound("read.screening", "督导 · inspections", _200={"model": models.ScreeningInspections}, _503=BEHIND),
)
def inspections(
    caller: Reader,
    name: Annotated[str, Query(alias="round", max_length=7, description="e.g. 2026-H2; none = that of today")] = "",
    wait: Wait = 0,
) -> Response:
    """One of the two supervision rounds of a year: who was inspected, what was found, and whether it was mended."""
    await_view(caller, VIEWS, wait)
    now = caller.parts.clock.now()
    which = _read("round", lambda: named.round_named(name)) if name else round_of(day_of(now))
    found = caller.parts.views.screening.coverage(which, now, caller.scope())
    made = {
        "round": which, **_period(round_days(which)), "inspected": found.inspected, "owing": found.owing,
        "items": [
            {
                "agency": _agency(x.subject), "owing": x.owing, "inspections": x.inspections,
                "last_at": instant_or_none(x.last_at), "raised": x.raised, "open": x.open, "rectified": x.rectified,
                "passed": x.passed, "overdue": x.overdue,
            }
            for x in found.lines
        ],
        "position": found.position, "parked": found.parked,
    }  # fmt: skip
    return Json(made | behind(found.position, wait))


def _read(field: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError:
        raise Problem("request.query", field) from None


def _span(rule: Schedule, today: int, first: date | None, last: date | None) -> Period:
    """The days asked for. Problem ``request.query``: they are in no order, or too many periods begin in them."""
    usual = named.span_of(rule, today)
    end = last.toordinal() if last is not None else usual.last
    begin = first.toordinal() if first is not None else min(usual.first, period_of(rule, end).first)
    if end < begin or not {date.fromordinal(day).year for day in (begin, end)} <= set(named.YEARS):
        raise Problem("request.query", "last")
    if sum(1 for _ in zip(periods(rule, begin, end), range(named.MOST + 1), strict=False)) > named.MOST:
        raise Problem("request.query", "first", f"at most {named.MOST} periods")
    return Period(begin, end)


def _quarter(caller: Caller, name: str) -> tuple[Analysis, dict[str, Any]]:
    parts, days = caller.parts, named.quarter_days(name)
    found = parts.views.screening.analysis(*days, parts.clock.now(), parts.policy, caller.scope())
    return found, {
        "quarter": name, **_period(days),
        "rounds": [
            {
                "schedule": r.schedule, "owed": r.owed, "filed": r.filed, "late": r.late, "missed": r.missed,
                "outstanding": r.outstanding, "caught_up": r.caught_up, "found": r.found,
            }
            for r in found.rounds
        ],
        "reported": found.reported, "still_open": found.still_open, "categories": found.categories,
        "grades": {str(grade): n for grade, n in found.grades.items()}, "sources": found.sources,
        "settled": found.settled,
    }  # fmt: skip


def _agency(agency: Agency) -> dict[str, str]:
    return {"id": text(agency.agency), "code": agency.code, "name": agency.name}


def _period(period: Period) -> dict[str, str]:
    return {"first": _iso(period.first), "last": _iso(period.last)}


def _cell(cell: Cell) -> dict[str, Any]:
    due_at = None if cell.due_at is None or cell.state in ("filed", "late") else instant(cell.due_at)
    return {"state": cell.state, "found": cell.found, "settled": cell.settled, "due_at": due_at}


_shaped = rows.shaper(
    lead=rows.ID, reported_at=rows.AT, source=rows.PLAIN, category=rows.PLAIN, place=rows.PLAIN, people=rows.PLAIN,
    ordinal=rows.PLAIN, scheme=rows.PLAIN, raw=rows.PLAIN, measures=rows.PLAIN, summary=rows.PLAIN, state=rows.PLAIN,
    assessed_at=rows.AT, settled_at=rows.AT, outcome=rows.PLAIN, dispute=rows.ID, receiver=rows.AGENCY,
    note=rows.PLAIN, position=rows.PLAIN,
)  # fmt: skip


def _lead(row: Item) -> dict[str, Any]:
    """A lead; ``agency``: whose book it stands in."""
    return _shaped(row) | {"agency": rows.agency(row, "subject"), "reported_by": rows.agency(row, "author")}


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
