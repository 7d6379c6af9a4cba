"""A desk shows every running limit of its agency once, in groups that add up, narrowed and in pages where asked."""

import importlib
import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from hub.words import DAY, HOUR, agency_id, text
from tests.pages.city import CENTRE, COURT, HAMLET, PETITION, POLICE, TOWN, VILLAGE, City
from tests.pages.reading import words

pytestmark = pytest.mark.usefixtures("no_waiting")
TAB = re.compile(
    r'<a href="(/desk[^"]*)"[^>]*>(\S+) <span class="n" data-size="[a-z]+">([\d,]+)</span>'
    r'(?:<span class="w[^"]*">.*?([\d,]+)</span>)?'
)
ROW = re.compile(r'<tr id="(r-[^"]+)" data-row="(\w+)"')
DOOR = re.compile(r'title="(532301-2026-\d{5})"')


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A town's desk with something of everything."""
    made = City(tmp_path_factory.mktemp("city"))
    made.offer(made.case(VILLAGE), VILLAGE, TOWN)
    made.offer(made.case(VILLAGE, "532301101002"), VILLAGE, TOWN, "escalation")
    made.offer(made.case(COURT, ""), COURT, TOWN, "delegation", "court", "signed")
    made.offer(made.case(POLICE), POLICE, TOWN, "transfer", "police", "accepted")
    made.offer(made.case(HAMLET, masked="李某某"), HAMLET, TOWN, "assistance", "mediation")
    made.offer(made.case(HAMLET), HAMLET, TOWN, "assistance", "mediation", "signed")
    made.offer(made.case(HAMLET), HAMLET, TOWN, "notice")
    made.offer(made.case(PETITION), PETITION, TOWN, "transfer", "petition")
    own = made.case(TOWN)
    made.offer(own, TOWN, POLICE)
    supervised = made.case(TOWN)
    made.do("supervise", CENTRE, dispute=supervised, supervised=text(agency_id(TOWN)), demand="报告进展")
    reported = made.case(VILLAGE)
    made.do("report", VILLAGE, dispute=reported, recipients=[text(agency_id(TOWN))], grade="", content="三户")
    agreed = made.case(TOWN)
    made.do("reach_agreement", TOWN, dispute=agreed, form="written", amount=None, due_on=None)
    made.clock.advance(25 * HOUR)
    made.hub.settle()
    yield made
    made.close()


def tabs(page: str) -> dict[str, tuple[int, int]]:
    """Tab → how many, how many overdue."""
    return {name: (int(n.replace(",", "")), int(late or 0)) for _, name, n, late in TAB.findall(page)}


def test_every_limit_stands_in_one_group_and_the_groups_add_up(city: City) -> None:
    page = city.clerk().get("/desk").text
    found = tabs(page)
    running = city.hub.views.obligations.running(debtor=agency_id(TOWN), limit=500).items
    unsigned = {o["referral"] for o in running if o["name"] == "sign"}
    owed = [o for o in running if not (o["name"] == "accept" and o["referral"] in unsigned)]
    assert found["全部"][0] == len(owed) == 15
    assert {name: n for name, (n, _) in found.items()} == {
        "全部": 15, "待签收": 4, "待受理": 1, "待反馈": 1, "待办理": 7, "协办": 2, "我发出的未签收": 1,
    }  # fmt: skip
    assert found["待签收"][1] == 4  # 24 hours are over
    ids = [row for row, _ in ROW.findall(page)]
    assert len(ids) == len(set(ids)) == 16
    position = city.hub.settle()
    assert f"截至序号 {position:,}" in words(page) and "15 = 4 + 1 + 1 + 7 + 2" in words(page)


@pytest.mark.parametrize("tab", ["sign", "accept", "feedback", "act", "assist", "sent"])
def test_a_tab_shows_its_group_and_no_other(city: City, tab: str) -> None:
    page = city.clerk().get(f"/desk?tab={tab}").text
    assert {group for _, group in ROW.findall(page)} == {tab}
    assert f'id="g-{tab}"' in page and page.count('class="group"') == 1


