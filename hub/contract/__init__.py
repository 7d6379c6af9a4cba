"""The wire: every record type of the hub by name, version, fingerprint and id, and its exact bytes.

Stored form = ``C3 01`` + 8-byte fingerprint + Avro body (single-object encoding); Kafka value = ``00`` + 4-byte id
+ the same body. ``load()`` reads ``schemas/`` once; a Contract is immutable and safe between threads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from . import jsonform
from .codec import Decoder, Encoder, make_decoder, make_encoder
from .errors import Unreadable
from .schema import Schema, SchemaRefused, parse

__all__ = ["Contract", "Schema", "SchemaRefused", "Unreadable", "leaf_hash", "load"]

MARK = b"\xc3\x01"
ROLES = {"events": "event", "commands": "command", "inbox": "inbox"}
_FILE = re.compile(r"^(?P<name>[a-z_.]+)\.v(?P<version>\d+)\.avsc$")


def leaf_hash(stored: bytes) -> bytes:
    """The RFC 6962 leaf hash of an event as stored: SHA-256 over ``00`` and its bytes."""
    return hashlib.sha256(b"\x00" + stored).digest()


def load(root: Traversable | None = None) -> Contract:
    """Every schema below ``root``; the packaged ``schemas``, the default, are read once per process.

    SchemaRefused on a bad or colliding one.
    """
    return _packaged() if root is None else _read(root)


@cache
def _packaged() -> Contract:
    return _read(files("schemas"))


def _read(base: Traversable) -> Contract:
    found: list[Schema] = []
    for folder, role in ROLES.items():
        for entry in sorted(base.joinpath(folder).iterdir(), key=lambda e: e.name):
            match = _FILE.match(entry.name)
            if match:
                text = entry.read_text(encoding="utf-8")
                found.append(parse(role, match["name"], int(match["version"]), text))
    return Contract(found)


class Contract:
    """All record types and their codecs. Unreadable carries a stable code and the field at fault."""

    def __init__(self, schemas: Sequence[Schema]) -> None:
        self.by_fingerprint = {s.fingerprint: s for s in schemas}
        self.by_id = {s.id: s for s in schemas}
        if len(self.by_id) != len(schemas):
            raise SchemaRefused("two schemas share an id: rename a field of the newer one")
        self._newest: dict[tuple[str, str], Schema] = {}
        for s in sorted(schemas, key=lambda s: s.version):
            self._newest[s.role, s.name] = s
        self._encoders: dict[bytes, Encoder] = {s.fingerprint: make_encoder(s, MARK + s.fingerprint) for s in schemas}
        self._decoders: dict[bytes, Decoder] = {s.fingerprint: make_decoder(s, s.fields) for s in schemas}
        self._added = {s.fingerprint: _added(s, self._newest[s.role, s.name]) for s in schemas}
        self._kafka = {MARK + s.fingerprint: b"\x00" + s.id.to_bytes(4, "big") for s in schemas}
        self._stored = {kafka: stored for stored, kafka in self._kafka.items()}

    def schema(self, role: str, name: str) -> Schema:
        """The newest version; KeyError when there is none."""
        return self._newest[role, name]

    def names(self, role: str) -> list[str]:
        """The names of all record types of a role."""
        return sorted(name for r, name in self._newest if r == role)

    def encode(self, schema: Schema, values: Sequence[Any]) -> bytes:
        """The stored form. ValueError, TypeError when a value does not fit its field."""
        return self._encoders[schema.fingerprint](values)

    def encoder(self, schema: Schema) -> Encoder:
        """The same, bound to one schema: for hot paths."""
        return self._encoders[schema.fingerprint]

    def decode(self, stored: bytes) -> tuple[Schema, tuple[Any, ...]]:
        """Read our own bytes. Unreadable ``submission.unreadable`` or ``schema.unknown``."""
        schema = self.by_fingerprint.get(stored[2:10])
        if schema is None or stored[:2] != MARK:
            raise Unreadable("schema.unknown", "", stored[:10].hex())
        try:
            return schema, self._decoders[schema.fingerprint](stored, 10)
        except (ValueError, IndexError) as why:
            raise Unreadable("submission.unreadable", "", str(why)) from why

    def upcast(self, schema: Schema, values: tuple[Any, ...]) -> tuple[Schema, tuple[Any, ...]]:
        """The same record in its newest version: what was added since has its default."""
        added = self._added[schema.fingerprint]
        return (self._newest[schema.role, schema.name], values + added) if added else (schema, values)

    def decode_exact(self, stored: bytes) -> tuple[Schema, tuple[Any, ...]]:
        """Read anybody's bytes: also refuses any second way of writing a record (``submission.not_canonical``).

        Two byte strings that decode to one record would be one command with two hashes.
        """
        schema, values = self.decode(stored)
        if self.encode(schema, values) != stored:
            raise Unreadable("submission.not_canonical", "", "the bytes are not the shortest encoding of this record")
        return schema, values

    def picker(self, wanted: Mapping[str, Sequence[str]]) -> Callable[[bytes], tuple[str, tuple[Any, ...]] | None]:
        """A reader of events that decodes only the fields named per type; None for a type that is not named."""
        table = self.pickers(wanted)

        def pick(stored: bytes) -> tuple[str, tuple[Any, ...]] | None:
            found = table[stored[2:10]]
            return None if found is None else (found[0], found[1](stored, 10))

        return pick

    def pickers(self, wanted: Mapping[str, Sequence[str]]) -> dict[bytes, tuple[str, Decoder] | None]:
        """The same by the stored event's bytes 2 to 10, for who reads very many; a decoder starts at byte 10."""
        return {
            s.fingerprint: (s.name, make_decoder(s, wanted[s.name], self._defaults(s))) if s.name in wanted else None
            for s in self.by_fingerprint.values()
            if s.role == "event"
        }

    def _defaults(self, schema: Schema) -> dict[str, Any]:
        newest = self._newest[schema.role, schema.name]
        return dict(zip(newest.fields[len(schema.fields) :], self._added[schema.fingerprint], strict=True))

    def to_kafka(self, stored: bytes) -> bytes:
        """The Kafka value of a stored record: another prefix, the same body."""
        return self._kafka[stored[:10]] + stored[10:]

    def from_kafka(self, value: bytes) -> bytes:
        """The stored form of a Kafka value. Unreadable ``schema.unknown`` or ``submission.unreadable``."""
        if len(value) < 6 or value[0] != 0:
            raise Unreadable("submission.unreadable", "", "not 00, a 4-byte schema id and an Avro body")
        prefix = self._stored.get(value[:5])
        if prefix is None:
            raise Unreadable("schema.unknown", "", f"schema id {int.from_bytes(value[1:5], 'big')}")
        return prefix + value[5:]

    def to_json(self, schema: Schema, values: Sequence[Any]) -> dict[str, Any]:
        """The JSON form of a record: ids as UUID text, hashes hex, instants RFC 3339, bytes base64."""
        return jsonform.write(schema, values)

    def from_json(self, role: str, name: str, obj: Mapping[str, Any]) -> tuple[Schema, tuple[Any, ...]]:
        """Read the JSON form. Unreadable ``schema.unknown`` or ``field.*`` with the field at fault."""
        schema = self._newest.get((role, name))
        if schema is None:
            raise Unreadable("schema.unknown", "type", name[:64])
        return schema, jsonform.read(schema, obj)


def _added(schema: Schema, newest: Schema) -> tuple[Any, ...]:
    """The defaults of the fields a newer version has added behind. SchemaRefused when it did anything else."""
    fields = newest.record.fields
    known = len(schema.fields)
    if newest.fields[:known] != schema.fields or not all(f.optional for f in fields[known:]):
        raise SchemaRefused(f"{schema.name}: version {newest.version} must only add fields with a default behind")
    return tuple(() if f.kind.name == "array" else f.default for f in fields[known:])
