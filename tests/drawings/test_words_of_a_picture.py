"""Names as people say them, lengths as people read them, and the picture in sentences for those who do not see it."""

from xml.etree import ElementTree

import pytest

from connectors.city.chuxiong import build
from hub.web.drawings import draw, picture
from hub.web.drawings.words import length, short_name
from hub.words import DAY, HOUR, SECOND
from tests.drawings.pictures import any_name
from tests.drawings.story import START, name, worked_example

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("楚雄市矛盾纠纷多元化解中心", "市化解中心"),
        ("楚雄市人民调解委员会", "市调委会"),
        ("楚雄市医疗纠纷人民调解委员会", "市医疗纠纷调委会"),
        ("楚雄市自然资源局人民调解委员会", "市自然资源局调委会"),
        ("楚雄市鹿城镇人民调解委员会", "鹿城镇调委会"),
        ("楚雄市鹿城镇东兴社区人民调解委员会", "东兴社区调委会"),
        ("楚雄市大过口乡某某村村民小组调解席位", "某某村小组"),
        ("楚雄市公安局苍岭派出所", "苍岭派出所"),
        ("楚雄市公安局", "市公安局"),
        ("楚雄市人民法院", "市人民法院"),
        ("some committee", "some committee"),
    ],
)
def test_short_names(full: str, short: str) -> None:
    assert short_name(full) == short


def test_every_agency_of_the_city_has_a_short_name_that_fits() -> None:
    assert all(2 < len(short_name(a.name)) <= 16 for a in build())


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (59 * 60 * SECOND, "59分"), (HOUR, "1小时"), (9 * HOUR + 17 * 60 * SECOND, "9小时17分"), (DAY, "1天"),
        (DAY + HOUR, "1天1小时"), (31 * DAY + HOUR, "31天"),
    ],
)  # fmt: skip
def test_lengths(micros: int, text: str) -> None:
    assert length(micros) == text


def test_the_picture_in_sentences() -> None:
    root = ElementTree.fromstring(draw(picture(worked_example().events, START + 40 * DAY), name).svg)
    assert root.findtext(f"{SVG}title") == "责任接力图：532301-2026-00001"
    says = root.findtext(f"{SVG}desc") or ""
    assert says.startswith("责任依次在东兴社区调委会（10-08 起）、市住房和城乡建设局调委会")
    assert "没有中断" in says and "第 1 次移交 10-10 被退回" in says and says.endswith("案件已办结。")


def test_each_leg_is_a_link_with_its_story() -> None:
    shown = picture(worked_example().events, START + 40 * DAY)
    root = ElementTree.fromstring(draw(shown, name, link=lambda n: f"#leg-{n}").svg)
    links = {a.get("href") or "": a.get("aria-label") or "" for a in root.iter(f"{SVG}a")}
    assert sorted(links) == ["#leg-1", "#leg-2", "#leg-3", "#leg-4"]
    assert (
        links["#leg-1"] == "#1 移交，东兴社区调委会 至 鹿城派出所，10-09 04:00 发出，10-09 14:00 签收，10-10 10:00 退回"
    )


def test_any_name_is_escaped_and_the_file_stands_alone() -> None:
    svg = draw(picture(worked_example().events, START + 40 * DAY), any_name, alone=True).svg
    ElementTree.fromstring(svg)
    assert "<style>" in svg and "var(--" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
