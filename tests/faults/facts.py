"""What a hub has left behind, read from outside: plain SQL and a plain Kafka consumer, no code of the hub's."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from typing import Any, NamedTuple

import psycopg
from kafka import KafkaConsumer, TopicPartition

from hub.contract import load

CONTRACT = load()


class Acknowledged(NamedTuple):
    """What a client was told about one of its commands, in its own notes."""

    system: str
    command: str  # UUID text
    outcome: str
    code: str
    dispute: str | None
    version: int
    position: int


class Event(NamedTuple):
    """One row of the log, and what its bytes say."""

    position: int
    stream: bytes
    version: int
    topic: str
    body: bytes
    says: dict[str, Any]


class Facts(NamedTuple):
    """Everything in a store."""

    head: int
    events: list[Event]
    answers: dict[tuple[str, bytes], tuple[str, str, int, int]]  # outcome, code, version, position
    inboxes: dict[str, list[tuple[int, int, bytes]]]  # n, position, body
    counters: dict[str, int]
    followed: int


def read_store(url: str) -> Facts:
    """All facts of a store at rest. ``url`` as the hub is given it."""
    ask = _asking(url)
    ((head,),) = ask("SELECT position FROM head")
    rows = ask("SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events ORDER BY 1")
    found = ask("SELECT system, command_id, outcome, code, version, position FROM answers")
    answers = {(r[0], _id(r[1])): (r[2], r[3], r[4], r[5]) for r in found}
    assert len(answers) == len(found), "two answers to one command"
    inboxes: dict[str, list[tuple[int, int, bytes]]] = {}
    for system, n, position, body in ask("SELECT system, n, position, body FROM deliveries ORDER BY system, n"):
        inboxes.setdefault(system, []).append((n, position, bytes(body)))
    followed = ask("SELECT position FROM delivery_followers WHERE name = 'deliveries'")
    events = [Event(p, _id(s), v, t, bytes(b), _says(bytes(b))) for p, s, v, t, b in rows]
    counters = dict(ask("SELECT system, n FROM delivery_counters"))
    return Facts(head, events, answers, inboxes, counters, followed[0][0] if followed else 0)


def answered(url: str) -> set[tuple[str, str]]:
    """System and command id (UUID text) of every stored answer."""
    return {(s, str(uuid.UUID(bytes=_id(c)))) for s, c in _asking(url)("SELECT system, command_id FROM answers")}


def _asking(url: str) -> Any:
    return _sqlite(url) if url.startswith("sqlite:///") else _postgres(url)


def _says(body: bytes) -> dict[str, Any]:
    schema, values = CONTRACT.decode(body)
    return dict(zip(schema.fields, values, strict=True))


def _id(value: Any) -> bytes:
    if isinstance(value, uuid.UUID):
        return value.bytes
    return bytes.fromhex(value) if isinstance(value, str) else bytes(value)


def _sqlite(url: str) -> Any:
    def ask(query: str) -> list[Any]:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as db:
            return db.execute(query).fetchall()

    return ask


def _postgres(url: str) -> Any:
    def ask(query: str) -> list[Any]:
        with psycopg.connect(url.replace("+psycopg", "")) as db:
            return db.execute(query).fetchall()

    return ask


class Held(NamedTuple):
    """One record as the broker holds it."""

    number: int
    key: bytes | None
    value: bytes


def read_topic(bootstrap: str, topic: str, header: str) -> list[Held]:
    """Every record of a topic, repeats included, in the order of its offsets."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, group_id=None)
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        end = consumer.end_offsets([place], timeout_ms=10_000)[place]
        consumer.seek(place, 0)
        found: list[Held] = []
        while (consumer.position(place) or 0) < end:
            for batch in consumer.poll(timeout_ms=1_000).values():
                found += [Held(int(dict(r.headers)[header]), r.key, r.value) for r in batch]
        return found
    finally:
        consumer.close()


def on_kafka(body: bytes) -> bytes:
    """What a stored body looks like as a Kafka value: 00, the fingerprint's low 31 bits, the Avro body."""
    return b"\0" + (int.from_bytes(body[2:10], "little") & 0x7FFFFFFF).to_bytes(4, "big") + body[10:]


def by_the_rule(held: Sequence[Held]) -> list[int]:
    """What a reader applies who takes a record only if its number is the last one plus one."""
    last = 0
    for record in held:
        if record.number == last + 1:
            last = record.number
    return list(range(1, last + 1))
