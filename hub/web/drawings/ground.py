"""What lies under the baton: lanes and their names, days off, Mondays, now."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

from .canvas import HEAD, LEFT, Canvas
from .labels import Board, Box, Spot, shortened
from .marks import n
from .scale import local_text, make_up_days, midnight, years_without_data


def ground(c: Canvas) -> list[str]:
    """Lanes and time."""
    made: list[str] = []
    for i, lane in enumerate(c.shown.lanes):
        if i % 2 == 0:
            top, foot = c.top(lane.agency), c.foot(lane.agency)
            made.append(f'<rect class="lane-alt" x="0" y="{n(top)}" width="{n(c.width)}" height="{n(foot - top)}"/>')
    for off in c.scale.off():
        x0, x1 = c.scale.x(midnight(off.first)), c.scale.x(midnight(off.end))
        css = "hol" if off.name else "off"
        made.append(
            f'<rect class="{css}" x="{n(x0)}" y="{n(HEAD)}" width="{n(x1 - x0)}" height="{n(c.bottom - HEAD)}"/>'
        )
    made += _words(c)
    for y in (HEAD, *(c.foot(lane.agency) for lane in c.shown.lanes)):
        made.append(f'<line class="lane-line" x1="0" x2="{n(c.width)}" y1="{n(y)}" y2="{n(y)}"/>')
    return made


def _words(c: Canvas) -> list[str]:
    """Ticks and dates on Mondays; holidays and make-up days by name. Words that would collide are left out."""
    made: list[str] = []
    board = Board(Box(LEFT, 0, c.width, HEAD))
    if c.shown.open:  # the flag with the present moment has its place first
        board.mark(Box(c.now_x - 60, 20, c.now_x + 60, HEAD))
    for off in c.scale.off():
        if off.name:
            first, last = off.first, off.end - timedelta(days=1)
            days = f"{first:%m-%d}"
            if last > first:
                days = c.words.say("to", first=days, last=f"{last:%m-%d}")
            words = c.words.say("days_off", name=off.en if c.words.lang == "en" else off.name, days=days)
            middle = (c.scale.x(midnight(first)) + c.scale.x(midnight(off.end))) / 2
            board.place(words, [Spot(middle, 14, "m"), Spot(LEFT + 2, 14)], "hol-t", 11)
    for day in make_up_days(c.scale):
        words = c.words.say("worked", day=f"{day:%m-%d}")
        board.place(words, [Spot(c.scale.x(midnight(day)), 14, "m"), Spot(LEFT + 2, 14)], "hol-t", 11)
    for day in years_without_data(c.scale):
        words, x = c.words.say("no_data", year=day.year), c.scale.x(midnight(day))
        board.place(words, [Spot(x, 14), Spot(c.width - 4, 14, "e"), Spot(LEFT + 2, 14)], "hol-t", 11)
    step = 1 if c.scale.day * 7 >= 60 else 2
    for i, day in enumerate(c.scale.mondays()):
        x = c.scale.x(midnight(day))
        made.append(f'<line class="wk" x1="{n(x)}" x2="{n(x)}" y1="{n(HEAD - 6)}" y2="{n(c.bottom)}"/>')
        if i % step == 0:
            board.place(_monday(c, day, i), [Spot(x + 4, 40)], "", 12)
    for label in board.labels:
        css = " ".join(part for part in (label.css, label.spot.anchor) if part)
        made.append(f'<text class="{css}" x="{n(label.spot.x)}" y="{n(label.spot.y)}">{c.marked(label.text)}</text>')
    return made


def _monday(c: Canvas, day: date, i: int) -> str:
    """The date; the first says that it is a Monday, the first of another year says the year."""
    if i == 0:
        return c.words.say("monday", day=f"{day:%m-%d}")
    return f"{day:%Y-%m-%d}" if (day - timedelta(days=14)).year != day.year and day.day <= 14 else f"{day:%m-%d}"


def names(c: Canvas) -> list[str]:
    """Name and role at the left, one group over all else so that a page can keep it in sight; the present custodian's
    lane has the blue edge.
    """
    made = [
        '<g class="names">',
        f'<rect class="names-b" x="0" y="{n(HEAD)}" width="{n(LEFT - 8)}" height="{n(c.bottom - HEAD)}"/>',
    ]
    held = {hold.agency for hold in c.shown.holds}
    for lane in c.shown.lanes:
        y = c.y(lane.agency)
        if lane.agency == c.present:
            top, foot = c.top(lane.agency), c.foot(lane.agency)
            made.append(f'<rect class="edge" x="0" y="{n(top)}" width="5" height="{n(foot - top)}"/>')
        present = c.words.lanes["present"] if lane.agency == c.present else ""
        role = c.words.say("comma").join(part for part in (lane.role, present) if part)
        css = "lab-b" if lane.agency in held else "lab"
        name, foreign = c.name(lane.agency), "" if c.words.lang == "zh" else ' lang="zh-CN"'
        made.append(
            f'<text class="{css}"{foreign} x="16" y="{n(y - 2)}">{escape(shortened(name, LEFT - 26, 13))}'
            f"<title>{escape(name)}</title></text>"
            f'<text class="sub" x="16" y="{n(y + 14)}">{escape(shortened(role, LEFT - 26, 11))}</text>'
        )
    return [*made, "</g>"]


def now_line(c: Canvas) -> list[str]:
    """The line at the present moment, with its flag."""
    if not c.shown.open:
        return []
    x = min(max(c.now_x, LEFT + 58), c.width - 60)
    return [
        f'<line class="now" id="ln-now" x1="{n(c.now_x)}" x2="{n(c.now_x)}" y1="42" y2="{n(c.bottom)}"/>',
        f'<rect class="now-b" x="{n(x - 58)}" y="22" width="116" height="20" rx="3"/>',
        f'<text class="now-t" x="{n(x)}" y="36">{c.words.say("now", at=local_text(c.shown.now))}</text>',
    ]
