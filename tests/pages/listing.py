"""A city with a few disputes in every state a list shows, and what tests read out of lists and their files."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from hub.words import DAY, HOUR
from tests.pages.city import COURT, HAMLET, HOUSING, PETITION, TOWN, VILLAGE, City
from tests.people.signed import Response

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EPOCH = datetime(1899, 12, 30)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
NUMBER = re.compile(r'href="/disputes/([0-9-]+)"')
TAG = re.compile(r"<[^>]+>")


class Listed(City):
    """``cases``: disputes by what is special about them."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.cases: dict[str, str] = {}
        self.cases["kept"] = self.case(VILLAGE)
        self.clock.advance(HOUR)
        self.cases["offered"], _ = self.handed()  # the town offers it to the police, who do not sign
        self.clock.advance(HOUR)
        self.cases["held"], _ = self.received(upto="accepted")
        self.cases["elsewhere"] = self.case(HAMLET, place="532301101002")
        self.offer(self.cases["elsewhere"], HAMLET, PETITION, channel="petition", upto="accepted")
        back = self.case(COURT, place="532301")
        returned = self.offer(back, COURT, HOUSING, channel="court")
        reason = {"reason_code": "not_competent", "reason": "不属职责"}
        self.do("return", HOUSING, dispute=back, referral=returned, **reason)
        self.cases["returned"] = back
        self.cases["closed"] = self.case(TOWN)
        self.do("close", TOWN, dispute=self.cases["closed"], outcome="other", summary="", rights_notice=True)
        self.hub.settle()

    def later(self, days: int = 2) -> None:
        """Time goes by: what is not done becomes overdue."""
        self.clock.advance(days * DAY)
        self.hub.settle()


def rows(page: str) -> list[str]:
    """The rows of a page's list, without its head."""
    return [row for row in ROW.findall(page) if "<td" in row and "<th" not in row]


def numbers(page: str) -> list[str]:
    """The numbers of the disputes in a list, in its order."""
    return [found for row in rows(page) for found in NUMBER.findall(row)[:1]]


def plain(markup: str) -> str:
    """Markup as text."""
    return " ".join(unescape(TAG.sub(" ", markup)).split())


class Book(NamedTuple):
    """A workbook as a spreadsheet program reads it: by sheet the rows; and its raw parts."""

    sheets: dict[str, list[list[Any]]]
    parts: dict[str, str]


def workbook(answer: Response) -> Book:
    """Read a file that was sent."""
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats"), answer.text[:200]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    dates = _dates(ElementTree.fromstring(parts["xl/styles.xml"]))
    names = [s.get("name") or "" for s in ElementTree.fromstring(parts["xl/workbook.xml"]).iter(f"{NS}sheet")]
    shared = parts.get("xl/sharedStrings.xml")
    texts = (
        ["".join(t.text or "" for t in si.iter(f"{NS}t")) for si in ElementTree.fromstring(shared).iter(f"{NS}si")]
        if shared else []
    )  # fmt: skip
    sheets = {}
    for n, name in enumerate(names, 1):
        made = []
        for row in ElementTree.fromstring(parts[f"xl/worksheets/sheet{n}.xml"]).iter(f"{NS}row"):
            cells: list[Any] = []
            for cell in row.iter(f"{NS}c"):
                at = _column(cell.get("r") or "")
                cells += [None] * (at - len(cells))
                cells.append(_value(cell, texts, dates))
            made.append(cells)
        sheets[name] = made
    return Book(sheets, parts)


def _dates(styles: ElementTree.Element) -> set[int]:
    codes = {f.get("numFmtId") for f in styles.iter(f"{NS}numFmt") if f.get("formatCode") == "yyyy-mm-dd hh:mm"}
    xfs = styles.find(f"{NS}cellXfs")
    assert xfs is not None
    return {n for n, xf in enumerate(xfs) if xf.get("numFmtId") in codes}


def _column(ref: str) -> int:
    n = 0
    for letter in ref.rstrip("0123456789"):
        n = n * 26 + ord(letter) - 64
    return n - 1


def _value(cell: ElementTree.Element, texts: list[str], dates: set[int]) -> Any:
    assert cell.find(f"{NS}f") is None, "a formula"
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{NS}t"))
    raw = cell.findtext(f"{NS}v")
    if raw is None:
        return None
    if cell.get("t") == "s":
        return texts[int(raw)]
    if int(cell.get("s") or 0) in dates:
        return EPOCH + timedelta(seconds=round(float(raw) * 86_400))
    return float(raw) if "." in raw else int(raw)
