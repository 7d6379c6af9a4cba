"""What a system or a person can see: the agencies a system serves and everything below them.

A dispute is visible to a system when one of its agencies has or had a role in it or stands above one that
has. City-wide roles see all. What a person sees follows from their role and agency (``people``). What is not
visible does not exist for the caller: 404, never 403, and it is not counted in any list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from .people import is_person, scope_of_person
from .policy import CITY_WIDE
from .speech import System


class Registry(Protocol):
    """What is needed of the registry of agencies."""

    @property
    def agencies(self) -> Mapping[Any, Any]: ...

    def above(self, ident: Any) -> Iterable[bytes]: ...


def scope(system: System, registry: Registry) -> frozenset[bytes] | None:
    """The agencies whose disputes this system sees: those it serves and all below them; None means every agency."""
    if is_person(system):
        return scope_of_person(system, registry)
    if not CITY_WIDE.isdisjoint(system.roles):
        return None
    below = (ident for ident in registry.agencies if not system.agencies.isdisjoint(registry.above(ident)))
    return system.agencies.union(below)


def sees(seen: Collection[bytes] | None, roles: Iterable[bytes]) -> bool:
    """Whether a scope holds any of a dispute's agencies."""
    return seen is None or any(role in seen for role in roles)
