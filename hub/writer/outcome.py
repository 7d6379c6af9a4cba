"""What a caller of the writer gets: an answer, an incident, or the news that the writer takes nothing now."""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.words import Answer

FAILED: Final = "hub.incident"  # an exception in our code, for this command only
UNREADABLE: Final = "dispute.unreadable"  # the stored dispute cannot be folded; its other commands fail alike
STORE_FAILED: Final = "hub.store_failed"  # the transaction failed twice; nothing is known to be stored
STORE_GONE: Final = "hub.store_gone"  # no database within the patience; the fate may be unknown
NOT_WRITER: Final = "hub.not_writer"  # this process does not hold the lease (any more)
BUSY: Final = "hub.busy"  # the queue is full
OUTBOX_MOVED: Final = "hub.outbox_moved"  # the poll was stored before, or another process reads this outbox


class Incident(NamedTuple):
    """Not an answer: nothing is stored under the command's id, and the same id may be sent again.

    ``incident`` names the line in our log. For ``hub.store_gone`` the command may have been stored; then sending
    the same id again gives its answer.
    """

    incident: str
    code: str = FAILED


Outcome = Answer | Incident


class Refuses(Exception):
    """The writer takes nothing now; ``code`` says why. HTTP 503, intake stops polling."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Busy(Refuses):
    """The queue is full: again in a moment."""

    def __init__(self) -> None:
        super().__init__(BUSY)


class NotWriter(Refuses):
    """No lease here, or not ready to accept: another process may be, or this one soon."""
