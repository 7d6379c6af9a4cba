"""What is to be generated: the counts of the file, and what is left of each part beside those inside it. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, NamedTuple


class CountsRefused(ValueError):
    """The counts contradict each other; ``str()`` names the part and the count."""


class Part(NamedTuple):
    """One stretch of a history: cases accepted from ``first`` to ``last``; ``organ``: the code of the committee they
    are credited to, "" = any below the city's. ``deaths``: disputes in which somebody died. ``amount``: fen.
    """

    name: str
    organ: str
    first: date
    last: date
    accepted: int
    agreed: int
    performed: int
    deaths: int
    amount: int
    inside: tuple[str, ...] = ()


class Counts(NamedTuple):
    """A history: its seed, its city, the parts as the source has them."""

    seed: int
    city: str
    parts: tuple[Part, ...]

    def apart(self) -> list[Part]:
        """Parts that do not overlap, whose sums are those of the source: what lies inside a part is taken off it.
        CountsRefused when more lies inside than there is.
        """
        return [self._left(part) for part in self.parts]

    def _left(self, part: Part) -> Part:
        inner = [other for other in self.parts if part.name in other.inside]
        for name in ("accepted", "agreed", "performed", "deaths", "amount"):
            left = getattr(part, name) - sum(getattr(other, name) for other in inner)
            if left < 0:
                raise CountsRefused(f"{part.name}: {name} {left}")
            part = part._replace(**{name: left})
        cut = [other.first for other in inner if other.organ == part.organ]
        if cut:  # the same organ: the part inside is its end
            part = part._replace(last=min(cut) - timedelta(days=1))
        if not part.performed <= part.agreed <= part.accepted or part.deaths > part.accepted:
            raise CountsRefused(f"{part.name}: performed, agreed and accepted are not each within the next")
        return part


def parse(text: str) -> Counts:
    """The counts of a file. KeyError, TypeError, ValueError: it is none."""
    raw = tomllib.loads(text)
    return Counts(raw["seed"], raw["city"], tuple(_part(**line) for line in raw["part"]))


def _part(*, organ: str = "", inside: Sequence[str] = (), **counts: Any) -> Part:
    return Part(organ=organ, inside=tuple(inside), **counts)


def chuxiong() -> Counts:
    """The counts of 楚雄市司法局, 2023-10-19."""
    return parse((files("ops.history") / "chuxiong.toml").read_text(encoding="utf-8"))
