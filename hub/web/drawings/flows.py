"""流向图 flows: who sends how much to whom, as ribbons between two columns of agencies.

Guarantee: a ribbon's width and an agency's height are in the same proportion to their counts; the red part of a ribbon
is what came back. The strongest agencies have a place of their own, all others share one with those of their group, so
that nothing is left out of the picture's sums. Labels do not overlap: each has a slot. Pure: same input, same text;
classes take their values from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from .labels import shortened
from .marks import n

WIDTH: Final = 1280.0
SIDE: Final = 232.0  # px for names on either side
BAR: Final = 8.0  # width of an agency's bar
SLOT: Final = 18.0  # least px an agency takes, so that its label has room
GAP: Final = 5.0
TALL: Final = 430.0  # px for all that is sent
MOST: Final = 12  # agencies per side with a place of their own
SIZE: Final = 13.0


class Flow(NamedTuple):
    """What went from one agency to another, and how much of it came back."""

    sender: bytes
    receiver: bytes
    sent: int
    returned: int


class Words(NamedTuple):
    """The picture's words: its title, the heads of the columns, and sentences."""

    title: str
    senders: str
    receivers: str
    rest: Callable[[str, int], str]
    ribbon: Callable[[str, str, int, int], str]
    description: str


class _Place(NamedTuple):
    y: float
    tall: float


class _End(NamedTuple):
    """An agency, or a group of those without a place of their own."""

    ident: bytes
    group: str = ""


class _Merged(NamedTuple):
    sender: _End
    receiver: _End
    sent: int
    returned: int


def draw(
    flows: Sequence[Flow], name: Callable[[bytes], str], group: Callable[[bytes], str], words: Words,
    link: Callable[[bytes], str] | None = None,
) -> str:  # fmt: skip
    """The SVG; "" when nothing flowed. ``name``: an agency's short name; ``group``: with whom it shares a place where
    it has none of its own; ``link``: where its label leads.
    """
    total = sum(f.sent for f in flows)
    if not total:
        return ""
    sides = (_strongest(flows, 0), _strongest(flows, 1))
    merged, members = _merged(flows, sides, group)
    scale = TALL / total
    columns = [_column(_sums(merged, side), scale) for side in (0, 1)]
    high = max(sum(max(p.tall, SLOT) + GAP for p in column.values()) for column in columns)
    top = 26.0
    at = [_spread(column, high, top) for column in columns]
    x = (SIDE, WIDTH - SIDE)

    def said(end: _End, side: int) -> str:
        return words.rest(end.group, members[side][end]) if end.group else name(end.ident)

    body: list[str] = []
    offsets: list[dict[_End, float]] = [dict.fromkeys(column, 0.0) for column in at]
    for f in sorted(merged, key=lambda f: (at[0][f.sender].y, at[1][f.receiver].y)):
        wide = f.sent * scale
        y0 = at[0][f.sender].y + offsets[0][f.sender] + wide / 2
        y1 = at[1][f.receiver].y + offsets[1][f.receiver] + wide / 2
        offsets[0][f.sender] += wide
        offsets[1][f.receiver] += wide
        says = words.ribbon(said(f.sender, 0), said(f.receiver, 1), f.sent, f.returned)
        body.append(_ribbon(f, (x[0] + BAR, y0), (x[1] - BAR, y1), scale, says))
    for side, column in enumerate(at):
        sums = _sums(merged, side)
        for end, place in column.items():
            leads = "" if end.group or link is None else link(end.ident)
            body.append(_agency(said(end, side), place, side, x[side], sums[end], leads, not end.group))
    height = top + high + 4
    return (
        f'<svg class="flows" viewBox="0 0 {n(WIDTH)} {n(height)}" role="group" aria-labelledby="fl-t fl-d">'
        f'<title id="fl-t">{escape(words.title)}</title><desc id="fl-d">{escape(words.description)}</desc>\n'
        f'<text class="e hd" x="{n(x[0] - 8)}" y="14">{escape(words.senders)}</text>'
        f'<text class="hd" x="{n(x[1] + 8)}" y="14">{escape(words.receivers)}</text>\n' + "\n".join(body) + "\n</svg>"
    )


