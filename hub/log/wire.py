"""Records on Kafka: value, key and headers are functions of the stored row alone, so a repetition is byte-identical.

Headers are CloudEvents 1.0 (Kafka binary mode) in their shortest form, plus our own number: ``hub-position`` on
``hub.events``, ``hub-n`` on an inbox. Numbers are decimal ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from hub.contract import MARK, Contract, Unreadable
from hub.words import Stored

POSITION: Final = "hub-position"
N: Final = "hub-n"
ID: Final = "ce_id"
SOURCE: Final = "hub"  # of events; an inbox is "hub/inbox/<system>", so that source and id name one message
_SPEC: Final = ("ce_specversion", b"1.0")

Headers = list[tuple[str, bytes]]


_record: Any = tuple.__new__  # a named tuple's own constructor costs three times as much


class Record(NamedTuple):
    """One record of a numbered topic: position or n, key (None = without), value and headers."""

    number: int
    key: bytes | None
    value: bytes
    headers: Headers


class Place(NamedTuple):
    """Where a stored event says it belongs."""

    stream: bytes
    version: int
    predecessor: bytes


def place(stored: bytes) -> Place:
    """Stream, version and predecessor's leaf hash, the first three fields of every event. ValueError when cut short."""
    version, shift, at = 0, 0, 26
    while True:
        if at >= len(stored):
            raise ValueError("the event ends within its version")
        byte = stored[at]
        at += 1
        version |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if shift > 63:
            raise ValueError("the version is longer than a long")
    if len(stored) < at + 32:
        raise ValueError("the event ends within its predecessor")
    return Place(stored[10:26], (version >> 1) ^ -(version & 1), stored[at : at + 32])


class Wire:
    """Makes and reads records. Holds the headers that repeat."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._source = ("ce_source", SOURCE.encode())
        # By the ten bytes a stored record starts with: its type header, and what stands in their place on Kafka.
        self._kinds = {
            stored: (("ce_type", _type(schema.role, schema.name).encode()), contract.to_kafka(stored))
            for schema in contract.by_fingerprint.values()
            for stored in (MARK + schema.fingerprint,)
        }

    def events(self, rows: Sequence[Stored]) -> list[Record]:
        """The records of ``hub.events``: key = stream id. A page at a time, because the relay's rate hangs on it."""
        kinds, source, made = self._kinds, self._source, []
        for position, stream, _, _, body in rows:
            kind, prefix = kinds[body[:10]]
            number = b"%d" % position
            headers = [_SPEC, (ID, number), source, kind, (POSITION, number)]
            made.append(_record(Record, (position, stream, prefix + body[10:], headers)))
        return made

    def event(self, row: Stored) -> Record:
        """The record of one event."""
        return self.events([row])[0]

    def deliveries(self, system: str, rows: Sequence[tuple[int, int, bytes]]) -> list[Record]:
        """The records of ``agency.<system>.inbox`` from (n, position, body): no key, n in place of the position."""
        source, made = ("ce_source", f"{SOURCE}/inbox/{system}".encode()), []
        for n, _, body in rows:
            kind, prefix = self._kinds[body[:10]]
            number = b"%d" % n
            made.append(Record(n, None, prefix + body[10:], [_SPEC, (ID, number), source, kind, (N, number)]))
        return made

    def delivery(self, system: str, n: int, body: bytes) -> Record:
        """The record of one message."""
        return self.deliveries(system, [(n, 0, body)])[0]

    def read_event(self, position: int, value: bytes) -> Stored:
        """The stored row of an event record. Unreadable when the value is none of ours."""
        body = self.read_body(value, "event")
        try:
            where = place(body)
        except ValueError as why:
            raise Unreadable("submission.unreadable", "", str(why)) from why
        return Stored(position, where.stream, where.version, self._name(body), body)

    def read_body(self, value: bytes, role: str) -> bytes:
        """The stored form of a value; Unreadable when its schema is unknown or of another role."""
        body = self._contract.from_kafka(value)
        schema = self._contract.by_fingerprint[body[2:10]]
        if schema.role != role:
            raise Unreadable("schema.unknown", "", f"{schema.fullname} is no {role}")
        return body

    def _name(self, body: bytes) -> str:
        return self._contract.by_fingerprint[body[2:10]].name


def _type(role: str, name: str) -> str:
    return f"inbox.{name}" if role == "inbox" else name


def number_of(headers: Sequence[tuple[str, bytes | None]], name: str) -> int | None:
    """The number in header ``name``; None when it is missing or no positive decimal: the record is not ours."""
    for key, value in headers:
        if key == name:
            if value is not None and 0 < len(value) <= 19 and value.isdigit() and value[:1] != b"0":
                return int(value)
            return None
    return None
