"""Every way a body can be wrong: a stable code, the field named, nothing recorded, and the next body unharmed."""

import json
import uuid
from typing import Any

import pytest

from hub.web.edge import BODY_CAP
from hub.words import agency_id, text
from tests.web.hubs import Peer, Trial, command

CODE = "532301101201.committee"


@pytest.fixture(scope="module")
def peer(shared: Trial) -> Peer:
    peers = shared.play()
    assert peers
    return shared.peer("village", CODE)


def good(**fields: Any) -> dict[str, Any]:
    return command("register", CODE, category="03", source="application") | fields


def without(name: str) -> dict[str, Any]:
    body = good()
    del body[name]
    return body


PARTY = {"role": "applicant", "kind": "person", "commitment": "ab" * 32}
BODIES: list[tuple[str, Any, int, str, str]] = [
    ("a list", [good()], 400, "field.type", ""),
    ("null", None, 400, "field.type", ""),
    ("a number", 7, 400, "field.type", ""),
    ("no type", without("type"), 400, "field.missing", "type"),
    ("a type that is a number", good(type=7), 400, "field.type", "type"),
    ("an unknown type", good(type="conquer"), 400, "schema.unknown", "type"),
    ("a type of the hub's own", good(type="lapse"), 400, "schema.unknown", "type"),
    ("an event's type", good(type="dispute.registered"), 400, "schema.unknown", "type"),
    ("no command id", without("command_id"), 400, "field.missing", "command_id"),
    ("a missing field", without("category"), 400, "field.missing", "category"),
    ("a further field", good(colour="red"), 400, "field.unknown", "colour"),
    ("a command id in capitals", good(command_id=str(uuid.uuid4()).upper()), 400, "field.type", "command_id"),
    ("a command id in braces", good(command_id="{" + str(uuid.uuid4()) + "}"), 400, "field.type", "command_id"),
    ("a command id cut short", good(command_id="123"), 400, "field.type", "command_id"),
    ("a category that is a number", good(category=3), 400, "field.type", "category"),
    ("an unknown category", good(category="99"), 400, "field.unknown_code", "category"),
    ("an unknown source", good(source="heaven"), 400, "field.unknown_code", "source"),
    ("an unknown role", good(parties=[PARTY | {"role": "king"}]), 400, "field.unknown_code", "parties[0].role"),
    ("half a commitment", good(parties=[PARTY | {"commitment": "ab"}]), 400, "field.type", "parties[0].commitment"),
    ("a party with a name", good(parties=[PARTY | {"name": "x"}]), 400, "field.unknown", "parties[0].name"),
    ("a party that is a text", good(parties=["x"]), 400, "field.type", "parties[0]"),
    ("parties that are an object", good(parties={}), 400, "field.type", "parties"),
    ("51 parties", good(parties=[PARTY] * 51), 400, "field.too_long", "parties"),
    ("NUL in a text", good(place="a\x00b"), 400, "field.text", "place"),
    ("a lone surrogate in a text", good(place="a\ud800b"), 400, "field.text", "place"),
    ("NUL in a key", good(**{"a\x00b": 1}), 400, "field.text", ""),
    ("a lone surrogate in a key", good(**{"a\udfffb": 1}), 400, "field.text", ""),
    ("a place too long", good(place="长" * 201), 400, "field.too_long", "place"),
    ("an instant in local time", good(occurred_at="2026-11-25T08:12:36+08:00"), 400, "field.type", "occurred_at"),
    ("an instant that is a number", good(occurred_at=1764029556), 400, "field.type", "occurred_at"),
    ("the 30th of February", good(occurred_at="2026-02-30T00:00:00Z"), 400, "field.type", "occurred_at"),
    ("the year 0000", good(occurred_at="0000-01-01T00:00:00Z"), 400, "field.type", "occurred_at"),
    ("six minutes ahead", good(occurred_at="2027-06-13T00:18:37Z"), 400, "time.future", "occurred_at"),
    ("the year 9999", good(occurred_at="9999-12-31T23:59:59Z"), 400, "time.future", "occurred_at"),
    ("before 1949-10-01", good(occurred_at="1949-09-30T15:59:59Z"), 400, "time.too_early", "occurred_at"),
    ("the year 1900", good(occurred_at="1900-01-01T00:00:00Z"), 400, "time.too_early", "occurred_at"),
    ("based_on that is a text", good(based_on="1"), 400, "field.type", "based_on"),
    ("based_on that is a fraction", good(based_on=1.5), 400, "field.type", "based_on"),
    ("based_on that is true", good(based_on=True), 400, "field.type", "based_on"),
    ("based_on of 2^70", good(based_on=1 << 70), 400, "field.range", "based_on"),
    ("based_on of 0", good(based_on=0), 400, "field.range", "based_on"),
    ("an agency that is a code", good(agency=CODE), 400, "field.type", "agency"),
    ("an agency it does not serve", good(agency=text(agency_id("532301.centre"))), 403, "access.denied", "agency"),
    ("an agency nobody knows", good(agency=text(agency_id("nowhere"))), 403, "access.denied", "agency"),
    ("the hub's own name", good(agency=text(agency_id("hub"))), 403, "access.denied", "agency"),
    ("17 levels deep", good(place=json.loads("[" * 17 + "]" * 17)), 400, "request.nesting", ""),
]  # fmt: skip
RAW: list[tuple[str, bytes, int, str]] = [
    ("nothing", b"", 400, "request.json"),
    ("one byte", b"{", 400, "request.json"),
    ("not JSON", b"type=register", 400, "request.json"),
    ("trailing junk", b"{} {}", 400, "request.json"),
    ("a comment", b"{} // x", 400, "request.json"),
    ("single quotes", b"{'type': 'register'}", 400, "request.json"),
    ("a byte order mark", b"\xef\xbb\xbf{}", 400, "request.json"),
    ("GB18030", '{"type":"登记"}'.encode("gb18030"), 400, "request.json"),
    ("UTF-16", '{"type":"register"}'.encode("utf-16"), 400, "request.json"),
    ("NaN", b'{"type":"register","based_on":NaN}', 400, "request.json"),
    ("infinity", b'{"type":"register","based_on":-Infinity}', 400, "request.json"),
    ("1e400", b'{"type":"register","based_on":1e400}', 400, "field.range"),
    ("a number of 5000 digits", b'{"type":"register","based_on":' + b"9" * 5000 + b"}", 400, "field.range"),
    ("a duplicate key", b'{"type":"register","type":"refer"}', 400, "request.duplicate_key"),
    ("a duplicate key below", b'{"type":"register","parties":[{"role":"a","role":"b"}]}', 400, "request.duplicate_key"),
    ("100,000 levels", b"[" * 100_000 + b"]" * 100_000, 400, "request.nesting"),
    ("one byte too much", b" " * (BODY_CAP + 1), 413, "request.too_large"),
    ("just the cap", b" " * BODY_CAP, 400, "request.json"),
]


