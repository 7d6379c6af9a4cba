"""Agencies that screen, instants on their calendar, and commands on their books with as little said as possible."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from hub import words as w
from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.screening import names as n
from hub.aggregates.screening.state import Book
from hub.policy import shipped_policy
from tests.given import SYSTEM, Given

PACK = shipped_policy("532301").packs[-1]  # Chuxiong's
WALL = timezone(timedelta(hours=8))
CITY: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("city", "committee", "city", "532301", None),
    ("town", "committee", "township", "532301101", "city"),
    ("hill", "committee", "township", "532301102", "city"),
    ("village", "committee", "village", "532301101201", "town"),
    ("hamlet", "committee", "village", "532301101202", "town"),
    ("group", "group", "group", "532301101201", "village"),
)


def at(wall: str) -> int:
    """A local instant, e.g. ``2026-06-01 09:00``, in microseconds UTC."""
    found = datetime.fromisoformat(wall).replace(tzinfo=WALL)
    return round(found.timestamp()) * w.SECOND


def registry() -> Registry:
    made = [
        Agency(w.agency_id(code), code, code, kind, level, region, w.agency_id(up) if up else None, (), 0, False)
        for code, kind, level, region, up in CITY
    ]
    return Registry({agency.id: agency for agency in made})


def hub(now: str = "2026-06-01 09:00") -> Given:
    """The city on a Monday; nothing is scheduled."""
    return Given(registry(), PACK, at(now))


def book(given: Given, code: str) -> Book:
    return given.books[w.screening_id(w.agency_id(code))]


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def ident(code: str | None) -> w.AgencyId | None:
    return None if code is None else w.agency_id(code)


def lead(label: str) -> w.LeadId:
    return w.lead_id(SYSTEM, w.derived_id(label))


def finding(label: str, number: int = 1) -> w.FindingId:
    return w.finding_id(SYSTEM, w.derived_id(label), number)


def schedule(subject: str) -> n.Schedule:
    return n.Schedule(w.agency_id(subject))


def file(schedule: str, first: str, last: str, subject: str | None = None, **more: Any) -> n.FileScreening:
    given: dict[str, Any] = {"kind": "", "found": 0, "settled": 0, "summary": ""} | more
    return n.FileScreening(ident(subject), schedule, given["kind"], first, last, *list(given.values())[1:])


def miss(subject: str, schedule: str, first: str, last: str) -> n.MissScreening:
    return n.MissScreening(w.agency_id(subject), schedule, first, last)


def report(subject: str | None = None, scheme: str = "", raw: str = "", ordinal: int = 0) -> n.ReportLead:
    return n.ReportLead(ident(subject), "grid", "02", "532301101201", 3, ordinal, scheme, raw, "", "两户争执")


def assess(label: str, measures: str = "走访", subject: str | None = None, **grade: Any) -> n.AssessLead:
    said: dict[str, Any] = {"ordinal": 3, "scheme": "自定", "raw": "黄"} | grade
    return n.AssessLead(ident(subject), lead(label), said["ordinal"], said["scheme"], said["raw"], measures)


def settle(label: str, outcome: str = "resolved", receiver: str | None = None, **more: Any) -> n.SettleLead:
    return n.SettleLead(more.get("subject"), lead(label), outcome, more.get("registered"), ident(receiver), "")


def inspect(subject: str, *demands: str) -> n.Inspect:
    return n.Inspect(w.agency_id(subject), "看了台账", demands)


def rectify(label: str, done: str = "已改", subject: str | None = None, number: int = 1) -> n.Rectify:
    return n.Rectify(ident(subject), finding(label, number), done)


def review(subject: str, label: str, passed: bool, number: int = 1) -> n.ReviewFinding:
    return n.ReviewFinding(w.agency_id(subject), finding(label, number), passed, "")


def breach(subject: str, label: str, number: int = 1) -> n.BreachFinding:
    return n.BreachFinding(w.agency_id(subject), finding(label, number))


def only(given: Given) -> Any:
    """The one event the last command made."""
    made: Any = given.answer
    assert not isinstance(made, w.Refusal), made
    (event,) = made
    return event
