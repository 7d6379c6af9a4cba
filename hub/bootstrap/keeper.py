"""Who holds the lease does the work: tries for it, starts what only the holder runs, stops it when the lease
is gone.

Guarantee: relay, intake, deliveries and steward run only between the first acceptance under a lease and its
loss; they are stopped before another try. A process without the lease tries once a second and serves reads
meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from hub.store import LeaseHeld, StoreError
from hub.writer import Writer

from .desk import Desk

TRY_SECONDS: Final = 1.0
log = structlog.get_logger(__name__)


class Part(Protocol):
    """Something that runs while the lease is held."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Keeper:
    """``make_writer(on_stop)`` gives a writer for one lease, ``make_parts(writer)`` what runs with it, in order."""

    def __init__(
        self,
        desk: Desk,
        make_writer: Callable[[Callable[[str], None]], Writer],
        make_parts: Callable[[Writer], list[Part]],
    ) -> None:
        self._desk = desk
        self._make_writer = make_writer
        self._make_parts = make_parts
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._changed = threading.Condition()
        self._running = False
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Try for the lease from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop what runs, in reverse order, and give up the lease: others may take it at once."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait_running(self, timeout: float) -> bool:
        """True once commands are taken and everything that goes with it runs."""
        with self._changed:
            return self._changed.wait_for(lambda: self._running, timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            writer = self._make_writer(lambda _code: self._wake.set())
            try:
                writer.start(wait=0)
            except StoreError as why:
                level = log.debug if isinstance(why, LeaseHeld) else log.warning
                level("keeper.no_lease", why=type(why).__name__)
                self._stopping.wait(TRY_SECONDS)
                continue
            except Exception:
                log.exception("keeper.failed")
                self._stopping.wait(TRY_SECONDS)
                continue
            if not self._hold(writer):
                self._stopping.wait(TRY_SECONDS)  # with the lease given up: another process may do better

    def _hold(self, writer: Writer) -> bool:
        """Run everything under this writer's lease until it ends; False when a part could not start."""
        self._desk.writer = writer
        parts: list[Part] = []
        try:
            if self._accepts(writer):
                for part in self._make_parts(writer):
                    part.start()
                    parts.append(part)
                log.info("keeper.running", position=writer.position)
                self._say(True)
                self._wake.wait()
        except Exception:
            # A part that cannot start must not leave a hub that looks whole: give up the lease and try anew.
            log.exception("keeper.failed")
            return False
        finally:
            self._say(False)
            for part in reversed(parts):
                try:
                    part.stop()
                except Exception:
                    log.exception("keeper.part_failed", part=type(part).__name__)
            self._desk.writer = None
            writer.stop()
        return True

    def _accepts(self, writer: Writer) -> bool:
        """Wait until the writer takes commands; False when it or we stopped before."""
        while not self._wake.is_set():
            if writer.problem == "":
                return True
            self._wake.wait(0.01 if writer.problem == "hub.starting" else 0.2)
        return False

    def _say(self, running: bool) -> None:
        with self._changed:
            self._running = running
            self._changed.notify_all()
