"""What people typed is text in a document: no markup, no field, nothing a file cannot hold, however long."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from hub.web.documents import text as t
from tests.documents.story import Paper
from tests.pages.city import POLICE, TOWN, VILLAGE, City

EVIL = '<w:p/>&lt;b&gt;"\'=HYPERLINK("x") { DATE } ]]><!-- {year}{0} %s'


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("texts"))
    try:
        yield made
    finally:
        made.close()


def letter(city: City, reason: str, masked: str = "张某某", place: str = "532301101001") -> Paper:
    case = city.case(VILLAGE, masked=masked, place=place)
    offer = city.offer(case, VILLAGE, POLICE, channel="police", upto="signed")
    city.do("return", POLICE, dispute=case, referral=offer, reason_code="other", reason=reason)
    city.offer(case, VILLAGE, TOWN)
    for form in ("registration", "referral_letter"):
        paper = Paper(city.system.get(f"/v1/disputes/{case}/documents/{form}"))
        if masked:
            assert masked in paper.text
    return Paper(city.system.get(f"/v1/disputes/{case}/documents/return_letter"))


def test_markup_is_shown_as_it_was_typed(city: City) -> None:
    paper = letter(city, EVIL, masked=EVIL + "某", place=EVIL)
    assert paper.after("具体理由") == EVIL
    with zipfile.ZipFile(io.BytesIO(paper.raw)) as file:
        body = file.read("word/document.xml").decode()
        for name in file.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(file.read(name))
    assert "instrText" not in body and "w:hyperlink" not in body and "fldSimple" not in body
    assert body.count("<w:p>") + body.count("<w:p ") + body.count("<w:p/>") == len(paper.lines)


def test_characters_no_file_can_hold_are_left_out(city: City) -> None:
    paper = letter(city, "甲\x01\x0b\x1b乙\ufffe丙\r\n丁\t戊")
    at = next(n for n, line in enumerate(paper.lines) if line.startswith("具体理由"))
    assert paper.lines[at : at + 2] == ["具体理由：甲乙丙", "丁\t戊"]


def test_a_long_text_is_all_there(city: City) -> None:
    long = "界址纠纷" * 1_000  # as long as a field may be
    assert letter(city, long).after("具体理由") == long


def test_blank_texts_are_lines(city: City) -> None:
    assert letter(city, " \n ").after("具体理由") == "\t"


@pytest.mark.parametrize(("fen", "words"), [
    (0, "零元整"), (1, "壹分"), (10, "壹角整"), (101, "壹元零壹分"), (1_200_000, "壹万贰仟元整"),
    (1_000_500, "壹万零伍元整"), (3_760_470_000, "叁仟柒佰陆拾万零肆仟柒佰元整"), (10_010_00, "壹万零壹拾元整"),
    (100_000_000_00, "壹亿元整"), (100_001_000_00, "壹亿零壹仟元整"), (123_45, "壹佰贰拾叁元肆角伍分"),
    (1_000_000_000_000_00, "壹万亿元整"), (2_000_30, "贰仟元叁角整"), (100_000_000_0001_00, "壹万亿零壹元整"),
])  # fmt: skip
def test_amounts_in_capital_figures(fen: int, words: str) -> None:
    assert t.capital(fen) == words


@pytest.mark.parametrize(("at", "rule", "said"), [
    (1_795_536_756_000_000, "sign.24h", "2026年11月25日0时12分止（24小时）"),
    (1_795_536_000_000_000, "accept.5d", "2026年11月24日24时止（5日）"),
    (1_795_536_000_000_000, "accept.3w@532301~", "2026年11月24日24时止（3个工作日，暂定）"),
    (1_795_536_000_000_000, "court.entrust.P2025.15d+30d@532301", "2026年11月24日24时止（15日，延长30日）"),
    (1_795_536_000_000_000, "confirm.1m", "2026年11月24日24时止（1个月）"),
    (1_795_536_000_000_000, "something else", "2026年11月24日24时止"),
])  # fmt: skip
def test_limits(at: int, rule: str, said: str) -> None:
    assert t.until(at, rule) == said
