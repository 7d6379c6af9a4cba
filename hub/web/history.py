"""One dispute read from its stored events: every event decoded once, its chain checked link by link.

Guarantee: what does not hang together is kept and named (``Case.broken``), never interpreted. What pages, the
interface and the command show of a dispute starts here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events
from hub.contract import Contract, leaf_hash
from hub.words import ZERO_HASH, DisputeId, Envelope, Stored


class Entry(NamedTuple):
    """One event: where it stands, its hash, and all its fields by name, envelope and custody included."""

    position: int
    version: int
    topic: str
    leaf: bytes
    fields: Mapping[str, Any]

    @property
    def at(self) -> int:
        """When the hub recorded it."""
        at: int = self.fields["recorded_at"]
        return at


class Case(NamedTuple):
    """A dispute as it stands and every event that made it so, oldest first.

    ``broken``: the versions that do not name the stored event before them as their predecessor, or do not follow it.
    """

    state: Dispute
    entries: tuple[Entry, ...]
    broken: tuple[int, ...]

    @property
    def first(self) -> Mapping[str, Any]:
        """The fields of the registration."""
        return self.entries[0].fields

    @property
    def number(self) -> str:
        """一案一码."""
        number: str = self.first["number"]
        return number

    @property
    def last(self) -> Entry:
        """The latest event."""
        return self.entries[-1]

    def history(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(type, fields) as the drawings take them."""
        return [(entry.topic, entry.fields) for entry in self.entries]


def fold(contract: Contract, stored: Sequence[Stored]) -> Case | None:
    """A dispute from the rows of its stream; None for an empty stream or an agency's."""
    intern = Interner()
    state: Dispute | None = None
    entries: list[Entry] = []
    broken: list[int] = []
    before = ZERO_HASH
    for n, row in enumerate(stored, 1):
        envelope, event = restore(contract, row.body, intern)
        if not isinstance(event, events.Event):
            return None
        if envelope.predecessor != before or row.version != n or envelope.version != n or envelope.stream != row.stream:
            broken.append(row.version)
        before = leaf_hash(row.body)
        if not broken or state is None:  # what does not hang together is shown, not interpreted
            state = evolve(state, event, DisputeId(row.stream))
        fields = dict(zip(names(events.TYPES[type(event.body)]), (*envelope, *event.custody, *event.body), strict=True))
        entries.append(Entry(row.position, row.version, row.topic, before, fields))
    return Case(state, tuple(entries), tuple(broken)) if state is not None else None


@cache
def names(topic: str) -> tuple[str, ...]:
    """The fields of an event of this type, envelope and custody first: those of its schema."""
    return (*Envelope._fields, *events.Custody._fields, *events.CLASSES[topic]._fields)
