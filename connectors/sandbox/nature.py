"""Chance in the simulated city: every draw is a function of the seed and its matter.

So a draw does not depend on the order in which messages arrive, and one seed gives one month over any transport.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from connectors.ids import uuid7

T = TypeVar("T")
HOUR = 3_600_000_000  # microseconds


class Nature:
    """All chance of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bytes(self, *about: object) -> bytes:
        """32 bytes for this matter, always the same."""
        return hashlib.sha256("/".join([str(self.seed), *map(str, about)]).encode()).digest()

    def share(self, *about: object) -> float:
        """A number in [0, 1) for this matter."""
        return int.from_bytes(self.bytes(*about)[:7], "big") / (1 << 56)

    def happens(self, chance: float, *about: object) -> bool:
        """Whether something of this chance happens in this matter."""
        return self.share(*about) < chance

    def pick(self, items: Sequence[T], *about: object) -> T:
        """One of several, equally likely."""
        return items[int(self.share(*about) * len(items))]

    def weighted(self, items: Sequence[tuple[float, T]], *about: object) -> T:
        """One of several by weight; weights need not add up to 1."""
        left = self.share(*about) * sum(weight for weight, _ in items)
        for weight, item in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][1]

    def hours(self, least: float, most: float, *about: object) -> int:
        """A length of time between two numbers of hours, in microseconds."""
        return int((least + (most - least) * self.share(*about)) * HOUR)

    def command_id(self, now: int, *about: object) -> str:
        """The command id for this act: ordered by time, otherwise by chance."""
        return uuid7(now // 1000, int.from_bytes(self.bytes("command", *about)[:9], "big"))
