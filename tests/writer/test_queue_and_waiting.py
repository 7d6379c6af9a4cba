"""The bounded queue, waiting for positions, and acceptance that begins only when the check is content."""

import asyncio
import threading
import time
from typing import Any

import pytest

from hub.store import Head, Store
from hub.writer import BOUND, Busy, NotWriter
from hub.writer.queue import BATCH, Queue, Ticket
from tests.parts.waiting import eventually
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running


def ticket(many: int) -> Ticket:
    author = Author()
    return Ticket([author.register() for _ in range(many)], None)


def test_the_queue_is_bounded_by_commands() -> None:
    queue = Queue()
    for _ in range(BOUND // 64):
        queue.put(ticket(64))
    assert queue.waiting == BOUND
    with pytest.raises(Busy) as refusal:
        queue.put(ticket(1))
    assert refusal.value.code == "hub.busy"
    assert len(queue.take(0)) == 1
    queue.put(ticket(64))
    with pytest.raises(Busy):
        queue.put(ticket(0))
    with pytest.raises(ValueError, match="at most 64"):
        ticket(65)


def test_batches_hold_whole_tickets_in_order() -> None:
    queue = Queue()
    tickets = [ticket(n) for n in (10, 40, 20, 64, 1, 0)]
    for t in tickets:
        queue.put(t)
    taken = [queue.take(0) for _ in range(4)]
    assert taken == [tickets[0:2], tickets[2:3], tickets[3:4], tickets[4:6]]
    assert queue.waiting == 0
    assert queue.take(0.001) == []
    assert all(sum(len(t.commands) for t in batch) <= BATCH for batch in taken)


def test_nothing_is_lost_between_sleeping_and_waking() -> None:
    """A put that comes in the very moment the taker falls asleep or times out must wake it or be seen."""
    queue = Queue()
    taken: list[Ticket] = []
    total = 3_000
    author = Author()
    command = author.register()

    def take() -> None:
        while len(taken) < total:
            taken.extend(queue.take(0.000_05))

    taker = threading.Thread(target=take)
    taker.start()
    made = 0
    while made < total:
        try:
            queue.put(Ticket([command], None))
            made += 1
        except Busy:
            pass
    taker.join(30)
    assert len(taken) == total
    assert queue.waiting == 0


def test_who_waits_for_a_position(store: Store) -> None:
    with running(store) as writer:
        found(writer)
        assert writer.wait_beyond(2, 10) == 3
        assert writer.wait_beyond(3, 0.01) == 3
        reached: list[int] = []
        threads = [threading.Thread(target=lambda p=p: reached.append(writer.wait_beyond(p, 30))) for p in (3, 3, 4, 5)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for _ in range(3):
            one(writer, Author().register())
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 20, "they were not woken, their time ran out"
        assert len(reached) == 4
        assert min(reached) >= 4


def test_nothing_is_accepted_before_the_check_is_content(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.writer.writer.RETRY_SECONDS", 0.02)
    answers = ["log.unreachable"]
    heads: list[Head] = []

    def check(head: Head) -> str:
        heads.append(head)
        return answers[-1]

    from hub.writer import SimulatedClock, Writer
    from ops.bench.workload import bench_pack
    from tests.writer.parts import CONTRACT, START, anyone

    writer = Writer(store, CONTRACT, bench_pack(), SimulatedClock(START), anyone, city="532301", check=check)
    writer.start(wait=0.1)
    try:
        eventually(lambda: writer.problem == "log.unreachable", what="the writer says why")
        with pytest.raises(NotWriter) as refusal:
            writer.ask([Author().register()])
        assert refusal.value.code == "log.unreachable"
        answers.append("")
        eventually(lambda: writer.problem == "", what="accepted")
        found(writer)
        assert heads[0].epoch == 1
    finally:
        writer.stop()


def test_a_check_that_raises_is_not_content(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.writer.writer.RETRY_SECONDS", 0.02)
    calls: list[int] = []

    def check(head: Head) -> str:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("no broker")
        return ""

    with running(store, check=check) as writer:
        found(writer)
    assert len(calls) == 3


def test_a_mistake_outside_a_decision_lets_nobody_hang(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.writer.world import World

    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
        real = World.merge

        def broken(*_: Any) -> None:
            monkeypatch.setattr(World, "merge", real)
            raise RuntimeError("x")

        monkeypatch.setattr(World, "merge", broken)  # after the commit: what is in memory is behind the log now
        lost = author.attempt(dispute_of(new))
        assert outcomes(writer.ask([lost])) == ["hub.incident"]
        assert one(writer, lost).version == 2, "it was stored, and the same id tells"
        assert one(writer, author.attempt(dispute_of(new))).version == 3
    assert check_log(store) == 6


def test_a_callback_that_fails_harms_nobody(store: Store) -> None:
    author = Author()

    def fails(said: Any) -> None:
        raise RuntimeError("x")

    with running(store) as writer:
        found(writer)
        writer.submit([author.register()], fails)
        assert outcomes(writer.ask([author.register()])) == ["done"]


def test_a_loop_that_was_closed_harms_nobody(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        loop = asyncio.new_event_loop()
        future = loop.create_future()
        loop.close()
        writer._queue.put(Ticket([author.register()], None, None, loop, future))
        assert outcomes(writer.ask([author.register()])) == ["done"]
