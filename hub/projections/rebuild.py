"""Rebuilding a view beside the live one: new tables, their own tracking row, one switch when they have caught up.

Guarantee: readers see the old generation, whole, until the switch, and the new one, whole, after it; a rebuild that
is cancelled, killed or fails leaves the live view as it is. Nothing is parked: the first event that cannot be applied
ends it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog

from hub.contract import Contract
from hub.log import Log
from hub.words import Stored

from .channel import Channel, Step, Writing
from .database import Database
from .fold import Faulty, Fold
from .runner import Stopped
from .sheet import View
from .tables import Book

READ: Final = 2_000  # events decoded and folded at a time
FLUSH: Final = 200_000  # changed rows in memory at which they are written: the later, the fewer writes per row
KEEP: Final = 60_000  # disputes in memory beyond a write
BATCH: Final = 10_000  # events per read of the log
GRACE: Final = 1.0  # seconds the replaced tables stay for readers that have just looked up their names
NEAR: Final = 1_000  # events behind the end from which the indexes are made and the switch is tried
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """The rebuild was told to stop; nothing of it is left."""


class Builder:
    """Fills one generation that nobody reads yet: rows stay in memory and are written when many have changed."""

    def __init__(self, book: Book, channel: Channel, contract: Contract) -> None:
        self.position = 0  # folded
        self._written = 0
        self._channel = channel
        self._fold = Fold(book.view, contract)

    def take(self, batch: Sequence[Stored]) -> None:
        """Fold what continues the position. Stopped naming the event that cannot be applied."""
        for at in range(0, len(batch), READ):
            events = batch[at : at + READ]
            if events[0].position != self.position + 1 or events[-1].position != self.position + len(events):
                raise Stopped(f"the log does not go on behind position {self.position}")
            fold = self._fold
            try:
                todo = fold.read(events)
                lacking = fold.open(todo)
                if lacking is not None:
                    fold.adopt(self._channel.load(lacking))
                fold.handle(todo)
            except Faulty as fault:
                raise Stopped(f"event {fault.event.position} ({fault.event.topic}): {fault}") from fault
            self.position = events[-1].position
            if fold.changes.size() >= FLUSH:
                self.flush()

    def flush(self) -> None:
        """Write what changed and the position, in one transaction."""
        if self.position == self._written:
            return
        step = Step(self._written, 0, self.position, 0)
        self._channel.commit([Writing(self._channel, step, self._fold.changes, ())])
        self._written = self.position
        cases = self._fold.cases
        if len(cases) > KEEP:
            for stream in [stream for stream, case in cases.items() if case.done()]:
                del cases[stream]
        self._fold.settle(KEEP)

    def close(self) -> None:
        """Give up the connection."""
        self._channel.reset()


@contextmanager
def unhurried_collector() -> Iterator[None]:
    """A rebuild makes millions of objects and no cycles: collecting all the time costs a quarter of it."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def rebuild(
    database: Database,
    contract: Contract,
    view: View,
    source: Log,
    *,
    batch: int = BATCH,
    timeout: float = 1.0,
    grace: float = GRACE,
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
        builder = Builder(made, database.channel(made), contract)
        try:
            with unhurried_collector():
                _catch_up(builder, source, batch, timeout, stop, progress)
            database.index(made)
            while True:
                _take(builder, source, batch, min(timeout, 0.05), stop)
                builder.flush()
                # The live view may be ahead of what we read: its figures must never go back.
                if builder.position >= source.end() and database.switch(made):
                    break
            stop.wait(grace)
        finally:
            builder.close()
            database.drop_others(view)
        log.info("views.rebuilt", view=view.name, generation=made.generation, position=builder.position)
        return builder.position


def _catch_up(
    builder: Builder, source: Log, batch: int, timeout: float, stop: threading.Event,
    progress: Callable[[int, int], None] | None,
) -> None:  # fmt: skip
    end = source.end()
    while builder.position < end - NEAR:
        _take(builder, source, batch, timeout, stop)
        if progress is not None:
            progress(builder.position, end)
        if builder.position >= end - NEAR:
            end = source.end()
    builder.flush()


def _take(builder: Builder, source: Log, batch: int, timeout: float, stop: threading.Event) -> None:
    if stop.is_set():
        raise Cancelled()
    builder.take(gathered(source, builder.position, batch, timeout))


def gathered(source: Log, after: int, limit: int, timeout: float) -> list[Stored]:
    """Up to ``limit`` events: a log may give fewer per read than it has."""
    found = source.read(after, limit, timeout)
    while found and len(found) < limit:
        more = source.read(found[-1].position, limit - len(found), 0.0)
        if not more:
            break
        found += more
    return found
