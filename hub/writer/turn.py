"""One turn: decides commands in order over a layer of its own and collects what one transaction shall store.

Guarantee: a refusal is an answer, an exception in our code an ``Incident`` of that command alone, and neither leaves
anything of the command in the batch. A later command sees the events of the earlier ones. Order of checks: stored
answer, access, decision.
"""

from __future__ import annotations

import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import structlog

from hub.aggregates.command import Command
from hub.aggregates.decide import Context, Decision, decide, encode_event, other_stream, stream_of
from hub.aggregates.dispute import commands
from hub.contract import Contract, leaf_hash
from hub.policy import Dated
from hub.store import Batch, Delivery, Quarantined, SealedRow
from hub.store.answers import matches
from hub.words import (
    DONE,
    NOTHING,
    REFUSED,
    ZERO_HASH,
    AgencyId,
    Answer,
    Envelope,
    Refusal,
    Stored,
)

from .outcome import FAILED, UNREADABLE, Incident, Outcome
from .queue import Poll
from .world import AgencyHead, Key, Layer, World

log = structlog.get_logger(__name__)

MAX_EVENT: Final = 60_000  # bytes of a stored event
HIDING: Final = frozenset({"dispute.unknown", "access.denied", "command.reused"})  # tell nothing about the dispute

Access = Callable[[Command], Refusal | None]  # None = the system may speak so
Roles = Callable[[AgencyId], tuple[int, Sequence[bytes]] | None]  # custody.roles_of


class Rules(NamedTuple):
    """What every turn is decided with."""

    contract: Contract
    policy: Dated
    city: str  # region code that starts every case number
    access: Access
    roles: Roles | None = None


class Again(Exception):
    """Something in our code failed on a command of a shared turn: decide each by itself, answers looked up first."""


