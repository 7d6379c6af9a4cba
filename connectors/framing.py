"""The wire as a connector sees it: the published schemas, their ids, and the bytes and JSON of a record.

Own small framing, independent of the hub; both are held to the same bytes by ``schemas/golden``. Plain form of
values here: ids are lower-case UUID texts, hashes lower-case hex, instants integer microseconds UTC, other bytes
``bytes``. On the way in a ``uuid.UUID``, 16 raw bytes or an aware ``datetime`` are taken as well.
"""

from __future__ import annotations

import base64
import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import fastavro
import fastavro.schema
import urllib3

from .errors import BadField, Unreachable

Fields = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FILE = re.compile(r"^(?P<name>[a-z_.]+)\.v(?P<version>\d+)\.avsc$")
_ROLES = {"commands": "command", "events": "event", "inbox": "inbox"}


class Form(NamedTuple):
    """How one Avro type is written and read: plain → Avro, Avro → plain, plain → JSON, JSON → plain."""

    to_avro: Callable[[Any, str], Any]
    from_avro: Callable[[Any], Any]
    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]


class Record(NamedTuple):
    """One record type: role (command, event, inbox), name, schema id (low 31 bits of the CRC-64-AVRO fingerprint)."""

    role: str
    name: str
    version: int
    fields: tuple[str, ...]
    fingerprint: bytes
    id: int
    parsed: Any  # fastavro's parsed schema, logical types taken off: values stay integers
    form: Form

    def body(self, fields: Mapping[str, Any]) -> bytes:
        """The bare Avro body. BadField names what does not fit."""
        out = io.BytesIO()
        fastavro.schemaless_writer(out, self.parsed, self.form.to_avro(fields, ""))
        return out.getvalue()

    def kafka(self, fields: Mapping[str, Any]) -> bytes:
        """The Kafka value: ``00``, 4-byte schema id, body."""
        return b"\x00" + self.id.to_bytes(4, "big") + self.body(fields)

    def stored(self, fields: Mapping[str, Any]) -> bytes:
        """The stored form: ``C3 01``, 8-byte fingerprint, body. Leaf hash = SHA-256 over ``00`` and these bytes."""
        return b"\xc3\x01" + self.fingerprint + self.body(fields)

    def read(self, body: bytes) -> Fields:
        """The fields of a bare body. ValueError when it is not one, or when bytes are left over."""
        source = io.BytesIO(body)
        try:
            value = fastavro.schemaless_reader(source, self.parsed, None)
        except (EOFError, IndexError, UnicodeDecodeError) as why:
            raise ValueError(f"not a {self.name}: {why}") from why
        if source.tell() != len(body):
            raise ValueError(f"bytes left over after a {self.name}")
        return self.form.from_avro(value)  # type: ignore[no-any-return]

    def plain(self, fields: Mapping[str, Any]) -> Fields:
        """The fields in plain form, defaults filled in. BadField names what does not fit."""
        return self.form.from_avro(self.form.to_avro(fields, ""))  # type: ignore[no-any-return]

    def json(self, fields: Mapping[str, Any]) -> Fields:
        """The JSON form, as HTTP takes it: instants RFC 3339 in UTC, bytes base64."""
        return self.form.to_json(self.plain(fields))  # type: ignore[no-any-return]


