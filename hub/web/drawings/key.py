"""The legend: a row under a picture that stands alone, or signs with their words for a page."""

from __future__ import annotations

from . import marks
from .canvas import Canvas
from .labels import em
from .marks import n

KEY = 34.0  # px under the picture
SIGNS = {
    "held": '<path class="baton" d="M4 0H28"/>',
    "accepted": marks.ring(16, 0)[0],
    "offer": '<path class="offer" d="M0 0H16"/><line class="tick" x1="17" x2="17" y1="-6" y2="6"/>'
    '<path class="held" d="M18 0H32"/>',
    "returned": '<path class="back" d="M2 0H18"/>' + marks.icon("return", 25, 0, 14, "m-late")[0],
    "lapsed": '<path class="lost" d="M2 0H18"/>' + marks.icon("lapse", 25, 0, 12, "m-crit")[0],
    "assigned": marks.icon("designate", 16, 0, 16, "m-ink")[0],
    "urged": marks.icon("urge", 16, 0, 14, "m-soon")[0],
    "said": '<path class="say" d="M2 0H22"/>' + '<path class="tip" d="M23 -4v8l7 -4z"/>',
    "attempt": marks.attempt(16, 0, "1")[0],
    "agreement": marks.deal(9, 0, "reached")[0] + marks.deal(24, 0, "performed")[0],
    "due": marks.diamond(16, 0, "")[0],
    "off": '<rect class="off" x="1" y="-8" width="14" height="16"/><rect class="hol" x="17" y="-8" width="14" '
    'height="16"/>',
}


def legend(c: Canvas) -> list[tuple[str, str]]:
    """(sign, words) of every sign that stands in the picture: each is SVG in a box of 32 × 18 about (16, 0)."""
    return [(sign, c.words.key[name]) for name, sign in SIGNS.items() if name in _found(c)]


def _found(c: Canvas) -> set[str]:
    shown = c.shown
    found = {"held", "off"} | {leg.state for leg in shown.legs} & {"returned", "lapsed"}
    found |= {"assigned" if leg.kind == "assignment" else "offer" for leg in shown.legs}
    found |= {"accepted"} if len(c.rings()) else set()
    marks_ = {"attempt": "attempt", "uncounted": "attempt", "urge": "urged", "reached": "agreement"}
    found |= {marks_[mark.kind] for mark in shown.marks if mark.kind in marks_}
    found |= {"said"} if shown.says else set()
    return found | ({"due"} if shown.open and any(due.at > shown.now for due in shown.dues) else set())


def key(c: Canvas) -> list[str]:
    """One row of signs and words."""
    x, y = 16.0, c.height + KEY / 2
    made: list[str] = []
    for sign, words in legend(c):
        made.append(f'<g transform="translate({n(x)} {n(y)})">{sign}<text x="36" y="4">{words}</text></g>')
        x += 36 + em(words) * 12 + 10
    return made
