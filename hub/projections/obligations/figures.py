"""The figures of one board, as they are handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..reading import Item
from .filter import Filter, Moment
from .tallies import Tally


@dataclass(frozen=True)
class Unsigned:
    """What nobody has signed yet: how many, by age (as ``AGES``), by light (crit, late), and the oldest."""

    count: int
    ages: tuple[int, ...]
    crit: int
    late: int
    oldest: Item | None


@dataclass(frozen=True)
class Equation:
    """sent = signed + returned + withdrawn + lapsed + pending of what was sent since ``since`` (a local day)."""

    sums: Item
    since: date
    position: int


@dataclass(frozen=True)
class Custody:
    """Open disputes, and of them those whose custodian is no living agency (``unowned``: always 0)."""

    open: int
    unowned: int
    position: int


@dataclass(frozen=True)
class Figures:
    """All figures of one board, at ``position`` and ``moment``. ``climbing``: disputes to be assigned, or exhausted."""

    filter: Filter
    moment: Moment
    position: int
    parked: int
    tallies: tuple[Tally, ...]
    unsigned: Unsigned
    today: tuple[Item, ...]
    over: tuple[Item, ...]
    equation: Equation
    custody: Custody
    climbing: int
