"""时限: when a limit ends. A limit is a dated rule of a pack; ``due`` is its only clock.

Guarantee: ``due`` is pure, never raises for a limit that was read, and is monotone in amount and in start. Integer
arithmetic throughout: instants are UTC microseconds, days are ordinals of local dates (Asia/Shanghai, +08:00, no
daylight saving).

How it counts:
- First day (``first``): "next" = the day or hour of the start is not counted; days run from the next day, hours from
  the next full hour (民事诉讼法 §85; 民诉法解释 §125; 民法典 §201). "moment" = hours run from the stated moment
  (民法典 §201).
- Month: ends on the day of the same number in the last month, or on that month's last day (民法典 §202).
- Roll (``roll``): a last day that is not worked moves to the next working day (民法典 §203¶1; 民事诉讼法 §85). Days off
  in between count. A limit of working days ends on one anyway; one of hours never rolls.
- Cut-off (``cut_off``): the last day ends at 24:00, or at the end of business where there is one (民法典 §203¶2).
- Pauses: no day counts on which the limit stood still, were it for a part (hub default: the articles say that the time
  does not count, not how to cut days); of a limit of hours the exact time is left out. Only reasons that the limit
  names stop it. The last day is never one of them.
- Extension: the extended limit is one longer limit, only its own last day rolls (hub default). Of the same unit the
  amounts are added first: one month and one month are two months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from hub.words import DAY, HOUR

from .calendar import EPOCH_DAY, OFFSET, Calendar, Table

# Units
HOURS: Final = "hour"
DAYS: Final = "day"  # 日, calendar days
WORKDAYS: Final = "workday"  # 工作日
MONTHS: Final = "month"
LETTERS: Final = {HOURS: "h", DAYS: "d", WORKDAYS: "w", MONTHS: "m"}

# First day or hour
NEXT: Final = "next"
MOMENT: Final = "moment"


class Extension(NamedTuple):
    """延长: the most one adds (0 = as agreed), how often (0 = no bound), who approves ("" = nobody in particular),
    whether both parties must agree.
    """

    amount: int
    unit: str
    max_times: int
    approver: str
    both_parties_consent: bool


class Limit(NamedTuple):
    """One limit of a pack. See the module for what each field does; ``warn`` and ``cut_off`` are microseconds."""

    key: str
    amount: int
    unit: str
    start: str  # the event or instant it runs from, by name
    first: str
    roll: bool
    cut_off: int  # from local midnight; DAY = 24:00
    extension: Extension | None
    pauses: frozenset[str]
    restart: tuple[str, ...]  # events from which it runs anew
    region: str  # prefix of the places it holds in, "" = everywhere
    warn: int  # before its end
    basis: str
    basis_kind: str  # law, seed, default
    valid_from: int | None  # first day on which it may start, None = no bound
    valid_to: int | None  # last such day
    text: str  # ``key.amount`` and the unit's letter

    @property
    def dated(self) -> bool:
        """Whether its end depends on which days are worked."""
        return self.unit == WORKDAYS or self.roll

    def valid(self, start: int) -> bool:
        """Whether a count that starts at this instant is under this limit: 按起算日适用."""
        day = (start + OFFSET) // DAY + EPOCH_DAY
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Pause(NamedTuple):
    """A time in which limits that name the reason stand still. One not over yet has no end: give it the present."""

    since: int
    until: int
    reason: str


class Due(NamedTuple):
    """The first instant that is too late; by which rule (``text``, ``+`` extension, ``@`` region, ``~`` provisional).

    ``provisional``: the date rests on days that nobody has announced yet; compute it again when they are.
    """

    at: int
    rule: str
    provisional: bool


def due(
    limit: Limit, start: int, calendar: Calendar, region: str = "", paused: Sequence[Pause] = (), extended: int = 0
) -> Due:
    """When a limit that starts at ``start`` ends in a region; ``extended``: the sum granted, in the extension's unit.

    Pauses may lie anywhere; what of them lies before the start changes nothing.
    """
    if paused or extended:
        return _long(limit, start, calendar.table(region), region, paused, extended)
    unit = limit.unit
    if unit == HOURS:
        if limit.first == NEXT:
            start += HOUR - start % HOUR
        return Due(start + limit.amount * HOUR, limit.text, False)
    day = (start + OFFSET) // DAY + EPOCH_DAY
    certain = True
    if unit == WORKDAYS:
        last, certain = calendar.table(region).add(day, limit.amount)
    else:
        last = day + limit.amount if unit == DAYS else same_day(day, limit.amount)
        if limit.roll:
            last, certain = calendar.table(region).next(last)
    return Due((last - EPOCH_DAY) * DAY + limit.cut_off - OFFSET, rule_of(limit, region, certain), not certain)


def rule_of(limit: Limit, region: str, certain: bool, extended: int = 0) -> str:
    """The rule as events hold it, e.g. ``accept.3w@532301``, ``sign.24h``, ``court.entrust.15d+30d~``."""
    text = limit.text
    if extended:
        text = f"{text}+{extended}{LETTERS[extension_unit(limit)]}"
    if region and limit.dated:
        text = f"{text}@{region}"
    return text if certain else text + "~"


def extension_unit(limit: Limit) -> str:
    """The unit of a limit's extensions."""
    return limit.extension.unit if limit.extension is not None else limit.unit


