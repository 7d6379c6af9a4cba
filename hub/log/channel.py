"""What the relay publishes: one channel per topic, its rows in the store as records, and where publishing stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from hub.store.hints import Hint
from hub.words import Stored

from .port import Problem
from .topics import Topics
from .wire import POSITION, N, Record, Wire


class Deliveries(Protocol):
    """The inbox table as the relay reads it."""

    def read(self, system: str, after: int, limit: int) -> Sequence[tuple[int, int, bytes]]:
        """(n, position of the event or 0, stored body) behind n ``after``."""
        ...

    def lasts(self) -> dict[str, int]:
        """The last n of every system that has an inbox."""
        ...


class Hints(Protocol):
    """Where hints are kept."""

    def get(self) -> dict[str, Hint]: ...

    def keep(self, hints: Mapping[str, Hint]) -> None: ...


class Source(Protocol):
    """The store as the relay reads it. Safe to use from the relay's thread."""

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def hints(self) -> Hints: ...

    def read(self, after: int, limit: int) -> list[Stored]: ...

    def position(self) -> int:
        """The last committed position."""
        ...


class Channel:
    """One topic. ``cursor``: the last number acknowledged without a gap; ``sent``: the last one handed over."""

    def __init__(self, topic: str, header: str, rows: Callable[[int, int], list[Record]]) -> None:
        self.topic = topic
        self.header = header
        self.rows = rows  # (after, limit) -> records
        self.topic_id = b""
        self.cursor = 0
        self.sent = 0
        self.offset = 0  # of the record at the cursor, plus one
        self.refused = 0  # the number the broker refused last
        self.stopped: Problem | None = None  # why it is left alone
        self.checked = False

    def rewind(self) -> None:
        """Another topic under this name: everything is to be published again."""
        self.cursor = self.sent = self.offset = 0

    def hint(self) -> Hint:
        """What the next start may rely on."""
        return Hint(self.topic_id, self.cursor, self.offset)


def events_channel(source: Source, wire: Wire, topics: Topics) -> Channel:
    """``hub.events``: numbers are positions."""
    return Channel(topics.events, POSITION, lambda after, limit: wire.events(source.read(after, limit)))


def inbox_channel(source: Source, wire: Wire, topics: Topics, system: str) -> Channel:
    """``agency.<system>.inbox``: numbers are the system's n."""
    read = source.deliveries.read
    return Channel(topics.inbox(system), N, lambda after, limit: wire.deliveries(system, read(system, after, limit)))
