"""Who is proposed: receivers by place (属地) and trade (谁主管谁负责), recipients of a report by its triggers.

Guarantee: pure; proposals only, in the pack's order, each agency once, with the reason and its basis; a person decides.
An agency that is closing, takes nothing in or holds the dispute is never proposed. A place told in words, not as a
region code, proposes nobody by place. RoutingRefused names the entry at fault.

A pack's tables are ``[[routing]]`` and ``[[recipients]]`` in ``packs/docking.toml``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from hub.words import ACTIVE, AgencyId

PLACE, COMPETENCE, WIDE = "place", "competence", "wide"
ALONE, VILLAGE, COUNTY = "", "village", "county"
SPREADS: Final = (ALONE, VILLAGE, COUNTY)
CITY: Final = 6  # digits of a county or city's region


class RoutingRefused(ValueError):
    """A table of routing lacks something or holds something unknown; ``str()`` says where."""


class Candidate(Protocol):
    """What is read of an agency."""

    @property
    def id(self) -> AgencyId: ...
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def competences(self) -> tuple[str, ...]: ...
    @property
    def state(self) -> str: ...
    @property
    def intake_open(self) -> bool: ...


class Route(NamedTuple):
    """One row of routing; ``levels`` and ``spread`` () = any, ``grid``: only for the five simple types."""

    reason: str
    by: str
    kinds: frozenset[str]
    levels: frozenset[str]
    spread: frozenset[str]
    grid: bool
    most: int
    basis: str


class Telling(NamedTuple):
    """One row of recipients: told for one of these triggers, or at one of these grades."""

    triggers: frozenset[str]
    grades: frozenset[str]
    kinds: frozenset[str]
    basis: str


class Proposal(NamedTuple):
    """An agency and why: a code of ``routing_reasons``, or the triggers and grade that ask for it."""

    agency: AgencyId
    reasons: tuple[str, ...]
    basis: str


class About(NamedTuple):
    """The dispute: its category, the region code of its place, how far apart its parties live, and who holds it."""

    category: str
    place: str
    spread: str
    custodian: AgencyId


def receivers(
    routes: Sequence[Route], about: About, grid: Collection[str], agencies: Iterable[Candidate]
) -> tuple[Proposal, ...]:
    """Proposed receivers, best first. ``grid``: the categories of the five simple types."""
    living = [a for a in agencies if a.state == ACTIVE and a.intake_open and a.id != about.custodian]
    found: dict[AgencyId, Proposal] = {}
    for route in routes:
        if route.grid and about.category not in grid:
            continue
        if route.spread and about.spread not in route.spread:
            continue
        fit = [a for a in living if a.kind in route.kinds and (not route.levels or a.level in route.levels)]
        for agency in _nearest(route.by, fit, about)[: route.most]:
            found.setdefault(agency.id, Proposal(agency.id, (route.reason,), route.basis))
    return tuple(found.values())


def recipients(
    tellings: Sequence[Telling], triggers: Collection[str], grade: str, place: str, custodian: AgencyId,
    agencies: Iterable[Candidate],
) -> tuple[Proposal, ...]:  # fmt: skip
    """Who is to be told, in the rows' order: of each kind the nearest. ``grade``: what the pack calls the raw grade."""
    living = [a for a in agencies if a.state == ACTIVE and a.id != custodian]
    found: dict[AgencyId, Proposal] = {}
    for row in tellings:
        why = (*(t for t in triggers if t in row.triggers), *((grade,) if grade in row.grades else ()))
        if not why:
            continue
        for kind in sorted(row.kinds):
            for agency in _nearest(PLACE, [a for a in living if a.kind == kind], About("", place, "", custodian))[:1]:
                known = found.get(agency.id)
                both = (*known.reasons, *(w for w in why if w not in known.reasons)) if known is not None else why
                found[agency.id] = Proposal(agency.id, both, known.basis if known is not None else row.basis)
    return tuple(found.values())


def _nearest(by: str, agencies: Sequence[Candidate], about: About) -> list[Candidate]:
    """Those whose region holds the place, the narrowest first, then by code."""
    place = about.place[:CITY] if by == WIDE else about.place
    if not (place.isascii() and place.isdigit()):
        return []
    fit = [a for a in agencies if a.region and place.startswith(a.region)]
    if by == COMPETENCE:
        fit = [a for a in fit if about.category in a.competences]
    elif by == PLACE:
        fit = [a for a in fit if not a.competences or not about.category or about.category in a.competences]
    return sorted(fit, key=lambda a: (-len(a.region), a.code))


def read_routing(raw: Sequence[Mapping[str, Any]]) -> tuple[Route, ...]:
    """The rows of ``[[routing]]``. RoutingRefused."""
    found = []
    for n, row in enumerate(raw, 1):
        where = f"routing {n}"
        _known(where, row, {"reason", "by", "kinds", "levels", "spread", "grid", "most", "basis"})
        _needed(where, row, "reason", "by", "kinds", "most", "basis")
        if row["by"] not in (PLACE, COMPETENCE, WIDE):
            raise RoutingRefused(f"{where}: by {row['by']!r} is unknown")
        if any(spread not in SPREADS for spread in row.get("spread", ())):
            raise RoutingRefused(f"{where}: spread is unknown")
        found.append(
            Route(
                row["reason"], row["by"], frozenset(row["kinds"]), frozenset(row.get("levels", ())),
                frozenset(row.get("spread", ())), row.get("grid", False), row["most"], row["basis"],
            )
        )  # fmt: skip
    return tuple(found)


def read_recipients(raw: Sequence[Mapping[str, Any]]) -> tuple[Telling, ...]:
    """The rows of ``[[recipients]]``. RoutingRefused."""
    found = []
    for n, row in enumerate(raw, 1):
        where = f"recipients {n}"
        _known(where, row, {"triggers", "grades", "kinds", "basis"})
        _needed(where, row, "kinds", "basis")
        if not row.get("triggers") and not row.get("grades"):
            raise RoutingRefused(f"{where}: triggers or grades are expected")
        triggers, grades = frozenset(row.get("triggers", ())), frozenset(row.get("grades", ()))
        found.append(Telling(triggers, grades, frozenset(row["kinds"]), row["basis"]))
    return tuple(found)


def _known(where: str, row: Mapping[str, Any], keys: Collection[str]) -> None:
    for key in row:
        if key not in keys:
            raise RoutingRefused(f"{where}: {key} is unknown")


def _needed(where: str, row: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        if not row.get(key):
            raise RoutingRefused(f"{where}: {key} is missing")
