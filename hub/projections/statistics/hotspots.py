"""多发、高发纠纷: categories rising at a place, each with the numbers behind it (hotspots.toml).

Pure but for reading the table. Told is what the last window holds: at least ``least`` disputes and at least
``times`` the mean of the windows before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

from .indicators import rounded


class Rule(NamedTuple):
    """``days`` of a window, ``before``: how many windows it is compared with."""

    days: int
    before: int
    least: int
    times: Decimal
    digits: int
    basis: str


class Hotspot(NamedTuple):
    """``counts``: per window, the latest last; ``mean`` of those before it, two decimals, half-up."""

    category: str
    place: str
    counts: tuple[int, ...]
    mean: Decimal

    @property
    def now(self) -> int:
        """Disputes in the last window."""
        return self.counts[-1]


def parse(text: str) -> Rule:
    """A rule. KeyError, TypeError, ValueError, ArithmeticError: it is none."""
    raw = tomllib.loads(text)
    rule = Rule(
        int(raw["days"]), int(raw["before"]), int(raw["least"]), Decimal(raw["times"]), int(raw["digits"]), raw["basis"]
    )
    if min(rule.days, rule.before, rule.least, rule.digits) < 1 or rule.times <= 0:
        raise ValueError("a hot spot's rule has numbers above 0")
    return rule


def read_hotspots() -> Rule:
    """The rule that is shipped."""
    return parse((files("hub.projections.statistics") / "hotspots.toml").read_text(encoding="utf-8"))


def rising(rule: Rule, windows: Mapping[tuple[str, str], Sequence[int]]) -> list[Hotspot]:
    """What is rising, the most first; ``windows``: counts per category and place, the latest last."""
    found = []
    for (category, place), counts in windows.items():
        *before, now = counts
        if now >= rule.least and now * len(before) >= rule.times * sum(before):
            mean = rounded(sum(before), len(before), 2)
            assert mean is not None
            found.append(Hotspot(category, place, tuple(counts), mean))
    return sorted(found, key=lambda h: (-h.now, h.mean, h.category, h.place))
