"""That rules were loaded (规则装载), as the log holds it: one stream for the hub, an event when the rules are others.

Guarantee: pure; the same rules again decide nothing. ``fingerprint`` is ``hub.policy.fingerprint``'s: it changes with
anything in the packs or the calendar. Which pack a clock runs under is in the event that starts it, never here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.words import HUB_AGENCY, AgencyId, Refusal


class Loaded(NamedTuple):
    """规则装载: the packs by their days, and the calendar of the last"""

    packs: tuple[str, ...]
    calendar: str
    fingerprint: str


EVENTS: dict[str, type[Loaded]] = {"policy.loaded": Loaded}


class LoadPolicy(NamedTuple):
    """规则装载 (hub)"""

    packs: tuple[str, ...]
    calendar: str
    fingerprint: str


COMMANDS: dict[str, type[LoadPolicy]] = {"load_policy": LoadPolicy}  # the hub's own: no schema, nobody can send it
COMMAND_TYPES: Final = {cls: name for name, cls in COMMANDS.items()}


class InForce(NamedTuple):
    """What was loaded last."""

    version: int
    fingerprint: str


def evolve(state: InForce | None, event: Loaded) -> InForce:
    """The state after one more event."""
    return InForce(1 if state is None else state.version + 1, event.fingerprint)


def decide(
    body: LoadPolicy, author: AgencyId, state: InForce | None
) -> tuple[tuple[Loaded, ...], InForce | None] | Refusal:
    """An event when the rules are not those loaded last."""
    if author != HUB_AGENCY:
        return Refusal("access.denied", "agency", "the hub loads its rules")
    if state is not None and state.fingerprint == body.fingerprint:
        return (), state
    event = Loaded(*body)
    return (event,), evolve(state, event)
