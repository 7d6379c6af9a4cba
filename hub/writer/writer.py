"""The writer: the one way in. Holds the lease, decides in order, stores in groups, wakes who waits.

Guarantee: an outcome is handed out only after its transaction is durable. One thread decides and writes; callers wait
for it by callback, by lock or by asyncio future and are woken once per batch. A transaction that fails is decided
again, command by command; when the fate of a COMMIT is unknown the stored answers tell it; a fenced writer stops.

A thread that asks while the writer's own sleeps stands in for it: it takes the turn of its ticket itself, which spares
two hand-overs (a fifth of a lone caller's time). The queue lets one thread be at work at a time. What a turn leaves to
be done (an outage to sit out, a lease that is lost) is the writer's own thread's, so that no caller is kept by it.
"""

from __future__ import annotations

import _thread
import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import structlog

from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.contract import Contract
from hub.policy import Dated
from hub.store import Head, LeaseHeld, Store, Unknown

from .clock import Clock
from .hands import Hands, Lost
from .outcome import FAILED, NOT_WRITER, STORE_GONE, Outcome
from .queue import Poll, Queue, Ticket, tell
from .turn import Access, Roles, Rules, incident
from .waiters import Waiters

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
HELD_ELSEWHERE: Final = 20  # attempts; the server ends a dead session within about twelve seconds
CLOSED: Final = "hub.starting"
CHECK_FAILED: Final = "hub.check_failed"
MAIN: Final = threading.main_thread().ident

After = Callable[[], None] | None  # what a turn leaves to be done
Check = Callable[[Head], str]  # before the first acceptance of a lease: "" = ready, else the code of why not


