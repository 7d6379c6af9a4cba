"""What the statistics page, its lists and its files are asked for: a cohort from the query, with the filter in words.

Guarantee: the address holds the whole filter, so an address is a saved report; two dates win over a named period.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from starlette.requests import Request

from hub.projections.statistics import COUNT_BY, FINAL_ORG, Cohort

from ..problems import Problem
from ..statistics import codes
from . import periods, when
from .messages import say
from .places import place_name
from .render import label
from .tables import Query
from .taste import taste_of
from .visitors import Visitor

DECIMALS = ("", "0", "1", "2")


class Asked(NamedTuple):
    """``decimals``: of percentages, None = each indicator its own."""

    cohort: Cohort
    period: str
    decimals: int | None
    words: str


def asked(request: Request, visitor: Visitor) -> Asked:
    """Read the query. Problem ``request.query``, ``agency.unknown``, ``access.denied``."""
    query, lang = Query(request, visitor), taste_of(request).lang
    today = when.local(visitor.parts.clock.now()).date()
    period = periods.asked(query)
    first, last = query.day("first"), query.day("last")
    if first and last and last < first:
        raise Problem("request.query", "last")
    dated = first is not None or last is not None
    begin: date | None = first if dated else periods.first_day(period, today)
    agency = query.agency("agency")
    scope = visitor.scope()
    if agency is not None and scope is not None and agency not in scope:
        raise Problem("access.denied", "agency")
    digits = query.one_of("decimals", DECIMALS)
    cohort = Cohort(
        begin, last, query.region("township"), agency, query.one_of("category", codes("categories").entries),
        query.one_of("source", codes("sources").entries), scope, query.one_of("count_by", COUNT_BY) or FINAL_ORG,
        query.flag("committees"), query.one_of("type", codes("committee_types").entries),
    )  # fmt: skip
    span = say(lang, "statistics.dates", first=first or "…", last=last or "…") if dated else ""
    said: list[Any] = [
        span or periods.words(lang, period, begin, today),
        cohort.place and place_name(visitor.registry, cohort.place),
        agency and getattr(visitor.registry.agency(agency), "name", ""),  # type: ignore[arg-type]
        cohort.category and label(lang, "categories", cohort.category),
        cohort.source and label(lang, "sources", cohort.source),
        cohort.type and label(lang, "committee_types", cohort.type),
        cohort.committees and say(lang, "statistics.committees"),
        cohort.count_by != FINAL_ORG and say(lang, "statistics.by_each_org"),
    ]
    return Asked(cohort, "" if dated else period, int(digits) if digits else None, " · ".join(x for x in said if x))
