"""Offers and what came of them: an arc out of the sender's baton into the receiver's lane.

Dashed until signed (an upright stroke), thin and solid until accepted; returned red with an arrow back, lapsed purple
with a cross, withdrawn grey, open amber up to now.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from . import marks
from .canvas import Canvas
from .labels import Box, Spot, line, tries
from .marks import n
from .model import Leg
from .words import result, spoken

BEND = 8.0


def draw(c: Canvas, leg: Leg, link: Callable[[int], str] | None) -> str:
    """One leg under the baton; its signs go over it."""
    x, shown = c.scale.x, c.shown
    x0, signed = x(leg.offered), x(leg.signed) if leg.signed is not None else None
    stop = leg.accepted if leg.accepted is not None and leg.kind not in ("assistance", "assignment") else leg.ended
    if leg.kind in ("notice", "assignment") and leg.signed is not None:
        stop = leg.signed
    x1 = max(x(stop if stop is not None else min(shown.now, c.end())), x0 + 2)
    y0, y1 = c.y(leg.sender), _height(c, leg)
    open_ = leg.state in ("offered", "signed") and leg.kind not in ("notice", "assignment")
    css = {"lapsed": "lost"}.get(leg.state, "wait" if open_ and leg.ended is None else "offer")
    turn = min(signed, x1) if signed is not None else x1
    parts = [f'<path class="hit" d="{_arc(x0, y0, x1, y1)}"/>', f'<path class="{css}" d="{_arc(x0, y0, turn, y1)}"/>']
    _take(c, x0, y0, x1, y1)
    if signed is not None:
        parts.append(f'<line class="tick" x1="{n(turn)}" x2="{n(turn)}" y1="{n(y1 - 6)}" y2="{n(y1 + 6)}"/>')
        c.board.mark(Box(turn - 2, y1 - 7, turn + 2, y1 + 7))
        if x1 > turn:
            parts.append(f'<path class="held" d="M{n(turn)} {n(y1)}H{n(x1)}"/>')
    parts += _ending(c, leg, x1, y1)
    sentence = spoken(leg, c.name, shown.now, c.words)
    said = escape(sentence)
    inner = f"<title>{c.marked(sentence, 'span')}</title>" + "".join(parts)
    if link is None:
        return f'<g role="img" aria-label="{said}">{inner}</g>'
    return f'<a href="{escape(link(leg.number))}" aria-label="{said}">{inner}</a>'


def _height(c: Canvas, leg: Leg) -> float:
    """The receiver's middle; help and notices a little lower, so that a hand-over to the same agency stays readable."""
    return c.y(leg.receiver) + (9 if leg.kind in ("assistance", "notice") else 0)


def _arc(x0: float, y0: float, x1: float, y1: float) -> str:
    r = min(BEND, max(0.0, x1 - x0), abs(y1 - y0) / 2)
    down = 1 if y1 > y0 else -1
    start = y0 + 5 * down
    if r < 1:
        return f"M{n(x0)} {n(start)}V{n(y1)}H{n(x1)}"
    return f"M{n(x0)} {n(start)}V{n(y1 - r * down)}Q{n(x0)} {n(y1)} {n(x0 + r)} {n(y1)}H{n(x1)}"


def _take(c: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    c.board.mark(line(x0, y0, x0, y1, 3), line(x0, y1, x1, y1, 4))


def _ending(c: Canvas, leg: Leg, x: float, y: float) -> list[str]:
    if leg.kind == "assignment":
        c.put(marks.icon("designate", c.scale.x(leg.offered) + 3, c.y(leg.sender), 16, "m-ink"))
        return []
    if leg.state == "returned" and leg.accepted is not None and leg.ended is not None:
        # The baton itself went back: the sign stands beside its way.
        c.put(marks.icon("return", c.scale.x(leg.ended) + 15, (c.y(leg.sender) + y) / 2, 14, "m-late"))
    elif leg.state == "returned" and leg.ended is not None:
        back = c.y(c.holder(leg.ended))
        up = back < y
        tip, taken = marks.arrow(x, back + (7 if up else -7), up, "back-tip")
        c.board.mark(taken, line(x, y, x, back, 3))
        c.put(marks.icon("return", x, y, 14, "m-late"))
        edge = back + (14 if up else -14)
        return [f'<path class="back" d="M{n(x)} {n(y - 8 if up else y + 8)}V{n(edge)}"/>', tip]
    if leg.state == "lapsed":
        c.put(marks.icon("lapse", x, y, 12, "m-crit"))
    elif leg.state == "withdrawn":
        c.put(marks.icon("withdraw", x, y, 12, "m-calm"))
    return []


def label(c: Canvas, leg: Leg) -> None:
    """ "#n result" below or above its leg."""
    text, css = result(leg, c.shown.now, c.words)
    x0, y = c.scale.x(leg.offered), _height(c, leg)
    stop = leg.accepted or leg.ended or leg.signed or c.shown.now
    x1 = max(c.scale.x(stop), x0 + 4)
    spots = [
        *tries(x1, x0, x1, (y + 20, y - 12)), Spot(x1 + 14, y + 4), Spot(x0 - 5, y + 20, "e"), Spot(x0 + 5, y + 32),
        Spot(x0 - 5, y + 4, "e"), Spot(x1 + 14, y + 20), Spot(x1 + 14, y - 12),
    ]  # fmt: skip
    if leg.kind == "assignment":
        sender = c.y(leg.sender)
        spots = [Spot(x0 + 16, sender + 4), Spot(x0 - 9, sender + 4, "e"), *spots]
    size = 11 if css == "sub" else 12
    head, colon, _ = text.partition(c.words.say("colon"))
    if c.board.place(text, spots, css, size) is None and colon:
        c.board.place(head, spots, css, size)
