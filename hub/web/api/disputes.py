"""纠纷: one dispute as it stands, and the events that made it so.

Read from the dispute's own events in the store, so an answer is never behind a command that was
acknowledged before. The ETag is the version, for ``If-None-Match`` only.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.aggregates.dispute import events
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.state import Referral
from hub.contract import leaf_hash
from hub.contract.jsonform import instant
from hub.words import Stored, ident, text

from .. import relapses
from ..callers import Caller, bound, calling, problem_response
from ..respond import LIMIT, MOST, Json, cursor_of, etag, ident_or_none, not_modified, page, read_cursor
from . import models, sight
from .inbox import event_json
from .sight import agency_ref

router = APIRouter(prefix="/v1/disputes", tags=["disputes"])
UNKNOWN = problem_response("there is none, or the caller has no part in it")
DisputeId = Annotated[str, Path(description="the dispute's id")]


@router.get(
    "/{dispute_id}",
    **bound(
        "read.dispute",
        "纠纷现状 · a dispute as it stands",
        _200={"model": models.Dispute},
        _304={"description": "the caller has this version"},
        _404=UNKNOWN,
    ),
)
def dispute(request: Request, dispute_id: DisputeId, caller: Annotated[Caller, calling("read.dispute")]) -> Response:
    """A dispute as it stands: custodian, referrals, running obligations, parties."""
    seen = sight.dispute(caller, dispute_id)
    unchanged = not_modified(request, seen.state.version)
    return unchanged or Json(_shown(caller, seen), headers={"ETag": etag(seen.state.version)})


@router.get(
    "/{dispute_id}/events",
    **bound("read.dispute", "纠纷事件 · the events of a dispute", _200={"model": models.Events}, _404=UNKNOWN),
)
def dispute_events(
    dispute_id: DisputeId,
    caller: Annotated[Caller, calling("read.dispute")],
    cursor: Annotated[str | None, Query(description="`next` of the previous page")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
) -> Response:
    """Every event of a dispute, by version, in the JSON form of its record; of a suspected relapse without what it
    tells of an earlier dispute that the caller cannot see.
    """
    behind = read_cursor(cursor, int)
    after = behind[0] if behind else 0
    seen = sight.dispute(caller, dispute_id)
    rows = seen.stored[max(after, 0) :][: limit + 1]

    def item(row: Stored) -> dict[str, Any]:
        event = event_json(caller.parts.contract, row.body)
        if not relapses.shown(caller.parts.views, caller.scope(), row.topic, _earlier(event)):
            event = relapses.withheld(event)
        return {"position": row.position, "leaf": leaf_hash(row.body).hex(), "event": event}

    return Json(page(rows, limit, item, lambda row: cursor_of(row.version)))


def _earlier(event: dict[str, Any]) -> bytes | None:
    return ident(event["earlier"]) if event.get("earlier") else None


def _shown(caller: Caller, seen: sight.Seen) -> dict[str, Any]:
    state = seen.state
    first, registered = seen.history[0]
    body = registered.body
    assert isinstance(body, events.Registered)
    return {
        "id": text(state.id),
        "number": body.number,
        "version": state.version,
        "status": state.status,
        "custodian": agency_ref(caller, state.custodian),
        "category": body.category,
        "place": body.place,
        "source": body.source,
        "occurred_at": instant(first.occurred_at),
        "registered_at": instant(first.recorded_at),
        "changed_at": instant(seen.history[-1][0].recorded_at),
        "agreement": state.agreement,
        "parties": _parties(caller, state.id, body),
        "referrals": [_referral(caller, r) for r in state.referrals],
        "obligations": [
            {
                "obligation": o.name,
                "referral": ident_or_none(o.referral),
                "debtor": agency_ref(caller, o.debtor),
                "creditor": agency_ref(caller, o.creditor),
                "due_at": instant(o.due_at),
                "warned": o.warned,
                "breached": o.breached,
            }
            for o in running(state)
        ],
    }


def _parties(caller: Caller, stream: bytes, body: events.Registered) -> list[dict[str, Any]]:
    """What the log holds of each party, and its masked name where the policy table lets the caller see it."""
    masked: dict[int, str | None] = {}
    if caller.may("read.parties"):
        masked = {row.party: row.masked for row in caller.parts.store.sealed.read(stream)}
    return [
        {"role": p.role, "kind": p.kind, "commitment": p.commitment.hex(), "masked": masked.get(i)}
        for i, p in enumerate(body.parties)
    ]


def _referral(caller: Caller, r: Referral) -> dict[str, Any]:
    return {
        "id": text(r.id),
        "kind": r.kind,
        "channel": r.channel,
        "sender": agency_ref(caller, r.sender),
        "receiver": agency_ref(caller, r.receiver),
        "state": r.state,
        "proposal": r.proposal,
        "contested": r.contested,
    }
