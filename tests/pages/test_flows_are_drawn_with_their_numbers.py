"""流向: pictures and tables of the same figures, by channel, kind and period; shares have denominators."""

import re
from collections.abc import Iterator

import pytest

from hub.words import DAY, agency_id, text
from tests.pages.city import COURT, HOUSING, POLICE, TOWN, VILLAGE
from tests.pages.listing import Listed, plain, rows
from tests.pages.reading import code_of, words
from tests.people.signed import Signed


@pytest.fixture(scope="module")
def flowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listed]:
    """More referrals: one bounced, one redirected, one lapsed."""
    city = Listed(tmp_path_factory.mktemp("flowing"))
    try:
        case, referral = city.received(upto="accepted")
        del referral
        back = city.offer(case, TOWN, VILLAGE)  # to whom it came from
        city.do("sign", VILLAGE, dispute=case, referral=back)
        other, offered = city.handed()
        city.do(
            "refer", TOWN, dispute=other, kind="transfer", channel="police", in_place_of=offered,
            receiver=text(agency_id(HOUSING)), reason="改派",
        )  # fmt: skip
        city.hub.settle()
        yield city
    finally:
        city.close()


@pytest.fixture(scope="module")
def supervisor(flowing: Listed) -> Signed:
    return flowing.clerk("532301.centre", role="supervisor")


def share(page: str, word: str) -> str:
    """What stands under a word in the row of shares."""
    facts = plain(page[page.index('flow-facts"') : page.index('id="h-picture"')])
    found = re.search(rf"{re.escape(word)} (\S+%) (\d+ / \d+)", facts)
    assert found, (word, facts)
    return f"{found[1]} {found[2]}"


def test_shares(supervisor: Signed) -> None:
    page = supervisor.get("/flows").text
    assert "发出 8 6 对单位之间" in words(page)
    assert share(page, "退回（含签后）") == "12.5% 1 / 8"
    assert share(page, "改派") == "12.5% 1 / 8"
    assert share(page, "失效（含签后）") == "0.0% 0 / 8"
    assert share(page, "回流（甲→乙→甲）") == "12.5% 1 / 8"
    assert "截至序号" in words(page)


def test_the_picture_and_the_table_say_the_same(supervisor: Signed) -> None:
    page = supervisor.get("/flows").text
    picture = page[page.index('<svg class="flows"') :]
    picture = picture[: picture.index("</svg>")]
    drawn = sorted(re.findall(r"<g><title>(.*?) 移送给 (.*?)：(\d+) 次，退回 (\d+) 次</title>", picture))
    table = page[page.index('class="list sticky flows-list"') : page.index('id="h-picked"')]
    listed = []
    for row in rows(table):
        sender, receiver, sent, _, returned, *_ = [plain(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        listed.append((sender, receiver, sent, returned.split()[0]))
    assert drawn == sorted(listed) and len(drawn) == 6
    assert ("市人民法院", "住房和城乡建设局调委会", "1", "1") in drawn
    assert picture.count('class="bk"') == 1  # the red part of the one that was returned
    assert '<title id="fl-t">' in picture and '<desc id="fl-d">' in picture


def test_every_number_leads_to_its_referrals(supervisor: Signed) -> None:
    page = supervisor.get("/flows").text
    links = re.findall(r'<a href="(/referrals[^"]+)">(\d+)</a>', page)
    assert len(links) == 6
    for href, n in links:
        assert f"共 {n} 次" in supervisor.get(href.replace("&amp;", "&")).text, href


@pytest.mark.parametrize(("query", "sent"), [
    ("channel=court", 1), ("channel=petition", 1), ("channel=exit", 0), ("kind=transfer", 8), ("kind=notice", 0),
    ("period=month", 8), ("period=d30", 8), ("period=d90", 8), ("period=all", 8), ("channel=police&kind=transfer", 1),
])  # fmt: skip
def test_by_channel_kind_and_period(supervisor: Signed, query: str, sent: int) -> None:
    said = words(supervisor.get(f"/flows?{query}").text)
    assert (f"发出 {sent} " in said) if sent else ("这段时间没有移送" in said and "截至序号" in said)


def test_pick_up_times_of_all(supervisor: Signed) -> None:
    page = supervisor.get("/flows").text
    spans = page[page.index('<svg class="picks"') :]
    assert "中位 0分·签收 2/2" in spans[: spans.index("</svg>")]  # the town signed both at once
    table = page[page.index('class="list picked-list"') :]
    police = next(plain(r) for r in rows(table) if f"/agencies/{POLICE}" in r)
    assert police == "鹿城派出所 2 0 — — 0.0% 0/2"


@pytest.mark.parametrize("query", ["channel=x", "kind=x", "period=x"])
def test_a_wrong_value(supervisor: Signed, query: str) -> None:
    answer = supervisor.get(f"/flows?{query}")
    assert (answer.status_code, code_of(answer)) == (400, "request.query")


def test_a_scope_counts_its_own(flowing: Listed) -> None:
    said = words(flowing.clerk(COURT).get("/flows").text)
    assert "发出 1 1 对单位之间" in said


def test_a_period_ends(flowing: Listed) -> None:
    flowing.clock.advance(31 * DAY)  # the last test of the module: sessions have ended with it
    later = flowing.clerk("532301.centre", role="supervisor")
    assert "这段时间没有移送" in later.get("/flows?period=d30").text
    assert "发出 8 " in words(later.get("/flows?period=d90").text)
