"""The style of a lanes picture that stands alone (file, certificate, print): light theme, no other file needed.

On a page the same classes take their values from the page's own style sheet and this text is left out.
"""

from __future__ import annotations

FONT = (
    "'PingFang SC','Microsoft YaHei UI','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC','HarmonyOS Sans SC',"
    "'WenQuanYi Micro Hei','Segoe UI',Arial,sans-serif"
)
VALUES = {
    "surface": "#ffffff", "line": "#d9dfe7", "ink": "#16202c", "ink-2": "#3f4c5c", "ink-3": "#586576",
    "baton": "#0b4a94", "baton-soft": "#b4cdea", "focus": "#d9480f",
    "crit": "#6b1fa3", "crit-solid": "#7a2bb5", "late": "#ad1519", "late-solid": "#c8242a",
    "soon": "#7a4d00", "soon-solid": "#b27300", "ok-solid": "#1f7f4d", "calm-solid": "#66748a",
    "lane-alt": "#f8fafc", "day-off": "#edf0f4", "holiday": "#f9e9e4", "holiday-ink": "#8d3a1c", "now": "#16202c",
}  # fmt: skip
RULES = """
.lanes{font-family:FONT;background:var(--surface)}
.lanes text{font-size:12px;fill:var(--ink-2)}
.lanes .lab{font-size:13px;fill:var(--ink)}
.lanes .lab-b{font-size:13px;fill:var(--ink);font-weight:600}
.lanes .sub{font-size:11px;fill:var(--ink-3)}
.lanes .lane-alt{fill:var(--lane-alt)}
.lanes .lane-line,.lanes .wk{stroke:var(--line);stroke-width:1}
.lanes .off{fill:var(--day-off)}
.lanes .hol{fill:var(--holiday)}
.lanes .hol-t{fill:var(--holiday-ink);font-size:11px}
.lanes .casing{fill:none;stroke:var(--surface);stroke-width:17;stroke-linejoin:round}
.lanes .baton{fill:none;stroke:var(--baton);stroke-width:10;stroke-linejoin:round;stroke-linecap:round}
.lanes .baton-next{fill:none;stroke:var(--baton-soft);stroke-width:10}
.lanes .rest{fill:none;stroke:var(--surface);stroke-width:4;stroke-dasharray:2 6}
.lanes .seg{fill:var(--baton);font-weight:600}
.lanes .offer{fill:none;stroke:var(--ink-2);stroke-width:1.5;stroke-dasharray:5 3}
.lanes .held{fill:none;stroke:var(--ink-2);stroke-width:2}
.lanes .back{fill:none;stroke:var(--late-solid);stroke-width:1.5;stroke-dasharray:5 3}
.lanes .back-tip{fill:var(--late-solid)}
.lanes .lost{fill:none;stroke:var(--crit-solid);stroke-width:1.5;stroke-dasharray:5 3}
.lanes .wait{fill:none;stroke:var(--soon-solid);stroke-width:2;stroke-dasharray:5 3}
.lanes .say{fill:none;stroke:var(--calm-solid);stroke-width:1.25;stroke-dasharray:1.5 3;stroke-linecap:round}
.lanes .tip,.lanes .m-calm{fill:var(--calm-solid)}
.lanes .t-late{fill:var(--late);font-weight:600}
.lanes .t-crit{fill:var(--crit);font-weight:600}
.lanes .t-soon{fill:var(--soon);font-weight:600}
.lanes .m-late{fill:var(--late-solid)}
.lanes .m-crit{fill:var(--crit-solid)}
.lanes .m-soon{fill:var(--soon-solid)}
.lanes .m-ink{fill:var(--ink-2)}
.lanes .m-baton{fill:var(--baton)}
.lanes .dot{fill:var(--surface);stroke:var(--ink-2);stroke-width:1.5}
.lanes .ring{fill:var(--surface);stroke:var(--baton);stroke-width:2.5}
.lanes .ring-i{fill:none;stroke:var(--baton);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.lanes .tick{stroke:var(--ink-2);stroke-width:2}
.lanes .try{fill:var(--surface);stroke:var(--baton);stroke-width:1.5}
.lanes .try.is-void{stroke-dasharray:3 2}
.lanes .try-t{font-size:11px;font-weight:600;fill:var(--baton);text-anchor:middle}
.lanes .deal{fill:var(--surface);stroke:var(--ok-solid);stroke-width:2.5}
.lanes .deal.is-performed{fill:var(--ok-solid)}
.lanes .deal.is-broken{stroke:var(--late-solid)}
.lanes .deal-x{fill:none;stroke:var(--late-solid);stroke-width:2}
.lanes .now{stroke:var(--now);stroke-width:1.5}
.lanes .now-b{fill:var(--now)}
.lanes .now-t{fill:var(--surface);font-weight:600;text-anchor:middle}
.lanes .duemk{fill:var(--surface);stroke:var(--ink-2);stroke-width:1.75}
.lanes .duemk.is-soon{fill:var(--soon-solid);stroke:var(--soon-solid)}
.lanes .duemk.is-late{fill:var(--late-solid);stroke:var(--late-solid)}
.lanes .names-b{fill:none}
.lanes .edge{fill:var(--baton)}
.lanes .halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.lanes a:hover text{text-decoration:underline}
.lanes a:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.lanes .hit{fill:none;stroke:transparent;stroke-width:16}
.lanes .e{text-anchor:end}
.lanes .m{text-anchor:middle}
"""


def standalone() -> str:
    """The whole style as CSS text: values inserted, because not every SVG renderer knows custom properties."""
    text = RULES.replace("FONT", FONT)
    for name in sorted(VALUES, key=len, reverse=True):
        text = text.replace(f"var(--{name})", VALUES[name])
    return text.strip()
