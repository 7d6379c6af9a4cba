"""New empty stores for tests, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.store import Store, open_store

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def new_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new empty database of this kind."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    make: Callable[[], str] = request.getfixturevalue("pg_url")
    return make()


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new empty database, once per kind."""
    return new_url(request.param, request, tmp_path)


@pytest.fixture
def opened(store_url: str) -> Iterator[Callable[[], Store]]:
    """``opened()``: another Store object on the test's database; all are closed after it."""
    stores: list[Store] = []

    def another() -> Store:
        stores.append(open_store(store_url))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """A new empty store, once per kind of database."""
    return opened()