class Schemas:
    """All record types by (role, name), newest version, and by id."""

    def __init__(self, records: list[Record]) -> None:
        self.by_id = {r.id: r for r in records}
        self._newest = {(r.role, r.name): r for r in sorted(records, key=lambda r: r.version)}

    @classmethod
    def packaged(cls, root: Traversable | None = None) -> Schemas:
        """Those shipped with this package."""
        base = root if root is not None else files("schemas")
        return cls([
            record(role, match["name"], int(match["version"]), json.loads(entry.read_text("utf-8")))
            for folder, role in _ROLES.items()
            for entry in base.joinpath(folder).iterdir()
            if (match := _FILE.match(entry.name))
        ])  # fmt: skip

    @classmethod
    def from_registry(cls, url: str, timeout: float = 10.0) -> Schemas:
        """Those of a running hub, from its schema endpoint ``<hub>/registry``. Unreachable when it does not answer."""

        def ask(path: str) -> Any:
            try:
                answer = urllib3.request("GET", f"{url.rstrip('/')}{path}", timeout=timeout, retries=2)
            except urllib3.exceptions.HTTPError as why:
                raise Unreachable(f"nobody answers at {url}: {type(why).__name__}", field="registry") from why
            if answer.status != 200:
                raise Unreachable(f"{url}{path} answers {answer.status}", field="registry")
            return answer.json()

        found = [ask(f"/subjects/{s}/versions/{v}") for s in ask("/subjects") for v in ask(f"/subjects/{s}/versions")]
        return cls([
            record(*wire_name(entry["subject"]), int(entry["version"]), json.loads(entry["schema"])) for entry in found
        ])  # fmt: skip

    def get(self, role: str, name: str) -> Record:
        """BadField ``schema.unknown`` for a type that the contract does not have."""
        found = self._newest.get((role, name))
        if found is None:
            raise BadField(f"there is no {role} called {name!r}", code="schema.unknown", field="type")
        return found

    def read_kafka(self, value: bytes) -> tuple[Record, Fields]:
        """A Kafka value's type and fields. ValueError when it cannot be read."""
        if len(value) < 6 or value[0] != 0:
            raise ValueError("not 00, a 4-byte schema id and an Avro body")
        found = self.by_id.get(int.from_bytes(value[1:5], "big"))
        if found is None:
            raise ValueError(f"unknown schema id {int.from_bytes(value[1:5], 'big')}")
        return found, found.read(value[5:])


def wire_name(fullname: str) -> tuple[str, str]:
    """Role and wire name of a full name: ``hub.event.AgencyIntakeClosed`` → event, agency.intake_closed."""
    _, role, name = fullname.split(".")
    words = [word.lower() for word in re.findall("[A-Z][a-z0-9]*", name)]
    return role, ".".join([words[0], "_".join(words[1:])]) if role == "event" and len(words) > 1 else "_".join(words)


def record(role: str, name: str, version: int, raw: dict[str, Any]) -> Record:
    """One record type from its parsed ``.avsc``."""
    canonical = fastavro.schema.to_parsing_canonical_form(raw)
    fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))  # already little-endian
    number = int.from_bytes(fingerprint, "little") & 0x7FFFFFFF
    names = tuple(f["name"] for f in raw["fields"])
    parsed = fastavro.parse_schema(_bare(raw), named_schemas={})
    return Record(role, name, version, names, fingerprint, number, parsed, _form(raw, {}))


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


def _bare(raw: Any) -> Any:
    """The schema without logical types."""
    if isinstance(raw, dict):
        return {k: _bare(v) for k, v in raw.items() if k != "logicalType"}
    return [_bare(item) for item in raw] if isinstance(raw, list) else raw


def _same(value: Any) -> Any:
    return value


def _form(raw: Any, named: dict[str, Form]) -> Form:
    if isinstance(raw, str):
        return named[raw] if raw in named else _primitive(raw)
    if isinstance(raw, list):
        return _optional(_form(raw[1], named))
    if raw["type"] == "record":
        return named.setdefault(_name(raw), _record_form(raw, named))
    if raw["type"] == "fixed":
        return named.setdefault(_name(raw), _id_form() if raw["size"] == 16 else _hash_form(raw["size"]))
    if raw["type"] == "array":
        item = _form(raw["items"], named)
        return Form(
            lambda v, at: [item.to_avro(x, f"{at}[{i}]") for i, x in enumerate(_list(v, at))],
            lambda v: [item.from_avro(x) for x in v],
            lambda v: [item.to_json(x) for x in v],
            lambda v: [item.from_json(x) for x in v],
        )
    return _instant_form() if raw.get("logicalType") == "timestamp-micros" else _form(raw["type"], named)


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
    fields = [(f["name"], _form(f["type"], named), "default" in f, f.get("default")) for f in raw["fields"]]
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
