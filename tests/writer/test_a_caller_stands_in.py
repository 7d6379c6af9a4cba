"""A thread that asks while the writer's own sleeps takes the turn itself: one at a time, in order, kept by nothing."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from hub.store import Store, Unknown
from hub.words import Answer
from hub.writer import NotWriter, Outcome, Writer
from hub.writer.hands import Hands
from hub.writer.queue import Queue, Ticket
from tests.parts.waiting import eventually
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running


@pytest.fixture
def turns_of(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """(thread, commands) of the turns taken; whoever works while another does fails."""
    taken: list[tuple[str, int]] = []
    locks: dict[int, threading.Lock] = {}  # one per writer: a hub of another test may still run in this process

    def guarded(name: str, size: Callable[..., int]) -> None:
        real: Any = getattr(Hands, name)

        def alone(self: Hands, *rest: Any) -> Any:
            at_work = locks.setdefault(id(self), threading.Lock())
            assert at_work.acquire(blocking=False), "two are at work"
            try:
                if size(*rest):
                    taken.append((threading.current_thread().name, size(*rest)))
                return real(self, *rest)
            finally:
                at_work.release()

        monkeypatch.setattr(Hands, name, alone)

    guarded("handle", lambda tickets: sum(len(t.commands) for t in tickets))
    guarded("beat", lambda: 0)
    return taken


def asleep(writer: Writer) -> None:
    eventually(lambda: writer._queue._asleep, what="the writer's thread sleeps")


def caller(work: Callable[[], Any], name: str = "caller") -> threading.Thread:
    thread = threading.Thread(target=work, name=name)
    thread.start()
    return thread


def test_who_takes_a_turn(store: Store, turns_of: list[tuple[str, int]], turns: str) -> None:
    with running(store) as writer:
        found(writer)
        for _ in range(3):
            asleep(writer)
            one(writer, Author().register())
    who = threading.current_thread().name if turns == "standing in" else "writer"
    assert turns_of[-3:] == [(who, 1)] * 3


def test_no_heartbeat_while_somebody_stands_in(
    store: Store, turns_of: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat comes due while a caller is at work: the sleeper waits on, time after time, until it is called."""
    monkeypatch.setattr("hub.writer.writer.BEAT_SECONDS", 0.0)  # due at every waking; the lock below says when
    begun, go_on = threading.Event(), threading.Event()
    real = Hands._together
    given: list[str] = []

    def slow(self: Hands, tickets: Any) -> None:
        if threading.current_thread().name == "caller":
            begun.set()
            assert go_on.wait(20)
        real(self, tickets)

    class Due:
        """The lock the thread sleeps on, whose time is up at once while a caller is at work."""

        def __init__(self, lock: Any) -> None:
            self.release, self._lock = lock.release, lock
            self.passed = 0

        def acquire(self, timeout: float) -> bool:
            while not self._lock.acquire(timeout=0.001):
                if begun.is_set() and not go_on.is_set():
                    self.passed += 1
                    return False
            return True

    class Restless(Queue):
        def __init__(self) -> None:
            super().__init__()
            self._wake: Any = Due(self._wake)

    monkeypatch.setattr(Hands, "_together", slow)
    monkeypatch.setattr("hub.writer.writer.Queue", Restless)
    with running(store) as writer:
        due: Any = writer._queue._wake
        found(writer)
        asleep(writer)
        asking = caller(lambda: given.extend(outcomes(writer.ask([Author().register()]))))
        assert begun.wait(20)
        eventually(lambda: due.passed > 5, what="the heartbeat is due again and again")
        go_on.set()
        asking.join(20)
        assert given == ["done"]
        one(writer, Author().register())
    assert ("caller", 1) in turns_of
    assert check_log(store) == 5


