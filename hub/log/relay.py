"""The relay: everything the store holds, on Kafka, in order, byte-identical however often it is repeated.

Guarantees: each record is in its topic behind all its predecessors, at least once, however often broker or hub stop; by
the consumer's rule (last + 1) every reader applies it exactly once. Nothing is published before ``check`` has compared
topics and store. The broker's absence stops only the relay, never acceptance.

``hub.events`` and every inbox go through the same code (``Channel``); the relay holds the lease holder's process only.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

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

from .access import Access
from .channel import Channel, Source
from .channels import Channels
from .check import Progress
from .flight import Failed, Flight
from .kafka import KafkaPublisher, Publisher
from .port import REFUSED, UNREACHABLE, LogUnavailable, Problem, where

PAGE: Final = 2_000
IDLE_SECONDS: Final = 0.25  # without a wake-up
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


class Relay:
    """Publishes the store's rows. ``check`` first, then ``start``; ``wake`` after every commit; ``stop`` at the end.

    ``systems`` tells which systems have inboxes; new ones are taken up while running.
    """

    def __init__(
        self,
        source: Source,
        contract: Contract,
        access: Access,
        systems: Callable[[], Iterable[str]],
        *,
        publisher: Callable[[Access, Callable[[], None]], Publisher] = KafkaPublisher,
    ) -> None:
        self._source = source
        self._access = access
        self._publisher = publisher
        self._channels = Channels(source, contract, access, systems)
        self._flight = Flight()
        self._wakeup = threading.Event()
        self._news = False  # woken by a commit, not by an acknowledgement
        self._stopping = threading.Event()
        self._acknowledged = threading.Condition()
        self._thread: threading.Thread | None = None
        self._life = threading.Lock()
        self._wanted = False
        self.problem: Problem | None = None  # what keeps it from publishing now

    # -- before the first acceptance ---------------------------------------------------------------------------------

    def check(self, on_progress: Progress | None = None) -> Problem | None:
        """Make missing topics, compare every topic with the store. None = the hub may accept and the relay may start.

        ``log.ahead_of_store``: run ``hub recover --from-kafka``. ``log.unreachable``, ``log.unauthorized``: try again.
        """
        with self._life:
            try:
                self._halt(60.0)  # the writer checks again under a new lease while we run
                self._channels.take_up()
                self.problem = self._channels.compare(self._channels.all(), on_progress)
            except LogUnavailable as why:
                self.problem = why.problem
            if self.problem is None and self._wanted:
                self._launch()
            return self.problem

    # -- running -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin publishing in a thread of its own. RuntimeError before a check that found nothing."""
        with self._life:
            if not self._channels.events.checked or self.problem is not None:
                raise RuntimeError("the topics have not been compared with the store")
            self._wanted = True
            self._launch()

    def stop(self, timeout: float = 5.0) -> None:
        """End: what is under way gets up to a second, the rest is published by the next start."""
        with self._life:
            self._wanted = False
            with suppress(LogUnavailable):  # it is a daemon and ends with its last time-out
                self._halt(timeout)
                self._channels.close()

    def _launch(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def _halt(self, timeout: float) -> None:
        self._stopping.set()
        self._wakeup.set()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                raise LogUnavailable(Problem(UNREACHABLE, "the relay still waits for the broker"))
            self._thread = None

    def wake(self) -> None:
        """Something was committed: events or deliveries. Cheap, from any thread."""
        self._news = True
        self._wakeup.set()

    @property
    def position(self) -> int:
        """The last position acknowledged by the broker without a gap."""
        return self._channels.events.cursor

    def inbox(self, system: str) -> int:
        """The last n of this system acknowledged by the broker without a gap."""
        channel = self._channels.inboxes.get(system)
        return channel.cursor if channel is not None else 0

    def wait_published(self, position: int, timeout: float) -> bool:
        """True once ``position`` is on ``hub.events``; False after ``timeout`` seconds."""
        with self._acknowledged:
            return self._acknowledged.wait_for(lambda: self._channels.events.cursor >= position, timeout)

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
            except Failed as failed:
                self._after_failure(failed)
            except LogUnavailable as why:
                self._note(why.problem)
            except Exception as why:
                # The store is away, or we are wrong: neither is mended by ending.
                log.error("relay.failed", error=type(why).__name__, where=where(why))
            # After any failure: no receipt of the old producer counts any more.
            self._flight.drop(self._channels.all())
            self._channels.look_at_once()
            self._stopping.wait(pause)
            pause = min(pause * 2, 5.0)

    def _publish_until_failure(self) -> None:
        publisher = self._publisher(self._access, self._wakeup.set)
        ordinary_gc = gc.get_threshold()
        try:
            for channel in self._channels.all():
                channel.sent = channel.cursor
            look = True
            while not self._stopping.is_set():
                self._watch()
                # Cleared before looking: what is committed or acknowledged after these lines wakes the next turn.
                self._wakeup.clear()
                look, self._news = look or self._news, False
                backlog = self._fill(publisher) if look else False
                if backlog and gc.get_threshold() == ordinary_gc:
                    gc.set_threshold(*BACKLOG_GC)
                self._settle()
                self._channels.keep_hints()
                if backlog:
                    self._hold(publisher)
                    continue
                if not self._flight:
                    gc.set_threshold(*ordinary_gc)
                look = not self._wakeup.wait(IDLE_SECONDS)  # an acknowledgement alone is no reason to ask the store
        finally:
            gc.set_threshold(*ordinary_gc)
            publisher.close(1.0 if self._stopping.is_set() else 0.0)
            if self._stopping.is_set():
                self._settle()
                self._channels.keep_hints(force=True)

    def _fill(self, publisher: Publisher) -> bool:
        """Hand over what is new, a page per channel; True when some channel has more or the bound is reached."""
        more = self._send_page(publisher, self._channels.events)
        if self._channels.inboxes:
            for system, n in self._source.deliveries.lasts().items():
                channel = self._channels.inboxes.get(system)
                if channel is None:
                    self._channels.look_at_once()  # a system we do not know yet
                elif n > channel.sent and channel.checked:
                    more = self._send_page(publisher, channel) or more
        return more

    def _send_page(self, publisher: Publisher, channel: Channel) -> bool:
        if channel.stopped is not None:
            return False
        if self._flight.full:
            return True
        records = channel.rows(channel.sent, PAGE)
        if not records:
            return False
        receipts = publisher.send(channel.topic, records)
        size = sum([len(record[2]) for record in records]) + 100 * len(records)  # keys and headers
        self._flight.add(channel, records[0].number, receipts, size)
        channel.sent = records[0].number + len(receipts) - 1
        return len(records) == PAGE

    def _settle(self) -> None:
        if self._flight.settle():
            with self._acknowledged:
                self._acknowledged.notify_all()

    def _hold(self, publisher: Publisher) -> None:
        """With the bound reached: wait until half is acknowledged. Waking for each batch would cost the client's own
        thread a fifth of its time; the other half keeps the connection busy."""
        if self._flight and self._flight.full:
            publisher.wait(self._flight.middle, 0.5)

    # -- errors and changes ------------------------------------------------------------------------------------------

    def _after_failure(self, failed: Failed) -> None:
        channel, why = failed.channel, failed.why
        refused = isinstance(why, BrokerResponseError) and not isinstance(why, (RetriableError, *_SESSION_ERRORS))
        name = type(why).__name__
        if not refused:
            log.warning("relay.send_failed", topic=channel.topic, number=failed.number, error=name)
            return
        if channel.refused == failed.number:
            channel.stopped = Problem(REFUSED, f"{channel.topic} number {failed.number}: {name}")
            self._note(channel.stopped)
            log.error("relay.stopped", topic=channel.topic, number=failed.number, error=name)
        else:
            channel.refused = failed.number
            log.warning("relay.refused", topic=channel.topic, number=failed.number, error=name)

    def _note(self, problem: Problem) -> None:
        if self.problem is None or self.problem.code != problem.code:
            log.error("relay.problem", code=problem.code, detail=problem.detail)
        self.problem = problem

    def _watch(self) -> None:
        """After every failure and every few seconds: topics that were replaced are published from their beginning."""
        try:
            replaced = self._channels.watch()
        except LogUnavailable as why:
            self._note(why.problem)
            return
        if replaced is None:
            return
        if replaced:
            # What is under way went to the old topics; its receipts say nothing about the new ones.
            self._flight.drop(replaced)
        stopped = next((c.stopped for c in self._channels.all() if c.stopped is not None), None)
        if self.problem is not None and stopped is None:
            log.info("relay.recovered", was=self.problem.code)
        self.problem = stopped
