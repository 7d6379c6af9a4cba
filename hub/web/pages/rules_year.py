"""A year of working days as twelve months: every day with its mark, every stretch off by name, what is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from hub.policy.calendar import HOLIDAY, LOCAL, MAKE_UP, WEEKEND, Calendar, midnight

from . import when
from .messages import say

MARKS: Final = {HOLIDAY: "off", LOCAL: "local", MAKE_UP: "work", WEEKEND: "rest"}


class Square(NamedTuple):
    """One day: its number, its classes, the letter that says its kind without colour, its words."""

    number: int
    css: str
    mark: str
    words: str


class Month(NamedTuple):
    """A month; weeks begin on Monday, days of other months are None."""

    number: int
    weeks: list[list[Square | None]]


class Stretch(NamedTuple):
    """Days of one kind and name that follow each other."""

    kind: str
    first: date
    last: date
    zh: str
    en: str

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


class Year(NamedTuple):
    """``known``: the national notice is loaded; ``awaited``: (first, last) of days not announced yet."""

    number: int
    known: bool
    version: str
    months: list[Month]
    stretches: list[Stretch]
    awaited: list[tuple[date, date]]
    workdays: int


def year(calendar: Calendar, number: int, region: str, today: date, lang: str) -> Year:
    """The year as it holds in a region."""
    days = [date(number, 1, 1) + timedelta(n) for n in range((date(number + 1, 1, 1) - date(number, 1, 1)).days)]
    months = [Month(n, _weeks(calendar, region, [d for d in days if d.month == n], today, lang)) for n in range(1, 13)]
    return Year(
        number, calendar.known(number), calendar.version, months, _stretches(calendar, region, days),
        _awaited(calendar, region, days), sum(calendar.working(d.toordinal(), region) for d in days),
    )  # fmt: skip


def _weeks(calendar: Calendar, region: str, days: Sequence[date], today: date, lang: str) -> list[list[Square | None]]:
    squares: list[Square | None] = [None] * days[0].weekday()
    squares += [_square(calendar, region, day, today, lang) for day in days]
    squares += [None] * (-len(squares) % 7)
    return [squares[n : n + 7] for n in range(0, len(squares), 7)]


def _square(calendar: Calendar, region: str, day: date, today: date, lang: str) -> Square:
    found = calendar.day(day.toordinal(), region)
    name = found.zh if lang == "zh" else found.en
    mark = MARKS.get(found.kind, "")
    css = [mark] if mark else []
    css += ["loose"] if found.provisional else []
    css += ["today"] if day == today else []
    words = [when.day(lang, midnight(day.toordinal())), say(lang, f"rules.d_{mark or 'plain'}"), name]
    words += [say(lang, "rules.d_loose")] if found.provisional else []
    letter = say(lang, f"rules.m_{mark}") if mark in ("off", "local", "work") else ""
    return Square(day.day, " ".join(css), letter, " · ".join(word for word in words if word))


def _stretches(calendar: Calendar, region: str, days: Sequence[date]) -> list[Stretch]:
    found: list[Stretch] = []
    for day in days:
        kind, zh, en, _ = calendar.day(day.toordinal(), region)
        if not zh or kind not in MARKS:
            continue
        last = found[-1] if found else None
        if last and (last.kind, last.zh) == (kind, zh) and last.last == day - timedelta(1):
            found[-1] = last._replace(last=day)
        else:
            found.append(Stretch(kind, day, day, zh, en))
    return found


def _awaited(calendar: Calendar, region: str, days: Sequence[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if calendar.day(day.toordinal(), region).provisional:
            if found and found[-1][1] == day - timedelta(1):
                found[-1] = found[-1][0], day
            else:
                found.append((day, day))
    return found
