"""为什么是这个日期: a limit's end counted again one day at a time, each day with whether it counted and why not.

Guarantee: for the same arguments rule, instant and provisional are those that ``due`` gives. ``due`` looks up, this
walks. A limit of hours is told in the part of each day that it ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.words import HOUR

from .calendar import HOLIDAY, LOCAL, WEEKEND, Calendar, Table, day_of, midnight
from .limits import HOURS, MONTHS, NEXT, WORKDAYS, Due, Limit, Pause, legs, rule_of, same_day, still

# Why a day does not count
FIRST: Final = "first"  # 起始日不计
PAUSED: Final = "paused"  # 中止
COUNTED: Final = ""
WHY: Final = (COUNTED, FIRST, WEEKEND, HOLIDAY, LOCAL, PAUSED)


class Line(NamedTuple):
    """One local day.

    ``counted``: its number in the count, 0 = it does not count. ``ran``: microseconds that count, for hours only.
    ``why`` it does not count (``WHY``); ``paused``: the reasons for which it stood still. ``kind``, ``zh`` and ``en``:
    what day it is (``Calendar.day``). ``rolled``: it lies after the nominal last day; the last of them is the end.
    """

    day: int
    counted: int
    ran: int
    why: str
    paused: tuple[str, ...]
    kind: str
    zh: str
    en: str
    provisional: bool
    rolled: bool


class Explanation(NamedTuple):
    """A date and everything it rests on. Instants are UTC microseconds, days ordinals of local dates."""

    rule: str
    limit: Limit  # amount, unit, basis and its kind, cut-off
    region: str
    calendar: str  # version of the data
    start: int
    runs_from: int  # the first instant that counts
    extended: int
    lines: tuple[Line, ...]
    nominal: int  # the last day before it moved; for hours the day it ends on
    last: int
    at: int
    provisional: bool

    @property
    def due(self) -> Due:
        """The answer itself."""
        return Due(self.at, self.rule, self.provisional)

    @property
    def rolled(self) -> bool:
        """Whether the last day moved to a working day."""
        return self.last != self.nominal


def explain(
    limit: Limit, start: int, calendar: Calendar, region: str = "", paused: Sequence[Pause] = (), extended: int = 0
) -> Explanation:
    """The same question as ``due`` is asked, with the whole way to the answer."""
    own = [pause for pause in paused if pause.reason in limit.pauses and pause.until > pause.since]
    if limit.unit == HOURS:
        return _hours(limit, start, calendar, region, own, extended)
    walk = _Walk(calendar.table(region), start, own)
    for amount, unit in legs(limit, extended):
        walk.count(same_day(walk.day, amount) - walk.day if unit == MONTHS else amount, unit == WORKDAYS)
    nominal = walk.day
    if limit.roll:
        walk.roll()
    at = midnight(walk.day) + limit.cut_off
    rule = rule_of(limit, region, walk.certain, extended)
    runs_from = midnight(day_of(start) + 1)
    return Explanation(
        rule, limit, region, calendar.version, start, runs_from, extended, tuple(walk.lines), nominal, walk.day, at,
        not walk.certain,
    )  # fmt: skip


class _Walk:
    """Going from day to day."""

    def __init__(self, table: Table, start: int, paused: Sequence[Pause]) -> None:
        self.table = table
        self.paused = [(day_of(p.since), day_of(p.until - 1), p.reason) for p in paused]
        self.day = day_of(start)
        self.counted = 0
        self.certain = True
        self.lines = [Line(self.day, 0, 0, FIRST, (), *table.day(self.day), False)]

    def count(self, amount: int, worked: bool) -> None:
        """Go on until ``amount`` more days have counted."""
        while amount:
            self.day += 1
            what, reasons = self.table.day(self.day), self._reasons()
            why = PAUSED if reasons else what.kind if worked and not what.works else COUNTED
            if worked and what.provisional and not reasons:
                self.certain = False
            if why == COUNTED:
                amount -= 1
                self.counted += 1
            counted = 0 if why else self.counted
            self.lines.append(Line(self.day, counted, 0, why, reasons, *what, False))

    def roll(self) -> None:
        """Go on to a day that is worked and not paused."""
        while True:
            what, reasons = self.table.day(self.day), self._reasons()
            if what.provisional and not reasons:
                self.certain = False
            if what.works and not reasons:
                return
            self.day += 1
            what, reasons = self.table.day(self.day), self._reasons()
            why = PAUSED if reasons else COUNTED if what.works else what.kind
            self.lines.append(Line(self.day, 0, 0, why, reasons, *what, True))

    def _reasons(self) -> tuple[str, ...]:
        """Why the limit stood still on this day."""
        if not self.paused:
            return ()
        return tuple(sorted({reason for first, last, reason in self.paused if first <= self.day <= last}))


def _hours(
    limit: Limit, start: int, calendar: Calendar, region: str, own: Sequence[Pause], extended: int
) -> Explanation:
    runs_from = start + HOUR - start % HOUR if limit.first == NEXT else start
    left = (limit.amount + extended) * HOUR
    stops, table = still(limit, own), calendar.table(region)
    lines: list[Line] = []
    if day_of(start) < day_of(runs_from):
        lines.append(Line(day_of(start), 0, 0, FIRST, (), *table.day(day_of(start)), False))
    at = runs_from
    while left:
        begun, day = at, day_of(at)
        ran, at = _run(at, midnight(day + 1), left, stops)
        left -= ran
        reasons = {p.reason for p in own if max(p.since, begun) < min(p.until, at)}
        why = COUNTED if ran else PAUSED
        lines.append(Line(day, 0, ran, why, tuple(sorted(reasons)), *table.day(day), False))
    rule = rule_of(limit, region, True, extended)
    last = lines[-1].day
    return Explanation(
        rule, limit, region, calendar.version, start, runs_from, extended, tuple(lines), last, last, at, False
    )


def _run(at: int, end: int, left: int, stops: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How much of ``left`` runs from ``at`` to ``end`` at most, and the instant reached."""
    ran = 0
    for since, until in stops:
        if until <= at or since >= end:
            continue
        here = max(since - at, 0)
        if ran + here >= left:
            break
        ran += here
        at = min(until, end)
    here = min(end - at, left - ran)
    return ran + here, at + here
