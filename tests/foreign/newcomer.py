"""A client as a stranger would write it: from ``docs/contract.md``, ``schemas/`` and the hub's schema endpoint alone.

Another Kafka client (librdkafka) and another Avro library; nothing of the hub or its connectors is imported, which the
process itself checks at its end. ``newcomer.py '{"broker": …, "registry": …, "prefix": …, "schemas": …}'`` plays a
short story as two systems, writes what they read as one JSON object, and exits.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

PATIENCE = 60.0
ANSWER, UNREADABLE = "hub.inbox.Answer", "hub.inbox.Unreadable"


class Registry:
    """Schemas by subject and by id, each asked for once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.known: dict[int, Any] = {}

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def encode(self, subject: str, record: dict[str, Any]) -> bytes:
        found = self.get(f"/subjects/{subject}/versions/latest")
        self.known[found["id"]] = fastavro.parse_schema(json.loads(found["schema"]))
        body = io.BytesIO()
        fastavro.schemaless_writer(body, self.known[found["id"]], record)
        return b"\x00" + int(found["id"]).to_bytes(4, "big") + body.getvalue()

    def decode(self, value: bytes) -> tuple[str, dict[str, Any]]:
        """The record's full name and its fields."""
        assert value[0] == 0
        schema = self.schema(value)
        record = fastavro.schemaless_reader(io.BytesIO(value[5:]), schema, None)
        assert isinstance(record, dict)
        return schema["name"], record

    def schema(self, value: bytes) -> Any:
        ident = int.from_bytes(value[1:5], "big")
        if ident not in self.known:
            self.known[ident] = fastavro.parse_schema(json.loads(self.get(f"/schemas/ids/{ident}")["schema"]))
        return self.known[ident]

    def leaf(self, value: bytes) -> bytes:
        """The leaf hash of an event, from its bytes on Kafka: the fingerprint stands in for the id."""
        canonical = fastavro.schema.to_parsing_canonical_form(self.schema(value))
        print_ = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
        assert int.from_bytes(print_, "little") & 0x7FFFFFFF == int.from_bytes(value[1:5], "big")
        return hashlib.sha256(b"\x00\xc3\x01" + print_ + value[5:]).digest()


class System:
    """One system: writes its outbox, reads its inbox by the reader's rule."""

    def __init__(self, name: str, given: dict[str, str], registry: Registry) -> None:
        self.name, self.registry = name, registry
        self.namespace = uuid.UUID(json.loads(Path(given["schemas"], "namespace.json").read_bytes())["namespace"])
        self.broker, self.topics = given["broker"], f"{given['prefix']}agency.{name}."
        self.producer = Producer({"bootstrap.servers": self.broker, "acks": "all", "enable.idempotence": True})
        self.last = 0  # the only thing to remember

    def send_raw(self, value: bytes) -> None:
        self.producer.produce(self.topics + "outbox", value)
        assert self.producer.flush(PATIENCE) == 0

    def send(self, subject: str, agency: str, **fields: Any) -> uuid.UUID:
        command = uuid.uuid4()
        head = {"command_id": command.bytes, "occurred_at": int(time.time() * 1_000_000), "agency": self.agency(agency)}
        self.send_raw(self.registry.encode(f"hub.command.{subject}", head | fields))
        return command

    def agency(self, code: str) -> bytes:
        return uuid.uuid5(self.namespace, code).bytes

    def dispute(self, command: uuid.UUID) -> bytes:
        return uuid.uuid5(self.namespace, f"{self.name}/{command}").bytes

    def referral(self, command: uuid.UUID) -> bytes:
        return uuid.uuid5(self.namespace, f"{self.name}/{command}/referral").bytes

    def inbox(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Messages after the last one, in order, for ever: number, record name, fields."""
        inbox = TopicPartition(self.topics + "inbox", 0, self.last)
        reader = Consumer({
            "bootstrap.servers": self.broker, "group.id": "none", "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        })  # fmt: skip
        reader.get_watermark_offsets(inbox, timeout=PATIENCE)  # may I read it at all? polling would not say
        reader.assign([inbox])
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = reader.poll(1.0)
            if found is None:
                continue
            assert not found.error(), found.error()
            number = int(dict(found.headers() or [])["hub-n"] or "")
            if number != self.last + 1:
                continue  # a repeat, or something that comes again after what is missing
            self.last = number
            value = found.value()
            assert value is not None
            yield number, *self.registry.decode(value)
        raise TimeoutError(f"nothing more in the inbox of {self.name} after message {self.last}")

    def until(self, *names: str) -> list[dict[str, Any]]:
        """Read on until each of these records, or events of these types, has come, in any order; all that was read."""
        read: list[dict[str, Any]] = []
        missing = Counter(names)
        for number, kind, record in self.inbox():
            read.append(self.plain(number, kind, record))
            missing -= Counter([kind, record.get("type", "")])
            if not missing:
                break
        return read

    def plain(self, number: int, kind: str, record: dict[str, Any]) -> dict[str, Any]:
        """A message for people: ids as text, a nested event decoded."""
        made = {"n": number, "record": kind} | {key: readable(value) for key, value in record.items()}
        if kind == "hub.inbox.Event":
            assert self.registry.leaf(record["event"]) == record["leaf"]
            kind, event = self.registry.decode(record["event"])
            made["event"] = {"record": kind} | {key: readable(value) for key, value in event.items()}
        return made


def readable(value: Any) -> Any:
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value)) if len(value) == 16 else value.hex()
    return value if isinstance(value, str | int | bool | None) else str(value)


def story(given: dict[str, str]) -> dict[str, Any]:
    registry = Registry(given["registry"])
    village, station = System("village", given, registry), System("station", given, registry)
    case = village.send("Register", "village", category="03", source="application")
    dispute = village.dispute(case)
    offer = village.send("Refer", "village", dispute=dispute, kind="transfer", channel="police",
                         receiver=village.agency("station"), reason="现场有冲突")  # fmt: skip
    village.send_raw(b'{"type": "refer"}')
    stranger = village.send("Register", "station", category="03", source="application")
    early = village.send("Accept", "village", dispute=dispute, referral=village.referral(offer), handler="值班员")
    read = {"village": village.until(*[ANSWER] * 4, UNREADABLE)}
    signed = station.send("Sign", "station", dispute=dispute, referral=village.referral(offer))
    accepted = station.send("Accept", "station", dispute=dispute, referral=village.referral(offer), handler="值班民警")
    read["station"] = station.until(*[ANSWER] * 2, "referral.offered")
    read["resumed"] = village.until("referral.accepted")  # a new reader that starts at offset = last number
    commands = {
        "case": case,
        "offer": offer,
        "stranger": stranger,
        "early": early,
        "signed": signed,
        "accepted": accepted,
    }
    ids = {key: str(value) for key, value in commands.items()}
    return {"commands": ids, "dispute": readable(dispute), "referral": readable(village.referral(offer)), "read": read}


if __name__ == "__main__":
    told = story(json.loads(sys.argv[1]))
    assert not {"hub", "connectors"} & {name.partition(".")[0] for name in sys.modules}
    print(json.dumps(told))
