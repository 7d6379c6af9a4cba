"""Is the process alive, is the hub ready, and how far is everything."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..callers import Caller, bound, calling, parts_of
from ..problems import RETRY_AFTER, entry, language
from ..respond import Json
from . import models

router = APIRouter(tags=["health"])


@router.get("/livez", **bound("read.health", _200={"model": models.Alive}))
async def livez() -> Response:
    """The process serves requests. It says nothing about databases: a restart would not help them."""
    return Json({"status": "ok"})


@router.get(
    "/readyz",
    **bound("read.health", _200={"model": models.Ready}, _503={"model": models.Ready, "description": "not ready"}),
)
def readyz(request: Request) -> Response:
    """Whether this instance takes submissions now; each reason against it with its code and what to do."""
    lang = language(request)
    reasons = []
    for reason in parts_of(request).ready():
        line = entry(reason.code)
        title, advice = (line.en, line.do_en) if lang == "en" else (line.zh, line.do_zh)
        reasons.append({"code": reason.code, "title": title, "detail": reason.detail, "advice": advice})
    headers = {"Retry-After": RETRY_AFTER} if reasons else None
    return Json({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200, headers)


@router.get("/v1/position", tags=["figures"], **bound("read.position", _200={"model": models.Position}))
def position(caller: Annotated[Caller, calling("read.position")]) -> Response:
    """How far the log goes and how far each view has applied it; equal when nothing is under way."""
    return Json(positions(caller))


def positions(caller: Caller) -> dict[str, Any]:
    """The committed position and each view's."""
    views = {status.view: status.position for status in caller.parts.views.status()}
    return {"position": caller.parts.writer.position, "views": views}
