"""The command side as the web sees it, whether this process writes now or not.

Guarantee: a command is handed to the writer that holds the lease in this process, or refused
(``hub.not_writer``, or why the writer takes nothing yet). Position and registry are those of the log in
either case.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.aggregates.decide import Interner, enrolled
from hub.contract import Contract
from hub.store import Store
from hub.writer import NotWriter, Outcome, Writer

FRESH: Final = 1.0  # seconds between looks at the registry where this process does not write


class Desk:
    """``writer`` is set by the keeper while this process holds the lease."""

    def __init__(self, store: Store, contract: Contract, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.writer: Writer | None = None
        self._store = store
        self._contract = contract
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._registry = Registry()
        self._events = 0
        self._looked = float("-inf")

    @property
    def problem(self) -> str:
        """Why no command is taken here now, a code; "" = commands are taken."""
        writer = self.writer
        return "hub.not_writer" if writer is None else writer.problem

    async def ask_async(self, commands: Sequence[Command]) -> list[Outcome]:
        """Decide and store; the outcomes after the commit. Busy, NotWriter."""
        return await self._held().ask_async(commands)

    def ask(self, commands: Sequence[Command]) -> list[Outcome]:
        """The same, waiting in this thread."""
        return self._held().ask(commands)

    @property
    def position(self) -> int:
        """The last committed position."""
        writer = self.writer
        return writer.position if writer is not None and writer.problem == "" else self._store.position()

    def wait_beyond(self, position: int, timeout: float) -> int:
        """Wait until the log goes beyond a position: by the writer's wake-up here, by looking elsewhere."""
        writer = self.writer
        if writer is not None and writer.problem == "":
            return writer.wait_beyond(position, timeout)
        deadline = self._monotonic() + timeout
        while (reached := self._store.position()) <= position and self._monotonic() < deadline:
            time.sleep(min(0.05, max(0.0, deadline - self._monotonic())))
        return reached

    def registry(self) -> Registry:
        """The registry of agencies."""
        writer = self.writer
        if writer is not None and writer.problem == "":
            return writer.registry
        with self._lock:
            if self._monotonic() - self._looked >= FRESH:
                self._read_registry()
            return self._registry

    def _held(self) -> Writer:
        writer = self.writer
        if writer is None:
            raise NotWriter("hub.not_writer")
        return writer

    def _read_registry(self) -> None:
        stored = self._store.agencies()
        self._registry = enrolled(self._registry, self._contract, stored[self._events :], Interner())
        self._events = len(stored)
        self._looked = self._monotonic()
