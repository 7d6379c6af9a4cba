"""Periods (期间) that figures are asked for: this month, the last days, this year, everything; by local days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from .messages import say
from .tables import Query

PERIODS: Final = ("year", "month", "d30", "d90", "all")
DEFAULT: Final = "year"


def first_day(period: str, today: date) -> date | None:
    """The first local day of a period that ends today; None = from the beginning."""
    if period == "month":
        return today.replace(day=1)
    if period in ("d30", "d90"):
        return today - timedelta(days=int(period[1:]) - 1)
    return date(today.year, 1, 1) if period == "year" else None


def asked(query: Query) -> str:
    """The query's period. Problem ``request.query``."""
    return query.one_of("period", PERIODS) or DEFAULT


def words(lang: str, period: str, first: date | None, today: date) -> str:
    """今年（2026-01-01 至 2026-11-07）."""
    name = say(lang, f"flows.p_{period}")
    return name if first is None else say(lang, "flows.p_dates", name=name, first=first, last=today)


def month(text: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM."""
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
