"""统计: every figure with what it is of, leading to its list; the monthly form, subsidies and staffing as files."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

from tests.pages.city import HAMLET, TOWN, VILLAGE
from tests.pages.counted import Counted
from tests.pages.listing import plain, rows, workbook
from tests.pages.reading import words
from tests.people.signed import Signed, sign_in

CITY = Counted
LINK = re.compile(r'<a href="(/statistics/disputes\?[^"]*)"[^>]*>([0-9,]+)</a>')


def test_rates_have_their_parts_and_wholes(city: Counted, supervisor: Signed) -> None:
    page = plain(supervisor.get("/statistics").text)
    for said in (
        "受理 4 其中未结 2",
        "调解率 75.00% 3 / 4",
        "调解成功率 66.67% 2 / 3",
        "履行率 50.00% 1 / 2",
        "2.47 万元",
    ):
        assert said in page, said
    assert "满意率 — 0 0" in page and f"截至序号 {city.hub.store.position()}" in page
    assert "调解成功率 67% 2 / 3" in plain(supervisor.get("/statistics?decimals=0").text)


def test_each_figure_leads_to_as_many_disputes(supervisor: Signed) -> None:
    found = [(unescape(path), int(n.replace(",", ""))) for path, n in LINK.findall(supervisor.get("/statistics").text)]
    assert len({path for path, _ in found}) > 20
    for path, n in dict(found).items():
        page = supervisor.get(path)
        assert page.status_code == 200 and len(rows(page.text)) == n, path
        assert f"共 {n} 件" in words(page.text)


def test_parts_make_the_whole_and_inside_is_said(supervisor: Signed) -> None:
    page = supervisor.get("/statistics").text
    table = page[page.index('id="h-source"') :]
    lines = [plain(row) for row in rows(table[: table.index("</table>")])]
    assert [line.split()[0] for line in lines] == ["主动", "依申请", "接受委托移送"] + ["其中"] * 5
    assert "无区划代码" in page and "非人民调解组织" in page


def test_by_each_organ_is_said_not_to_add_up(supervisor: Signed) -> None:
    page = supervisor.get("/statistics?count_by=each_org").text
    assert "不可相加" in page and "移送上级" in page and not LINK.findall(page)


def test_the_filter_is_the_address(city: Counted, supervisor: Signed) -> None:
    today = datetime.fromtimestamp(city.clock.now() / 1e6).date()
    assert "受理 1 " in plain(supervisor.get("/statistics?township=532301101002").text)
    assert "受理 2 " in plain(supervisor.get("/statistics?type=residents").text)
    assert "受理 3 " in plain(supervisor.get("/statistics?committees=1").text)
    assert "没有纠纷" in supervisor.get("/statistics?last=2001-01-01").text
    assert "受理 4 " in plain(supervisor.get(f"/statistics?first=2001-01-01&last={today.year + 1}-01-01").text)
    for query in ("township=x", "figure=", "decimals=9", "first=2024-02-01&last=2024-01-01", "type=court"):
        assert supervisor.get(f"/statistics?{query}").status_code in ((400,) if query != "figure=" else (200,)), query
    assert supervisor.get("/statistics/disputes?figure=weather").status_code == 400


def test_a_clerk_counts_their_own_agency_and_below(city: Counted) -> None:
    assert "受理 3 " in plain(city.clerk(TOWN).get("/statistics").text)
    hamlet = city.clerk(HAMLET, user="h")
    assert "没有纠纷" in hamlet.get("/statistics").text
    assert hamlet.get(f"/statistics?agency={TOWN}").status_code == 403
    assert sign_in(city, "keeper", "operator", "532301.centre").get("/statistics").status_code == 403
    assert VILLAGE not in str(workbook(hamlet.get("/statistics/cases.xlsx")).sheets)


def test_english(city: Counted) -> None:
    person = sign_in(city, "english", "supervisor", "532301.centre")
    page = plain(person.get("/statistics?lang=en").text)
    assert "Rate of success 66.67% 2 / 3" in page and "of these pending 2" in page


def of(sheet: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(sheet[0], row, strict=False)) for row in sheet[1:]]


def test_the_monthly_form(supervisor: Signed) -> None:
    book = workbook(supervisor.get("/statistics.xlsx?first=2020-01-01"))
    assert "<f>" not in "".join(book.parts.values())
    form = of(book.sheets["纠纷类别"])
    assert [row["名称"] for row in form][:3] == ["合计", "婚姻家庭", "邻里"] and len(form) == 1 + 22
    total = form[0]
    assert (total["受理（件）"], total["调解（件）"], total["成功（件）"]) == (3, 3, 2)  # without the court's
    assert (total["协议涉及金额（元）"], total["书面协议（件）"]) == (24691.34, 2)
    assert sum(row["受理（件）"] for row in form[1:]) == 3 and {row["代码"] for row in form[1:]} >= {"01", "18"}
    sources = of(book.sheets["来源"])
    assert sum(row["受理（件）"] for row in sources[1:] if not row.get("含于")) == 3
    rates = {row["指标"]: row for row in of(book.sheets["指标"])}
    assert (rates["调解成功率"]["数值"], rates["调解成功率"]["分子"], rates["调解成功率"]["分母"]) == (66.67, 2, 3)
    assert rates["调解率"]["期间自"] == datetime(2020, 1, 1) and not rates["满意率"].get("数值")
    assert any("不以 0 代替" in str(row) for row in book.sheets["说明"])


def test_cases_by_organ_and_duty(supervisor: Signed) -> None:
    (sheet,) = [s for name, s in workbook(supervisor.get("/statistics/cases.xlsx")).sheets.items() if name != "说明"]
    found = sorted((row["单位代码"], int(row["调解次数"]), row["在该单位的结果"], row["调解成功"]) for row in of(sheet))
    assert found == sorted([
        (VILLAGE, 1, "在此终局", "是"), (VILLAGE, 1, "在此终局", "是"), (HAMLET, 2, "移送上级", "否"),
        (TOWN, 1, "在此终局", "否"),
    ])  # fmt: skip


def test_staffing(supervisor: Signed) -> None:
    page = supervisor.get("/statistics").text
    assert "不足 1 · 有条件应配 2 · 达标 0" in plain(page[page.index('id="h-staff"') :])
    (sheet,) = [s for name, s in workbook(supervisor.get("/statistics/staffing.xlsx")).sheets.items() if name != "说明"]
    assert {(row["单位代码"], row["缺"], row["情况"]) for row in of(sheet)} == {
        (TOWN, 2, "不足"), (VILLAGE, 1, "有条件应配"), (HAMLET, 1, "有条件应配"),
    }  # fmt: skip


def test_the_list_as_a_file(supervisor: Signed) -> None:
    book = workbook(supervisor.get("/statistics/disputes.xlsx?figure=success"))
    (sheet,) = [s for name, s in book.sheets.items() if name != "说明"]
    found = of(sheet)
    assert [row["单位代码"] for row in found] == [VILLAGE] * 2 and isinstance(found[0]["登记日"], datetime)
