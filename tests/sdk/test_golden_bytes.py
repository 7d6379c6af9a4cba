"""Hub and SDK are two codecs written apart; the golden file holds both to the same bytes, for every record type."""

import json
from importlib.resources import files
from typing import Any

import pytest

from connectors.framing import Schemas
from hub.contract import leaf_hash, load

GOLDEN: list[dict[str, Any]] = json.loads(files("schemas").joinpath("golden", "records.json").read_text("utf-8"))
CONTRACT = load()
SCHEMAS = Schemas.packaged()
EACH = pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g['role']}-{g['name']}-{g['sample']}")


def test_every_record_type_is_there_twice() -> None:
    assert sorted(g["id"] for g in GOLDEN) == sorted([*CONTRACT.by_id, *CONTRACT.by_id])


@EACH
def test_the_sdk_writes_and_reads_these_bytes(golden: dict[str, Any]) -> None:
    record = SCHEMAS.by_id[golden["id"]]
    assert (record.role, record.name, record.fingerprint.hex()) == (
        golden["role"],
        golden["name"],
        golden["fingerprint"],
    )
    fields = record.form.from_json(golden["json"])
    assert record.stored(fields).hex() == golden["stored"]
    assert record.kafka(fields).hex() == golden["kafka"]
    assert record.json(fields) == golden["json"]
    read, again = SCHEMAS.read_kafka(bytes.fromhex(golden["kafka"]))
    assert read is record
    assert again == fields


@EACH
def test_the_hub_writes_and_reads_these_bytes(golden: dict[str, Any]) -> None:
    stored = bytes.fromhex(golden["stored"])
    schema, values = CONTRACT.decode_exact(stored)
    assert (schema.id, schema.name) == (golden["id"], golden["name"])
    # The JSON form is read as the newest version: what was added since has its default.
    assert CONTRACT.from_json(golden["role"], golden["name"], golden["json"]) == CONTRACT.upcast(schema, values)
    assert CONTRACT.encode(schema, values) == stored
    assert CONTRACT.to_kafka(stored).hex() == golden["kafka"]
    assert leaf_hash(stored).hex() == golden["leaf"]


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x00\x00\x00\x01", b""])
def test_the_sdk_refuses_what_is_no_record(cut: bytes) -> None:
    with pytest.raises(ValueError):
        SCHEMAS.read_kafka(cut)


def test_the_sdk_refuses_truncated_and_trailing_bytes() -> None:
    whole = bytes.fromhex(next(g["kafka"] for g in GOLDEN if g["name"] == "refer" and g["sample"] == "full"))
    for raw in (whole[:-1], whole + b"\x00", whole[:7]):
        with pytest.raises(ValueError):
            SCHEMAS.read_kafka(raw)


@EACH
def test_what_is_left_out_takes_the_same_default_in_both(golden: dict[str, Any]) -> None:
    record, schema = SCHEMAS.by_id[golden["id"]], CONTRACT.by_id[golden["id"]]
    optional = {field.name for field in schema.record.fields if field.optional}
    needed = {name: value for name, value in golden["json"].items() if name not in optional}
    _, values = CONTRACT.from_json(golden["role"], golden["name"], needed)
    assert record.stored(record.form.from_json(needed)) == CONTRACT.encode(schema, values[: len(schema.fields)])
