"""A real browser for tests of pages: the system's Chromium, which reaches nothing but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.parts.browser import chromium
from tests.people.signed import Signed


@contextmanager
def browsing() -> Iterator[Any]:
    """The browser. A missing one skips the test with a reason, or fails it (HUB_REQUIRE)."""
    with chromium() as found:
        yield found


def signed_in(browser: Any, url: str, person: Signed, **options: Any) -> BrowserContext:
    """A window of the browser in which this person is signed in."""
    context: BrowserContext = browser.new_context(**({"viewport": {"width": 1366, "height": 768}} | options))
    token = person.client.cookies["hub_session"]
    context.add_cookies([{"name": "hub_session", "value": token, "url": url}])
    return context


def watched(page: Page) -> list[str]:
    """What goes wrong on a page from now on: errors of scripts, broken policies, requests that reach nothing."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("requestfailed", lambda r: None if left(r.failure) else wrong.append(f"failed: {r.url} {r.failure}"))
    return wrong


def left(failure: str | None) -> bool:
    """Whether a request ended because its page was left."""
    return failure is not None and "ERR_ABORTED" in failure
