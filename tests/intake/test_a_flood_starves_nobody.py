"""One outbox with thousands of records, another with one: the one is answered after a turn, not after the flood."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hub.aggregates.command import Command
from hub.intake import TURN
from hub.writer import Busy, Outcome, Poll, Writer
from tests.log.kafka_parts import access_to, raw_producer
from tests.parts.waiting import eventually

from .hub_parts import POLICE, command_id, make_topics, register, running, taking_in


class Watching:
    """Passes on to the writer; remembers who submitted how much, and says Busy while told to."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.turns: list[tuple[str, int]] = []
        self.busy = threading.Event()
        self.refused = 0

    def submit(
        self, commands: Sequence[Command], done: Callable[[list[Outcome]], None], poll: Poll | None = None
    ) -> None:
        assert poll is not None
        if self.busy.is_set():
            self.refused += 1
            raise Busy
        self.turns.append((poll.move.outbox, len(commands)))
        self.writer.submit(commands, done, poll)


def test_the_small_outbox_is_served_in_the_floods_first_turns(kafka: str, tmp_path: Path) -> None:
    access = access_to(kafka)
    make_topics(access, ["court", "police"])
    with raw_producer(access) as producer:
        for k in range(3_000):
            producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
        producer.send(access.topics.outbox("police"), register("p", POLICE), partition=0)
        producer.flush(20)
    with running(tmp_path) as parts:
        watching = Watching(parts.writer)
        with taking_in(parts, access, writer=watching) as intake:
            assert intake.barrier(60)
        assert parts.store.offset("court")[1] == 3_000
        assert [m["outcome"] for _, m in parts.inbox("police")] == ["done"]
        assert max(many for _, many in watching.turns) <= TURN
        before = watching.turns.index(("police", 1))
        assert sum(many for system, many in watching.turns[:before] if system == "court") <= 4 * TURN


def test_with_the_queue_full_it_waits_and_loses_nothing(kafka: str, tmp_path: Path) -> None:
    access = access_to(kafka)
    make_topics(access, ["court", "police"])
    with raw_producer(access) as producer:
        for k in range(200):
            producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
        producer.flush(20)
    with running(tmp_path) as parts:
        watching: Any = Watching(parts.writer)
        watching.busy.set()
        with taking_in(parts, access, writer=watching) as intake:
            eventually(lambda: watching.refused >= 3, what="it tries again while the queue is full")
            assert parts.store.offset("court") == ("", 0)
            watching.busy.clear()
            assert intake.barrier(30)
        assert [m["command_id"] for _, m in parts.inbox("court")] == [command_id(f"c{k}") for k in range(200)]


def test_a_client_that_falls_silent_is_made_anew(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the workaround the client forgets a paused outbox; the watchdog sees records waiting and none coming."""
    import hub.log.outboxes as module

    monkeypatch.setattr(module, "_let_parked_records_return", lambda consumer: None)
    monkeypatch.setattr(module, "STUCK_SECONDS", 1.0)
    monkeypatch.setattr(module, "FULL", (64, 1_000_000))
    monkeypatch.setattr(module, "LOW", 8)
    access = access_to(kafka)
    make_topics(access, ["court", "police"])
    with raw_producer(access) as producer:
        for k in range(1_000):
            producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
        producer.send(access.topics.outbox("police"), register("p", POLICE), partition=0)
        producer.flush(20)
    with running(tmp_path) as parts, taking_in(parts, access) as intake:
        assert intake.barrier(60)
        assert parts.store.offset("court")[1] == 1_000
