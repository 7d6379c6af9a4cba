"""The log on Apache Kafka: ``hub.events`` read by the consumer's rule, and the publisher the relay writes it with.

Both sides are narrow (publish in order; read behind a position), so that another client library can stand in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, Protocol

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from hub.contract import Contract, Unreadable
from hub.words import Stored

from .access import Access, Admin, problem_of
from .port import TOPIC_MISSING, LogUnavailable, Problem
from .tail import Start, Tails
from .wire import POSITION, Record, Wire

BATCH_BYTES: Final = 256 * 1024
LINGER_MS: Final = 2
DELIVERY_MS: Final = 120_000

log = structlog.get_logger(__name__)


class KafkaLog:
    """Events from ``hub.events``. A record that no schema explains stops reading: skipping an event is never right."""

    def __init__(self, access: Access, contract: Contract) -> None:
        self._access = access
        self._topic = access.topics.events
        self._wire = Wire(contract)
        self._tails = Tails(access, {self._topic: POSITION})
        self._ready: list[Stored] = []
        self._at = -1  # the position behind which `_ready` continues
        self._checked = False

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        """Events behind ``after``; seeks when ``after`` is not where the last read ended."""
        self._check()
        if after != self._at:
            self._tails.start({self._topic: Start(after, after)})
            self._ready, self._at = [], after
        deadline = time.monotonic() + timeout
        while not self._ready:
            left = deadline - time.monotonic()
            for read in self._tails.poll(max(left, 0.0)).get(self._topic, ()):
                self._ready.append(self._stored(read.number, read.value))
            if left <= 0:
                break
        found, self._ready = self._ready[:limit], self._ready[limit:]
        if found:
            self._at = found[-1].position
        return found

    def end(self) -> int:
        """The end offset of the topic: no position beyond it is in it."""
        self._check()
        if self._at < 0:
            self._tails.start({})
            self._at = 0
        return self._tails.ends()[self._topic]

    @property
    def overdue(self) -> bool:
        """True when a gap has stayed open for longer than a minute."""
        return bool(self._tails.overdue())

    def close(self) -> None:
        """Give up the client. A later read opens another."""
        self._tails.close()
        self._at, self._ready = -1, []

    def _check(self) -> None:
        # A consumer without rights, or of a missing topic, polls nothing for ever and raises nothing: ask before.
        if self._checked:
            return
        admin = Admin(self._access)
        try:
            if self._topic not in admin.ids([self._topic]):
                raise LogUnavailable(Problem(TOPIC_MISSING, self._topic))
        finally:
            admin.close()
        self._checked = True

    def _stored(self, position: int, value: bytes | None) -> Stored:
        try:
            return self._wire.read_event(position, value or b"")
        except Unreadable as why:
            self._at = -1
            raise LogUnavailable(Problem(why.code, f"position {position}: {why.detail}")) from why


class Receipt(Protocol):
    """The fate of one record handed over; both are set together, by another thread."""

    @property
    def is_done(self) -> bool: ...

    @property
    def exception(self) -> BaseException | None: ...


class Publisher(Protocol):
    """Writes records to partition 0 of topics, each topic in the order of ``send``."""

    def send(self, topic: str, records: Sequence[Record]) -> Sequence[Receipt]:
        """Hand records over; returns before they are written. May raise LogUnavailable.

        One receipt per record; fewer when one was refused on the spot: its receipt, the last one, says so. When the
        last one is done, what was given to the publisher as ``on_done`` is called, from any thread.
        """
        ...

    def wait(self, receipt: Receipt, timeout: float) -> None:
        """Block until this receipt is done, at most ``timeout`` seconds."""
        ...

    def close(self, timeout: float) -> None:
        """End; what is not written after ``timeout`` seconds is dropped."""
        ...


class _Refused(NamedTuple):
    """What the client would not even take over."""

    exception: BaseException
    is_done: bool = True


class _Producer(KafkaProducer):
    """The client without two things it does once per record: copying the set of all topics it knows (a city has
    hundreds) to check a partition that was given, and building its own name for a debug line nobody reads.
    """

    def __str__(self) -> str:
        return "relay"

    def _partition(self, topic: str, partition: int, *rest: object) -> int:
        return partition


def settings_of_producer(access: Access) -> dict[str, Any]:
    """The producer's settings: idempotent, acknowledged by all, large batches."""
    return access.client(
        enable_idempotence=True,
        acks="all",
        max_in_flight_requests_per_connection=5,
        batch_size=BATCH_BYTES,
        linger_ms=LINGER_MS,
        delivery_timeout_ms=DELIVERY_MS,
        request_timeout_ms=30_000,
        retry_backoff_ms=20,
        max_block_ms=5_000,
        allow_auto_create_topics=False,
        metadata_max_age_ms=5_000,
        metrics_enabled=False,
    )


class KafkaPublisher:
    """kafka-python: idempotent, ``acks=all``, no transactions. Errors stand in the receipts."""

    def __init__(self, access: Access, on_done: Callable[[], None]) -> None:
        self._access = access
        self._on_done: Callable[[object], None] = lambda _: on_done()
        try:
            self._producer: Any = _Producer(**settings_of_producer(access))
        except KafkaError as why:
            raise LogUnavailable(problem_of(access, why)) from why
        self._send = self._producer.send

    def send(self, topic: str, records: Sequence[Record]) -> Sequence[Receipt]:
        """Explicit partition: the client's partitioner costs a fifth of its rate and has nothing to choose."""
        send = self._send
        receipts: list[Any] = []
        try:
            for _, key, value, headers in records:
                receipts.append(send(topic, value, key, headers, 0))
        except KafkaTimeoutError as why:
            raise LogUnavailable(problem_of(self._access, why)) from why
        except KafkaError as why:
            receipts.append(_Refused(why))
            self._on_done(None)
            return receipts
        if receipts:
            receipts[-1].add_both(self._on_done)
        return receipts

    def wait(self, receipt: Any, timeout: float) -> None:
        """The client's own latch; a failed record is reported by its receipt, not here."""
        with suppress(KafkaError):
            receipt.get(timeout)

    def close(self, timeout: float) -> None:
        """Blocks about ``timeout`` at most: with a dead broker the client's own close would raise and live on."""
        producer = self._producer
        try:
            producer.close(timeout=timeout)
        except KafkaError:
            sender = getattr(producer, "_sender", None)
            if sender is not None:
                sender.force_close()
                sender.join(1.0)
            producer._closed = True
            producer._unregister_cleanup()
