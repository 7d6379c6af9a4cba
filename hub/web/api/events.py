"""全部事件: the hub's log in position order, for auditors: what Kafka carries on ``hub.events``, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.contract import leaf_hash

from ..callers import Caller, bound, calling
from ..respond import LIMIT, MOST, Json
from . import models
from .inbox import event_json

router = APIRouter(prefix="/v1", tags=["inbox"])
After = Annotated[int, Query(ge=0, lt=1 << 63, description="the position applied last; 0 from the start")]


@router.get("/log", **bound("read.log", "全部事件 · the whole log", _200={"model": models.Log}))
def read_log(
    caller: Annotated[Caller, calling("read.log")],
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
) -> Response:
    """Events behind `after`, gapless; `next` is the `after` of the next request."""
    items = [
        {
            "position": row.position,
            "leaf": leaf_hash(row.body).hex(),
            "event": event_json(caller.parts.contract, row.body),
        }
        for row in caller.parts.store.read(after, limit)
    ]
    return Json({"items": items, "next": items[-1]["position"] if items else after})
