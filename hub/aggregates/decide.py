"""The one entry for the writer: which stream a command is about, what it makes of it, and events to and from bytes."""

from __future__ import annotations

from typing import Any, NamedTuple

from hub.contract import Contract
from hub.words import EARLIEST, HOUR, SECOND, AgencyId, DisputeId, Envelope, Refusal, agency_id, dispute_id

from .agency import names
from .agency.decide import decide as decide_agency
from .command import Command
from .dispute import commands, events
from .dispute.decide import decide as decide_dispute
from .dispute.state import Dispute
from .dispute.state import evolve as evolve_dispute
from .dispute.turn import Context

AHEAD = 5 * 60 * SECOND  # how far a sender's clock may be ahead of the hub's

Event = events.Event | names.Event


class Decision(NamedTuple):
    """What a command makes: new events of one stream (none = nothing to do); for a dispute its state after them."""

    stream: bytes
    events: tuple[Event, ...]
    state: Dispute | None = None


def is_agency_command(command: Command) -> bool:
    """Whether the command is about an agency (registry) rather than a dispute."""
    return type(command.body) in names.COMMAND_TYPES


def stream_of(command: Command) -> bytes | None:
    """The stream a command is about; None when a dispute command names none."""
    body: Any = command.body
    if isinstance(body, commands.Register):
        return dispute_id(command.system, command.command_id)
    if isinstance(body, names.RegisterAgency):
        return agency_id(body.code)
    if is_agency_command(command):
        return bytes(body.subject)
    return command.dispute


def decide(command: Command, state: Dispute | None, context: Context) -> Decision | Refusal:
    """The decision on one command. Pure; the checks of access and of stored answers are the writer's, before this."""
    bad = _times(command, context.now)
    if bad is not None:
        return bad
    stream = stream_of(command)
    if stream is None:
        return Refusal("field.missing", "dispute")
    if is_agency_command(command):
        body: Any = command.body
        decided = decide_agency(body, command.agency, context.registry, context.accountable)
        return decided if isinstance(decided, Refusal) else Decision(*decided)
    result = decide_dispute(command, DisputeId(stream), state, context)
    return result if isinstance(result, Refusal) else Decision(stream, *result)


def _times(command: Command, now: int) -> Refusal | None:
    found = _time("occurred_at", command.occurred_at, now)
    if found is None and type(command.body) is commands.Attempt:
        found = _time("at", command.body.at, now)
    return found


def _time(field: str, instant: int, now: int) -> Refusal | None:
    if instant > now + AHEAD:
        return Refusal("time.future", field, "more than five minutes ahead of the hub's clock")
    if instant < EARLIEST:
        return Refusal("time.too_early", field, "before 1949-10-01")
    return None


def evolve(state: Dispute | None, event: events.Event, stream: bytes) -> Dispute:
    """The dispute's state after one more event."""
    return evolve_dispute(state, event, DisputeId(stream))


def encode_event(contract: Contract, envelope: Envelope, event: Event) -> tuple[str, bytes]:
    """(type name, stored bytes) of an event in its place."""
    if isinstance(event, events.Event):
        name = events.TYPES[type(event.body)]
        return name, contract.encode(contract.schema("event", name), (*envelope, *event.custody, *event.body))
    name = names.EVENT_TYPES[type(event)]
    return name, contract.encode(contract.schema("event", name), (*envelope, *event))


class Interner:
    """One object per agency id and per due time at the end of a day, shared by thousands of states. Caches no state."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._hours: dict[int, int] = {}

    def __call__(self, raw: bytes) -> AgencyId:
        return AgencyId(self._known.setdefault(raw, raw))

    def value(self, value: Any) -> Any:
        """The shared object of an instant on the full hour, where most limits end; anything else as it is."""
        return value if type(value) is not int or value % HOUR else self._hours.setdefault(value, value)


HEAD = len(Envelope._fields)
CUSTODY = HEAD + len(events.Custody._fields)


def restore(contract: Contract, stored: bytes, intern: Interner) -> tuple[Envelope, Event]:
    """The event in stored bytes. Unreadable when they are not an event's."""
    schema, values = contract.upcast(*contract.decode(stored))
    envelope = Envelope(*values[:HEAD])
    agency = names.EVENTS.get(schema.name)
    if agency is not None:
        return envelope, _agency_event(agency, values[HEAD:])
    cls: Any = events.CLASSES[schema.name]
    custody = events.Custody(intern(values[HEAD]), intern.value(values[HEAD + 1]), *values[HEAD + 2 : CUSTODY])
    own = tuple(map(intern.value, values[CUSTODY:]))
    if cls is events.Registered:
        own = (*own[:-1], tuple(events.Party(*p) for p in own[-1]))
    elif cls is events.LadderStood:
        own = (*own[:12], tuple(events.Tries(*t) for t in own[12]), *own[13:])
    elif cls is events.Offered or cls is events.Assigned:
        body = cls(*own)
        return envelope, events.Event(
            custody, body._replace(sender=intern(body.sender), receiver=intern(body.receiver))
        )
    return envelope, events.Event(custody, cls(*own))


def _agency_event(cls: Any, values: tuple[Any, ...]) -> names.Event:
    event: names.Event = cls(*values)
    return event


__all__ = [
    "Command", "Context", "Decision", "Dispute", "Event", "Interner", "decide", "encode_event", "evolve",
    "is_agency_command", "restore", "stream_of",
]  # fmt: skip
