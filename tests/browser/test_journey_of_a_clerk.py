"""The clerk's way, from the one-time link to the closed dispute: 签收 → 受理 → 反馈 → 办结. With the mouse, with keys
only, and without script.
"""

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.words import HOUR
from tests.browser.scene import Town, Who
from tests.browser.watch import Watch
from tests.pages.city import TOWN, VILLAGE

PASSWORD = "correct horse battery"
CLERK = Who("clerk", TOWN)
DONE = ["referral.offered", "referral.signed", "referral.accepted", "feedback.given", "dispute.closed"]


def offered(town: Town) -> str:
    """A dispute of a village, offered to the township; its id."""
    dispute = town.city.case(VILLAGE)
    town.city.offer(dispute, VILLAGE, TOWN)
    return dispute


def happened(town: Town, dispute: str) -> list[str]:
    """The events that the journey is about, in order."""
    return [topic for topic, _ in town.city.events(dispute) if topic in DONE]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if page.locator(selector).evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def sign_in(town: Town, page: Page) -> None:
    """By the link, as somebody does it the first time."""
    page.goto(town.url + town.link(CLERK))
    for name in ("password", "again"):
        page.fill(f"input[name={name}]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{town.url}/desk")


def test_with_the_mouse(chrome: Browser, town: Town) -> None:
    dispute = offered(town)
    page = town.page(chrome, None)
    watch = Watch.of(page, town.url)
    sign_in(town, page)
    expect(page.locator("#tabs")).to_contain_text("待签收 1")
    row = page.locator("tr[data-row]")
    row.get_by_role("button", name="签收").click()
    expect(page.locator("#tabs")).to_contain_text("待受理 1")  # the row stays where it is, with what is next on it
    row.get_by_role("button", name="受理").click()
    form = page.locator("tr.inline-form form.act")
    expect(form.locator("input[name=handler]")).to_have_value("值守岗")
    form.get_by_role("button", name="受理").click()
    expect(page.locator("#tabs")).to_contain_text("待反馈 1")
    row.get_by_role("button", name="反馈").first.click()
    form.locator("textarea[name=content]").fill("双方已到场，约定周五再谈")
    form.get_by_role("button", name="反馈").click()
    expect(form).to_have_count(0)
    assert happened(town, dispute) == DONE[:4]
    page.goto(f"{town.url}/desk?tab=act")
    row.get_by_role("button", name="办结").click()
    form.locator("select[name=outcome]").select_option("settled_privately")
    form.locator("textarea[name=summary]").fill("已履行")
    form.get_by_role("button", name="办结").click()
    expect(form).to_have_count(0)
    assert happened(town, dispute) == DONE
    page.goto(f"{town.url}/disputes/{town.city.number(dispute)}")
    expect(page.locator("main")).to_contain_text("双方已到场，约定周五再谈")
    assert watch.complaints() == []
    page.context.close()


def test_with_keys_only(chrome: Browser, town: Town) -> None:
    """J and K move, S signs, A accepts, F gives feedback; forms are sent with Enter or by the button under Tab."""
    other = offered(town)
    town.city.clock.advance(HOUR)
    dispute = offered(town)  # due later: the second row
    page = town.page(chrome, CLERK)
    page.goto(f"{town.url}/desk")
    press = page.keyboard.press
    press("j")
    press("j")
    here = page.locator("tr.is-here")
    expect(here).to_contain_text(town.city.number(dispute).split("-", 1)[1])
    press("s")
    expect(page.locator("#tabs")).to_contain_text("待受理 1")
    expect(here).to_be_focused()
    press("a")
    handler = page.locator("tr.inline-form input[name=handler]")
    expect(handler).to_be_focused()
    press("End")
    page.keyboard.type(" a f j")  # letters in a field are letters
    expect(handler).to_have_value("值守岗 a f j")
    press("Enter")
    expect(page.locator("#tabs")).to_contain_text("待反馈 1")
    press("f")
    content = page.locator("tr.inline-form textarea[name=content]")
    expect(content).to_be_focused()
    page.keyboard.type("双方已到场")
    press("Escape")
    expect(content).to_have_count(0)
    expect(here).to_be_focused()
    press("f")
    expect(content).to_have_value("双方已到场")  # closed is not lost
    press("Tab")
    expect(page.locator("tr.inline-form button[type=submit]")).to_be_focused()
    press("Enter")
    expect(content).to_have_count(0)
    expect(here).to_contain_text(town.city.number(dispute).split("-", 1)[1])
    press("Enter")
    expect(page).to_have_url(f"{town.url}/disputes/{town.city.number(dispute)}")
    tab_to(page, "a[href^='/act/close']")
    press("Enter")
    page.wait_for_url("**/act/close**")
    outcome = page.locator("select[name=outcome]")
    tab_to(page, "select[name=outcome]")
    press("ArrowDown")
    press("ArrowDown")
    expect(outcome).to_have_value("settled_privately")
    tab_to(page, "form.act button[type=submit]")
    press("Enter")
    expect(page.locator("#said")).to_be_visible()
    assert happened(town, dispute) == DONE
    assert happened(town, other) == DONE[:1]
    page.context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_script(chrome: Browser, town: Town, lang: str) -> None:
    dispute = offered(town)
    number = town.city.number(dispute)
    page = town.page(chrome, CLERK, script=False)
    page.goto(f"{town.url}/desk?lang={lang}")
    say = {"zh": ["签收", "受理", "反馈", "办结"], "en": ["Sign", "Accept", "feedback", "Close"]}[lang]
    row = page.locator("tr[data-row]", has_text=number.split("-", 1)[1])
    row.get_by_role("button", name=say[0]).click()
    expect(page.locator("#said")).to_be_visible()
    row.get_by_role("button", name=say[1]).click()
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#said")).to_be_visible()
    row.get_by_role("button", name=say[2]).first.click()
    page.locator("form.act button[type=submit]").click()  # nothing typed: the form comes back and says so
    expect(page.locator("[role=alert]")).to_be_visible()
    page.fill("textarea[name=content]", "双方已到场")
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#said")).to_be_visible()
    row.get_by_role("button", name=say[3]).click()
    page.select_option("select[name=outcome]", "settled_privately")
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#said")).to_be_visible()
    assert happened(town, dispute) == DONE
    page.context.close()


def test_several_at_once_on_a_phone(chrome: Browser, town: Town) -> None:
    """Boxes, and buttons for all that is ticked, within reach of a thumb: what is ticked is signed, nothing else."""
    signed, kept = [offered(town), offered(town)], offered(town)
    page = town.page(chrome, CLERK, (390, 844))
    page.goto(f"{town.url}/desk")
    for dispute in signed:
        page.locator("tr[data-row]", has_text=town.city.number(dispute).split("-", 1)[1]).locator("td.pick input").tap()
    button = page.locator("#bulk button[value=sign]")
    expect(button).to_have_text("批量签收 2 件")
    place = button.bounding_box()
    assert place is not None and place["height"] >= 40 and place["y"] + place["height"] <= 844
    button.tap()
    expect(page.locator("#tabs")).to_contain_text("待受理 2")
    assert [happened(town, d)[-1] for d in (*signed, kept)] == [
        "referral.signed",
        "referral.signed",
        "referral.offered",
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
