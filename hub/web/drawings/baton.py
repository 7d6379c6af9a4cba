"""The baton: one path, horizontal while held, vertical exactly where custody moved, never broken."""

from __future__ import annotations

from .canvas import Canvas
from .marks import n

RADIUS = 9.0


def corners(c: Canvas) -> list[tuple[float, float]]:
    """The points the baton runs through, from the first event to its end; neighbours share x or y."""
    x, points = c.scale.x, []
    for before, hold in zip((None, *c.shown.holds), c.shown.holds, strict=False):
        if before is not None:
            points.append((x(hold.since), c.y(before.agency)))
        points.append((x(hold.since), c.y(hold.agency)))
    points.append((x(c.until(c.shown.holds[-1])), c.y(c.shown.holds[-1].agency)))
    return points


def path(c: Canvas) -> str:
    """The baton as SVG path data with rounded corners."""
    points = corners(c)
    made = [f"M{n(points[0][0])} {n(points[0][1])}"]
    for i, (px, py) in enumerate(points[1:-1], 1):
        (ax, ay), (bx, by) = points[i - 1], points[i + 1]
        r = min(RADIUS, (abs(px - ax) + abs(py - ay)) / 2, (abs(bx - px) + abs(by - py)) / 2)
        made.append(f"L{n(px - r * _sign(px - ax))} {n(py - r * _sign(py - ay))}")
        made.append(f"Q{n(px)} {n(py)} {n(px + r * _sign(bx - px))} {n(py + r * _sign(by - py))}")
    made.append(f"L{n(points[-1][0])} {n(points[-1][1])}")
    return "".join(made)


def after(c: Canvas) -> str:
    """The pale line after now: the custodian keeps it until somebody accepts. Empty for a closed dispute."""
    if not c.shown.open:
        return ""
    y = c.y(c.shown.holds[-1].agency)
    return f"M{n(c.now_x)} {n(y)}H{n(c.scale.right)}"


def rests(c: Canvas) -> list[str]:
    """Closed stretches before a reopening: the custodian kept it, nothing was under way."""
    made: list[str] = []
    closed = None
    for mark in c.shown.marks:
        if mark.kind == "closed":
            closed = mark
        elif mark.kind == "reopened" and closed is not None:
            y = c.y(mark.agency)
            made.append(f'<path class="rest" d="M{n(c.scale.x(closed.at))} {n(y)}H{n(c.scale.x(mark.at))}"/>')
            closed = None
    return made


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
