"""A real browser: the system's Chromium, driven by Playwright. Nothing but the hub under test is in its reach.

``HUB_TEST_CHROMIUM`` names another one. None is ever downloaded.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.parts.require import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")


def found(environ: Mapping[str, str] = os.environ) -> str:
    """The browser's path. Without one the test is skipped, or fails where HUB_REQUIRE names the browser."""
    named = environ.get("HUB_TEST_CHROMIUM", "")
    for name in (named,) if named else NAMES:
        if path := shutil.which(name):
            return path
    missing("browser", f"HUB_TEST_CHROMIUM={named} cannot be run" if named else "none of " + ", ".join(NAMES))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium; every test takes contexts of its own. Not for a whole session of tests: while Playwright
    runs, its event loop is this thread's, and ``asyncio.run`` of other tests would fail.
    """
    path = found()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        try:
            yield browser
        finally:
            browser.close()
