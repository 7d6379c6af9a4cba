"""Which type of committee an agency counts as on the monthly form (committees.toml). Pure but for reading the table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple

NONE: Final = ""  # no committee


class Rule(NamedTuple):
    """One row of the table; ``digits`` None: whatever the region."""

    kinds: frozenset[str]
    levels: frozenset[str]
    digits: tuple[int, int] | None
    low: int
    high: int
    type: str

    def fits(self, kind: str, level: str, region: str) -> bool:
        """Whether this row speaks of such an agency."""
        if kind not in self.kinds or (self.levels and level not in self.levels):
            return False
        if self.digits is None:
            return True
        part = region[self.digits[0] : self.digits[1]]
        return len(part) == self.digits[1] - self.digits[0] and part.isdigit() and self.low <= int(part) <= self.high


def parse(text: str) -> tuple[Rule, ...]:
    """The rows of a table. KeyError, ValueError: it is not one."""
    return tuple(_rule(row) for row in tomllib.loads(text)["row"])


def _rule(row: Mapping[str, Any]) -> Rule:
    digits = row.get("digits")
    return Rule(
        frozenset(row["kinds"]), frozenset(row.get("levels", ())), None if digits is None else (digits[0], digits[1]),
        int(row.get("low", 0)), int(row.get("high", 0)), row["type"],
    )  # fmt: skip


def read_committees() -> tuple[Rule, ...]:
    """The table that is shipped."""
    return parse((files("hub.projections.statistics") / "committees.toml").read_text(encoding="utf-8"))


def committee_type(rules: Sequence[Rule], kind: str, level: str, region: str) -> str:
    """The type; "" for an agency that is no committee."""
    return next((rule.type for rule in rules if rule.fits(kind, level, region)), NONE)
