"""Commands that may not be, by outbox and over HTTP: the same code and field, nothing recorded, the next one done."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaProducer

from hub.log.access import Access, Admin
from hub.log.topics import Topics, wanted
from hub.web.api import models
from hub.web.api.examples import SYSTEM
from hub.words import CommandId, agency_id, dispute_id, ident, referral_id, text
from tests.bootstrap.test_a_hub_with_a_broker import CONTRACT, PAST, Running
from tests.parts.waiting import eventually
from tests.web.hubs import command

MINE, OTHER = "532301101201.committee", "532301101.police"
NOBODY, HUB = str(uuid.UUID(int=7)), text(agency_id("hub"))
Body = dict[str, Any]
Sends = Callable[[Body], None]


def by_me(type_: str, **fields: Any) -> Body:
    return command(type_, MINE) | {"occurred_at": PAST} | fields


def register(**fields: Any) -> Body:
    return by_me("register", category="03", source="application", **fields)


def made_by(registration: Body) -> str:
    return text(dispute_id(SYSTEM, CommandId(ident(registration["command_id"]))))


OPEN, CLOSED = register(), register()
OFFER = by_me("refer", dispute=made_by(OPEN), kind="transfer", channel="police", receiver=text(agency_id(OTHER)))
OFFERED = text(referral_id(SYSTEM, CommandId(ident(OFFER["command_id"]))))
SIGNED = command("sign", OTHER) | {"occurred_at": PAST, "dispute": made_by(OPEN), "referral": OFFERED}
GIVEN = (OPEN, CLOSED, OFFER, SIGNED, by_me("close", dispute=made_by(CLOSED), outcome="no_deal"))
GRADE = {"scheme": "s", "grade": "g", "ordinal": 1}
ATTEMPT = {"counted": False, "place": "", "mediator": "", "why_not": "x", "at": PAST}
LAST = (1 << 63) - 1  # the latest instant Avro can say: the year 294247

CASES: list[tuple[str, Body, dict[str, int], str, str]] = [
    ("an unknown dispute", by_me("grade", dispute=NOBODY, **GRADE), {}, "dispute.unknown", "dispute"),
    ("an agency as dispute", by_me("grade", dispute=text(agency_id(MINE)), **GRADE), {}, "dispute.unknown", "dispute"),
    ("an unknown receiver", by_me("refer", dispute=made_by(OPEN), kind="notice", channel="police", receiver=NOBODY),
     {}, "agency.unknown", "receiver"),
    ("an unknown referral", by_me("sign", dispute=made_by(OPEN), referral=NOBODY), {}, "referral.unknown", "referral"),
    ("a closed dispute", by_me("grade", dispute=made_by(CLOSED), **GRADE), {}, "dispute.closed", "dispute"),
    ("a version before the hand-over", by_me("grade", dispute=made_by(OPEN), based_on=1, **GRADE), {},
     "dispute.moved", "based_on"),
    ("a version ahead of the log", by_me("grade", dispute=made_by(OPEN), based_on=1 << 53, **GRADE), {},
     "dispute.ahead", "based_on"),
    ("an agency it does not serve", command("register", "532301.elsewhere", category="03", source="application")
     | {"occurred_at": PAST}, {}, "access.denied", "agency"),
    ("the hub's own name", register(agency=HUB), {}, "access.denied", "agency"),
    ("the future", register(occurred_at="2199-01-01T00:00:00Z"), {}, "time.future", "occurred_at"),
    ("the last instant", register(), {"occurred_at": LAST}, "time.future", "occurred_at"),
    ("the first instant", register(), {"occurred_at": -LAST - 1}, "time.too_early", "occurred_at"),
    ("before the republic", register(occurred_at="1949-09-30T15:59:59Z"), {}, "time.too_early", "occurred_at"),
    ("an attempt at the last instant", by_me("attempt", dispute=made_by(OPEN), **ATTEMPT), {"at": LAST},
     "time.future", "at"),
    ("another body under a used id", OPEN | {"category": "04"}, {}, "command.reused", "command_id"),
]  # fmt: skip
IN_JSON = [case for case in CASES if not case[2]]
IDS = [case[0] for case in IN_JSON]


@pytest.fixture(scope="module")
def running(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A hub with a broker, on which ``GIVEN`` has happened."""
    made = Running(tmp_path_factory.mktemp("hub"), kafka)
    try:
        assert made.hub.start(), made.hub.ready()
        made.register_agencies()
        admin = Admin(Access(kafka, prefix=made.prefix))
        admin.ensure(wanted(Topics(made.prefix), [SYSTEM]))
        admin.close()
        for body in GIVEN:
            answer = made.peers[SYSTEM].post(body)
            assert answer.status_code == 201, answer.json()
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(("body", "code", "field"), [(body, *told) for _, body, _, *told in IN_JSON], ids=IDS)
def test_over_http(running: Running, body: Body, code: str, field: str) -> None:
    before = mine_recorded(running)
    fresh = body if code == "command.reused" else body | {"command_id": str(uuid.uuid4())}
    answer = running.peers[SYSTEM].post(fresh)
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert answer.headers["content-type"] == "application/problem+json" and 400 <= answer.status_code < 500
    assert mine_recorded(running) == before
    assert running.peers[SYSTEM].post(register()).status_code == 201


