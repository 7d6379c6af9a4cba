"""An open page of a dispute in Chromium: a banner when it moves, no more; the picture at now; print unfolded."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.bootstrap.serving import Background
from hub.web.api.examples import STORY, SYSTEM
from tests.parts.browser import chromium
from tests.people.signed import sign_in
from tests.web.hubs import Peer, Trial

PATH = "/disputes/532301-2026-00001?lang=zh"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def peers(trial: Trial) -> dict[str, Peer]:
    """The story up to its first assignment."""
    codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
    found = {SYSTEM: trial.peer(SYSTEM, *codes), "example-operator": trial.peer("example-operator", role="operator")}
    for step in STORY[:19]:
        trial.clock.advance(36_000_000_000)
        assert found[step.system].post(step.body).status_code == 201
    trial.hub.settle()
    return found


@pytest.fixture
def url(trial: Trial, peers: dict[str, Peer]) -> Iterator[str]:
    with Background(trial.hub.app) as address:
        yield address


def opened(chrome: Browser, trial: Trial, url: str, width: int = 1366, script: bool = True) -> Page:
    person = sign_in(trial, "s", "supervisor", "532301.centre", "督查岗")
    context = chrome.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    context.add_cookies([{"name": "hub_session", "value": person.client.cookies["hub_session"], "url": url}])
    page = context.new_page()
    page.goto(url + PATH)
    return page


def test_a_banner_when_it_moves_and_nothing_else(
    chrome: Browser, trial: Trial, url: str, peers: dict[str, Peer]
) -> None:
    page = opened(chrome, trial, url)
    lines = page.locator("#feed li").count()
    expect(page.locator("#news")).to_be_empty()
    assert peers[SYSTEM].post(STORY[19].body).status_code == 201
    trial.hub.settle()
    expect(page.locator("#news")).to_contain_text("此案有 1 条新事件", timeout=10_000)
    assert page.locator("#feed li").count() == lines, "nothing is shuffled under the reader"
    page.locator("#news a").click()
    expect(page.locator("#feed li")).to_have_count(lines + 1)
    expect(page.locator("#news")).to_be_empty()


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_opens_the_picture_at_now(chrome: Browser, trial: Trial, url: str, script: bool) -> None:
    trial.clock.advance(20 * 24 * 3_600_000_000)
    page = opened(chrome, trial, url, 390, script)
    if not script:
        page.get_by_text("到现在").click()
    now, wrap = page.locator("#ln-now").bounding_box(), page.locator(".lanes-wrap").bounding_box()
    assert now is not None and wrap is not None
    assert wrap["x"] <= now["x"] <= wrap["x"] + wrap["width"], "the line of now is in sight"
    if script:
        name = page.locator(".lanes .lab-b").first.bounding_box()
        assert name is not None and wrap["x"] <= name["x"] <= wrap["x"] + 60, "and so are the names of the lanes"


def test_printing_unfolds_every_explanation(chrome: Browser, trial: Trial, url: str) -> None:
    page = opened(chrome, trial, url)
    folded = page.locator("details.why:not([open])")
    assert folded.count() >= 1
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(folded).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.count() >= 1
