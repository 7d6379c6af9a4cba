"""疑似复发: which closed disputes one may be again, as the hub suspects and as its custodian decided."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from hub.projections import Item
from hub.projections.relapse import VIEW

from ..callers import Caller, bound, calling, problem_response
from ..relapses import pairs
from ..respond import Json
from . import models, rows, sight
from .asking import Wait, await_view, behind

router = APIRouter(prefix="/v1/disputes", tags=["disputes"])
UNKNOWN = problem_response("there is none, or the caller has no part in it")


@router.get(
    "/{dispute_id}/relapses",
    **bound("read.dispute", "疑似复发 · suspected relapses", _200={"model": models.Relapses}, _404=UNKNOWN),
)
def relapses(
    dispute_id: Annotated[str, Path(description="the dispute's id")],
    caller: Annotated[Caller, calling("read.dispute")],
    wait: Wait = 0,
) -> Response:
    """The earlier disputes that this one may be again and that the caller can see, the latest first.

    Nothing is merged: the custodian decides each with `decide_relapse`. Of an earlier dispute that the caller cannot
    see nothing is said, nor that there is one.
    """
    seen = sight.dispute(caller, dispute_id)
    await_view(caller, (VIEW.name, "roles"), wait or seen.stored[-1].position)
    views = caller.parts.views
    position = min(views.positions((VIEW.name, "roles")))
    items = [_shape(row) for row in pairs(views, caller.scope(), seen.state.id)]
    return Json({"items": items, "position": position} | behind(position, wait))


def _shape(row: Item) -> dict[str, Any]:
    return rows.relapse(row) | {"grounds": list(row["grounds"])}
