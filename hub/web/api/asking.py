"""What every list of a view takes (``cursor``, ``limit``, ``wait``) and gives (``items``, ``next``,
``position``, ``parked``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.responses import Response

from hub.access import sees
from hub.projections.reading import Page
from hub.words import agency_id, ident

from ..callers import Caller
from ..problems import Problem
from ..respond import LIMIT, MOST, Json
from .rows import Row

WAIT_SECONDS: Final = 2.0

Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the previous page; none = from the start")]
Limit = Annotated[int, Query(ge=1, le=MOST, description=f"items at most; {LIMIT} unless said")]
Wait = Annotated[
    int,
    Query(
        ge=0,
        lt=1 << 63,
        description="position of an answer: wait up to two seconds until the view has it. On time-out the answer comes "
        "all the same, with `recorded_at_position` (what was asked for) and `view_position` (where the view is)",
    ),
]
AgencyParam = Annotated[str | None, Query(max_length=64, description="an agency's id or code")]


def agency_param(value: str | None) -> bytes | None:
    """The id behind an id or a code; none stays none."""
    if value is None:
        return None
    try:
        return ident(value)
    except ValueError:
        return agency_id(value)


def await_view(caller: Caller, view: str | Sequence[str], wait: int) -> None:
    """Let views catch up with a position that is in the log already; one that is not is not waited for."""
    if 0 < wait <= caller.parts.writer.position:
        caller.parts.views.wait_until(view, wait, WAIT_SECONDS)


def listed(found: Page[Any], shape: Callable[[Row], Any], wait: int = 0, **more: Any) -> Response:
    """A page of a view as JSON."""
    made = {
        "items": [shape(row) for row in found.items],
        "next": found.next,
        "position": found.position,
        "parked": found.parked,
        **more,
    }
    return Json(made | behind(found.position, wait))


def behind(position: int, wait: int) -> dict[str, int]:
    """What is added when the view has not reached the position asked for."""
    return {"recorded_at_position": wait, "view_position": position} if position < wait else {}


def within(caller: Caller, agency: bytes) -> None:
    """Refuse figures of an agency outside the caller's scope: that the agency exists is public, its desk is not."""
    if caller.registry.agency(agency) is None:  # type: ignore[arg-type]
        raise Problem("agency.unknown", "agency")
    if not sees(caller.scope(), (agency,)):
        raise Problem("access.denied", "agency", "neither served by this system nor below one that is")


def visible(caller: Caller) -> Sequence[bytes] | None:
    """The caller's scope as the views take it; None = everything."""
    seen = caller.scope()
    return None if seen is None else sorted(seen)
