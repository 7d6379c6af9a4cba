"""The small signs of a lanes picture: each gives its SVG and the rectangle it takes."""

from __future__ import annotations

from .labels import Box, around

# 16 × 16 symbols, the same outlines as on the pages.
ICONS = {
    "return": "M6 1.6 1.2 6 6 10.4V7h4a2.6 2.6 0 0 1 0 5.2H5v1.9h5A4.5 4.5 0 0 0 10 5H6Z",
    "lapse": "m3.4 2 4.6 4.6L12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4Z",
    "withdraw": "M1.5 2h1.9v12H1.5Zm8.3.8v3.3h5v3.8h-5v3.3L4.4 8Z",
    "designate": "M3 1h1.8v1H14l-2.4 3.5L14 9H4.8v6H3Z",
    "urge": "M8 1a4.5 4.5 0 0 1 4.5 4.5V9l1.5 2.5H2L3.5 9V5.5A4.5 4.5 0 0 1 8 1Zm-2 11.7h4a2 2 0 0 1-4 0Z",
}


def n(value: float) -> str:
    """A coordinate: one decimal, no trailing zero."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def icon(name: str, x: float, y: float, size: float, css: str) -> tuple[str, Box]:
    """A symbol centred on a point."""
    scale, half = size / 16, size / 2
    move = f"translate({n(x - half)} {n(y - half)}) scale({scale:.3g})"
    return f'<path class="{css}" transform="{move}" d="{ICONS[name]}" fill-rule="evenodd"/>', around(x, y, half)


def ring(x: float, y: float) -> tuple[str, Box]:
    """An acceptance: a ring with a tick."""
    tick = f"M{n(x - 3.5)} {n(y)}l2.5 2.7 4.6 -5.2"
    return f'<circle class="ring" cx="{n(x)}" cy="{n(y)}" r="8"/><path class="ring-i" d="{tick}"/>', around(x, y, 9.5)


def dot(x: float, y: float) -> tuple[str, Box]:
    """Where an offer leaves the baton."""
    return f'<circle class="dot" cx="{n(x)}" cy="{n(y)}" r="3.5"/>', around(x, y, 4.5)


def attempt(x: float, y: float, text: str) -> tuple[str, Box]:
    """A numbered square; an uncounted session is an empty one."""
    css = "try" if text else "try is-void"
    body = f'<rect class="{css}" x="{n(x - 8)}" y="{n(y - 8)}" width="16" height="16" rx="2"/>'
    words = f'<text class="try-t" x="{n(x)}" y="{n(y + 4)}">{text}</text>' if text else ""
    return body + words, around(x, y, 9)


def end(x: float, y: float) -> tuple[str, Box]:
    """The closing: a square with a tick."""
    box = f'<rect class="ring" x="{n(x - 8)}" y="{n(y - 8)}" width="16" height="16" rx="2"/>'
    return f'{box}<path class="ring-i" d="M{n(x - 3.5)} {n(y)}l2.5 2.7 4.6 -5.2"/>', around(x, y, 9.5)


def diamond(x: float, y: float, light: str) -> tuple[str, Box]:
    """A due date; filled when amber or worse."""
    css = "duemk" + (f" is-{light}" if light else "")
    return f'<path class="{css}" d="M{n(x)} {n(y - 8)}l8 8 -8 8 -8 -8z"/>', around(x, y, 9)


def deal(x: float, y: float, kind: str) -> tuple[str, Box]:
    """An agreement on the baton: reached hollow, performed filled, broken crossed."""
    body = f'<circle class="deal is-{kind}" cx="{n(x)}" cy="{n(y)}" r="6"/>'
    if kind == "broken":
        body += f'<path class="deal-x" d="M{n(x - 2.5)} {n(y - 2.5)}l5 5m0 -5l-5 5"/>'
    return body, around(x, y, 7)


def arrow(x: float, y: float, up: bool, css: str) -> tuple[str, Box]:
    """A small arrow head with its point at (x, y)."""
    base = y + 7 if up else y - 7
    tip = f"M{n(x - 4)} {n(base)}h8l-4 {-7 if up else 7}z"
    return f'<path class="{css}" d="{tip}"/>', Box(x - 4, min(y, base), x + 4, max(y, base))
