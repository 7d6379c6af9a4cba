"""Whether an event is in an inbox: the fact behind ``referral.delivered`` (送达)."""

from __future__ import annotations

from bisect import bisect_left

from hub.projections.deliveries import NAME
from hub.store import Store

PAGE = 1_000  # places read at once
REMEMBERED = 10_000  # events of one inbox that are kept in memory, at most


class _Tail:
    """The end of one inbox: the positions of its events after message ``start``, in order, up to message ``n``."""

    def __init__(self, start: int) -> None:
        self.start = self.n = start
        self.positions: list[int] = []


class Inboxes:
    """Looks into the inboxes of systems: follows their ends, and finds what lies further back by halves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tails: dict[str, _Tail] = {}

    def followed_to(self) -> int:
        """How far events have been put into inboxes."""
        return self._store.deliveries.position(NAME)

    def hold(self, system: str, position: int) -> bool:
        """Whether the inbox of a system holds this event. Ask only for positions the follower has passed."""
        tail = self._tails.get(system)
        if tail is None:
            last = self._store.deliveries.last(system)
            tail = self._tails[system] = _Tail(max(0, last - PAGE))
        if not tail.positions or tail.positions[-1] < position:
            self._follow(system, tail)
        if tail.start and (not tail.positions or position < tail.positions[0]):
            return self._search(system, position, tail.start)
        at = bisect_left(tail.positions, position)
        return at < len(tail.positions) and tail.positions[at] == position

    def _follow(self, system: str, tail: _Tail) -> None:
        while places := self._store.deliveries.places(system, tail.n, PAGE):
            tail.positions += [position for _, position in places]
            tail.n = places[-1][0]
            if len(tail.positions) > REMEMBERED:
                tail.start = tail.n  # of what is forgotten only that it is no longer all of the inbox matters
                del tail.positions[: -REMEMBERED // 2]

    def _search(self, system: str, position: int, high: int) -> bool:
        """By halves among the messages up to ``high``: events stand in an inbox in the order of their positions."""
        low = 0  # the message, if any, has low < n <= high
        while low < high:
            middle = (low + high) // 2
            found = self._store.deliveries.places(system, middle, 1)
            if not found or found[0][0] > high:
                high = middle
                continue
            n, at = found[0]
            if at == position:
                return True
            if at < position:
                low = n
            else:
                high = middle
        return False
