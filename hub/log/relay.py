"""The relay: everything the store holds, on Kafka, in order, byte-identical however often it is repeated.

Guarantees: each record is in its topic behind all its predecessors, at least once, however often broker or hub stop; by
the consumer's rule (last + 1) every reader applies it exactly once. Nothing is published before ``check`` has compared
topics and store. The broker's absence stops only the relay, never acceptance.

``hub.events`` and every inbox go through the same code (``Channel``); the relay holds the lease holder's process only.
"""

from __future__ import annotations

import gc
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import structlog
from kafka.errors import (
    BrokerResponseError,
    DuplicateSequenceNumberError,
    InvalidProducerEpochError,
    InvalidProducerIdMappingError,
    OutOfOrderSequenceNumberError,
    RetriableError,
    UnknownProducerIdError,
)

from hub.contract import Contract

from .access import Access, Admin
from .channel import Channel, Source, events_channel, inbox_channel
from .check import Progress, compare
from .kafka import KafkaPublisher, Publisher, Receipt
from .port import REFUSED, LogUnavailable, Problem
from .topics import fits, wanted
from .wire import Wire

PAGE: Final = 2_000
MOST_RECORDS: Final = 60_000  # handed over and not acknowledged; the client itself knows no bound
MOST_BYTES: Final = 20_000_000
IDLE_SECONDS: Final = 0.25  # without a wake-up
WATCH_SECONDS: Final = 3.0  # topic ids and new systems
HINT_SECONDS: Final = 10.0
BACKLOG_GC: Final = (200_000, 50, 50)  # the collector would walk every retained receipt again and again

# The client's own bookkeeping went wrong; the record itself was not judged. A new producer starts clean.
_SESSION_ERRORS: Final = (
    DuplicateSequenceNumberError,
    InvalidProducerEpochError,
    InvalidProducerIdMappingError,
    OutOfOrderSequenceNumberError,
    UnknownProducerIdError,
)

log = structlog.get_logger(__name__)


class _Failed(Exception):
    def __init__(self, channel: Channel | None, number: int, why: BaseException) -> None:
        super().__init__(repr(why))
        self.channel, self.number, self.why = channel, number, why


