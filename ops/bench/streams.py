"""Events for benchmarks: realistic disputes, many open at once, encoded by the real contract. Same seed, same bytes.

A dispute follows one of a few scripts (kept and settled; handed over; returned and offered elsewhere; lapsed and
assigned). ``open_at_once`` of them are interleaved at random, as in a city: two events of one dispute are far apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.contract import Contract, leaf_hash
from hub.words import DAY, HOUR, SECOND, ZERO_HASH, Stored

AGENCIES = 360
START = 1_767_225_600 * SECOND
PACE = 20 * SECOND  # between two events of the hub

KEPT = ("registered", "graded", "attempt", "reached", "performed", "closed")
HANDED = (
    "registered", "offered", "delivered", "signed", "accepted", "attempt", "feedback", "reached", "performed",
    "concluded", "closed",
)  # fmt: skip
RETURNED = ("registered", "offered", "signed", "returned", "offered", "accepted", "attempt", "concluded", "closed")
LAPSED = (
    "registered",
    "offered",
    "warned",
    "lapsed",
    "assigned",
    "delivered",
    "signed",
    "attempt",
    "concluded",
    "closed",
)
SHORT = ("registered", "attempt", "closed")
SCRIPTS = (KEPT, KEPT, SHORT, HANDED, HANDED, RETURNED, LAPSED)


@dataclass(slots=True)
class _Case:
    stream: bytes
    custodian: bytes
    script: tuple[str, ...]
    predecessor: bytes = ZERO_HASH
    version: int = 0
    next: int = 0
    leg: bytes = b""
    sender: bytes = b""
    receiver: bytes = b""


def events(contract: Contract, count: int, *, open_at_once: int = 20_000, seed: int = 1) -> Iterator[Stored]:
    """``count`` events in position order."""
    dice = random.Random(seed)
    agencies = [dice.randbytes(16) for _ in range(AGENCIES)]
    schemas = {name: contract.schema("event", name) for name in contract.names("event")}
    encoders = {name: contract.encoder(s) for name, s in schemas.items()}
    defaults = {name: tuple(f.default for f in s.record.fields) for name, s in schemas.items()}
    running: list[_Case] = []
    now = START
    begun = 0
    for position in range(1, count + 1):
        now += PACE
        if len(running) < open_at_once and (
            not running or dice.random() < 0.5 or len(running) < min(open_at_once, 200)
        ):
            case = _Case(dice.randbytes(16), dice.choice(agencies), dice.choice(SCRIPTS))
            begun += 1
            running.append(case)
            at = len(running) - 1
        else:
            at = dice.randrange(len(running))
            case = running[at]
        topic, own = _step(case, case.script[case.next], dice, agencies, now, begun)
        case.next += 1
        case.version += 1
        actor = case.custodian
        head = (
            case.stream, case.version, case.predecessor, now, now - 2 * SECOND, actor, "committees", "mediator",
            dice.randbytes(16), case.custodian, now + 15 * DAY, "progress.15d", "P2026.1", "calendar-days",
        )  # fmt: skip
        values = (*head, *own)
        body = encoders[topic](values + defaults[topic][len(values) :])  # later versions have added fields behind
        case.predecessor = leaf_hash(body)
        yield Stored(position, case.stream, case.version, topic, body)
        if case.next == len(case.script):
            running[at] = running[-1]
            running.pop()


def _step(
    case: _Case, step: str, dice: random.Random, agencies: list[bytes], now: int, begun: int
) -> tuple[str, tuple[Any, ...]]:
    if step == "registered":
        parties = tuple((role, "person", dice.randbytes(32)) for role in ("applicant", "respondent"))
        return "dispute.registered", (f"532301-2026-{begun:07d}", "neighbour", "532301001", "visit", parties)
    if step in ("offered", "assigned"):
        case.leg, case.sender, case.receiver = dice.randbytes(16), case.custodian, dice.choice(agencies)
        if step == "assigned":
            case.custodian = case.receiver
            return "referral.assigned", (
                case.leg, "mediation", dice.choice(agencies), case.receiver, "nobody answered", now + DAY, "sign.24h",
            )  # fmt: skip
        kind = dice.choice(("transfer", "transfer", "escalation"))
        return "referral.offered", (
            case.leg, kind, dice.choice(("court", "police", "petition", "mediation")), case.sender, case.receiver,
            None, "outside our competence", now + 24 * HOUR, "sign.24h", now + 5 * DAY, "accept.5d",
        )  # fmt: skip
    if step == "delivered":
        return "referral.delivered", (case.leg, "inbox", now)
    if step == "signed":
        assignment = case.script is LAPSED
        return "referral.signed", (
            case.leg,
            now + 14 * DAY if assignment else None,
            "feedback.14d" if assignment else "",
        )
    if step == "accepted":
        case.custodian = case.receiver
        return "referral.accepted", (case.leg, "desk", now + 14 * DAY, "feedback.14d")
    if step == "returned":
        return "referral.returned", (case.leg, "not_competent", "housing matter", None)
    if step == "warned":
        return "obligation.warned", ("accept", case.leg, case.receiver, now + DAY)
    if step == "lapsed":
        return "referral.lapsed", (case.leg, now)
    if step == "feedback":
        return "feedback.given", (case.leg, "first session held", now + 14 * DAY, "feedback.14d")
    if step == "concluded":
        return "referral.concluded", (case.leg, "closed", "")
    if step == "attempt":
        return "attempt.held", (True, "", now, "committee room", "mediator")
    if step == "graded":
        return "dispute.graded", ("four colours", "yellow", 3)
    if step == "reached":
        return "agreement.reached", ("written", 120_000, "2026-06-30", now + 45 * DAY, "perform.15d")
    if step == "performed":
        return "agreement.performed", ("",)
    return "dispute.closed", ("performed" if "performed" in case.script else "settled", "closed", True)
