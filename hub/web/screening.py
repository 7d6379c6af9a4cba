"""Screening for people and systems: the schedules in force, quarters and rounds by name, spans of the calendar.

Guarantee: pure; ValueError for a name that is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from hub.policy.screening import Period, Schedule, period_of, round_days, round_of

SPAN: Final = {"week": 8, "half_month": 8, "month": 12, "quarter": 6, "half_year": 4}  # periods shown unless asked
YEARS: Final = range(1950, 2200)  # of a calendar that is asked for
MOST: Final = 60  # periods of one answer
QUARTER: Final = re.compile(r"([0-9]{4})-Q([1-4])")
ROUND: Final = re.compile(r"([0-9]{4})-H([12])")


def quarter_of(day: int) -> str:
    """The quarter a local day lies in, e.g. ``2026-Q4``."""
    at = date.fromordinal(day)
    return f"{at.year:04}-Q{(at.month + 2) // 3}"


def quarter_days(name: str) -> Period:
    """First and last day of a quarter. ValueError."""
    found = QUARTER.fullmatch(name)
    if found is None or int(found[1]) < 1:
        raise ValueError(name)
    first = date(int(found[1]), int(found[2]) * 3 - 2, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return Period(first.toordinal(), following.toordinal() - 1)


def quarter_before(name: str) -> str:
    """The quarter before one. ValueError."""
    return quarter_of(quarter_days(name).first - 1)


def rounds_of_year(day: int) -> tuple[str, str]:
    """The two supervision rounds of a day's year, the earlier first."""
    year = round_of(day)[:4]
    return f"{year}-H1", f"{year}-H2"


def round_named(name: str) -> str:
    """A supervision round. ValueError for another text."""
    found = ROUND.fullmatch(name)
    if found is None:
        raise ValueError(name)
    round_days(name)  # ValueError beyond the years there are
    return name


def span_of(schedule: Schedule, today: int) -> Period:
    """The days of the periods that are shown unless others are asked for: the running one and those before it."""
    last = period_of(schedule, today)
    first = last
    for _ in range(SPAN[schedule.every] - 1):
        first = period_of(schedule, first.first - 1)
    return Period(first.first, last.last)


def chosen(schedules: Sequence[Schedule], key: str) -> Schedule | None:
    """The schedule with this key, the first for "". ValueError for a key there is none of; None without schedules."""
    if not key:
        return schedules[0] if schedules else None
    found = next((schedule for schedule in schedules if schedule.key == key), None)
    if found is None:
        raise ValueError(key)
    return found