def test_one_is_at_work_at_a_time(
    store: Store, turns_of: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that may stand in, coroutines and a heartbeat without pause: nothing overlaps, nothing is lost."""
    monkeypatch.setattr("hub.writer.writer.BEAT_SECONDS", 0.000_2)
    said: list[str] = []

    def threads(author: Author) -> None:
        new = author.register()
        said.extend(outcomes(writer.ask([new])))
        for _ in range(30):
            time.sleep(random.random() * 0.01)
            said.extend(outcomes(writer.ask([author.attempt(dispute_of(new))])))

    async def coroutines() -> None:
        async def one_of_them() -> None:
            for _ in range(20):
                await asyncio.sleep(random.random() * 0.02)
                said.extend(outcomes(await writer.ask_async([Author().register()])))

        await asyncio.gather(*[one_of_them() for _ in range(5)])

    with running(store) as writer:
        found(writer)
        callers = [caller(lambda: threads(Author()), f"caller {n}") for n in range(3)]
        callers.append(caller(lambda: asyncio.run(coroutines())))
        for thread in callers:
            thread.join(60)
    assert said == ["done"] * (3 * 31 + 5 * 20)
    assert check_log(store) == 3 + len(said)


def test_what_comes_meanwhile_is_the_next_batch(
    store: Store, turns_of: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.writer.writer.BEAT_SECONDS", 600.0)  # only who leaves wakes the thread
    begun, go_on = threading.Event(), threading.Event()
    real = Hands._together
    given: list[list[Outcome]] = []

    def slow(self: Hands, tickets: Any) -> None:
        if threading.current_thread().name == "caller":
            begun.set()
            assert go_on.wait(20)
        real(self, tickets)

    monkeypatch.setattr(Hands, "_together", slow)
    with running(store) as writer:
        found(writer)
        asleep(writer)
        first = caller(lambda: given.append(writer.ask([Author().register()])))
        assert begun.wait(20)
        for _ in range(5):
            writer.submit([Author().register()], given.append)
        time.sleep(0.1)
        assert given == [], "somebody else worked while one stood in"
        go_on.set()
        first.join(20)
        eventually(lambda: len(given) == 6, what="all are answered")
        assert [answer.position for (answer,) in given if isinstance(answer, Answer)] == list(range(4, 10))
    assert turns_of[-2:] == [("caller", 1), ("writer", 5)]


def test_stopping_waits_for_who_stands_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.writer.writer.BEAT_SECONDS", 600.0)  # only who leaves wakes the thread
    begun, go_on = threading.Event(), threading.Event()
    real = Hands._together
    given: list[str] = []

    def slow(self: Hands, tickets: Any) -> None:
        begun.set()
        assert go_on.wait(20)
        real(self, tickets)

    with running(store) as writer:
        found(writer)
        asleep(writer)
        monkeypatch.setattr(Hands, "_together", slow)
        asking = caller(lambda: given.extend(outcomes(writer.ask([Author().register()]))))
        assert begun.wait(20)
        stopping = caller(writer.stop)
        stopping.join(0.2)
        assert stopping.is_alive()
        with pytest.raises(NotWriter):
            writer.ask([Author().register()])
        go_on.set()
        stopping.join(20)
        asking.join(20)
        assert not stopping.is_alive() and given == ["done"]
    assert check_log(store) == 4


def test_an_outage_keeps_no_caller(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller is told that there is no database; waiting for it to come back is the writer's own thread's."""
    monkeypatch.setattr("hub.writer.writer.RETRY_SECONDS", 0.02)
    back = threading.Event()
    tried: list[str] = []
    given: list[str] = []
    reopen = Hands.reopen

    def gone(*_: Any) -> None:
        raise Unknown("no connection")

    def no_database(self: Hands) -> None:
        tried.append(threading.current_thread().name)
        if not back.is_set():
            raise Unknown("no connection")
        reopen(self)

    with running(store, patience=0.0) as writer:
        found(writer)
        asleep(writer)
        lease: Any = type(writer._hands._held)
        append = lease.append
        monkeypatch.setattr(lease, "append", gone)
        monkeypatch.setattr(Hands, "reopen", no_database)
        asking = caller(lambda: given.extend(outcomes(writer.ask([Author().register()]))))
        asking.join(20)
        assert given == ["hub.store_gone"]
        eventually(lambda: writer.problem == "hub.store_gone" and tried.count("writer") > 2, what="the thread tries on")
        with pytest.raises(NotWriter, match=r"hub\.store_gone"):
            writer.ask([Author().register()])
        monkeypatch.setattr(lease, "append", append)
        back.set()
        eventually(lambda: writer.problem == "", what="accepted again")
        one(writer, Author().register())
    assert check_log(store) == 4


def test_who_stands_in_and_is_fenced_ends_the_writer(store: Store) -> None:
    stopped: list[tuple[str, str]] = []
    given: list[str] = []
    with running(store, on_stop=lambda code: stopped.append((code, threading.current_thread().name))) as writer:
        found(writer)
        asleep(writer)
        with store.writing() as connection:
            connection.execute(text("UPDATE head SET epoch = epoch + 1"))
        caller(lambda: given.extend(outcomes(writer.ask([Author().register()])))).join(20)
        assert given == ["hub.not_writer"]
        eventually(lambda: stopped, what="the writer ends")
        assert stopped == [("hub.not_writer", "writer")]
    assert check_log(store) == 3


def test_a_turn_that_breaks_off_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever flies out of a turn between COMMIT and taking it over: everything is read again before the next."""
    from hub.writer.world import World

    author = Author()
    new = author.register()
    real = World.merge

    def broken(*_: Any) -> None:
        monkeypatch.setattr(World, "merge", real)
        raise SystemExit

    def breaks_off() -> None:
        with pytest.raises(SystemExit):
            writer.ask([author.attempt(dispute_of(new))])

    with running(store) as writer:
        found(writer)
        one(writer, new)
        asleep(writer)
        monkeypatch.setattr(World, "merge", broken)
        caller(breaks_off).join(20)
        assert one(writer, author.attempt(dispute_of(new))).version == 3
    assert check_log(store) == 6


def test_called_means_something_else_first() -> None:
    queue = Queue()
    taken: list[list[Ticket]] = []
    taker = caller(lambda: taken.extend([queue.take(20), queue.take(20)]))
    eventually(lambda: queue._asleep, what="the taker sleeps")
    ticket = Ticket([Author().register()], None)
    assert queue.put(ticket, stand_in=True)
    assert not queue.put(ticket, stand_in=True), "only one stands in"
    assert taken == []
    queue.leave(call=True)
    taker.join(20)
    assert taken == [[], [ticket]]