def test_buttons_are_those_the_limit_takes(city: City) -> None:
    page = city.clerk().get("/desk").text
    rows = {part.split('"')[0]: part for part in page.split('<tr id="')[1:]}

    def acts(group: str, *, of: str = "") -> set[tuple[str, ...]]:
        found = set()
        for row in rows.values():
            if f'data-row="{group}"' in row and of in row:
                found.add(tuple(re.findall(r'formaction="/act/(\w+)"', row.split("</tr>")[0])))
        return found

    assert acts("sign", of="访调") == {("sign", "accept")}  # returns by consent only: sign first
    assert acts("sign", of="通报") == {("sign", "return")}
    assert acts("sign", of="上转") == {("sign", "accept", "return")}
    assert acts("accept") == {("accept", "return")}
    assert acts("feedback") == {("feedback",)}
    assert acts("sent") == {("urge", "withdraw", "redirect")}
    assert acts("act", of="回执") == {("acknowledge",)} and acts("act", of="答复督办") == {("answer",)}
    assert acts("act", of="履行") == {("perform_agreement", "break_agreement")}
    assert ("attempt",) in acts("act", of="推进")  # a hand-over is open: no other, no closing, and it says so
    assert "已有一项移交未了结" in page and ("attempt", "refer", "close") in acts("act", of="推进")


def test_who_stays_custodian_is_said(city: City) -> None:
    sign = city.clerk().get("/desk?tab=sign").text
    assert words(sign).count("仍担责") == 4
    sent = city.clerk().get("/desk?tab=sent").text
    assert "→" in words(sent) and "鹿城派出所" in words(sent)


def test_masked_names_are_for_those_who_may_see_them(city: City) -> None:
    assert "李某某" in city.clerk().get("/desk?tab=assist").text
    auditor = city.clerk(CENTRE, role="auditor")
    page = auditor.get(f"/desk?tab=assist&agency={TOWN}").text
    assert "李某某" not in page and len(ROW.findall(page)) == 2


def test_it_is_narrowed_by_channel_place_and_number(city: City) -> None:
    clerk = city.clerk()
    assert tabs(clerk.get("/desk?channel=petition").text)["全部"][0] == 1
    assert tabs(clerk.get("/desk?place=532301101002").text)["待签收"][0] == 1
    number = DOOR.findall(clerk.get("/desk?tab=accept").text)[0]
    page = clerk.get(f"/desk?q={number[-3:]}").text
    assert set(DOOR.findall(page)) == {number}
    assert 'value="' + number[-3:] + '"' in page
    for wrong in ("channel=x", "tab=x", "q=%25", "q=' or 1", "place=%00", "lang=xx", "cursor="):
        assert clerk.get(f"/desk?{wrong}").status_code == 200, wrong
    assert clerk.get("/desk?tab=sign&cursor=zz").status_code == 400
    assert "去掉筛选再看看" in clerk.get("/desk?channel=exit").text


def test_an_empty_group_says_what_would_be_here_and_when_it_was_looked_at(city: City) -> None:
    page = words(city.clerk(CENTRE).get("/desk?tab=sign").text)
    assert "没有待签收的移送" in page and "其他单位移送给本单位的，会先出现在这里" in page
    assert re.search(r"\d\d:\d\d:\d\d 核对过，截至序号 [\d,]+", page)


def test_whose_desk_one_may_look_at(city: City) -> None:
    centre = city.clerk(CENTRE, role="supervisor")
    page = centre.get(f"/desk?agency={TOWN}").text
    assert tabs(page)["全部"][0] == 15 and "只能查看" in page
    acts = set(re.findall(r'formaction="/act/(\w+)"', page))
    assert acts == {"urge", "supervise"}  # for its own agency's sake, never in the town's name
    assert city.clerk(VILLAGE).get(f"/desk?agency={TOWN}").status_code == 403
    assert city.clerk(TOWN).get(f"/desk?agency={VILLAGE}").status_code == 200
    assert city.clerk(TOWN).get("/desk?agency=nowhere").status_code == 404
    auditor = city.clerk(CENTRE, role="auditor").get(f"/desk?agency={TOWN}").text
    assert "formaction" not in auditor and 'name="pick"' not in auditor
    assert city.clerk(CENTRE, role="operator").get("/desk").status_code == 403


