"""Words in a picture: how wide they are, and where they may stand.

Guarantee: no two placed labels overlap, and none overlaps a mark; a label without a place is dropped, never a mark.
Widths are measured for the worst case: a CJK character is 1 em, others by class, so real fonts are never wider.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

ASCENT, DESCENT = 0.88, 0.24  # em above and below the base line that glyphs of CJK fonts take
GAP = 2.0  # px kept free around a label


class Box(NamedTuple):
    """A rectangle: x0 ≤ x1, y0 ≤ y1 (y downwards)."""

    x0: float
    y0: float
    x1: float
    y1: float

    def hits(self, other: Box) -> bool:
        """Whether the two overlap (touching is not overlapping)."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def grown(self, by: float) -> Box:
        """Larger on all sides."""
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


class Spot(NamedTuple):
    """Where a label may stand: x and y of its anchor on the base line; ``anchor`` is "" (start), "m" or "e"."""

    x: float
    y: float
    anchor: str = ""


class Label(NamedTuple):
    """A placed label."""

    text: str
    spot: Spot
    css: str
    size: float
    box: Box


@lru_cache(maxsize=4_096)
def em(text: str) -> float:
    """Width in em, never less than a common font's."""
    return sum(_em(ch) for ch in text)


def _em(ch: str) -> float:
    if unicodedata.east_asian_width(ch) in ("W", "F", "A"):
        return 1.0
    if ch in "ijlI.,:;'|!()[] -":
        return 0.42
    return 0.78 if ch.isupper() or ch in "mw%@#&" else 0.64


def box(text: str, spot: Spot, size: float) -> Box:
    """The rectangle a label takes."""
    width = em(text) * size
    left = spot.x - {"": 0.0, "m": width / 2, "e": width}[spot.anchor]
    return Box(left, spot.y - ASCENT * size, left + width, spot.y + DESCENT * size)


class Board:
    """What is taken on a picture: marks (given) and the labels placed so far."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self.marks: list[Box] = []
        self.labels: list[Label] = []
        self.dropped: list[str] = []

    def mark(self, *boxes: Box) -> None:
        """Take these rectangles."""
        self.marks.extend(boxes)

    def place(self, text: str, spots: Iterable[Spot], css: str, size: float = 12.0) -> Label | None:
        """Put a label at the first spot that is free; None (and remembered as dropped) when there is none."""
        for spot in spots:
            found = box(text, spot, size)
            if self._free(found):
                label = Label(text, spot, css, size, found)
                self.labels.append(label)
                return label
        self.dropped.append(text)
        return None

    def _free(self, found: Box) -> bool:
        inside = self.frame.x0 <= found.x0 and found.x1 <= self.frame.x1
        if not inside or found.y0 < self.frame.y0 or found.y1 > self.frame.y1:
            return False
        near = found.grown(GAP)
        return not any(near.hits(taken) for taken in self.marks) and not any(
            near.hits(label.box) for label in self.labels
        )


def line(x0: float, y0: float, x1: float, y1: float, width: float) -> Box:
    """The rectangle of a horizontal or vertical line."""
    half = width / 2
    return Box(min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half)


def around(x: float, y: float, half: float) -> Box:
    """The square around a point."""
    return Box(x - half, y - half, x + half, y + half)


def shortened(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis to fit ``room`` px."""
    if em(text) * size <= room:
        return text
    kept = text
    while kept and (em(kept) + 1.0) * size > room:
        kept = kept[:-1]
    return kept + "…"


def tries(x: float, left: float, right: float, ys: Sequence[float], gap: float = 6.0) -> list[Spot]:
    """Usual spots for a label about ``x`` on given base lines: after it, centred, before it, kept within bounds."""
    return [
        spot
        for y in ys
        for spot in (Spot(x + gap, y), Spot(x, y, "m"), Spot(x - gap, y, "e"), Spot(left, y), Spot(right, y, "e"))
    ]
