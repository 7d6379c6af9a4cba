"""The working-day calendar (工作日历): the national table, local days on top, what an operator sets by hand above both.

Guarantee: immutable; every question has an answer for every day. Of a year nobody has announced only Monday to Friday
is known, and what rests on it is provisional. Later layers win; a national year given again replaces the earlier one.
Sources: 全国年节及纪念日放假办法 (local days: §4) and the yearly notices, see ``calendars/*.toml``. Units: days are
ordinals (``date.toordinal``) of local dates, Asia/Shanghai (+08:00, no daylight saving); regions are codes or prefixes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.words import DAY, HOUR

from .layers import Awaited, CalendarRefused, Layer, Mark, read_layer

__all__ = ["Calendar", "CalendarRefused", "Day", "day_of", "midnight", "read_calendar", "shipped_calendar"]

OFFSET: Final = 8 * HOUR  # local time minus UTC
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
SHIPPED: Final = ("national", "beichuan", "chuxiong")
SPAN: Final = (2000, 2050)  # years kept in tables, more where a layer names a day outside; beyond them it is computed

# Kinds of days
WORKDAY: Final = "workday"  # 工作日
WEEKEND: Final = "weekend"  # 周末
HOLIDAY: Final = "holiday"  # 法定节假日
MAKE_UP: Final = "make-up"  # 补班
LOCAL: Final = "local"  # 地方假日


def day_of(at: int) -> int:
    """The local day of an instant."""
    return (at + OFFSET) // DAY + EPOCH_DAY


def midnight(day: int) -> int:
    """The instant a local day begins."""
    return (day - EPOCH_DAY) * DAY - OFFSET


class Day(NamedTuple):
    """What a day is. ``zh`` and ``en`` name the holiday (of a make-up day: the one it makes up for), "" = none."""

    kind: str
    zh: str
    en: str
    provisional: bool

    @property
    def works(self) -> bool:
        """Whether it is a working day."""
        return self.kind in (WORKDAY, MAKE_UP)


# Every day that no file names: working or weekend, certain or not
PLAIN: Final = {
    (works, provisional): Day(WORKDAY if works else WEEKEND, "", "", provisional)
    for works in (True, False)
    for provisional in (True, False)
}


@dataclass(frozen=True, slots=True)
class Table:
    """One region's days: counts for every day of the span, so that any number of days is added in one step."""

    first: int
    upto: tuple[int, ...]  # working days from ``first`` up to and including each day
    days: tuple[int, ...]  # the working days in order
    loose: tuple[int, ...]  # days not certain before each day, and in all
    marks: Mapping[int, Mark]

    def rank(self, day: int) -> int:
        """The number of working days from the span's first up to and including a day; 0 or less before the span."""
        i = day - self.first
        if i < 0:
            return _weekdays(day) - _weekdays(self.first - 1)
        if i < len(self.upto):
            return self.upto[i]
        return len(self.days) + _weekdays(day) - _weekdays(self.first + len(self.upto) - 1)

    def ranked(self, rank: int) -> int:
        """The working day with that rank."""
        if rank <= 0:
            return _weekday(_weekdays(self.first - 1) + rank)
        if rank <= len(self.days):
            return self.days[rank - 1]
        return _weekday(_weekdays(self.first + len(self.upto) - 1) + rank - len(self.days))

    def add(self, day: int, many: int) -> tuple[int, bool]:
        """The ``many``-th working day after a day, and whether that is certain."""
        i = day - self.first
        if 0 <= i < len(self.upto):
            rank = self.upto[i] + many
            if rank <= len(self.days):
                last = self.days[rank - 1]
                return last, self.loose[last - self.first + 1] == self.loose[i + 1]
        last = self.ranked(self.rank(day) + many)
        return last, self.certain(day + 1, last)

    def next(self, day: int) -> tuple[int, bool]:
        """The first working day from a day on, itself included, and whether that is certain."""
        return self.add(day - 1, 1)

    def certain(self, first: int, last: int) -> bool:
        """Whether it is announced which of these days are worked; of no days at all it is."""
        if last < first:
            return True
        i, j = first - self.first, last - self.first
        if i < 0 or j >= len(self.upto):
            return False
        return self.loose[j + 1] == self.loose[i]

    def day(self, day: int) -> Day:
        """What a day is, by name."""
        weekend, i = (day - 1) % 7 >= 5, day - self.first
        loose = not 0 <= i < len(self.upto) or self.loose[i] != self.loose[i + 1]
        mark = self.marks.get(day)
        if mark is None:
            return PLAIN[not weekend, loose]
        kind = (MAKE_UP if weekend else WORKDAY) if mark.works else LOCAL if mark.region else HOLIDAY
        return Day(kind, mark.zh, mark.en, loose)


