"""The one queue of the writer: bounded by commands, first in first out, taken in batches that never wait.

Guarantee: ``put`` never blocks; it raises Busy when ``BOUND`` commands wait. A ticket (what one caller submitted) is
never split. ``take`` returns at once what is there: while one batch commits, the next forms by itself, and a lone
caller never waits for company.
"""

from __future__ import annotations

import _thread
import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from hub.aggregates.command import Command
from hub.store import Move, Quarantined

from .outcome import Busy, NotWriter, Outcome

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
        self._asleep = False
        self._tickets: deque[Ticket] = deque()
        self._closed = ""
        self.waiting = 0  # commands; a ticket without any counts as one

    def put(self, ticket: Ticket) -> None:
        """Adds a ticket. Raises Busy, or NotWriter with the code the queue was closed with."""
        size = len(ticket.commands) or 1
        with self._mutex:
            if self._closed:
                raise NotWriter(self._closed)
            if self.waiting + size > self._bound:
                raise Busy
            self._tickets.append(ticket)
            self.waiting += size
            if self._asleep:
                self._asleep = False
                self._wake.release()

    def take(self, timeout: float) -> list[Ticket]:
        """The tickets of the next batch; an empty list after ``timeout`` seconds without any, or when woken."""
        with self._mutex:
            if self._tickets:
                return self._batch()
            if self._closed:
                return []
            self._asleep = True
        if not self._wake.acquire(timeout=timeout):
            with self._mutex:
                if self._asleep:
                    self._asleep = False
                else:
                    # Woken between the time-out and this lock: take the token too, or the next sleep would not sleep.
                    self._wake.acquire()
        with self._mutex:
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
