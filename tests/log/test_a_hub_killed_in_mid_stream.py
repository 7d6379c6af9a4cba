"""A whole hub (intake, writer, deliveries, relay) killed at random instants while systems go on writing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.bootstrap.hub import build
from hub.log import LastPlusOne, Verdict
from hub.log.access import Access
from hub.log.wire import Wire
from hub.settings import Settings
from hub.store import open_store
from tests.intake.hub_parts import COURT, POLICE, command_id, make_topics, register, running
from tests.parts.waiting import eventually

from .kafka_parts import access_to, raw_producer, whole
from .rows import CONTRACT

COMMANDS = 1_500


def applied(access: Access, topic: str, header: str) -> list[bytes]:
    """The values a reader applies, by the rule; every repetition must be byte-identical."""
    rule, values = LastPlusOne(), []
    first: dict[int, tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]] = {}
    for record in whole(access, topic):
        number = int(dict(record.headers)[header])
        same = first.setdefault(number, (record.key, record.value, tuple(record.headers)))
        assert same == (record.key, record.value, tuple(record.headers)), f"number {number} was published differently"
        if rule.judge(number) is Verdict.APPLY:
            values.append(record.value)
    return values


@pytest.mark.slow
def test_everything_is_published_once_and_answered(kafka: str, tmp_path: Path) -> None:
    access = access_to(kafka)
    make_topics(access, ["court", "police"])
    with running(tmp_path):
        pass  # makes the store, the agencies and the systems
    rng = random.Random(11)
    settings = Settings(home=tmp_path, kafka=access.bootstrap, topic_prefix=access.prefix)
    sent, kills = 0, 0
    with raw_producer(access) as producer:
        while sent < COMMANDS:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.log.serve", str(tmp_path), access.bootstrap, access.prefix],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert process.stdout is not None and process.stdout.readline() == b"running\n"
            end = time.monotonic() + rng.uniform(0.3, 1.5)
            while sent < COMMANDS and time.monotonic() < end:
                system, agency = (("court", COURT), ("police", POLICE))[sent % 2]
                producer.send(access.topics.outbox(system), register(f"c{sent}", agency), partition=0)
                sent += 1
                if sent % 10 == 0:
                    producer.flush(10)
                    time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            kills += 1
    assert kills >= 2
    hub = build(settings)
    assert hub.start(60.0), hub.ready()
    try:
        assert hub.intake is not None and hub.relay is not None and hub.deliveries is not None
        assert hub.intake.barrier(60)
        position = hub.store.position()
        eventually(lambda: hub.deliveries is not None and hub.deliveries.position == position, what="all delivered")
        assert hub.relay.wait_published(position, 30) and hub.relay.wait_delivered(30)
    finally:
        hub.stop()
    store = open_store(settings.store_url)
    rows = store.read(0, 100_000)
    registered = [CONTRACT.decode(row.body)[1][8] for row in rows if row.topic == "dispute.registered"]
    assert sorted(registered) == sorted(command_id(f"c{k}") for k in range(COMMANDS))
    wire = Wire(CONTRACT)
    assert applied(access, access.topics.events, "hub-position") == [record.value for record in wire.events(rows)]
    for system in ("court", "police"):
        messages = store.deliveries.read(system, 0, 100_000)
        topic = access.topics.inbox(system)
        assert applied(access, topic, "hub-n") == [record.value for record in wire.deliveries(system, messages)]
        answered = [CONTRACT.decode(body)[1][0] for _, position, body in messages if position == 0]
        assert sorted(set(answered)) == sorted(command_id(f"c{k}") for k in range(system == "police", COMMANDS, 2))
        about = [position for _, position, _ in messages if position]
        assert about == sorted(set(about)), "each event is in an inbox once"
    store.close()
