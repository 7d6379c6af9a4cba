"""A whole hub with a clock that stands still until a test moves it; one that has lived the story of the examples."""

from collections.abc import Iterator

import pytest

from hub.web.pages import acts_send
from tests.pages.city import CENTRE, City
from tests.pages.listing import Listed
from tests.people.signed import Signed
from tests.web.conftest import _quiet, shared, trial
from tests.web.hubs import Trial

__all__ = ["_quiet", "city", "listed", "no_waiting", "shared", "supervisor", "told", "trial"]


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


@pytest.fixture(scope="module")
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The city of a module's tests: of the class that it names ``CITY``, else one in which nothing has happened."""
    made: City = getattr(request.module, "CITY", City)(tmp_path_factory.mktemp("city"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def supervisor(city: City) -> Signed:
    """Who may see all of the city."""
    return city.clerk(CENTRE, role="supervisor")


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views stand still in these hubs until ``settle``: nobody waits for them."""
    monkeypatch.setattr(acts_send, "WAIT_SECONDS", 0.0)