def legs(limit: Limit, extended: int) -> list[tuple[int, str]]:
    """The amounts to be counted one after the other."""
    unit = extension_unit(limit)
    if not extended or unit == limit.unit:
        return [(limit.amount + extended, limit.unit)]
    return [(limit.amount, limit.unit), (extended, unit)]


def same_day(day: int, months: int) -> int:
    """The day of the same number that many months later, or that month's last day (民法典 §202)."""
    at = date.fromordinal(day)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    try:
        return date(year, month + 1, at.day).toordinal()
    except ValueError:  # that month has no such day
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal() - 1


def still(limit: Limit, paused: Sequence[Pause]) -> list[tuple[int, int]]:
    """The stretches in which this limit stands still, in order, none touching another."""
    found: list[tuple[int, int]] = []
    for since, until in sorted((p.since, p.until) for p in paused if p.reason in limit.pauses):
        if until <= since:
            continue
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((since, until))
    return found


def _long(limit: Limit, start: int, table: Table, region: str, paused: Sequence[Pause], extended: int) -> Due:
    """The same with pauses and extensions."""
    stops = still(limit, paused)
    if limit.unit == HOURS:
        return Due(_hours(limit, start, stops, extended), rule_of(limit, region, True, extended), False)
    away = _days_away(stops)
    day = (start + OFFSET) // DAY + EPOCH_DAY
    certain = True
    for amount, unit in legs(limit, extended):
        if unit == MONTHS:
            amount, unit = same_day(day, amount) - day, DAYS
        day, sure = _count(day, amount, unit == WORKDAYS, table, away)
        certain = certain and sure
    if limit.roll:
        day, sure = _rolled(day, table, away)
        certain = certain and sure
    return Due((day - EPOCH_DAY) * DAY + limit.cut_off - OFFSET, rule_of(limit, region, certain, extended), not certain)


def _hours(limit: Limit, start: int, stops: Sequence[tuple[int, int]], extended: int) -> int:
    at = start + HOUR - start % HOUR if limit.first == NEXT else start
    left = (limit.amount + extended) * HOUR
    for since, until in stops:
        if until <= at:
            continue
        if since - at >= left:
            break
        left -= max(since - at, 0)
        at = until
    return at + left


def _days_away(stops: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last local days that do not count, stretches that share a day or touch joined."""
    found: list[tuple[int, int]] = []
    for since, until in stops:
        first, last = (since + OFFSET) // DAY + EPOCH_DAY, (until - 1 + OFFSET) // DAY + EPOCH_DAY
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _count(day: int, amount: int, worked: bool, table: Table, away: Sequence[tuple[int, int]]) -> tuple[int, bool]:
    """The ``amount``-th day after ``day`` that counts, and whether that is certain."""
    certain = True
    for first, last in away:
        if last <= day:
            continue
        here = table.rank(first - 1) - table.rank(day) if worked else first - 1 - day
        if here >= amount:
            break
        if here > 0:
            amount -= here
        if worked:
            certain = certain and table.certain(day + 1, first - 1)
        day = last
    end, sure = table.add(day, amount) if worked else (day + amount, True)
    return end, certain and sure


def _rolled(day: int, table: Table, away: Sequence[tuple[int, int]]) -> tuple[int, bool]:
    """The first working day from a day on that is not paused, and whether that is certain."""
    certain = True
    for first, last in away:
        if last < day:
            continue
        if table.next(day)[0] < first:
            break
        certain = certain and table.certain(day, first - 1)
        day = last + 1
    end, sure = table.next(day)
    return end, certain and sure
