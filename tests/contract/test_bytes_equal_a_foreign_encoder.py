"""The generated codec and fastavro agree byte for byte on every schema; partial reading agrees with full reading."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import fastavro.schema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contract import Contract, Schema, load
from hub.contract.schema import Kind

CONTRACT: Contract = load()
SCHEMAS = list(CONTRACT.by_fingerprint.values())
TEXT = st.text(max_size=80)


def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    if kind.name == "long":
        return st.integers(-(1 << 63), (1 << 63) - 1)
    if kind.name == "int":
        return st.integers(-(1 << 31), (1 << 31) - 1)
    if kind.name == "boolean":
        return st.booleans()
    if kind.name == "string":
        return TEXT
    if kind.name == "bytes":
        return st.binary(max_size=100)
    if kind.name == "fixed":
        return st.binary(min_size=kind.size, max_size=kind.size)
    if kind.name == "nullable":
        assert kind.item is not None
        return st.none() | values_of(kind.item)
    if kind.name == "array":
        assert kind.item is not None
        return st.lists(values_of(kind.item), max_size=4).map(tuple)
    return st.tuples(*(values_of(f.kind) for f in kind.fields))


def plain(raw: Any) -> Any:
    """The schema without logical types: fastavro would turn longs into datetimes and refuse the extreme ones."""
    if isinstance(raw, dict):
        return {k: plain(v) for k, v in raw.items() if k != "logicalType"}
    return [plain(item) for item in raw] if isinstance(raw, list) else raw


def as_dict(kind: Kind, value: Any) -> Any:
    if kind.name == "record":
        return {f.name: as_dict(f.kind, v) for f, v in zip(kind.fields, value, strict=True)}
    if kind.name == "nullable" and value is not None:
        assert kind.item is not None
        return as_dict(kind.item, value)
    if kind.name == "array":
        assert kind.item is not None
        return [as_dict(kind.item, v) for v in value]
    return value


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: f"{s.role}-{s.name}")
def test_every_schema_encodes_as_fastavro_does(schema: Schema) -> None:
    parsed = fastavro.parse_schema(plain(json.loads(schema.text)))

    @settings(max_examples=25, deadline=None)
    @given(values_of(schema.record))
    def check(values: tuple[Any, ...]) -> None:
        ours = CONTRACT.encode(schema, values)
        foreign = io.BytesIO()
        fastavro.schemaless_writer(foreign, parsed, as_dict(schema.record, values))
        assert ours[10:] == foreign.getvalue()
        assert CONTRACT.decode_exact(ours) == (schema, values)
        if schema.role == "event":
            wanted = schema.fields[1::3]
            picked = CONTRACT.picker({schema.name: wanted})(ours)
            assert picked == (schema.name, tuple(values[schema.fields.index(f)] for f in wanted))

    check()


def test_fingerprint_and_id_are_the_standard_ones() -> None:
    for schema in SCHEMAS:
        canonical = fastavro.schema.to_parsing_canonical_form(json.loads(schema.text))
        assert schema.fingerprint.hex() == fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")
        assert schema.id == int.from_bytes(schema.fingerprint, "little") & 0x7FFFFFFF
    # the Avro specification's own example
    assert fastavro.schema.fingerprint('"int"', "CRC-64-AVRO") == (0x7275D51A3F395C8F).to_bytes(8, "little").hex()


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: f"{s.role}-{s.name}")
def test_json_form_is_read_back(schema: Schema) -> None:
    in_range = st.integers(0, 4_000_000_000_000_000)

    def times(kind: Kind) -> st.SearchStrategy[Any]:
        if kind.instant:
            return in_range
        if kind.name == "nullable" and kind.item is not None:
            return st.none() | times(kind.item)
        return values_of(kind)

    @settings(max_examples=10, deadline=None)
    @given(st.tuples(*(times(f.kind) for f in schema.record.fields)))
    def check(values: tuple[Any, ...]) -> None:
        form = json.loads(json.dumps(CONTRACT.to_json(schema, values)))
        assert CONTRACT.from_json(schema.role, schema.name, form) == CONTRACT.upcast(schema, values)

    check()


def test_instants_of_all_lengths() -> None:
    """Eight bytes are written in one step; the lengths beside them are not."""
    schema = CONTRACT.schema("inbox", "unreadable")
    for size in range(63):
        for instant in ((1 << size) - 1, 1 << size, -(1 << size)):
            values = (1, "c", "", "", instant)
            assert CONTRACT.decode(CONTRACT.encode(schema, values))[1] == values
