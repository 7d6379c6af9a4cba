"""Reading Avro schemas: a small, closed subset of Avro, checked when it is loaded.

Guarantee: a loaded schema has no recursion and no array whose items take no bytes, so that decoding any bytes
ends after work proportional to their length. The rest of Avro (maps, wide unions, floats, enums): ``SchemaRefused``.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import fastavro.schema

PRIMITIVES = ("long", "int", "boolean", "string", "bytes")


class SchemaRefused(ValueError):
    """The schema is outside the subset; ``str()`` says where and why."""


class Kind(NamedTuple):
    """One Avro type: ``name`` is a primitive, fixed, nullable, array or record."""

    name: str
    size: int = 0  # fixed: bytes
    item: Kind | None = None  # nullable, array
    fields: tuple[Field, ...] = ()  # record
    instant: bool = False  # long with logicalType timestamp-micros


class Field(NamedTuple):
    """A record's field; ``default`` counts only when ``optional``."""

    name: str
    kind: Kind
    optional: bool
    default: Any
    doc: str


class Schema(NamedTuple):
    """One record type of the contract: its role, name, version, text and the ids it travels under."""

    role: str  # event, command, inbox
    name: str
    version: int
    record: Kind
    fields: tuple[str, ...]
    text: str  # the schema as a foreign client reads it (JSON)
    fullname: str
    fingerprint: bytes  # CRC-64-AVRO, little-endian, as in single-object encoding
    id: int  # its low 31 bits: the id on Kafka and at the schema endpoint


def parse(role: str, name: str, version: int, text: str) -> Schema:
    """Read one ``.avsc`` text. SchemaRefused when it is not a record of the subset."""
    raw = json.loads(text)
    record = _kind(raw, {}, (), f"{name}")
    if record.name != "record":
        raise SchemaRefused(f"{name}: not a record")
    canonical = fastavro.schema.to_parsing_canonical_form(raw)
    little = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))  # already in wire order
    number = int.from_bytes(little, "little")
    return Schema(
        role, name, version, record, tuple(f.name for f in record.fields), json.dumps(raw, ensure_ascii=False),
        f"{raw['namespace']}.{raw['name']}", little, number & 0x7FFFFFFF,
    )  # fmt: skip


def _kind(raw: Any, named: dict[str, Kind], above: tuple[str, ...], where: str) -> Kind:
    if isinstance(raw, str):
        if raw in PRIMITIVES:
            return Kind(raw)
        if raw in above:
            raise SchemaRefused(f"{where}: {raw} contains itself")
        if raw in named:
            return named[raw]
        raise SchemaRefused(f"{where}: type {raw!r} is not in the subset")
    if isinstance(raw, list):
        if len(raw) != 2 or raw[0] != "null":
            raise SchemaRefused(f"{where}: the only unions are [null, T]")
        return Kind("nullable", item=_kind(raw[1], named, above, where))
    if not isinstance(raw, dict):
        raise SchemaRefused(f"{where}: not a schema")
    if raw["type"] == "fixed":
        if not isinstance(raw["size"], int) or raw["size"] < 1:
            raise SchemaRefused(f"{where}: fixed of size {raw['size']}")
        return named.setdefault(_fullname(raw), Kind("fixed", size=raw["size"]))
    if raw["type"] == "array":
        item = _kind(raw["items"], named, above, where)
        if not _takes_bytes(item):
            raise SchemaRefused(f"{where}: array items may take no bytes")
        return Kind("array", item=item)
    if raw["type"] == "record":
        return _record(raw, named, above, where)
    kind = _kind(raw["type"], named, above, where)
    return kind._replace(instant=raw.get("logicalType") == "timestamp-micros")


def _record(raw: dict[str, Any], named: dict[str, Kind], above: tuple[str, ...], where: str) -> Kind:
    full = _fullname(raw)
    fields: list[Field] = []
    for field in raw["fields"]:
        kind = _kind(field["type"], named, (*above, full), f"{where}.{field['name']}")
        fields.append(Field(field["name"], kind, "default" in field, field.get("default"), str(field.get("doc", ""))))
    if len({f.name for f in fields}) != len(fields):
        raise SchemaRefused(f"{where}: two fields of one name")
    return named.setdefault(full, Kind("record", fields=tuple(fields)))


def _fullname(raw: dict[str, Any]) -> str:
    return f"{raw['namespace']}.{raw['name']}" if "namespace" in raw else str(raw["name"])


def _takes_bytes(kind: Kind) -> bool:
    return kind.name != "record" or any(_takes_bytes(f.kind) for f in kind.fields)
