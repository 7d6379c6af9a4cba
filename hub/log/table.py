"""The log of the embedded hub: the store's own table, read in position order."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from hub.words import Stored

POLL_SECONDS: Final = 0.05


class _Source(Protocol):
    def read(self, after: int, limit: int) -> list[Stored]: ...

    def position(self) -> int: ...


class TableLog:
    """Reads the store's table. Its rows are gapless by construction, so the consumer's rule holds of itself.

    ``wait(position, timeout)`` returns when the hub's position is beyond ``position`` (the writer's wake-up, in the
    lease holder's process); without it the table is asked again every 50 ms.
    """

    def __init__(self, store: _Source, wait: Callable[[int, float], object] | None = None) -> None:
        self._store = store
        self._wait = wait
        self._end = -1  # where the last read came to the end

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        """Events behind ``after``; an empty list after ``timeout`` seconds without any."""
        deadline = time.monotonic() + timeout
        if self._wait is not None and after == self._end:
            self._wait(after, timeout)  # nothing was there a moment ago: no reason to ask the store before
        while True:
            found = self._store.read(after, limit)
            left = deadline - time.monotonic()
            if found or left <= 0:
                self._end = found[-1].position if found and len(found) < limit else after if not found else -1
                return found
            if self._wait is not None:
                self._wait(after, left)
            else:
                time.sleep(min(left, POLL_SECONDS))

    def end(self) -> int:
        """The last committed position."""
        return self._store.position()

    def close(self) -> None:
        """Nothing to give up: the store belongs to whoever opened it."""
