"""Signing in as people do it, in Chromium: with and without script, in both languages; no barriers, no foreign form."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from hub.bootstrap.serving import Background
from hub.words import agency_id
from tests.parts.browser import chromium
from tests.people.test_signing_in import PASSWORD, linked, registered
from tests.web.hubs import Trial

SIZES = [(1366, 768), (390, 844)]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def url(trial: Trial) -> Iterator[str]:
    trial.play()
    with Background(trial.hub.app) as address:
        yield address


def page_of(chrome: Browser, size: tuple[int, int] = SIZES[0], **options: Any) -> Page:
    return chrome.new_context(viewport={"width": size[0], "height": size[1]}, **options).new_page()


def complaints(page: Page) -> list[str]:
    """What the browser says against the page from now on; a problem page is a failed load too, in its eyes."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            found.append(message.text)

    page.on("console", hear)
    return found


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"input[name={name}]:not([readonly])", value)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def no_barriers(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize("script", [True, False])
def test_from_the_link_to_signing_out(chrome: Browser, trial: Trial, url: str, script: bool) -> None:
    page = page_of(chrome, java_script_enabled=script)
    said = complaints(page)
    page.goto(url + linked(trial))
    expect(page.locator("main")).to_contain_text("张某某")
    fill(page, password="0123456789", again="0123456780")
    expect(page.locator("[role=alert]")).to_contain_text("两次输入的密码不同")
    fill(page, password=PASSWORD, again=PASSWORD)
    page.goto(f"{url}/account")
    expect(page.locator("main")).to_contain_text("zhang")
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{url}/sign-in?out=1")
    page.goto(f"{url}/account?done=ended")
    expect(page).to_have_url(f"{url}/sign-in?next=/account%3Fdone%3Dended")
    fill(page, user="zhang", password="wrong")
    expect(page.locator("[role=alert]")).to_contain_text("用户名或密码不正确")
    assert page.input_value("input[name=user]") == "zhang"
    fill(page, password=PASSWORD)
    expect(page).to_have_url(f"{url}/account?done=ended")
    assert said == []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_barriers(chrome: Browser, trial: Trial, url: str, lang: str, theme: str, size: tuple[int, int]) -> None:
    page = page_of(chrome, size)
    query = f"?lang={lang}&theme={theme}"
    now = trial.clock.now()
    trial.hub.store.people.add("zhang", "张某某", "clerk", agency_id("532301101201.committee"), "值守岗", now)
    page.goto(f"{url}/welcome/{trial.hub.store.people.new_link('zhang', now)}{query}")
    no_barriers(page)
    fill(page, password=PASSWORD, again=PASSWORD)
    page.goto(f"{url}/account{query}&done=password")
    no_barriers(page)
    page.context.clear_cookies(name="hub_session")
    page.goto(f"{url}/sign-in{query}")
    no_barriers(page)
    fill(page, user="zhang", password="wrong")
    no_barriers(page)
    page.goto(f"{url}/welcome/x{query}")
    no_barriers(page)


def test_another_sites_form_does_nothing_in_a_real_browser(chrome: Browser, trial: Trial, url: str) -> None:
    """The other site is another port: the same site for cookies, another origin for us."""
    registered(trial)
    page = page_of(chrome)
    page.goto(f"{url}/sign-in")
    fill(page, user="zhang", password=PASSWORD)
    page.goto(f"{url}/account")
    csrf = page.input_value("form[action='/sign-out'] input[name=csrf]")
    body = f'<form method="post" action="{url}/sign-out"><input name="csrf" value="{csrf}"><button>go</button></form>'

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.get_by_role("button", name="go").click()
        expect(page.locator("[role=alert]")).to_contain_text("sign_in.origin")
        page.goto(f"{url}/account")
        expect(page.locator("main")).to_contain_text("zhang")
    finally:
        server.shutdown()
        server.server_close()
