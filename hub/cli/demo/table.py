"""What a supervisor sees first: what is unsigned, what is overdue per step, that nothing is lost, who is worst."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

from connectors.client import HttpTransport
from connectors.framing import instant_micros
from hub.web.drawings.model import KINDS
from hub.web.drawings.scale import local_text
from hub.web.drawings.words import length, short_name
from hub.words import OBLIGATIONS

from .figures import Json, items

MOST: Final = 8  # rows per list
STEPS: Final = dict(
    zip(OBLIGATIONS, ("签收", "受理", "答复", "裁定", "反馈", "推进", "答复督办", "回执", "履行核查"), strict=True)
)


def lines(api: HttpTransport, figures: Json, now: int) -> Iterator[str]:
    """The whole table as lines of text."""
    unsigned = list(items(api, "/v1/obligations", name="sign"))
    yield f"楚雄市 · 督办台   截至序号 {figures['events']}，{local_text(now, '%Y-%m-%d %H:%M')} 北京时间"
    yield ""
    yield f"未签收 unsigned: {len(unsigned)} 件，最早在前"
    yield from _unsigned(unsigned[:MOST], now)
    yield ""
    yield "各环节超期 overdue per step"
    yield "  " + "  ".join(f"{word} {figures['overdue'][name]}" for name, word in STEPS.items())
    yield ""
    yield from _equation(figures)
    yield ""
    yield "单位：未签收等得最久者在前 worst agencies, longest wait first"
    yield from _worst(api.get("/v1/pickup")["items"], now)


def _unsigned(rows: Sequence[Json], now: int) -> Iterator[str]:
    if not rows:
        yield "  没有未签收的移送"
        return
    yield from table(
        ("案件编号", "类型", "接收单位", "发出", "已等", "应签收于"),
        [
            (
                row["number"], KINDS.get(row["kind"], row["kind"]), short_name(row["debtor"]["name"]),
                local_text(_at(row, "since_at")), length(now - _at(row, "since_at")), _due(row, now),
            )
            for row in rows
        ],
    )  # fmt: skip


def _due(row: Json, now: int) -> str:
    due = _at(row, "due_at")
    return local_text(due) + (f" 超期 {length(now - due)}" if due < now else "")


def _equation(figures: Json) -> Iterator[str]:
    c = figures["completeness"]
    yield (
        f"闭合等式 completeness: 发出 {c['sent']} = 签收 {c['signed']} + 签前退回 {c['returned']}"
        f" + 撤回 {c['withdrawn']} + 签前失效 {c['lapsed']} + 在途 {c['pending']}"
        f"   差额 {c['difference']}   无主案件 {figures['unowned']}"
    )


def _worst(rows: Sequence[Json], now: int) -> Iterator[str]:
    ranked = sorted(rows, key=_slowness)
    yield from table(
        ("单位", "收到", "签收", "未签收", "最早未签收", "签收用时(中位)", "退回率"),
        [
            (
                short_name(row["agency"]["name"]), row["received"], row["signed"], row["unsigned"],
                length(now - _at(row, "oldest_unsigned_at")) if row["oldest_unsigned_at"] else "—",
                length(row["median_seconds"] * 1_000_000) if row["median_seconds"] is not None else "—", _rate(row),
            )
            for row in ranked[:MOST]
        ],
    )  # fmt: skip


def _slowness(row: Json) -> tuple[str, int, float, str]:
    # An instant as text sorts as in time; who has nothing unsigned comes last, the slowest first.
    median = row["median_seconds"] or 0
    return row["oldest_unsigned_at"] or "~", -row["unsigned"], -median, row["agency"]["code"]


def _rate(row: Json) -> str:
    return "—" if row["return_rate"] is None else f"{float(row['return_rate']):.0%}"


def _at(row: Json, name: str) -> int:
    return instant_micros(row[name])


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Columns wide enough for their widest cell; numbers to the right. CJK characters count two cells."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(width(line[i]) for line in [list(head), *cells]) for i in range(len(head))]
    right = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(head))]
    for line in [list(head), *cells]:
        yield "  " + "  ".join(_pad(cell, widths[i], right[i]) for i, cell in enumerate(line)).rstrip()


def width(text: str) -> int:
    """How many cells a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def _pad(cell: str, wide: int, right: bool) -> str:
    fill = " " * (wide - width(cell))
    return fill + cell if right else cell + fill
