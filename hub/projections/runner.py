"""The runner of one view: takes batches of events, each applied in one transaction together with the tracking row.

Guarantee: the view equals the fold of the log at its position, parked disputes excepted, after any crash, repetition or
overlap. An event is applied only if its position is the last one plus one; lower is a repeat, higher waits. What a
handler or the database refuses for good *parks* that dispute for this view: the failed event and all later ones of the
stream are kept aside until somebody retries or skips; more than ``MAX_PARKED`` parked disputes, or a failure on an event of the registry,
stop the view. A rebuild parks nothing: it fails. Errors that may pass (``TryLater``) park nothing either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from hub.contract import Contract
from hub.words import Stored

from .channel import Channel, Lost, Parking, Step
from .sheet import Case, Changes, Now, is_registry
from .tables import Book

MAX_PARKED: Final = 20
KEEP_CASES: Final = 60_000  # of a rebuild, in memory
log = structlog.get_logger(__name__)

Picked = tuple[str, tuple[Any, ...]] | None


class TryLater(Exception):
    """The database did not take the batch now (lock, connection, disk); nothing was applied or its fate is unknown."""


class Stopped(Exception):
    """The view cannot go on without somebody's help; ``str()`` says why."""


class Gone(Exception):
    """This generation of the view is no more: another one was switched to."""


class _Faulty(Exception):
    def __init__(self, event: Stored, why: BaseException) -> None:
        super().__init__(f"{type(why).__name__}: {why}")
        self.event = event


class Runner:
    """Applies the log to one generation of one view. Used by one thread at a time."""

    def __init__(self, book: Book, channel: Channel, contract: Contract, *, rebuild: bool = False) -> None:
        self.book = book
        self.view = book.view
        self.position = 0
        self.stopped = ""
        self.rebuild = rebuild
        self.max_parked = MAX_PARKED
        self._channel = channel
        self._pick = contract.picker(self.view.fields)
        self._changes = Changes(self.view.sheets, self.view.tallies)
        self._cases: dict[bytes, Case] = {}
        self._now = Now()
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
            except _Faulty as fault:  # of a registry event, or in a rebuild
                self._stop(f"event {fault.event.position} ({fault.event.topic}): {fault}")
        return self.position

    def close(self) -> None:
        """Give up the connection."""
        self._channel.reset()
        self._fresh = False

    # --- applying ----------------------------------------------------------------------------------------------------

    def _next(self, batch: Sequence[Stored]) -> Sequence[Stored]:
        last = self.position
        start = 0
        while start < len(batch) and batch[start].position <= last:
            start += 1
        end = start
        while end < len(batch) and batch[end].position == last + 1 + end - start:
            end += 1
        return batch if start == 0 and end == len(batch) else batch[start:end]

    def _apply(self, events: Sequence[Stored]) -> None:
        bad: dict[bytes, tuple[int, str]] = {}  # stream → (first position that fails, error)
        while True:
            try:
                parking = self._fold(events, bad)
                self._commit(events[-1].position, parking)
                return
            except _Faulty as fault:
                event, error = fault.event, str(fault)
                if self.rebuild or is_registry(event.topic):
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
                if self.rebuild or is_registry(event.topic):
                    raise _Faulty(event, why) from why
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
        """Run the handlers. _Faulty names the event whose handler or bytes failed; the rows are then of no use."""
        parking: list[Parking] = []
        todo: list[tuple[Stored, Picked]] = []
        pick, parked = self._pick, self._parked
        for event in events:
            stream = event.stream
            if stream in parked:
                parking.append(Parking(event.position, stream, event.version, event.topic, event.body, ""))
                continue
            if bad and stream in bad and event.position >= bad[stream][0]:
                error = bad[stream][1] if event.position == bad[stream][0] else ""
                parking.append(Parking(event.position, stream, event.version, event.topic, event.body, error))
                continue
            try:
                picked = pick(event.body)
            except (ValueError, IndexError, KeyError) as why:
                raise _Faulty(event, why) from why
            if picked is not None:
                todo.append((event, picked))
        self._load(todo)
        self._handle(todo)
        return parking

    def _load(self, todo: Sequence[tuple[Stored, Picked]]) -> None:
        """Have the cases of all streams in memory; a stream that begins in this batch has no rows yet."""
        cases, changes, make = self._cases, self._changes, self.view.case
        loaded = self.view.loaded
        lacking: list[bytes] = []
        for event, _ in todo:
            stream = event.stream
            if stream not in cases:
                cases[stream] = make(stream, changes)
                if event.version > 1 and loaded:
                    lacking.append(stream)
        if lacking:
            try:
                found = self._channel.load(lacking)
            except Exception as why:
                raise self._told(why) from why
            for sheet, rows in zip(loaded, found, strict=True):
                row, within = sheet.row, sheet.names.index(sheet.within)
                for values in rows:
                    cases[values[within]].adopt(row(*values))

    def _handle(self, todo: Sequence[tuple[Stored, Picked]]) -> None:
        now, cases, handlers = self._now, self._cases, self.view.handlers
        before, after = self.view.before, self.view.after
        own = len(self.view.common)
        for event, picked in todo:
            assert picked is not None
            now.topic, values = picked
            now.position = event.position
            now.body = event.body
            now.referral = None
            handler = handlers[now.topic]
            case = cases[event.stream]
            try:
                if now.topic.startswith("agency."):
                    now.stream, now.version, now.at, now.agency = values[:4]
                    now.custodian = b""
                    if handler is not None:
                        handler(case, now, *values[4:])
                    continue
                now.stream, now.version, now.at, now.agency, now.custodian = values[:5]
                now.extra = values[5:own]
                if before is not None:
                    before(case, now)
                if handler is not None:
                    handler(case, now, *values[own:])
                if after is not None:
                    after(case, now)
            except Exception as why:
                raise _Faulty(event, why) from why

    def _commit(self, position: int, parking: list[Parking], retried: bytes | None = None) -> None:
        bump = 0 if retried is None else 1
        step = Step(self.position, self._revision, position, self._revision + bump, retried)
        try:
            self._channel.commit(step, self._changes, parking)
        except Lost:
            raise
        except Exception as why:
            raise self._told(why) from why
        self.position = position
        self._revision += bump
        self._parked |= {p.stream for p in parking}
        self._changes.clear()
        if self.rebuild:
            self._prune()
        else:
            self._cases.clear()

    def _prune(self) -> None:
        if len(self._cases) > KEEP_CASES:
            self._cases = {k: c for k, c in self._cases.items() if not c.done()}
        if len(self._cases) > KEEP_CASES:  # the oldest go; they are loaded again when needed
            drop = len(self._cases) - KEEP_CASES // 2
            for stream in list(self._cases)[:drop]:
                del self._cases[stream]

    def _forget(self) -> None:
        self._changes.clear()
        self._cases.clear()

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

    # --- parked sequences ----------------------------------------------------------------------------------------------

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
            except _Faulty as fault:
                at = events.index(fault.event)
                error = str(fault)
            except Exception as why:
                if not events:
                    raise
                at, error = max(len(events) - 1, 0), f"{type(why).__name__}: {why}"
            self._forget()
            events = events[:at]
            left = [p._replace(error=error[:500] if i == 0 else "") for i, p in enumerate(rows[at:])]
