"""A scheme of the ladder (首调责任制) as data: levels, tries, limits, branches, exemptions, each with its basis.

Guarantee: values only, immutable. ``ladder_reading`` makes them from TOML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

REFUSALS = (
    "branch_unknown", "exemption_unknown", "level_unknown", "no_approver", "no_consent", "no_level_above", "no_organ",
    "no_reason", "not_above", "not_at_intake", "not_below", "not_climbing", "not_next", "not_stopped", "result_unknown",
    "return_reason", "returned_once", "tries_left",
)  # fmt: skip


class SchemeRefused(ValueError):
    """The scheme's text has a mistake; ``str()`` names the key."""


class LadderRefused(Exception):
    """A decision the ladder does not allow: ``code`` is one of ``REFUSALS``, ``field`` the argument at fault."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class Span(NamedTuple):
    """A length of time: amount of hours, calendar days, working days or months, and its basis."""

    amount: int
    unit: str
    basis: str


class Place(NamedTuple):
    """Which agencies stand at a level: their kind and their own level in the registry."""

    kind: str
    level: str


class Level(NamedTuple):
    """A level and the organ that stands there; ``limit`` runs from the organ's acceptance (or the registration).

    ``sealed_by``: the level whose committee seals an agreement made here (人民调解法 §8, §29). ``competent``: only
    agencies whose competences name the dispute's category.
    """

    key: str
    zh: str
    en: str
    sealed_by: str
    limit: Span
    organs: tuple[Place, ...]
    competent: bool


class Branch(NamedTuple):
    """A branch: its path upward, the forms an escalation may take, its categories ((), = all others)."""

    key: str
    zh: str
    en: str
    path: tuple[str, ...]
    onward: tuple[str, ...]
    categories: tuple[str, ...]
    basis: str


class Exemption(NamedTuple):
    """A listed way to leave a level early: suspend, off, skip or choose."""

    code: str
    effect: str
    basis: str


class Exit(NamedTuple):
    """A way left when mediation ended without agreement; () = for disputes of every category."""

    code: str
    zh: str
    en: str
    categories: tuple[str, ...]
    basis: str


@dataclass(frozen=True, eq=False)
class Scheme:
    """One version of a ladder. Compared by identity; ``id`` names it in events."""

    id: str
    zh: str
    en: str
    basis: str
    tries: int  # per organ
    max_total: int  # per dispute, over all branches
    levels: Mapping[str, Level]
    branches: Mapping[str, Branch]
    default_branch: str
    gap: int  # microseconds between two counted sessions
    notice: int  # microseconds of notice a session needs
    ceiling: Span
    committee: Span
    no_show: tuple[str, ...]
    uncounted_modes: frozenset[str]
    consent_forms: frozenset[str]
    accept: Span
    returns: int
    return_reasons: frozenset[str]
    alarm_grade: int
    alarm_tell: tuple[str, ...]
    joint_below: int
    joint_level: str  # "" = the scheme has one branch only
    exemptions: Mapping[str, Exemption]
    exits: tuple[Exit, ...]
    broken_exits: tuple[str, ...]
    bases: Mapping[str, str]  # basis of every other table by its name

    def path(self, branch: str) -> tuple[str, ...]:
        """The levels of a branch, upward. LadderRefused ``branch_unknown``."""
        known = self.branches.get(branch)
        if known is None:
            raise LadderRefused("branch_unknown", "branch")
        return known.path
