"""The port of the log: what every reader of events sees, and the one rule by which readers apply records.

Guarantee of a ``Log``: ``read(after, …)`` returns events ``after + 1, after + 2, …`` without a gap or a repeat,
whatever lies in the medium below (repeats, failed batches whose successors were written, a re-created topic). A reader
keeps one number, the position it applied last, and may change between logs at any time.
"""

from __future__ import annotations

import enum
import time
import traceback
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from hub.words import Stored

GAP_ALARM_SECONDS: Final = 60.0


class Problem(NamedTuple):
    """Why a part is not ready: stable code (``log.…``), detail for people."""

    code: str
    detail: str = ""


UNREACHABLE: Final = "log.unreachable"  # no broker answers
UNAUTHORIZED: Final = "log.unauthorized"  # the broker refuses the user, its password or its rights
TOPIC_MISSING: Final = "log.topic_missing"  # a topic the hub needs is not there
AHEAD: Final = "log.ahead_of_store"  # the topic holds what the store does not: the store was restored from a copy
REFUSED: Final = "log.refused"  # the broker refused the same record twice


class LogUnavailable(RuntimeError):
    """The log cannot be read now; ``problem`` says why. Reading may be tried again."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem


def where(error: BaseException) -> list[str]:
    """The innermost lines an exception passed through, for the log; no message, no values: they may quote content."""
    return [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)][-8:]


class Verdict(enum.Enum):
    """What to do with a record: apply it, drop it as a repeat, or drop it now because it comes again later."""

    APPLY = enum.auto()
    REPEAT = enum.auto()
    WAIT = enum.auto()


class LastPlusOne:
    """The consumer's rule, the only one: a record is applied only if its number is the last applied one plus one.

    Lower is a repeat. Higher is skipped too: after a failed batch its successors may already lie in the topic, and they
    are written once more behind what is missing; who applies them at once loses the missing ones for ever.
    ``overdue`` is True when a gap has lasted longer than ``alarm_after`` seconds.
    """

    def __init__(
        self, last: int = 0, *, alarm_after: float = GAP_ALARM_SECONDS, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.last = last
        self.gap_to = 0  # the highest number seen beyond a gap; 0 = no gap is open
        self._since = 0.0
        self._alarm_after = alarm_after
        self._now = now

    def judge(self, number: int) -> Verdict:
        """The verdict on the next record of the medium; APPLY moves ``last``."""
        if number == self.last + 1:
            self.last = number
            if self.gap_to:
                # Progress: the gap is being filled, its clock starts anew until it is closed.
                self._since = self._now()
                if number >= self.gap_to:
                    self.gap_to = 0
            return Verdict.APPLY
        if number <= self.last:
            return Verdict.REPEAT
        if not self.gap_to:
            self._since = self._now()
        self.gap_to = max(self.gap_to, number)
        return Verdict.WAIT

    @property
    def waiting(self) -> float:
        """Seconds the open gap has lasted without progress; 0.0 when there is none."""
        return self._now() - self._since if self.gap_to else 0.0

    @property
    def overdue(self) -> bool:
        """True when somebody has to look: what is missing did not come again in time."""
        return self.gap_to > 0 and self.waiting > self._alarm_after


class Log(Protocol):
    """Events in the hub's order. Not thread-safe: one reader, one log."""

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        """Up to ``limit`` events behind position ``after``, gapless; waits up to ``timeout`` seconds for the first.

        LogUnavailable when the medium does not answer or refuses.
        """
        ...

    def end(self) -> int:
        """A position that was in the log when asked: how far a reader could get, for figures and barriers."""
        ...

    def close(self) -> None:
        """Give up connections and threads."""
        ...
