"""A record's newer version only adds fields behind; bytes of the older one are read as the newer, with the defaults."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from hub.aggregates.decide import Interner, restore
from hub.aggregates.dispute.events import AttemptHeld, Event
from hub.aggregates.wire import to_command
from hub.contract import SchemaRefused, load

CONTRACT = load()


def golden(name: str, version: int) -> bytes:
    records = json.loads(files("schemas").joinpath("golden", "records.json").read_text(encoding="utf-8"))
    found = [r for r in records if (r["name"], r["version"], r["sample"]) == (name, version, "full")]
    return bytes.fromhex(found[0]["stored"])


def test_an_old_event_is_restored_as_the_newest() -> None:
    _, event = restore(CONTRACT, golden("attempt.held", 1), Interner())
    assert isinstance(event, Event)
    assert isinstance(event.body, AttemptHeld)
    assert (event.body.result, event.body.mode) == ("", "")


def test_a_reader_of_chosen_fields_gets_the_default_of_what_is_absent() -> None:
    pick = CONTRACT.picker({"attempt.held": ("counted", "result", "version")})
    found = pick(golden("attempt.held", 1))
    assert found is not None
    assert found[0] == "attempt.held"
    assert found[1][1] == ""
    newer = pick(golden("attempt.held", 2))
    assert newer is not None
    assert newer[1][1] != ""


def test_an_old_command_is_a_command_with_the_hash_of_its_own_bytes() -> None:
    schema = next(s for s in CONTRACT.by_id.values() if (s.name, s.version) == ("attempt", 1))
    newest = CONTRACT.schema("command", "attempt")
    values = (bytes(16), 1, bytes(16), "", b"d" * 16, None, True, "", 1, "", "")
    old = to_command(CONTRACT, "s", schema, values)
    new = to_command(CONTRACT, "s", newest, (*values, "", ""))
    assert old.body == new.body
    assert old.digest != new.digest


@pytest.mark.parametrize(
    "changed",
    [
        lambda fields: [f | {"name": f["name"] + "x"} if f["name"] == "counted" else f for f in fields],
        lambda fields: [*fields, {"name": "more", "type": "string"}],
        lambda fields: fields[:-3],
    ],
    ids=["renamed", "without a default", "taken away"],
)
def test_anything_else_is_refused_when_the_schemas_are_read(tmp_path: Path, changed: object) -> None:
    for folder in ("events", "commands", "inbox"):
        (tmp_path / folder).mkdir()
    raw = json.loads(files("schemas").joinpath("events", "attempt.held.v1.avsc").read_text(encoding="utf-8"))
    (tmp_path / "events" / "attempt.held.v1.avsc").write_text(json.dumps(raw))
    raw["fields"] = changed(raw["fields"])  # type: ignore[operator]
    (tmp_path / "events" / "attempt.held.v2.avsc").write_text(json.dumps(raw))
    with pytest.raises(SchemaRefused, match="only add fields"):
        load(tmp_path)
