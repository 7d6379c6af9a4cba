"""Stores on both databases, and a hub through its HTTP interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.stores import opened, store, store_url
from tests.web.hubs import Trial

__all__ = ["opened", "store", "store_url"]


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A hub of Chuxiong with no agencies yet."""
    made = Trial(tmp_path, city="532301")
    yield made
    made.close()
