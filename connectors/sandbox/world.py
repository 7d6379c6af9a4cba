"""What the sandbox needs of the hub it runs against: who starts the sandbox provides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from connectors.client import Client


class World(Protocol):
    """A hub on a simulated clock, and the door for systems."""

    def connect(self, system: str, agencies: Sequence[str], roles: Sequence[str]) -> Client:
        """A client for a new system that serves these agencies (ids), over whatever transport this world uses."""

    def set_time(self, now: int) -> None:
        """Set the hub's clock (microseconds UTC); it never goes back."""

    def settle(self) -> None:
        """The barrier: every outbox is read to its end, the steward has nothing left to do at this instant, views and
        inboxes stand at the last position. After it, nothing in the hub moves until the next command or ``set_time``.
        """
