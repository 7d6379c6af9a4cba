"""What the writer does with a batch of tickets, on the connection that holds the lease.

Guarantee: after ``handle`` every ticket has an outcome per command. Three ways lead there: the batch is stored as a
whole; it conflicts (nothing was stored) and each command is decided again in a transaction of its own; the fate of its
COMMIT is unknown, then a new connection and lease, the stored answers, and a decision only on what has none.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from hub.aggregates.command import Command
from hub.aggregates.decide import other_stream
from hub.store import Conflict, Fenced, Head, Lease, LeaseHeld, Store, Unknown
from hub.words import SECOND, Answer

from .clock import Clock
from .outcome import NOT_WRITER, OUTBOX_MOVED, STORE_FAILED, STORE_GONE, Incident
from .queue import Ticket
from .turn import Again, Rules, Turn, incident
from .world import Key, World

log = structlog.get_logger(__name__)

WARN_BEHIND: Final = 2 * SECOND
PAUSE: Final = 0.05  # seconds between attempts to reach a lost database, doubling to half a second

Known = Mapping[Key, Answer]


class Lost(Exception):
    """The lease is lost for good: another holder writes, or the store is behind what was acknowledged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Hands:
    """The writer's thread at work. Not thread-safe."""

    def __init__(self, store: Store, rules: Rules, clock: Clock, capacity: int, patience: float) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._patience = patience
        self._lease: Lease | None = None
        self._warned = False
        self.world = World(rules.contract, capacity)

    # the lease

    @property
    def head(self) -> Head:
        """The head row under the present lease."""
        return self._held.head

    @property
    def _held(self) -> Lease:
        if self._lease is None:
            raise Unknown("no connection")
        return self._lease

    def open(self, take_over: bool = False) -> None:
        """Takes the lease and reads what it starts with. Raises LeaseHeld, Unknown."""
        lease = self._store.acquire(self._clock.now(), take_over)
        try:
            self.world.reload(lease)
        except BaseException:
            self._store.release()
            raise
        self._lease = lease

    def reopen(self) -> None:
        """A new connection and lease after the old one was lost. Raises LeaseHeld, Unknown, Lost.

        Lost: the store ends before what was acknowledged, a lagging standby or a restored copy; accepting on it would
        give acknowledged positions to other events.
        """
        acknowledged = self.world.position
        self.close()
        self.open()
        if self.world.position < acknowledged:
            self.close()
            raise Lost("store.behind")

    def close(self) -> None:
        """Gives up lease and connection."""
        self._lease = None
        self._store.release()

    def beat(self) -> None:
        """Notes that the command side is alive. Raises Unknown; Lost when another holder has taken over."""
        try:
            self._held.beat(max(self._clock.now(), self.world.recorded_at))
        except Fenced:
            raise Lost(NOT_WRITER) from None

    def _now(self) -> int:
        """The instant to record: never below the last one."""
        now, last = self._clock.now(), self.world.recorded_at
        if now < last or self._warned:
            late = last - now > WARN_BEHIND
            if late and not self._warned:
                log.warning("clock.behind", seconds=(last - now) / SECOND)
            self._warned = late
        return max(now, last)

    @property
    def behind(self) -> int:
        """Microseconds by which the clock is behind the last recorded instant, 0 when it is not."""
        return max(0, self.world.recorded_at - self._clock.now())

    # tickets

    def handle(self, tickets: Sequence[Ticket]) -> bool:
        """Gives every ticket its outcomes. True when the database is gone (what had no answer got an incident).

        Raises Lost when fenced; tickets that were not decided are then left without outcomes.
        """
        try:
            try:
                self._together(tickets)
            except (Again, Conflict):
                self._apart(tickets)
            except Unknown as fate:
                log.warning("store.fate_unknown", error=str(fate))
                self.recover()
                self._apart(tickets)
        except Fenced:
            raise Lost(NOT_WRITER) from None
        except Unknown:
            for ticket in tickets:
                self.give_up(ticket, STORE_GONE)
            return True
        return False

    def give_up(self, ticket: Ticket, code: str) -> None:
        """Gives incidents to the commands of a ticket that have no outcome yet."""
        missing = len(ticket.commands) - len(ticket.outcomes)
        if missing:
            ident = uuid.uuid4().hex
            log.error("incident", incident=ident, code=code, commands=missing)
            ticket.outcomes += [Incident(ident, code)] * missing

    def _together(self, tickets: Sequence[Ticket]) -> None:
        """The usual way: one turn, one transaction."""
        turn = Turn(self._rules, self.world, self._now(), shared=True)
        self._load([c for t in tickets for c in t.commands], turn, shared=True)
        outcomes = []
        for ticket in tickets:
            found = [turn.decide_one(c) for c in ticket.commands]
            if ticket.poll is not None:
                turn.take_poll(ticket.poll, found)
            outcomes.append(found)
        self._store_turn(turn)
        for ticket, found in zip(tickets, outcomes, strict=True):
            ticket.outcomes = found

    def _apart(self, tickets: Sequence[Ticket]) -> None:
        """The careful way: answers looked up first, then one transaction per command.

        A poll's offset moves with its last command: were the process to end before, the outbox is read again from
        the old offset and the commands already stored are answered from their answers.
        """
        keys = [(c.system, c.command_id) for t in tickets for c in t.commands]
        stored = self._held.answers(keys) if keys else {}
        for ticket in tickets:
            ticket.outcomes = []
            commands = list(ticket.commands)
            for i, command in enumerate(commands or [None]):
                last = i >= len(commands) - 1
                self._alone(ticket, command, last, stored)

    def _alone(self, ticket: Ticket, command: Command | None, last: bool, stored: Known) -> None:
        for attempt in (1, 2):
            outcomes = list(ticket.outcomes)
            try:
                turn = Turn(self._rules, self.world, self._now())
                if command is not None:
                    unreadable = self._load([command], turn)
                    outcomes.append(
                        turn.decide_one(command, stored, unreadable.get(command.dispute or other_stream(command)))
                    )
                if last and ticket.poll is not None:
                    turn.take_poll(ticket.poll, outcomes)
                self._store_turn(turn)
            except Conflict as conflict:
                outbox = conflict.what == "outbox"
                ident = incident(conflict, command, what=conflict.what)
                self._undecided(ticket, command, Incident(ident, OUTBOX_MOVED if outbox else STORE_FAILED))
            except Unknown as fate:
                log.warning("store.fate_unknown", error=str(fate))
                self.recover()
                if attempt == 1:
                    if command is not None:
                        stored = self._held.answers([(command.system, command.command_id)])
                    continue
                ident = incident(fate, command)
                self._undecided(ticket, command, Incident(ident, STORE_FAILED))
            else:
                ticket.outcomes = outcomes
            return

    def _undecided(self, ticket: Ticket, command: Command | None, what: Incident) -> None:
        if command is not None:
            ticket.outcomes.append(what)

    def _store_turn(self, turn: Turn) -> None:
        batch = turn.batch()
        if batch is None:
            return
        try:
            self._held.append(batch)
        except (Conflict, Fenced, Unknown):
            raise
        except Exception as error:  # our own packing failed: nothing was sent
            raise Conflict(type(error).__name__) from error
        turn.merge()

    def _load(self, commands: Sequence[Command], turn: Turn, shared: bool = False) -> dict[bytes | None, str]:
        """Reads all streams that are not in memory with one query; incidents of those that cannot be folded.

        An agency's id is no dispute's: a command that names one is refused as unknown, its stream is not folded. In a
        shared turn an unreadable dispute raises Again.
        """
        agencies = self.world.registry.agencies
        named = {stream for c in commands if (stream := c.dispute or other_stream(c)) is not None}
        missing = [stream for stream in turn.layer.need(named) if stream not in agencies]
        unreadable: dict[bytes | None, str] = {}
        if not missing:
            return unreadable
        for stream, bodies in self._held.load(missing).items():
            try:
                turn.layer.seen[stream] = self.world.fold(stream, bodies)
            except Exception as error:
                if shared:
                    raise Again from error
                unreadable[stream] = incident(error, alarm="dispute.unreadable", stream=stream.hex())
        return unreadable

    def recover(self) -> None:
        """A new connection and lease within the patience. Raises Unknown without one, Lost when another has it."""
        end = time.monotonic() + self._patience
        pause = PAUSE
        while True:
            try:
                self.reopen()
                return
            except LeaseHeld:
                # Our own dead session may hold the lock until the server notices; another holder keeps it.
                if time.monotonic() > end:
                    raise Lost(NOT_WRITER) from None
            except Unknown:
                if time.monotonic() > end:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, 0.5)
