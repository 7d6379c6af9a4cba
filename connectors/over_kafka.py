"""The hub over Kafka: commands into ``agency.<system>.outbox``, everything back from ``agency.<system>.inbox``.

Reading follows the consumer's rule, the only one: apply message n only if it is last + 1; lower is a repeat; higher is
skipped, because it comes again after what is missing. No stored offset: n + 1 never lies before offset n, so reading
starts at offset n. A consumer without rights is silent for ever and a wrong password shows only as a time-out, so
``check`` asks for both beforehand.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    SaslAuthenticationFailedError,
)

from .errors import ConnectorError, NoAnswer, NoRights, Unreachable, WrongPassword
from .framing import Record, Schemas
from .messages import Message, Receipt, Transport, Unreadable, message
from .probe import broker_speaks

log = logging.getLogger(__name__)
_ANSWERS = 10_000  # answers remembered for ``answer``
_BUFFER = 20_000  # messages kept for ``inbox`` while ``answer`` reads on
_GAP_ALARM = 60.0  # seconds without the message that is due
_AGAIN = 5.0  # seconds without a new message after which the topic is read again from offset = last n


class KafkaTransport(Transport):
    """``bootstrap`` host:port, ``system`` its name at the hub; user and password for SCRAM, ``ca_file`` for TLS."""

    def __init__(
        self,
        bootstrap: str,
        system: str,
        *,
        user: str = "",
        password: str = "",
        mechanism: str = "SCRAM-SHA-512",
        ca_file: str | None = None,
        topic_prefix: str = "",
        check_seconds: float = 10.0,
        send_seconds: float = 30.0,
        schemas: Schemas | None = None,
    ) -> None:
        self._system = system
        self.outbox = f"{topic_prefix}agency.{system}.outbox"
        self.inbox_topic = f"{topic_prefix}agency.{system}.inbox"
        self._schemas = schemas or Schemas.packaged()
        self._check_seconds = check_seconds
        self._send_seconds = send_seconds
        self._settings = _security(bootstrap, user, password, mechanism, ca_file)
        self._producer: KafkaProducer | None = None
        self._consumer: KafkaConsumer | None = None
        self._last = 0  # n of the newest message in the buffer (or before it)
        self._buffer: deque[Message] = deque()
        self._answers: OrderedDict[str, Receipt] = OrderedDict()
        self._sent: OrderedDict[int, str] = OrderedDict()  # offset in the outbox: command id
        self._gap_since: float | None = None
        self._moved = time.monotonic()  # when the last message was taken, or looked for anew

    @property
    def system(self) -> str:
        """The name of this system."""
        return self._system

    def check(self) -> None:
        """Reach, log in, and ask what this user may do with its two topics. Unreachable, WrongPassword, NoRights."""
        rights = self._rights()
        for topic, needed in ((self.inbox_topic, "READ"), (self.outbox, "WRITE")):
            if topic not in rights:
                raise NoRights(f"{topic} does not exist or this user has no rights on it", field=topic)
            if needed not in rights[topic]:
                raise NoRights(f"this user may not {needed.lower()} {topic}", field=topic)

    def _rights(self) -> dict[str, frozenset[str]]:
        millis = int(self._check_seconds * 1000)
        try:
            admin = KafkaAdminClient(**self._settings, request_timeout_ms=millis, bootstrap_timeout_ms=millis)
        except (KafkaError, OSError) as why:
            raise self._plain(why) from why
        try:
            found = admin.describe_topics([self.outbox, self.inbox_topic])
        except (KafkaError, OSError) as why:
            raise self._plain(why) from why
        finally:
            admin.close()
        return {
            topic["name"]: frozenset(str(op) for op in topic.get("authorized_operations") or ())
            for topic in found
            if not topic.get("error_code")
        }

    def _plain(self, why: Exception) -> ConnectorError:
        """What a failure of the Kafka client means in plain words."""
        if isinstance(why, AuthorizationError):
            return NoRights(f"{type(why).__name__} {why}", field=self.outbox)
        where = self._settings["bootstrap_servers"]
        refused = isinstance(why, SaslAuthenticationFailedError) or (
            "sasl_mechanism" in self._settings
            and broker_speaks(where, self._check_seconds, self._settings.get("ssl_cafile"))
        )
        if refused:
            return WrongPassword(f"the broker at {where} answers but refuses this user or password", field="password")
        return Unreachable(f"no broker answers at {where} within {self._check_seconds:g} s", field="bootstrap")

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        """Write one command to the outbox and wait until the broker has it. The answer comes by the inbox."""
        self._answers.pop(fields["command_id"], None)  # an answer to an earlier command under this id is not this one's
        offset = self._put(record.kafka(fields))
        self._sent[offset] = fields["command_id"]
        while len(self._sent) > _ANSWERS:
            self._sent.popitem(last=False)
        return None

    def send_raw(self, raw: bytes) -> None:
        """Write bytes to the outbox as they are."""
        self._put(raw)

    def _put(self, raw: bytes) -> int:
        """Write to the outbox; the record's offset there."""
        if self._producer is None:
            self._producer = KafkaProducer(
                **self._settings, acks="all", enable_idempotence=True, request_timeout_ms=int(self._send_seconds * 500),
                delivery_timeout_ms=int(self._send_seconds * 1000), max_block_ms=int(self._send_seconds * 1000),
            )  # fmt: skip
        try:
            return int(self._producer.send(self.outbox, value=raw, partition=0).get(timeout=self._send_seconds).offset)
        except KafkaError as why:
            # The producer's own greeting is refused with another error, and wrapped, when no topic may be written.
            if isinstance(why, AuthorizationError) or "AuthorizationFailed" in str(why):
                raise NoRights(f"this user may not write {self.outbox}", field=self.outbox) from why
            raise NoAnswer(f"the broker did not confirm: {type(why).__name__}; send again with the same id") from why

    def answer(self, command_id: str, timeout: float) -> Receipt:
        """Read on until the answer comes, or word that the record could not be read; messages passed on the way stay
        for ``inbox``.
        """
        end = time.monotonic() + timeout
        while command_id not in self._answers:
            left = end - time.monotonic()
            if left <= 0:
                raise NoAnswer(f"no answer to {command_id} within {timeout:g} s: send again with the same command id")
            self._poll(min(left, 1.0))
        return self._answers[command_id]

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        """The messages after ``after``, without a gap."""
        if not self._buffer_starts(after):
            self._buffer.clear()
            self._last = after
            if self._consumer is not None:
                self._seek(self._consumer)
        while self._buffer and self._buffer[0].n <= after:
            self._buffer.popleft()
        end = time.monotonic() + timeout
        while not self._buffer:
            self._poll(max(0.0, end - time.monotonic()))  # what came may all have been repeats: go on until the end
            if time.monotonic() >= end:
                break
        return [self._buffer[i] for i in range(min(limit, len(self._buffer)))]

    def catch_up(self, timeout: float) -> None:
        """Read until the end that the inbox has now. NoAnswer after ``timeout`` seconds."""
        consumer, tp = self._reader(), TopicPartition(self.inbox_topic, 0)
        end = time.monotonic() + timeout
        goal = int(consumer.end_offsets([tp])[tp] or 0)
        while (consumer.position(tp) or 0) < goal:
            if time.monotonic() > end:
                raise NoAnswer(f"{self.inbox_topic} was not read to its end within {timeout:g} s")
            self._poll(0.2)

    def close(self) -> None:
        """Close producer and consumer."""
        for part in (self._producer, self._consumer):
            if part is not None:
                part.close()
        self._producer = self._consumer = None

    def _buffer_starts(self, after: int) -> bool:
        first = self._buffer[0].n if self._buffer else self._last + 1
        return first <= after + 1 <= self._last + 1

    def _reader(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **self._settings, enable_auto_commit=False, auto_offset_reset="earliest", max_poll_records=500,
                isolation_level="read_committed", fetch_max_wait_ms=100,
            )  # fmt: skip
            self._consumer.assign([TopicPartition(self.inbox_topic, 0)])
            self._seek(self._consumer)
        return self._consumer

    def _seek(self, consumer: KafkaConsumer) -> None:
        """Position n + 1 never lies before offset n, so offset n is early enough."""
        tp = TopicPartition(self.inbox_topic, 0)
        end = consumer.end_offsets([tp], timeout_ms=int(self._check_seconds * 1000))[tp]
        consumer.seek(tp, min(self._last, end))

    def _poll(self, timeout: float) -> None:
        for records in self._reader().poll(timeout_ms=int(timeout * 1000)).values():
            for found in records:
                self._take(found)
        self._look_again()
        if self._gap_since is not None and time.monotonic() - self._gap_since > _GAP_ALARM:
            log.warning("inbox %s waits for message %d since %d s", self.inbox_topic, self._last + 1, _GAP_ALARM)
            self._gap_since = time.monotonic()

    def _look_again(self) -> None:
        """A topic that was deleted and filled again may hold what is due *before* our place in it: repeats had moved us
        beyond offset n. From offset n on nothing can be missed."""
        if time.monotonic() - self._moved > _AGAIN:
            self._moved = time.monotonic()
            with suppress(KafkaError):  # no broker now: the next look is soon
                self._seek(self._reader())

    def _take(self, found: Any) -> None:
        n = int(dict(found.headers)["hub-n"])
        if n != self._last + 1:
            if n > self._last and self._gap_since is None:
                self._gap_since = time.monotonic()
            return
        record, fields = self._schemas.read_kafka(found.value)
        taken = message(n, record, fields, self._schemas)
        self._last, self._gap_since, self._moved = n, None, time.monotonic()
        self._buffer.append(taken)
        if len(self._buffer) > _BUFFER:
            self._buffer.popleft()  # ``inbox`` seeks back for it
        answer = self._refused(taken.content) if isinstance(taken.content, Unreadable) else taken.content
        if isinstance(answer, Receipt):
            self._answers[answer.command_id] = answer
            while len(self._answers) > _ANSWERS:
                self._answers.popitem(last=False)

    def _refused(self, found: Unreadable) -> Receipt | None:
        """The refusal of a command of ours that was wrong by its shape: no answer names it, its place does."""
        command_id = self._sent.pop(found.offset, None)
        if command_id is None:
            return None
        return Receipt(command_id, "refused", found.code, found.field, found.detail)


def _security(bootstrap: str, user: str, password: str, mechanism: str, ca_file: str | None) -> dict[str, Any]:
    # The client's own bound is 30 s: so long would a connector stay silent after a broker's restart.
    found: dict[str, Any] = {"bootstrap_servers": bootstrap, "reconnect_backoff_max_ms": 1_000}
    if user:
        found.update(sasl_mechanism=mechanism, sasl_plain_username=user, sasl_plain_password=password)
    if user or ca_file:
        found["security_protocol"] = ("SASL_" if user else "") + ("SSL" if ca_file else "PLAINTEXT")
    if ca_file:
        found["ssl_cafile"] = ca_file
    return found
