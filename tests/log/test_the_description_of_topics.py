"""schemas/asyncapi.json is what the code says, its references lead somewhere, and it is true of records as made."""

import json
import re
from importlib.resources import files
from typing import Any

from hub.contract import load
from hub.log.topics import Topics, wanted
from hub.log.wire import Wire
from hub.words import Stored
from ops import asyncapi

CONTRACT = load()
WRITTEN: dict[str, Any] = json.loads(files("schemas").joinpath("asyncapi.json").read_text(encoding="utf-8"))
GOLDEN = json.loads(files("schemas").joinpath("golden", "records.json").read_text(encoding="utf-8"))
ADDRESSES = {"outbox": "agency.{system}.outbox", "inbox": "agency.{system}.inbox", "events": "hub.events"}


def test_the_file_is_what_the_code_describes() -> None:
    written = files("schemas").joinpath("asyncapi.json").read_text(encoding="utf-8")
    assert written == asyncapi.text(), "run: python -m ops.asyncapi"


def refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        mine = [value["$ref"]] if "$ref" in value else []
        return mine + [ref for inner in value.values() for ref in refs(inner)]
    return [ref for inner in value for ref in refs(inner)] if isinstance(value, list) else []


def test_every_reference_leads_somewhere() -> None:
    found = refs(WRITTEN)
    for ref in found:
        at: Any = WRITTEN
        if ref.startswith("#/"):
            for part in ref[2:].split("/"):
                at = at[part]
        else:
            text = files("schemas").joinpath(*ref.removeprefix("./").split("/")).read_text(encoding="utf-8")
            assert json.loads(text)["type"] == "record"
    assert {ref for ref in found if ref.endswith(".avsc")} == {
        f"./{s.role}s/{s.name}.v{s.version}.avsc".replace("inboxs", "inbox") for s in CONTRACT.by_id.values()
    }


def test_it_has_the_shape_of_asyncapi_3() -> None:
    assert WRITTEN["asyncapi"] == "3.0.0" and WRITTEN["info"].keys() >= {"title", "version"}
    assert {name: c["address"] for name, c in WRITTEN["channels"].items()} == ADDRESSES
    for channel in WRITTEN["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel.get("parameters", {}))
    for operation in WRITTEN["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in ADDRESSES
    carried = [ref for c in WRITTEN["channels"].values() for ref in refs(c["messages"])]
    assert sorted(carried) == sorted(f"#/components/messages/{name}" for name in WRITTEN["components"]["messages"])


def test_topics_are_described_as_they_are_made() -> None:
    made = wanted(Topics(), ["town"])
    for name, channel in WRITTEN["channels"].items():
        described = channel["bindings"]["kafka"]["topicConfiguration"]
        real = made[ADDRESSES[name].replace("{system}", "town")]
        assert {k: ",".join(v) if isinstance(v, list) else str(v) for k, v in described.items()} == real


def test_schema_ids_are_those_of_the_bytes() -> None:
    messages = {m["name"]: m for m in WRITTEN["components"]["messages"].values()}
    assert len(messages) == len(WRITTEN["components"]["messages"])
    for record in GOLDEN:
        schema = CONTRACT.by_id[record["id"]]
        name = schema.fullname if schema.version == 1 else f"{schema.fullname} v{schema.version}"
        assert messages[name]["x-schema-id"] == int(record["kafka"][2:10], 16) == record["id"]


def test_headers_are_described_as_they_are_sent() -> None:
    wire = Wire(CONTRACT)
    seen = set()
    for record in GOLDEN:
        body, name = bytes.fromhex(record["stored"]), record["name"]
        if record["role"] == "event":
            sent = wire.event(Stored(7, bytes(16), 1, name, body))
        elif record["role"] == "inbox":
            sent, name = wire.delivery("town", 8, body), f"inbox.{name}"
        else:
            assert "headers" not in WRITTEN["components"]["messages"][f"command.{name}"]
            continue
        described = WRITTEN["components"]["messages"][name]["headers"]
        assert set(described["required"]) == {key for key, _ in sent.headers}
        for key, value in sent.headers:
            rule, said = described["properties"][key], value.decode("ascii")
            assert said == rule.get("const", said) and re.search(rule.get("pattern", ""), said), (name, key)
        seen.add(name)
    assert len(seen) == len(CONTRACT.names("event")) + len(CONTRACT.names("inbox"))
