"""A real browser: the system's Chromium, driven by Playwright. Nothing but the hub under test is in its reach."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.parts.require import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium; every test takes contexts of its own. Not for a whole session of tests: while Playwright
    runs, its event loop is this thread's, and ``asyncio.run`` of other tests would fail.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing("browser", "none of " + ", ".join(NAMES))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        try:
            yield browser
        finally:
            browser.close()
