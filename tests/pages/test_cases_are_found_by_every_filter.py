"""全部案件: search by number, agency, place and category, every filter, what the page says it found, the next page."""

import sys

import pytest

from hub.web.pages.cases_asked import shortest
from tests.pages.city import COURT, PETITION, TOWN, VILLAGE
from tests.pages.listing import Listed, numbers, plain, rows
from tests.pages.reading import code_of
from tests.people.signed import Signed

ALL = ("kept", "offered", "held", "elsewhere", "returned", "closed")


@pytest.fixture(scope="module")
def supervisor(listed: Listed) -> Signed:
    return listed.clerk("532301.centre", role="supervisor")


@pytest.mark.parametrize(("query", "expected"), [
    ("", ALL),
    ("q=2026-00002", ("offered",)),
    ("q=2026-2", ("offered",)),
    ("q=532301-2026-00002", ("offered",)),
    ("q=2", ("offered",)),
    ("q=2025-00002", ()),
    ("q=510703-2026-00002", ()),
    ("q=信访局", ("elsewhere",)),
    ("q=532301.petition", ("elsewhere",)),
    ("q=东兴社区", ("kept", "offered", "held", "closed")),
    ("q=532301101002", ("elsewhere",)),
    ("q=永安社区", ("elsewhere",)),
    ("q=医疗", ALL),
    ("q=medical", ALL),
    ("q=没有这样的", ()),
    ("status=open", ("kept", "offered", "held", "elsewhere", "returned")),
    ("status=closed", ("closed",)),
    ("status=void", ()),
    ("channel=court", ("returned",)),
    ("channel=petition", ("elsewhere",)),
    ("category=15", ALL),
    ("category=07", ()),
    ("township=532301101", ("kept", "offered", "held", "elsewhere", "closed")),
    ("township=532301101002", ("elsewhere",)),
    (f"custodian={TOWN}", ("offered", "held", "closed")),
    (f"custodian={PETITION}", ("elsewhere",)),
    (f"agency={VILLAGE}", ("kept", "held")),
    (f"agency={COURT}&status=open", ("returned",)),
    ("since=2026-01-01&until=2099-12-31", ALL),
    ("since=2099-01-01", ()),
    ("until=2020-01-01", ()),
    ("overdue=1", ()),
    ("overdue=0&status=", ALL),
])  # fmt: skip
def test_what_is_found(listed: Listed, supervisor: Signed, query: str, expected: tuple[str, ...]) -> None:
    answer = supervisor.get(f"/disputes?{query}")
    assert answer.status_code == 200
    wanted = {listed.number(listed.cases[name]) for name in expected}
    found = numbers(answer.text)
    assert set(found) == wanted
    assert found == sorted(found, reverse=True)  # the newest first
    assert f"共 {len(wanted)} 件" in answer.text
    if not wanted:
        assert "没有符合筛选的案件" in answer.text and "截至序号" in answer.text


def test_overdue_is_what_ran_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    city = Listed(tmp_path_factory.mktemp("late"))
    try:
        city.later()
        person = city.clerk("532301.centre", role="supervisor")
        page = person.get("/disputes?overdue=1").text
        assert numbers(page) == [city.number(city.cases["offered"])]
        (row,) = rows(page)
        assert "超期" in plain(row) and "未签收" in plain(row) and "鹿城派出所" in plain(row)
    finally:
        city.close()


def test_a_row_says_who_holds_it_since_when_and_what_is_next(listed: Listed, supervisor: Signed) -> None:
    number = listed.number(listed.cases["held"])
    (row,) = [r for r in rows(supervisor.get("/disputes").text) if number in r]
    said = plain(row)
    assert 'class="own"' in row and "鹿城镇调委会" in said and 'data-k="担责自"' in row  # the custodian's blue bar
    assert "医疗·东兴社区" in said.replace(" ", "") and "未反馈" in said and "受理" in said and "调解系统内" in said
    assert number.split("-", 1)[1] in said and f'title="{number}"' in row


def test_the_page_says_how_it_understood_a_word(supervisor: Signed) -> None:
    assert "“东兴社区”按经手单位（1 个）、发生地（1 处）查找" in supervisor.get("/disputes?q=东兴社区").text
    assert "没有哪个案号、单位、地点或类别叫“zzz”" in supervisor.get("/disputes?q=zzz").text
    chip = supervisor.get(f"/disputes?agency={VILLAGE}").text
    assert "东兴社区人民调解委员会 经手过" in chip and 'name="agency" value="532301101001.pmc"' in chip


def test_the_next_page_keeps_the_filter(listed: Listed, supervisor: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["hub.web.pages.cases"], "ROWS", 2)
    found: list[str] = []
    path = "/disputes?status=open&q=医疗"
    for _ in range(3):
        page = supervisor.get(path).text
        found += numbers(page)
        assert "共 5 件" in page
        if 'rel="next"' not in page:
            break
        path = page[: page.index('rel="next"')].rpartition("<a ")[2] + page[page.index('rel="next"') :]
        path = path.split('href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
        assert "status=open" in path and "q=" in path
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize(("query", "status", "code"), [
    ("status=gone", 400, "request.query"), ("channel=x", 400, "request.query"), ("category=99", 400, "request.query"),
    ("township=5323x", 400, "request.query"), ("township=5323011010010", 400, "request.query"),
    ("since=2026-13-01", 400, "request.query"), ("until=morgen", 400, "request.query"),
    ("overdue=yes", 400, "request.query"), ("custodian=nobody", 404, "agency.unknown"),
    ("agency=532301.nowhere", 404, "agency.unknown"), ("cursor=xx", 400, "request.cursor"),
    ("q=" + "长" * 65, 400, "request.query"),
])  # fmt: skip
def test_a_wrong_value_is_a_problem_and_no_wider_list(supervisor: Signed, query: str, status: int, code: str) -> None:
    for path in ("/disputes", "/disputes.xlsx"):
        if not (path.endswith("xlsx") and query.startswith("cursor")):
            answer = supervisor.get(f"{path}?{query}")
            assert (answer.status_code, code_of(answer)) == (status, code), path


@pytest.mark.parametrize("q", ["\x00", "%", "_", "'; drop table x; --", "\\", "<script>alert(1)</script>"])
def test_strange_words_find_nothing_and_stay_words(supervisor: Signed, q: str) -> None:
    answer = supervisor.client.get("/disputes", params={"q": q})
    assert (answer.status_code, numbers(answer.text)) == (200, [])
    assert "<script>alert" not in answer.text


def test_a_wrong_language_counts_for_nothing(supervisor: Signed) -> None:
    assert "全部案件" in supervisor.get("/disputes?lang=xx").text


def test_a_place_within_a_place_is_named_once() -> None:
    codes = ["532301102", "532301101002", "532301101", "5323012"]
    assert shortest(codes) == ("532301101", "532301102", "5323012")
    assert shortest([]) == ()
