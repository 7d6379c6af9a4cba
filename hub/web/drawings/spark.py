"""A small line of daily figures (走势): weekends shaded, the last point marked, numbers in its label.

Guarantee: every point lies inside the picture; equal figures lie equally high; without two points there is no line.
The classes take their values from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .days import day_off
from .scale import local_date

WIDTH: Final = 300.0
HEIGHT: Final = 34.0
EDGE: Final = 3.0  # above the highest and below the lowest point


def spark(points: Sequence[tuple[int, int]], label: str) -> str:
    """An SVG of (instant, figure), oldest first. ``label``: what it says to those who do not see it; it is escaped."""
    if len(points) < 2:
        return ""
    step = WIDTH / (len(points) - 1)
    low, high = min(n for _, n in points), max(n for _, n in points)
    span = high - low
    made = [
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" aria-label="{_escaped(label)}">'
    ]
    for n, (at, _) in enumerate(points):
        if day_off(local_date(at)) is not None:
            left = max(0.0, n * step - step / 2)
            right = min(WIDTH, n * step + step / 2)
            made.append(f'<rect class="wk" x="{left:.1f}" y="0" width="{right - left:.1f}" height="{HEIGHT:g}"/>')

    def y(figure: int) -> float:
        return HEIGHT / 2 if not span else HEIGHT - EDGE - (figure - low) / span * (HEIGHT - 2 * EDGE)

    line = " ".join(f"{n * step:.1f},{y(figure):.1f}" for n, (_, figure) in enumerate(points))
    made.append(f'<polyline class="ln" vector-effect="non-scaling-stroke" points="{line}"/></svg>')
    return "".join(made)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
