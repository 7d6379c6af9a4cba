"""Anybody's bytes: truncated, flipped, padded, spelt in a second way, of an unknown schema: refused, never a crash."""

from __future__ import annotations

import json
import random

import pytest

from hub import words as w
from hub.contract import SchemaRefused, Unreadable, load
from hub.contract.schema import parse

CONTRACT = load()
SIGN = CONTRACT.schema("command", "sign")
GOOD = CONTRACT.encode(SIGN, (b"c" * 16, 1_700_000_000_000_000, b"a" * 16, "值班", b"d" * 16, 3, b"r" * 16))
MARK = 10


def refused(stored: bytes) -> str:
    with pytest.raises(Unreadable) as why:
        CONTRACT.decode_exact(stored)
    return why.value.code


def test_every_truncation_is_refused() -> None:
    for end in range(MARK, len(GOOD)):
        assert refused(GOOD[:end]) == "submission.unreadable"


def test_trailing_bytes_are_refused() -> None:
    assert refused(GOOD + b"\x00") == "submission.unreadable"


def test_over_long_varint_is_a_second_spelling() -> None:
    length = MARK + 16 + 8 + 16  # where duty's length stands
    assert GOOD[length] == 12
    assert refused(GOOD[:length] + bytes([12 | 128, 0]) + GOOD[length + 1 :]) == "submission.not_canonical"
    twelve = bytes([12 | 128]) + b"\x80" * 10 + b"\x00"
    assert refused(GOOD[:length] + twelve + GOOD[length + 1 :]) == "submission.unreadable"


def test_negative_and_huge_lengths_are_refused() -> None:
    length = MARK + 16 + 8 + 16
    for bad in (b"\x01", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"):
        assert refused(GOOD[:length] + bad + GOOD[length + 1 :]) == "submission.unreadable"


def test_unknown_union_branch_is_refused() -> None:
    branch = MARK + 16 + 8 + 16 + 1 + 6
    assert GOOD[branch] == 2
    assert refused(GOOD[:branch] + b"\x04" + GOOD[branch + 1 :]) == "submission.unreadable"


def test_invalid_utf8_is_refused() -> None:
    text = MARK + 16 + 8 + 16 + 1
    assert refused(GOOD[:text] + b"\xed\xa0\x80\xed\xa0\x80" + GOOD[text + 6 :]) == "submission.unreadable"


def test_a_bomb_of_items_ends_at_once() -> None:
    register = CONTRACT.schema("command", "register")
    whole = CONTRACT.encode(register, (b"c" * 16, 0, b"a" * 16, "", None, None, "02", "", "applied", ()))
    bomb = bytearray()
    for byte in (0x80, 0x80, 0x80, 0x80, 0x01):  # 2**27 parties announced, none there
        bomb.append(byte)
    assert refused(whole[:-1] + bytes(bomb)) == "submission.unreadable"


def test_flipped_bits_never_crash_and_never_decode_to_other_bytes() -> None:
    draw = random.Random(7)
    for _ in range(4_000):
        raw = bytearray(GOOD)
        raw[draw.randrange(MARK, len(raw))] ^= 1 << draw.randrange(8)
        try:
            schema, values = CONTRACT.decode_exact(bytes(raw))
        except Unreadable as why:
            assert why.code in ("submission.unreadable", "submission.not_canonical")
        else:
            assert CONTRACT.encode(schema, values) == bytes(raw)


def test_unknown_schema_and_wrong_framing() -> None:
    for bad in (b"", b"\x00", b"\x01\x00\x00\x00\x01abc", b"{}" * 20):
        with pytest.raises(Unreadable) as why:
            CONTRACT.from_kafka(bad)
        assert why.value.code == "submission.unreadable"
    with pytest.raises(Unreadable) as why:
        CONTRACT.from_kafka(b"\x00\x00\x00\x00\x01abc")
    assert why.value.code == "schema.unknown"
    assert refused(b"\xc3\x01" + bytes(8) + b"abc") == "schema.unknown"


def test_kafka_framing_changes_the_prefix_only() -> None:
    value = CONTRACT.to_kafka(GOOD)
    assert value[0] == 0 and int.from_bytes(value[1:5], "big") == SIGN.id and value[5:] == GOOD[10:]
    assert CONTRACT.from_kafka(value) == GOOD


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ([{"name": "next", "type": ["null", "hub.R"]}], "contains itself"),
        ([{"name": "all", "type": {"type": "array", "items": "null"}}], "not in the subset"),
        (
            [{"name": "all", "type": {"type": "array", "items": {"type": "record", "name": "E", "fields": []}}}],
            "no bytes",
        ),
        ([{"name": "f", "type": {"type": "fixed", "name": "F", "size": 0}}], "fixed of size 0"),
        ([{"name": "m", "type": {"type": "map", "values": "string"}}], "not in the subset"),
        ([{"name": "u", "type": ["string", "long"]}], "only unions"),
        ([{"name": "a", "type": "long"}, {"name": "a", "type": "long"}], "two fields"),
    ],
)
def test_dangerous_schemas_are_refused_when_loaded(fields: list[object], says: str) -> None:
    text = json.dumps({"type": "record", "name": "R", "namespace": "hub", "fields": fields})
    with pytest.raises(SchemaRefused, match=says):
        parse("event", "r", 1, text)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"referral": None}, "field.type", "referral"),
        ({"referral": "R" * 36}, "field.type", "referral"),
        ({"referral": w.text(b"\xab" * 16).upper()}, "field.type", "referral"),
        ({"extra": 1}, "field.unknown", "extra"),
        ({"occurred_at": 5}, "field.type", "occurred_at"),
        ({"occurred_at": "2026-11-25 08:00"}, "field.type", "occurred_at"),
        ({"occurred_at": "2026-13-25T08:00:00Z"}, "field.type", "occurred_at"),
        ({"based_on": True}, "field.type", "based_on"),
        ({"based_on": 1.5}, "field.type", "based_on"),
        ({"based_on": 1 << 70}, "field.range", "based_on"),
        ({"duty": "\ud800"}, "field.text", "duty"),
        ({"duty": 3}, "field.type", "duty"),
    ],
)
def test_json_form_names_the_field_at_fault(change: dict[str, object], code: str, field: str) -> None:
    form = CONTRACT.to_json(SIGN, CONTRACT.decode(GOOD)[1]) | change
    with pytest.raises(Unreadable) as why:
        CONTRACT.from_json("command", "sign", form)
    assert (why.value.code, why.value.field) == (code, field)


def test_json_form_misses_a_field() -> None:
    form = CONTRACT.to_json(SIGN, CONTRACT.decode(GOOD)[1])
    del form["referral"]
    with pytest.raises(Unreadable) as why:
        CONTRACT.from_json("command", "sign", form)
    assert (why.value.code, why.value.field) == ("field.missing", "referral")
