"""Values of the contract in the three shapes they have: plain (what programs use), Avro, JSON.

Plain: ids are lower-case UUID texts, hashes lower-case hex, instants integer microseconds UTC, other bytes ``bytes``. A
``uuid.UUID``, 16 raw bytes and an aware ``datetime`` are taken as well.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .errors import BadField

Fields = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """How one Avro type is written and read: plain → Avro, Avro → plain, plain → JSON, JSON → plain."""

    to_avro: Callable[[Any, str], Any]
    from_avro: Callable[[Any], Any]
    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]


def instant_text(micros: int) -> str:
    """RFC 3339 text of a UTC instant in microseconds, six decimals."""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_micros(value: Any) -> int:
    """Microseconds of an RFC 3339 text or an aware datetime; an integer stays. ValueError otherwise."""
    if isinstance(value, bool):
        raise ValueError("an instant is expected")
    if isinstance(value, int):
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("an instant is expected: microseconds, RFC 3339 text or an aware datetime")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _same(value: Any) -> Any:
    return value


def form_of(raw: Any, named: dict[str, Form]) -> Form:
    if isinstance(raw, str):
        return named[raw] if raw in named else _primitive(raw)
    if isinstance(raw, list):
        return _optional(form_of(raw[1], named))
    if raw["type"] == "record":
        return named.setdefault(_name(raw), _record_form(raw, named))
    if raw["type"] == "fixed":
        return named.setdefault(_name(raw), _id_form() if raw["size"] == 16 else _hash_form(raw["size"]))
    if raw["type"] == "array":
        item = form_of(raw["items"], named)
        return Form(
            lambda v, at: [item.to_avro(x, f"{at}[{i}]") for i, x in enumerate(_list(v, at))],
            lambda v: [item.from_avro(x) for x in v],
            lambda v: [item.to_json(x) for x in v],
            lambda v: [item.from_json(x) for x in v],
        )
    return _instant_form() if raw.get("logicalType") == "timestamp-micros" else form_of(raw["type"], named)


def _name(raw: dict[str, Any]) -> str:
    return f"{raw['namespace']}.{raw['name']}" if "namespace" in raw else str(raw["name"])


def _list(value: Any, at: str) -> Any:
    if not isinstance(value, list | tuple):
        raise BadField(f"{at}: a list is expected", field=at)
    return value


def _primitive(name: str) -> Form:
    types = {"string": str, "long": int, "int": int, "boolean": bool, "bytes": bytes}
    wanted = types[name]

    def check(value: Any, at: str) -> Any:
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise BadField(f"{at}: {name} is expected", field=at)
        return value

    if name == "bytes":
        return Form(check, _same, lambda v: base64.b64encode(v).decode(), lambda v: base64.b64decode(v, validate=True))
    return Form(check, _same, _same, _same)


def _optional(item: Form) -> Form:
    return Form(
        lambda v, at: None if v is None else item.to_avro(v, at),
        lambda v: None if v is None else item.from_avro(v),
        lambda v: None if v is None else item.to_json(v),
        lambda v: None if v is None else item.from_json(v),
    )


def _id_form() -> Form:
    def to_avro(value: Any, at: str) -> bytes:
        try:
            if isinstance(value, bytes) and len(value) == 16:
                return value
            return (value if isinstance(value, uuid.UUID) else uuid.UUID(value)).bytes
        except (ValueError, AttributeError, TypeError) as why:
            raise BadField(f"{at}: a UUID is expected", field=at) from why

    def from_avro(value: bytes) -> str:
        h = value.hex()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    return Form(to_avro, from_avro, _same, _same)


def _hash_form(size: int) -> Form:
    def to_avro(value: Any, at: str) -> bytes:
        try:
            found = value if isinstance(value, bytes) else bytes.fromhex(value)
        except (ValueError, TypeError) as why:
            raise BadField(f"{at}: {size} bytes in hex are expected", field=at) from why
        if len(found) != size:
            raise BadField(f"{at}: {size} bytes are expected", field=at)
        return found

    return Form(to_avro, bytes.hex, _same, _same)


def _instant_form() -> Form:
    def to_avro(value: Any, at: str) -> int:
        try:
            return instant_micros(value)
        except ValueError as why:
            raise BadField(f"{at}: {why}", field=at) from why

    return Form(to_avro, _same, instant_text, instant_micros)


def _record_form(raw: dict[str, Any], named: dict[str, Form]) -> Form:
    fields = [(f["name"], form_of(f["type"], named), "default" in f, f.get("default")) for f in raw["fields"]]
    known = {f[0] for f in fields}

    def to_avro(value: Any, at: str) -> Fields:
        if not isinstance(value, Mapping):
            raise BadField(f"{at}: an object is expected", field=at)
        where = f"{at}." if at else ""
        stray = next((name for name in value if name not in known), None)
        if stray is not None:
            raise BadField(f"there is no field {where}{stray}", code="field.unknown", field=f"{where}{stray}")
        out: Fields = {}
        for name, form, optional, default in fields:
            if name in value:
                out[name] = form.to_avro(value[name], where + name)
            elif optional:
                out[name] = default
            else:
                raise BadField(f"{where}{name} is missing", code="field.missing", field=where + name)
        return out

    return Form(
        to_avro,
        lambda v: {name: form.from_avro(v[name]) for name, form, _, _ in fields},
        lambda v: {name: form.to_json(v[name]) for name, form, _, _ in fields},
        lambda v: {name: form.from_json(v[name]) for name, form, _, _ in fields if name in v},
    )
