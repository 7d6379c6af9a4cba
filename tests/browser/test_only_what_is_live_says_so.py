"""A page that follows the log says 实时; one that stays as it was sent, or has no script, says that it is as opened."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.scene import Scene
from tests.browser.sights import BY_NAME, go

STILL, LIVE = "打开时", "实时"


@pytest.mark.parametrize(
    ("name", "script", "says"),
    [
        ("board", True, LIVE), ("desk", True, LIVE), ("dispute", True, LIVE), ("cases", True, STILL),
        ("limits", True, STILL), ("flows", True, STILL), ("board", False, STILL), ("desk", False, STILL),
    ],
)  # fmt: skip
def test_a_page(chrome: Browser, month: Scene, name: str, script: bool, says: str) -> None:
    sight = BY_NAME[name]
    page = month.page(chrome, sight.who, script=script)
    go(page, month, sight)
    word = page.locator("#live [data-word]")
    expect(word).to_have_text(says)
    if says == STILL and script:
        page.wait_for_timeout(1_500)  # nothing turns it on later
        expect(word).to_have_text(says)
    expect(page.locator("#live")).to_have_class("live" if says == LIVE else "live is-still")
    page.context.close()
