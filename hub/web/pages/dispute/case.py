"""One dispute read for a page: found by its number or id, every event decoded once, its chain checked link by link.

Guarantee: read from the dispute's own events in the store, so nothing shown is behind what was acknowledged. A dispute
that does not exist and one outside the visitor's scope are answered alike (``dispute.unknown``, 404). The number is
looked up in a view; while that view lags, an unknown number is ``view.behind`` for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from hub.access import sees
from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events
from hub.contract import Contract, leaf_hash
from hub.projections.database import Missing
from hub.words import ZERO_HASH, DisputeId, Envelope, Stored, ident

from ...problems import Problem
from ..visitors import Visitor

NUMBER: Final = re.compile(r"\d{4,12}-\d{4}-\d{1,9}")
VIEW: Final = "custody"
PATIENCE: Final = 1.0  # seconds for the view to catch up with a number it does not know


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


def find(visitor: Visitor, asked: str) -> bytes:
    """The id behind a number or an id as text. Problem ``dispute.unknown`` or ``view.behind``."""
    try:
        return ident(asked)
    except ValueError:
        pass
    found = numbered(visitor, asked) if NUMBER.fullmatch(asked) else None
    if found is None:
        raise unknown()
    return found


def numbered(visitor: Visitor, number: str) -> bytes | None:
    """The dispute with this number. Problem ``view.behind`` while the view that knows may not know it yet."""
    views, log = visitor.parts.views, visitor.parts.writer.position
    found = views.custody.numbered(number)
    if found is None and views.position(VIEW) < log:
        caught_up = views.wait_until(VIEW, log, PATIENCE)
        found = views.custody.numbered(number)
        if found is None and not caught_up:
            raise Problem("view.behind", detail=f"recorded at {log}, view at {views.position(VIEW)}")
    return found if found is not None else _parked(visitor, number)


def has_number(visitor: Visitor, number: str, stream: bytes) -> bool:
    """Whether the number leads to this dispute yet; not while the view is being built."""
    try:
        return visitor.parts.views.custody.numbered(number) == stream
    except Missing:
        return False


def _parked(visitor: Visitor, number: str) -> bytes | None:
    """A dispute whose very first event the view could not apply is in no row of it."""
    for parking in visitor.parts.views.parked(VIEW):
        if parking.topic == events.TYPES[events.Registered]:
            _, values = visitor.parts.contract.decode(parking.body)
            if number in values:
                return parking.stream
    return None


def unknown() -> Problem:
    """There is none, or it is none of the visitor's."""
    return Problem("dispute.unknown", "dispute")


def read(visitor: Visitor, stream: bytes) -> Case:
    """The dispute with this id, when the visitor may see it. Problem ``dispute.unknown``."""
    return seen(visitor, visitor.parts.store.events([stream]))


def seen(visitor: Visitor, stored: Sequence[Stored]) -> Case:
    """The dispute in the rows of its stream, when the visitor may see it. Problem ``dispute.unknown``."""
    made = fold(visitor.parts.contract, stored)
    if made is None or not sees(visitor.scope(), made.state.roles):
        raise unknown()
    return made


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
