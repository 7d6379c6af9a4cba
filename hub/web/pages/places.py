"""Places (地点) as people read them: the name behind a region code, taken from the committees registered there.

Guarantee: what is not a code of a known region is shown as it was written. The registry is the only source: a hub
knows the places of its own city and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.aggregates.agency.registry import Registry
from hub.words import CENTRE, DISSOLVED, AgencyId

from ..drawings.words import short_name

LEVELS: Final = {"village": 12, "township": 9}  # digits of the region codes of committees
_ENDINGS: Final = re.compile("(人民调解委员会|调委会)$")
_CITY: Final = re.compile("矛盾纠纷.*$")


class _Memo(NamedTuple):
    registry: Registry
    names: Mapping[str, str]


_last: list[_Memo] = []  # the registry is one immutable object until an agency changes


def place_name(registry: Registry, place: str) -> str:
    """学桥街社区 for its region code; words stay words."""
    return _names(registry).get(place, place)


def places(registry: Registry, below: str = "") -> list[tuple[str, str]]:
    """(code, name) of the villages and communities whose code begins with ``below``, by code."""
    return [(c, n) for c, n in sorted(_names(registry).items()) if len(c) == LEVELS["village"] and c.startswith(below)]


def townships(registry: Registry, below: str = "") -> list[tuple[str, str]]:
    """(code, name) of the townships whose code begins with ``below``, by code."""
    return [(c, n) for c, n in sorted(_names(registry).items()) if len(c) == LEVELS["township"] and c.startswith(below)]


def seen(registry: Registry, scope: frozenset[bytes] | None) -> list[tuple[str, str]]:
    """The townships in which an agency of a scope is, or which lie in its region; all without a scope."""
    if scope is None:
        return townships(registry)
    regions = {registry.agencies[AgencyId(ident)].region for ident in scope if AgencyId(ident) in registry.agencies}
    return [(c, n) for c, n in townships(registry) if any(r.startswith(c) or c.startswith(r) for r in regions)]


def codes_of(registry: Registry, words: str) -> list[str]:
    """The codes of the places whose name holds these words."""
    return [code for code, name in _names(registry).items() if words in name] if words else []


def _names(registry: Registry) -> Mapping[str, str]:
    if _last and _last[0].registry is registry:
        return _last[0].names
    made: dict[str, str] = {}
    for agency in registry.agencies.values():
        if agency.state == DISSOLVED:
            continue
        if agency.kind == CENTRE and len(agency.region) == 6:
            made.setdefault(agency.region, _CITY.sub("", agency.name))
        elif agency.kind == "committee" and len(agency.region) == LEVELS.get(agency.level):
            made.setdefault(agency.region, _ENDINGS.sub("", short_name(agency.name)))
    _last[:] = [_Memo(registry, made)]
    return made
