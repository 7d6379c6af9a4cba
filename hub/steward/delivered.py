"""Whether an event is in an inbox: the fact behind ``referral.delivered`` (送达)."""

from __future__ import annotations

from hub.projections.deliveries import NAME
from hub.store import Store

LOOK = 64  # messages read around a place: answers stand between those that name an event


class Inboxes:
    """Looks into the inboxes of systems. What is known stays known: messages never change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, int], bool] = {}

    def followed_to(self) -> int:
        """How far events have been put into inboxes."""
        return self._store.deliveries.position(NAME)

    def hold(self, system: str, position: int) -> bool:
        """Whether the inbox of a system holds this event. Ask only for positions the follower has passed."""
        key = (system, position)
        if key not in self._known:
            self._known[key] = self._search(system, position)
        return self._known[key]

    def forget(self) -> None:
        """Free the memory."""
        self._known.clear()

    def _search(self, system: str, position: int) -> bool:
        """By halves: events stand in an inbox in the order of their positions."""
        inbox = self._store.deliveries
        low, high = 0, inbox.last(system)  # the message, if any, has low < n <= high
        while low < high:
            middle = (low + high) // 2
            found = self._first_event(system, middle, high)
            if found is None:
                high = middle
                continue
            n, at = found
            if at == position:
                return True
            if at < position:
                low = n
            else:
                high = middle
        return False

    def _first_event(self, system: str, after: int, until: int) -> tuple[int, int] | None:
        """(n, position) of the first message in (``after``, ``until``] that names an event."""
        while after < until:
            messages = self._store.deliveries.read(system, after, min(LOOK, until - after))
            if not messages:
                return None
            for n, at, _ in messages:
                if at:
                    return n, at
            after = messages[-1][0]
        return None
