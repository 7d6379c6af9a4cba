"""What a document is made from: the events of one dispute up to its own, and the agencies as they were then.

Guarantee: what happened after the document's event changes nothing in it, neither a later event of the dispute nor an
agency's later name. Names of parties come from beside the log, masked, and only where the caller may see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.decide import Interner, enrolled, restore
from hub.aggregates.dispute import events
from hub.contract import Contract, leaf_hash
from hub.words import ASSIGNMENT, ZERO_HASH, AgencyId, Envelope, Stored

Fields = Mapping[str, Any]


class Entry(NamedTuple):
    """One event of a dispute: its place in the log and in the dispute, its type, all its fields by name."""

    position: int
    version: int
    topic: str
    fields: Fields


class Happened(Protocol):
    """What is needed of an event that was read elsewhere."""

    @property
    def position(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def fields(self) -> Fields: ...


class Source(Protocol):
    """What is needed of a store."""

    def events(self, streams: Sequence[bytes]) -> list[Stored]: ...


class Record(NamedTuple):
    """A dispute up to and with one event, the event a document is about.

    ``masked``: what the caller may see of each party, None where nothing was given, may be seen, or is left.
    """

    entries: Sequence[Happened]
    registry: Registry
    masked: Mapping[int, str | None]

    @property
    def event(self) -> Happened:
        """The event the document is about."""
        return self.entries[-1]

    @property
    def fields(self) -> Fields:
        """Its fields."""
        return self.event.fields

    @property
    def first(self) -> Fields:
        """The registration."""
        return self.entries[0].fields

    @property
    def leg(self) -> Fields:
        """The referral the event is about; empty for none."""
        return leg_of(self.entries)

    def agency(self, ident: bytes | None) -> Agency | None:
        """An agency as it was then."""
        return self.registry.agency(AgencyId(ident)) if ident else None

    def name(self, ident: bytes | None) -> str | None:
        """Its registered name then."""
        found = self.agency(ident)
        return found.name if found is not None else None

    def latest(self, *topics: str) -> Happened | None:
        """The latest event of these types."""
        return next((e for e in reversed(self.entries) if e.topic in topics), None)

    def all(self, topic: str) -> list[Happened]:
        """Every event of a type, in order."""
        return [e for e in self.entries if e.topic == topic]


def leg_of(entries: Sequence[Happened]) -> Fields:
    """The referral the last of these events is about: the fields of the event that made it, its ends as they are by
    then.
    """
    referral = entries[-1].fields.get("referral")
    found: dict[str, Any] = {}
    for entry in entries if referral is not None else ():
        f = entry.fields
        if entry.topic in ("referral.offered", "referral.assigned") and f["referral"] == referral:
            found = {"kind": ASSIGNMENT, **f}  # an assignment's event does not say its kind
        elif entry.topic == "custody.succeeded":
            found |= {end: f["successor"] for end in ("sender", "receiver") if found.get(end) == f["closing"]}
    return found


def read(contract: Contract, stored: Sequence[Stored]) -> tuple[Entry, ...] | None:
    """The events in the rows of a dispute's stream; None where they do not hang together: nothing is made from that."""
    intern = Interner()
    before = ZERO_HASH
    made = []
    for n, row in enumerate(stored, 1):
        envelope, event = restore(contract, row.body, intern)
        if not isinstance(event, events.Event) or envelope.predecessor != before or envelope.version != n:
            return None
        before = leaf_hash(row.body)
        fields = zip(names(events.TYPES[type(event.body)]), (*envelope, *event.custody, *event.body), strict=True)
        made.append(Entry(row.position, row.version, row.topic, dict(fields)))
    return tuple(made) or None


def registry_at(source: Source, contract: Contract, present: Registry, position: int) -> Registry:
    """The registry of agencies as it was at a position of the log."""
    rows = source.events(list(present.agencies))
    then: dict[AgencyId, Agency] = {}
    intern = Interner()
    for _, events_ in groupby(rows, lambda row: row.stream):
        until = (row for row in events_ if row.position <= position)
        then.update(enrolled(Registry(), contract, until, intern).agencies)
    return Registry(then)


@cache
def names(topic: str) -> tuple[str, ...]:
    """The fields of an event of this type, envelope and custody first."""
    return (*Envelope._fields, *events.Custody._fields, *events.CLASSES[topic]._fields)
