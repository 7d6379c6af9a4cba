"""The process that reads outboxes is killed again and again: each record is decided once, none is missing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.contract import load
from hub.store import open_store
from tests.log.kafka_parts import access_to, raw_producer

from .hub_parts import command_id, make_topics, register, running, taking_in

RECORDS = 1_500


@pytest.mark.slow
def test_killed_at_random_instants(kafka: str, tmp_path: Path) -> None:
    access = access_to(kafka)
    make_topics(access, ["court", "police"])
    rng = random.Random(7)
    bad = set(rng.sample(range(RECORDS), 20))
    with raw_producer(access) as producer:
        for k in range(RECORDS):
            value = b"garbage" if k in bad else register(f"c{k}")
            producer.send(access.topics.outbox("court"), value, partition=0)
        producer.flush(30)
    with running(tmp_path):
        pass  # makes the store and the agencies
    offset, kills = 0, 0
    while offset < RECORDS and kills < 25:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.intake.consume", str(tmp_path), access.bootstrap, access.prefix],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None and process.stdout.readline() == b"reading\n"
        time.sleep(rng.uniform(0.02, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        kills += 1
        store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
        offset = store.offset("court")[1]
        store.close()
    assert kills >= 2, "the process ended before it could be killed in the middle"
    with running(tmp_path) as parts:
        with taking_in(parts, access) as intake:
            assert intake.barrier(60)
        contract = load()
        inbox = parts.inbox("court")
        answered = [m["command_id"] for kind, m in inbox if kind == "answer"]
        assert answered == [command_id(f"c{k}") for k in range(RECORDS) if k not in bad]
        assert [m["offset"] for kind, m in inbox if kind == "unreadable"] == sorted(bad)
        assert {m["outcome"] for kind, m in inbox if kind == "answer"} == {"done"}
        registered = [row for row in parts.store.read(0, 100_000) if row.topic == "dispute.registered"]
        assert len(registered) == RECORDS - len(bad)
        assert [row.position for row in parts.store.read(0, 100_000)] == list(range(1, parts.store.position() + 1))
        assert contract.decode(registered[0].body)
