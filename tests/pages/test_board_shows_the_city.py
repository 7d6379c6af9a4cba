"""The board as it is sent: its figures are the views', each leads to a list of as many, in a person's scope only."""

from __future__ import annotations

import html
import importlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub import words as w
from hub.projections.obligations import Filter, Moment
from hub.web.pages.items import read
from hub.words import DAY, HOUR, agency_id, ident
from tests.pages.city import CENTRE, COURT, HAMLET, HOUSING, PETITION, POLICE, TOWN, VILLAGE, City
from tests.pages.reading import CHINESE, code_of, words
from tests.pages.reading import read as read_page
from tests.people.signed import Signed

FIGURE = re.compile(r'<a(?: class="[^"]*")? href="(/(?:limits|referrals)[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def cases(city: City) -> dict[str, str]:
    """Disputes at every step: unsigned, signed, accepted, overdue, far overdue; by what they are."""
    made = {"far": city.case(VILLAGE), "late": city.case(COURT)}
    city.offer(made["far"], VILLAGE, POLICE)
    city.clock.advance(3 * DAY)
    city.offer(made["late"], COURT, TOWN, channel="court")
    city.clock.advance(26 * HOUR)
    for name, sender, receiver, kind, channel, upto in (
        ("new", TOWN, POLICE, "transfer", "police", ""), ("signed", TOWN, HOUSING, "transfer", "mediation", "signed"),
        ("held", COURT, TOWN, "delegation", "court", "accepted"),
        ("notice", PETITION, CENTRE, "notice", "petition", ""),
    ):  # fmt: skip
        made[name] = city.case(sender, place="532301101002" if name == "new" else "532301101001")
        city.offer(made[name], sender, receiver, kind, channel, upto)
    made["kept"] = city.case(HAMLET, place="532301101002")
    city.clock.advance(HOUR)
    city.hub.settle()
    return made


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is the newest: what the rest is for has tests of its own."""
    monkeypatch.setattr("hub.web.pages.shared.REST", 0.0)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("city"))
    made.cases = cases(made)  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.fixture(scope="module")
def made(city: City) -> dict[str, str]:
    found: dict[str, str] = city.cases  # type: ignore[attr-defined]
    return found


@pytest.fixture(scope="module")
def supervisor(city: City) -> Signed:
    return city.clerk(CENTRE, "boss", "supervisor")


def board(person: Signed, query: str = "", **headers: str) -> str:
    answer = person.get(f"/board{query}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def figures(page: str) -> list[tuple[str, int]]:
    """(address, number) of every figure that leads to a list."""
    found = []
    for href, inner in FIGURE.findall(page):
        numbers = re.findall(r"\d[\d,]*", re.sub(r"<svg.*?</svg>|<small>.*?</small>|<[^>]+>", " ", inner))
        if numbers:
            found.append((html.unescape(href), int(numbers[-1].replace(",", ""))))
    return found


def test_figures_are_the_views_at_one_position(city: City, supervisor: Signed) -> None:
    page = board(supervisor)
    moment = Moment.of(city.clock.now(), city.hub.parts.pack)
    meant = city.hub.views.board.figures(Filter(), moment)
    position = f"{city.hub.desk.position:,}"
    assert meant.unsigned.count == 4 and f"{meant.unsigned.count}<small>件</small>" in page
    assert page.count(f"截至序号 {position}") >= 2 and f"<b data-position>{position}</b>" in page
    said = words(page)
    assert "严重超期 1" in said and "超期 1" in said
    assert meant.unsigned.oldest and meant.unsigned.oldest["number"].split("-", 1)[1] in said
    assert "差额 两边相等，没有去向不明" in said and "在办 7 件，每件一个责任单位" in said
    total = sum(sum(t.buckets) for t in meant.tallies)
    assert f'<td class="t"><a href="/limits">{total}</a></td>' in page  # the grid's, and the matrix's
    assert page.count(f'<a href="/limits">{total}</a>') == 2


@pytest.mark.parametrize("query", ["", "?channel=court", "?township=532301101", f"?agency={POLICE}", "?kind=transfer"])
def test_every_figure_leads_to_a_list_of_as_many(city: City, supervisor: Signed, query: str) -> None:
    found = figures(board(supervisor, query))
    assert len(found) >= 8
    moment = Moment.of(city.clock.now(), city.hub.parts.pack)
    for address, n in found:
        split = urlsplit(address)
        answer = supervisor.get(address)
        assert answer.status_code == 200, (address, answer.text)
        if split.path == "/limits":
            _, total = city.hub.views.board.limits(Filter.from_query(parse_qsl(split.query)), moment)
            assert total == n, address
        assert re.search(rf"\b{n} (项|件|次)", words(answer.text)), address


def test_a_clerk_sees_only_disputes_of_theirs(city: City, made: dict[str, str]) -> None:
    for agency, mine in (
        (PETITION, {"notice"}), (COURT, {"late", "held"}), (HOUSING, {"signed"}),
        (TOWN, {"far", "late", "new", "signed", "held", "kept"}),
    ):  # fmt: skip
        page = board(city.clerk(agency))
        below = (TOWN, VILLAGE, HAMLET) if agency == TOWN else (agency,)
        scope = frozenset(bytes(agency_id(code)) for code in below)
        shown = {name for name, dispute in made.items() if city.number(dispute) in page}
        assert shown <= mine, agency
        assert f"在办 {len(mine)} 件" in words(page), agency
        for address, n in figures(page):
            split = urlsplit(address)
            if split.path == "/limits":
                wanted = Filter.from_query(parse_qsl(split.query), scope)
                assert city.hub.views.board.limits(wanted, Moment.of(city.clock.now(), city.hub.parts.pack))[1] == n
    auditor = board(city.clerk(PETITION, "auditor", "auditor"))
    assert "在办 7 件" in words(auditor) and 'form="one"' not in auditor and 'type="checkbox"' not in auditor


def test_the_shared_part_holds_nothing_of_a_session(city: City, supervisor: Signed) -> None:
    other = city.clerk(CENTRE, "deputy", "supervisor")
    mine, theirs = board(supervisor, "", **{"X-Live": "1"}), board(other, "", **{"X-Live": "1"})
    assert mine == theirs and "<html" not in mine
    page = board(supervisor)
    assert supervisor.csrf in page and supervisor.csrf not in mine and "nonce" not in mine
    assert mine.strip() in page
    assert board(city.clerk(COURT, "judge", "supervisor"), "", **{"X-Live": "1"}) != mine  # same scope, other buttons
    assert supervisor.get("/board", **{"X-Live": "1"}).headers["x-position"] == str(city.hub.desk.position)


def test_filters_are_kept_and_refused_by_name(city: City, supervisor: Signed) -> None:
    page = board(supervisor, f"?channel=court&township=532301101&agency={TOWN}&kind=transfer")
    assert len(re.findall(r" selected[ >]", page)) == 2 and 'list="agencies" value="鹿城镇调委会"' in page
    assert 'value="court">' in page and ">清除筛选<" in page
    assert f"筛选：诉调 · 鹿城镇 · 楚雄市鹿城镇人民调解委员会 · 移交·截至序号 {city.hub.desk.position}" in words(page)
    assert "按发出单位" in page
    for query in ("?channel=post", "?township=abc", "?kind=gift", "?agency=" + "x" * 80):
        answer = supervisor.get(f"/board{query}")
        assert answer.status_code == 400 and code_of(answer) == "request.query", query
    assert board(supervisor, "?light=sunny&bucket=none&lang=xx")  # not the board's own: they count for nothing


@pytest.mark.parametrize("path", ["/board", "/limits"])
def test_an_agency_is_found_by_name_or_code(city: City, supervisor: Signed, path: str) -> None:
    by_code = supervisor.get(f"{path}?agency={POLICE}")
    for typed in ("鹿城派出所", "楚雄市公安局鹿城派出所"):
        by_name = supervisor.client.get(path, params={"agency": typed})
        assert by_name.status_code == 200
        assert set(figures(by_name.text)) == set(figures(by_code.text)) and 'value="鹿城派出所"' in by_name.text
    half = supervisor.client.get(path, params={"agency": "鹿城"})
    assert half.status_code == 400 and code_of(half) == "request.query" and "鹿城派出所" in half.text


def test_the_sum_of_the_others_is_never_the_darkest(
    city: City, supervisor: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = importlib.import_module("hub.web.pages.board_shown")
    monkeypatch.setattr(shown, "ROWS", 1)
    monkeypatch.setattr(shown, "LEAST_GREATEST", dict.fromkeys(shown.LEAST_GREATEST, 1))
    page = board(supervisor, "?township=5323")  # asked by no other test: answers are shared
    rest = re.findall(r'<tr class="rest">.*?</tr>', page, re.DOTALL)
    assert rest and not re.search(r'class="[a-z]+[23][" ]', "".join(rest))


def test_a_village_is_offered_its_own_township(city: City) -> None:
    page = city.clerk(HAMLET, role="supervisor").get("/board").text
    offered = re.search(r'<select name="township">(.*?)</select>', page)
    assert offered and re.findall(r'value="(\d+)"', offered[1]) == ["532301101"]
    assert "全部 1 个" in offered[1]


def test_what_left_before_and_after_signing_is_told_apart(city: City, supervisor: Signed) -> None:
    assert "签前退回" in words(board(supervisor)) and "退回（含签后）" in words(supervisor.get("/flows").text)


def test_urging_a_row_and_several(city: City, made: dict[str, str], supervisor: Signed, no_waiting: None) -> None:
    page = board(supervisor)
    nonces = re.findall(r'name="nonce" value="([^"]+)"', page)
    assert len(nonces) == 2 and nonces[0] != nonces[1]
    tokens = re.findall(r'form="one" name="item" value="([^"]+)"', page)
    boxes = re.findall(r'form="many" name="pick" value="([^"]+)"', page)
    late = next(t for t in tokens if read(t).dispute == ident(made["late"]))
    done = supervisor.post("/act/urge", {"item": late, "nonce": nonces[0], "back": "/board?channel=court"})
    assert done.status_code == 303 and done.headers["location"].startswith("/board?channel=court&act=urge")
    topic, event = city.last(made["late"])
    assert topic == "obligation.urged" and event.obligation == w.SIGN
    assert board(supervisor, "?" + urlsplit(done.headers["location"]).query).count("已催办") >= 1
    far = next(t for t in boxes if read(t).dispute == ident(made["far"]) and read(t).obligation == w.SIGN)
    many = supervisor.post("/act/bulk", {"command": "urge", "pick": [far], "nonce": nonces[1], "back": "/board"})
    assert many.status_code == 303
    assert city.last(made["far"])[0] == "obligation.urged"
    city.hub.settle()
    assert "已催 1 次" in board(supervisor)


def test_who_may_not_is_told_why(city: City, made: dict[str, str]) -> None:
    page = board(city.clerk(POLICE))  # the debtor itself: neither sender nor superior
    number = city.number(made["far"])
    row = next(r for r in page.split("<tr data-key")[1:] if number in r and "未签收" in r)
    assert 'title="只有移送单位和应办单位的上级可以催办"' in row and row.count(" disabled") == 3
    assert "/act/supervise" not in row and 'title="只有应办单位的上级可以督办"' in row


def test_supervising_is_a_form_that_comes_back(city: City, made: dict[str, str], supervisor: Signed) -> None:
    page = board(supervisor, "?township=532301101")
    link = html.unescape(re.search(r'href="(/act/supervise[^"]+)"', page)[1])  # type: ignore[index]
    form = supervisor.get(link)
    assert form.status_code == 200 and 'value="/board?township=532301101"' in html.unescape(form.text)


def test_english_is_english(city: City, supervisor: Signed) -> None:
    for query in ("?lang=en", "?lang=en&wall=1", "?lang=en&channel=exit"):
        page = board(city.clerk(CENTRE, "boss", "supervisor"), query)
        reader = read_page(page)
        names = {a.name for a in city.hub.desk.registry().agencies.values()}
        for lang, text in reader.texts:
            assert lang != "en" or not CHINESE.search(text.replace("中文", "")), text
        for name, lang, text in reader.attributes:
            assert name == "title" or lang != "en" or not CHINESE.search(text) or text in names, (name, text)
        assert len(set(reader.ids)) == len(reader.ids)
    board(supervisor, "?lang=zh")


def test_the_wall_has_nothing_to_press(city: City, supervisor: Signed) -> None:
    page = board(supervisor, "?wall=1")
    assert 'data-theme="wall"' in page and 'class="wall"' in page
    for tag in ("<form", "<button", "<input", "<select", "<a "):
        assert tag not in page, tag
    assert "楚雄市矛盾纠纷多元化解中心" in page and 'data-live-at="/board?wall=1"' in page
    assert f"<span data-position>{min(city.hub.views.positions(city.hub.views.all))}</span>" in page


def test_markup_in_names_is_text_and_no_style_or_script_is_inline(city: City, supervisor: Signed) -> None:
    for query in ("", "?wall=1", "?lang=en"):
        answer = supervisor.get(f"/board{query}")
        page = answer.text
        assert not re.search(r"<[^>]+\sstyle=", page) and not re.search(r"<script(?![^>]*src=)", page)
        assert not re.search(r"<[^>]+\son[a-z]+=", page)
        assert "http://" not in page and "https://" not in page
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    board(supervisor, "?lang=zh")


def test_an_empty_board_says_what_would_be_there(tmp_path: Any) -> None:
    city = City(tmp_path)
    try:
        person = city.clerk(CENTRE, "boss", "supervisor")
        said = words(board(person))
        checked = "查于 "
        for title in ("没有未签收的移送", "没有运行中的时限", "今天没有会超期的时限", "没有超期的时限"):
            assert title in said, title
        assert said.count(checked) == 4
        wall = words(board(person, "?wall=1"))
        assert wall.count(checked) == 4
        english = words(board(person, "?lang=en"))
        assert "Nothing is overdue" in english and english.count("hecked ") == 4
    finally:
        city.close()


def test_lag_and_parked_disputes_are_said(tmp_path: Any) -> None:
    city = City(tmp_path)
    try:
        person = city.clerk(CENTRE, "boss", "supervisor")
        assert "数字滞后" not in re.sub(r'<div id="live-words".*?</div>', "", board(person))
        position = city.hub.desk.position
        for _ in range(51):
            city.case()
        page = board(person)
        assert f"视图停在序号 {position}，日志已到 {position + 51}" in words(page)
        with city.hub.views.database.layout() as db:
            p = city.hub.views.database.shared.parked
            db.execute(p.insert().values(
                view="obligations", version=city.hub.views.all["obligations"].version, generation=1, position=1,
                stream=bytes(16), stream_version=1, topic="x", body=b"", error="broken",
            ))  # fmt: skip
        city.hub.settle()
        assert "1 件纠纷的记录暂不能读入视图" in words(board(person))
    finally:
        city.close()


def test_a_board_without_its_views_is_a_problem_page(tmp_path: Any) -> None:
    city = City(tmp_path)
    try:
        person = city.clerk(CENTRE, "boss", "supervisor")
        with city.hub.views.database.layout() as db:
            current = city.hub.views.database.shared.current
            db.execute(current.delete().where(current.c.view == "completeness"))
        answer = person.get("/board")
        assert answer.status_code == 503 and code_of(answer) == "view.behind" and "Retry-After" in answer.headers
    finally:
        city.close()


def test_figures_follow_the_minute_and_the_log(city: City, made: dict[str, str], supervisor: Signed) -> None:
    before = board(supervisor)
    assert board(supervisor, "", **{"X-Live": "1"}).strip() in before  # the same answer serves again
    city.clock.advance(60 * w.SECOND)
    assert board(supervisor, "", **{"X-Live": "1"}).strip() not in before
    position = city.hub.desk.position
    city.do("sign", POLICE, dispute=made["new"], referral=w.text(city.state(made["new"]).referrals[-1].id))
    city.hub.settle()
    live = supervisor.get("/board", **{"X-Live": str(position + 1)})
    assert live.headers["x-position"] == str(position + 1)
    assert figures(live.text)[0][1] == figures(before)[0][1] - 1
