"""Lists narrowed by how disputes stand on their ladder 首调责任制, as page and file, and the board's link to them."""

import re
from pathlib import Path

import pytest

from hub.contract.jsonform import instant
from hub.words import HOUR
from tests.pages.city import CENTRE, CIVIL, POLICE, TOWN, VILLAGE, City
from tests.pages.listing import numbers, plain, rows, workbook
from tests.pages.reading import code_of
from tests.people.signed import Signed

TOP = "532301.pmc"


class Climbed(City):
    """Disputes at every place of a ladder, by name."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, (TOP, "楚雄市人民调解委员会", "committee", "city", "532301", None))
        new = {
            name: self.case(TOWN, category=CIVIL) for name in ("climbing", "up", "back", "exhausted", "ended", "shut")
        }
        self.cases = {"beside": self.case(TOWN), **new}
        for name in ("up", "back", "exhausted", "shut"):
            self.held(self.cases[name], TOWN, TOWN)
        for name in ("exhausted", "shut"):
            self.offer(self.cases[name], TOWN, TOP, "escalation", upto="accepted")
            self.held(self.cases[name], TOP, TOP)
        sent = self.offer(self.cases["back"], TOWN, TOP, "escalation")
        self.do("return", TOP, dispute=self.cases["back"], referral=sent, reason_code="missing_record", reason="")
        own = {"exemption": "", "level": "", "branch": "", "consent": False, "reason": "", "approver": None}
        self.do("ladder", TOWN, dispute=self.cases["ended"], act="end", **own)
        self.do("close", TOP, dispute=self.cases["shut"], outcome="no_deal", summary="", rights_notice=True)
        self.hub.settle()

    def held(self, case: str, *by: str) -> None:
        """A session without agreement by each of them, a day apart."""
        for who in by:
            self.clock.advance(25 * HOUR)
            own = {"counted": True, "why_not": "", "at": instant(self.clock.now()), "place": "", "mediator": ""}
            self.do("attempt", who, dispute=case, result="no_deal", mode="face_to_face", **own)


CITY = Climbed


@pytest.mark.parametrize(("query", "expected"), [
    ("ladder=", ("beside", "climbing", "up", "back", "exhausted", "ended", "shut")),
    ("ladder=climbing", ("climbing", "up", "back")), ("ladder=escalate", ("up", "back")), ("ladder=assign", ("back",)),
    ("ladder=exhausted", ("exhausted", "shut")), ("ladder=exhausted&status=open", ("exhausted",)),
    ("ladder=due", ("back", "exhausted")), ("ladder=terminated", ("ended",)), ("ladder=suspended", ()),
    (f"ladder=due&custodian={TOP}", ("exhausted",)), ("ladder=due&township=532301102", ()),
    ("ladder=due&q=2", ()),
])  # fmt: skip
def test_what_is_found(city: Climbed, supervisor: Signed, query: str, expected: tuple[str, ...]) -> None:
    answer = supervisor.get(f"/disputes?{query}")
    assert answer.status_code == 200
    assert set(numbers(answer.text)) == {city.number(city.cases[name]) for name in expected}
    assert f"共 {len(expected)} 件" in answer.text


def test_a_row_says_where_it_stands(city: Climbed, supervisor: Signed) -> None:
    page = supervisor.get("/disputes?ladder=due").text
    said = {name: plain(row) for row in rows(page) for name, ident in city.cases.items() if city.number(ident) in row}
    assert "首调 镇 2 次，共 2/4，待上级指派" in said["back"]
    assert "首调 市 2 次，共 4/4，次数用尽" in said["exhausted"]
    assert "首调：待上级指派或次数用尽" in page, "the filter in words, for print"
    assert "首调 镇" not in supervisor.get("/disputes").text, "only where it is asked about"
    assert "to be assigned or exhausted" in supervisor.get("/disputes?ladder=due&lang=en").text


def test_the_file_has_the_same_with_where_it_stands(city: Climbed, supervisor: Signed) -> None:
    supervisor.get("/disputes?lang=zh")
    (table,) = [s for n, s in workbook(supervisor.get("/disputes.xlsx?ladder=due")).sheets.items() if n == "全部案件"]
    made = [dict(zip(table[0], row, strict=False)) for row in table[1:]]
    assert {row["案号"]: (row["首调状态"], row["首调层级"], row["本级次数"], row["合计次数"]) for row in made} == {
        city.number(city.cases["back"]): ("逐级调解中", "乡镇（街道）", 2, 2),
        city.number(city.cases["exhausted"]): ("次数用尽", "市级", 2, 4),
    }
    assert "首调状态" not in workbook(supervisor.get("/disputes.xlsx")).sheets["全部案件"][0]


def test_only_what_one_may_see(city: Climbed) -> None:
    for who, expected in ((VILLAGE, 0), (TOP, 2), (POLICE, 0)):
        assert f"共 {expected} 件" in city.clerk(who).get("/disputes?ladder=due").text, who


def test_a_wrong_value_is_a_problem(supervisor: Signed) -> None:
    answer = supervisor.get("/disputes?ladder=gone")
    assert (answer.status_code, code_of(answer)) == (400, "request.query")


BOARD = re.compile(r'<a class="more" href="(/disputes\?[^"]*ladder=due[^"]*)"[^>]*>(.*?)</a>')


def linked(page: str) -> tuple[str, str]:
    found = BOARD.search(page)
    return (found[1].replace("&amp;", "&"), found[2]) if found else ("", "")


@pytest.mark.parametrize(("who", "query", "n"), [
    (CENTRE, "", 2), (CENTRE, "township=532301101", 2), (CENTRE, "township=532301102", 0),
    (CENTRE, f"agency={TOP}", 1), (CENTRE, "channel=mediation", 2), (CENTRE, "channel=court", 0), (TOP, "", 2),
    (POLICE, "", 0),
])  # fmt: skip
def test_the_board_leads_to_as_many_as_it_counts(city: Climbed, who: str, query: str, n: int) -> None:
    person = city.clerk(who, role="supervisor" if who == CENTRE else "clerk")
    href, words = linked(person.get(f"/board?lang=zh&{query}").text)
    assert (words, bool(href)) == (f"首调待处 {n} 件" if n else "", n > 0)
    if n:
        assert f"共 {n} 件" in person.get(href).text


def test_what_no_list_can_be_asked_for_has_no_link(supervisor: Signed) -> None:
    assert linked(supervisor.get("/board?kind=escalation").text) == ("", "")
    assert linked(supervisor.get("/board?wall=1").text) == ("", "")
