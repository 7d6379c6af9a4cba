"""Answers shared by everybody who asks the same: one computation at a time per question, kept while it holds.

Guarantee: an answer whose stamp is the present one is given at once; otherwise one caller computes and nobody computes
the same beside it. After a computation the next one of the same question waits ``REST`` times as long as it took, at
most ``LONGEST``: however many ask and however fast the log grows, a question keeps a part of a core busy, and a page
that renews itself moves all the same. Meanwhile the last answer is given, which says itself as of which position it is
true, unless the caller must see a later position: then it waits for it. What is kept is never one person's: the key
says everything an answer depends on.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from starlette.requests import Request

T = TypeVar("T")
REST: Final = 3.0  # of the time the last computation took, before the next one
LONGEST: Final = 0.4  # seconds of rest
STALE: Final = 1.0  # seconds an answer is still given while the next one is being computed
PATIENCE: Final = 5.0  # seconds a caller waits for a later position before it takes what there is
MOST: Final = 400  # answers in memory


class Answer(NamedTuple, Generic[T]):
    """``stamp``: what the answer holds for (position, minute …); ``position``: up to which it is true."""

    value: T
    stamp: Hashable
    position: int


@dataclass(slots=True)
class _Entry:
    answer: Answer[Any] | None = None
    at: float = 0.0  # when it was there
    next: float = 0.0  # not computed again before
    busy: bool = False


class Shared:
    """One per application. ``monotonic``: seconds of a clock that never goes back."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._turn = threading.Condition()

    def get(
        self, key: Hashable, stamp: Hashable, make: Callable[[], Answer[T]], *, least: int = 0, eager: bool = False
    ) -> Answer[T]:
        """The answer to ``key``. ``stamp``: the present one. ``least``: a position the answer must have reached.
        ``eager``: never an answer of another stamp (for what is cheap). Whatever ``make`` raises.
        """
        patience = self._monotonic() + PATIENCE
        with self._turn:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
            while True:
                now, answer = self._monotonic(), entry.answer
                if answer is not None:
                    if answer.stamp == stamp:
                        return answer
                    resting = now < entry.next or (entry.busy and now < entry.at + STALE)
                    if (resting and not eager and answer.position >= least) or now > patience:
                        return answer
                if not entry.busy and (eager or now >= entry.next):
                    entry.busy = True
                    break
                self._turn.wait(0.5 if entry.busy else max(0.001, entry.next - now))
        began = self._monotonic()
        try:
            made = make()
        except BaseException:
            with self._turn:
                entry.busy = False
                self._turn.notify_all()
            raise
        with self._turn:
            entry.answer, entry.at, entry.busy = made, self._monotonic(), False
            entry.next = entry.at + min(REST * (entry.at - began), LONGEST)
            self._turn.notify_all()
        return made


_first = threading.Lock()


def shared_of(request: Request) -> Shared:
    """The application's."""
    state = request.app.state
    with _first:
        if not hasattr(state, "shared"):
            state.shared = Shared()
        found: Shared = state.shared
        return found