def _strongest(flows: Sequence[Flow], side: int) -> set[bytes]:
    """Whoever has a place of their own: the strongest, or all where one more would be left."""
    sums: dict[bytes, int] = {}
    for f in flows:
        ident = f.receiver if side else f.sender
        sums[ident] = sums.get(ident, 0) + f.sent
    ordered = sorted(sums, key=lambda ident: (-sums[ident], ident))
    return set(ordered if len(ordered) <= MOST + 1 else ordered[:MOST])


def _merged(
    flows: Sequence[Flow], sides: tuple[set[bytes], set[bytes]], group: Callable[[bytes], str]
) -> tuple[list[_Merged], tuple[dict[_End, int], dict[_End, int]]]:
    """The flows between places, and how many agencies share each group's place on either side."""
    found: dict[tuple[_End, _End], list[int]] = {}
    members: tuple[dict[_End, set[bytes]], dict[_End, set[bytes]]] = ({}, {})
    for f in flows:
        ends = []
        for ident, own, known in zip((f.sender, f.receiver), sides, members, strict=True):
            end = _End(ident) if ident in own else _End(b"", group(ident))
            known.setdefault(end, set()).add(ident)
            ends.append(end)
        counts = found.setdefault((ends[0], ends[1]), [0, 0])
        counts[0] += f.sent
        counts[1] += f.returned
    sizes = ({e: len(m) for e, m in members[0].items()}, {e: len(m) for e, m in members[1].items()})
    return [_Merged(*ends, *counts) for ends, counts in found.items()], sizes


def _sums(merged: Sequence[_Merged], side: int) -> dict[_End, int]:
    """By place: agencies first, groups behind them, the strongest first."""
    sums: dict[_End, int] = {}
    for f in merged:
        end = f.receiver if side else f.sender
        sums[end] = sums.get(end, 0) + f.sent
    return dict(sorted(sums.items(), key=lambda item: (bool(item[0].group), -item[1], item[0])))


def _column(sums: Mapping[_End, int], scale: float) -> dict[_End, _Place]:
    return {end: _Place(0.0, count * scale) for end, count in sums.items()}


def _spread(column: Mapping[_End, _Place], high: float, top: float) -> dict[_End, _Place]:
    """Give each place its slot; a column that needs less room than the other one is spread over the same height."""
    need = sum(max(p.tall, SLOT) + GAP for p in column.values())
    extra = (high - need) / max(1, len(column))
    found, y = {}, top
    for end, place in column.items():
        slot = max(place.tall, SLOT)
        found[end] = _Place(y + extra / 2 + (slot - place.tall) / 2, place.tall)
        y += slot + GAP + extra
    return found


def _ribbon(f: _Merged, start: tuple[float, float], end: tuple[float, float], scale: float, says: str) -> str:
    (x0, y0), (x1, y1) = start, end
    bend = (x1 - x0) * 0.45
    path = f"M{n(x0)} {n(y0)}C{n(x0 + bend)} {n(y0)} {n(x1 - bend)} {n(y1)} {n(x1)} {n(y1)}"
    css = "rb is-rest" if f.sender.group or f.receiver.group else "rb"
    back = ""
    if f.returned:
        back = f'<path class="bk" stroke-width="{n(max(1.0, f.returned * scale))}" d="{path}"/>'
    wide = n(max(1.0, f.sent * scale))
    return f'<g><title>{escape(says)}</title><path class="{css}" stroke-width="{wide}" d="{path}"/>{back}</g>'


def _agency(whole: str, place: _Place, side: int, x: float, count: int, link: str, registered: bool) -> str:
    lang = ' lang="zh-CN"' if registered else ""  # registered names stay as they are
    y = place.y + place.tall / 2 + SIZE * 0.36
    figure = f"{count:,}"
    room = SIDE - 16 - (len(figure) + 1.5) * SIZE * 0.64
    label = escape(shortened(whole, room, SIZE))
    bar_x = x if side == 0 else x - BAR
    bar = f'<rect class="ag" x="{n(bar_x)}" y="{n(place.y)}" width="{n(BAR)}" height="{n(max(1.0, place.tall))}"/>'
    words_of = f'<tspan class="nm"{lang}>{label}</tspan> <tspan class="ct">{figure}</tspan>'
    at = f'class="e" x="{n(x - 8)}"' if side == 0 else f'x="{n(x + 8)}"'
    text = f'<text {at} y="{n(y)}"><title{lang}>{escape(whole)}</title>{words_of}</text>'
    if not link:
        return bar + text
    return f'{bar}<a href="{escape(link)}"{lang} aria-label="{escape(whole)} {figure}">{text}</a>'
