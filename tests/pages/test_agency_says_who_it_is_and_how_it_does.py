"""单位: the directory and one agency's page: who it is, what it holds and owes, pick-up times, returns, partners."""

import importlib
import re

import pytest

from hub.words import DAY, HOUR
from tests.pages.city import COURT, HOUSING, POLICE, TOWN, VILLAGE, City
from tests.pages.listing import Listed, plain, rows
from tests.pages.reading import code_of, words
from tests.people.signed import Signed


@pytest.fixture(scope="module")
def supervisor(listed: Listed) -> Signed:
    return listed.clerk("532301.centre", role="supervisor")


def cells(page: str, code: str) -> list[str]:
    """The cells of an agency's row in the directory."""
    (row,) = [r for r in rows(page) if f'href="/agencies/{code}"' in r and '<td class="ag' in r]
    return [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]


def test_the_directory_has_every_figure_with_its_denominator(listed: Listed, supervisor: Signed) -> None:
    page = supervisor.get("/agencies").text
    assert len(rows(page)) == 8 and "8 个单位" in page
    name, kind, held, unsigned, owes, overdue, median, returns = cells(page, TOWN)
    assert (name, kind, held, unsigned, owes, overdue) == (
        "楚雄市鹿城镇人民调解委员会", "人民调解委员会", "2", "0", "3", "0",
    )  # fmt: skip
    assert median == "0分 1 次签收" and returns == "0.0% 0/1"
    assert cells(page, POLICE)[2:] == ["0", "1", "2", "0", "—", "0.0% 0/1"]  # received one, signed none
    assert cells(page, HOUSING)[-1] == "100.0% 1/1"
    assert cells(page, VILLAGE)[-2:] == ["—", "—"]  # nothing was sent to it: no median, no rate
    assert f'href="/limits?name=sign&amp;agency={POLICE}"' in page
    total = plain(page[page.index("<tfoot>") : page.index("</tfoot>")])
    assert total == "合计 5 1 9 0"


def test_the_directory_is_a_tree_and_can_be_sorted_by_what_is_worst(supervisor: Signed) -> None:
    codes = re.compile(r'<td class="ag d(\d)"><a href="/agencies/([^"]+)"')
    tree = codes.findall(supervisor.get("/agencies").text)
    assert tree[:4] == [("0", "532301.centre"), ("1", TOWN), ("2", VILLAGE), ("2", "532301101002.pmc")]
    for sort, worst in (("unsigned", POLICE), ("held", TOWN), ("returns", HOUSING)):
        listed = codes.findall(supervisor.get(f"/agencies?sort={sort}").text)
        assert listed[0] == ("0", worst) and len(listed) == 8, sort
    assert [c for _, c in codes.findall(supervisor.get("/agencies?kind=court").text)] == [COURT]
    assert {c for _, c in codes.findall(supervisor.get("/agencies?township=532301101").text)} == {
        TOWN, VILLAGE, "532301101002.pmc", POLICE,
    }  # fmt: skip
    assert [c for _, c in codes.findall(supervisor.get("/agencies?q=派出所").text)] == [POLICE]
    assert "没有符合筛选的单位" in supervisor.get("/agencies?q=zzz").text
    for query in ("kind=x", "sort=x", "period=x", "township=x", "page=9", "page=x"):
        answer = supervisor.get(f"/agencies?{query}")
        assert (answer.status_code, code_of(answer)) == (400, "request.query"), query


def test_one_agency(listed: Listed, supervisor: Signed) -> None:
    answer = supervisor.get(f"/agencies/{TOWN}")
    said = words(answer.text)
    assert "楚雄市鹿城镇人民调解委员会" in said and TOWN in said and "市化解中心" in said  # its superior
    assert "现在担责 2 件" in said and "收到 1 次，签收 1 次" in said
    assert "退回 0 次，可退回的 1 次（指派不能退回）" in said
    for group, total in (("待签收", 0), ("待受理", 0), ("待反馈", 1), ("待办理", 2)):
        assert re.search(rf"{group} 0 0 0 {total} {total}", said), group
    assert listed.number(listed.cases["offered"]) in answer.text
    senders = answer.text[answer.text.index("谁移送给它") : answer.text.index("它移送给谁")]
    assert [plain(r).split()[:2] for r in rows(senders)] == [["东兴社区调委会", "1"]]
    assert f'href="/referrals?agency={VILLAGE}&amp;receiver={TOWN}&amp;first=' in answer.text
    assert "截至序号" in said


def test_its_pick_up_times_are_drawn_with_their_numbers(tmp_path_factory: pytest.TempPathFactory) -> None:
    city = City(tmp_path_factory.mktemp("picked"))
    try:
        for hours in (0.5, 2, 2, 30, 80):
            dispute, referral = city.handed()
            city.clock.advance(int(hours * HOUR))
            city.do("sign", POLICE, dispute=dispute, referral=referral)
        city.hub.settle()
        page = city.clerk(POLICE).get(f"/agencies/{POLICE}").text
        picture = page[page.index('<svg class="picks"') :]
        picture = picture[: picture.index("</svg>")]
        counts = re.findall(r'<text class="m ct"[^>]*>(\d+)</text>', picture)
        assert counts == ["1", "2", "0", "0", "1", "0", "1"]
        assert picture.count('class="b ok"') == 2 and picture.count('class="b late"') == 1
        assert picture.count('class="b crit"') == 1 and "签收时限 24 小时" in picture
        table = page[page.index('class="small-table"') :]
        assert "1–4时 2 40%" in plain(table) and "＞72时 1 20%" in plain(table)
        assert "中位 2小时00分，中间一半 2小时00分 至 1天6小时" in words(page)
        city.clock.advance(40 * DAY)
        assert "这段时间没有签收" in city.clerk(POLICE).get(f"/agencies/{POLICE}?period=d30").text
    finally:
        city.close()


@pytest.mark.parametrize("code", ["nobody", "x" * 70, "532301101.pmc ", "<b>", "%00", "figures.xlsx"])
def test_an_unknown_agency(supervisor: Signed, code: str) -> None:
    for path in (f"/agencies/{code}", f"/agencies/{code}/figures.xlsx"):
        answer = supervisor.get(path)
        assert (answer.status_code, code_of(answer)) == (404, "agency.unknown"), path
    assert "<b>" not in supervisor.get(f"/agencies/{code}").text.replace("<b data", "")


def test_a_long_directory_is_folded_by_township(supervisor: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = supervisor.get("/agencies").text
    monkeypatch.setattr(importlib.import_module("hub.web.pages.agencies"), "FOLDED", 2)
    folded = supervisor.get("/agencies").text
    links = re.compile(r'href="/agencies/([\w.]+)" title')
    assert "<details" not in flat and folded.count('<details class="fold">') == 1
    assert sorted(links.findall(folded)) == sorted(links.findall(flat))
    inside = folded[folded.index("<details") : folded.index("</details>")]
    assert all(code.startswith("532301101") for code in links.findall(inside)) and links.findall(inside)
    assert "鹿城镇" in inside[: inside.index("</summary>")] and "个单位" in inside[: inside.index("</summary>")]
    for query in ("?q=532301", "?sort=held", "?kind=police"):
        assert "<details" not in supervisor.get(f"/agencies{query}").text, query
