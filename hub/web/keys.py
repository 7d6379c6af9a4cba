"""API keys, remembered between requests.

Guarantee: a key that was revoked, or a system that was disabled or changed, counts as such at most
``FRESH`` seconds later, in every process. Only keys that were right are remembered, by their SHA-256:
guesses take no memory.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Final

from hub.access import System
from hub.store.credentials import Credentials

FRESH: Final = 1.0  # seconds; each process asks the database for one number so often


class RememberedKeys:
    """Looks keys up in the credentials table and remembers them while nothing changes there. Thread-safe."""

    def __init__(self, credentials: Credentials, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[bytes, System] = {}
        self._changes = -1
        self._looked = float("-inf")

    def system(self, key: str) -> System | None:
        """The system a key belongs to; None when there is none or it may not connect any more."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            self._refresh()
            changes, found = self._changes, self._known.get(digest)
        if found is not None:
            return found
        row = self._credentials.authenticate(key)
        if row is None:
            return None
        found = System(row.name, row.agencies, row.roles)
        with self._lock:
            # A change between the two looks: what was read may be the old state, so it is not remembered.
            if changes == self._changes:
                self._known[digest] = found
        return found

    def forget(self) -> None:
        """Look everything up again with the next request."""
        with self._lock:
            self._looked = float("-inf")

    def _refresh(self) -> None:
        now = self._monotonic()
        if now - self._looked < FRESH:
            return
        changes = self._credentials.changes()
        if changes != self._changes:
            self._known.clear()
            self._changes = changes
        self._looked = now
