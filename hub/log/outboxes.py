"""Reading outboxes: one client, assigned partitions (no consumer groups), a small buffer per outbox.

Guarantee: ``take`` gives the records of one outbox in offset order from where ``start`` said, at most as many as asked,
whatever the others hold: an outbox with a full buffer is paused, so that a flood neither fills memory nor starves
anybody. Time-outs, lost connections and missing topics only delay. Offsets are kept by the caller, never by the broker.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from .access import Access, Admin, problem_of
from .port import LogUnavailable
from .wire import Headers

BUFFER: Final = 128  # records of one outbox held here; beyond, it is paused
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
        self.paused = False


class Outboxes:
    """Outboxes by system. Not thread-safe."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._admin = Admin(access)
        self._boxes: dict[str, _Box] = {}
        self._consumer: Any = None

    def ids(self, systems: Sequence[str]) -> dict[str, bytes]:
        """The topic id of each system's outbox that exists. LogUnavailable when the broker does not answer."""
        topics = {self._access.topics.outbox(system): system for system in systems}
        return {topics[name]: topic_id for name, topic_id in self._admin.existing(list(topics)).items()}

    def start(self, system: str, topic_id: bytes, offset: int) -> None:
        """Read (from now on, or again) this outbox from ``offset``; what was buffered of it is dropped."""
        box = self._boxes[system] = _Box(self._access.topics.outbox(system), topic_id, offset)
        if self._consumer is not None:
            self._assign()
            self._seek(box, offset)

    def drop(self, system: str) -> None:
        """Read this outbox no longer."""
        if self._boxes.pop(system, None) is not None and self._consumer is not None:
            self._assign()

    def topic_id(self, system: str) -> bytes:
        """The topic id given to ``start``."""
        return self._boxes[system].topic_id

    @property
    def systems(self) -> list[str]:
        """The systems whose outboxes are read."""
        return list(self._boxes)

    def poll(self, timeout: float) -> bool:
        """Fetch into the buffers, waiting up to ``timeout`` seconds when all are empty; True when some hold records."""
        if any(box.buffer for box in self._boxes.values()):
            timeout = 0.0
        try:
            consumer = self._open()
            by_partition = {box.tp: box for box in self._boxes.values()}
            for box in by_partition.values():
                full = len(box.buffer) >= BUFFER
                if full != box.paused:
                    (consumer.pause if full else consumer.resume)(box.tp)
                    box.paused = full
            if by_partition:
                for tp, records in consumer.poll(timeout_ms=int(timeout * 1_000), max_records=BUFFER).items():
                    by_partition[tp].buffer.extend(Submitted(r.offset, r.value, r.headers) for r in records)
            else:
                time.sleep(timeout)
        except OffsetOutOfRangeError as why:
            for tp, offset in why.args[0].items():
                self._out_of_range(tp, offset)
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
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
        return taken

    def at_end(self) -> dict[str, bool]:
        """Per outbox: was everything taken that it held when asked? Not so when the topic is another one by now.

        LogUnavailable when the broker does not answer: then nothing is known.
        """
        ids = self.ids(self.systems)
        # Only topics that exist: the client would wait for the others, and everybody with it.
        partitions = {box.tp: system for system, box in self._boxes.items() if system in ids}
        try:
            ends = self._open().end_offsets(list(partitions), timeout_ms=OFFSETS_MS) if partitions else {}
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
        found = dict.fromkeys(self._boxes, False)
        for tp, end in ends.items():
            system = partitions[tp]
            box = self._boxes[system]
            # A position beyond the last record taken without one in between: only control records lie there.
            done = not box.buffer and self._position(box) >= end
            found[system] = done and ids.get(system) == box.topic_id
        return found

    def close(self) -> None:
        """Give up the clients and what is buffered; the next poll goes on behind what was taken."""
        consumer, self._consumer = self._consumer, None
        self._admin.close()
        if consumer is not None:
            with suppress(Exception):
                consumer.close(autocommit=False, timeout_ms=1_000)

    def _position(self, box: _Box) -> int:
        position = self._consumer.position(box.tp, timeout_ms=OFFSETS_MS)
        return -1 if position is None else int(position)

    def _out_of_range(self, tp: Any, offset: int) -> None:
        """The beginning expired, or the broker lost its end: in both cases the oldest record there is the next.

        Reading records twice does no harm, their commands have answers; skipping one would.
        """
        first = int(self._consumer.beginning_offsets([tp], timeout_ms=OFFSETS_MS)[tp])
        for box in self._boxes.values():
            if box.tp == tp:
                log.error("intake.offset_out_of_range", topic=tp.topic, offset=offset, goes_on_at=first)
                box.buffer.clear()
                box.offset = first
                self._consumer.seek(tp, first)

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
                    metadata_max_age_ms=5_000,
                    metrics_enabled=False,
                )
            )
            self._assign()
            for box in self._boxes.values():
                box.buffer.clear()
                self._seek(box, box.offset)
        return self._consumer

    def _assign(self) -> None:
        # `assign` keeps the positions of partitions that stay assigned, and forgets that some were paused.
        self._consumer.assign([box.tp for box in self._boxes.values()])
        for box in self._boxes.values():
            box.paused = False
            self._consumer.resume(box.tp)

    def _seek(self, box: _Box, offset: int) -> None:
        self._consumer.seek(box.tp, offset)
