"""A dispute from a village's committee to the police, the court and back down, with every document on its way."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx

from hub.contract.jsonform import instant
from hub.words import DAY, agency_id, ident, text
from tests.pages.city import COURT, PETITION, POLICE, TOWN, VILLAGE, City
from tests.people.signed import Response
from tests.web.hubs import Peer

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MASKED = "张某某"
CONCEDED = "被申请人愿意让步，赔偿五千元"  # said in mediation: no court is ever told
FILE = re.compile(r"^attachment; filename=\"([!-~]+)\"; filename\*=UTF-8''([%A-Za-z0-9._-]+)$")


class Story(City):
    """The city after the story. ``case``: its dispute; ``failed``: one whose mediation for the court failed."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.case_ = case = self.case(VILLAGE, masked=MASKED)
        self.do("grade", VILLAGE, dispute=case, scheme="三级", grade="中", ordinal=3)
        first = self.offer(case, VILLAGE, POLICE, channel="police", upto="signed")
        back = {"reason_code": "not_competent", "suggested": text(agency_id(COURT))}
        self.do("return", POLICE, dispute=case, referral=first, reason="属邻里纠纷，无违法情节", **back)
        self.offer(case, VILLAGE, COURT, channel="court", upto="accepted")
        down = self.offer(case, COURT, TOWN, kind="delegation", channel="court", upto="accepted")
        self.clock.advance(DAY)
        self.attempt(case, TOWN)
        self.do("feedback", TOWN, dispute=case, referral=down, final=False, content=CONCEDED)
        self.do("reach_agreement", TOWN, dispute=case, form="written", amount=1_234_500, due_on="2027-01-31")
        self.do("feedback", TOWN, dispute=case, referral=down, final=True, content="已达成协议并送达")
        self.offer(case, COURT, PETITION, kind="notice", channel="petition", upto="signed")
        self.do("break_agreement", COURT, dispute=case, reason="一方反悔")
        self.do("reach_agreement", COURT, dispute=case, form="oral", amount=None, due_on=None)
        self.do("break_agreement", COURT, dispute=case, reason="又反悔")
        self.do("visit", COURT, dispute=case, performance="not", satisfaction="dissatisfied", note="尚未付款")
        self.do("close", COURT, dispute=case, outcome="no_deal", summary=CONCEDED, rights_notice=True)
        self.failed = self._failed()
        self.hub.settle()

    def _failed(self) -> str:
        case = self.case(COURT)
        down = self.offer(case, COURT, TOWN, kind="delegation", channel="court", upto="accepted")
        self.attempt(case, TOWN)
        self.do("feedback", TOWN, dispute=case, referral=down, final=True, content=CONCEDED)
        again = self.offer(case, COURT, VILLAGE, kind="delegation", channel="court", upto="signed")
        self.do("return", VILLAGE, dispute=case, referral=again, reason_code="no_consent", reason=CONCEDED)
        return case

    def attempt(self, case: str, agency: str) -> None:
        said = {"counted": True, "place": "镇调解室", "mediator": "专职调解员岗"}
        self.do("attempt", agency, dispute=case, at=instant(self.clock.now()), **said)

    def documents(self, case: str) -> list[dict[str, Any]]:
        """Every document of a dispute, as a system of all agencies is told."""
        answer = self.system.get(f"/v1/disputes/{case}/documents")
        assert answer.status_code == 200, answer.json()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def document(self, case: str, zh: str, peer: Peer | None = None) -> Paper:
        """The first document of this name."""
        href = next(item["href"] for item in self.documents(case) if item["zh"] == zh)
        return Paper((peer or self.system).get(href))

    def position(self, case: str) -> int:
        return len(self.hub.store.events([ident(case)]))


class Paper:
    """A Word file as a foreign reader of the format sees it."""

    def __init__(self, answer: Response) -> None:
        assert answer.status_code == 200, answer.text
        self.answer, self.raw = answer, answer.content
        self.document = docx.Document(io.BytesIO(self.raw))
        self.lines = lines_of(self.raw)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def after(self, label: str) -> str:
        """What is printed behind a label, in a letter or in the cell beside it."""
        for n, line in enumerate(self.lines):
            if line.startswith(f"{label}："):
                return line.removeprefix(f"{label}：")
            if line == label:
                return self.lines[n + 1]
        raise AssertionError(f"no {label} in {self.lines}")


def lines_of(raw: bytes) -> list[str]:
    """The text of every paragraph in order, tables included; a tab is a line to be filled in."""
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    found = []
    for paragraph in root.iter(f"{WORD}p"):
        said = (e for run in paragraph.iter(f"{WORD}r") for e in run)
        parts = ["\t" if e.tag == f"{WORD}tab" else e.text or "" for e in said if e.tag in (f"{WORD}t", f"{WORD}tab")]
        found.append("".join(parts))
    return found
