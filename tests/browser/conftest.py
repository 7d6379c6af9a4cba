"""One Chromium and one short month for all of this folder; a small town for each test that acts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.bootstrap import configure_logging
from tests.browser.scene import Scene, Town, short_month, small_town
from tests.parts.browser import chromium
from tests.web.conftest import _quiet

__all__ = ["_quiet"]


@pytest.fixture(scope="package")
def chrome() -> Iterator[Browser]:
    """One browser for the whole folder."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The real city after some days of work. Not to be changed."""
    configure_logging("console", "warning")
    with short_month(tmp_path_factory.mktemp("month")) as scene:
        yield scene


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A small city for one test."""
    with small_town(tmp_path) as made:
        yield made
