"""Days off and days worked instead (放假调休): weekends, and per year what the State Council's notice says.

Guarantee: a holiday or make-up day is one of ``days_off.toml``, never computed or guessed; of a year that is not there
only the weekends are known (``known``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Holiday(NamedTuple):
    """One holiday of a year: first and last day off, and the weekend days worked instead."""

    zh: str
    en: str
    first: date
    last: date
    worked: tuple[date, ...]


class Year(NamedTuple):
    """What one notice says; ``notice`` and ``issued`` name it."""

    notice: str
    issued: date
    holidays: tuple[Holiday, ...]


def read(text: str) -> Mapping[int, Year]:
    """The years of a table in TOML. ValueError for a holiday outside its year or one that ends before it begins."""
    found = {}
    for name, table in tomllib.loads(text).items():
        holidays = tuple(Holiday(**(raw | {"worked": tuple(raw["worked"])})) for raw in table["holidays"])
        for holiday in holidays:
            if not date(int(name), 1, 1) <= holiday.first <= holiday.last <= date(int(name), 12, 31):
                raise ValueError(f"{name}: {holiday.zh} is not a stretch of that year")
        found[int(name)] = Year(table["notice"], table["issued"], holidays)
    return found


@cache
def years() -> Mapping[int, Year]:
    """Every year there is data of."""
    return read(files("hub.web.drawings").joinpath("days_off.toml").read_text(encoding="utf-8"))


def known(year: int) -> bool:
    """Whether there is data of a year."""
    return year in years()


@cache
def _days_off() -> Mapping[date, str]:
    made = {}
    for year in years().values():
        for holiday in year.holidays:
            for n in range((holiday.last - holiday.first).days + 1):
                made[holiday.first + timedelta(days=n)] = holiday.zh
    return made


@cache
def make_up() -> frozenset[date]:
    """Every weekend day that is worked."""
    return frozenset(day for year in years().values() for holiday in year.holidays for day in holiday.worked)


def day_off(day: date) -> str | None:
    """The Chinese name of a day off ("" = weekend), None for a working day."""
    name = _days_off().get(day)
    if name is not None:
        return name
    return "" if day.weekday() >= 5 and day not in make_up() else None


def holiday_name(lang: str, name: str) -> str:
    """A holiday's name in a language."""
    return _english().get(name, name) if lang == "en" else name


@cache
def _english() -> Mapping[str, str]:
    return {holiday.zh: holiday.en for year in years().values() for holiday in year.holidays}
