"""件数图 counts: parts within wholes, month by month as columns, kind by kind as bars.

Guarantee: every length is in proportion to its count on one scale, both counts are printed, a part is drawn inside its
whole. Pure: same input, same text; classes take their values from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from .labels import shortened
from .marks import n

STEP: Final = 60.0  # px from one column to the next
HIGH: Final = 120.0  # px of the longest
ROW: Final = 22.0
NAMES: Final = 170.0
LONG: Final = 560.0
FIGURES: Final = 230.0
SIZE: Final = 13.0


class Bar(NamedTuple):
    """``part`` of ``whole``; ``figures``: both in words; ``link``: where the list is, "" = none."""

    label: str
    whole: int
    part: int
    figures: str
    link: str = ""


def columns(found: Sequence[Bar], title: str) -> str:
    """One column each, in the given order; "" without any count."""
    most = max((bar.whole for bar in found), default=0)
    if not most:
        return ""
    width, top = STEP * len(found) + 24, 22.0
    floor = top + HIGH
    made = []
    for i, bar in enumerate(found):
        x = 12 + i * STEP
        whole, part = HIGH * bar.whole / most, HIGH * bar.part / most
        drawn = (
            f"<title>{escape(f'{bar.label}: {bar.figures}')}</title>"
            f'<rect class="b all" x="{n(x + 10)}" y="{n(floor - whole)}" width="{n(STEP - 20)}" height="{n(whole)}"/>'
            f'<rect class="b ok" x="{n(x + 10)}" y="{n(floor - part)}" width="{n(STEP - 20)}" height="{n(part)}"/>'
            f'<text class="m ct" x="{n(x + STEP / 2)}" y="{n(floor - whole - 5)}">{bar.whole:,}</text>'
            f'<text class="m in" x="{n(x + STEP / 2)}" y="{n(floor - 5)}">{bar.part:,}</text>'
            f'<text class="m ax" x="{n(x + STEP / 2)}" y="{n(floor + 15)}">{escape(bar.label)}</text>'
        )
        made.append(_linked(bar, drawn))
    made.append(f'<path class="fl" d="M12 {n(floor)}H{n(width - 12)}"/>')
    return _svg(width, floor + 22, title, made)


def bars(found: Sequence[Bar], title: str) -> str:
    """One bar each, in the given order; "" without any count."""
    most = max((bar.whole for bar in found), default=0)
    if not most:
        return ""
    made = []
    for i, bar in enumerate(found):
        y = ROW * i + ROW / 2 + 4
        whole, part = LONG * bar.whole / most, LONG * bar.part / most
        left = NAMES + 10
        drawn = (
            f'<text class="e nm" x="{n(NAMES)}" y="{n(y + 4.5)}">{escape(shortened(bar.label, NAMES - 8, SIZE))}</text>'
            f'<rect class="b all" x="{n(left)}" y="{n(y - 7)}" width="{n(whole)}" height="14"/>'
            f'<rect class="b ok" x="{n(left)}" y="{n(y - 7)}" width="{n(part)}" height="14"/>'
            f'<text class="ct" x="{n(left + whole + 8)}" y="{n(y + 4.5)}">{escape(bar.figures)}</text>'
        )
        made.append(_linked(bar, drawn))
    return _svg(NAMES + 10 + LONG + FIGURES, ROW * len(found) + 8, title, made)


def _linked(bar: Bar, drawn: str) -> str:
    if not bar.link:
        return f"<g>{drawn}</g>"
    return f'<a href="{escape(bar.link)}" aria-label="{escape(f"{bar.label}: {bar.figures}")}">{drawn}</a>'


def _svg(width: float, height: float, title: str, made: Sequence[str]) -> str:
    return (
        f'<svg class="picks counts" width="{n(width)}" viewBox="0 0 {n(width)} {n(height)}" role="group" '
        f'aria-label="{escape(title)}">' + "".join(made) + "</svg>"
    )