def test_by_outbox(running: Running) -> None:
    before = mine_recorded(running)
    between = [register() for _ in CASES]
    producer = KafkaProducer(bootstrap_servers=running.kafka)
    for (_, body, raw, _, _), good in zip(CASES, between, strict=True):
        for sent, instants in ((body, raw), (good, {})):
            producer.send(Topics(running.prefix).outbox(SYSTEM), value(sent, instants))
    producer.flush(20)
    producer.close()
    told = eventually(lambda: answered(running, 2 * len(CASES)), what="every answer", within=60)
    # What is wrong by its very shape has no answer: the record is named by its offset.
    answers = {one.command_id: (one.outcome, one.code, one.field) for one in told if one.type == "answer"}
    unreadable = {one.offset: (one.code, one.field) for one in told if one.type == "unreadable"}
    assert len(answers) + len(unreadable) == len(told)
    for number, (_, body, _, code, field) in enumerate(CASES):
        if body["agency"] == HUB:
            assert unreadable.pop(2 * number) == (code, field)
        else:
            assert answers[body["command_id"]] == ("refused", code, field)
    assert not unreadable
    assert {answers[good["command_id"]] for good in between} == {("done", "", "")}
    # Of each good one two events: it is registered, and stands on the ladder.
    assert mine_recorded(running) == before + 2 * len(between)


def value(body: Body, raw: dict[str, int]) -> bytes:
    """The Kafka value of a body, with some numbers as no JSON text can say them."""
    schema, values = CONTRACT.from_json("command", body["type"], {k: v for k, v in body.items() if k != "type"})
    changed = [raw.get(name, one) for name, one in zip(schema.fields, values, strict=True)]
    return CONTRACT.to_kafka(CONTRACT.encode(schema, changed))


def mine_recorded(running: Running) -> int:
    """How many events the system has made; the hub makes its own meanwhile."""
    system = SYSTEM.encode()
    return sum(system in row.body for row in running.hub.store.read(0, 10_000))


def answered(running: Running, count: int) -> list[Any]:
    """What the system's inbox says to its records, once there is that much."""
    found = [item for item in inbox(running) if item.type != "event"]
    return found if len(found) >= count else []


def inbox(running: Running) -> list[Any]:
    found: list[Any] = []
    while page := models.Inbox.model_validate(
        running.peers[SYSTEM].get(f"/v1/inbox?after={len(found)}&limit=200").json()
    ).items:
        found += page
    return found
