"""Screening: the calendar of rounds, the ledger of leads, a quarter, supervision. See ``single`` for the rest."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from .lists import Answered
from .rules import ScreeningSchedule
from .single import AgencyRef, Id, Model, Next

Date = Field(description="local date, Asia/Shanghai")


class ScreeningPeriod(Model):
    first: str = Date
    last: str = Date


class ScreeningCell(Model):
    """One agency's round of one period. `due`: its period is over, its time is not; `overdue`: its time is over and the
    hub has not recorded it as missed; `none`: not owed.
    """

    state: Literal["filed", "late", "missed", "due", "overdue", "running", "none"]
    found: int
    settled: int = Field(description="on the spot")
    due_at: str | None = Field(description="the first instant that is too late; null where it was filed or is not owed")


class ScreeningLine(Model):
    agency: AgencyRef
    cells: list[ScreeningCell] = Field(description="one per period")


class ScreeningCalendar(Answered):
    """Who filed when: agencies × the periods of one schedule. `totals`: of all agencies, per period, by state."""

    schedule: ScreeningSchedule | None = Field(description="null where the rules in force have none")
    schedules: list[str] = Field(description="all there are")
    periods: list[ScreeningPeriod]
    items: list[ScreeningLine]
    totals: list[dict[str, int]]
    agencies: int
    next: str | None = Next
    parked: int


class ScreeningLead(Model):
    """A lead. `ordinal` 0 = not graded yet; `dispute`: what it was registered as."""

    lead: str = Id
    agency: AgencyRef = Field(description="whose book it stands in")
    reported_by: AgencyRef
    reported_at: str
    source: str
    category: str
    place: str
    people: int
    ordinal: int
    scheme: str
    raw: str
    measures: str
    summary: str
    state: Literal["reported", "assessed", "settled"]
    assessed_at: str | None
    settled_at: str | None
    outcome: str
    dispute: str | None
    receiver: AgencyRef | None
    note: str
    position: int


class ScreeningLedger(Answered):
    """Leads: open ones first, those not graded yet before all, then the gravest, then the oldest."""

    items: list[ScreeningLead]
    total: int
    next: str | None = Next
    parked: int


class ScreeningRounds(Model):
    """The rounds whose periods end in the quarter: `owed` is the sum of the four behind it."""

    schedule: str
    owed: int
    filed: int
    late: int
    missed: int
    outstanding: int
    caught_up: int = Field(description="of those late: missed at first")
    found: int = Field(description="leads the reports speak of")


class ScreeningQuarter(Model):
    """`reported` leads of the quarter, by category, grade and source; `settled`: leads settled in it, by outcome."""

    quarter: str
    first: str = Date
    last: str = Date
    rounds: list[ScreeningRounds]
    reported: int
    still_open: int = Field(description="of those reported: not settled by now")
    categories: dict[str, int]
    grades: dict[str, int] = Field(description='by ordinal, "0" = not graded')
    sources: dict[str, int]
    settled: dict[str, int]


class ScreeningAnalysis(Answered):
    """A quarter, and the quarter before it."""

    current: ScreeningQuarter
    before: ScreeningQuarter
    parked: int


class ScreeningInspected(Model):
    """One agency in a supervision round; `raised` is the sum of `open`, `rectified` and `passed`."""

    agency: AgencyRef
    owing: bool = Field(description="one of those the round is about")
    inspections: int
    last_at: str | None
    raised: int
    open: int
    rectified: int = Field(description="waits for its review")
    passed: int
    overdue: int = Field(description="of those open: their time is over")


class ScreeningInspections(Answered):
    """A supervision round: `inspected` of `owing`."""

    round: str = Field(description="e.g. 2026-H2: two a year")
    first: str = Date
    last: str = Date
    inspected: int
    owing: int
    items: list[ScreeningInspected]
    parked: int


_TOWN: Final = {
    "id": "b8a4b8b0-2f4f-5c1c-8a3a-0c5a2f4e7d11", "code": "532301101.pmc", "name": "楚雄市鹿城镇人民调解委员会",
}  # fmt: skip
_ROUNDS: Final = {
    "schedule": "township_month", "owed": 45, "filed": 41, "late": 2, "missed": 1, "outstanding": 1, "caught_up": 1,
    "found": 63,
}  # fmt: skip
_QUARTER: Final = {
    "quarter": "2026-Q3", "first": "2026-07-01", "last": "2026-09-30", "rounds": [_ROUNDS], "reported": 63,
    "still_open": 4, "categories": {"02": 31, "06": 32}, "grades": {"0": 2, "1": 3, "3": 58},
    "sources": {"informant": 21, "screening": 42}, "settled": {"registered": 17, "resolved": 40, "unfounded": 2},
}  # fmt: skip
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "/v1/screening": {
        "schedule": {
            "schedule": "township_month", "zh": "乡镇每月排查", "en": "monthly screening by the township",
            "kind": "regular", "level": "township", "kinds": ["committee"], "every": "month", "by": "itself",
            "within": 5, "unit": "workday", "within_basis": "hub default", "basis": "楚雄市司法局 2023-10-19 三",
            "basis_kind": "seed",
        },
        "schedules": ["group_week", "village_month", "township_month", "analysis", "training", "supervision"],
        "periods": [
            {"first": "2026-10-01", "last": "2026-10-31"}, {"first": "2026-11-01", "last": "2026-11-30"},
        ],
        "items": [
            {
                "agency": _TOWN,
                "cells": [
                    {"state": "filed", "found": 3, "settled": 2, "due_at": None},
                    {"state": "running", "found": 0, "settled": 0, "due_at": "2026-12-07T16:00:00.000000Z"},
                ],
            },
        ],
        "totals": [{"filed": 14, "missed": 1}, {"running": 15}], "agencies": 15, "next": None, "position": 184_302,
        "parked": 0,
    },
    "/v1/screening/ledger": {
        "items": [
            {
                "lead": "0d6a0f5e-5f0b-5b0e-9a53-3c9a5f1c7b21", "agency": _TOWN, "reported_by": _TOWN,
                "reported_at": "2026-11-24T01:20:00.000000Z", "source": "informant", "category": "02",
                "place": "532301101201", "people": 4, "ordinal": 3, "scheme": "four_colours", "raw": "黄",
                "measures": "网格员每日走访", "summary": "两户排水走向有争执", "state": "assessed",
                "assessed_at": "2026-11-24T02:00:00.000000Z", "settled_at": None, "outcome": "", "dispute": None,
                "receiver": None, "note": "", "position": 184_300,
            },
        ],
        "total": 1, "next": None, "position": 184_302, "parked": 0,
    },
    "/v1/screening/analysis": {
        "current": _QUARTER,
        "before": _QUARTER | {"quarter": "2026-Q2", "first": "2026-04-01", "last": "2026-06-30"},
        "position": 184_302, "parked": 0,
    },
    "/v1/screening/inspections": {
        "round": "2026-H2", "first": "2026-07-01", "last": "2026-12-31", "inspected": 1, "owing": 15,
        "items": [
            {
                "agency": _TOWN, "owing": True, "inspections": 1, "last_at": "2026-10-14T02:00:00.000000Z", "raised": 3,
                "open": 1, "rectified": 1, "passed": 1, "overdue": 0,
            },
        ],
        "position": 184_302, "parked": 0,
    },
}  # fmt: skip
