"""Files of days off (日历数据), one layer each: national years, local days, single days set by hand.

Guarantee: a day off or a make-up day (补班) is one that a file names, never computed. ``fingerprint`` changes with any
day of the layer. Units: days are proleptic Gregorian ordinals (``date.toordinal``), local.

A file, all parts but the first two as needed; an operator's own is the same::

    version = "office.1"     # changed days, changed version
    source = "the office's own notice"
    region = "5323"          # of the entries below that name none; "" = the whole country

    [years.2027]             # a national notice, whole: the year is known from now on
    holidays = [{ zh = "元旦", en = "New Year", first = 2027-01-01, last = 2027-01-03, worked = [2027-01-09] }]

    [[local]]                # a local day off: dates by year, or the same each year (yearly = ["04-15", "04-16"])
    zh = "火把节"
    en = "Torch Festival"
    days = [{ first = 2024-07-29, last = 2024-07-31 }]
    between = ["07-01", "08-31"]    # where it may fall in years without dates: there nothing is certain
    source = "…"
    confidence = "verified"  # or secondary, unverified

    [[days]]                 # single days, over everything above
    first = 2026-12-21
    work = false
    zh = "…"
    en = "…"
    source = "…"
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, NoReturn

CONFIDENCE: Final = ("verified", "secondary", "unverified")
KEYS: Final = {"version", "region", "source", "note", "years", "local", "days"}


class CalendarRefused(ValueError):
    """The text is no calendar; ``str()`` names the entry and the field at fault."""


class Mark(NamedTuple):
    """Days ``first`` to ``last`` that a file takes out of the week's course, in a region and all places inside it."""

    region: str  # region prefix, "" = the whole country
    first: int
    last: int
    works: bool  # True: worked although a weekend (补班)
    zh: str
    en: str
    source: str


class Yearly(NamedTuple):
    """A local day off on the same dates each year; (month, day) twice."""

    region: str
    first: tuple[int, int]
    last: tuple[int, int]
    zh: str
    en: str
    source: str


class Awaited(NamedTuple):
    """Where in a year a local day off may fall, for the years whose dates no layer names; (month, day) twice."""

    region: str
    zh: str
    first: tuple[int, int]
    last: tuple[int, int]


class Layer(NamedTuple):
    """One file. ``years``: the national arrangement of each year it knows; a later layer's year replaces it."""

    version: str
    source: str
    years: dict[int, tuple[Mark, ...]]
    local: tuple[Mark, ...]
    yearly: tuple[Yearly, ...]
    awaited: tuple[Awaited, ...]
    days: tuple[Mark, ...]

    @property
    def empty(self) -> bool:
        """Whether it names no day at all."""
        return not (self.years or self.local or self.yearly or self.awaited or self.days)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over its days and names; its version and the texts about sources do not count."""
        years = {year: [mark[:-1] for mark in marks] for year, marks in sorted(self.years.items())}
        rest = [[mark[:-1] for mark in marks] for marks in (self.local, self.yearly, self.days)]
        return hashlib.sha256(repr((years, rest, self.awaited)).encode()).hexdigest()[:12]


def read_layer(text: str) -> Layer:
    """Read one file from TOML. CalendarRefused names the entry and the field."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise CalendarRefused(f"the calendar is no TOML: {wrong}") from wrong
    for name in sorted(raw.keys() - KEYS):
        _refuse(name, "unknown")
    version = _text(raw, "the calendar", "version")
    region, source = _region(raw, "the calendar", ""), _text(raw, "the calendar", "source")
    years = {_year(name): _national(f"years.{name}", _year(name), table) for name, table in _tables(raw, "years")}
    local: list[Mark] = []
    yearly: list[Yearly] = []
    awaited: list[Awaited] = []
    for n, entry in enumerate(_list(raw, "the calendar", "local"), 1):
        at = f"local {n}"
        place, zh, en = _region(entry, at, region), _text(entry, at, "zh"), _text(entry, at, "en")
        said = _text(entry, at, "source")
        if not place:
            _refuse(at, "region is missing")
        if entry.get("confidence") not in CONFIDENCE:
            _refuse(at, f"confidence is one of {', '.join(CONFIDENCE)}")
        if "yearly" in entry:
            yearly.append(Yearly(place, *_window(entry, at, "yearly"), zh, en, said))
        for days in _list(entry, at, "days"):
            local.append(Mark(place, *_stretch(days, at), False, zh, en, said))
        if "between" in entry:
            awaited.append(Awaited(place, zh, *_window(entry, at, "between")))
    single = tuple(_single(f"days {n}", region, entry) for n, entry in enumerate(_list(raw, "the calendar", "days"), 1))
    return Layer(version, source, years, tuple(local), tuple(yearly), tuple(awaited), single)


