"""The JSON form of a record: the same fields under the same names.

Ids are lower-case UUIDs, hashes lower-case hex, instants RFC 3339 in UTC with ``Z`` and up to six decimals, other bytes
base64. Reading is strict: unknown fields, wrong types, numbers that are not whole are refused with the field at fault.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hub import words

from .codec import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN
from .errors import Unreadable
from .schema import Field, Kind, Schema

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")


def instant(micros: int) -> str:
    """RFC 3339 text of a UTC instant in microseconds, six decimals."""
    return (EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def micros(value: str) -> int:
    """Microseconds of an RFC 3339 text in UTC. ValueError for any other form."""
    if not _INSTANT.match(value):
        raise ValueError("not an RFC 3339 instant in UTC such as 2026-11-25T00:12:36Z")
    return (datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1)


def write(schema: Schema, values: Sequence[Any]) -> dict[str, Any]:
    """The JSON form of a record's values."""
    return _write_record(schema.record.fields, values)


def _write_record(fields: Sequence[Field], values: Sequence[Any]) -> dict[str, Any]:
    return {f.name: _write(f.kind, v) for f, v in zip(fields, values, strict=True)}


def _write(kind: Kind, value: Any) -> Any:
    if kind.name == "nullable":
        return None if value is None else _write(kind.item or kind, value)
    if kind.name == "fixed":
        return words.text(value) if kind.size == 16 else value.hex()
    if kind.name == "bytes":
        return base64.b64encode(value).decode()
    if kind.name == "array":
        return [_write(kind.item or kind, item) for item in value]
    if kind.name == "record":
        return _write_record(kind.fields, value)
    return instant(value) if kind.instant else value


def read(schema: Schema, obj: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of a JSON form in field order. Unreadable with the field at fault."""
    return _read_record(schema.record.fields, obj, "")


def _read_record(fields: Sequence[Field], obj: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(obj, Mapping):
        raise Unreadable("field.type", where.rstrip("."), "an object is expected")
    known = {f.name for f in fields}
    for name in obj:
        if name not in known:
            raise Unreadable("field.unknown", f"{where}{name}"[:100])
    values: list[Any] = []
    for field in fields:
        at = where + field.name
        if field.name in obj:
            values.append(_read(field.kind, obj[field.name], at))
        elif field.optional:
            values.append(() if field.kind.name == "array" else field.default)
        else:
            raise Unreadable("field.missing", at)
    return tuple(values)


def _read(kind: Kind, value: Any, at: str) -> Any:
    if kind.name == "nullable":
        return None if value is None else _read(kind.item or kind, value, at)
    if kind.name == "array":
        if not isinstance(value, list):
            raise Unreadable("field.type", at, "a list is expected")
        return tuple(_read(kind.item or kind, item, f"{at}[{i}]") for i, item in enumerate(value))
    if kind.name == "record":
        return _read_record(kind.fields, value, at + ".")
    if kind.name == "boolean":
        if not isinstance(value, bool):
            raise Unreadable("field.type", at, "true or false is expected")
        return value
    if kind.name in ("long", "int") and not kind.instant:
        low, high = (INT_MIN, INT_MAX) if kind.name == "int" else (LONG_MIN, LONG_MAX)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unreadable("field.type", at, "a whole number is expected")
        if not low <= value <= high:
            raise Unreadable("field.range", at)
        return value
    if not isinstance(value, str):
        raise Unreadable("field.type", at, "a string is expected")
    return _read_text(kind, value, at)


def _read_text(kind: Kind, value: str, at: str) -> Any:
    try:
        if kind.instant:
            return micros(value)
        if kind.name == "fixed":
            raw = words.ident(value) if kind.size == 16 else bytes.fromhex(value)
            if len(raw) != kind.size or (kind.size != 16 and raw.hex() != value):
                raise ValueError(f"{kind.size} bytes in lower-case hex are expected")
            return raw
        if kind.name == "bytes":
            return base64.b64decode(value, validate=True)
        value.encode()
        return value
    except UnicodeEncodeError as why:
        raise Unreadable("field.text", at, "a lone surrogate is not a character") from why
    except (ValueError, OverflowError, binascii.Error) as why:
        raise Unreadable("field.type", at, str(why)[:200]) from why
