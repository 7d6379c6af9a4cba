"""Small things tests do with a broker directly: read a whole topic, write raw records, a relay ready to run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from hub.log.access import Access, Admin
from hub.log.relay import Relay

from .rows import CONTRACT, ListStore

Header = tuple[str, bytes]


def access_to(bootstrap: str) -> Access:
    """An access whose topics no other test uses."""
    return Access(bootstrap, prefix=f"t{uuid.uuid4().hex[:10]}.", replication=1)


def whole(access: Access, topic: str) -> list[Any]:
    """Every record of a topic as the broker holds it, repeats included."""
    consumer = KafkaConsumer(
        bootstrap_servers=access.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", group_id=None
    )
    try:
        tp = TopicPartition(topic, 0)
        consumer.assign([tp])
        end = consumer.end_offsets([tp], timeout_ms=10_000)[tp]
        consumer.seek(tp, consumer.beginning_offsets([tp], timeout_ms=10_000)[tp])
        found: list[Any] = []
        while (consumer.position(tp) or 0) < end:
            for batch in consumer.poll(timeout_ms=1_000).values():
                found += batch
        return found
    finally:
        consumer.close()


def bytes_of(record: Any) -> tuple[bytes | None, bytes | None, list[Header]]:
    """What must not change between two publications."""
    return record.key, record.value, list(record.headers)


def numbers(access: Access, topic: str, header: str = "hub-position") -> list[int]:
    """The numbers in a topic, in its order."""
    return [int(dict(record.headers)[header]) for record in whole(access, topic)]


@contextmanager
def raw_producer(access: Access) -> Iterator[Any]:
    """A plain producer, for what a relay or a system would not write."""
    producer = KafkaProducer(bootstrap_servers=access.bootstrap, linger_ms=0)
    try:
        yield producer
    finally:
        producer.close(timeout=5)


def delete_topic(access: Access, topic: str) -> None:
    """Removes a topic and waits until the broker no longer knows it."""
    from tests.parts.waiting import eventually

    admin = Admin(access)
    admin.run("delete_topics", [topic])
    eventually(lambda: topic not in admin.existing([topic]), what=f"{topic} is gone")
    admin.close()


def relay_of(store: ListStore, access: Access, systems: list[str] | None = None, **more: Any) -> Relay:
    return Relay(store, CONTRACT, access, lambda: systems or [], **more)


@contextmanager
def running(store: ListStore, access: Access, systems: list[str] | None = None, **more: Any) -> Iterator[Relay]:
    """A relay that found nothing amiss and publishes."""
    relay = relay_of(store, access, systems, **more)
    problem = relay.check()
    assert problem is None, problem
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()
