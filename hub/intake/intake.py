"""The intake (收件): what agency systems put into their outboxes becomes commands for the writer.

Guarantees: each record takes effect once, however often it is read: its answer, its refusal and the outbox's offset are
stored in one transaction of the writer, the offset by compare-and-set on (topic id, offset). The topic says who speaks.
What cannot be read is quarantined and answered in the sender's inbox (``unreadable``: offset, code, field), exactly
once, and stops nothing. At most 64 records per outbox and turn: a flood starves nobody. With the writer's queue full
nothing is polled.

``caught_up_at`` says per system up to which instant its outbox is known to have been read to its end: a limit of its
agencies may lapse only at or before that instant.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

import structlog

from hub.aggregates.command import Command
from hub.contract import Contract
from hub.log.access import Access
from hub.log.outboxes import Outboxes
from hub.log.port import LogUnavailable, Problem, where
from hub.log.topics import fits
from hub.words import HUB_SYSTEM
from hub.writer import Busy, Clock, NotWriter, Outcome, Poll

from .reading import TURN, Ticket, make_ticket

DEPTH: Final = 4  # tickets of one outbox on their way: reading goes on while the writer commits
POLL_SECONDS: Final = 0.2
WATCH_SECONDS: Final = 3.0  # new systems, replaced topics
CATCH_UP_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class _Writer(Protocol):
    def submit(
        self, commands: Sequence[Command], done: Callable[[list[Outcome]], None], poll: Poll | None = None
    ) -> None: ...


class _Store(Protocol):
    def offset(self, outbox: str) -> tuple[str, int]: ...


class Intake:
    """Reads the outboxes of ``systems()``; runs in the lease holder's process only.

    ``on_stored`` is called after each stored turn (the relay's wake-up: answers wait in inboxes).
    """

    def __init__(
        self,
        writer: _Writer,
        store: _Store,
        contract: Contract,
        access: Access,
        clock: Clock,
        systems: Callable[[], Iterable[str]],
        on_stored: Callable[[], None] = lambda: None,
    ) -> None:
        self._writer = writer
        self._store = store
        self._contract = contract
        self._clock = clock
        self._systems = systems
        self._on_stored = on_stored
        self._boxes = Outboxes(access)
        self._ends: dict[str, tuple[str, int]] = {}  # (topic id, offset) behind the last ticket
        self._pending: dict[str, deque[Ticket]] = {}
        self._again: set[str] = set()  # outboxes whose stored offset has to be looked up
        self._caught_up: dict[str, int] = {system: 0 for system in self._known()}
        self._poison: dict[str, set[int]] = {}  # offsets of commands that cannot be stored
        self._finished = threading.Event()
        self._changed = threading.Condition()
        self._asked = 0  # barriers so far
        self._seen = 0
        self._proved: dict[str, int] = {}  # per system the newest barrier its outbox has passed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._watched = 0.0
        self._looked = 0.0
        self.problem: Problem | None = None

    # -- for others ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin reading in a thread of its own."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the present turn; what was read but not stored is read again by the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def caught_up_at(self) -> dict[str, int]:
        """Per system with an outbox: the instant at which it was read to its end and stored; 0 = not yet known."""
        return dict(self._caught_up)

    def barrier(self, timeout: float) -> bool:
        """True once every outbox has been read to the end it has now, and stored; False after ``timeout`` seconds."""
        with self._changed:
            # A number, not an instant: a simulated clock stands still while systems go on writing.
            self._asked += 1
            mine = self._asked
            self._watched = 0.0  # systems and topics made a moment ago count too
            return self._changed.wait_for(lambda: self._passed(mine), timeout)

    # -- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._settle()
                self._watch()
                self._fetch()
                self._make_sure()
                self._turn()
                self._catch_up()
                self.problem = None
            except LogUnavailable as why:
                if self.problem is None or self.problem.code != why.problem.code:
                    log.error("intake.problem", code=why.problem.code, detail=why.problem.detail)
                self.problem = why.problem
                self._stopping.wait(1.0)
            except Exception as why:
                # The store is away, or we are wrong: the outboxes keep everything.
                log.error("intake.failed", error=type(why).__name__, where=where(why))
                self._again.update(self._boxes.systems)
                self._stopping.wait(1.0)
        self._boxes.close()

    def _fetch(self) -> None:
        if not self._boxes.poll(0.02 if self._barrier_waits() else POLL_SECONDS):
            return
        if not any(self._room(system) for system in self._boxes.waiting()):
            self._finished.wait(0.1)  # every outbox that has something has its tickets with the writer
            self._finished.clear()

    def _turn(self) -> None:
        """One ticket per outbox that has something."""
        for system in self._boxes.waiting():
            if not self._room(system):
                continue
            records = self._boxes.take(system, TURN)
            topic = self._boxes.topic_id(system).hex()
            poison = self._poison.get(system, set())
            ticket = make_ticket(self._contract, system, records, self._ends[system], topic, poison, self._ticket_done)
            if self._submit(ticket):
                self._pending.setdefault(system, deque()).append(ticket)
                self._ends[system] = ticket.end
            else:
                self._again.add(system)

    def _room(self, system: str) -> bool:
        return system not in self._again and len(self._pending.get(system, ())) < DEPTH

    def _ticket_done(self) -> None:
        self._finished.set()
        self._on_stored()

    def _submit(self, ticket: Ticket) -> bool:
        """Hand a ticket over; with the queue full, wait here and poll nothing. False when this is no writer now."""
        while not self._stopping.is_set():
            try:
                self._writer.submit(ticket.commands, ticket.done, ticket.poll)
                return True
            except Busy:
                self._stopping.wait(0.02)
            except NotWriter:
                self._stopping.wait(0.5)
                return False
        return False

    def _settle(self) -> None:
        """Take note of finished tickets, in their order; begin again where one was not stored."""
        for system, tickets in self._pending.items():
            while tickets and tickets[0].finished.is_set():
                ticket = tickets.popleft()
                if ticket.surely_stored or self._store.offset(system) == ticket.end:
                    self._poison.pop(system, None)
                    continue
                log.warning("intake.not_stored", system=system, offset=ticket.poll.move.old_offset)
                if ticket.poison is not None:
                    self._poison.setdefault(system, set()).add(ticket.poison)
                self._again.add(system)
        # Not before the last of its tickets is decided: one of them might still move the offset.
        ready = [system for system in self._again if not self._pending.get(system)]
        self._begin_again([system for system in ready if system in self._boxes.systems])
        self._again.difference_update(ready)

    # -- where reading stands --------------------------------------------------------------------------------------

    def _known(self) -> list[str]:
        return sorted(system for system in self._systems() if system != HUB_SYSTEM and fits(system))

    def _watch(self) -> None:
        """Every few seconds: new systems, systems that are no more, topics that were replaced."""
        now = time.monotonic()
        if self._watched and now - self._watched < WATCH_SECONDS:
            return
        self._watched = now
        self._seen = self._asked  # barriers called from now on need another look at what systems there are
        known = self._known()
        ids = self._boxes.ids(known)
        reading = self._boxes.systems
        for system in reading:
            if system not in ids:
                self._boxes.drop(system)
        self._begin_again([s for s in ids if s not in reading or self._boxes.topic_id(s) != ids[s]], ids)
        with self._changed:
            self._caught_up = {system: self._caught_up.get(system, 0) for system in ids}

    def _make_sure(self) -> None:
        """The broker does not know an outbox's next offset: is it another topic, or one that lost records?"""
        unsure = sorted(self._boxes.unsure)
        if not unsure:
            return
        ids = self._boxes.ids(unsure)
        for system in unsure:
            if system not in ids:
                self._boxes.drop(system)
            elif ids[system] != self._boxes.topic_id(system):
                self._begin_again([system], ids)
            else:
                self._boxes.start_at_oldest(system)

    def _begin_again(self, systems: Iterable[str], ids: dict[str, bytes] | None = None) -> None:
        """Read these outboxes from the stored offset; from 0 when the topic is another one than then."""
        for system in systems:
            topic_id = ids[system] if ids is not None else self._boxes.topic_id(system)
            stored_topic, stored_offset = self._ends[system] = self._store.offset(system)
            if stored_topic and stored_topic != topic_id.hex():
                log.warning("intake.topic_replaced", system=system, was_at=stored_offset)
            self._boxes.start(system, topic_id, stored_offset if stored_topic == topic_id.hex() else 0)

    def _all_stored(self, system: str) -> bool:
        return system not in self._again and all(t.surely_stored for t in self._pending.get(system, ()))

    def _barrier_waits(self) -> bool:
        return not self._passed(self._asked)

    def _passed(self, barrier: int) -> bool:
        return all(self._proved.get(system, 0) >= barrier for system in self._caught_up)

    def _catch_up(self) -> None:
        """Once a second (at once for a barrier): which outboxes held nothing more at an instant taken before asking?"""
        if not self._barrier_waits() and time.monotonic() - self._looked < CATCH_UP_SECONDS:
            return
        instant, barrier = self._clock.now(), self._seen
        at_end = self._boxes.at_end()
        with self._changed:
            for system, done in at_end.items():
                if done and system in self._caught_up and self._all_stored(system):
                    self._caught_up[system] = max(instant, self._caught_up[system])
                    self._proved[system] = barrier
            self._looked = time.monotonic()
            self._changed.notify_all()


def systems_of(store: Any) -> list[str]:
    """The active systems of the credentials table, whoever asks: relay, intake, access rules."""
    return [name for name, row in store.credentials.systems().items() if row.disabled_at is None]
