"""Bytes nobody can read: kept in quarantine, answered once with code and field, and the next record is unharmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.aggregates.wire import to_command
from hub.contract import Unreadable
from hub.intake import MOST_BYTES, read
from hub.log.outboxes import Submitted
from hub.store.quarantine import CUT
from hub.words import text
from tests.log.kafka_parts import access_to, raw_producer

from .hub_parts import CONTRACT, COURT, command_id, register, running, taking_in

GOOD = register("good")
STORED = CONTRACT.from_kafka(GOOD)
EVENT = CONTRACT.schema("event", "agency.intake_opened")


def over_long_varint() -> bytes:
    """The same record with one length written in one byte more than needed: decodes alike, hashes otherwise."""
    raw = bytearray(GOOD)
    duty = raw.index("值班员".encode()) - 1
    assert raw[duty] == 9 * 2
    raw[duty : duty + 1] = bytes([raw[duty] | 0x80, 0x00])
    return bytes(raw)


def flipped(bit: int) -> bytes:
    raw = bytearray(GOOD)
    raw[bit // 8] ^= 1 << bit % 8
    return bytes(raw)


BAD: dict[str, tuple[bytes | None, str, str]] = {
    "no value": (None, "submission.unreadable", ""),
    "empty": (b"", "submission.unreadable", ""),
    "text": (b'{"type":"register"}', "submission.unreadable", ""),
    "unknown schema": (b"\x00\x7f\xff\xff\xfe" + GOOD[5:], "schema.unknown", ""),
    "stored prefix": (STORED, "submission.unreadable", ""),
    "truncated": (GOOD[:-3], "submission.unreadable", ""),
    "only the head": (GOOD[:6], "submission.unreadable", ""),
    "trailing junk": (GOOD + b"\x00", "submission.unreadable", ""),
    "over-long varint": (over_long_varint(), "submission.not_canonical", ""),
    "oversized": (GOOD + bytes(MOST_BYTES), "submission.too_large", ""),
    "an event": (
        CONTRACT.to_kafka(
            CONTRACT.encode(EVENT, (b"s" * 16, 1, bytes(32), 0, 0, b"a" * 16, "court", "", b"c" * 16, ""))
        ),
        "schema.not_a_command",
        "",
    ),
    "NUL in a text": (register("nul", duty="\x00"), "field.text", "duty"),
    "unknown code": (register("code", category="99"), "field.unknown_code", "category"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_kind_has_its_code_and_field(name: str) -> None:
    value, code, field = BAD[name]
    with pytest.raises(Unreadable) as refused:
        read(CONTRACT, "court", Submitted(0, value, []))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_no_flipped_bit_is_anything_but_a_command_or_a_refusal() -> None:
    """Every single-bit error ends in a command (another one) or in a refusal with a code; nothing else escapes."""
    refused = 0
    for bit in range(len(GOOD) * 8):
        try:
            read(CONTRACT, "court", Submitted(0, flipped(bit), []))
        except Unreadable as why:
            refused += 1
            assert why.code
    assert refused > len(GOOD) * 2


@pytest.mark.parametrize("header", ["ce_id", "command-id"])
def test_a_header_that_names_another_command_is_refused(header: str) -> None:
    own = text(command_id("good")).encode()
    assert read(CONTRACT, "court", Submitted(0, GOOD, [(header, own)])).command_id == command_id("good")
    for other in (own.upper(), own[:-1] + b"x", b"", text(command_id("other")).encode()):
        with pytest.raises(Unreadable) as refused:
            read(CONTRACT, "court", Submitted(0, GOOD, [(header, other)]))
        assert (refused.value.code, refused.value.field) == ("command.id_differs", header)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_next_record_is_unharmed_and_the_sender_is_told_once(
    kafka: str, tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    access = access_to(kafka)
    url = request.getfixturevalue("pg_url")() if database == "postgres" else ""
    sent: list[tuple[bytes | None, str, str]] = []
    with running(tmp_path, url=url) as parts:
        with taking_in(parts, access) as intake:
            with raw_producer(access) as producer:

                def send(value: bytes | None, **more: Any) -> None:
                    producer.send(access.topics.outbox("court"), value, partition=0, key=b"k", **more)

                for k, (value, code, field) in enumerate(BAD.values()):
                    send(value)
                    send(register(f"between {k}"))
                    sent.append((value, code, field))
                send(GOOD, headers=[("ce_id", b"another")])
                sent.append((GOOD, "command.id_differs", "ce_id"))
                producer.flush(10)
            assert intake.barrier(30)
        with taking_in(parts, access) as again:  # nothing is told twice
            assert again.barrier(30)
        inbox = parts.inbox("court")
        told = [(m["code"], m["field"], m["offset"]) for kind, m in inbox if kind == "unreadable"]
        assert told == [(code, field, 2 * k) for k, (_, code, field) in enumerate(sent)]
        done = [m["command_id"] for kind, m in inbox if kind == "answer" and m["outcome"] == "done"]
        assert done == [command_id(f"between {k}") for k in range(len(BAD))]
        kept = parts.store.quarantine.list("court")
        assert [(q.code, q.offset, q.size) for q in kept] == [
            (code, 2 * k, len(value or b"")) for k, (value, code, _) in enumerate(sent)
        ]
        assert all(q.raw is not None and len(q.raw) <= CUT for q in kept)
        assert parts.store.quarantine.erase(kept[2].id)
        assert parts.store.quarantine.list("court")[2].raw is None
        assert parts.store.offset("court")[1] == 2 * len(sent) - 1


def test_an_exception_of_ours_is_answered_with_an_incident_and_stops_nothing(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hub.intake.reading as module

    access = access_to(kafka)
    real = to_command

    def breaks(contract: Any, system: str, schema: Any, values: Any, reply: bool = False) -> Any:
        if values[0] == command_id("breaks"):
            raise ZeroDivisionError
        return real(contract, system, schema, values, reply)

    monkeypatch.setattr(module, "to_command", breaks)
    with running(tmp_path) as parts, taking_in(parts, access) as intake:
        with raw_producer(access) as producer:
            for name in ("before", "breaks", "after"):
                producer.send(access.topics.outbox("court"), register(name, COURT), partition=0)
            producer.flush(10)
        assert intake.barrier(20)
        inbox = parts.inbox("court")
        assert [(kind, m.get("code")) for kind, m in inbox if kind == "unreadable"] == [("unreadable", "hub.incident")]
        assert [m["command_id"] for kind, m in inbox if kind == "answer"] == [
            command_id(n) for n in ("before", "after")
        ]
