"""The registry of agencies (单位名录) as decisions see it: states, the tree of superiors, centres.

Guarantee: immutable; ``evolve`` returns a new registry. Superiors: the tree first, nearest first; then the centres
(矛盾纠纷多元化解中心) of the agency's region, nearest first, courts and procuratorates excepted (independent by law).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hub.words import ACTIVE, CENTRE, CLOSING, DISSOLVED, INDEPENDENT, AgencyId

from . import names


class Agency(NamedTuple):
    """One agency's present content and state."""

    id: AgencyId
    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: AgencyId | None
    competences: tuple[str, ...]
    mediators: int
    seal: bool
    state: str = ACTIVE
    intake_open: bool = True
    successor: AgencyId | None = None
    version: int = 1


class Registry:
    """All agencies by id. Safe to share between threads: nothing in it changes but two memos."""

    def __init__(self, agencies: Mapping[AgencyId, Agency] | None = None) -> None:
        self.agencies: Mapping[AgencyId, Agency] = dict(agencies or {})
        self._above: dict[AgencyId, tuple[AgencyId, ...]] = {}
        self._regions: tuple[frozenset[str], frozenset[str]] | None = None  # of agencies, and their beginnings

    def agency(self, ident: AgencyId) -> Agency | None:
        """The agency, or None when it is not registered."""
        return self.agencies.get(ident)

    def heir(self, ident: AgencyId) -> Agency | None:
        """The agency that lives in a dissolved one's place, successors of successors followed; None while it lives."""
        known = self.agencies.get(ident)
        if known is None or known.state != DISSOLVED:
            return None
        while known is not None and known.state == DISSOLVED and known.successor is not None:
            known = self.agencies.get(known.successor)
        return known

    def follower(self, ident: AgencyId) -> Agency | None:
        """The active agency that takes over from a closing or dissolved one, successors of successors followed; None
        while it is active itself.
        """
        known = self.agencies.get(ident)
        if known is None or known.state == ACTIVE:
            return None
        while known is not None and known.state != ACTIVE:
            known = self.agencies.get(known.successor) if known.successor is not None else None
        return known

    def above(self, ident: AgencyId) -> tuple[AgencyId, ...]:
        """All superiors of an agency, nearest first; empty for an unknown one."""
        known = self._above.get(ident)
        if known is None:
            known = self._above[ident] = self._superiors(ident)
        return known

    def common_superior(self, one: AgencyId, other: AgencyId) -> AgencyId | None:
        """The nearest agency above both and equal to neither; None for courts and procuratorates outside a tree."""
        others = self.above(other)
        return next((up for up in self.above(one) if up in others and up not in (one, other)), None)

    def serves(self, region: str) -> bool:
        """Whether some agency's region, of whatever state it is, holds this one or lies in it."""
        if self._regions is None:
            own = frozenset(a.region for a in self.agencies.values() if a.region)
            self._regions = own, frozenset(r[:n] for r in own for n in range(1, len(r) + 1))
        own, beginnings = self._regions
        return region in beginnings or any(region[:n] in own for n in range(1, len(region) + 1))

    def subordinates(self, ident: AgencyId) -> list[AgencyId]:
        """The living agencies directly below one in the tree."""
        return [a.id for a in self.agencies.values() if a.superior == ident and a.state != DISSOLVED]

    def evolve(self, stream: AgencyId, event: names.Event) -> Registry:
        """The registry after one more event."""
        agencies = dict(self.agencies)
        if isinstance(event, names.Registered):
            agencies[stream] = Agency(stream, *event)
            return Registry(agencies)
        old = agencies[stream]
        if isinstance(event, names.Amended):
            new = old._replace(**event._asdict())
        elif isinstance(event, names.IntakeClosed | names.IntakeOpened):
            new = old._replace(intake_open=isinstance(event, names.IntakeOpened))
        elif isinstance(event, names.Closing):
            new = old._replace(state=CLOSING, successor=event.successor)
        else:
            new = old._replace(state=DISSOLVED)
        agencies[stream] = new._replace(version=old.version + 1)
        return Registry(agencies)

    def _tree(self, ident: AgencyId) -> list[AgencyId]:
        chain: list[AgencyId] = []
        agency = self.agencies.get(ident)
        while agency is not None and agency.superior is not None and agency.superior not in chain:
            chain.append(agency.superior)
            agency = self.agencies.get(agency.superior)
        return chain

    def _superiors(self, ident: AgencyId) -> tuple[AgencyId, ...]:
        agency = self.agencies.get(ident)
        if agency is None:
            return ()
        chain = self._tree(ident)
        if agency.kind not in INDEPENDENT:
            for centre in self._centres(agency):
                chain += [up for up in (centre, *self._tree(centre)) if up not in chain and up != ident]
        return tuple(chain)

    def _centres(self, agency: Agency) -> list[AgencyId]:
        """Living centres whose region holds the agency's, nearest first; while one hands over, its successor counts."""
        found = [
            a
            for a in self.agencies.values()
            if a.kind == CENTRE and a.state != DISSOLVED and a.id != agency.id and agency.region.startswith(a.region)
            and (agency.kind != CENTRE or a.region != agency.region)
        ]  # fmt: skip
        active = {a.region for a in found if a.state == ACTIVE}
        found = [a for a in found if a.state == ACTIVE or a.region not in active]
        return [a.id for a in sorted(found, key=lambda a: (-len(a.region), a.code))]
