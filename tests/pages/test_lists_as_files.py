"""Every list as .xlsx: the page's rows in its order, real dates, text numbers, no formula; the last sheet says all."""

import itertools
import sys
from datetime import datetime
from pathlib import Path

import pytest

from hub.web.drawings.scale import local_text
from hub.words import agency_id, text
from tests.pages.city import POLICE, TOWN, VILLAGE
from tests.pages.listing import Listed, numbers, workbook
from tests.people.signed import Signed
from tests.web.hubs import START

EVIL = "=cmd|'/c calc'!A1"


@pytest.fixture(scope="module")
def supervisor(listed: Listed) -> Signed:
    return listed.clerk("532301.centre", role="supervisor")


LISTS = [
    ("/disputes", "全部案件", "案号"), ("/limits", "限期清单", "案号"), ("/referrals", "移送清单", "案号"),
    ("/agencies", "单位", "代码"), ("/flows", "流向", "发出单位"), (f"/agencies/{TOWN}/figures", "谁移送给它", "单位"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "sheet", "head"), LISTS)
def test_every_list_is_a_file_that_says_what_it_is(supervisor: Signed, path: str, sheet: str, head: str) -> None:
    answer = supervisor.get(f"{path}.xlsx")
    assert answer.status_code == 200 and int(answer.headers["content-length"]) == len(answer.content)
    name = answer.headers["content-disposition"]
    assert name.startswith("attachment; filename=") and "filename*=UTF-8''" in name and name.isascii()
    book = workbook(answer)
    assert sheet in book.sheets and head in book.sheets[sheet][0]
    notes = dict(row[:2] for row in book.sheets["说明"])
    assert list(book.sheets)[-1] == "说明"
    assert notes["截至序号"].isdigit() and "北京时间" in notes["导出时间"]
    assert notes["导出人岗位"] == "值守岗 · 楚雄市矛盾纠纷多元化解中心" and notes["筛选"] and notes["城市"] == "楚雄市"
    assert "筛选到的全部" in notes["行数"]
    first = next(part for name, part in book.parts.items() if name == "xl/worksheets/sheet1.xml")
    assert 'state="frozen"' in first and "<f>" not in "".join(book.parts.values())
    assert not [name for name in book.parts if "external" in name.lower()]
    assert "hyperlink" not in first


@pytest.mark.parametrize("query", ["", "status=open", "q=东兴社区", f"custodian={TOWN}", "overdue=1", "category=07"])
def test_a_file_of_disputes_holds_the_pages_rows(listed: Listed, supervisor: Signed, query: str) -> None:
    page, book = supervisor.get(f"/disputes?{query}"), workbook(supervisor.get(f"/disputes.xlsx?{query}"))
    head, *rows = book.sheets["全部案件"]
    assert [row[0] for row in rows] == numbers(page.text)
    for row in rows:
        cells = dict(itertools.zip_longest(head, row))
        assert isinstance(cells["案号"], str) and isinstance(cells["发生地代码"], str)
        assert isinstance(cells["登记时间"], datetime) and isinstance(cells["最近事件时间"], datetime)
        assert cells["责任单位"].startswith("楚雄市") and cells["责任单位代码"].startswith("532301")
        assert (cells["应于"] is None) == (cells["状态"] == "已办结")
        assert cells["应于"] is None or isinstance(cells["应于"], datetime)
    registered = [dict(zip(head, row, strict=False))["登记时间"] for row in rows]
    assert registered == sorted(registered, reverse=True)
    if not query:  # the first case was registered at the story's first instant, in local time
        assert f"{registered[-1]:%Y-%m-%d %H:%M}" == local_text(START, "%Y-%m-%d %H:%M")


