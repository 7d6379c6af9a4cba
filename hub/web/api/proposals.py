"""建议: who a dispute could go to and who is to be told of it, with the reason; its procedures and their clocks.

Read from the dispute's own events, the registry and the pack. Proposals only: what is sent is decided by a person.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.aggregates.agency.registry import Registry
from hub.aggregates.dispute import events
from hub.contract.jsonform import instant
from hub.policy import Dated
from hub.policy.ladder_clocks import Past, ladder_clocks
from hub.policy.procedures import Procedure
from hub.policy.routing import Proposal
from hub.policy.shown import Running, running
from hub.words import OPEN, text

from ..callers import Caller, bound, calling
from ..proposing import receivers_of, recipients_of, spread_of
from ..respond import Json
from . import models, sight
from .disputes import UNKNOWN, DisputeId
from .sight import agency_ref

router = APIRouter(prefix="/v1/disputes", tags=["disputes"])
Spread = Annotated[
    Literal["", "village", "county"] | None,
    Query(description="how far apart the parties live; left out = as the triggers noted say (cross_county)"),
]


@router.get(
    "/{dispute_id}/proposals",
    **bound(
        "read.dispute", "建议单位与程序 · whom to send it to and why", _200={"model": models.Proposals}, _404=UNKNOWN
    ),
)
def dispute_proposals(
    dispute_id: DisputeId, caller: Annotated[Caller, calling("read.dispute")], spread: Spread = None
) -> Response:
    """Receivers by place and trade with the reason, recipients of a report by trigger and grade, where each docking
    procedure stands and what may come next; clocks of those procedures and of the ladder, owed by nobody in the hub.
    """
    seen = sight.dispute(caller, dispute_id)
    return Json(proposals(caller, seen, spread))


def proposals(caller: Caller, seen: sight.Seen, spread: str | None = None) -> dict[str, Any]:
    """The answer's body."""
    state, pack, registry = seen.state, caller.parts.pack, caller.registry
    bodies = [event.body for _, event in seen.history]
    spread = spread if spread is not None else spread_of(bodies)
    offered = receivers_of(pack, registry, bodies, state.custodian, spread)
    told = recipients_of(pack, registry, bodies, state.custodian)
    return {
        "dispute": text(state.id),
        "version": state.version,
        "spread": spread,
        "receivers": [_proposal(caller, p) for p in offered],
        "recipients": [_proposal(caller, p) for p in told],
        "procedures": [
            _procedure(pack.procedures[code], step)
            for code, _, step in (mark.partition("/") for mark in state.marks)
            if code in pack.procedures
        ],
        "clocks": [
            _clock(c) for c in (*clocks(caller.parts.policy, seen), *of_ladder(caller.parts.policy, registry, seen))
        ],
    }


def clocks(policy: Dated, seen: sight.Seen) -> tuple[Running, ...]:
    """The clocks that run, each by the pack of the day it started."""
    happened = [(_happened(event.body), envelope.occurred_at) for envelope, event in seen.history]
    packs = {pack.id: pack for pack in (policy.at(at) for _, at in happened)}
    found = [(pack, r) for pack in packs.values() for r in running(pack.shown, happened, pack.calendar)]
    return tuple(r for pack, r in found if policy.at(r.since).id == pack.id)


def of_ladder(policy: Dated, registry: Registry, seen: sight.Seen) -> tuple[Running, ...]:
    """The clocks of the ladder an open dispute stands on, by the calendar of the day the custodian's began."""
    state = seen.state
    scheme = policy.scheme(state.standing.scheme) if state.standing is not None else None
    custodian = registry.agency(state.custodian)
    if scheme is None or custodian is None or state.status != OPEN:
        return ()
    past = [_past(envelope.recorded_at, event) for envelope, event in seen.history]
    return ladder_clocks(scheme, past, custodian.kind, policy.at(past[0].at).calendar, custodian.region[:6])


def _past(at: int, event: events.Event) -> Past:
    body = event.body
    said = body.state if isinstance(body, events.LadderStood) else ""
    return Past(at, events.TYPES[type(body)], event.custody.custodian, said)


def _happened(body: events.Body) -> str:
    return f"{body.machine}/{body.step}" if isinstance(body, events.Stepped) else events.TYPES[type(body)]


def _proposal(caller: Caller, p: Proposal) -> dict[str, Any]:
    return {"agency": agency_ref(caller, p.agency), "reasons": list(p.reasons), "basis": p.basis}


def _procedure(procedure: Procedure, step: str) -> dict[str, Any]:
    onward = [s for s in procedure.steps.values() if step in s.after]
    return {
        "procedure": procedure.code,
        "step": step,
        "next": [{"step": s.code, "by": s.by, "document": s.document, "basis": s.basis} for s in onward],
        "guard": {"zh": procedure.guard[0], "en": procedure.guard[1]},
        "basis": procedure.basis,
    }


def _clock(r: Running) -> dict[str, Any]:
    return {
        "clock": r.code,
        "since": instant(r.since),
        "due_at": instant(r.due_at),
        "rule": r.rule,
        "started_by": r.by,
        "basis": r.basis,
        "provisional": r.provisional,
    }
