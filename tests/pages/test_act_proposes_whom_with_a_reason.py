"""The first choices of a receiver and of a report's recipients say why, and the rules would refuse none of them."""

from __future__ import annotations

import html
import re

import pytest

from tests.pages.city import CENTRE, CIVIL, HAMLET, PETITION, TOWN, VILLAGE, City

FIRST = re.compile(r'data-fill="([^"]*)">[^<]*</button></span> ([^<]*)')


def first(page: str) -> list[tuple[str, str]]:
    start = page.find("建议：") if "建议：" in page else page.find("Proposed:")
    assert start >= 0, "nothing is proposed"
    part = page[start : page.index("</p>", start)]
    return [(html.unescape(name), why.strip("、, ")) for name, why in FIRST.findall(part)]


def test_a_referral(city: City) -> None:
    case = city.case(TOWN)
    clerk = city.clerk()
    found = first(clerk.get(f"/act/refer?dispute={case}&lang=zh").text)
    assert found and all(why for _, why in found)
    assert found[0][1] in ("属地管理：纠纷发生地", "谁主管谁负责：行业主管")
    english = first(clerk.get(f"/act/refer?dispute={case}&lang=en").text)
    assert [name for name, _ in english] == [name for name, _ in found]
    assert english[0][1] in ("territorial: where it happened", "competent for the trade")


def test_none_that_returned_it(city: City) -> None:
    case = city.case(TOWN)
    names = [name for name, _ in first(city.clerk().get(f"/act/refer?dispute={case}").text)]
    offer = city.offer(case, TOWN, VILLAGE, upto="signed")
    back = {"reason_code": "not_competent", "reason": "", "suggested": None}
    city.do("return", VILLAGE, dispute=case, referral=offer, **back)
    page = city.clerk().get(f"/act/refer?dispute={case}").text
    assert len(names) > 0 and "东兴" in names[0]
    assert "建议：" not in page or "东兴" not in first(page)[0][0]


def test_a_report(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    page = city.clerk().get(f"/act/report?dispute={case}").text
    assert "建议：" not in page
    noted = {"people": 2, "deaths": 0, "claimed": None, "emergency": False, "note": ""}
    city.do("particulars", TOWN, dispute=case, triggers=["violence", "media"], **noted)
    city.do("grade", TOWN, dispute=case, scheme="four_colours", grade="红", ordinal=1)
    found = first(city.clerk().get(f"/act/report?dispute={case}").text)
    assert [why for _, why in found] == ["持械或者暴力威胁", "媒体关注、红色（Ⅰ级）"]


@pytest.mark.parametrize("agency", [HAMLET, CENTRE])
def test_nothing_is_proposed_for_an_act_without_receivers(city: City, agency: str) -> None:
    assert "建议：" not in city.clerk(TOWN).get(f"/act/close?dispute={city.case(TOWN)}").text


def test_what_no_machine_can_check_stands_in_the_form(city: City) -> None:
    case = city.case(PETITION)
    clerk = city.clerk(PETITION)
    for act in ("refer", "step"):
        assert "检举控告" not in clerk.get(f"/act/{act}?dispute={case}&lang=zh").text
    noticed = {"machine": "to_police", "step": "noticed", "referral": None, "document": "", "note": ""}
    city.do("step", PETITION, dispute=case, **noticed)
    offer = city.offer(case, PETITION, TOWN, "notice", "petition")
    city.do(
        "step", PETITION, dispute=case, machine="petition", step="registered", referral=offer, document="1", note=""
    )
    for act in ("refer", "step"):
        assert "检举控告的内容不得转给被检举控告的单位" in clerk.get(f"/act/{act}?dispute={case}&lang=zh").text
        assert "an accusation never goes to the accused" in clerk.get(f"/act/{act}?dispute={case}&lang=en").text
