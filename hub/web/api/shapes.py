"""JSON Schema of the contract's records, written from the Avro schemas so that the two cannot differ.

The JSON form is that of ``hub.contract``: the same fields under the same names, ids as UUID text, hashes
hex, instants RFC 3339 in UTC. ``components`` are what OpenAPI refers to.
"""

from __future__ import annotations

import json
from typing import Any

from hub.contract import Contract, Schema
from hub.contract.schema import Field, Kind

INSTANT_EXAMPLE = "2026-11-25T00:12:36.000000Z"


def record(schema: Schema, kind: str | None = None) -> dict[str, Any]:
    """The JSON Schema of a record; with ``kind``, of the same record carrying its own ``type``."""
    made = _record(schema.record.fields)
    made["title"] = schema.name
    doc = _doc(schema)
    if doc:
        made["description"] = doc
    if kind is not None:
        made["properties"] = {"type": {"const": kind, "type": "string"}} | made["properties"]
        made["required"] = ["type", *made["required"]]
    return made


def components(contract: Contract) -> dict[str, dict[str, Any]]:
    """One component per command, event and inbox record."""
    made: dict[str, dict[str, Any]] = {}
    for role, prefix in (("command", "Submit"), ("event", "Event")):
        for name in contract.names(role):
            made[component(prefix, name)] = record(contract.schema(role, name), name)
    return made


def component(prefix: str, name: str) -> str:
    """The component's name: ``Submit`` and ``register_agency`` give ``SubmitRegisterAgency``."""
    return prefix + "".join(part.capitalize() for part in name.replace(".", "_").split("_"))


def one_of(contract: Contract, role: str, prefix: str) -> dict[str, Any]:
    """Any record of a role, told apart by ``type``."""
    refs = {name: f"#/components/schemas/{component(prefix, name)}" for name in contract.names(role)}
    return {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }


def _doc(schema: Schema) -> str:
    return str(json.loads(schema.text).get("doc", ""))


def _record(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {f.name: _field(f) for f in fields},
        "required": [f.name for f in fields if not f.optional],
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    made = _kind(field.kind)
    if field.doc:
        made["description"] = field.doc
    if field.optional:
        made["default"] = [] if field.kind.name == "array" else field.default
    return made


def _kind(kind: Kind) -> dict[str, Any]:
    if kind.name == "nullable" and kind.item is not None:
        return {"anyOf": [_kind(kind.item), {"type": "null"}]}
    if kind.name == "array" and kind.item is not None:
        return {"type": "array", "items": _kind(kind.item)}
    if kind.name == "record":
        return _record(kind.fields)
    if kind.name == "boolean":
        return {"type": "boolean"}
    if kind.instant:
        return {"type": "string", "format": "date-time", "examples": [INSTANT_EXAMPLE]}
    if kind.name in ("long", "int"):
        return {"type": "integer", "format": "int64" if kind.name == "long" else "int32"}
    if kind.name == "fixed" and kind.size == 16:
        return {"type": "string", "format": "uuid"}
    if kind.name == "fixed":
        return {"type": "string", "pattern": f"^[0-9a-f]{{{2 * kind.size}}}$"}
    return {"type": "string", "format": "byte"} if kind.name == "bytes" else {"type": "string"}