def test_a_desk_of_many_rows_comes_in_pages(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = importlib.import_module("hub.web.pages.desk")
    monkeypatch.setattr(desk, "ON_PAGE", 2)
    monkeypatch.setattr(desk, "AT_FIRST", 3)
    clerk = city.clerk()
    page = clerk.get("/desk").text
    assert len([g for _, g in ROW.findall(page) if g == "act"]) == 3 and "全部 7 件" in words(page)
    seen: list[str] = []
    where = "/desk?tab=act"
    for _ in range(4):
        page = clerk.get(where).text
        seen += [row for row, _ in ROW.findall(page)]
        more = re.search(r'rel="next" href="([^"]+)"', page)
        where = more[1].replace("&amp;", "&") if more else ""
    assert where == "" and len(seen) == len(set(seen)) == 7


def test_tabs_alone_say_as_of_which_position_they_are(city: City) -> None:
    answer = city.clerk().get("/desk/tabs?tab=sign", **{"HX-Request": "true"})
    assert int(answer.headers["x-position"]) == city.hub.settle()
    assert tabs(answer.text)["全部"][0] == 15 and "<html" not in answer.text


def test_dates_end_a_day_at_24(city: City) -> None:
    page = words(city.clerk().get("/desk?tab=accept").text)
    assert re.search(r"\d\d-\d\d 周. 24:00", page) and "剩余" in page


def test_english_has_every_word(city: City) -> None:
    page = city.clerk().get("/desk?lang=en").text
    shown = words(page)
    assert "To sign" in shown and "Sent, unsigned" in shown and "still custodian" in shown
    assert city.clock.now() > DAY


def test_the_desk_is_a_file_too(city: City) -> None:
    clerk = city.clerk()
    answer = clerk.get("/desk.xlsx?tab=sign")
    assert answer.status_code == 200 and answer.headers["content-type"].endswith("spreadsheetml.sheet")
    rows, notes = sheets(answer.content)
    assert len(rows) == 1 + 4 and {row[0] for row in rows[1:]} == {"待签收"}
    assert all(re.fullmatch(r"532301-2026-\d{5}", row[4]) for row in rows[1:])
    assert f"{city.hub.settle()}" in {cell for row in notes for cell in row}
    assert "张某某" not in str(rows) + str(notes)
    everything, _ = sheets(clerk.get("/desk.xlsx").content)
    assert len(everything) == 1 + 15 + 1
    assert len(sheets(clerk.get("/desk.xlsx?channel=petition").content)[0]) == 1 + 1
    assert city.clerk(VILLAGE).get(f"/desk.xlsx?agency={TOWN}").status_code == 403


def sheets(book: bytes) -> list[list[list[str]]]:
    """The texts of a workbook's sheets, row by row."""
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in packed.namelist():
            texts = ElementTree.fromstring(packed.read("xl/sharedStrings.xml"))
            shared = [
                "".join(t.text or "" for t in si.iterfind(".//x:t", space)) for si in texts.iterfind("x:si", space)
            ]
        found = []
        for name in sorted(n for n in packed.namelist() if n.startswith("xl/worksheets/sheet")):
            sheet = ElementTree.fromstring(packed.read(name))
            found.append([[_cell(c, shared, space) for c in row] for row in sheet.iterfind(".//x:row", space)])
        return found


def _cell(cell: ElementTree.Element, shared: list[str], space: dict[str, str]) -> str:
    inline = "".join(t.text or "" for t in cell.iterfind(".//x:t", space))
    value = cell.findtext("x:v", "", space)
    return shared[int(value)] if cell.get("t") == "s" else inline or value


def test_paper_says_how_many_rows_it_has_and_by_whom(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        city.received()
    city.hub.settle()
    clerk = city.clerk()
    monkeypatch.setattr(importlib.import_module("hub.web.pages.desk"), "AT_FIRST", 2)
    page = clerk.get("/desk").text
    heads = page[page.index("<thead>") : page.index("</thead>")]
    assert 'class="print-row"' in heads and "打印于" in heads and "截至序号" in heads
    total = sum(int(n) for n in re.findall(r'<tr class="group".*?data-size="[a-z]+">(\d+)<', page))
    shown = page.count("<tr id=")
    assert 0 < shown < total
    assert f"印出 {shown} 行，共 {total} 行" in words(page) and "行未印" in page
    monkeypatch.undo()
    whole = words(clerk.get("/desk").text)
    assert f"印出 {total} 行，共 {total} 行" in whole and "行未印" not in whole


def test_a_key_no_row_takes_is_not_advertised(city: City) -> None:
    clerk = city.clerk()
    keys = re.compile(r'<span class="keys" data-script hidden>(.*?)</form>', re.DOTALL)
    with_it = [tab for tab in ("sign", "sent") if "<kbd>G</kbd>" in keys.search(clerk.get(f"/desk?tab={tab}").text)[1]]  # type: ignore[index]
    there = [tab for tab in ("sign", "sent") if 'data-key="g"' in clerk.get(f"/desk?tab={tab}").text]
    assert with_it == there and "sign" not in there
