"""统计: indicators with their numerators and denominators, whole and in parts, as of a position."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.projections.statistics import COUNT_BY, DIMENSIONS, INDICATORS, Cohort, values
from hub.words import text

from .. import statistics as shaped
from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem
from ..respond import Json
from . import models
from .asking import AgencyParam, Wait, agency_param, await_view, behind, within
from .views import BEHIND

router = APIRouter(prefix="/v1", tags=["figures"])
By = Annotated[
    str,
    Query(
        max_length=60, description="groupings: any of " + ", ".join(DIMENSIONS),
        pattern=rf"^(({'|'.join(DIMENSIONS)})(,({'|'.join(DIMENSIONS)}))*)?$",
    ),
]  # fmt: skip
Code = Annotated[str, Query(max_length=64)]
CountBy = Annotated[
    Literal["final_org", "each_org"],
    Query(description="by final organ each dispute counts once; by each organ for every one that had it: never add up"),
]
assert set(COUNT_BY) == {"final_org", "each_org"}


@router.get(
    "/statistics",
    **bound(
        "read.statistics", "统计 · statistics", _200={"model": models.Statistics},
        _404=problem_response("unknown agency"), _503=BEHIND,
    ),
)  # fmt: skip
def statistics(
    caller: Annotated[Caller, calling("read.statistics")],
    first: Annotated[date | None, Query(description="registered from this local date on")] = None,
    last: Annotated[date | None, Query(description="registered up to this local date")] = None,
    place: Annotated[str, Query(max_length=12, pattern=r"^\d*$", description="first digits of the region code")] = "",
    agency: AgencyParam = None,
    category: Code = "",
    source: Code = "",
    count_by: CountBy = "final_org",
    committees: Annotated[bool, Query(description="only what is credited to mediation committees")] = False,
    by: By = "",
    digits: Annotated[Literal["6", "9", "12"], Query(description="places by so many digits of their code")] = "9",
    decimals: Annotated[int | None, Query(ge=0, le=4, description="of percentages; none: each its own")] = None,
    wait: Wait = 0,
) -> Response:
    """Disputes registered in a period and what became of them up to `position`: counts, money in fen, rates.

    A rate is decimal half-up; `value` is null where the denominator is 0. `void` disputes are in no figure. Parts with
    a `parent` are inside it; without one they add up to the whole where `additive` says so.
    """
    ident = agency_param(agency)
    if ident is not None:
        within(caller, ident)
    if first is not None and last is not None and last < first:
        raise Problem("request.query", "last")
    await_view(caller, ("statistics", "agencies"), wait)
    at = caller.parts.clock.now()
    groups = tuple(dict.fromkeys(by.split(","))) if by else ()
    cohort = Cohort(first, last, place, ident, category, source, caller.scope(), count_by, committees)
    report = caller.parts.views.statistics.report(cohort, at, groups, int(digits))
    made = {
        "first": first and first.isoformat(), "last": last and last.isoformat(), "place": place,
        "agency": None if ident is None else text(ident), "category": category, "source": source,
        "count_by": count_by, "committees": committees, "counts": report.total, "void": report.void,
        "indicators": [_indicator(v) for v in values(report.total, decimals)],
        "groups": [
            {"by": dim, "additive": report.additive, "items": [_part(x, decimals) for x in shaped.lines(report, dim)]}
            for dim in groups
        ],
        "position": report.position, "parked": report.parked,
    }  # fmt: skip
    return Json(made | behind(report.position, wait))


NAMES = {indicator.key: indicator for indicator in INDICATORS}


def _indicator(v: Any) -> dict[str, Any]:
    known = NAMES[v.key]
    return {
        "key": v.key, "zh": known.zh, "en": known.en, "numerator": known.part, "denominator": known.whole,
        "part": v.part, "whole": v.whole, "value": None if v.value is None else f"{v.value}", "decimals": v.decimals,
        "unit": v.unit, "source": known.source,
    }  # fmt: skip


def _part(line: shaped.Line, decimals: int | None) -> dict[str, Any]:
    rates = {v.key: None if v.value is None else f"{v.value}" for v in values(line.sums, decimals)}
    return {
        "key": line.key, "parent": line.parent, "zh": line.zh, "en": line.en, "counts": line.sums, "rates": rates,
    }  # fmt: skip
