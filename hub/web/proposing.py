"""Whom a dispute could go to and whom a report goes to, from its events, the registry and the pack: proposals only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hub.aggregates.agency.registry import Registry
from hub.aggregates.dispute import events
from hub.policy import Pack
from hub.policy.codes import read_codes
from hub.policy.routing import COUNTY, About, Proposal, receivers, recipients
from hub.words import AgencyId


def spread_of(bodies: Sequence[events.Body]) -> str:
    """How far apart the parties live, as the triggers noted last say."""
    return COUNTY if "cross_county" in _triggers(bodies) else ""


def receivers_of(
    pack: Pack, registry: Registry, bodies: Sequence[events.Body], custodian: AgencyId, spread: str
) -> tuple[Proposal, ...]:
    """Receivers by place and trade, best first. ``bodies``: every event of the dispute."""
    born = _born(bodies)
    about = About(born.category, born.place, spread, custodian)
    return receivers(pack.routing, about, _grid(), list(registry.agencies.values()))


def recipients_of(
    pack: Pack, registry: Registry, bodies: Sequence[events.Body], custodian: AgencyId
) -> tuple[Proposal, ...]:
    """Whom a report goes to, by the triggers noted last and the last grade."""
    graded = next((b for b in reversed(bodies) if isinstance(b, events.Graded)), None)
    grade = ""
    if graded is not None:
        grade = pack.grades.get(graded.grade) or pack.grades.get(str(graded.ordinal), "")
    agencies = list(registry.agencies.values())
    return recipients(pack.recipients, _triggers(bodies), grade, _born(bodies).place, custodian, agencies)


def _triggers(bodies: Sequence[events.Body]) -> tuple[str, ...]:
    noted = next((b for b in reversed(bodies) if isinstance(b, events.ParticularsNoted)), None)
    return tuple(noted.triggers) if noted is not None else ()


def _born(bodies: Sequence[events.Body]) -> events.Registered:
    born = bodies[0]
    assert isinstance(born, events.Registered)
    return born


@cache
def _grid() -> frozenset[str]:
    return frozenset(entry.more["category"] for entry in read_codes("grid_categories").entries.values())
