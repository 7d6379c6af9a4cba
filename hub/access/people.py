"""People (人员) beside systems: a person acts through the system ``hub``, in one role, for one agency.

Guarantee: a person speaks for their own agency only and sees no more than ``scope_of_person`` says; the hub itself
(the steward) is told apart from a person by having no role. Roles are those of ``schemas/codes/people_roles.json``.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from hub.words import HUB_SYSTEM

from .policy import AUDITOR, CLERK, OPERATOR, SUPERVISOR
from .speech import System

PEOPLE: Final = (CLERK, SUPERVISOR, AUDITOR, OPERATOR)


class Regions(Protocol):
    """What is needed of the registry of agencies, each with its region code."""

    @property
    def agencies(self) -> Any: ...

    def above(self, ident: Any) -> Any: ...


def person(agency: bytes, role: str) -> System:
    """A person as the policy functions take one. ValueError for a role people do not have."""
    if role not in PEOPLE:
        raise ValueError(f"no role of people: {role}")
    return System(HUB_SYSTEM, frozenset({agency}), frozenset({role}))


def is_person(system: System) -> bool:
    """Whether this is a person and not a system or the hub itself."""
    return system.name == HUB_SYSTEM and bool(system.roles)


def scope_of_person(system: System, registry: Regions) -> frozenset[bytes] | None:
    """The agencies whose disputes a person sees; None = every agency. Source: hub default, after the seeds' duties.

    Auditor 审计: all. Supervisor 督办: the agencies whose region code begins with that of their own agency (区划), and
    all where that is everybody. Clerk 经办: their own agency and what stands below it. Operator 运维: no disputes.
    """
    if AUDITOR in system.roles:
        return None
    if SUPERVISOR in system.roles:
        return _region(system, registry)
    if CLERK in system.roles:
        return _below(system, registry)
    return frozenset()


def _below(system: System, registry: Regions) -> frozenset[bytes]:
    below = (ident for ident in registry.agencies if not system.agencies.isdisjoint(registry.above(ident)))
    return system.agencies.union(below)


def _region(system: System, registry: Regions) -> frozenset[bytes] | None:
    own = [registry.agencies.get(ident) for ident in system.agencies]
    regions = tuple(agency.region for agency in own if agency is not None and agency.region)
    if not regions:  # an agency nobody registered supervises nothing, least of all everything
        return system.agencies
    inside = frozenset(ident for ident, agency in registry.agencies.items() if agency.region.startswith(regions))
    return None if len(inside) == len(registry.agencies) else inside | system.agencies
