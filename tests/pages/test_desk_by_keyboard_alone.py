"""A clerk's day by the keyboard alone, in a real browser: what is typed is never lost, nothing is sent twice."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from hub.bootstrap.serving import Background
from hub.words import SECOND
from tests.pages.browsing import browsing, signed_in, watched
from tests.pages.city import TOWN, VILLAGE, City


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    made = City(tmp_path)
    wait = made.hub.views.wait_until
    monkeypatch.setattr(made.hub.views, "wait_until", lambda *a: made.hub.settle() > 0 and wait(*a))
    yield made
    made.close()


def opened(browser: Any, city: City, url: str, where: str = "/desk", **options: Any) -> tuple[Page, list[str]]:
    city.hub.settle()
    page = signed_in(browser, url, city.clerk(TOWN), **options).new_page()
    wrong = watched(page)
    page.goto(url + where)
    return page, wrong


def here(page: Page) -> str:
    """The row under the cursor, in words."""
    return " ".join(page.locator("tr.is-here").inner_text().split())


def test_sign_accept_feedback_close(browser: Any, city: City) -> None:
    case = city.case(VILLAGE)
    city.offer(case, VILLAGE, TOWN, "escalation")
    city.clock.advance(SECOND)  # the second is due after the first
    city.received()
    with Background(city.hub.app) as url:
        page, wrong = opened(browser, city, url)
        keys = page.keyboard
        keys.press("j")
        keys.press("j")
        keys.press("k")
        assert city.number(case).split("-", 1)[1] in here(page)
        keys.press("s")
        expect(page.locator("tr.is-here [data-key=a]")).to_have_count(1)
        expect(page.locator("tr.is-here .did")).to_have_text("已签收")
        for group, size in (("sign", "1"), ("accept", "1")):  # tab and heading agree without a reload
            expect(page.locator(f"#tabs [data-size={group}]")).to_have_text(size)
            expect(page.locator(f"#g-{group} [data-size]")).to_have_text(size)
        keys.press("g")
        expect(page.locator("#spoken")).to_have_text("这一行不能改派")
        keys.press("a")
        expect(page.locator("tr.inline-form form.act")).to_have_count(1)
        expect(page.locator(":focus")).to_have_attribute("name", "handler")
        keys.press("Enter")
        expect(page.locator("tr.is-here [data-key=f]")).to_have_count(1)
        expect(page.locator("tr.inline-form")).to_have_count(0)
        assert city.custodian(case) == TOWN
        keys.press("f")
        expect(page.locator(":focus")).to_have_attribute("name", "content")
        keys.type("jksrx 已联系")  # keys are dead in fields
        keys.press("Tab")
        keys.press("Enter")
        expect(page.locator("tr.is-here .did")).to_have_text("已反馈")
        assert city.last(case)[1].content == "jksrx 已联系"
        expect(page.locator("tr.inline-form")).to_have_count(0)  # till then its button has the focus, and the key
        keys.press("Enter")
        page.wait_for_url(f"**/disputes/{city.number(case)}", wait_until="commit")
        page.goto(f"{url}/desk?tab=act")
        page.keyboard.press("j")
        for _ in range(20):
            if page.locator(":focus").inner_text() == "办结":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(":focus")).to_have_attribute("name", "outcome")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("tr.is-over")).to_contain_text("已办结")
        assert city.last(case)[0] == "dispute.closed"
        assert wrong == []


def test_return_keeps_its_words_through_refusal_escape_and_another_form(browser: Any, city: City) -> None:
    case, _ = city.received(upto="signed")
    with Background(city.hub.app) as url:
        page, _ = opened(browser, city, url)
        page.keyboard.press("j")
        page.keyboard.press("r")
        reason = page.locator("tr.inline-form textarea")
        reason.fill("材料在派出所")
        page.keyboard.press("Escape")
        expect(page.locator("tr.inline-form")).to_have_count(0)
        expect(page.locator(":focus")).to_have_attribute("data-row", "accept")
        page.keyboard.press("r")
        expect(page.locator("tr.inline-form textarea")).to_have_value("材料在派出所")
        page.locator("tr.inline-form button[type=submit]").click()
        expect(page.locator("tr.inline-form .trouble")).to_contain_text("field.missing")
        expect(page.locator(":focus")).to_have_attribute("name", "reason_code")
        expect(page.locator("tr.inline-form textarea")).to_have_value("材料在派出所")
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        expect(page.locator("tr.inline-form form")).to_have_attribute("data-act", "accept")
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        expect(page.locator("tr.inline-form textarea")).to_have_value("材料在派出所")
        page.locator("tr.inline-form select").select_option("missing_record")
        page.locator("tr.inline-form button[type=submit]").dblclick()
        expect(page.locator("tr.is-over")).to_contain_text("已退回")
        assert [topic for topic, _ in city.events(case)].count("referral.returned") == 1


def test_a_lost_connection_loses_nothing(browser: Any, city: City) -> None:
    case, _ = city.received(upto="accepted")
    with Background(city.hub.app) as url:
        page, _ = opened(browser, city, url, "/desk?tab=feedback")
        page.keyboard.press("j")
        page.keyboard.press("f")
        page.locator("tr.inline-form textarea").fill("已约定周五")
        page.context.set_offline(True)
        page.locator("tr.inline-form button[type=submit]").click()
        expect(page.locator("tr.inline-form .note-sent")).to_contain_text("没有送到服务器")
        expect(page.locator("tr.inline-form textarea")).to_have_value("已约定周五")
        page.context.set_offline(False)
        page.locator("tr.inline-form button[type=submit]").click()
        expect(page.locator("tr.is-here .did")).to_have_text("已反馈")
        assert city.last(case)[1].content == "已约定周五"


def test_selection_counts_and_signs_for_many(browser: Any, city: City) -> None:
    for _ in range(3):
        city.received()
    city.case(TOWN)
    with Background(city.hub.app) as url:
        page, wrong = opened(browser, city, url)
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
        button = page.locator("button[name=command][value=sign]")
        expect(button).to_have_text("批量签收 2 件")
        page.locator("[data-all]").check()
        expect(button).to_have_text("批量签收 3 件")
        expect(page.locator("tr.is-picked")).to_have_count(4)
        page.keyboard.press("?")
        expect(page.locator("#all-keys")).to_be_visible()
        button.dblclick()
        expect(page.locator("#said")).to_contain_text("已签收 3 件")
        page.locator("#said .btn").click()
        expect(page.locator("#said")).to_have_count(0)
        assert "did=" not in page.url and wrong == []


@pytest.mark.parametrize(
    ("width", "lang", "theme"), [(390, "zh", "dark"), (390, "en", "light"), (1366, "zh", "light"), (1366, "en", "dark")]
)
def test_there_are_no_barriers_and_nothing_sticks_out(
    browser: Any, city: City, theme: str, lang: str, width: int
) -> None:
    case, offer = city.received(upto="signed")
    city.received()
    city.handed()
    with Background(city.hub.app) as url:
        page, _ = opened(
            browser, city, url, f"/desk?lang={lang}&theme={theme}", viewport={"width": width, "height": 800}
        )
        page.locator("tr[data-row=accept] button").last.click()
        page.locator("tr.inline-form button[type=submit]").click()
        expect(page.locator("tr.inline-form .trouble")).to_be_visible()
        where = ["", *(f"/act/{act}?dispute={case}&referral={offer}" for act in ("return", "refer", "urge", "report"))]
        for each in [*where, "/act/register"]:
            if each:
                page.goto(url + each)
            found = Axe().run(page)
            assert found.violations_count == 0, (each, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), each


def test_paper_has_no_folds(browser: Any, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("hub.web.pages.agencies"), "FOLDED", 2)
    with Background(city.hub.app) as url:
        page, _ = opened(browser, city, url, "/agencies")
        assert page.locator("details").count() == 1 and page.locator("details[open]").count() == 0
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details[open]").count() == 1
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details[open]").count() == 0
