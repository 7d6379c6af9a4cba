"""The legend under a picture that stands alone."""

from __future__ import annotations

from . import marks
from .canvas import Canvas
from .labels import em
from .marks import n

KEY = 34.0  # px under the picture
_SIGNS = (
    ("担责，粗线不断", '<path class="baton" d="M4 0H28"/>'),
    ("受理，责任转移", marks.ring(16, 0)[0]),
    ("发出，签收，待受理", '<path class="offer" d="M0 0H16"/><line class="tick" x1="17" x2="17" y1="-6" y2="6"/>'
     '<path class="held" d="M18 0H32"/>'),
    ("退回", '<path class="back" d="M2 0H18"/>' + marks.icon("return", 25, 0, 14, "m-late")[0]),
    ("逾期失效", '<path class="lost" d="M2 0H18"/>' + marks.icon("lapse", 25, 0, 12, "m-crit")[0]),
    ("指派", marks.icon("designate", 16, 0, 16, "m-ink")[0]),
    ("催办", marks.icon("urge", 16, 0, 14, "m-soon")[0]),
    ("反馈、报告", '<path class="say" d="M2 0H22"/>'),
    ("第几次调解", marks.attempt(16, 0, "1")[0]),
    ("达成、履行", marks.deal(9, 0, "reached")[0] + marks.deal(24, 0, "performed")[0]),
    ("应于", marks.diamond(16, 0, "")[0]),
)  # fmt: skip


def key(c: Canvas) -> list[str]:
    """One row of signs and words."""
    x, y = 16.0, c.height + KEY / 2
    made: list[str] = []
    for words, sign in _SIGNS:
        made.append(f'<g transform="translate({n(x)} {n(y)})">{sign}<text x="38" y="4">{words}</text></g>')
        x += 38 + em(words) * 12 + 10
    return made
