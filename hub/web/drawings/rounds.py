"""排查图 rounds: per schedule one bar of what was owed, in four parts side by side.

Guarantee: every length is in proportion to its count on one scale, a part of none has no length, all counts are
printed. Pure: same input, same text; classes take their values from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from .labels import shortened
from .marks import n

ROW: Final = 22.0
NAMES: Final = 190.0
LONG: Final = 420.0
FIGURES: Final = 330.0
SIZE: Final = 13.0
PARTS: Final = ("ok", "soon", "late", "all")  # filed in time, late, missed, outstanding


class Stack(NamedTuple):
    """One bar: its parts in the order of ``PARTS``; ``figures``: all of them in words."""

    label: str
    parts: tuple[int, int, int, int]
    figures: str
    link: str = ""


def stacks(found: Sequence[Stack], title: str) -> str:
    """One bar each, in the given order; "" without any count."""
    most = max((sum(stack.parts) for stack in found), default=0)
    if not most:
        return ""
    made = []
    for i, stack in enumerate(found):
        y, x, drawn = ROW * i + ROW / 2 + 4, NAMES + 10, []
        label = escape(shortened(stack.label, NAMES - 8, SIZE))
        drawn.append(f'<text class="e nm" x="{n(NAMES)}" y="{n(y + 4.5)}">{label}</text>')
        for kind, count in zip(PARTS, stack.parts, strict=True):
            wide = LONG * count / most
            if count:
                drawn.append(f'<rect class="b {kind}" x="{n(x)}" y="{n(y - 7)}" width="{n(wide)}" height="14"/>')
            x += wide
        drawn.append(f'<text class="ct" x="{n(x + 8)}" y="{n(y + 4.5)}">{escape(stack.figures)}</text>')
        said = escape(f"{stack.label}: {stack.figures}")
        body = "".join(drawn)
        made.append(
            f'<a href="{escape(stack.link)}" aria-label="{said}">{body}</a>' if stack.link else f"<g>{body}</g>"
        )
    width, height = NAMES + 10 + LONG + FIGURES, ROW * len(found) + 8
    return (
        f'<svg class="picks counts" width="{n(width)}" viewBox="0 0 {n(width)} {n(height)}" role="group" '
        f'aria-label="{escape(title)}">' + "".join(made) + "</svg>"
    )
