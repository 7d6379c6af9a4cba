"""What one transaction of the writer holds, and how it can fail.

Guarantee: a ``Batch`` is stored wholly or not at all. Three failures are told apart because the writer must act
differently: ``Fenced`` (another holder writes now: stop), ``Conflict`` (nothing was stored: decide again, one by
one), ``Unknown`` (the answer to COMMIT is missing: connect again and look the answers up).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.words import Answer, Stored


class StoreError(Exception):
    """A failure of the store; the message holds no event content."""


class Fenced(StoreError):
    """The head row is not where this holder left it: another one holds the lease. Nothing was stored."""


class Conflict(StoreError):
    """A key is taken (an answer, a version of a stream) or an outbox offset moved. Nothing was stored."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Unknown(StoreError):
    """The connection or the disk failed: the transaction may or may not have been stored."""


class LeaseHeld(StoreError):
    """Another process holds the lease of this store."""


class Delivery(NamedTuple):
    """One message for the inbox of ``system``; ``body`` is the stored form of an inbox record.

    ``position`` names the event it is about, 0 for answers and refusals.
    """

    system: str
    position: int
    body: bytes


class Move(NamedTuple):
    """How far an outbox has been read: from (topic, offset) to (topic, offset), by compare-and-set.

    ``offset`` is the next one to read. Where nothing was read yet, ``old_topic`` is "" and ``old_offset`` 0.
    """

    outbox: str
    old_topic: str
    old_offset: int
    topic: str
    offset: int


class Quarantined(NamedTuple):
    """A record the hub could not read or decide. Its bytes may be personal data: capped, erasable, never in a topic."""

    system: str
    topic: str
    offset: int
    code: str
    field: str
    detail: str
    raw: bytes


class SealedRow(NamedTuple):
    """Masked name and salt of one party, kept outside the log so that they can be erased."""

    dispute: bytes
    party: int
    masked: str | None
    salt: bytes | None


class Batch(NamedTuple):
    """Everything one transaction stores. ``events`` have the positions ``last`` + 1, + 2 … without a gap."""

    last: int
    recorded_at: int
    events: Sequence[Stored] = ()
    answers: Sequence[Answer] = ()
    deliveries: Sequence[Delivery] = ()
    moves: Sequence[Move] = ()
    quarantine: Sequence[Quarantined] = ()
    numbers: Sequence[tuple[str, int]] = ()
    sealed: Sequence[SealedRow] = ()