class Calendar(NamedTuple):
    """Every region's days. ``version`` names the data of all layers, e.g. ``cn2026.1+5323.1``."""

    version: str
    years: frozenset[int]  # whose national arrangement is known
    national: Table
    tables: Mapping[str, Table]
    widths: tuple[int, ...]  # lengths of the prefixes in ``tables``, longest first

    def table(self, region: str) -> Table:
        """The days that hold in a region: those of the longest prefix that has days of its own."""
        if region:
            for width in self.widths:
                found = self.tables.get(region[:width])
                if found is not None:
                    return found
        return self.national

    def working(self, day: int, region: str = "") -> bool:
        """Whether a day is worked."""
        table = self.table(region)
        return table.rank(day) > table.rank(day - 1)

    def add_working(self, day: int, many: int, region: str = "") -> int:
        """The ``many``-th working day after a day, which is not counted itself. ``many`` is at least 1."""
        return self.table(region).add(day, many)[0]

    def next_working(self, day: int, region: str = "") -> int:
        """The first working day from a day on, itself included."""
        return self.table(region).next(day)[0]

    def certain(self, first: int, last: int, region: str = "") -> bool:
        """Whether it is announced which of the days from first to last are worked."""
        return self.table(region).certain(first, last)

    def known(self, year: int, region: str = "") -> bool:
        """Whether all of a year is announced, in a region: the national notice and each local day off."""
        if not region:
            return year in self.years
        return self.certain(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal(), region)

    def day(self, day: int, region: str = "") -> Day:
        """What a day is, by name."""
        return self.table(region).day(day)


def read_calendar(layers: Sequence[str], by_hand: Sequence[str] = ()) -> Calendar:
    """The calendar of these texts (TOML), in this order; those by hand last. CalendarRefused names entry and field.

    A layer without a day has no part in the version. Of layers by hand the version holds a fingerprint of their days,
    so that an edit always shows.
    """
    shipped, own = [read_layer(text) for text in layers], [read_layer(text) for text in by_hand]
    version = [layer.version for layer in shipped if not layer.empty]
    version += [f"{layer.version}-{layer.fingerprint[:6]}" for layer in own if not layer.empty]
    return _calendar("+".join(version), shipped + own)


def shipped_calendar(by_hand: Sequence[str] = ()) -> Calendar:
    """The calendar of the files that come with the hub, and an operator's own texts on top."""
    folder = files("hub.policy").joinpath("calendars")
    return read_calendar([folder.joinpath(f"{name}.toml").read_text(encoding="utf-8") for name in SHIPPED], by_hand)


def _calendar(version: str, layers: Sequence[Layer]) -> Calendar:
    years: dict[int, tuple[Mark, ...]] = {}
    for layer in layers:
        years |= layer.years
    ends = [date.fromordinal(mark.last).year for layer in layers for mark in (*layer.local, *layer.days)]
    span = (min([SPAN[0], *years, *ends]), max([SPAN[1], *years, *ends]))
    marks = [mark for year in sorted(years) for mark in years[year]]
    for layer in layers:
        marks += [mark for year in range(span[0], span[1] + 1) for mark in _each_year(layer, year)]
        marks += layer.local
        marks += layer.days
    awaited = [wait for layer in layers for wait in layer.awaited]
    known = frozenset(years)
    prefixes = {mark.region for mark in marks if mark.region} | {wait.region for wait in awaited}
    tables = {prefix: _table(prefix, span, known, marks, awaited) for prefix in prefixes}
    widths = tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True))
    return Calendar(version, known, _table("", span, known, marks, awaited), MappingProxyType(tables), widths)


def _each_year(layer: Layer, year: int) -> Iterable[Mark]:
    for region, first, last, zh, en, source in layer.yearly:
        yield Mark(region, _ordinal(year, first), _ordinal(year, last), False, zh, en, source)


def _table(
    prefix: str, span: tuple[int, int], known: frozenset[int], marks: Sequence[Mark], awaited: Sequence[Awaited]
) -> Table:
    own: dict[int, Mark] = {}
    dated: set[tuple[str, int]] = set()
    for mark in marks:
        if prefix.startswith(mark.region):
            own |= dict.fromkeys(range(mark.first, mark.last + 1), mark)
            dated.add((mark.zh, date.fromordinal(mark.first).year))
    waits = [wait for wait in awaited if prefix.startswith(wait.region)]
    upto: list[int] = []
    days: list[int] = []
    loose = [0]
    uncertain = 0
    for year in range(span[0], span[1] + 1):
        windows = [
            range(_ordinal(year, wait.first), _ordinal(year, wait.last) + 1)
            for wait in waits
            if (wait.zh, year) not in dated
        ]
        for day in range(_ordinal(year, (1, 1)), _ordinal(year, (12, 31)) + 1):
            mine = own.get(day)
            if (day - 1) % 7 < 5 if mine is None else mine.works:
                days.append(day)
            uncertain += year not in known or any(day in window for window in windows)
            upto.append(len(days))
            loose.append(uncertain)
    return Table(_ordinal(span[0], (1, 1)), tuple(upto), tuple(days), tuple(loose), MappingProxyType(own))


def _ordinal(year: int, day: tuple[int, int]) -> int:
    return date(year, *day).toordinal()


def _weekdays(day: int) -> int:
    """Mondays to Fridays from 0001-01-01, a Monday, up to and including a day."""
    weeks, rest = divmod(day, 7)
    return weeks * 5 + min(rest, 5)


def _weekday(rank: int) -> int:
    """The Monday to Friday with that number."""
    weeks, rest = divmod(rank - 1, 5)
    return weeks * 7 + rest + 1
