"""From an informant's lead to a dispute: 线索 → 研判 → 登记为纠纷 → 台账. In a browser, and in one without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scene import Town, Who
from tests.browser.watch import Watch
from tests.pages.city import VILLAGE

CLERK = Who("clerk", VILLAGE)
SUMMARY = "两户宅基地边界有争执"


def choose(page: Page, name: str, value: str) -> None:
    page.select_option(f"select[name={name}]", value)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_informants_lead_becomes_a_dispute(chrome: Browser, town: Town, script: bool) -> None:
    page = town.page(chrome, CLERK, script=script)
    watch = Watch.of(page, town.url) if script else None
    page.goto(f"{town.url}/screening")
    page.get_by_role("link", name="排查工作台账").first.click()
    page.get_by_role("link", name="登记线索").click()
    choose(page, "source", "informant")
    choose(page, "category", "02")
    page.fill("input[name=place]", "东兴社区")
    page.fill("input[name=people]", "4")
    page.fill("textarea[name=summary]", SUMMARY)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#done")).to_contain_text("线索已登记")
    row = page.locator(".leads-list tbody tr", has_text=SUMMARY)
    expect(row).to_contain_text("未研判")

    row.get_by_role("link", name="研判").click()
    choose(page, "grade", "橙")
    page.fill("textarea[name=measures]", "专人盯办")
    page.get_by_role("button", name="提交研判").click()
    expect(page.locator("#done")).to_contain_text("线索已研判")
    expect(row).to_contain_text("橙色")

    row.get_by_role("link", name="处置").click()
    page.get_by_role("link", name="登记为纠纷").click()
    expect(page.locator("select[name=category]")).to_have_value("02")
    expect(page.locator("input[name=place]")).to_have_value("东兴社区")
    page.fill("input[name=party_name_0]", "张三")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#said")).to_be_visible()  # back on the form it came from
    number = page.locator("input[name=registered]").input_value()
    assert re.fullmatch(r"532301-\d{4}-\d{5,}", number), number
    expect(page.locator("select[name=outcome]")).to_have_value("registered")
    page.get_by_role("button", name="提交处置").click()
    expect(page.locator("#done")).to_contain_text("线索已处置")
    expect(row).to_contain_text("登记为纠纷")
    row.get_by_role("link", name=number.split("-", 1)[1]).click()
    expect(page).to_have_url(f"{town.url}/disputes/{number}")
    page.goto(f"{town.url}/screening/ledger?outcome=registered")
    expect(page.locator(".leads-list tbody tr")).to_have_count(1)
    if watch is not None:
        assert watch.complaints() == []
    page.context.close()


def test_a_refused_form_keeps_what_was_typed(chrome: Browser, town: Town) -> None:
    lead = town.city.do(
        "report_lead", VILLAGE, source="grid", category="02", place="532301101001", people=2, summary=SUMMARY
    )  # fmt: skip
    assert lead
    page = town.page(chrome, CLERK)
    page.goto(f"{town.url}/screening/ledger")
    page.locator(".leads-list tbody tr").first.get_by_role("link", name="处置").click()
    choose(page, "outcome", "passed")
    page.fill("textarea[name=note]", "请永安社区接手")
    page.get_by_role("button", name="提交处置").click()
    trouble = page.locator(".trouble")
    expect(trouble).to_contain_text("lead.needs_receiver")
    expect(page.locator("textarea[name=note]")).to_have_value("请永安社区接手")
    page.fill("input[name=receiver]", "永安社区调委会")
    page.get_by_role("button", name="提交处置").click()
    expect(page.locator("#done")).to_contain_text("线索已处置")
    page.context.close()
