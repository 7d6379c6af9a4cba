"""限期清单 and 移送清单: as many rows as the board's figure says, each filter, problems, what a row says."""

import re
from html import unescape

import pytest

from tests.pages.city import COURT, HOUSING, PETITION, POLICE, TOWN, VILLAGE
from tests.pages.listing import Listed, numbers, plain, rows
from tests.pages.reading import code_of
from tests.people.signed import Signed

LINK = re.compile(r'href="(/(?:limits|referrals)[^"]*)"[^>]*>(?:<svg.*?</svg>)?[^<0-9]*([0-9,]+)', re.DOTALL)
COUNT = re.compile(r"共 ([0-9,]+) [项次]")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Listed:
    city = Listed(tmp_path_factory.mktemp("late"))
    city.later()
    return city


def test_every_figure_of_the_board_leads_to_as_many_rows(late: Listed) -> None:
    for person in (late.clerk("532301.centre", role="supervisor"), late.clerk(TOWN)):
        seen = 0
        for href, n in set(LINK.findall(person.get("/board").text)):
            page = person.get(unescape(href))
            assert page.status_code == 200, href
            found = COUNT.search(page.text)
            assert found and found[1] == n == str(len(rows(page.text))), (href, n)
            seen += 1
        assert seen > 10


@pytest.mark.parametrize(("query", "expected"), [
    ("", 9), ("name=sign", 1), ("name=sign&light=late", 0), ("light=crit", 1), ("light=over", 1), ("light=ok", 8),
    ("name=feedback", 2), ("name=progress&name=perform", 5), (f"agency={POLICE}", 2), (f"without={POLICE},{TOWN}", 4),
    ("channel=petition", 2), ("township=532301101002", 2), ("kind=transfer", 4), ("bucket=over1", 1),
    ("bucket=today", 0), ("age=age4", 1),
])  # fmt: skip
def test_limits_by_every_filter(late: Listed, query: str, expected: int) -> None:
    page = late.clerk("532301.centre", role="supervisor").get(f"/limits?{query}").text
    assert COUNT.search(page), page
    assert len(rows(page)) == expected, [plain(row) for row in rows(page)]
    assert f"共 {expected} 项" in page


def test_a_row_of_limits_says_who_must_act_and_who_holds_it(late: Listed) -> None:
    page = late.clerk("532301.centre", role="supervisor").get("/limits?name=sign").text
    (row,) = rows(page)
    said = plain(row)
    assert "鹿城派出所" in said and 'class="own"' in row and "鹿城镇调委会" in said and "未签收" in said
    assert "超期 1天" in said and 'form="many"' in row  # it can be urged from here
    assert numbers(page) == [late.number(late.cases["offered"])]


@pytest.mark.parametrize("query", ["name=x", "light=red", "bucket=soon", "channel=x", "township=x", "age=9", "kind=k"])
def test_limits_refuse_what_they_do_not_know(late: Listed, query: str) -> None:
    person = late.clerk("532301.centre", role="supervisor")
    for path in ("/limits", "/limits.xlsx"):
        answer = person.get(f"{path}?{query}")
        assert (answer.status_code, code_of(answer)) == (400, "request.query")


@pytest.mark.parametrize(("query", "expected"), [
    ("", {"offered", "held", "elsewhere", "returned"}), ("outcome=pending", {"offered"}),
    ("outcome=signed", {"held", "elsewhere"}), ("outcome=returned", {"returned"}), ("outcome=lapsed", set()),
    ("channel=court", {"returned"}), ("kind=transfer", {"offered", "held", "elsewhere", "returned"}),
    ("kind=notice", set()), (f"agency={VILLAGE}", {"held"}), ("township=532301101", {"offered", "held", "elsewhere"}),
    (f"receiver={HOUSING}", {"returned"}), (f"agency={COURT}&receiver={HOUSING}", {"returned"}),
    (f"agency={TOWN}&receiver={HOUSING}", set()), ("first=2099-01-01", set()), ("last=2020-01-01", set()),
])  # fmt: skip
def test_referrals_by_every_filter(listed: Listed, query: str, expected: set[str]) -> None:
    page = listed.clerk("532301.centre", role="supervisor").get(f"/referrals?{query}").text
    assert set(numbers(page)) == {listed.number(listed.cases[name]) for name in expected}
    assert f"共 {len(expected)} 次" in page


def test_a_receiver_sees_what_was_sent_to_it_by_others(listed: Listed) -> None:
    petition: Signed = listed.clerk(PETITION)
    assert numbers(petition.get("/referrals").text) == []  # it sent nothing
    page = petition.get(f"/referrals?receiver={PETITION}").text
    assert numbers(page) == [listed.number(listed.cases["elsewhere"])]


@pytest.mark.parametrize(("query", "status", "code"), [
    ("outcome=lost", 400, "request.query"), ("kind=x", 400, "request.query"), ("first=x", 400, "request.query"),
    ("agency=nobody", 404, "agency.unknown"), ("receiver=nobody", 404, "agency.unknown"),
    ("cursor=x", 400, "request.cursor"),
])  # fmt: skip
def test_referrals_refuse_what_they_do_not_know(listed: Listed, query: str, status: int, code: str) -> None:
    answer = listed.clerk("532301.centre", role="supervisor").get(f"/referrals?{query}")
    assert (answer.status_code, code_of(answer)) == (status, code)
