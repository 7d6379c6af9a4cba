"""The wire as a connector sees it: the published schemas, their ids, and the bytes and JSON of a record.

Own small framing, independent of the hub; both are held to the same bytes by ``schemas/golden``. Values are in plain
form, see ``forms``.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import fastavro
import fastavro.schema
import urllib3

from .errors import BadField, Unreachable
from .forms import Fields, Form, form_of, instant_micros, instant_text

__all__ = ["Fields", "Record", "Schemas", "instant_micros", "instant_text", "record", "wire_name"]

_FILE = re.compile(r"^(?P<name>[a-z_.]+)\.v(?P<version>\d+)\.avsc$")
_ROLES = {"commands": "command", "events": "event", "inbox": "inbox"}


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
    return Record(role, name, version, names, fingerprint, number, parsed, form_of(raw, {}))


def _bare(raw: Any) -> Any:
    """The schema without logical types."""
    if isinstance(raw, dict):
        return {k: _bare(v) for k, v in raw.items() if k != "logicalType"}
    return [_bare(item) for item in raw] if isinstance(raw, list) else raw
