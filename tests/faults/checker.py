"""What must be true of a hub after any fault, judged from outside (see ``facts``) and from its clients' own notes.

``check`` raises AssertionError naming what is wrong. Shares no code with the hub but the reading of bytes: the custody
rules below are written down a second time, from the rules and not from the machine.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .facts import CONTRACT, Acknowledged, Event, Facts, by_the_rule, on_kafka, read_store, read_topic

MOVING = {"transfer", "delegation", "escalation"}
ENDED = {"concluded", "returned", "withdrawn", "lapsed"}


@dataclass
class Referral:
    kind: str
    sender: bytes
    receiver: bytes
    state: str = "offered"
    signed: bool = False

    @property
    def running(self) -> bool:
        return self.state not in ENDED and not (self.kind == "notice" and self.signed)


@dataclass
class Case:
    """One dispute as its events tell it."""

    custodian: bytes
    status: str = "open"
    version: int = 0
    referrals: dict[bytes, Referral] = field(default_factory=dict)


@dataclass
class World:
    """The log folded: what every view must agree with."""

    cases: dict[bytes, Case] = field(default_factory=dict)
    agencies: dict[bytes, str] = field(default_factory=dict)  # state


def check(
    url: str,
    acknowledged: Iterable[Acknowledged],
    *,
    kafka: str = "",
    prefix: str = "",
    systems: Iterable[str] = (),
) -> tuple[Facts, World]:
    """Everything but the views; with ``kafka`` the topics too. The hub must be at rest."""
    facts = read_store(url)
    check_log(facts.events, facts.head)
    world = check_custody(facts.events)
    check_answers(facts, acknowledged)
    check_inboxes(facts)
    if kafka:
        check_topics(facts, kafka, prefix, systems)
    return facts, world


def check_log(events: list[Event], head: int) -> None:
    """Positions and versions without a gap, each event behind its predecessor, by hash."""
    assert [e.position for e in events] == list(range(1, head + 1)), "positions have a gap, or the head is elsewhere"
    ends: dict[bytes, tuple[int, bytes]] = {}
    at = 0
    for e in events:
        version, leaf = ends.get(e.stream, (0, bytes(32)))
        said = (e.says["stream"], e.says["version"], e.says["predecessor"])
        assert (e.stream, e.version) == said[:2], f"position {e.position}: the row and its bytes differ"
        assert e.version == version + 1, f"position {e.position}: version {e.version} after {version}"
        assert e.says["predecessor"] == leaf, f"position {e.position} does not name its predecessor"
        assert e.says["recorded_at"] >= at, f"position {e.position} was recorded before the last one"
        at = e.says["recorded_at"]
        ends[e.stream] = (e.version, hashlib.sha256(b"\0" + e.body).digest())


def check_custody(events: list[Event]) -> World:
    """One custodian per dispute at every position; the baton moves by the five acts alone, and to whom they say."""
    world = World()
    for e in events:
        if e.topic.startswith("agency."):
            state = {"agency.closing": "closing", "agency.dissolved": "dissolved"}.get(e.topic)
            world.agencies[e.stream] = state or world.agencies.get(e.stream, "active")
            if state == "dissolved":
                holds = [s for s, c in world.cases.items() if c.custodian == e.stream and c.status == "open"]
                assert not holds, f"position {e.position}: dissolved while it holds {len(holds)} disputes"
            continue
        if "custodian" not in e.says:  # of an agency's book, or of the rules
            continue
        says, after = e.says, e.says["custodian"]
        if e.topic == "dispute.registered":
            assert after == says["agency"], f"position {e.position}: registered into other hands"
            world.cases[e.stream] = Case(after)
        case = world.cases[e.stream]
        allowed = _next_custodian(case, e)
        assert after == allowed, f"position {e.position} ({e.topic}): the baton is not where this act puts it"
        assert world.agencies.get(after) not in (None, "dissolved"), f"position {e.position}: nobody living holds it"
        case.custodian, case.version = after, e.version
        _take_in(case, e)
        handovers = [r for r in case.referrals.values() if r.kind in MOVING and r.state in ("offered", "signed")]
        assert len(handovers) <= 1, f"position {e.position}: two hand-overs are open"
    return world


def _next_custodian(case: Case, e: Event) -> bytes:
    referral = case.referrals.get(e.says.get("referral") or b"")
    if e.topic == "referral.accepted" and referral is not None and referral.kind in MOVING:
        return referral.receiver
    if e.topic == "referral.assigned":
        receiver: bytes = e.says["receiver"]
        return receiver
    if e.topic == "referral.concluded" and referral is not None and referral.kind == "delegation":
        return referral.sender if case.custodian == referral.receiver else case.custodian
    if e.topic == "referral.returned" and referral is not None and referral.state == "accepted":
        return referral.sender
    if e.topic == "custody.succeeded" and case.custodian == e.says["closing"]:
        successor: bytes = e.says["successor"]
        return successor
    return case.custodian


def _take_in(case: Case, e: Event) -> None:
    says, verb = e.says, e.topic.removeprefix("referral.")
    if e.topic in ("dispute.closed", "dispute.voided", "dispute.reopened"):
        case.status = {"closed": "closed", "voided": "void", "reopened": "open"}[e.topic.removeprefix("dispute.")]
    elif e.topic in ("referral.offered", "referral.assigned"):
        kind = says.get("kind", "assignment")
        case.referrals[says["referral"]] = Referral(kind, says["sender"], says["receiver"])
    elif e.topic == "custody.succeeded":
        for r in case.referrals.values():
            if r.running:
                r.sender = says["successor"] if r.sender == says["closing"] else r.sender
                r.receiver = says["successor"] if r.receiver == says["closing"] else r.receiver
    elif verb in {"signed", "accepted", *ENDED}:
        r = case.referrals[says["referral"]]
        assert r.state not in ENDED, f"position {e.position}: what had ended changed"
        r.signed = r.signed or verb in ("signed", "accepted")
        r.state = "accepted" if verb == "signed" and r.kind == "assignment" else verb


def check_answers(facts: Facts, acknowledged: Iterable[Acknowledged]) -> None:
    """Each command took effect once at most; what a client was told is what is stored, for every one of them."""
    runs: dict[tuple[str, bytes], list[Event]] = {}
    for e in facts.events:
        run = runs.setdefault((e.says["system"], e.says["command_id"]), [])
        assert not run or run[-1].position == e.position - 1, f"position {e.position}: its command took effect twice"
        run.append(e)
    for key, run in runs.items():
        answer = facts.answers.get(key)
        assert answer is not None, f"position {run[-1].position}: an event of a command without an answer"
        assert (answer[0], answer[3]) == ("done", run[-1].position), f"answer {answer}, events to {run[-1].position}"
    for key, (outcome, *_) in facts.answers.items():
        assert (outcome == "done") == (key in runs), f"an answer {outcome!r} and {len(runs.get(key, ()))} events"
    for told in acknowledged:
        stored = facts.answers.get((told.system, uuid.UUID(told.command).bytes))
        assert stored is not None, f"acknowledged and not there: {told}"
        assert stored == (told.outcome, told.code, told.version, told.position), f"told {told}, stored {stored}"


def check_inboxes(facts: Facts) -> None:
    """n without a gap and as counted; each event at most once per inbox, in order, naming the event's own bytes."""
    assert facts.followed == facts.head, f"inboxes were filled up to {facts.followed} of {facts.head}"
    lengths = {system: len(rows) for system, rows in facts.inboxes.items()}
    assert facts.counters == lengths, f"counted {facts.counters}, there are {lengths}"
    for system, rows in facts.inboxes.items():
        assert [n for n, _, _ in rows] == list(range(1, len(rows) + 1)), f"inbox {system} has a gap"
        last, answers = 0, Counter[bytes]()
        for n, position, body in rows:
            schema, values = CONTRACT.decode(body)
            says = dict(zip(schema.fields, values, strict=True))
            if schema.name == "answer":
                stored = facts.answers[system, says["command_id"]]
                answers[says["command_id"]] += says["code"] != "command.reused"
                assert says["code"] == "command.reused" or stored[0] == says["outcome"], f"{system} {n}: other answer"
            elif schema.name == "event":
                assert position > last, f"inbox {system}: event {position} at {n} after {last}"
                last = position
                event = facts.events[position - 1]
                assert says["leaf"] == hashlib.sha256(b"\0" + event.body).digest(), f"{system} {n}: another event"
                assert says["event"] in (None, on_kafka(event.body))


def check_topics(facts: Facts, kafka: str, prefix: str, systems: Iterable[str]) -> None:
    """Every record is its row's bytes, repeats too; by the consumer's rule nothing is missing."""
    held = read_topic(kafka, f"{prefix}hub.events", "hub-position")
    for record in held:
        event = facts.events[record.number - 1]
        assert (record.key, record.value) == (event.stream, on_kafka(event.body)), f"record {record.number} differs"
    assert len(by_the_rule(held)) == facts.head, f"a reader of the topic gets {len(by_the_rule(held))} of {facts.head}"
    for system in systems:
        rows = facts.inboxes.get(system, [])
        held = read_topic(kafka, f"{prefix}agency.{system}.inbox", "hub-n")
        for record in held:
            assert record.value == on_kafka(rows[record.number - 1][2]), f"inbox {system}, n {record.number} differs"
        assert len(by_the_rule(held)) == len(rows), f"inbox {system}: {len(by_the_rule(held))} of {len(rows)}"
