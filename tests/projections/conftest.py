"""A views' database of each kind, and some history."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.contract import Contract, load
from hub.projections import Views
from tests.projections.histories import History
from tests.projections.parts import pack


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'views.db'}"
    made: str = request.getfixturevalue("pg_url")()
    return made


@pytest.fixture
def views(url: str, contract: Contract) -> Iterator[Views]:
    opened = Views(url, contract)
    yield opened
    opened.close()


@pytest.fixture
def history(contract: Contract) -> Callable[..., History]:
    """`history(seed=1, commands=200)`: what happened in a small city."""

    def made(seed: int = 1, commands: int = 200) -> History:
        return History(contract, pack(), random.Random(seed)).play(commands)

    return made
