"""Is the process alive, is the hub ready, and how far is everything."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from ..callers import Caller, allowed, bound, calling, parts_of
from ..parts import Reason
from ..problems import RETRY_AFTER, entry, language
from ..respond import Json
from . import models

router = APIRouter()
Use = Annotated[Literal["submissions", "reads"], Query(description="what it is to be used for")]


@router.get("/livez", tags=["health"], **bound("read.health", "存活 · alive", _200={"model": models.Alive}))
async def livez() -> Response:
    """The process serves requests. It says nothing about databases: a restart would not help them."""
    return Json({"status": "ok"})


@router.get(
    "/readyz",
    tags=["health"],
    **bound(
        "read.health",
        "就绪 · ready",
        _200={"model": models.Ready},
        _503={"model": models.Ready, "description": "not ready"},
    ),
)
def readyz(request: Request, of: Use = "submissions") -> Response:
    """Whether this instance may be used now; each reason against it with its code and what to do.

    `of=reads` leaves out what concerns commands only: an instance that does not hold the lease serves reads.
    `detail` (addresses, figures) is for an operator's or auditor's key; without one it is empty.
    """
    health = parts_of(request).health(of == "reads")
    whole = bool(health.reasons or health.warnings) and allowed(request, "read.detail")
    told = {
        "ready": not health.reasons,
        "reasons": [_told(request, reason, whole) for reason in health.reasons],
        "warnings": [_told(request, reason, whole) for reason in health.warnings],
    }
    return Json(told, 503 if health.reasons else 200, {"Retry-After": RETRY_AFTER} if health.reasons else None)


def _told(request: Request, reason: Reason, whole: bool) -> dict[str, str]:
    line = entry(reason.code)
    title, advice = (line.en, line.do_en) if language(request) == "en" else (line.zh, line.do_zh)
    return {"code": reason.code, "title": title, "detail": reason.detail if whole else "", "advice": advice}


@router.get(
    "/v1/position", tags=["figures"], **bound("read.position", "序号 · positions", _200={"model": models.Position})
)
def position(caller: Annotated[Caller, calling("read.position")]) -> Response:
    """How far the log goes and how far each view has applied it; equal when nothing is under way."""
    return Json(positions(caller))


def positions(caller: Caller) -> dict[str, Any]:
    """The committed position and each view's."""
    views = {status.view: status.position for status in caller.parts.views.status()}
    return {"position": caller.parts.writer.position, "views": views}
