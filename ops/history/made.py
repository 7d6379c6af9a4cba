"""A history played into a folder, its views built: what the command and the tests look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from connectors.city.chuxiong import build
from hub.contract import Contract
from hub.projections import Views
from hub.store import open_store
from hub.words import Stored

from .cases import cases
from .counts import Counts
from .play import play

PIECE = 5_000


class Made(NamedTuple):
    """``commands``: how many were asked for; ``log``: every event; ``views``: those of statistics and the directory."""

    commands: int
    log: list[Stored]
    views: Views


class Whole:
    """The log port over all events there will ever be."""

    def __init__(self, log: list[Stored]) -> None:
        self._log = log

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        """A slice."""
        return self._log[after : after + limit]

    def end(self) -> int:
        """Its length."""
        return len(self._log)

    def close(self) -> None:
        """Nothing to close."""


def make(folder: Path, counts: Counts, contract: Contract, progress: Callable[[date], None] = lambda day: None) -> Made:
    """Play a history with these counts into ``hub.db`` and ``views.db`` of an empty folder. Refused, CountsRefused."""
    city = build()
    store = open_store(f"sqlite:///{folder / 'hub.db'}")
    commands = play(store, contract, city, cases(counts, city), counts.city, progress)
    log: list[Stored] = []
    while piece := store.read(len(log), PIECE):
        log += piece
    store.close()
    views = Views(f"sqlite:///{folder / 'views.db'}", contract)
    for name in ("statistics", "agencies"):
        views.rebuild(name, Whole(log))
    return Made(commands, log, views)
