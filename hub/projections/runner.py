"""The runner of one view: takes batches of events, each applied in one transaction together with the tracking row.

Guarantee: the view equals the fold of the log at its position, parked disputes excepted, after any crash, repetition
or overlap. An event is applied only if its position is the last one plus one; lower is a repeat, higher waits. What a
handler or the database refuses for good *parks* that dispute for this view: the failed event and all later ones of
the stream are kept aside until somebody retries or skips; more than ``MAX_PARKED`` parked disputes, or a failure on
an event of the registry, stop the view. Errors that may pass (``TryLater``) park nothing either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.contract import Contract
from hub.words import Stored

from .channel import Channel, Lost, Parking, Step, Writing
from .fold import Faulty, Fold
from .sheet import is_registry
from .tables import Book

MAX_PARKED: Final = 20
log = structlog.get_logger(__name__)


class TryLater(Exception):
    """The database did not take the batch now (lock, connection, disk); nothing was applied or its fate is unknown."""


class Stopped(Exception):
    """The view cannot go on without somebody's help; ``str()`` says why."""


class Gone(Exception):
    """This generation of the view is no more: another one was switched to."""


class Runner:
    """Applies the log to one generation of one view. Used by one thread at a time."""

    def __init__(self, book: Book, channel: Channel, contract: Contract) -> None:
        self.book = book
        self.view = book.view
        self.position = 0
        self.stopped = ""
        self.max_parked = MAX_PARKED
        self._channel = channel
        self._folding = Fold(self.view, contract)
        self._parked: set[bytes] = set()
        self._revision = 0
        self._fresh = False  # position, revision and parked streams are what the database says

    @property
    def name(self) -> str:
        """The view's name."""
        return self.view.name

    def refresh(self) -> int:
        """Read the tracking row and the parked streams; returns the position. Gone, TryLater."""
        self._forget()
        try:
            found = self._channel.tracking()
            if found is None:
                raise Gone(self.book.key)
            # The revision is read before the parked streams: a retry in between makes the next move fail, not lie.
            self._parked = self._channel.parked()
        except Exception as why:
            raise self._told(why) from why
        self.position, self._revision = found
        self._fresh = True
        return self.position

    def take(self, batch: Sequence[Stored]) -> int:
        """Apply what continues the view's position, in one transaction; returns the position reached.

        TryLater, Stopped, Gone. A batch lost to another runner changes nothing and is no error.
        """
        if self.stopped:
            raise Stopped(self.stopped)
        if not self._fresh:
            self.refresh()
        events = self._next(batch)
        if events:
            try:
                self._apply(events)
            except Lost:
                log.info("views.lost", view=self.name, position=self.position)
                self.refresh()
            except Faulty as fault:  # of a registry event: every dispute depends on it
                self._stop(f"event {fault.event.position} ({fault.event.topic}): {fault}")
        return self.position

    def prepare(self, batch: Sequence[Stored]) -> Writing | None:
        """What continues the view's position, folded, to be written together with other views; None when nothing does.

        ``settle`` must follow the commit. On any error, here or at the commit, nothing is applied: ``abandon``, and
        then ``take`` does what is to be done about it.
        """
        if not self._fresh:
            self.refresh()
        events = self._next(batch)
        if not events:
            return None
        parking = self._fold(events, {})
        step = Step(self.position, self._revision, events[-1].position, self._revision)
        return Writing(self._channel, step, self._folding.changes, parking)

    def settle(self, done: Writing) -> None:
        """It is committed."""
        self.position, self._revision = done.step.new_position, done.step.new_revision
        self._parked |= {p.stream for p in done.parking}
        # Kept rows are safe: whoever else writes to this view makes our next move fail, and then all is forgotten.
        self._folding.settle(self.view.keep)

    def abandon(self) -> None:
        """It is not, as far as we know: only the tracking row says."""
        self._forget()
        self._fresh = False

    def close(self) -> None:
        """Give up the connection."""
        self._channel.reset()
        self._fresh = False

    # --- applying ----------------------------------------------------------------------------------------------------

    def _next(self, batch: Sequence[Stored]) -> Sequence[Stored]:
        """What continues the position: lower is a repeat, higher waits until what is missing comes."""
        last = self.position
        positions = [event.position for event in batch]
        if positions == list(range(last + 1, last + 1 + len(batch))):
            return batch
        start = 0
        while start < len(batch) and positions[start] <= last:
            start += 1
        end = start
        while end < len(batch) and positions[end] == last + 1 + end - start:
            end += 1
        return batch[start:end]

    def _apply(self, events: Sequence[Stored]) -> None:
        bad: dict[bytes, tuple[int, str]] = {}  # stream → (first position that fails, error)
        while True:
            try:
                parking = self._fold(events, bad)
                self._commit(events[-1].position, parking)
                return
            except Faulty as fault:
                event, error = fault.event, str(fault)
                if is_registry(event.topic):
                    raise
            except (Lost, Gone, TryLater):
                raise
            except Exception as why:  # the database refuses these rows for good: find out whose they are
                if len(events) > 1:
                    self._forget()
                    for one in events:
                        self._apply([one])
                    return
                event, error = events[0], f"{type(why).__name__}: {why}"
                if is_registry(event.topic):
                    raise Faulty(event, why) from why
            self._forget()
            if event.stream in bad:
                raise Stopped(f"event {event.position} fails in two ways")
            bad[event.stream] = (event.position, error[:500])
            log.error("views.parked", view=self.name, position=event.position, topic=event.topic, error=error[:500])
            if len(self._parked | bad.keys()) > self.max_parked:
                self._stop(
                    f"more than {self.max_parked} disputes are parked; the last at event {event.position}: {error}"
                )

    def _fold(self, events: Sequence[Stored], bad: dict[bytes, tuple[int, str]]) -> list[Parking]:
        """Run the handlers; the events to put aside. Faulty names the event that failed: the rows are then useless."""
        parking: list[Parking] = []
        if self._parked or bad:
            kept: list[Stored] = []
            for event in events:
                first, error = bad.get(event.stream, (0 if event.stream in self._parked else event.position + 1, ""))
                if event.position < first:
                    kept.append(event)
                else:
                    said = error if event.position == first else ""
                    parking.append(Parking(event.position, *event[1:], said))
            events = kept
        fold = self._folding
        todo = fold.read(events)
        lacking = fold.open(todo)
        if lacking is not None:
            try:
                found = self._channel.load(lacking)
            except Exception as why:
                raise self._told(why) from why
            fold.adopt(found)
        fold.handle(todo)
        return parking

    def _commit(self, position: int, parking: list[Parking], retried: bytes | None = None) -> None:
        bump = 0 if retried is None else 1
        step = Step(self.position, self._revision, position, self._revision + bump, retried)
        done = Writing(self._channel, step, self._folding.changes, parking)
        try:
            self._channel.commit([done])
        except Lost:
            raise
        except Exception as why:
            raise self._told(why) from why
        self.settle(done)

    def _forget(self) -> None:
        self._folding.forget()

    def _told(self, why: Exception) -> Exception:
        """What an error of the driver means: TryLater (the connection is given up), Gone, or itself."""
        if isinstance(why, Lost | Gone | TryLater):
            return why
        if self._channel.transient(why):
            self._channel.reset()
            self._forget()
            self._fresh = False  # the commit may have happened: only the tracking row knows
            return TryLater(f"{type(why).__name__}: {why}")
        try:
            gone = self._channel.tracking() is None
        except Exception:
            gone = False
        return Gone(self.book.key) if gone else why

    def _stop(self, why: str) -> None:
        self.stopped = why
        self._forget()
        log.error("views.stopped", view=self.name, position=self.position, why=why)
        raise Stopped(why)

    # --- parked sequences -------------------------------------------------------------------------------------------

    def retry(self, stream: bytes, parked: Callable[[], Sequence[Parking]], *, skip: bool = False) -> int:
        """Apply a parked sequence as far as it goes; ``skip`` leaves out its first event for good.

        Returns how many events stay parked. Lost when the live runner moved in between: try again.
        """
        self.refresh()
        rows = list(parked())[1 if skip else 0 :]
        self._parked.discard(stream)
        events = [Stored(p.position, p.stream, p.version, p.topic, p.body) for p in rows]
        left: list[Parking] = []
        while True:
            try:
                self._fold(events, {})
                self._commit(self.position, left, retried=stream)
                return len(left)
            except (Lost, Gone, TryLater):
                raise
            except Faulty as fault:
                at = events.index(fault.event)
                error = str(fault)
            except Exception as why:
                if not events:
                    raise
                at, error = max(len(events) - 1, 0), f"{type(why).__name__}: {why}"
            self._forget()
            events = events[:at]
            left = [p._replace(error=error[:500] if i == 0 else "") for i, p in enumerate(rows[at:])]