class Writer:
    """One per process. ``start`` takes the lease; after ``stop`` or fencing make a new one."""

    def __init__(
        self,
        store: Store,
        contract: Contract,
        policy: Dated,
        clock: Clock,
        access: Access,
        *,
        city: str,
        roles: Roles | None = None,
        check: Check | None = None,
        on_stop: Callable[[str], None] | None = None,
        cache: int = 200_000,
        patience: float = 5.0,
    ) -> None:
        """``roles``: custody's ``roles_of``. ``check`` runs under each new lease before anything is accepted, again
        every second until it returns "". ``on_stop(code)`` is called when the writer stops by itself. ``cache``:
        disputes and books in memory. ``patience``: seconds a caller may wait for a lost database."""
        rules = Rules(contract, policy, city, access, roles)
        self._hands = Hands(store, rules, clock, cache, patience)
        self._store = store
        self._clock = clock
        self._check = check
        self._on_stop = on_stop
        self._queue = Queue()
        self._queue.finish(CLOSED)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopping = threading.Event()
        self._accepted = threading.Event()
        self._waiters = Waiters(lambda: self.position)
        self._left: After = None  # by a turn that a caller took
        self.problem = CLOSED  # why nothing is accepted; "" = accepting
        self.policy = policy

    # life

    def start(self, take_over: bool = False, wait: float | None = 30.0) -> None:
        """Takes the lease, reads the registry, starts the thread; waits up to ``wait`` seconds until it accepts.

        Raises LeaseHeld (another process writes) or Unknown (no database). When ``check`` is not content in time it
        returns all the same: ``problem`` says why, and acceptance begins as soon as it is.
        """
        self._hands.open(take_over)
        self._thread.start()
        self._accepted.wait(wait)

    def stop(self) -> None:
        """Decides what waits, stops, gives up the lease. Callers from now on get NotWriter."""
        self._queue.finish(NOT_WRITER)
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._hands.close()

    # asking

    def submit(
        self, commands: Sequence[Command], done: Callable[[list[Outcome]], None], poll: Poll | None = None
    ) -> None:
        """Queues commands; ``done`` is called once, in the writer's thread. Raises Busy, NotWriter."""
        self._queue.put(Ticket(commands, done, poll))

    def ask(self, commands: Sequence[Command], poll: Poll | None = None) -> list[Outcome]:
        """Queues commands and waits for their outcomes. Raises Busy, NotWriter."""
        lock = _thread.allocate_lock()
        lock.acquire()
        ticket = Ticket(commands, lambda _: lock.release(), poll)
        # Not the main thread: Ctrl-C could break off its turn anywhere.
        if self._queue.put(ticket, stand_in=_thread.get_ident() != MAIN):
            self._stand_in(ticket)
        lock.acquire()
        return ticket.outcomes

    async def ask_async(self, commands: Sequence[Command]) -> list[Outcome]:
        """The same for a coroutine: its loop is woken once per batch, not once per command."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Outcome]] = loop.create_future()
        self._queue.put(Ticket(commands, None, None, loop, future))
        return await future

    @property
    def waiting(self) -> int:
        """Commands in the queue, of at most ``BOUND``: the steward adds only below half."""
        return self._queue.waiting

    # looking

    @property
    def position(self) -> int:
        """The last committed position."""
        return self._hands.world.position

    @property
    def registry(self) -> Registry:
        """The registry at the last committed position (immutable)."""
        return self._hands.world.registry

    @property
    def cached(self) -> int:
        """Disputes and books in memory."""
        return len(self._hands.world.states)

    @property
    def clock_behind(self) -> int:
        """Microseconds the clock is behind the last ``recorded_at``; above 5 min: not ready."""
        return self._hands.behind

    def wait_beyond(self, position: int, timeout: float) -> int:
        """Waits until the committed position is beyond ``position``, at most ``timeout`` seconds; the position then.

        A writer that has stopped lets nobody wait."""
        return self._waiters.wait(position, timeout)

    # the thread

    def _run(self) -> None:
        code = NOT_WRITER
        try:
            self._beat()
            self._accept()
            beat = time.monotonic() + BEAT_SECONDS
            while True:
                tickets = self._queue.take(BEAT_SECONDS)
                if tickets:
                    self._left = self._turn(tickets)
                if self._left is not None:
                    left, self._left = self._left, None
                    left()
                elif not tickets and self._stopping.is_set():
                    break
                if time.monotonic() >= beat:
                    self._beat()
                    beat = time.monotonic() + BEAT_SECONDS
            self._beat()
        except Lost as lost:
            log.error("writer.stopped", code=lost.code)
            code = lost.code
        except Exception as error:
            incident(error, alarm="writer.broken")
        finally:
            self.problem = code
            self._fail(self._queue.close(NOT_WRITER), NOT_WRITER)
            self._hands.close()
            self._waiters.end()
            if not self._stopping.is_set() and self._on_stop is not None:
                self._on_stop(code)

    def _accept(self) -> None:
        """Opens the queue once ``check`` is content with the lease; until then nothing is accepted."""
        while not self._stopping.is_set():
            problem = self._checked()
            if problem == "":
                self.problem = ""
                self._queue.open()
                self._accepted.set()
                return
            if problem != self.problem:
                log.warning("writer.not_ready", code=problem)
            self.problem = problem
            self._queue.finish(problem)
            self._stopping.wait(RETRY_SECONDS)
            self._beat()

    def _checked(self) -> str:
        if self._check is None:
            return ""
        try:
            return self._check(self._hands.head)
        except Exception as error:
            incident(error, alarm="writer.check_failed")
            return CHECK_FAILED

    def _stand_in(self, ticket: Ticket) -> None:
        """In the caller's thread, while the writer's own sleeps."""
        self._left = self._renew  # should something break out of the turn
        try:
            self._left = self._turn([ticket])
        finally:
            self._queue.leave(call=self._left is not None)

    def _turn(self, tickets: list[Ticket]) -> After:
        """Gives every ticket its outcomes; what is left to be done by the writer's own thread."""
        before = self.position
        try:
            gone = self._hands.handle(tickets)
        except Lost as lost:
            tell([t for t in tickets if len(t.outcomes) == len(t.commands)])
            self._fail([t for t in tickets if len(t.outcomes) < len(t.commands)], NOT_WRITER)
            return partial(_end, lost)
        except Exception as error:
            # A mistake of ours outside the decision of one command. What is in memory cannot be trusted any more.
            incident(error, alarm="writer.turn_failed")
            self._fail(tickets, FAILED)
            return self._renew
        if self.position > before:
            self._waiters.wake()
        tell(tickets)
        return self._outage if gone else None

    def _beat(self) -> None:
        """A sign of life. Found dead, the connection is made anew; callers notice only when that takes too long."""
        try:
            self._hands.beat()
        except Unknown:
            self._renew()

    def _renew(self) -> None:
        """A new connection and lease, everything read again."""
        try:
            self._hands.recover()
        except Unknown:
            if not self._stopping.is_set():
                self._outage()

    def _outage(self) -> None:
        """No database: refuse at once what comes, until there is one again and ``check`` is content."""
        self.problem = STORE_GONE
        self._accepted.clear()
        self._fail(self._queue.close(STORE_GONE), STORE_GONE)
        log.error("writer.store_gone")
        held = 0
        while not self._stopping.is_set():
            try:
                self._hands.reopen()
            except LeaseHeld:
                # At first perhaps our own dead session, which the server has not noticed yet.
                held += 1
                if held > HELD_ELSEWHERE:
                    raise Lost(NOT_WRITER) from None
            except Unknown:
                pass
            else:
                break
            self._stopping.wait(RETRY_SECONDS)
        else:
            return
        log.info("writer.store_back", position=self.position)
        self._accept()

    def _fail(self, tickets: Sequence[Ticket], code: str) -> None:
        for ticket in tickets:
            self._hands.give_up(ticket, code)
        tell(tickets)


def _end(lost: Lost) -> None:
    raise lost
