"""The one queue of the writer: bounded by commands, first in first out, taken in batches that never wait.

Guarantee: ``put`` never blocks; it raises Busy when ``BOUND`` commands wait. A ticket (what one caller submitted) is
never split. ``take`` returns at once what is there: while one batch commits, the next forms by itself, and a lone
caller never waits for company. At any instant at most one thread is at work: the taker between two ``take``, or, while
it sleeps, one caller that stands in for it.
"""

from __future__ import annotations

import _thread
import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from hub.aggregates.command import Command
from hub.store import Move, Quarantined

from .outcome import Busy, NotWriter, Outcome

log = structlog.get_logger(__name__)

BOUND: Final = 1_024  # commands that may wait
BATCH: Final = 64  # commands of one transaction

Done = Callable[[list[Outcome]], None]


class Origin(NamedTuple):
    """Where a command of an outbox stood, for the quarantine should our code fail on it."""

    offset: int
    raw: bytes


class Poll(NamedTuple):
    """One poll of one outbox: how far it was read, and what could not be read; stored with the commands' answers.

    ``origins`` are parallel to the ticket's commands. Each record of ``quarantine`` also gets its refusal
    (``unreadable``) into the system's inbox. With several polls in one ticket the moves are in order.
    """

    move: Move
    origins: tuple[Origin, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()


class Ticket:
    """What one caller submitted at once. ``loop`` and ``future`` for asyncio callers, ``done`` for all others."""

    __slots__ = ("commands", "done", "future", "loop", "outcomes", "poll")

    def __init__(
        self,
        commands: Sequence[Command],
        done: Done | None,
        poll: Poll | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        future: asyncio.Future[list[Outcome]] | None = None,
    ) -> None:
        if len(commands) > BATCH:
            raise ValueError(f"at most {BATCH} commands at once")
        if poll is not None and len(poll.origins) != len(commands):
            raise ValueError("one origin per command")
        self.commands = commands
        self.done = done
        self.poll = poll
        self.loop = loop
        self.future = future
        self.outcomes: list[Outcome] = []


class Queue:
    """Many callers, one taker."""

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._mutex = _thread.allocate_lock()
        self._wake = _thread.allocate_lock()  # held while the taker sleeps, released to wake it
        self._wake.acquire()
        self._asleep = False  # the taker sleeps and nobody stands in: nothing waits, nobody works
        self._called = False  # the taker is woken for something else than tickets
        self._tickets: deque[Ticket] = deque()
        self._closed = ""
        self.waiting = 0  # commands; a ticket without any counts as one

    def put(self, ticket: Ticket, stand_in: bool = False) -> bool:
        """Adds a ticket. Raises Busy, or NotWriter with the code the queue was closed with.

        ``stand_in``: should nothing wait and nobody work, it is not added and True returned: the caller is then at
        work instead of the taker, until it calls ``leave``.
        """
        size = len(ticket.commands) or 1
        with self._mutex:
            if self._closed:
                raise NotWriter(self._closed)
            if self.waiting + size > self._bound:
                raise Busy
            if self._asleep:
                self._asleep = False
                if stand_in:
                    return True
                self._wake.release()
            self._tickets.append(ticket)
            self.waiting += size
        return False

    def leave(self, call: bool) -> None:
        """Ends standing in. What has come meanwhile wakes the taker; with ``call`` it is woken without tickets."""
        with self._mutex:
            self._called = call
            if call or self._tickets or self._closed:
                self._wake.release()
            else:
                self._asleep = True

    def take(self, timeout: float) -> list[Ticket]:
        """The tickets of the next batch; an empty list after ``timeout`` seconds without any, when woken or called."""
        with self._mutex:
            if self._tickets:
                return self._batch()
            if self._closed:
                return []
            self._asleep = True
        while not self._wake.acquire(timeout=timeout):
            with self._mutex:
                if self._asleep:
                    self._asleep = False
                    break
            # Woken between the time-out and this lock, or somebody stands in: the token is there or will come, and must
            # be taken, or the next sleep would not sleep.
        with self._mutex:
            if self._called:
                self._called = False
                return []
            return self._batch()

    def _batch(self) -> list[Ticket]:
        taken: list[Ticket] = []
        size = 0
        tickets = self._tickets
        while tickets:
            more = len(tickets[0].commands) or 1
            if taken and size + more > BATCH:
                break
            taken.append(tickets.popleft())
            size += more
        self.waiting -= size
        return taken

    def close(self, code: str) -> list[Ticket]:
        """Takes nothing more (``put`` raises NotWriter(code)) and gives back what waited."""
        with self._mutex:
            self._closed = code
            left, self.waiting = list(self._tickets), 0
            self._tickets.clear()
            self._wake_up()
        return left

    def finish(self, code: str) -> None:
        """Takes nothing more; what waits can still be taken."""
        with self._mutex:
            self._closed = code
            self._wake_up()

    def open(self) -> None:
        """Takes tickets again."""
        with self._mutex:
            self._closed = ""

    def _wake_up(self) -> None:
        if self._asleep:
            self._asleep = False
            self._wake.release()


def tell(tickets: Sequence[Ticket]) -> None:
    """Hands out outcomes: one wake-up per event loop, one call per other caller."""
    loops: dict[asyncio.AbstractEventLoop, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.loop is not None:
            loops.setdefault(ticket.loop, []).append(ticket)
        elif ticket.done is not None:
            try:
                ticket.done(ticket.outcomes)
            except Exception as error:
                log.error("writer.callback_failed", error=type(error).__name__)
    for loop, waiting in loops.items():
        try:
            loop.call_soon_threadsafe(_resolve, waiting)
        except RuntimeError:  # the loop was closed while its callers waited
            log.warning("writer.loop_closed", callers=len(waiting))


def _resolve(tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        if ticket.future is not None and not ticket.future.done():
            ticket.future.set_result(ticket.outcomes)
