"""Reading outboxes: one client, assigned partitions (no consumer groups), a small buffer per outbox.

Guarantee: ``take`` gives the records of one outbox in offset order from where ``start`` said, at most as many as asked,
whatever the others hold: an outbox with a full buffer is paused, so that a flood neither fills memory nor starves
anybody. Time-outs, lost connections and missing topics only delay. Offsets are kept by the caller, never by the broker.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from .access import Access, Admin, partitions_of, problem_of
from .port import LogUnavailable
from .wire import Headers

FULL: Final = (512, 4_000_000)  # records and bytes of one outbox held here; beyond, it is paused
LOW: Final = 128  # records at which a paused one goes on: not at once, because each resumption costs a fetch's wait
FETCH_WAIT_MS: Final = 100  # a fetch in flight delays the next one: what a resumed outbox waits at most
STUCK_SECONDS: Final = 10.0  # records wait on the broker and none comes: the client is made anew
OFFSETS_MS: Final = 5_000

log = structlog.get_logger(__name__)


class Submitted(NamedTuple):
    """One record of an outbox as the broker holds it."""

    offset: int
    value: bytes | None
    headers: Headers


class _Box:
    def __init__(self, topic: str, topic_id: bytes, offset: int) -> None:
        self.tp = TopicPartition(topic, 0)
        self.topic_id = topic_id
        self.offset = offset  # of the next record to take
        self.buffer: deque[Submitted] = deque()
        self.held = 0  # bytes in the buffer
        self.paused = False
        self.stuck_at = -1  # the offset at which records were waiting last time, and since when
        self.stuck_since = 0.0

    def put(self, records: Iterable[Submitted]) -> None:
        for record in records:
            self.buffer.append(record)
            self.held += len(record.value or b"")

    def empty(self) -> None:
        self.buffer.clear()
        self.held = 0

    def should_pause(self) -> bool:
        most = LOW if self.paused else FULL[0]
        return len(self.buffer) >= most or self.held >= FULL[1]

    def stuck_for(self) -> float:
        return time.monotonic() - self.stuck_since if self.stuck_since else 0.0


def _let_parked_records_return(consumer: Any) -> None:
    """Works around kafka-python 3.0.12: fetched records of a partition that was paused come back only while no other
    partition is "in line", and a drained one stays in line; the resumed partition then is silent for ever.
    """
    fetcher = getattr(consumer, "_fetcher", None)
    if fetcher is not None and not getattr(fetcher, "_next_partition_records", None):
        fetcher._next_partition_records = None


class Outboxes:
    """Outboxes by system. Not thread-safe."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._admin = Admin(access)
        self._boxes: dict[str, _Box] = {}
        self._consumer: Any = None
        self.unsure: set[str] = set()  # outboxes whose next offset the broker does not know

    def ids(self, systems: Sequence[str]) -> dict[str, bytes]:
        """The topic id of each system's outbox that exists. LogUnavailable when the broker does not answer."""
        topics = {self._access.topics.outbox(system): system for system in systems}
        return {topics[name]: topic_id for name, topic_id in self._admin.existing(list(topics)).items()}

    def start(self, system: str, topic_id: bytes, offset: int) -> None:
        """Read (from now on, or again) this outbox from ``offset``; what was buffered of it is dropped."""
        box = self._boxes[system] = _Box(self._access.topics.outbox(system), topic_id, offset)
        self.unsure.discard(system)
        if self._consumer is not None:
            self._assign()
            self._seek(box, offset)

    def drop(self, system: str) -> None:
        """Read this outbox no longer."""
        self.unsure.discard(system)
        if self._boxes.pop(system, None) is not None and self._consumer is not None:
            self._assign()

    def topic_id(self, system: str) -> bytes:
        """The topic id given to ``start``."""
        return self._boxes[system].topic_id

    @property
    def systems(self) -> list[str]:
        """The systems whose outboxes are read."""
        return list(self._boxes)

    def start_at_oldest(self, system: str) -> None:
        """For an ``unsure`` outbox whose topic is the same: its beginning expired, or the broker lost its end.

        In both cases the oldest record there is the next. Reading records twice does no harm, their commands have
        answers; skipping one would.
        """
        box = self._boxes[system]
        try:
            first = int(self._open().beginning_offsets([box.tp], timeout_ms=OFFSETS_MS)[box.tp])
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
        log.error("intake.offset_out_of_range", topic=box.tp.topic, offset=box.offset, goes_on_at=first)
        self.start(system, box.topic_id, first)

    def poll(self, timeout: float) -> bool:
        """Fetch into the buffers, waiting up to ``timeout`` seconds when all are empty; True when some hold records."""
        if any(box.buffer for box in self._boxes.values()):
            timeout = 0.0
        try:
            consumer = self._open()
            by_partition = {box.tp: box for box in self._boxes.values()}
            for box in by_partition.values():
                if box.paused != box.should_pause():
                    box.paused = not box.paused
                    (consumer.pause if box.paused else consumer.resume)(box.tp)
            if by_partition:
                for tp, records in consumer.poll(timeout_ms=int(timeout * 1_000), max_records=FULL[0]).items():
                    by_partition[tp].put(Submitted(r.offset, r.value, r.headers) for r in records)
                _let_parked_records_return(consumer)
            else:
                time.sleep(timeout)
        except (OffsetOutOfRangeError, LogTruncationError) as why:
            gone = partitions_of(why)
            self.unsure |= {s for s, box in self._boxes.items() if box.tp in gone}
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
        except Exception:
            self.close()
            raise
        return any(box.buffer for box in self._boxes.values())

    def waiting(self) -> list[str]:
        """The systems with buffered records."""
        return [system for system, box in self._boxes.items() if box.buffer]

    def take(self, system: str, most: int) -> list[Submitted]:
        """The next records of one outbox, at most ``most``."""
        box = self._boxes[system]
        taken = [box.buffer.popleft() for _ in range(min(most, len(box.buffer)))]
        if taken:
            box.offset = taken[-1].offset + 1
            box.held -= sum(len(record.value or b"") for record in taken)
        return taken

    def at_end(self) -> dict[str, bool]:
        """Per outbox: was everything taken that it held when asked? Not so when the topic is another one by now.

        LogUnavailable when the broker does not answer: then nothing is known.
        """
        ids = self.ids(self.systems)
        try:
            return self._at_end(ids)
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why

    def _at_end(self, ids: dict[str, bytes]) -> dict[str, bool]:
        # Only topics that exist: the client would wait for the others, and everybody with it.
        partitions = {box.tp: system for system, box in self._boxes.items() if system in ids}
        found = dict.fromkeys(self._boxes, False)
        try:
            ends = self._open().end_offsets(list(partitions), timeout_ms=OFFSETS_MS) if partitions else {}
        except KeyError:  # the reply lacks a topic that was made a moment ago: nobody is known to be at the end
            return found
        for tp, end in ends.items():
            system = partitions[tp]
            box = self._boxes[system]
            self._watch_progress(box, end)
            # A position beyond the last record taken without one in between: only control records lie there.
            done = not box.buffer and self._position(box) >= end
            found[system] = done and ids.get(system) == box.topic_id
        if any(box.stuck_for() > STUCK_SECONDS for box in self._boxes.values()):
            log.error("intake.stuck", systems=[s for s, box in self._boxes.items() if box.stuck_for()])
            self.close()
        return found

    def close(self) -> None:
        """Give up the clients and what is buffered; the next poll goes on behind what was taken."""
        consumer, self._consumer = self._consumer, None
        self._admin.close()
        if consumer is not None:
            with suppress(Exception):
                consumer.close(autocommit=False, timeout_ms=1_000)

    def _watch_progress(self, box: _Box, end: int) -> None:
        if box.buffer or box.offset >= end or box.offset != box.stuck_at:
            box.stuck_at, box.stuck_since = box.offset, time.monotonic() if box.offset < end else 0.0

    def _position(self, box: _Box) -> int:
        position = self._consumer.position(box.tp, timeout_ms=OFFSETS_MS)
        return -1 if position is None else int(position)

    def _open(self) -> Any:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **self._access.client(
                    group_id=None,
                    enable_auto_commit=False,
                    auto_offset_reset="none",
                    allow_auto_create_topics=False,
                    max_partition_fetch_bytes=1024 * 1024,
                    fetch_max_bytes=8 * 1024 * 1024,
                    fetch_max_wait_ms=FETCH_WAIT_MS,
                    metadata_max_age_ms=5_000,
                    metrics_enabled=False,
                )
            )
            self._assign()
            for box in self._boxes.values():
                box.empty()
                self._seek(box, box.offset)
        return self._consumer

    def _assign(self) -> None:
        # `assign` keeps the positions of partitions that stay assigned, and forgets that some were paused.
        self._consumer.assign([box.tp for box in self._boxes.values()])
        for box in self._boxes.values():
            box.paused, box.stuck_since = False, 0.0
            self._consumer.resume(box.tp)

    def _seek(self, box: _Box, offset: int) -> None:
        self._consumer.seek(box.tp, offset)
