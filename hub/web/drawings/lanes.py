"""The lanes picture (责任接力): who held a dispute when, and every offer on the way, as one SVG.

Guarantee: the baton is one unbroken path from the first event to now (or to the closing); labels overlap neither each
other nor a mark: a label without room is dropped, because the table of legs has it. Pure: same input, same text.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from . import baton, legs, marks
from .canvas import Canvas
from .ground import ground, names, now_line
from .key import KEY, key, legend
from .labels import Box, Label, Spot, line, tries
from .marks import n
from .model import Picture, Say
from .scale import local_text
from .style import standalone
from .tongues import ZH, Tongue
from .words import description, length

WIDTH = 1286.0
CORNER, DOT = 9.5, 4.5  # half widths of what stands on the baton before any mark


class Drawing(NamedTuple):
    """The SVG and its width, the legend of its signs, and what a test wants to know: labels and marks as placed, the
    baton's corners, what was dropped.
    """

    svg: str
    width: float
    legend: tuple[tuple[str, str], ...]
    labels: tuple[Label, ...]
    marks: tuple[Box, ...]
    corners: tuple[tuple[float, float], ...]
    dropped: tuple[str, ...]


def draw(
    shown: Picture,
    name: Callable[[bytes], str],
    *,
    link: Callable[[int], str] | None = None,
    alone: bool = False,
    width: float = WIDTH,
    words: Tongue = ZH,
) -> Drawing:
    """Draw a picture. ``name``: an agency's short name; ``link``: where leg n leads; ``alone``: with its own style;
    ``words``: the language, the one the picture was read in.
    """
    c = Canvas(shown, name, width, words)
    c.reserve_baton()
    for before, hold in pairwise(shown.holds):
        c.take(before.agency, c.scale.x(hold.since), CORNER)
        c.take(hold.agency, c.scale.x(hold.since), CORNER)
    _rings(c)
    under = [_say(c, say) for say in shown.says if say.source != say.target]
    under += [legs.draw(c, leg, link) for leg in shown.legs]
    _dots(c)
    _marks(c)
    _dues(c)
    _segments(c)
    for leg in reversed(shown.legs):
        legs.label(c, leg)
    for say in shown.says:
        _say_label(c, say)
    _mark_labels(c)
    after = baton.after(c)
    whole = baton.path(c)
    body = [
        *ground(c), *under, f'<path class="baton-next" d="{after}"/>' if after else "",
        f'<path class="casing" d="{whole}"/>', f'<path class="baton" d="{whole}"/>', *baton.rests(c), *c.front,
        *(_text(c, label) for label in c.board.labels), *now_line(c), *names(c), *(key(c) if alone else ()),
    ]  # fmt: skip
    style = f"<style>{standalone()}</style>" if alone else ""
    tall = c.height + (KEY if alone else 0)
    size = f' width="{n(c.width)}" height="{n(tall)}"' if alone else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lanes"{size} viewBox="0 0 {n(c.width)} {n(tall)}" '
        f'role="group" aria-labelledby="ln-t ln-d">{style}'
        f'<title id="ln-t">{c.marked(words.say("title", number=shown.number), "span")}</title>'
        f'<desc id="ln-d">{c.marked(description(shown, name, words), "span")}</desc>\n'
        + "\n".join(part for part in body if part)
        + "\n</svg>\n"
    )
    return Drawing(
        svg, c.width, tuple(legend(c)), tuple(c.board.labels), tuple(c.board.marks), tuple(baton.corners(c)),
        tuple(c.board.dropped),
    )  # fmt: skip


def _text(c: Canvas, label: Label) -> str:
    css = " ".join(part for part in (label.css, "halo", label.spot.anchor) if part)
    return f'<text class="{css}" x="{n(label.spot.x)}" y="{n(label.spot.y)}">{c.marked(label.text)}</text>'


def _rings(c: Canvas) -> None:
    """A ring with a tick wherever an acceptance moved custody."""
    for hold in c.rings():
        c.put(marks.ring(c.scale.x(hold.since), c.y(hold.agency)))


def _dots(c: Canvas) -> None:
    for leg in c.shown.legs:
        if leg.kind != "assignment":
            x = c.scale.x(leg.offered)
            c.take(leg.sender, x, DOT)
            c.put(marks.dot(x, c.y(leg.sender)))


def _marks(c: Canvas) -> None:
    for mark in c.shown.marks:
        x, y = c.scale.x(mark.at), c.y(mark.agency)
        if mark.kind in ("attempt", "uncounted"):
            c.put(marks.attempt(c.room(mark.agency, x, 8), y, mark.text))
        elif mark.kind in ("reached", "performed", "broken"):
            c.put(marks.deal(c.room(mark.agency, x, 7), y, mark.kind))
        elif mark.kind == "urge":
            c.put(marks.icon("urge", x, y - 16, 12, "m-soon"))
        elif mark.kind in ("closed", "voided"):
            c.put(marks.end(c.room(mark.agency, x, 9), y))
        elif mark.kind == "reopened":
            c.put(marks.dot(x, y))


def _mark_labels(c: Canvas) -> None:
    for mark in c.shown.marks:
        if mark.kind in ("closed", "voided", "reopened", "broken"):
            x, y = c.scale.x(mark.at), c.y(mark.agency)
            text = f"{local_text(mark.at, '%m-%d')} {mark.text}"
            c.board.place(text, [Spot(x + 16, y + 4), *tries(x, x, x, (y + 22, y - 15))], "sub", 11)


def _dues(c: Canvas) -> None:
    """Due dates after now, on the pale line."""
    if not c.shown.open:
        return
    y = c.y(c.shown.holds[-1].agency)
    agency = c.shown.holds[-1].agency
    for due in sorted(c.shown.dues, key=lambda d: d.at):
        if c.shown.now < due.at <= c.scale.end:
            x = c.room(agency, c.scale.x(due.at), 9)
            c.put(marks.diamond(x, y, due.light))
    for due in sorted(c.shown.dues, key=lambda d: d.at):
        if c.shown.now < due.at <= c.scale.end:
            x = c.scale.x(due.at)
            text = f"{local_text(due.at - 1, '%m-%d')} {due.label}"  # midnight ends the day before
            spots = [Spot(x, y - 15, "m"), Spot(x, y + 24, "m"), *tries(x, x, c.scale.right, (y - 15, y + 24, y - 27))]
            c.board.place(text, spots, f"t-{due.light}" if due.light in ("soon", "late") else "", 12)


def _segments(c: Canvas) -> None:
    """Custodian and length of custody above each stretch; the longest first, for it matters most."""
    for hold in sorted(c.shown.holds, key=lambda h: h.since - c.until(h)):
        x0, x1, y = c.scale.x(hold.since), c.scale.x(c.until(hold)), c.y(hold.agency)
        span = length(c.until(hold) - hold.since, c.words)
        whole = c.words.say("held", name=c.name(hold.agency), span=span)
        middle, over, under = (x0 + x1) / 2, y - 15, y + 25
        spots = [
            Spot(x0 + 12, over), Spot(middle, over, "m"), Spot(x1 - 12, over, "e"), Spot(x1 + 12, y + 4),
            Spot(x0 - 12, y + 4, "e"), Spot(x0 + 12, under), Spot(middle, under, "m"), Spot(x1 - 12, under, "e"),
            Spot(x0 - 12, over, "e"), Spot(x0 - 12, under, "e"), Spot(x1 + 12, under), Spot(x1 + 12, over),
        ]  # fmt: skip
        if c.board.place(whole, spots, "seg") is None:
            c.board.place(span, spots, "seg")


def _say(c: Canvas, say: Say) -> str:
    """A dotted line with a small arrow: information moves, custody does not."""
    x, y0, y1 = c.scale.x(say.at), c.y(say.source), c.y(say.target)
    up = y1 < y0
    tip, taken = marks.arrow(x, y1 + (7 if up else -7), up, "tip")
    c.board.mark(taken, line(x, y0, x, y1, 2))
    return f'<path class="say" d="M{n(x)} {n(y0 - 7 if up else y0 + 7)}V{n(y1 + 14 if up else y1 - 14)}"/>{tip}'


def _say_label(c: Canvas, say: Say) -> None:
    if say.source == say.target:
        return
    x, y = c.scale.x(say.at), c.y(say.target)
    near = (y + 4, y - 4, y + 18) if c.y(say.source) > y else (y + 4, y + 14, y - 12)
    c.board.place(f"{local_text(say.at, '%m-%d')} {say.label}", tries(x, x, x, near), "sub", 11)