def test_a_file_of_limits_holds_the_pages_rows(supervisor: Signed) -> None:
    for query in ("", "name=sign", f"agency={TOWN}", "name=progress&name=feedback"):
        page = numbers(supervisor.get(f"/limits?{query}").text)
        head, *rows = workbook(supervisor.get(f"/limits.xlsx?{query}")).sheets["限期清单"]
        assert [row[head.index("案号")] for row in rows] == page
        assert all(isinstance(row[head.index("应于")], datetime) for row in rows)
    (row,) = workbook(supervisor.get(f"/limits.xlsx?name=sign&agency={POLICE}")).sheets["限期清单"][1:]
    assert (
        row[head.index("应办单位")] == "楚雄市公安局鹿城派出所"
        and row[head.index("责任单位")] == "楚雄市鹿城镇人民调解委员会"
    )


def test_a_file_of_referrals_holds_the_pages_rows(supervisor: Signed) -> None:
    for query in ("", "outcome=pending", f"agency={VILLAGE}"):
        page = numbers(supervisor.get(f"/referrals?{query}").text)
        head, *rows = workbook(supervisor.get(f"/referrals.xlsx?{query}")).sheets["移送清单"]
        assert [row[head.index("案号")] for row in rows] == page
    pending = workbook(supervisor.get("/referrals.xlsx?outcome=pending")).sheets["移送清单"][1]
    assert pending[head.index("去向")] == "在途" and isinstance(pending[head.index("发出")], datetime)


def test_figures_of_agencies_and_flows(supervisor: Signed) -> None:
    head, *rows = workbook(supervisor.get("/agencies.xlsx?sort=unsigned")).sheets["单位"]
    worst = dict(zip(head, rows[0], strict=False))
    assert (worst["代码"], worst["未签收"], worst["收到"], worst["签收"]) == (POLICE, 1, 1, 0)
    assert len(rows) == 8
    head, *rows = workbook(supervisor.get("/flows.xlsx")).sheets["流向"]
    pairs = {(r[0], r[1]): dict(zip(head, r, strict=False)) for r in rows}
    back = pairs["楚雄市人民法院", "楚雄市住房和城乡建设局人民调解委员会"]
    assert (back["发出"], back["签收"], back["退回"], back["退回占比"]) == (1, 0, 1, 1)


def test_a_long_list_is_cut_and_says_so(supervisor: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["hub.web.pages.tables"], "MOST", 2)
    for path, sheet in (("/disputes", "全部案件"), ("/limits", "限期清单"), ("/referrals", "移送清单")):
        whole = numbers(supervisor.get(path).text)
        book = workbook(supervisor.get(f"{path}.xlsx"))
        head, *rows = book.sheets[sheet]
        assert [row[head.index("案号")] for row in rows] == whole[:2]
        notes = dict(row[:2] for row in book.sheets["说明"])
        assert f"只含前 2 行，筛选到的共 {len(whole)} 行" in notes["行数"]


def test_in_english(supervisor: Signed) -> None:
    book = workbook(supervisor.get("/disputes.xlsx?lang=en&status=closed"))
    assert list(book.sheets) == ["All disputes", "Notes"]
    head, row = book.sheets["All disputes"]
    assert head[:4] == ["Dispute", "State", "Category", "Place code"] and row[1] == "closed"
    assert dict(r[:2] for r in book.sheets["Notes"])["Filter"] == "closed"
    supervisor.get("/disputes?lang=zh")  # the choice is kept in a cookie


def test_a_name_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    city = Listed(tmp_path)
    try:
        operator = city.peer("names", role="operator")
        city.say(
            operator, "amend_agency", "hub", subject=text(agency_id(TOWN)), name=EVIL, kind="committee",
            level="township", region="532301101", superior=None,
        )  # fmt: skip
        city.hub.settle()
        person = city.clerk("532301.centre", role="supervisor")
        for path in ("/disputes", "/limits", "/referrals", "/agencies", "/flows"):
            book = workbook(person.get(f"{path}.xlsx"))  # reading it fails on a formula
            assert any(EVIL in row for sheet in book.sheets.values() for row in sheet), path
    finally:
        city.close()
