"""The one entry for the writer: which stream a command is about, what it makes of it, and events to and from bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from hub.contract import Contract
from hub.words import (
    EARLIEST,
    HOUR,
    POLICY_STREAM,
    SECOND,
    AgencyId,
    DisputeId,
    Envelope,
    Refusal,
    Stored,
    agency_id,
    dispute_id,
    screening_id,
)

from . import loading
from .agency import names
from .agency.decide import decide as decide_agency
from .agency.registry import Registry
from .command import Command
from .dispute import commands, events
from .dispute.decide import decide as decide_dispute
from .dispute.state import Dispute
from .dispute.state import evolve as evolve_dispute
from .dispute.turn import Context
from .screening import names as screening
from .screening.decide import decide as decide_book
from .screening.decide import subject_of
from .screening.state import Book
from .screening.state import evolve as evolve_book

AHEAD = 5 * 60 * SECOND  # how far a sender's clock may be ahead of the hub's

Event = events.Event | names.Event | screening.Event | loading.Loaded
State = Dispute | Book | loading.InForce  # of a stream; the registry's streams are one state together


class Decision(NamedTuple):
    """What a command makes: new events of one stream (none = nothing to do) and its state after them.

    No state: the registry's.
    """

    stream: bytes
    events: tuple[Event, ...]
    state: State | None = None


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
    return command.dispute if command.dispute is not None else other_stream(command)


def other_stream(command: Command) -> bytes | None:
    """The stream of the book (排查台账) or of the rules a command is about; None for one about anything else."""
    kind = type(command.body)
    if kind in screening.COMMAND_TYPES:
        return screening_id(AgencyId(subject_of(command)))
    return POLICY_STREAM if kind is loading.LoadPolicy else None


def decide(command: Command, state: State | None, context: Context) -> Decision | Refusal:
    """The decision on one command. Pure; the checks of access and of stored answers are the writer's, before this.

    ``state``: of the command's stream, as far as it has one. A dispute's command that names another kind of stream is
    refused like one that names nothing.
    """
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
    if type(command.body) in screening.COMMAND_TYPES:
        book = decide_book(command, state if type(state) is Book else None, context)
        return book if isinstance(book, Refusal) else Decision(stream, *book)
    if type(command.body) is loading.LoadPolicy:
        known = state if type(state) is loading.InForce else None
        loaded = loading.decide(command.body, command.agency, known)
        return loaded if isinstance(loaded, Refusal) else Decision(stream, *loaded)
    result = decide_dispute(command, DisputeId(stream), state if type(state) is Dispute else None, context)
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


def fold(history: Iterable[Event], stream: bytes) -> State:
    """The state of a stream after its events, oldest first: the first says what kind it is. TypeError for a mixture."""
    state: Any = None
    for event in history:
        state = evolve(state, event, stream) if type(event) is events.Event else _evolve_other(state, event)
    if state is None:
        raise TypeError("no events")
    found: State = state
    return found


def _evolve_other(state: Any, event: Any) -> Book | loading.InForce:
    kind = type(event)
    if kind in screening.EVENT_TYPES and (state is None or type(state) is Book):
        return evolve_book(state, event)
    if kind is loading.Loaded and (state is None or type(state) is loading.InForce):
        return loading.evolve(state, event)
    raise TypeError(f"not an event of this stream: {kind.__name__}")


def encode_event(contract: Contract, envelope: Envelope, event: Event) -> tuple[str, bytes]:
    """(type name, stored bytes) of an event in its place."""
    if isinstance(event, events.Event):
        name = events.TYPES[type(event.body)]
        return name, contract.encode(contract.schema("event", name), (*envelope, *event.custody, *event.body))
    plain: Any = event
    name = PLAIN_TYPES[type(plain)]
    return name, contract.encode(contract.schema("event", name), (*envelope, *plain))


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


PLAIN: dict[str, type[Any]] = {**names.EVENTS, **screening.EVENTS, **loading.EVENTS}  # events without custody
PLAIN_TYPES = {cls: name for name, cls in PLAIN.items()}
HEAD = len(Envelope._fields)
CUSTODY = HEAD + len(events.Custody._fields)


def restore(contract: Contract, stored: bytes, intern: Interner) -> tuple[Envelope, Event]:
    """The event in stored bytes. Unreadable when they are not an event's."""
    schema, values = contract.upcast(*contract.decode(stored))
    envelope = Envelope(*values[:HEAD])
    plain = PLAIN.get(schema.name)
    if plain is not None:
        found: Event = plain(*values[HEAD:])
        return envelope, found
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


def restore_agency(contract: Contract, stored: bytes, intern: Interner) -> tuple[Envelope, names.Event]:
    """The same of an event of the registry. TypeError for another event."""
    envelope, event = restore(contract, stored, intern)
    if not isinstance(event, names.Event):
        raise TypeError(f"not an event of the registry: {type(event).__name__}")
    return envelope, event


def enrolled(registry: Registry, contract: Contract, rows: Iterable[Stored], intern: Interner) -> Registry:
    """The registry after some more of its stored events, in their order. TypeError for another event."""
    for row in rows:
        registry = registry.evolve(AgencyId(row.stream), restore_agency(contract, row.body, intern)[1])
    return registry


__all__ = [
    "Book", "Command", "Context", "Decision", "Dispute", "Event", "Interner", "State", "decide", "encode_event",
    "enrolled", "evolve", "fold", "is_agency_command", "other_stream", "restore", "restore_agency", "stream_of",
]  # fmt: skip
