"""A whole hub with a clock that stands still until a test moves it; one that has lived the story of the examples."""

from collections.abc import Iterator

import pytest

from tests.pages.listing import Listed
from tests.web.conftest import _quiet, shared, trial
from tests.web.hubs import Trial

__all__ = ["_quiet", "listed", "shared", "told", "trial"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A hub in which the whole story of the interface's examples has happened, views up to date. Not to be changed."""
    made = Trial(tmp_path_factory.mktemp("told"))
    try:
        made.play()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listed]:
    """A city with disputes in every state, shared by a module's tests: they only look."""
    made = Listed(tmp_path_factory.mktemp("listed"))
    try:
        yield made
    finally:
        made.close()
