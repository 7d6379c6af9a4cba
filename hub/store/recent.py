"""The events stored last, in memory: who follows the log closely need not ask the database for them.

Guarantee: what ``read`` gives is committed, gapless, and what the database would give. Filled under the lease only and
emptied with it, so that nothing another holder stores is ever missed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from hub.words import Stored

KEPT: Final = 2_000  # events; about 2 MB


class Recent:
    """A run of events without a gap, the newest last. Safe from any thread."""

    def __init__(self) -> None:
        self._events: list[Stored] = []
        self._lock = threading.Lock()

    def add(self, events: Sequence[Stored]) -> None:
        """These were committed."""
        with self._lock:
            if self._events and events and events[0].position != self._events[-1].position + 1:
                self._events.clear()
            self._events += events
            if len(self._events) > 2 * KEPT:
                del self._events[:-KEPT]

    def read(self, after: int, limit: int) -> list[Stored]:
        """Events behind ``after``; an empty list when they are not all here, or there are none yet."""
        with self._lock:
            if not self._events:
                return []
            start = after + 1 - self._events[0].position
            return self._events[start : start + limit] if start >= 0 else []

    def clear(self) -> None:
        """The lease is given up: from now on others may store."""
        with self._lock:
            self._events.clear()
