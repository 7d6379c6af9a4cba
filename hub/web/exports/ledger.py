"""The ledger of disputes (台账) as .xlsx: disputes, referrals, the completeness equation, notes.

Guarantee: dates are real dates (local time, Asia/Shanghai), case numbers and ids are text and stay as they are,
nothing is a formula (a text that begins with ``=`` is text), and there is no personal data. The same rows give the same
bytes. Rows are those of the views (``hub.projections``), names joined.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import IO, Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from hub.words import text

from .table import DATE, SAFE, Cell, Column, Row, Sheet, head_format, local, write_notes, write_table


class Facts(NamedTuple):
    """What stands on the notes sheet: the city, the position the ledger is true at, the instant, further lines."""

    city: str
    position: int
    now: int
    lines: tuple[tuple[str, str], ...] = ()


@cache
def words(name: str) -> dict[str, str]:
    """The Chinese words of a code list."""
    raw = json.loads(files("schemas").joinpath("codes", f"{name}.json").read_text("utf-8"))
    return {item["code"]: item["zh"] for item in raw}


def _word(column: str, codes: str) -> Callable[[Row], Cell]:
    return lambda row: words(codes).get(row[column], row[column]) if row[column] else ""


def _at(column: str) -> Callable[[Row], Cell]:
    return lambda row: local(row[column])


def _plain(column: str) -> Callable[[Row], Cell]:
    return lambda row: row[column] if row[column] is not None else ""


def _id(column: str) -> Callable[[Row], Cell]:
    return lambda row: text(row[column])


DISPUTES = (
    Column("案件编号", 18, _plain("number")),
    Column("状态", 8, _word("status", "dispute_states")),
    Column("纠纷类别", 16, lambda r: f"{r['category']} {words('categories').get(r['category'], '')}".strip()),
    Column("发生地", 15, _plain("place")),
    Column("来源", 16, _word("source", "sources")),
    Column("登记时间", 17, _at("registered_at")),
    Column("责任单位", 36, _plain("custodian_name")),
    Column("责任单位代码", 22, _plain("custodian_code")),
    Column("担责自", 17, _at("since_at")),
    Column("移送次数", 9, _plain("legs")),
    Column("在途移送", 9, lambda r: "有" if r["handover"] is not None else "无"),
    Column("对接渠道", 14, _word("channel", "channels")),
    Column("风险等级", 12, lambda r: words("grades").get(str(r["grade"] or ""), "")),
    Column("本单位调解次数", 14, _plain("attempts")),
    Column("协议", 9, _word("agreement", "agreement_states")),
    Column("办结时间", 17, _at("ended_at")),
    Column("办结结果", 20, _word("outcome", "outcomes")),
    Column("事件数", 8, _plain("version")),
    Column("标识", 38, _id("dispute")),
)
REFERRALS = (
    Column("案件编号", 18, _plain("number")),
    Column("序", 5, _plain("n")),
    Column("类型", 12, _word("kind", "kinds")),
    Column("对接渠道", 14, _word("channel", "channels")),
    Column("发出单位", 36, _plain("sender_name")),
    Column("接收单位", 36, _plain("receiver_name")),
    Column("发出", 17, _at("offered_at")),
    Column("应签收于", 17, _at("sign_due_at")),
    Column("签收", 17, _at("signed_at")),
    Column("受理", 17, _at("accepted_at")),
    Column("终局", 17, _at("ended_at")),
    Column("状态", 11, _word("state", "referral_states")),
    Column("标识", 38, _id("referral")),
)
EQUATION = ("sent", "signed", "returned", "withdrawn", "lapsed", "pending", "difference")
EQUATION_WORDS = ("发出", "已签收", "签收前退回", "签收前撤回", "签收前失效", "在途未签收", "差额")


def write_ledger(
    target: str | IO[bytes],
    facts: Facts,
    disputes: Iterable[Row],
    referrals: Iterable[Row],
    equation: Sequence[Row],
) -> None:
    """Write the workbook. ``referrals`` carry their dispute's ``number``; ``equation`` a ``kind`` ("" = the total)."""
    options = {**SAFE, "in_memory": True, "default_date_format": DATE, "remove_timezone": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": f"{facts.city}矛盾纠纷台账", "created": local(facts.now)})
        book.set_size(1800, 1100)
        head = head_format(book)
        write_table(book.add_worksheet("台账"), Sheet("台账", DISPUTES, disputes), head)
        write_table(book.add_worksheet("移送"), Sheet("移送", REFERRALS, referrals, 2), head)
        _equation(book.add_worksheet("闭合等式"), equation, head)
        _notes(book.add_worksheet("说明"), facts)


def _equation(sheet: Worksheet, rows: Sequence[Row], head: Any) -> None:
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, len(EQUATION), 12)
    sheet.write_string(0, 0, "移送类型", head)
    for i, word in enumerate(EQUATION_WORDS, 1):
        sheet.write_string(0, i, word, head)
    for n, row in enumerate(rows, 1):
        sheet.write_string(n, 0, words("kinds").get(row["kind"], row["kind"]) or "合计")
        for i, name in enumerate(EQUATION, 1):
            sheet.write_number(n, i, row[name])
    sheet.freeze_panes(1, 1)


def _notes(sheet: Worksheet, facts: Facts) -> None:
    at = local(facts.now)
    lines = (
        ("城市", facts.city),
        ("截至序号", f"{facts.position}"),
        ("截至时间", f"{at:%Y-%m-%d %H:%M} 北京时间"),
        ("日期", "均为北京时间的真实日期；案件编号、标识均为文本；表中没有公式"),
        ("闭合等式", "发出 = 已签收 + 签收前退回 + 签收前撤回 + 签收前失效 + 在途未签收，差额恒为 0"),
        ("当事人", "台账不含个人信息"),
        *facts.lines,
    )
    write_notes(sheet, lines)
