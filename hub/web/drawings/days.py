"""Days off and days worked instead (放假调休) of a place, as drawings and pages say them.

Guarantee: they are the calendar's (``hub.policy.calendar``), never computed or guessed here; of a year that is not
known only the weekends are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from hub.policy.calendar import MAKE_UP, Calendar, shipped_calendar


class Days(NamedTuple):
    """The days of one place; ``region``: its code, "" = what holds everywhere."""

    calendar: Calendar
    region: str = ""

    def off(self, day: date) -> str | None:
        """The Chinese name of a day off ("" = weekend), None for a working day."""
        found = self.calendar.day(day.toordinal(), self.region)
        return None if found.works else found.zh

    def english(self, day: date) -> str:
        """The English name of a day off, "" = weekend."""
        return self.calendar.day(day.toordinal(), self.region).en

    def worked(self, day: date) -> bool:
        """Whether it is a weekend day that is worked."""
        return self.calendar.day(day.toordinal(), self.region).kind == MAKE_UP

    def known(self, year: int) -> bool:
        """Whether a year's holidays are announced."""
        return self.calendar.known(year)


def days_of(place: str, calendar: Calendar | None = None) -> Days:
    """The days of a place: of its region where it is a code, else those that hold everywhere."""
    return Days(calendar or shipped(), place if place.isascii() and place.isdigit() else "")


@cache
def shipped() -> Calendar:
    """The calendar that comes with the hub."""
    return shipped_calendar()


def known(year: int) -> bool:
    """Whether there is data of a year."""
    return shipped().known(year)


def day_off(day: date) -> str | None:
    """The Chinese name of a day off everywhere ("" = weekend), None for a working day."""
    return days_of("").off(day)


def holiday_name(lang: str, name: str) -> str:
    """A holiday's name in a language."""
    return _english().get(name, name) if lang == "en" else name


@cache
def _english() -> Mapping[str, str]:
    tables = (shipped().national, *shipped().tables.values())
    return {mark.zh: mark.en for table in tables for mark in table.marks.values()}
