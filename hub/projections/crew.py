"""The thread that keeps the live views up: one reader of the log for all of them, one runner per view.

Guarantee: all views move in one transaction per batch, over one connection; where that fails each moves on its own, so
that a view that stops (see ``Runner``) does not hold up the others; what may pass is tried again with growing
pauses (50 ms to 5 s); a view that was rebuilt elsewhere is picked up at its new generation; one that an earlier version
of the hub left in its old form, or did not have, is rebuilt beside in a thread of its own. ``step`` does one round in
the caller's thread: for tests and simulations.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.contract import Contract
from hub.log import GAP_ALARM_SECONDS, Log
from hub.log.port import LogUnavailable
from hub.words import Stored

from .channel import Writing
from .database import Busy, Database
from .rebuild import Cancelled, rebuild
from .runner import Gone, Runner, Stopped, TryLater
from .sheet import View

LIVE: Final = 100  # events per transaction when the views keep up: figures are fresh within one small commit
BACKLOG: Final = 2_000  # … and when the log is far ahead
PAUSE_MIN: Final = 0.05
PAUSE_MAX: Final = 5.0
FAR: Final = 10_000  # events behind the others from which a view is rebuilt by itself: they would wait for it
log = structlog.get_logger(__name__)


class Crew:
    """Keeps ``views`` of a database up with ``source``. The crew owns ``source`` while it runs and closes it at the
    end. ``again`` gives another reader of the same log, for rebuilding a view of an earlier version; without it such a
    view is left to ``Views.rebuild``.
    """

    def __init__(
        self,
        database: Database,
        contract: Contract,
        views: Sequence[View],
        source: Log,
        again: Callable[[], Log] | None = None,
    ) -> None:
        self._database = database
        self._contract = contract
        self._source = source
        self._views = list(views)
        self._again = again
        self._channel = database.channels()
        self._runners: dict[str, Runner] = {}
        self._renewals: dict[str, threading.Thread] = {}
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self._limit = LIVE
        self._behind_since: float | None = None

    # --- one round --------------------------------------------------------------------------------------------------

    def step(self, timeout: float = 0.0) -> bool:
        """Read once and apply; True when something was applied. TryLater and LogUnavailable are the caller's to wait
        out.
        """
        runners = [r for r in self._ready() if not r.stopped]
        if not runners:
            self._halt.wait(timeout)
            return False
        after = min(r.position for r in runners)
        batch = self._source.read(after, self._limit, timeout)
        self._limit = BACKLOG if len(batch) == self._limit else LIVE
        self._watch(after, batch)
        if self._together(runners, batch):
            return True
        applied = False
        for runner in runners:
            before = runner.position
            try:
                applied |= runner.take(batch) > before
            except Gone:
                del self._runners[runner.name]
            except Stopped as why:
                self._database.mark_stopped(runner.book, str(why))
        return applied

    def _together(self, runners: Sequence[Runner], batch: Sequence[Stored]) -> bool:
        """All of them in one transaction, which costs a fraction of one each; False when nothing was applied."""
        writings: list[tuple[Runner, Writing]] = []
        try:
            for runner in runners:
                writing = runner.prepare(batch)
                if writing is not None:
                    writings.append((runner, writing))
            if writings:
                writings[0][1].channel.commit([writing for _, writing in writings])
        except Exception as why:  # whose fault it is shows when each goes on its own
            log.info("views.apart", why=type(why).__name__)
            for runner in runners:
                runner.abandon()
            return False
        for runner, writing in writings:
            runner.settle(writing)
        return bool(writings)

    def catch_up(self, position: int) -> None:
        """Apply rounds until every view that runs is at ``position``: a barrier for tests and simulations."""
        while any(not r.stopped and r.position < position for r in self._ready()):
            self.step(0.05)

    def _ready(self) -> list[Runner]:
        for view in self._views:
            if view.name not in self._runners and not self._renewing(view):
                book = self._database.make(view, current=True)
                runner = Runner(book, self._channel(book), self._contract)
                runner.refresh()
                self._runners[view.name] = runner
        if self._again is not None:
            front = max((r.position for r in self._runners.values()), default=0)
            for runner in [r for r in self._runners.values() if front - r.position > FAR and not r.stopped]:
                self._runners.pop(runner.name).close()
                self._renew_beside(runner.view)
        return list(self._runners.values())

    def _renewing(self, view: View) -> bool:
        """Whether the view is being rebuilt, or has to be: readers still have another version of it."""
        known = self._renewals.get(view.name)
        if known is not None and known.is_alive():
            return True
        if not self._database.outdated(view):
            return False
        if self._again is not None:
            self._renew_beside(view)
        return True

    def _renew_beside(self, view: View) -> None:
        assert self._again is not None
        if not self._halt.is_set():
            made = threading.Thread(
                target=self._renew, args=(view, self._again()), name=f"renew {view.name}", daemon=True
            )
            self._renewals[view.name] = made
            made.start()

    def _renew(self, view: View, source: Log) -> None:
        log.info("views.renewing", view=view.name, version=view.version)
        try:
            rebuild(self._database, self._contract, view, source, cancel=self._halt)
        except Cancelled:
            pass
        except Busy:  # another process is at it: its switch is seen here too
            self._halt.wait(PAUSE_MAX)
        except Exception:
            log.exception("views.not_renewed", view=view.name)
            self._halt.wait(PAUSE_MAX)
        finally:
            source.close()

    def _watch(self, after: int, batch: Sequence[Stored]) -> None:
        if batch and batch[0].position > after + 1:
            now = time.monotonic()
            self._behind_since = self._behind_since or now
            if now - self._behind_since > GAP_ALARM_SECONDS:
                log.error("views.gap", position=after, next=batch[0].position)
                self._behind_since = now
        else:
            self._behind_since = None

    # --- the thread -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Keep the views up in a thread until ``stop``."""
        self._thread = threading.Thread(target=self._run, name="views", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its present batch; what is committed stays."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for renewal in self._renewals.values():
            renewal.join()
        self.close()

    def close(self) -> None:
        """Give up connections."""
        for runner in self._runners.values():
            runner.close()
        self._runners.clear()
        self._source.close()

    @property
    def positions(self) -> dict[str, int]:
        """Where each runner is, as it knows itself."""
        return {name: r.position for name, r in self._runners.items()}

    def _run(self) -> None:
        pause = PAUSE_MIN
        while not self._halt.is_set():
            try:
                self.step(0.25)
                pause = PAUSE_MIN
            except (TryLater, LogUnavailable) as why:
                log.warning("views.waiting", why=str(why), seconds=pause)
                self._halt.wait(pause)
                pause = min(pause * 2, PAUSE_MAX)
            except Exception:
                log.exception("views.failed")
                self._halt.wait(pause)
                pause = min(pause * 2, PAUSE_MAX)
