"""Which computer systems (接入系统) a city has: as in real cities, few systems for many agencies.

One per township for its committees and groups, one each for police (bureau and stations), court, procuratorate,
petition office, justice bureau (with its offices) and the departments; the centre's serves the city committee and its
industry committees.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from connectors.city.agency import Agency

ORGANS = ("police", "court", "procuratorate", "petition", "justice")


class System(NamedTuple):
    """A system and the codes of the agencies it serves."""

    name: str
    agencies: tuple[str, ...]
    roles: tuple[str, ...] = ("agency",)


def system_of(agency: Agency) -> str:
    """The name of the system that serves an agency."""
    if agency.kind in ORGANS:
        return agency.kind
    if agency.kind == "department_committee":
        return "departments"
    return "centre" if agency.level == "city" else f"town-{agency.region[:9]}"


def systems(agencies: Iterable[Agency]) -> list[System]:
    """All systems of a city, by name."""
    served: dict[str, list[str]] = {}
    for agency in agencies:
        served.setdefault(system_of(agency), []).append(agency.code)
    return [System(name, tuple(served[name])) for name in sorted(served)]
