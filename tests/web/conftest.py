"""A whole hub in this process, on SQLite and the table log, with a clock that stands still until a test moves it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hub.bootstrap import configure_logging
from tests.web.hubs import Trial


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A running hub of one's own."""
    made = Trial(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A running hub shared by a module's tests: for those that change nothing or only add."""
    made = Trial(tmp_path_factory.mktemp("hub"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Only warnings, and afterwards logging as it was: other tests read what structlog writes by itself."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("console", "warning")
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
