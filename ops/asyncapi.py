"""Write ``schemas/asyncapi.json`` anew from the code: ``python -m ops.asyncapi``. A test holds the two equal.

AsyncAPI 3.0 of what a system meets on Kafka, as the hub sees it: it receives on outboxes, sends on inboxes and on
``hub.events``. Each record type is a message whose payload is its own ``.avsc``; topic settings, headers and schema ids
are those the hub uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import hub
from hub.contract import Contract, Schema, load
from hub.log import wire
from hub.log.topics import ALWAYS, FOREVER, MONTH, Topics

FILE: Final = Path(__file__).parents[1] / "schemas" / "asyncapi.json"
AVRO: Final = "application/vnd.apache.avro"
FOLDERS: Final = {"command": "commands", "event": "events", "inbox": "inbox"}
BINDING: Final = "0.5.0"
NAME: Final = "SYSTEM"  # stands for any
Json = dict[str, Any]

DESCRIPTION: Final = """
HTTP 与 Kafka 是同一份合同的两种传输：同样的记录、同样的编号、同样的答复。

HTTP (openapi.json) and Kafka are two transports of one contract. A record's value is `00`, the 4-byte big-endian schema
id (`x-schema-id`, the same at every hub), and the Avro body: what Confluent-compatible serializers write. The hub
serves the schemas under `/registry`; a subject is a record's full name (RecordNameStrategy). Topics have one partition.

The reader's rule, the only one: remember the last number applied (`hub-n` on an inbox, `hub-position` on `hub.events`);
apply a record only if its number is last + 1; skip lower ones (repeats) and higher ones (they come again after what is
missing). Number n never lies before offset n - 1. The whole contract is in docs/contract.md.
"""


def describe(contract: Contract) -> Json:
    """The whole document."""
    numbers = {"inbox": wire.N, "event": wire.POSITION}
    messages = {_key(s): _message(s, numbers.get(s.role, "")) for role in FOLDERS for s in _schemas(contract, role)}
    messages["inbox.event"]["x-event-types"] = [s.name for s in _schemas(contract, "event")]
    topics = Topics()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "矛盾纠纷移送对接枢纽 · Closed-loop referral hub",
            "version": hub.__version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": AVRO,
        "servers": {"broker": _server()},
        "channels": {
            "outbox": _channel(
                contract, "command", topics.outbox(NAME).replace(NAME, "{system}"), MONTH,
                "发件箱：只有该系统可写 · only the system may write it; the record key is ignored",
            ),
            "inbox": _channel(
                contract, "inbox", topics.inbox(NAME).replace(NAME, "{system}"), FOREVER,
                "收件箱：只有该系统可读 · only the system may read it; read by the rule, from offset = last n",
            ),
            "events": _channel(
                contract, "event", topics.events, FOREVER,
                "全部事件，按序号 · every event in the order of positions, for readers with the right",
            ),
        },
        "operations": {
            "takeCommands": _operation("receive", "outbox", "上报 · what systems ask the hub to record")
            | {"reply": {
                "channel": {"$ref": "#/channels/inbox"},
                "messages": [{"$ref": f"#/channels/inbox/messages/inbox.{name}"} for name in ("answer", "unreadable")],
            }},
            "deliver": _operation("send", "inbox", "答复与事件 · answers, and the events a system may see"),
            "publishEvents": _operation("send", "events", "事件日志 · the log itself"),
        },
        "components": {"messages": messages, "securitySchemes": {"scram": {"type": "scramSha512"}}},
    }  # fmt: skip


def _server() -> Json:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "Apache Kafka 4 or newer; clients must speak the protocols of 2.1 or newer. TLS where set up.",
        "variables": {"bootstrap": {"description": "host:port, from the hub's operator", "default": "localhost:9092"}},
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
        "bindings": {"kafka": {"schemaRegistryVendor": "confluent", "bindingVersion": BINDING}},
    }


def _channel(contract: Contract, role: str, address: str, settings: dict[str, str], description: str) -> Json:
    found: Json = {
        "address": address,
        "description": description,
        "messages": {_key(s): {"$ref": f"#/components/messages/{_key(s)}"} for s in _schemas(contract, role)},
        "bindings": {
            "kafka": {"partitions": 1, "topicConfiguration": _settings(settings), "bindingVersion": BINDING},
        },
    }
    if "{system}" in address:
        found["parameters"] = {"system": {"description": "接入系统 · the system's name, as in `hub system add`"}}
    return found


def _settings(settings: dict[str, str]) -> Json:
    """As the Kafka binding types them: numbers, and the policy as a list."""
    found: Json = {}
    for name, value in (settings | ALWAYS).items():
        found[name] = [value] if name == "cleanup.policy" else int(value) if value.lstrip("-").isdigit() else value
    return found


def _operation(action: str, channel: str, summary: str) -> Json:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _schemas(contract: Contract, role: str) -> Iterable[Schema]:
    """Every version: records of an older one are still read, and stay in topics for ever."""
    return sorted((s for s in contract.by_id.values() if s.role == role), key=lambda s: (s.name, s.version))


def _type(schema: Schema) -> str:
    return schema.name if schema.role == "event" else f"{schema.role}.{schema.name}"


def _key(schema: Schema) -> str:
    return _type(schema) if schema.version == 1 else f"{_type(schema)}.v{schema.version}"


def _message(schema: Schema, number: str) -> Json:
    made: Json = {
        "name": schema.fullname if schema.version == 1 else f"{schema.fullname} v{schema.version}",
        "title": schema.name,
        "summary": str(json.loads(schema.text).get("doc", "")),
        "contentType": AVRO,
        "payload": {
            "schemaFormat": f"{AVRO}+json;version=1.9.0",
            "schema": {"$ref": f"./{FOLDERS[schema.role]}/{schema.name}.v{schema.version}.avsc"},
        },
        "bindings": {"kafka": {
            "schemaIdLocation": "payload", "schemaIdPayloadEncoding": "confluent",
            "schemaLookupStrategy": "RecordNameStrategy", "bindingVersion": BINDING,
        }},
        "x-schema-id": schema.id,
    }  # fmt: skip
    if "command_id" in schema.fields and schema.role != "event":
        made["correlationId"] = {"location": "$message.payload#/command_id"}
    if number:
        made["headers"] = _headers(schema, number)
    if schema.role == "event":
        made["bindings"]["kafka"]["key"] = {
            "type": "string", "format": "binary", "description": "the stream: 16 bytes, a dispute's or agency's id",
        }  # fmt: skip
    return made


def _headers(schema: Schema, number: str) -> Json:
    """CloudEvents 1.0, Kafka binary mode, and our own number; all of them text in ASCII."""
    decimal = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
    said = "序号 of the event" if number == wire.POSITION else "n, gapless per system"
    source = (
        {"type": "string", "pattern": f"^{wire.SOURCE}/inbox/.+$"}
        if schema.role == "inbox"
        else {"type": "string", "const": wire.SOURCE}
    )
    found = {
        number: {**decimal, "description": said},
        "ce_specversion": {"type": "string", "const": "1.0"},
        wire.ID: {**decimal, "description": f"the same as {number}"},
        "ce_source": source,
        "ce_type": {"type": "string", "const": _type(schema)},
    }
    return {"type": "object", "required": list(found), "properties": found}


def text() -> str:
    """The file as it must be."""
    return json.dumps(describe(load()), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
