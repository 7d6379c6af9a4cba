"""What a command record must hold before it is queued: codes from the lists, texts without NUL, bounded numbers."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.wire import to_command
from hub.contract import Unreadable, load

CONTRACT = load()
HEAD: dict[str, Any] = {
    "command_id": b"c" * 16,
    "occurred_at": 1_700_000_000_000_000,
    "agency": b"a" * 16,
    "duty": "值班员",
    "dispute": b"d" * 16,
    "based_on": None,
}
PARTY = ("applicant", "person", b"h" * 32, "张某某", b"s" * 32)
GOOD: dict[str, dict[str, Any]] = {
    "register": {"dispute": None, "category": "02", "place": "532301101", "source": "application", "parties": (PARTY,)},
    "refer": {"kind": "transfer", "channel": "police", "receiver": b"b" * 16, "in_place_of": None, "reason": "不属"},
    "return": {"referral": b"r" * 16, "reason_code": "not_competent", "reason": "", "suggested": None},
    "reach_agreement": {"form": "written", "amount": 100, "due_on": "2026-12-01"},
    "grade": {"scheme": "four", "grade": "红", "ordinal": 1},
    "report": {"recipients": (b"b" * 16,), "grade": "红", "content": ""},
    "urge": {"obligation": "sign", "referral": b"r" * 16, "debtor": None, "content": ""},
    "close": {"outcome": "performed", "summary": "", "rights_notice": True},
    "file_screening": {
        "dispute": None, "subject": None, "schedule": "village_month", "kind": "regular", "first": "2026-06-01",
        "last": "2026-06-30", "found": 2, "settled": 1, "summary": "",
    },
    "report_lead": {
        "dispute": None, "subject": None, "source": "grid", "category": "02", "place": "532301101", "people": 3,
        "ordinal": 0, "scheme": "", "raw": "", "measures": "", "summary": "",
    },
    "assess_lead": {
        "dispute": None, "subject": b"s" * 16, "lead": b"l" * 16, "ordinal": 1, "scheme": "四色", "raw": "红",
        "measures": "约谈",
    },
    "settle_lead": {
        "dispute": None, "subject": None, "lead": b"l" * 16, "outcome": "registered", "registered": b"d" * 16,
        "receiver": None, "note": "",
    },
    "inspect": {"dispute": None, "subject": b"s" * 16, "summary": "", "demands": ("补记录",)},
    "rectify": {"dispute": None, "subject": None, "finding": b"f" * 16, "done": "已补"},
    "review_finding": {"dispute": None, "subject": b"s" * 16, "finding": b"f" * 16, "passed": True, "note": ""},
    "register_agency": {
        "dispute": None, "agency": w.HUB_AGENCY, "code": "532301.x", "name": "某单位", "kind": "committee",
        "level": "city", "region": "532301", "superior": None, "competences": ("02",), "mediators": 1, "seal": True,
    },
}  # fmt: skip


def read(name: str, **change: Any) -> Any:
    schema = CONTRACT.schema("command", name)
    record = {**HEAD, **GOOD[name], **change}
    return to_command(CONTRACT, "court", schema, tuple(record[f] for f in schema.fields))


@pytest.mark.parametrize("name", GOOD)
def test_good_commands_pass(name: str) -> None:
    command = read(name)
    assert command.system == "court" and command.command_id == b"c" * 16


def test_the_digest_is_over_the_avro_form() -> None:
    schema = CONTRACT.schema("command", "close")
    record = {**HEAD, **GOOD["close"]}
    stored = CONTRACT.encode(schema, tuple(record[f] for f in schema.fields))
    assert read("close").digest == hashlib.sha256(stored).digest()
    assert read("close", summary="x").digest != read("close").digest


def test_names_and_salts_leave_the_command() -> None:
    command = read("register")
    assert command.body.parties == (("applicant", "person", b"h" * 32),)
    assert command.sealed == ((0, "张某某", b"s" * 32),)
    assert "张某某" not in repr(command.body)
    assert read("register", parties=((*PARTY[:3], None, b"s" * 32),)).sealed == ((0, "", b"s" * 32),)
    assert read("register", parties=((*PARTY[:3], None, None),)).sealed == ()
    for mask in ("张*", "张＊＊", "鑫×公司", ""):
        assert read("register", parties=((*PARTY[:3], mask, b"s" * 32),)).sealed == ((0, mask, b"s" * 32),)


@pytest.mark.parametrize(
    ("name", "change", "code", "field"),
    [
        ("register", {"category": "99"}, "field.unknown_code", "category"),
        ("register", {"source": "rumour"}, "field.unknown_code", "source"),
        ("register", {"place": "x" * 201}, "field.too_long", "place"),
        ("register", {"parties": (("boss", *PARTY[1:]),)}, "field.unknown_code", "parties[0].role"),
        ("register", {"parties": ((PARTY[0], "robot", *PARTY[2:]),)}, "field.unknown_code", "parties[0].kind"),
        ("register", {"parties": ((*PARTY[:3], "张\x00", None),)}, "field.text", "parties[0].masked"),
        ("register", {"parties": ((*PARTY[:3], "张三", None),)}, "field.range", "parties[0].masked"),
        ("register", {"parties": (PARTY,) * 51}, "field.too_long", "parties"),
        ("refer", {"kind": "gift"}, "field.unknown_code", "kind"),
        ("refer", {"channel": "fax"}, "field.unknown_code", "channel"),
        ("refer", {"reason": "a\x00b"}, "field.text", "reason"),
        ("refer", {"reason": "\ud800"}, "field.text", "reason"),
        ("refer", {"reason": "长" * 4001}, "field.too_long", "reason"),
        ("refer", {"dispute": None}, "field.missing", "dispute"),
        ("refer", {"based_on": 0}, "field.range", "based_on"),
        ("refer", {"agency": w.HUB_AGENCY}, "access.denied", "agency"),
        ("return", {"reason_code": "lazy"}, "field.unknown_code", "reason_code"),
        ("reach_agreement", {"amount": -1}, "field.range", "amount"),
        ("reach_agreement", {"due_on": "2026-02-30"}, "field.type", "due_on"),
        ("reach_agreement", {"due_on": "20261201"}, "field.range", "due_on"),
        ("reach_agreement", {"due_on": "9999-01-01"}, "field.range", "due_on"),
        ("reach_agreement", {"form": "nod"}, "field.unknown_code", "form"),
        ("grade", {"ordinal": 5}, "field.range", "ordinal"),
        ("report", {"recipients": ()}, "field.missing", "recipients"),
        ("report", {"recipients": (b"b" * 16,) * 51}, "field.too_long", "recipients"),
        ("urge", {"obligation": "hope"}, "field.unknown_code", "obligation"),
        ("close", {"outcome": "bored"}, "field.unknown_code", "outcome"),
        ("file_screening", {"kind": "deep"}, "field.unknown_code", "kind"),
        ("file_screening", {"first": "2026-02-30"}, "field.type", "first"),
        ("file_screening", {"last": "20260630"}, "field.range", "last"),
        ("file_screening", {"found": -1}, "field.range", "found"),
        ("file_screening", {"settled": 1_000_001}, "field.range", "settled"),
        ("file_screening", {"schedule": "x" * 201}, "field.too_long", "schedule"),
        ("file_screening", {"dispute": b"d" * 16}, "field.range", "dispute"),
        ("file_screening", {"based_on": 3}, "field.range", "based_on"),
        ("file_screening", {"agency": w.HUB_AGENCY}, "access.denied", "agency"),
        ("report_lead", {"source": "rumour"}, "field.unknown_code", "source"),
        ("report_lead", {"category": "99"}, "field.unknown_code", "category"),
        ("report_lead", {"ordinal": 5}, "field.range", "ordinal"),
        ("report_lead", {"people": -1}, "field.range", "people"),
        ("report_lead", {"measures": "长" * 4001}, "field.too_long", "measures"),
        ("assess_lead", {"ordinal": -1}, "field.range", "ordinal"),
        ("settle_lead", {"outcome": "bored"}, "field.unknown_code", "outcome"),
        ("inspect", {"demands": ("补记录", " ")}, "field.missing", "demands[1]"),
        ("inspect", {"demands": ("a\x00b",)}, "field.text", "demands[0]"),
        ("inspect", {"demands": ("长" * 4001,)}, "field.too_long", "demands[0]"),
        ("inspect", {"demands": ("x",) * 51}, "field.too_long", "demands"),
        ("rectify", {"done": "  "}, "field.missing", "done"),
        ("review_finding", {"note": "\ud800"}, "field.text", "note"),
        ("register_agency", {"code": "a b"}, "field.type", "code"),
        ("register_agency", {"region": "53230"}, "field.type", "region"),
        ("register_agency", {"kind": "club"}, "field.unknown_code", "kind"),
        ("register_agency", {"level": "moon"}, "field.unknown_code", "level"),
        ("register_agency", {"mediators": -1}, "field.range", "mediators"),
        ("register_agency", {"competences": ("02", "xx")}, "field.unknown_code", "competences[1]"),
    ],
)
def test_a_bad_field_is_named(name: str, change: dict[str, Any], code: str, field: str) -> None:
    schema = CONTRACT.schema("command", name)
    record = {**HEAD, **GOOD[name], **change}
    with pytest.raises(Unreadable) as why:
        to_command(CONTRACT, "court", schema, tuple(record[f] for f in schema.fields))
    assert (why.value.code, why.value.field) == (code, field)


def test_an_event_is_not_a_command() -> None:
    schema = CONTRACT.schema("event", "referral.signed")
    with pytest.raises(Unreadable) as why:
        to_command(CONTRACT, "court", schema, ())
    assert why.value.code == "schema.not_a_command"