def _national(at: str, year: int, table: Any) -> tuple[Mark, ...]:
    """One year's notice: stretches off, and the weekend days worked instead."""
    marks: list[Mark] = []
    off: set[int] = set()
    for entry in _list(table, at, "holidays"):
        zh, en = _text(entry, at, "zh"), _text(entry, at, "en")
        first, last = _stretch(entry, f"{at} {zh}")
        if not date(year, 1, 1).toordinal() <= first <= last <= date(year, 12, 31).toordinal():
            _refuse(f"{at} {zh}", "first and last are days of that year")
        off.update(range(first, last + 1))
        marks.append(Mark("", first, last, False, zh, en, ""))
    if not marks:
        _refuse(at, "holidays are missing")
    for entry in _list(table, at, "holidays"):
        for day in _list(entry, f"{at} {entry['zh']}", "worked"):
            if type(day) is not date or day.year != year or day.weekday() < 5 or day.toordinal() in off:
                _refuse(f"{at} {entry['zh']}", f"worked: {day} is no weekend day of that year outside its holidays")
            marks.append(Mark("", day.toordinal(), day.toordinal(), True, entry["zh"], entry["en"], ""))
    return tuple(marks)


def _single(at: str, region: str, entry: Any) -> Mark:
    """Days set by hand: ``work = true`` makes them workdays, false days off."""
    works = entry.get("work") if isinstance(entry, dict) else None
    if not isinstance(works, bool):
        _refuse(at, "work is true or false")
    first, last = _stretch(entry, at)
    zh, en, source = (_text(entry, at, key) for key in ("zh", "en", "source"))
    return Mark(_region(entry, at, region), first, last, works, zh, en, source)


def _refuse(at: str, why: str) -> NoReturn:
    raise CalendarRefused(f"{at}: {why}")


def _tables(raw: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    found = raw.get(key, {})
    if not isinstance(found, dict):
        _refuse(key, "a table is expected")
    return list(found.items())


def _list(raw: Any, at: str, key: str) -> list[Any]:
    found = raw.get(key, []) if isinstance(raw, dict) else None
    if not isinstance(found, list):
        _refuse(at, f"{key}: a list is expected")
    return found


def _text(raw: Any, at: str, key: str) -> str:
    found = raw.get(key) if isinstance(raw, dict) else None
    if not isinstance(found, str) or not found.strip():
        _refuse(at, f"{key} is missing")
    return found


def _region(raw: dict[str, Any], at: str, default: str) -> str:
    found = raw.get("region", default)
    if not isinstance(found, str) or (found and not (found.isascii() and found.isdigit())):
        _refuse(at, "region is a prefix of a region code")
    return found


def _year(name: str) -> int:
    if not (len(name) == 4 and name.isascii() and name.isdigit() and name >= "1949"):
        _refuse(f"years.{name}", "a year is expected")
    return int(name)


def _stretch(entry: Any, at: str) -> tuple[int, int]:
    if not isinstance(entry, dict):
        _refuse(at, "first and last are expected")
    first, last = entry.get("first"), entry.get("last", entry.get("first"))
    if type(first) is not date or type(last) is not date or not first <= last < first + timedelta(days=31):
        _refuse(at, "first and last are dates, at most a month apart")
    return first.toordinal(), last.toordinal()


def _window(entry: dict[str, Any], at: str, key: str) -> tuple[tuple[int, int], tuple[int, int]]:
    try:
        first, last = (date.fromisoformat(f"2001-{text}") for text in entry[key])
    except (TypeError, ValueError):
        _refuse(at, f'{key} is two days of a year, such as ["07-01", "08-31"]')
    if last < first:
        _refuse(at, f"{key} ends before it begins")
    return (first.month, first.day), (last.month, last.day)
