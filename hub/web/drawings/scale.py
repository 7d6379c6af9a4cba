"""Time on paper: days to pixels, Mondays, days off.

Guarantee: monotone; at least 14 px a day for the last 30 days before now and all after it; beyond 100 days the past is
squeezed evenly, never the last 30 days. Dates are local (Asia/Shanghai, a fixed eight hours).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hub.words import DAY, HOUR

from .days import Days, days_of

OFFSET = 8 * HOUR
LEAST = 14.0  # px a day
LONG = 100  # days
KEPT = 30  # days before now that are never squeezed


class Off(NamedTuple):
    """Neighbouring days off as one stretch, end exclusive; ``name`` and ``en`` "" = weekend."""

    first: date
    end: date
    name: str
    en: str


def local_date(at: int) -> date:
    """The local date of an instant."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at + OFFSET)).date()


def local_text(at: int, form: str = "%m-%d %H:%M") -> str:
    """Local date and time of an instant."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at + OFFSET)).strftime(form)


def midnight(day: date) -> int:
    """The instant a local day begins."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY - OFFSET


class Scale:
    """From instants to x. The axis begins at a local midnight and ends at one."""

    def __init__(
        self, first: int, last: int, now: int, left: float, width: float, calendar: Days | None = None
    ) -> None:
        """Show ``first`` to ``last`` from ``left``, in ``width`` px or as many more as the rules need."""
        self.calendar = calendar or days_of("")
        self.start, self.end = midnight(local_date(first)), midnight(local_date(last) + timedelta(days=1))
        self.left = left
        days = (self.end - self.start) / DAY
        self._knee = self.start
        self._slow = 0.0  # px a day before the knee
        knee = midnight(local_date(min(now, last) - KEPT * DAY))
        if days > LONG and knee > self.start:
            self._knee = knee
            recent = (self.end - self._knee) / DAY
            self._slow = max(1.0, (max(width, LONG * LEAST) - recent * LEAST) / (days - recent))
            self._slow = min(self._slow, LEAST)
        past = (self._knee - self.start) / DAY * self._slow
        recent = (self.end - self._knee) / DAY
        self.day = max(LEAST, (width - past) / recent)
        self._bend = left + past
        self.right = self._bend + recent * self.day

    def x(self, at: int) -> float:
        """The place of an instant, kept inside the axis."""
        at = min(max(at, self.start), self.end)
        if at < self._knee:
            return self.left + (at - self.start) / DAY * self._slow
        return self._bend + (at - self._knee) / DAY * self.day

    def days(self) -> Iterator[date]:
        """Every local day on the axis."""
        day, end = local_date(self.start), local_date(self.end)
        while day < end:
            yield day
            day += timedelta(days=1)

    def mondays(self) -> list[date]:
        """The Mondays on the axis."""
        return [day for day in self.days() if day.weekday() == 0]

    def off(self) -> list[Off]:
        """Days off on the axis, neighbours merged; make-up workdays are none."""
        found: list[Off] = []
        for day in self.days():
            name = self.calendar.off(day)
            if name is None:
                continue
            if found and found[-1].end == day and found[-1].name == name:
                found[-1] = found[-1]._replace(end=day + timedelta(days=1))
            else:
                found.append(Off(day, day + timedelta(days=1), name, self.calendar.english(day)))
        return found


def make_up_days(scale: Scale) -> list[date]:
    """Weekend days on the axis that are worked."""
    return [day for day in scale.days() if scale.calendar.worked(day)]


def years_without_data(scale: Scale) -> list[date]:
    """The first day on the axis of every year whose holidays are not known."""
    found: dict[int, date] = {}
    for day in scale.days():
        if not scale.calendar.known(day.year):
            found.setdefault(day.year, day)
    return list(found.values())
