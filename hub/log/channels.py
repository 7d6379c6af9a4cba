"""All channels of a relay: which topics there are, whether they are still the same, what was published to each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from hub.contract import Contract
from hub.store.hints import Hint

from .access import Access, Admin
from .channel import Channel, Source, events_channel, inbox_channel
from .check import Progress, compare
from .port import Problem
from .topics import fits, wanted
from .wire import Wire

WATCH_SECONDS: Final = 3.0  # topic ids and new systems
HINT_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class Channels:
    """``hub.events`` and one inbox per system. One thread at a time."""

    def __init__(
        self, source: Source, contract: Contract, access: Access, systems: Callable[[], Iterable[str]]
    ) -> None:
        self._source = source
        self._access = access
        self._systems = systems
        self._wire = Wire(contract)
        self._admin = Admin(access)
        self._saved: dict[str, Hint] = {}
        self._watched = 0.0
        self._hinted = 0.0
        self.events = events_channel(source, self._wire, access.topics)
        self.inboxes: dict[str, Channel] = {}

    def all(self) -> list[Channel]:
        """Every channel, events first."""
        return [self.events, *self.inboxes.values()]

    def take_up(self) -> list[Channel]:
        """Channels of systems not known before; makes every topic that is missing. LogUnavailable."""
        systems = sorted(filter(fits, set(self._systems()) | set(self._source.deliveries.lasts())))
        self._admin.ensure(wanted(self._access.topics, systems))
        new = []
        for system in systems:
            if system not in self.inboxes:
                new.append(inbox_channel(self._source, self._wire, self._access.topics, system))
                self.inboxes[system] = new[-1]
        return new

    def compare(self, channels: list[Channel], on_progress: Progress | None = None) -> Problem | None:
        """These topics against the store; sets their cursors. See ``check.compare``."""
        lasts = self._source.deliveries.lasts()
        last = {self._access.topics.inbox(system): n for system, n in lasts.items() if fits(system)}
        last[self.events.topic] = self._source.position()
        return compare(
            self._access, self._admin, channels, lambda c: last.get(c.topic, 0), self._source.hints.get(), on_progress
        )

    def look_at_once(self) -> None:
        """The next ``watch`` is due."""
        self._watched = 0.0

    def watch(self) -> list[Channel] | None:
        """Every few seconds: is each topic still the one we published to, and has a system been added?

        None when not due. Else the channels whose topic was replaced, now rewound to 0. A new system's topic that does
        not fit the table is left alone (``stopped``). LogUnavailable when the broker does not answer.
        """
        now = time.monotonic()
        if now - self._watched < WATCH_SECONDS:
            return None
        self._watched = now
        new = self.take_up()
        ids = self._admin.ids([channel.topic for channel in self.all()])
        replaced = []
        for channel in self.all():
            if channel.checked and ids.get(channel.topic) != channel.topic_id:
                log.warning("relay.topic_replaced", topic=channel.topic, was_at=channel.cursor)
                channel.topic_id = ids.get(channel.topic, b"")
                channel.rewind()
                replaced.append(channel)
        if new:
            problem = self.compare(new)
            if problem is not None:
                log.error("relay.inbox_differs", code=problem.code, detail=problem.detail)
                for channel in new:
                    channel.stopped = problem
        return replaced

    def keep_hints(self, force: bool = False) -> None:
        """Note in the store how far each topic is published; now and then, or at once with ``force``."""
        now = time.monotonic()
        if not force and now - self._hinted < HINT_SECONDS:
            return
        self._hinted = now
        hints = {c.topic: c.hint() for c in self.all() if c.checked and c.topic_id}
        changed = {topic: hint for topic, hint in hints.items() if self._saved.get(topic) != hint}
        self._source.hints.keep(changed)
        self._saved.update(changed)

    def close(self) -> None:
        """Give up the admin connection."""
        self._admin.close()
