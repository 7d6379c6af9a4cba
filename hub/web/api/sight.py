"""What of one dispute a caller sees: read from its own events, so that no view has to have caught up.

Guarantee: a dispute that does not exist and one the caller has no part in are answered alike
(``dispute.unknown``, 404).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hub.access import sees
from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events
from hub.words import AgencyId, DisputeId, Envelope, Stored, ident, text

from ..callers import Caller
from ..problems import Problem


class Seen(NamedTuple):
    """A dispute as it stands and how it came about."""

    state: Dispute
    stored: list[Stored]
    history: list[tuple[Envelope, events.Event]]


def dispute(caller: Caller, dispute_id: str) -> Seen:
    """The dispute with this id, when the caller may see it. Problem ``dispute.unknown``."""
    stream = ident_of(dispute_id, "dispute_id")
    stored: list[Stored] = caller.parts.store.events([stream])
    history: list[tuple[Envelope, events.Event]] = []
    state: Dispute | None = None
    intern = Interner()
    for row in stored:
        envelope, event = restore(caller.parts.contract, row.body, intern)
        if not isinstance(event, events.Event):
            break  # an agency's stream: not a dispute
        state = evolve(state, event, DisputeId(stream))
        history.append((envelope, event))
    if state is None or not sees(caller.scope(), state.roles):
        raise Problem("dispute.unknown", "dispute_id")
    return Seen(state, stored, history)


def ident_of(value: str, field: str) -> bytes:
    """The 16 bytes of an id in a path or query. Problem ``field.type``."""
    try:
        return ident(value)
    except ValueError as why:
        raise Problem("field.type", field, "a canonical lower-case UUID is expected") from why


def agency_ref(caller: Caller, agency: bytes | None) -> dict[str, Any] | None:
    """An agency as lists show it: id, code and present name."""
    if agency is None:
        return None
    known = caller.registry.agency(AgencyId(agency))
    return {"id": text(agency), "code": known.code if known else "", "name": known.name if known else ""}
