"""收件箱: what the hub has for the calling system, in order, from the table (the same messages Kafka carries).

``n`` is gapless from 1. The cursor is the ``n`` applied last: keep it, ask for what comes after it, apply n
+ 1 only. Asking again from an earlier ``after`` gives the same bytes again; nothing is ever deleted by
reading.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.contract import Contract

from ..callers import Caller, bound, calling
from ..respond import LIMIT, MOST, Json
from . import models

router = APIRouter(prefix="/v1", tags=["inbox"])

After = Annotated[int, Query(ge=0, lt=1 << 63, description="the n applied last; 0 from the start")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="items at most")]


@router.get("/inbox", **bound("read.inbox", "收件箱 · the inbox", _200={"model": models.Inbox}))
def inbox(caller: Annotated[Caller, calling("read.inbox")], after: After = 0, limit: Limit = LIMIT) -> Response:
    """Messages of the calling system behind `after`; `next` is the `after` of the next request."""
    rows = caller.parts.store.deliveries.read(caller.system.name, after, limit)
    items = [message(caller.parts.contract, n, body) for n, _position, body in rows]
    return Json({"items": items, "next": items[-1]["n"] if items else after})


def message(contract: Contract, n: int, body: bytes) -> dict[str, Any]:
    """An inbox record in its JSON form; the event in it is unwrapped to its own JSON form."""
    schema, values = contract.decode(body)
    made: dict[str, Any] = {"n": n, "type": schema.name, **contract.to_json(schema, values)}
    if schema.name == "event":
        # The record's own "type" field names the event's type; here "type" tells the kinds of message apart.
        raw = values[schema.fields.index("event")]
        made["event_type"] = values[schema.fields.index("type")]
        made["type"] = "event"
        made["event"] = None if raw is None else event_json(contract, contract.from_kafka(raw))
    return made


def event_json(contract: Contract, stored: bytes) -> dict[str, Any]:
    """An event's JSON form with its ``type``."""
    schema, values = contract.decode(stored)
    return {"type": schema.name, **contract.to_json(schema, values)}
