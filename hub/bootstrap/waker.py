"""Tells the relay of every commit, so that it need not poll."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from hub.writer import Writer

LOOK_SECONDS: Final = 0.5  # how long a stop may take


class Waker:
    """Calls ``wake`` after each commit of ``writer``; several commits may share a call."""

    def __init__(self, writer: Writer, wake: Callable[[], None]) -> None:
        self._writer = writer
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def start(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        seen = self._writer.position
        while not self._stopping.is_set():
            reached = self._writer.wait_beyond(seen, LOOK_SECONDS)
            if reached > seen:
                self._wake()
                seen = reached
            elif self._writer.problem:
                # wait_beyond returns at once when the writer has stopped: do not spin until the keeper sees it.
                self._stopping.wait(LOOK_SECONDS)
