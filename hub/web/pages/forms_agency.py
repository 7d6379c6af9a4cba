"""Agencies as people name them in a form: by short name, registered name or code.

Guarantee: what is typed means one agency or none; a name that several bear means none, and says which there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from hub.aggregates.agency.registry import Agency, Registry
from hub.words import ACTIVE, AgencyId, agency_id

from ..drawings.words import short_name

MOST_CANDIDATES: Final = 8


class Directory(NamedTuple):
    """The active agencies of a registry: each under the name its field shows, and by everything it is called."""

    shown: Mapping[str, Agency]
    called: Mapping[str, tuple[AgencyId, ...]]
    registry: Registry


_last: list[Directory] = []  # the registry is one immutable object until an agency changes


def directory(registry: Registry) -> Directory:
    """The agencies of this moment; made once per registry."""
    if _last and _last[0].registry is registry:
        return _last[0]
    living = [a for a in registry.agencies.values() if a.state == ACTIVE]
    called: dict[str, tuple[AgencyId, ...]] = {}
    for agency in living:
        for name in {agency.code, agency.name, short_name(agency.name)}:
            called[name] = (*called.get(name, ()), agency.id)
    shown = {}
    for agency in sorted(living, key=_order):
        short = short_name(agency.name)
        for name in (short, agency.name, agency.code):  # registered names may be the same too
            if len(called[name]) == 1:
                shown[name] = agency
                break
    made = Directory(shown, called, registry)
    _last[:] = [made]
    return made


def shown_name(registry: Registry, agency: AgencyId) -> str:
    """The name a field shows for an agency; "" for one that is not active."""
    known = registry.agency(agency)
    if known is None or known.state != ACTIVE:
        return ""
    called = directory(registry).called
    names = (short_name(known.name), known.name, known.code)
    return next((name for name in names if len(called[name]) == 1), known.code)


def meant(registry: Registry, typed: str) -> tuple[Agency | None, list[str]]:
    """The agency a typed name means, else None and the names of those it may mean: a part of a name is not enough."""
    found = directory(registry)
    name = typed.strip()
    exact = found.called.get(name, ())
    if len(exact) == 1:
        return registry.agencies[exact[0]], []
    some = exact or [a.id for a in found.shown.values() if name and name in a.name]
    return None, [shown_name(registry, ident) for ident in some[:MOST_CANDIDATES]]


def code_of(registry: Registry, typed: str) -> str:
    """The code of the agency a typed name or code means; what was typed where that is none, or several."""
    if registry.agency(agency_id(typed)) is not None:
        return typed
    agency, _ = meant(registry, typed)
    return agency.code if agency is not None else typed


def suggested(registry: Registry, own: AgencyId, place: str, but: Iterable[AgencyId] = ()) -> list[str]:
    """Names of agencies an offer often goes to: the superiors, then police and justice of the place's township."""
    left_out = {own, *but}
    found = list(registry.above(own)[:2])
    town = place[:9] if place[:9].isdigit() and len(place) >= 9 else ""
    if town:
        found += [a.id for a in registry.agencies.values() if a.region == town and a.level == "township"]
    names = (shown_name(registry, ident) for ident in dict.fromkeys(found) if ident not in left_out)
    return [name for name in names if name][:4]


def _order(agency: Agency) -> tuple[int, str]:
    """The city's agencies first, then by code."""
    return len(agency.region), agency.code
