"""The supervisor's way: from the board to the worst dispute, supervising it, and seeing the answer arrive on the open
board without loading it again; and the same without script.
"""

import re

from playwright.sync_api import Browser, Page, expect

from hub.words import DAY, agency_id, text
from tests.browser.scene import SUPERVISOR, Town
from tests.browser.watch import Watch
from tests.pages.city import HAMLET, TOWN, VILLAGE

DEMAND = "三日内签收并说明原因"


def worst_of(town: Town) -> tuple[str, str]:
    """Two offers unsigned; the first is the older one. Both their ids, worst first, five days on; all is noticed."""
    old = town.city.case(VILLAGE)
    town.city.offer(old, VILLAGE, TOWN)
    town.city.clock.advance(2 * DAY)
    young = town.city.case(VILLAGE)
    town.city.offer(young, VILLAGE, HAMLET)
    town.city.clock.advance(2 * DAY)
    step(town)
    return old, young


def step(town: Town) -> None:
    """The hub's own round: it notices what is overdue."""
    assert town.hub.steward is not None
    town.hub.settle()
    town.hub.steward.step()
    town.hub.settle()


def short(town: Town, dispute: str) -> str:
    """A number as pages show it."""
    return town.city.number(dispute).split("-", 1)[1]


def supervise(town: Town, page: Page, worst: str) -> None:
    """From the board: the worst row's case, its page, 督办, what is demanded."""
    first = page.locator("#over tr").first
    expect(first).to_contain_text(short(town, worst))
    first.locator(".case a").click()
    expect(page).to_have_url(re.compile(rf"/disputes/{town.city.number(worst)}"))
    page.locator("a[href^='/act/supervise']").first.click()
    page.select_option("select[name=supervised]", text(agency_id(TOWN)))
    page.fill("textarea[name=demand]", DEMAND)
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#said")).to_be_visible()
    topic, body = town.city.last(worst)
    assert (topic, body.demand) == ("supervision.issued", DEMAND)


def answer(town: Town, worst: str) -> None:
    """The agency supervised answers from its own system, and signs."""
    town.city.do("answer", TOWN, dispute=worst, content="已安排专人")


def test_with_script(chrome: Browser, town: Town) -> None:
    worst, young = worst_of(town)
    page = town.page(chrome, SUPERVISOR)
    watch = Watch.of(page, town.url)
    page.goto(f"{town.url}/board")
    big = page.locator("#unsigned .big")
    expect(big).to_contain_text("2")
    supervise(town, page, worst)

    page.goto(f"{town.url}/board")
    page.evaluate("window.stillHere = true")
    answers = page.locator("#limits tbody tr").nth(4).locator("td").last
    expect(answers).to_have_text("1")  # what is demanded is owed
    answer(town, worst)
    expect(answers).to_have_text("0")
    offer = town.city.state(young).referrals[0].id
    town.city.do("sign", HAMLET, dispute=young, referral=text(offer))
    expect(big).to_contain_text("1")
    expect(page.locator("#live [data-position]")).to_have_text(str(town.position))
    gone = page.locator("#over tr.is-gone")
    expect(gone).to_contain_text(short(town, young))  # rows do not move under the pointer
    assert page.evaluate("window.stillHere"), "the page was loaded again"
    assert watch.complaints() == []
    page.context.close()


def test_the_answer_arrives_on_the_disputes_own_page(chrome: Browser, town: Town) -> None:
    worst, _ = worst_of(town)
    page = town.page(chrome, SUPERVISOR)
    page.goto(f"{town.url}/board")
    supervise(town, page, worst)
    page.goto(f"{town.url}/disputes/{town.city.number(worst)}")
    page.evaluate("window.stillHere = true")
    answer(town, worst)
    news = page.locator("#news a")
    expect(news).to_be_visible()
    assert page.evaluate("window.stillHere")
    news.first.click()
    expect(page.locator("#feed")).to_contain_text("已安排专人")
    page.context.close()


def test_without_script(chrome: Browser, town: Town) -> None:
    worst, _ = worst_of(town)
    page = town.page(chrome, SUPERVISOR, script=False)
    page.goto(f"{town.url}/board")
    supervise(town, page, worst)
    answer(town, worst)
    page.goto(f"{town.url}/disputes/{town.city.number(worst)}")
    expect(page.locator("#feed")).to_contain_text("已安排专人")
    page.context.close()
