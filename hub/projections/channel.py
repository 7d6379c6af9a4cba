"""The runner's connection to the views' database: load the rows of some streams, write a batch in one transaction.

Two implementations, one contract. Views that one thread keeps up share a connection and may be written in one
transaction. ``commit`` moves the tracking row from the expected position and revision to the new
position *in the same transaction and before everything else*: a batch that was applied already, or another runner's,
finds no such row and changes nothing (``Lost``). It must stay one conditional UPDATE: a SELECT before it would let two
runners both believe they are at the expected position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from .sheet import Changes, Values


class Lost(Exception):
    """The tracking row is not where this runner left it: another runner moved it, or a parked sequence was retried."""


class Parking(NamedTuple):
    """One event of a parked sequence (暂存): ``error`` is empty for those that only wait behind the first."""

    position: int
    stream: bytes
    version: int
    topic: str
    body: bytes
    error: str


class Step(NamedTuple):
    """A move of the tracking row. ``retried``: the stream whose parked events this very transaction removes."""

    position: int
    revision: int
    new_position: int
    new_revision: int
    retried: bytes | None = None


class Writing(NamedTuple):
    """What one view writes of a batch."""

    channel: Channel
    step: Step
    changes: Changes
    parking: Sequence[Parking]


class Channel(Protocol):
    """One view's way over a kept connection, used by one thread at a time."""

    def tracking(self) -> tuple[int, int] | None:
        """(position, revision); None when the generation is no more."""

    def parked(self) -> set[bytes]:
        """The parked streams."""

    def load(self, wanted: Sequence[Sequence[bytes]]) -> list[list[Values]]:
        """Per sheet of the view that loads (in their order), the rows that belong to the streams wanted of it."""

    def commit(self, writings: Sequence[Writing]) -> None:
        """Write one view or several, all or nothing, over this one's connection. Lost; else the driver's own errors."""

    def transient(self, why: Exception) -> bool:
        """Whether the same batch may well succeed later (lock, connection, disk), so that nothing is parked."""

    def reset(self) -> None:
        """Give up the connection; the next use opens another."""
