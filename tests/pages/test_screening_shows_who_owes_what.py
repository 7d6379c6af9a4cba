"""排查 on pages: what is owed first, each cell a link, the ledger with its filters and its file, acts of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.words import agency_id, ident, screening_id, text
from tests.pages.city import CENTRE, HAMLET, HIDDEN, POLICE, TOWN, VILLAGE
from tests.pages.listing import plain, workbook
from tests.pages.reading import words
from tests.pages.screened import Screened
from tests.people.signed import Signed, sign_in

CITY = Screened


@pytest.fixture
def live(tmp_path_factory: pytest.TempPathFactory, no_waiting: None) -> Iterator[Screened]:
    """One to act in; ``city`` is looked at only."""
    made = Screened(tmp_path_factory.mktemp("acted"))
    yield made
    made.close()


def form_at(person: Signed, path: str, at: int = 0) -> tuple[str, dict[str, str]]:
    """Where a form of a page goes and what it carries unseen."""
    page = person.get(path).text
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.S)
    action, body = forms[at]
    return action, {name: unescape(value) for name, value in HIDDEN.findall(body)}


def send(live: Screened, person: Signed, path: str, **typed: Any) -> Any:
    """Open a form as a page, fill it in, send it."""
    action, carried = form_at(person, path)
    answer = person.post(action, carried | typed)
    live.hub.settle()
    return answer


def test_what_is_owed_comes_first_and_figures_have_their_whole(supervisor: Signed) -> None:
    page = plain(supervisor.get("/screening?quarter=2026-Q4").text)
    for said in (
        "待上报 3 其中逾期未报 0", "本季漏报 3 应报 11", "未研判线索 1 未处置 2", "红色线索 1 未处置 2",
        "整改逾期 0 督导问题 2", "2027-H1 已督导 1 / 1", "合计 11 +11 5 +5 1 +1 3 +3 2 +2",
    ):  # fmt: skip
        assert said in page, said
    owed = page[page.index("今日应报") : page.index("排查日历")]
    assert owed.index("永安社区居民小组") < owed.index("鹿城镇调委会")  # due sooner


def test_every_cell_leads_to_its_round(supervisor: Signed) -> None:
    page = supervisor.get("/screening?schedule=group_week").text
    grid = page[page.index('class="rounds-grid"') : page.index("</tbody>", page.index('class="rounds-grid"'))]
    links = re.findall(r'<td><a href="(/screening/books/[^"#]+)#([^"]+)"', grid)
    assert len(links) == 12 and all(re.search(r"<svg.*?</svg>(已报|迟报|漏报|待报|本期)", cell) for cell in
                                    re.findall(r"<td><a .*?</td>", grid, re.S))  # fmt: skip
    recorded = [(path, anchor) for path, anchor in links[:5]]
    for path, anchor in recorded:
        assert f'id="{anchor}"' in supervisor.get(path).text


def test_tabs_township_and_round_stand_in_the_address(supervisor: Signed) -> None:
    assert "永安社区调委会" in plain(supervisor.get("/screening?schedule=village_month").text)
    narrowed = plain(supervisor.get("/screening?township=532301102").text)
    assert "没有待上报的排查" in narrowed and "没有单位承担这项任务" in narrowed
    assert "未督导" in plain(supervisor.get("/screening?round=2027-H2").text)
    for query in ("schedule=x", "quarter=2026-Q7", "round=1", "skip=-1", "township=x"):
        assert supervisor.get(f"/screening?{query}").status_code == 400, query


def test_a_clerk_sees_their_own_and_below(city: Screened) -> None:
    hamlet = city.clerk(HAMLET)
    page = hamlet.get("/screening").text
    assert "永安社区" in page and "东兴社区" not in page
    assert hamlet.get(f"/screening/books/{VILLAGE}").status_code == 404
    assert hamlet.get(f"/screening/leads/{city.leads['red']}").status_code == 404
    assert hamlet.get(f"/screening/act/assess?lead={city.leads['red']}").status_code == 404
    assert hamlet.get(f"/screening/ledger?agency={VILLAGE}").status_code == 403
    assert "共 1 条" in plain(hamlet.get("/screening/ledger").text)
    assert "没有待上报的排查" in plain(city.clerk(POLICE).get("/screening").text)
    assert sign_in(city, "keeper", "operator", CENTRE).get("/screening").status_code == 403


def test_buttons_are_those_one_may_press(city: Screened) -> None:
    village = city.clerk(VILLAGE).get(f"/screening/leads/{city.leads['red']}").text
    assert "/screening/act/settle" in village and "/screening/act/assess" in village
    assert "/screening/act/" not in city.clerk(TOWN).get(f"/screening/leads/{city.leads['red']}").text
    assert "/screening/act/inspect" in city.clerk(CENTRE, user="c").get(f"/screening/books/{TOWN}").text
    own = city.clerk(TOWN, user="t2").get(f"/screening/books/{TOWN}").text
    assert "/screening/act/rectify" in own and "/screening/act/inspect" not in own
    auditor = sign_in(city, "auditor", "auditor", CENTRE).get(f"/screening/books/{TOWN}").text
    assert "/screening/act/" not in auditor


def test_the_ledger_and_its_file(city: Screened, supervisor: Signed) -> None:
    page = supervisor.get("/screening/ledger").text
    assert "共 4 条" in plain(page) and city.number(city.dispute) in page
    for query, n in (
        ("state=open", 2), ("state=settled", 2), ("grade=1", 1), ("grade=0", 3), ("category=06", 1),
        ("source=grid", 1), ("outcome=registered", 1), (f"agency={TOWN}", 1), ("township=532301101002", 1),
        ("first=2027-01-01", 0),
    ):  # fmt: skip
        assert f"共 {n} 条" in plain(supervisor.get(f"/screening/ledger?{query}").text), query
        rows = workbook(supervisor.get(f"/screening/ledger.xlsx?{query}")).sheets["排查工作台账"]
        assert len(rows) == n + 1, query
    book = workbook(supervisor.get("/screening/ledger.xlsx?state=settled&outcome=registered"))
    row = dict(zip(*book.sheets["排查工作台账"], strict=False))
    assert row["案件编号"] == city.number(city.dispute) and row["处置结果"] == "登记为纠纷"
    assert "<f>" not in "".join(book.parts.values())
    assert "没有符合筛选的线索" in supervisor.get("/screening/ledger?category=01").text


def test_english_says_it_too(city: Screened) -> None:
    person = sign_in(city, "english", "supervisor", CENTRE)
    page = plain(person.get("/screening?lang=en&quarter=2026-Q4").text)
    assert "missed this quarter 3 of 11 owed" in page and "2027-H1: 1 of 1 inspected" in page


def test_a_nil_report_is_one_press(live: Screened) -> None:
    clerk = live.clerk(HAMLET)
    page = clerk.get("/screening").text
    assert page.count(">零报告</button>") == 1
    action, carried = form_at(clerk, "/screening")
    assert (carried["schedule"], carried["first"], carried["found"]) == ("village_month", "2026-12-01", "0")
    answer = clerk.post(action, carried)
    assert answer.status_code == 303
    live.hub.settle()
    after = clerk.get(answer.headers["location"]).text
    assert "排查已上报" in after and ">零报告</button>" not in after
    assert "已报" in clerk.get(f"/screening/books/{HAMLET}").text
    again = clerk.post(action, carried)  # the same form sent twice is one report
    assert again.status_code == 303 and len(live.hub.store.events([_book(HAMLET)])) == 3


def test_what_was_said_to_be_done_is_nobodys_else(live: Screened) -> None:
    clerk = live.clerk(HAMLET)
    answer = clerk.post(*form_at(clerk, "/screening"))
    said = answer.headers["location"]
    assert "排查已上报" in clerk.get(said).text
    assert "排查已上报" not in live.clerk(VILLAGE).get(said).text
    assert "排查已上报" not in clerk.get("/screening?done=file&by=AAAAAAAAAAAAAAAAAAAAAA").text


def test_from_lead_to_dispute_without_script(live: Screened) -> None:
    clerk = live.clerk(VILLAGE)
    typed = {
        "source": "informant", "category": "02", "place": "东兴社区", "people": "4", "grade": "", "measures": "",
        "summary": "宅基地边界有争执",
    }  # fmt: skip
    answer = send(live, clerk, "/screening/act/lead?back=/screening/ledger", **typed)
    assert answer.status_code == 303 and "线索已登记" in clerk.get(answer.headers["location"]).text
    ledger = clerk.get("/screening/ledger?state=reported").text
    assert "宅基地边界有争执" in ledger
    lead = re.findall(r"/screening/leads/([0-9a-f-]{36})", ledger)[0]
    row = live.hub.views.screening.lead(ident(lead))
    assert row is not None and (row["place"], row["people"]) == ("532301101001", 4)
    answer = send(live, clerk, f"/screening/act/assess?lead={lead}", grade="橙", measures="专人盯办")
    assert answer.status_code == 303
    row = live.hub.views.screening.lead(ident(lead))
    assert row is not None and (row["ordinal"], row["scheme"], row["raw"]) == (2, "four_colours", "橙")
    settle = clerk.get(f"/screening/act/settle?lead={lead}&back=/screening/ledger").text
    register = unescape(re.findall(r'href="(/act/register\?[^"]+)"', settle)[0])
    asked = parse_qs(urlsplit(register).query)
    assert (asked["category"], asked["place"]) == (["02"], ["东兴社区"])
    page = clerk.get(register).text
    assert '<option value="02" selected' in page and 'value="东兴社区"' in page
    carried = {name: unescape(value) for name, value in HIDDEN.findall(page[page.index('<form class="act"') :])}
    made = clerk.post("/act/register", carried | {
        "category": "02", "place": "东兴社区", "source": "proactive", "party_name_0": "张三",
        "party_role_0": "applicant", "party_kind_0": "person",
    })  # fmt: skip
    assert made.status_code == 303
    live.hub.settle()
    back = clerk.get(made.headers["location"]).text
    number = re.findall(r'name="registered"[^>]* value="([^"]+)"', back)[0]
    assert re.fullmatch(r"532301-2026-\d{5}|532301-2027-\d{5}", number), number
    action, hidden = form_at(clerk, made.headers["location"])
    done = clerk.post(action, hidden | {"outcome": "registered", "registered": number, "receiver": "", "note": ""})
    assert done.status_code == 303 and done.headers["location"].startswith("/screening/ledger?")
    live.hub.settle()
    assert number in clerk.get("/screening/ledger?outcome=registered").text


def test_what_stands_in_the_way_is_told_and_nothing_typed_is_lost(live: Screened) -> None:
    clerk = live.clerk(VILLAGE)
    lead = live.leads["red"]
    settle = f"/screening/act/settle?lead={lead}"
    answer = send(live, clerk, settle, outcome="registered", registered="", receiver="", note="我的说明")
    assert answer.status_code == 409 and "lead.needs_dispute" in answer.text and "我的说明" in answer.text
    assert "台账没有变化" in answer.text
    answer = send(live, clerk, settle, outcome="", registered="999", receiver="谁", note="")
    assert answer.status_code == 422 and "field.missing" in answer.text and "agency.unknown" not in words(answer.text)
    answer = send(live, clerk, settle, outcome="passed", registered="", receiver="永安社区调委会", note="")
    assert answer.status_code == 303
    answer = send(
        live,
        clerk,
        f"/screening/act/file?book={VILLAGE}&schedule=village_month&first=2026-12-01&last=2026-12-31",
        found="0",
    )
    assert answer.status_code == 409 and "screening.filed_before" in answer.text and "专项排查" in answer.text
    other = {"kind": "special", "first": "2026-12-30", "last": "2026-12-31", "found": "x"}
    answer = send(live, clerk, f"/screening/act/file_other?book={VILLAGE}", **other)
    assert answer.status_code == 422 and 'value="x"' in answer.text
    answer = send(live, clerk, f"/screening/act/file_other?book={VILLAGE}", **other | {"found": "2", "settled": "1"})
    assert answer.status_code == 303


def test_inspect_rectify_review(live: Screened) -> None:
    centre, town = live.clerk(CENTRE, role="supervisor"), live.clerk(TOWN)
    answer = send(live, centre, f"/screening/act/inspect?book={TOWN}", summary="再看", demands="第一\n\n第二\n")
    assert answer.status_code == 303
    found = live.hub.views.screening.findings_of(agency_id(TOWN)).items
    assert [row["demand"] for row in found[:2]] == ["第二", "第一"] and len(found) == 4
    finding = text(found[0]["finding"])
    assert send(live, centre, f"/screening/act/review?finding={finding}", passed="yes", note="").status_code == 409
    assert send(live, town, f"/screening/act/rectify?finding={finding}", done="改好了").status_code == 303
    assert send(live, town, f"/screening/act/review?finding={finding}", passed="yes", note="").status_code == 403
    assert send(live, centre, f"/screening/act/review?finding={finding}", passed="yes", note="好").status_code == 303
    assert "已销号" in town.get(f"/screening/books/{TOWN}").text


def test_markup_in_words_is_text(live: Screened) -> None:
    evil = '<img src=x onerror="alert(1)">'
    live.lead(VILLAGE, "02", summary=evil)
    live.hub.settle()
    clerk = live.clerk(VILLAGE)
    for path in ("/screening/ledger", f"/screening/books/{VILLAGE}"):
        page = clerk.get(path).text
        assert "<img" not in page and "&lt;img src=x" in page


def _book(code: str) -> bytes:
    return screening_id(agency_id(code))
