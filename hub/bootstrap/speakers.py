"""For whom each system speaks, for the writer's first guard: a copy of the credentials, looked up per command.

Guarantee: a change to a system counts at most ``FRESH`` seconds later; a system that is not in the copy is
looked for at once, so a new one may speak from the moment it exists. While the table cannot be read, the
copy stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError

from hub.access import System, may_speak
from hub.aggregates.command import TYPES, Command
from hub.store.credentials import Credentials
from hub.words import HUB_SYSTEM, Refusal

FRESH: Final = 1.0  # seconds
log = structlog.get_logger(__name__)
HUB: Final = System(HUB_SYSTEM, frozenset(), frozenset())


class Speakers:
    """Called by the writer with each command. Thread-safe."""

    def __init__(self, credentials: Credentials, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, System] = {}
        self._changes = -1
        self._looked = float("-inf")

    def __call__(self, command: Command) -> Refusal | None:
        """None when the system may send this command in this agency's name; else ``access.denied`` and the field."""
        system = HUB if command.system == HUB_SYSTEM else self.system(command.system)
        if system is None:
            return Refusal("access.denied", "system")
        body: Any = command.body
        field = may_speak(system, TYPES[type(body)], command.agency, getattr(body, "subject", None))
        return Refusal("access.denied", field) if field else None

    def system(self, name: str) -> System | None:
        """An active system by name."""
        with self._lock:
            if self._monotonic() - self._looked >= FRESH or name not in self._known:
                self._refresh(name)
            return self._known.get(name)

    def names(self) -> list[str]:
        """The names of all active systems: whose outboxes are read and whose inboxes are published."""
        with self._lock:
            if self._monotonic() - self._looked >= FRESH:
                self._refresh()
            return sorted(self._known)

    def all(self) -> list[System]:
        """All active systems."""
        self.names()
        with self._lock:
            return list(self._known.values())

    def _refresh(self, asked: str = "") -> None:
        try:
            changes = self._credentials.changes()
            if changes != self._changes:
                self._known = {
                    row.name: System(row.name, row.agencies, row.roles)
                    for row in self._credentials.systems().values()
                    if row.disabled_at is None
                }
                self._changes = changes
        except DBAPIError:
            # Not "unknown", which would be an answer for ever: what is known goes on, about others nothing can be said.
            if asked and asked not in self._known:
                raise
            log.warning("speakers.not_read")
        self._looked = self._monotonic()