class Relay:
    """Publishes the store's rows. ``check`` first, then ``start``; ``wake`` after every commit; ``stop`` at the end.

    ``systems`` tells which systems have inboxes; new ones are taken up while running.
    """

    def __init__(
        self,
        source: Source,
        contract: Contract,
        access: Access,
        systems: Callable[[], list[str]],
        *,
        publisher: Callable[[Access], Publisher] = KafkaPublisher,
    ) -> None:
        self._source = source
        self._access = access
        self._systems = systems
        self._publisher = publisher
        self._wire = Wire(contract)
        self._admin = Admin(access)
        self._events = events_channel(source, self._wire, access.topics)
        self._inboxes: dict[str, Channel] = {}
        self._flight: deque[tuple[Channel, int, int, Receipt]] = deque()
        self._bytes = 0
        self._wakeup = threading.Event()
        self._stopping = threading.Event()
        self._acknowledged = threading.Condition()
        self._thread: threading.Thread | None = None
        self._watched = 0.0
        self._hinted = 0.0
        self._saved: dict[str, Any] = {}
        self.problem: Problem | None = None  # what keeps it from publishing now

    # -- before the first acceptance ---------------------------------------------------------------------------------

    def check(self, on_progress: Progress | None = None) -> Problem | None:
        """Make missing topics, compare every topic with the store. None = the hub may accept and the relay may start.

        ``log.ahead_of_store``: run ``hub recover --from-kafka``. ``log.unreachable``, ``log.unauthorized``: try again.
        """
        try:
            self._take_up_systems()
            self.problem = self._compare(self._channels(), on_progress)
        except LogUnavailable as why:
            self.problem = why.problem
        return self.problem

    # -- running -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin publishing in a thread of its own. RuntimeError before a check that found nothing."""
        if not self._events.checked or self.problem is not None:
            raise RuntimeError("the topics have not been compared with the store")
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End: what is under way gets up to a second, the rest is published by the next start."""
        self._stopping.set()
        self._wakeup.set()
        if self._thread is not None:
            self._thread.join(timeout)
        self._admin.close()

    def wake(self) -> None:
        """Something was committed: events or deliveries. Cheap, from any thread."""
        self._wakeup.set()

    @property
    def position(self) -> int:
        """The last position acknowledged by the broker without a gap."""
        return self._events.cursor

    def inbox(self, system: str) -> int:
        """The last n of this system acknowledged by the broker without a gap."""
        channel = self._inboxes.get(system)
        return channel.cursor if channel is not None else 0

    def wait_published(self, position: int, timeout: float) -> bool:
        """True once ``position`` is on ``hub.events``; False after ``timeout`` seconds."""
        with self._acknowledged:
            return self._acknowledged.wait_for(lambda: self._events.cursor >= position, timeout)

    def wait_delivered(self, timeout: float) -> bool:
        """True once every inbox holds what the table held at the call; False after ``timeout`` seconds."""
        target = self._source.deliveries.lasts()
        with self._acknowledged:
            return self._acknowledged.wait_for(
                lambda: all(self.inbox(system) >= n for system, n in target.items()), timeout
            )

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                self._publish_until_failure()
                pause = 0.1
            except _Failed as failed:
                self._after_failure(failed)
            except LogUnavailable as why:
                self._note(why.problem)
            except Exception:
                log.exception("relay.failed")  # the store is away, or we are wrong: neither is mended by ending
            # After any failure: no receipt of the old producer counts any more.
            self._flight.clear()
            self._bytes = 0
            self._watched = 0.0
            self._stopping.wait(pause)
            pause = min(pause * 2, 5.0)

    def _publish_until_failure(self) -> None:
        publisher = self._publisher(self._access)
        ordinary_gc = gc.get_threshold()
        try:
            for channel in self._channels():
                channel.sent = channel.cursor
            while not self._stopping.is_set():
                self._watch()
                self._wakeup.clear()  # before looking: what is committed after this line wakes the next turn
                backlog = self._fill(publisher)
                if backlog and gc.get_threshold() == ordinary_gc:
                    gc.set_threshold(*BACKLOG_GC)
                if not backlog:
                    publisher.flush(1.0)
                self._settle()
                self._keep_hints()
                if backlog:
                    self._hold(publisher)
                elif not self._flight:
                    gc.set_threshold(*ordinary_gc)
                    self._wakeup.wait(IDLE_SECONDS)
        finally:
            gc.set_threshold(*ordinary_gc)
            publisher.close(1.0 if self._stopping.is_set() else 0.0)
            if self._stopping.is_set():
                self._settle()
                self._keep_hints(force=True)

    def _fill(self, publisher: Publisher) -> bool:
        """Hand over what is new, a page per channel; True when some channel has more or the bound is reached."""
        more = self._send_page(publisher, self._events)
        if self._inboxes:
            for system, n in self._source.deliveries.lasts().items():
                channel = self._inboxes.get(system)
                if channel is None:
                    self._watched = 0.0  # a system we do not know yet: look at once
                elif n > channel.sent and channel.checked:
                    more = self._send_page(publisher, channel) or more
        return more

    def _send_page(self, publisher: Publisher, channel: Channel) -> bool:
        if channel.stopped:
            return False
        if len(self._flight) >= MOST_RECORDS or self._bytes >= MOST_BYTES:
            return True
        records = channel.rows(channel.sent, PAGE)
        send, topic, flight = publisher.send, channel.topic, self._flight
        size = 0
        for record in records:
            receipt = send(topic, record)
            many = len(record.value) + 100
            size += many
            flight.append((channel, record.number, many, receipt))
        self._bytes += size
        if records:
            channel.sent = records[-1].number
        return len(records) == PAGE

    def _settle(self) -> None:
        """Advance the cursors over what is acknowledged without a gap.

        From the left only: an epoch bump can fail an earlier batch alone, so that a later success proves nothing.
        """
        flight, moved = self._flight, False
        while flight and flight[0][3].is_done:
            channel, number, many, receipt = flight.popleft()
            self._bytes -= many
            if receipt.exception is not None:
                raise _Failed(channel, number, receipt.exception)
            channel.cursor = number
            value = getattr(receipt, "value", None)
            if value is not None:
                channel.offset = value.offset + 1
            moved = True
        if moved:
            with self._acknowledged:
                self._acknowledged.notify_all()

    def _hold(self, publisher: Publisher) -> None:
        """With the bound reached: wait for the oldest record, so that its batch makes room."""
        if self._flight and (len(self._flight) >= MOST_RECORDS or self._bytes >= MOST_BYTES):
            publisher.wait(self._flight[0][3], 0.5)

    # -- errors and changes ------------------------------------------------------------------------------------------

    def _after_failure(self, failed: _Failed) -> None:
        channel, why = failed.channel, failed.why
        refused = isinstance(why, BrokerResponseError) and not isinstance(why, (RetriableError, *_SESSION_ERRORS))
        name = type(why).__name__
        if channel is None or not refused:
            log.warning("relay.send_failed", topic=channel.topic if channel else "", number=failed.number, error=name)
            return
        if channel.refused == failed.number:
            channel.stopped = True
            self._note(Problem(REFUSED, f"{channel.topic} number {failed.number}: {name}"))
            log.error("relay.stopped", topic=channel.topic, number=failed.number, error=name)
        else:
            channel.refused = failed.number
            log.warning("relay.refused", topic=channel.topic, number=failed.number, error=name)

    def _note(self, problem: Problem) -> None:
        if self.problem is None or self.problem.code != problem.code:
            log.error("relay.problem", code=problem.code, detail=problem.detail)
        self.problem = problem

    def _watch(self) -> None:
        """Every few seconds and after every failure: is each topic still the one we published to? Any new system?"""
        now = time.monotonic()
        if now - self._watched < WATCH_SECONDS:
            return
        try:
            new = self._take_up_systems()
            ids = self._admin.ids([channel.topic for channel in self._channels()])
        except LogUnavailable as why:
            self._note(why.problem)
            self._watched = now
            return
        for channel in self._channels():
            if channel.checked and ids.get(channel.topic) != channel.topic_id:
                log.warning("relay.topic_recreated", topic=channel.topic, was_at=channel.cursor)
                channel.topic_id = ids.get(channel.topic, b"")
                channel.rewind()
                # What is under way went to the old topic; its receipts say nothing about the new one.
                self._flight = deque(entry for entry in self._flight if entry[0] is not channel)
                self._bytes = sum(entry[2] for entry in self._flight)
        if self.problem is not None and self.problem.code != REFUSED:
            log.info("relay.recovered", was=self.problem.code)
            self.problem = None
        if new:
            self._join(new)
        self._watched = now

    def _join(self, new: list[Channel]) -> None:
        """A system's inbox taken up while running; a topic that does not fit the table is left alone, with an alarm."""
        problem = self._compare(new, None)
        if problem is not None:
            self._note(problem)
            for channel in new:
                channel.stopped = True

    def _take_up_systems(self) -> list[Channel]:
        """Channels of systems not known before; makes every topic that is missing."""
        systems = sorted(filter(fits, set(self._systems()) | set(self._source.deliveries.lasts())))
        self._admin.ensure(wanted(self._access.topics, systems))
        new = []
        for system in systems:
            if system not in self._inboxes:
                new.append(inbox_channel(self._source, self._wire, self._access.topics, system))
                self._inboxes[system] = new[-1]
        return new

    def _channels(self) -> list[Channel]:
        return [self._events, *self._inboxes.values()]

    def _compare(self, channels: list[Channel], on_progress: Progress | None) -> Problem | None:
        counters = self._source.deliveries.lasts()
        last = {self._access.topics.inbox(system): n for system, n in counters.items()}
        last[self._events.topic] = self._source.position()
        return compare(
            self._access, self._admin, channels, lambda c: last.get(c.topic, 0), self._source.hints.get(), on_progress
        )

    def _keep_hints(self, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._hinted < HINT_SECONDS:
            return
        self._hinted = now
        hints = {c.topic: c.hint() for c in self._channels() if c.checked and c.topic_id}
        changed = {topic: hint for topic, hint in hints.items() if self._saved.get(topic) != hint}
        if changed:
            self._source.hints.keep(changed)
            self._saved.update(changed)
