"""Reading numbered topics by the consumer's rule: one client, any number of topics, each with its own last number.

Position p + 1 never lies before offset p: whatever a topic went through (repeats, failed batches, deletion and
refilling), each number's first valid occurrence has at least all lower numbers before it. Therefore reading may start
at offset = position, no stored offset is needed, and whenever something looks odd (a gap that stays, an offset out of
range, another topic under the same name) it is safe to start once more from there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from .access import Access, partitions_of, problem_of
from .port import GAP_ALARM_SECONDS, LastPlusOne, LogUnavailable, Verdict
from .wire import Headers, number_of

RESTART_SECONDS: Final = 1.0  # a gap that lasted this long is read again from its beginning; doubles up to a minute
WATCH_SECONDS: Final = 2.0
OFFSETS_MS: Final = 5_000

log = structlog.get_logger(__name__)


class Start(NamedTuple):
    """Where to begin in a topic: behind the number applied last, at an offset known to lie before the next one."""

    last: int
    offset: int


class Read(NamedTuple):
    """One record the rule lets pass."""

    number: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class _Reading:
    def __init__(self, topic: str, start: Start, alarm_after: float) -> None:
        self.tp = TopicPartition(topic, 0)
        self.rule = LastPlusOne(start.last, alarm_after=alarm_after)
        self.first_offset = start.offset
        self.restart_after = RESTART_SECONDS
        self.restarted = time.monotonic()
        self.topic_id: Any = None
        self.highest = 0  # of all numbers seen, whatever the verdict
        self.foreign = 0


class Tails:
    """Reads ``topics`` (name → name of the header that holds the number). Not thread-safe.

    ``poll`` returns only records that are next by the rule. Records without a number are none of ours: counted
    (``foreign``), logged and skipped.
    """

    def __init__(
        self,
        access: Access,
        topics: Mapping[str, str],
        *,
        max_records: int = 2_000,
        alarm_after: float = GAP_ALARM_SECONDS,
    ) -> None:
        self._access = access
        self._headers = dict(topics)
        self._max_records = max_records
        self._alarm_after = alarm_after
        self._readings: dict[str, _Reading] = {}
        self._consumer: Any = None
        self._watched = 0.0
        self._alarmed: set[str] = set()

    def start(self, starts: Mapping[str, Start]) -> None:
        """Begin, or begin again, at these places; topics not named begin at 0."""
        for topic in self._headers:
            self._readings[topic] = _Reading(topic, starts.get(topic, Start(0, 0)), self._alarm_after)
        if self._consumer is not None:
            self._seek_all()

    def last(self, topic: str) -> int:
        """The number applied last."""
        return self._readings[topic].rule.last

    def highest(self, topic: str) -> int:
        """The highest number seen at all, beyond gaps too."""
        return self._readings[topic].highest

    def foreign(self, topic: str) -> int:
        """Records skipped because they bear no number of ours."""
        return self._readings[topic].foreign

    def overdue(self) -> list[str]:
        """Topics whose gap has stayed open longer than the alarm time."""
        return [topic for topic, reading in self._readings.items() if reading.rule.overdue]

    def poll(self, timeout: float) -> dict[str, list[Read]]:
        """The next records by topic; empty when none came within ``timeout`` seconds. LogUnavailable on refusal."""
        try:
            consumer = self._open()
            found = consumer.poll(timeout_ms=int(timeout * 1_000), max_records=self._max_records)
        except (OffsetOutOfRangeError, LogTruncationError) as why:
            for tp in partitions_of(why):
                log.warning("log.offset_gone", topic=tp.topic, error=type(why).__name__)
                self._begin_again(self._readings[tp.topic])
            return {}
        except KafkaError as why:
            # Corruption, an epoch nobody knows: a new client from the last applied number is always right.
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
        except Exception:
            self.close()
            raise
        passed = {tp.topic: self._judge(self._readings[tp.topic], batch) for tp, batch in found.items()}
        self._watch(found)
        return {topic: reads for topic, reads in passed.items() if reads}

    def ends(self) -> dict[str, int]:
        """The end offset of every topic now. LogUnavailable when the broker does not answer in time."""
        consumer = self._open()
        partitions = [reading.tp for reading in self._readings.values()]
        try:
            found = consumer.end_offsets(partitions, timeout_ms=OFFSETS_MS) if partitions else {}
        except (KafkaError, KeyError) as why:  # KeyError: the reply lacks a topic that was made a moment ago
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why
        return {tp.topic: int(offset) for tp, offset in found.items()}

    def next_offset(self, topic: str) -> int:
        """The offset that is read next."""
        try:
            return int(self._open().position(self._readings[topic].tp, timeout_ms=OFFSETS_MS))
        except (KafkaError, TypeError) as why:  # TypeError: no position within the time-out
            self.close()
            raise LogUnavailable(problem_of(self._access, why)) from why

    def close(self) -> None:
        """Give up the client; the next call opens another and goes on behind the last applied numbers."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(Exception):
                consumer.close(autocommit=False, timeout_ms=1_000)

    def _judge(self, reading: _Reading, batch: list[Any]) -> list[Read]:
        rule, header, passed = reading.rule, self._headers[reading.tp.topic], []
        for record in batch:
            number = number_of(record.headers, header)
            if number is None:
                reading.foreign += 1
                if reading.foreign == 1:
                    log.error("log.foreign_record", topic=reading.tp.topic, offset=record.offset)
                continue
            reading.highest = max(reading.highest, number)
            if rule.judge(number) is Verdict.APPLY:
                passed.append(Read(number, record.offset, record.key, record.value, record.headers))
        if passed:
            reading.restart_after = RESTART_SECONDS
            self._alarmed.discard(reading.tp.topic)
        return passed

    def _watch(self, found: Mapping[Any, Any]) -> None:
        now = time.monotonic()
        if now - self._watched < min(WATCH_SECONDS, RESTART_SECONDS) or self._consumer is None:
            return
        self._watched = now
        for topic, reading in self._readings.items():
            if reading.rule.overdue and topic not in self._alarmed:
                self._alarmed.add(topic)
                log.error("log.gap", topic=topic, last=reading.rule.last, seen=reading.rule.gap_to)
            if self._recreated(reading):
                log.warning("log.topic_recreated", topic=topic, last=reading.rule.last)
                self._begin_again(reading)
            elif (
                reading.rule.gap_to
                and reading.tp not in found
                and reading.rule.waiting > reading.restart_after
                and now - reading.restarted > reading.restart_after
            ):
                # The end is reached and the gap is open: what is missing may lie before us in a refilled topic.
                reading.restart_after = min(reading.restart_after * 2, 60.0)
                self._begin_again(reading)

    def _recreated(self, reading: _Reading) -> bool:
        # The consumer's own metadata, refreshed every few seconds. Not public; without it the two other signs (a gap,
        # an offset out of range) do the same a little later.
        cluster = getattr(self._consumer, "_cluster", None)
        known = cluster.topic_id(reading.tp.topic) if cluster is not None else None
        before, reading.topic_id = reading.topic_id, known or reading.topic_id
        return before is not None and known is not None and before != known

    def _begin_again(self, reading: _Reading) -> None:
        """Reads once more from offset = last applied number, or from the end when the topic is shorter than that."""
        reading.restarted = time.monotonic()
        reading.first_offset = 0
        consumer, tp = self._consumer, reading.tp
        try:
            end = consumer.end_offsets([tp], timeout_ms=OFFSETS_MS)[tp]
            first = consumer.beginning_offsets([tp], timeout_ms=OFFSETS_MS)[tp]
        except (KafkaError, KeyError):
            self.close()  # the next poll opens a client and seeks anyway
            return
        consumer.seek(tp, max(first, min(reading.rule.last, end)))

    def _open(self) -> Any:
        if self._consumer is None:
            try:
                self._consumer = KafkaConsumer(
                    **self._access.client(
                        group_id=None,
                        enable_auto_commit=False,
                        auto_offset_reset="none",
                        allow_auto_create_topics=False,
                        max_partition_fetch_bytes=4 * 1024 * 1024,
                        metadata_max_age_ms=int(WATCH_SECONDS * 1_000),
                        metrics_enabled=False,
                    )
                )
                self._seek_all()
            except KafkaError as why:
                self.close()
                raise LogUnavailable(problem_of(self._access, why)) from why
        return self._consumer

    def _seek_all(self) -> None:
        self._consumer.assign([reading.tp for reading in self._readings.values()])
        for reading in self._readings.values():
            self._consumer.seek(reading.tp, max(reading.first_offset, reading.rule.last))
            reading.first_offset = 0
