"""The lease (one writer at a time) and the connection that writes: what both databases must offer.

Guarantee: whoever holds a ``Lease`` was alone when it got it; being alone *now* is proved by the head row in every
``append``, never by the lease. A lease ends with its connection; a new one always has a higher epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hub.words import Answer, Stored

from .batch import Batch

OUTAGE = 30 * 1_000_000  # microseconds without a sign of life that count as an outage of the command side


class Head(NamedTuple):
    """The head row."""

    epoch: int
    position: int
    recorded_at: int


class Outage(NamedTuple):
    """The command side was down from ``down_at`` (its last sign of life) until ``up_at`` (the next lease)."""

    down_at: int
    up_at: int


class Lease(Protocol):
    """The lease and its kept connection. Not thread-safe: it belongs to the writer's thread."""

    head: Head

    def append(self, batch: Batch) -> None:
        """Stores a batch in one transaction. Raises Fenced, Conflict (nothing stored) or Unknown (perhaps stored)."""
        ...

    def load(self, streams: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        """The events of these streams in order, one query; a stream without events is missing. Raises Unknown."""
        ...

    def answers(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Answer]:
        """The stored answers of these (system, command_id). Raises Unknown."""
        ...

    def agencies(self) -> list[Stored]:
        """Every registry event, in order. Raises Unknown."""
        ...

    def numbers(self) -> dict[str, int]:
        """The last case number of each series. Raises Unknown."""
        ...

    def beat(self, now: int) -> None:
        """Notes that the command side is alive at ``now``. Raises Fenced, Unknown."""
        ...

    def close(self) -> None:
        """Gives the lease up and closes the connection. Never raises."""
        ...