def problem(answer: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), found
    assert answer.headers["content-type"] == "application/problem+json"
    assert found["status"] == status and found["type"] == f"/problems/{code}" and found["title"] != code
    if field is not None:
        assert found["field"] == field
    return found


@pytest.mark.parametrize(("body", "status", "code", "field"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
def test_a_bad_body_is_refused(shared: Trial, peer: Peer, body: Any, status: int, code: str, field: str) -> None:
    before = shared.hub.desk.position
    # ensure_ascii writes lone surrogates as escapes: valid JSON text, not valid characters.
    problem(peer.raw(json.dumps(body, ensure_ascii=True).encode()), status, code, field)
    assert shared.hub.desk.position == before
    assert peer.post(good()).status_code == 201


@pytest.mark.parametrize(("raw", "status", "code"), [r[1:] for r in RAW], ids=[r[0] for r in RAW])
def test_bad_bytes_are_refused(shared: Trial, peer: Peer, raw: bytes, status: int, code: str) -> None:
    before = shared.hub.desk.position
    problem(peer.raw(raw), status, code)
    assert shared.hub.desk.position == before
    assert peer.post(good()).status_code == 201


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
def test_another_content_type_is_refused(peer: Peer, media: str) -> None:
    problem(peer.raw(json.dumps(good()).encode(), media), 415, "request.media_type", "Content-Type")


def test_a_compressed_body_is_refused_unread(peer: Peer) -> None:
    answer = peer.raw(b"\x1f\x8b" + b"\x00" * 100, **{"content-encoding": "gzip"})
    problem(answer, 415, "request.media_type", "Content-Encoding")


def test_a_body_without_length_is_capped_while_it_comes(shared: Trial, peer: Peer) -> None:
    sent = 0

    def endless() -> Any:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 65_536

    headers = peer.headers | {"content-type": "application/json"}
    answer = shared.client.post("/v1/submissions", content=endless(), headers=headers)
    problem(answer, 413, "request.too_large")


def test_a_header_naming_another_command_is_refused(shared: Trial, peer: Peer) -> None:
    before = shared.hub.desk.position
    answer = peer.post(good(), **{"idempotency-key": str(uuid.uuid4())})
    problem(answer, 400, "command.id_differs", "Idempotency-Key")
    assert shared.hub.desk.position == before
    body = good()
    assert peer.post(body, **{"idempotency-key": body["command_id"]}).status_code == 201
    quoted = good()  # as the header's draft standard writes it
    assert peer.post(quoted, **{"idempotency-key": f'"{quoted["command_id"]}"'}).status_code == 201


def test_what_the_caller_wrote_comes_back_cut_and_harmless(peer: Peer) -> None:
    found = problem(peer.post(good(**{"\u202e\x1b[31m" + "x" * 500: 1})), 400, "field.unknown")
    assert len(found["field"]) <= 100 and "\x1b" not in found["field"] and "\u202e" not in found["field"]
