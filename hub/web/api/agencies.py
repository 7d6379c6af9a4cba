"""单位名录: the directory of agencies, how they answer what they are sent, and the city's figures."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from hub.access import sees
from hub.contract.jsonform import micros

from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem
from ..respond import LIMIT, Json
from . import models, rows
from .asking import AgencyParam, Cursor, Limit, Wait, agency_param, await_view, behind, listed, within
from .views import BEHIND

router = APIRouter(prefix="/v1", tags=["figures"])
State = Annotated[Literal["active", "closing", "dissolved"] | None, Query()]
Since = Annotated[str | None, Query(max_length=30, description="RFC 3339 instant in UTC: offered at or after")]
Until = Annotated[str | None, Query(max_length=30, description="RFC 3339 instant in UTC: offered before")]


@router.get(
    "/agencies",
    **bound("read.agency", "单位名录 · the directory of agencies", _200={"model": models.Agencies}, _503=BEHIND),
)
def agencies(
    caller: Annotated[Caller, calling("read.agency")],
    kind: Annotated[str | None, Query(max_length=64, description="see /v1/codes/agency_kinds")] = None,
    state: State = None,
    superior: AgencyParam = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """The directory, in order of the agencies' codes. It is public to every system: whom to refer to is no secret."""
    await_view(caller, "agencies", wait)
    found = caller.parts.views.agencies.directory(
        kind=kind, state=state, superior=agency_param(superior), cursor=cursor, limit=limit
    )
    return listed(found, rows.listed_agency, wait)


@router.get(
    "/agencies/{agency}",
    **bound(
        "read.agency",
        "单位 · one agency",
        _200={"model": models.Agency},
        _404=problem_response("unknown agency"),
        _503=BEHIND,
    ),
)
def agency(
    agency: Annotated[str, Path(max_length=64, description="id or code")],
    caller: Annotated[Caller, calling("read.agency")],
    wait: Wait = 0,
) -> Response:
    """One agency; `successor` names who takes over while it is closing and after."""
    await_view(caller, "agencies", wait)
    found = caller.parts.views.agencies.agency(agency_param(agency) or b"")
    if not found.items:
        raise Problem("agency.unknown", "agency")
    return Json(rows.listed_agency(found.items[0]) | {"position": found.position} | behind(found.position, wait))


@router.get(
    "/pickup",
    **bound(
        "read.completeness",
        "签收用时与退回率 · pick-up times and return rates",
        _200={"model": models.Pickup},
        _404=problem_response("unknown agency"),
        _503=BEHIND,
    ),
)
def pickup(
    caller: Annotated[Caller, calling("read.completeness")],
    agency: AgencyParam = None,
    since: Since = None,
    until: Until = None,
    wait: Wait = 0,
) -> Response:
    """签收用时与退回率: per agency in the caller's scope, of what it was sent in a period; most unsigned first."""
    whose = agency_param(agency)
    if whose is not None:
        within(caller, whose)
    await_view(caller, "agencies", wait)
    found = caller.parts.views.agencies.answers(
        since=_instant(since, "since") or 0, until=_instant(until, "until"), agency=whose
    )
    scope = caller.scope()
    shown = [rows.answering(row) for row in found.items if sees(scope, (row["agency"],))]
    return Json({"items": shown, "position": found.position, "parked": found.parked} | behind(found.position, wait))


@router.get(
    "/figures", **bound("read.figures", "全市数据 · figures of the city", _200={"model": models.Figures}, _503=BEHIND)
)
def figures(caller: Annotated[Caller, calling("read.figures")], wait: Wait = 0) -> Response:
    """The whole city: disputes by state, and open ones without a living custodian (none, ever)."""
    await_view(caller, "custody", wait)
    found = caller.parts.views.custody.figures()
    return Json(found | behind(found["position"], wait))


def _instant(value: str | None, field: str) -> int | None:
    try:
        return None if value is None else micros(value)
    except (ValueError, OverflowError) as why:
        raise Problem("field.type", field, "an RFC 3339 instant in UTC is expected") from why