class Turn:
    """One attempt at one transaction. ``shared``: several commands, answers not looked up; then a failure is ``Again``.

    Why: an old repeat (a register command whose dispute is in memory) may well be what our code cannot decide; its
    stored answer comes before everything else.
    """

    def __init__(self, rules: Rules, world: World, now: int, shared: bool = False) -> None:
        self._rules = rules
        self._shared = shared
        self._world = world
        self._now = now
        self._pack = rules.policy.at(now)
        self._series = f"{rules.city}-{self._pack.local_year(now)}"
        self._begin()

    def _begin(self) -> None:
        self.layer = Layer(self._world)
        self.events: list[Stored] = []
        self.answers: list[Answer] = []
        self.deliveries: list[Delivery] = []
        self.sealed: list[SealedRow] = []
        self.quarantine: list[Quarantined] = []
        self.polls: list[Poll] = []
        self._position = self._world.position
        self._context = self._new_context()

    def _new_context(self) -> Context:
        # Over the layer, not over this turn: the turn would be a cycle, and all it made would stay until the collector
        # comes; that was a sixth of the writer's time.
        number = partial(_number, self.layer, self._series)
        accountable = partial(_accountable, self.layer, self._rules.roles)
        return Context(self._now, self.layer.registry, self._pack, number, accountable, self._rules.policy)

    # one command

    def decide_one(
        self, command: Command, stored: Mapping[Key, Answer] | None = None, unreadable: str | None = None
    ) -> Outcome:
        """The outcome of a command. ``stored``: answers looked up; ``unreadable``: incident of its dispute, if any."""
        key = (command.system, command.command_id)
        known = (stored.get(key) if stored else None) or self.layer.answer(key)
        if known is not None:
            return self._again(command, known)
        numbers = self.layer.numbers.copy()
        try:
            denied = self._rules.access(command)
            if denied is not None:
                return self._refuse(command, denied)
            if unreadable is not None:
                return Incident(unreadable, UNREADABLE)
            about = command.dispute or other_stream(command)
            held = None if about is None else self.layer.held(about)
            decided = decide(command, None if held is None else held[0], self._context)
            if isinstance(decided, Decision) and decided.events:
                refusal = self._record(command, decided)
                if refusal is None:
                    return self._answer(command, DONE, decided.stream)
                decided = refusal
        except Exception as error:
            if self._shared:
                raise Again from error
            self._begin()  # this turn has no other command: whatever it left is dropped
            return Incident(incident(error, command), FAILED)
        if isinstance(decided, Refusal):
            self.layer.numbers = numbers
            return self._refuse(command, decided)
        return self._answer(command, NOTHING, decided.stream)

    def _record(self, command: Command, decided: Decision) -> Refusal | None:
        """Encodes the events in their place; the refusal when one is too large. Nothing is kept before all fit."""
        stream, layer = decided.stream, self.layer
        registry = decided.state is None
        if registry:
            version, leaf, _ = layer.agency(stream)
        else:
            held = layer.held(stream)
            version, leaf = (0, ZERO_HASH) if held is None else (held[0].version, held[1])
        rows: list[Stored] = []
        for event in decided.events:
            version += 1
            envelope = Envelope(
                stream, version, leaf, self._now, command.occurred_at,
                command.agency, command.system, command.duty, command.command_id,
            )  # fmt: skip
            topic, body = encode_event(self._rules.contract, envelope, event)
            if len(body) > MAX_EVENT:
                return Refusal("event.too_large", "", f"{len(body)} bytes, at most {MAX_EVENT}")
            leaf = leaf_hash(body)
            rows.append(Stored(self._position + len(rows) + 1, stream, version, topic, body))
        self.events += rows
        self._position += len(rows)
        if registry:
            layer.agencies[stream] = AgencyHead(version, leaf, self._position)
            changes: Any = decided.events
            for change in changes:
                layer.registry = layer.registry.evolve(AgencyId(stream), change)
            self._context = self._new_context()
        else:
            assert decided.state is not None and decided.state.version == version
            layer.made[stream] = (decided.state, leaf)
            if command.sealed:
                self.sealed += [SealedRow(stream, s.party, s.masked, s.salt) for s in command.sealed]
        return None

    # answers

    def _answer(self, command: Command, outcome: str, stream: bytes) -> Answer:
        held = self.layer.held(stream)
        version = held[0].version if held is not None else self.layer.agency(stream).version
        position = self._position if outcome == DONE else 0
        return self._keep(
            command,
            Answer(
                command.system, command.command_id, command.digest, outcome, "", "", "", stream,
                version, position, self._now,
            ),
        )  # fmt: skip

    def _refuse(self, command: Command, refusal: Refusal) -> Answer:
        return self._keep(command, self._refused(command, refusal))

    def _refused(self, command: Command, refusal: Refusal) -> Answer:
        stream = command.dispute
        version = 0
        if refusal.code not in HIDING:
            if not isinstance(command.body, commands.Register):
                stream = stream_of(command)
            if stream is not None:
                held = self.layer.held(stream)
                version = held[0].version if held is not None else self.layer.agency(stream).version
        return Answer(
            command.system, command.command_id, command.digest, REFUSED, *refusal, stream, version, 0, self._now
        )

    def _again(self, command: Command, known: Answer) -> Answer:
        """A repeated id: the stored answer to the same command, a refusal (not stored: the id is taken) to another."""
        if not matches(known, command.digest):
            known = self._refused(command, Refusal("command.reused", "command_id"))
        self._reply(command, known)
        return known

    def _keep(self, command: Command, answer: Answer) -> Answer:
        self.answers.append(answer)
        self.layer.answered[command.system, command.command_id] = answer
        self._reply(command, answer)
        return answer

    def _reply(self, command: Command, answer: Answer) -> None:
        if command.reply:
            contract = self._rules.contract
            body = contract.encode(contract.schema("inbox", "answer"), (answer.command_id, *answer[3:]))
            self.deliveries.append(Delivery(command.system, 0, body))

    # polls of outboxes

    def take_poll(self, poll: Poll, outcomes: Sequence[Outcome]) -> None:
        """A poll whose commands were decided: what failed or was unreadable goes to quarantine and is refused."""
        self.polls.append(poll)
        system, topic = poll.move.outbox, poll.move.topic
        for origin, outcome in zip(poll.origins, outcomes, strict=True):
            if isinstance(outcome, Incident):
                self._unreadable(
                    Quarantined(system, topic, origin.offset, outcome.code, "", outcome.incident, origin.raw)
                )
        for record in poll.quarantine:
            self._unreadable(record)

    def _unreadable(self, record: Quarantined) -> None:
        self.quarantine.append(record)
        contract = self._rules.contract
        values = (record.offset, record.code, record.field, record.detail, self._now)
        body = contract.encode(contract.schema("inbox", "unreadable"), values)
        self.deliveries.append(Delivery(record.system, 0, body))

    # the transaction

    def batch(self) -> Batch | None:
        """What to store; None when there is nothing at all."""
        if not (self.answers or self.deliveries or self.polls):
            return None
        return Batch(
            self.layer.world.position, self._now, self.events, self.answers, self.deliveries,
            [poll.move for poll in self.polls], self.quarantine, list(self.layer.numbers.items()), self.sealed,
        )  # fmt: skip

    def merge(self) -> None:
        """After the commit: the world takes over what this turn made."""
        self.layer.world.merge(self.layer, self._position, self._now)


def _number(layer: Layer, series: str) -> str:
    return f"{series}-{layer.take_number(series):05d}"


def _accountable(layer: Layer, roles: Roles | None, agency: AgencyId) -> bool:
    """Whether a closing agency may still have a role in some dispute.

    The view that knows may lag: it is trusted only from the agency's last event on. From then on (closing) the agency
    gains no role any more, so "none" stays true at every later position.
    """
    found = roles(agency) if roles is not None else None
    return found is None or found[0] < layer.agency(agency).position or bool(found[1])


def incident(error: Exception, command: Command | None = None, **more: str) -> str:
    """Logs a failure of our own under a new id. The exception's message may quote content, so it is left out."""
    ident = uuid.uuid4().hex
    where = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    if command is not None:
        more |= {"system": command.system, "command": command.command_id.hex(), "type": type(command.body).__name__}
    log.error("incident", incident=ident, error=type(error).__name__, where=where[-8:], **more)
    return ident
