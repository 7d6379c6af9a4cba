"""签收用时图 pick-up times: how long referrals waited for their signature, of one agency as bars, of many as spans.

Guarantee: bars of one picture are in proportion to their counts, each count is printed; a span reaches from the first
to the third quarter of an agency's times, its mark is the middle one. The scale of spans is even between the bounds
that are printed on it, not between them. What lies beyond the limit has the colour of lateness and stands behind its
line. Pure: same input, same text; classes take their values from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final, NamedTuple

from .labels import shortened
from .marks import n

BAR: Final = 56.0  # px from one bar to the next
HIGH: Final = 96.0  # px of the longest bar
ROW: Final = 22.0
NAMES: Final = 190.0
FIGURES: Final = 250.0
SCALE: Final = 700.0
SIZE: Final = 13.0


def bars(counts: Sequence[int], labels: Sequence[str], limit: int | None, limit_word: str, title: str) -> str:
    """Bars of the counts; "" without any. ``limit``: the number of the first bar that is late."""
    if not sum(counts):
        return ""
    most, width, top = max(counts), BAR * len(counts) + 24, 30.0
    floor = top + HIGH
    made = []
    for i, (count, label) in enumerate(zip(counts, labels, strict=True)):
        x, tall = 12 + i * BAR, HIGH * count / most
        css = "ok" if limit is None or i < limit else "late" if i == limit else "crit"
        if count:
            at = f'x="{n(x + 10)}" y="{n(floor - tall)}"'
            made.append(f'<rect class="b {css}" {at} width="{n(BAR - 20)}" height="{n(tall)}"/>')
        made.append(f'<text class="m ct" x="{n(x + BAR / 2)}" y="{n(floor - tall - 5)}">{count:,}</text>')
        made.append(f'<text class="m ax" x="{n(x + BAR / 2)}" y="{n(floor + 15)}">{escape(label)}</text>')
    made.append(f'<path class="fl" d="M12 {n(floor)}H{n(width - 12)}"/>')
    if limit is not None and limit < len(counts):
        x = 12 + limit * BAR
        made.append(f'<path class="lim" d="M{n(x)} 4V{n(floor)}"/>')
        made.append(f'<text class="ax" x="{n(x + 5)}" y="13">{escape(limit_word)}</text>')
    return _svg("picks", width, floor + 22, title, made)


class Span(NamedTuple):
    """One agency's times in microseconds; ``figures`` stand behind it."""

    name: str
    low: int
    middle: int
    high: int
    figures: str
    link: str = ""


def spans(
    rows: Sequence[Span], bounds: Sequence[int], labels: Sequence[str], limit: int, limit_word: str, title: str
) -> str:
    """A span per agency, in the given order; "" without any. ``bounds``: where the scale is even, from 0 on."""
    if not rows:
        return ""
    top = 34.0
    x = _scale(bounds, NAMES + 10, SCALE)
    floor = top + ROW * len(rows)
    made = []
    for bound, label in zip(bounds, labels, strict=True):
        made.append(f'<path class="tk" d="M{n(x(bound))} {n(top - 6)}V{n(floor)}"/>')
        if bound != limit:  # there the limit's own word stands
            made.append(f'<text class="m ax" x="{n(x(bound))}" y="{n(top - 10)}">{escape(label)}</text>')
    late = x(limit)
    made.append(f'<path class="lim" d="M{n(late)} {n(top - 6)}V{n(floor)}"/>')
    made.append(f'<text class="ax" x="{n(late + 5)}" y="11">{escape(limit_word)}</text>')
    for i, row in enumerate(rows):
        y = top + ROW * i + ROW / 2
        css = "late" if row.middle > limit else "ok"
        low, middle, high = x(row.low), x(row.middle), x(row.high)
        label = escape(shortened(row.name, NAMES - 8, SIZE))
        name = f'<text class="e nm" lang="zh-CN" x="{n(NAMES)}" y="{n(y + 4.5)}">{label}</text>'
        if row.link:
            name = f'<a href="{escape(row.link)}" lang="zh-CN" aria-label="{escape(row.name)}">{name}</a>'
        made.append(
            f'{name}<rect class="sp {css}" x="{n(low)}" y="{n(y - 4)}" width="{n(max(2.0, high - low))}" height="8"/>'
            f'<rect class="md {css}" x="{n(middle - 1.5)}" y="{n(y - 7)}" width="3" height="14"/>'
            f'<text class="ct" x="{n(NAMES + 10 + SCALE + 18)}" y="{n(y + 4.5)}">{escape(row.figures)}</text>'
        )
    return _svg("picks", NAMES + 10 + SCALE + 18 + FIGURES, floor + 6, title, made)


def _scale(bounds: Sequence[int], left: float, width: float) -> Callable[[int], float]:
    step = width / (len(bounds) - 1)

    def x(at: int) -> float:
        at = min(max(at, bounds[0]), bounds[-1])
        i = next(i for i in range(len(bounds) - 1) if at <= bounds[i + 1])
        return left + step * (i + (at - bounds[i]) / (bounds[i + 1] - bounds[i]))

    return x


def _svg(css: str, width: float, height: float, title: str, made: Sequence[str]) -> str:
    return (
        f'<svg class="{css}" viewBox="0 0 {n(width)} {n(height)}" role="group" aria-label="{escape(title)}">'
        + "".join(made)
        + "</svg>"
    )
