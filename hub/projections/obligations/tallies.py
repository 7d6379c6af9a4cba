"""The board's figures as they are added up: by step and light, by debtor and bucket. Pure.

Guarantee: matrix and grid are sums of the same counts, so their totals are one number; rows left out of the grid are
in its rest rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from .filter import BUCKETS, LIGHTS, OVERDUE, STEPS, TODAY

WEIGHTS: Final = (8, 4, 2, 1)  # of the four overdue buckets, longest first: who is worst. Hub default
NAMED_TODAY: Final = 30  # debtors one rest row's links can name
Counts = tuple[int, ...]


class Tally(NamedTuple):
    """Counts of one debtor's limits of one name. ``buckets`` in the order of ``BUCKETS``, ``lights`` of ``LIGHTS``."""

    debtor: bytes
    name: str
    buckets: Counts
    lights: Counts


class Step(NamedTuple):
    """One row of the matrix: a step's limits by light."""

    step: str
    lights: Counts
    total: int


class Debtor(NamedTuple):
    """One row of the grid."""

    debtor: bytes
    buckets: Counts
    total: int

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(self.buckets[: len(OVERDUE)])

    @property
    def today(self) -> int:
        """How many end today."""
        return self.buckets[BUCKETS.index(TODAY)]


class Rest(NamedTuple):
    """Several debtors in one row."""

    debtors: tuple[bytes, ...]
    buckets: Counts
    total: int


class Grid(NamedTuple):
    """``rows``: the worst debtors, worst first; ``today``: of the others those with something due today, if a link can
    name them all; ``rest``: all remaining ones that owe anything.
    """

    rows: tuple[Debtor, ...]
    today: Rest | None
    rest: Rest | None
    buckets: Counts
    total: int


def matrix(tallies: Iterable[Tally]) -> tuple[tuple[Step, ...], Step]:
    """All steps in their order, and their total."""
    of = {name: step for step, names in STEPS.items() for name in names}
    found = {step: [0] * len(LIGHTS) for step in STEPS}
    for tally in tallies:
        row = found[of[tally.name]]
        for n, count in enumerate(tally.lights):
            row[n] += count
    steps = tuple(Step(step, tuple(row), sum(row)) for step, row in found.items())
    total = _added([s.lights for s in steps], len(LIGHTS))
    return steps, Step("", total, sum(total))


def worst_first(tallies: Iterable[Tally]) -> list[Debtor]:
    """The debtors: by the weight of what is overdue, then how much, what ends today, how much in all."""
    found: dict[bytes, list[int]] = {}
    for tally in tallies:
        row = found.setdefault(tally.debtor, [0] * len(BUCKETS))
        for n, count in enumerate(tally.buckets):
            row[n] += count
    rows = [Debtor(debtor, tuple(row), sum(row)) for debtor, row in found.items()]
    return sorted(rows, key=_badness)


def _badness(row: Debtor) -> tuple[int, int, int, int, bytes]:
    weight = sum(n * count for n, count in zip(WEIGHTS, row.buckets, strict=False))
    return -weight, -row.overdue, -row.today, -row.total, row.debtor


def grid(tallies: Iterable[Tally], most: int, *, today_apart: bool = True) -> Grid:
    """The ``most`` worst debtors and the rest. ``today_apart``: with a row of those that have something due today."""
    rows = worst_first(tallies)
    shown, others = rows[:most], rows[most:]
    due = [row for row in others if row.today and not row.overdue]
    if not today_apart or len(due) > NAMED_TODAY:
        due = []
    apart = {row.debtor for row in due}
    rest = [row for row in others if row.debtor not in apart]
    total = _added([row.buckets for row in rows], len(BUCKETS))
    return Grid(tuple(shown), _together(due), _together(rest), total, sum(total))


def _together(rows: Sequence[Debtor]) -> Rest | None:
    if not rows:
        return None
    buckets = _added([row.buckets for row in rows], len(BUCKETS))
    return Rest(tuple(row.debtor for row in rows), buckets, sum(buckets))


def _added(rows: Iterable[Counts], width: int) -> Counts:
    found = [0] * width
    for row in rows:
        for n, count in enumerate(row):
            found[n] += count
    return tuple(found)
