"""The relay: everything the store holds, on Kafka, in order, byte-identical however often it is repeated.

Guarantees: each record is in its topic behind all its predecessors, at least once, however often broker or hub stop; by
the consumer's rule (last + 1) every reader applies it exactly once. Nothing is published before ``check`` has compared
topics and store. The broker's absence stops only the relay, never acceptance.

``hub.events`` and every inbox go through the same code (``Channel``); the relay holds the lease holder's process only.
"""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
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
from .kafka import KafkaPublisher, Publisher, Receipt
from .port import REFUSED, UNREACHABLE, LogUnavailable, Problem, where

PAGE: Final = 2_000
MOST_RECORDS: Final = 60_000  # handed over and not acknowledged; the client itself knows no bound
MOST_BYTES: Final = 20_000_000
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


class _Page:
    """Records of one channel handed over together; numbers are gapless, so one number and one count say which."""

    __slots__ = ("channel", "first", "receipts", "settled", "size")

    def __init__(self, channel: Channel, first: int, receipts: Sequence[Receipt], size: int) -> None:
        self.channel, self.first, self.receipts, self.size = channel, first, receipts, size
        self.settled = 0


class _Failed(Exception):
    def __init__(self, channel: Channel, number: int, why: BaseException) -> None:
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
        systems: Callable[[], Iterable[str]],
        *,
        publisher: Callable[[Access, Callable[[], None]], Publisher] = KafkaPublisher,
    ) -> None:
        self._source = source
        self._access = access
        self._publisher = publisher
        self._channels = Channels(source, contract, access, systems)
        self._flight: deque[_Page] = deque()
        self._records = self._bytes = 0  # handed over and not acknowledged
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
            except _Failed as failed:
                self._after_failure(failed)
            except LogUnavailable as why:
                self._note(why.problem)
            except Exception as why:
                # The store is away, or we are wrong: neither is mended by ending.
                log.error("relay.failed", error=type(why).__name__, where=where(why))
            # After any failure: no receipt of the old producer counts any more.
            self._drop(self._channels.all())
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
        if self._records >= MOST_RECORDS or self._bytes >= MOST_BYTES:
            return True
        records = channel.rows(channel.sent, PAGE)
        if not records:
            return False
        receipts = publisher.send(channel.topic, records)
        size = sum([len(record[2]) for record in records]) + 100 * len(records)  # keys and headers
        self._flight.append(_Page(channel, records[0].number, receipts, size))
        self._records += len(receipts)
        self._bytes += size
        channel.sent = records[0].number + len(receipts) - 1
        return len(records) == PAGE

    def _settle(self) -> None:
        """Advance the cursors over what is acknowledged without a gap.

        From the left only: an epoch bump can fail an earlier batch alone, so that a later success proves nothing.
        """
        flight, moved = self._flight, False
        while flight:
            page = flight[0]
            receipts, at = page.receipts, page.settled
            while at < len(receipts) and receipts[at].is_done and receipts[at].exception is None:
                at += 1
            if at > page.settled:
                moved = True
                page.channel.cursor = page.first + at - 1
                value = getattr(receipts[at - 1], "value", None)
                if value is not None:
                    page.channel.offset = value.offset + 1
                self._records -= at - page.settled
                page.settled = at
            if at < len(receipts):
                failed = receipts[at].exception if receipts[at].is_done else None
                if failed is not None:
                    raise _Failed(page.channel, page.first + at, failed)
                break
            self._bytes -= page.size
            flight.popleft()
        if moved:
            with self._acknowledged:
                self._acknowledged.notify_all()

    def _hold(self, publisher: Publisher) -> None:
        """With the bound reached: wait until half is acknowledged. Waking for each batch would cost the client's own
        thread a fifth of its time; the other half keeps the connection busy."""
        if self._flight and (self._records >= MOST_RECORDS or self._bytes >= MOST_BYTES):
            publisher.wait(self._flight[len(self._flight) // 2].receipts[-1], 0.5)

    # -- errors and changes ------------------------------------------------------------------------------------------

    def _after_failure(self, failed: _Failed) -> None:
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

    def _drop(self, channels: Sequence[Channel]) -> None:
        """Forget what is under way on these channels."""
        self._flight = deque(page for page in self._flight if page.channel not in channels)
        self._records = sum(len(page.receipts) - page.settled for page in self._flight)
        self._bytes = sum(page.size for page in self._flight)

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
            self._drop(replaced)
        stopped = next((c.stopped for c in self._channels.all() if c.stopped is not None), None)
        if self.problem is not None and stopped is None:
            log.info("relay.recovered", was=self.problem.code)
        self.problem = stopped
