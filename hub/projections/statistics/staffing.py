"""专职调解员配备: which agencies have fewer full-time mediators than the rule asks for (staffing.toml).

Pure but for reading the table. The numbers are those of the registry (``mediators``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple, Protocol

from hub.words import DISSOLVED

MET, SHORT, ADVISED = "met", "short", "advised"  # advised: short, where the rule only asks for it if conditions allow
STATES: Final = (SHORT, ADVISED, MET)


class Minimum(NamedTuple):
    """One row of the table; no levels = any."""

    kinds: frozenset[str]
    levels: frozenset[str]
    least: int
    where_possible: bool
    basis: str


class Agency(Protocol):
    """What is needed of an agency of the registry."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def mediators(self) -> int: ...


class Staffed(NamedTuple):
    """One agency against its minimum; ``lacking``: how many more it needs."""

    agency: Any
    has: int
    minimum: Minimum
    lacking: int
    state: str


def parse(text: str) -> tuple[Minimum, ...]:
    """The rows of a table. KeyError, TypeError, ValueError: it is none."""
    return tuple(_row(**row) for row in tomllib.loads(text)["row"])


def _row(
    *, kinds: Sequence[str], least: int, basis: str, levels: Sequence[str] = (), where_possible: bool = False
) -> Minimum:
    return Minimum(frozenset(kinds), frozenset(levels), least, where_possible, basis)


def read_staffing() -> tuple[Minimum, ...]:
    """The table that is shipped."""
    return parse((files("hub.projections.statistics") / "staffing.toml").read_text(encoding="utf-8"))


def staffed(rules: Sequence[Minimum], agencies: Iterable[Agency]) -> list[Staffed]:
    """Every living agency that has a minimum: those that are short first, by code."""
    found = []
    for agency in agencies:
        minimum = next(
            (r for r in rules if agency.kind in r.kinds and (not r.levels or agency.level in r.levels)), None
        )
        if minimum is None or agency.state == DISSOLVED:
            continue
        lacking = max(0, minimum.least - agency.mediators)
        state = MET if not lacking else ADVISED if minimum.where_possible else SHORT
        found.append(Staffed(agency, agency.mediators, minimum, lacking, state))
    return sorted(found, key=lambda s: (STATES.index(s.state), s.agency.code))


def summary(found: Iterable[Staffed]) -> Mapping[str, int]:
    """How many agencies stand how."""
    made = dict.fromkeys(STATES, 0)
    for one in found:
        made[one.state] += 1
    return made
