"""Rebuilding a view beside the live one: new tables, their own tracking row, one switch when they have caught up.

Guarantee: readers see the old generation, whole, until the switch, and the new one, whole, after it; a rebuild that is
cancelled, killed or fails leaves the live view as it is. Nothing is parked: the first event that cannot be applied ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from hub.contract import Contract
from hub.log import Log
from hub.words import Stored

from .database import Database
from .runner import Runner
from .sheet import View

BATCH: Final = 50_000  # events per transaction; the more, the more changes to one row become one write
NEAR: Final = 1_000  # events behind the end from which the indexes are made and the switch is tried
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """The rebuild was told to stop; nothing of it is left."""


def rebuild(
    database: Database,
    contract: Contract,
    view: View,
    source: Log,
    *,
    batch: int = BATCH,
    timeout: float = 1.0,
    cancel: threading.Event | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Build a new generation of a view from ``source`` and switch to it; returns the position at the switch.

    Busy when another process rebuilds it; Cancelled; Stopped naming the event that failed. ``progress(position, end)``
    is called after every batch.
    """
    stop = cancel or threading.Event()
    with database.rebuilding(view):
        database.drop_others(view)  # what a rebuild that was killed left behind
        made = database.make(view, current=False, indexes=False)
        runner = Runner(made, database.channel(made), contract, rebuild=True)
        try:
            end = source.end()
            while runner.position < end - NEAR:
                _take(runner, source, batch, timeout, stop)
                if progress is not None:
                    progress(runner.position, end)
                if runner.position >= end - NEAR:
                    end = source.end()
            database.index(made)
            while True:
                _take(runner, source, batch, min(timeout, 0.05), stop)
                # The live view may be ahead of what we read: its figures must never go back.
                if runner.position >= source.end() and database.switch(made):
                    break
        finally:
            runner.close()
            database.drop_others(view)
        log.info("views.rebuilt", view=view.name, generation=made.generation, position=runner.position)
        return runner.position


def _take(runner: Runner, source: Log, batch: int, timeout: float, stop: threading.Event) -> None:
    if stop.is_set():
        raise Cancelled(runner.name)
    runner.take(gathered(source, runner.position, batch, timeout))


def gathered(source: Log, after: int, limit: int, timeout: float) -> list[Stored]:
    """Up to ``limit`` events: a log may give fewer per read than it has."""
    found = source.read(after, limit, timeout)
    while found and len(found) < limit:
        more = source.read(found[-1].position, limit - len(found), 0.0)
        if not more:
            break
        found += more
    return found
