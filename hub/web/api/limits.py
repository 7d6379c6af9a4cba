"""时限: every running limit of a dispute, explained day by day. Read from the dispute's own events."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from hub.words import text

from ..callers import Caller, bound, calling
from ..history import fold
from ..respond import Json
from ..running import limits
from . import models, sight
from .disputes import UNKNOWN, DisputeId
from .examples_rules import LIMITS
from .explained import limit_told
from .sight import agency_ref

router = APIRouter(prefix="/v1/disputes", tags=["disputes"])
_LIMITS = {"model": models.RunningLimits, "content": {"application/json": {"example": LIMITS}}}


@router.get(
    "/{dispute_id}/limits",
    **bound("read.dispute", "时限与理由 · running limits and why they end then", _200=_LIMITS, _404=UNKNOWN),
)
def dispute_limits(dispute_id: DisputeId, caller: Annotated[Caller, calling("read.dispute")]) -> Response:
    """Every running limit, the soonest first: who owes what to whom, by which rule, pack and calendar, each day of the
    count with whether it counts, and where a law's clock runs both clocks.
    """
    seen = sight.dispute(caller, dispute_id)
    case, policy = fold(caller.parts.contract, seen.stored), caller.parts.policy
    assert case is not None  # the same rows were a dispute above
    found = limits(case, policy) if not case.broken else []
    items = [limit_told(limit, policy, partial(agency_ref, caller)) for limit in found]
    return Json({"dispute": text(case.state.id), "version": case.state.version, "items": items})
