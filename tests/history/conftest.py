"""The history of Chuxiong, played once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from hub.contract import load
from ops.history.counts import chuxiong
from ops.history.made import Made, make
from ops.history.raw import export
from tests.projections import by_hand


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Played into a folder of its own: a minute."""
    found = make(tmp_path_factory.mktemp("history"), chuxiong(), load())
    yield found
    found.views.close()


@pytest.fixture(scope="session")
def rows(made: Made) -> list[dict[str, Any]]:
    """What each dispute counts as, by hand."""
    return [by_hand.count(events) for events in by_hand.read(load(), made.log).values()]


@pytest.fixture(scope="session")
def raw_events(made: Made) -> Iterator[sqlite3.Connection]:
    """The raw log as a table."""
    database = export(made.log)
    yield database
    database.close()
