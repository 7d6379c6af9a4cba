"""The ledger as .xlsx: real dates, ids and numbers of cases as text, never a formula, the same rows the same bytes."""

import io
import re
import zipfile
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from hub.web.exports import Facts, write_ledger
from hub.web.exports.ledger import DISPUTES, REFERRALS

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
AT = 1_791_417_600_000_000  # 2026-10-08 08:00 local
DISPUTE: dict[str, Any] = {
    "number": "532301-2026-00001", "status": "open", "category": "02", "place": "532301101001", "source": "police",
    "registered_at": AT, "custodian_name": "=cmd|'/c calc'!A1", "custodian_code": "532301101001.pmc", "since_at": AT,
    "legs": 3, "handover": None, "channel": "police", "grade": 3, "attempts": 2, "agreement": "", "ended_at": None,
    "outcome": "", "version": 9, "dispute": bytes(range(16)),
}  # fmt: skip
LEG: dict[str, Any] = {
    "number": "532301-2026-00001", "n": 1, "kind": "transfer", "channel": "police", "sender_name": "+甲",
    "receiver_name": "乙", "offered_at": AT, "sign_due_at": AT, "signed_at": None, "accepted_at": None,
    "ended_at": None, "state": "offered", "referral": bytes(range(1, 17)),
}  # fmt: skip
FATES = {"signed": 1, "returned": 1, "withdrawn": 1, "lapsed": 1, "pending": 1}
EQUATION = [{"kind": kind, "sent": 5, **FATES, "difference": 0} for kind in ("transfer", "")]


def workbook() -> bytes:
    out = io.BytesIO()
    write_ledger(out, Facts("楚雄市", 4_409, AT), [DISPUTE], [LEG], EQUATION)
    return out.getvalue()


class Sheet:
    """One sheet as a spreadsheet program reads it."""

    def __init__(self, raw: bytes, number: int) -> None:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            self.texts = [
                "".join(t.text or "" for t in si.iter(f"{{{NS['m']}}}t")) for si in shared.findall("m:si", NS)
            ]
            self.styles = ElementTree.fromstring(book.read("xl/styles.xml"))
            self.xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        self.cells = {c.get("r") or "": c for c in ElementTree.fromstring(self.xml).iter(f"{{{NS['m']}}}c")}

    def text(self, ref: str) -> str:
        cell = self.cells[ref]
        assert cell.get("t") == "s", f"{ref} is not text"
        return self.texts[int(cell.findtext("m:v", "", NS))]

    def date(self, ref: str) -> datetime:
        cell = self.cells[ref]
        assert cell.get("t") in (None, "n"), f"{ref} is not a number"
        form = self.styles.findall("m:cellXfs/m:xf", NS)[int(cell.get("s") or 0)].get("numFmtId")
        codes = {f.get("numFmtId"): f.get("formatCode") for f in self.styles.iter(f"{{{NS['m']}}}numFmt")}
        assert codes[form] == "yyyy-mm-dd hh:mm", f"{ref} is not shown as a date"
        days = float(cell.findtext("m:v", "", NS))
        return datetime.fromordinal(datetime(1899, 12, 30).toordinal() + int(days)).replace(hour=round(days % 1 * 24))


def column(columns: Any, head: str) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[[c.head for c in columns].index(head)]


def test_dates_are_dates_and_ids_are_text() -> None:
    sheet = Sheet(workbook(), 1)
    assert sheet.date(f"{column(DISPUTES, '登记时间')}2") == datetime(2026, 10, 8, 8)
    assert sheet.text(f"{column(DISPUTES, '案件编号')}2") == "532301-2026-00001"
    assert sheet.text(f"{column(DISPUTES, '发生地')}2") == "532301101001"  # not 5.32301E+11
    assert sheet.text(f"{column(DISPUTES, '标识')}2") == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert sheet.text(f"{column(DISPUTES, '纠纷类别')}2") == "02 邻里"
    assert f"{column(DISPUTES, '办结时间')}2" not in sheet.cells  # nothing is an empty cell, not a date of 1900
    legs = Sheet(workbook(), 2)
    assert legs.date(f"{column(REFERRALS, '发出')}2") == datetime(2026, 10, 8, 8)
    assert legs.text(f"{column(REFERRALS, '类型')}2") == "移交"


def test_nothing_is_a_formula() -> None:
    raw = workbook()
    for number in (1, 2, 3, 4):
        assert "<f" not in re.sub("<formatPr|<font", "", Sheet(raw, number).xml)
    assert Sheet(raw, 1).text(f"{column(DISPUTES, '责任单位')}2") == "=cmd|'/c calc'!A1"
    assert Sheet(raw, 2).text(f"{column(REFERRALS, '发出单位')}2") == "+甲"


def test_the_equation_and_the_notes() -> None:
    raw = workbook()
    equation, notes = Sheet(raw, 3), Sheet(raw, 4)
    assert equation.text("A2") == "移交" and equation.text("A3") == "合计"
    assert equation.cells["H3"].findtext("m:v", "", NS) == "0"
    assert notes.text("B2") == "4409" and notes.text("B3") == "2026-10-08 08:00 北京时间"


def test_the_same_rows_give_the_same_bytes() -> None:
    assert workbook() == workbook()
