"""Stores on both databases; and every promise of the writer is kept whoever takes the turns."""

import threading

import pytest

from tests.parts.stores import opened, store, store_url

__all__ = ["opened", "store", "store_url"]


@pytest.fixture(autouse=True, params=["its own thread", "standing in"])
def turns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who takes the turns of what the test itself asks: the writer's thread, or the test's (if the former sleeps)."""
    mode: str = request.param
    monkeypatch.setattr("hub.writer.writer.MAIN", threading.get_ident() if mode == "its own thread" else 0)
    return mode
