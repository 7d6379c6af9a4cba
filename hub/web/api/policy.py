"""规则与日历: the packs this hub decides by, and the working days of a year in a region."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.policy import Policy

from ..callers import Caller, bound, calling
from ..respond import Json
from . import models
from .examples_rules import YEAR
from .explained import pack_told, year_told

router = APIRouter(prefix="/v1/policy", tags=["policy"])
_YEAR = {"model": models.CalendarYear, "content": {"application/json": {"example": YEAR}}}
FIRST, LAST = 2000, 2050  # years the calendar keeps in tables


@router.get("", **bound("read.policy", "规则包 · the policy packs", _200={"model": models.Packs}))
def policy(caller: Annotated[Caller, calling("read.policy")]) -> Response:
    """The packs in the order of their days, the one of a clock that starts now marked; every limit with its basis."""
    known, now = caller.parts.policy, caller.parts.pack
    packs = known.packs if isinstance(known, Policy) else (now,)
    return Json({"items": [pack_told(pack, pack.id == now.id) for pack in packs]})


@router.get("/calendar", **bound("read.policy", "工作日历 · working days of a year", _200=_YEAR))
def calendar(
    caller: Annotated[Caller, calling("read.policy")],
    year: Annotated[int, Query(ge=FIRST, le=LAST)],
    region: Annotated[str, Query(pattern=r"^\d{0,12}$", description="region code or prefix; empty = national")] = "",
) -> Response:
    """Holidays, make-up days and local days off of a year, and the days about which nothing is announced yet."""
    return Json(year_told(caller.parts.pack.calendar, year, region))
