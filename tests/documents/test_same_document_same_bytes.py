"""The same document asked for twice is the same file, whatever happened since."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.words import DAY, agency_id, ident, text
from tests.documents.story import MASKED, Paper, Story
from tests.pages.city import POLICE, TOWN, VILLAGE, City


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_byte_for_byte(told: Story) -> None:
    for item in told.documents(told.case_):
        assert told.system.get(item["href"]).content == told.system.get(item["href"]).content, item


def test_nothing_in_the_file_is_of_the_moment_it_was_made(told: Story) -> None:
    paper = told.document(told.case_, "移送函")
    with zipfile.ZipFile(io.BytesIO(paper.raw)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = file.read("docProps/core.xml").decode()
    assert core.count("2026-11-25T00:12:36Z") == 2, "created and modified: when the event was recorded"
    assert "python-docx" not in core


def test_neither_later_events_nor_later_names_change_it(city: City) -> None:
    case = city.case(VILLAGE, masked=MASKED)
    city.offer(case, VILLAGE, POLICE)
    href = f"/v1/disputes/{case}/documents/referral_letter?event=2"
    before = city.system.get(href)
    assert "楚雄市公安局鹿城派出所：" in Paper(before).lines
    city.clock.advance(3 * DAY)
    operator = city.peer("clerk of names", role="operator")
    for code, name in ((POLICE, "楚雄市公安局新派出所"), (VILLAGE, "楚雄市鹿城镇新社区人民调解委员会")):
        new: dict[str, object] = {"kind": "police", "level": "village", "region": "532301101001", "superior": None}
        new |= {"competences": [], "name": name, "mediators": 0, "seal": True, "subject": text(agency_id(code))}
        city.say(operator, "amend_agency", "hub", **new | ({"kind": "committee"} if code == VILLAGE else {}))
    city.do("grade", VILLAGE, dispute=case, scheme="", grade="高", ordinal=1)
    assert city.system.get(href).content == before.content
    city.offer(case, VILLAGE, TOWN, kind="notice")
    later = city.system.get(f"/v1/disputes/{case}/documents/referral_letter")
    assert "楚雄市鹿城镇新社区人民调解委员会" in Paper(later).lines, "without a version: the latest, under the new name"


def test_an_erased_name_is_a_line(city: City) -> None:
    case = city.case(VILLAGE, masked=MASKED)
    href = f"/v1/disputes/{case}/documents/registration"
    assert MASKED in Paper(city.system.get(href)).text
    city.hub.store.sealed.erase(ident(case))
    after = Paper(city.system.get(href))
    assert MASKED not in after.text and "申请人：＿＿＿＿＿＿　性别＿＿　民族＿＿　年龄＿＿" in after.lines
