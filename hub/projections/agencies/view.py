"""The agencies view 单位名录: the directory from registry events, and how each agency answers what it is sent.

``intake`` has one row per referral and receiver: when it was offered, signed, returned. From it are read, per agency:
pick-up time (offered → signed: median and mean), return rate (returned of those it could have returned), what is
unsigned now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from hub import words as w

from ..sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words


@dataclass(slots=True, eq=False)
class Agency(Row):
    """One agency; ``competences`` is a JSON list of category codes."""

    agency: bytes
    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: bytes | None
    competences: str
    mediators: int
    seal: int
    state: str
    state_at: int
    intake_open: int
    successor: bytes | None
    version: int
    position: int


@dataclass(slots=True, eq=False)
class Intake(Row):
    """One referral at its receiver. ``took``: microseconds from offer to signature. ``open``: 1 while unsigned."""

    dispute: bytes
    referral: bytes
    agency: bytes
    kind: str
    channel: str
    offered_at: int
    signed_at: int | None
    took: int | None
    returned_at: int | None
    reason_code: str
    open: int


AGENCIES = Sheet(
    "", Agency,
    lambda: [
        id_("agency", key=True), words("code"), words("name"), words("kind"), words("level"), words("region"),
        id_("superior", null=True), words("competences"), number("mediators"), number("seal"), words("state"),
        number("state_at"), number("intake_open"), id_("successor", null=True), number("version"), number("position"),
    ],
    within="agency", by=[By("code", unique=True), By("superior")],
)  # fmt: skip
INTAKE = Sheet(
    "intake", Intake,
    lambda: [
        id_("dispute", key=True), id_("referral", key=True), id_("agency"), words("kind"), words("channel"),
        number("offered_at"), number("signed_at", null=True), number("took", null=True),
        number("returned_at", null=True), words("reason_code"), number("open"),
    ],
    within="dispute",
    by=[By("agency", "offered_at"), By("agency", "took", where="took is not null"), By("agency", where="open = 1")],
)  # fmt: skip


class Stream(Case):
    """An agency, or the referrals of a dispute."""

    __slots__ = ("agency", "referrals")
    agency: Agency

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.referrals: dict[bytes, Intake] = {}

    def adopt(self, row: Agency | Intake) -> None:
        if isinstance(row, Agency):
            self.agency = row
        else:
            self.referrals[row.referral] = row

    def done(self) -> bool:
        return all(not r.open for r in self.referrals.values())

    def arrived(self, now: Now, referral: bytes, kind: str, channel: str, receiver: bytes) -> None:
        """A referral was sent to an agency."""
        row = Intake(now.stream, referral, receiver, kind, channel, now.at, None, None, None, "", 1)
        self.referrals[referral] = row
        self.keep(row)

    def picked_up(self, now: Now, referral: bytes) -> None:
        """It was signed (or accepted at once)."""
        row = self.referrals[referral]
        if row.open:
            row.open, row.signed_at, row.took = 0, now.at, now.at - row.offered_at
            self.keep(row)

    def ended(self, now: Now, referral: bytes) -> None:
        """It ended otherwise."""
        row = self.referrals[referral]
        if row.open:
            row.open = 0
            self.keep(row)


VIEW = View("agencies", 1, Stream, (AGENCIES, INTAKE))
on = VIEW.on
CONTENT = ("name", "kind", "level", "region", "superior", "competences", "mediators", "seal")


@on("agency.registered", "code", *CONTENT)
def registered(
    case: Stream, now: Now, code: str, name: str, kind: str, level: str, region: str, superior: bytes | None,
    competences: tuple[str, ...], mediators: int, seal: bool,
) -> None:  # fmt: skip
    case.agency = Agency(
        now.stream, code, name, kind, level, region, superior, json.dumps(competences), mediators, int(seal), w.ACTIVE,
        now.at, 1, None, now.version, now.position,
    )  # fmt: skip
    case.keep(case.agency)


@on("agency.amended", *CONTENT)
def amended(
    case: Stream, now: Now, name: str, kind: str, level: str, region: str, superior: bytes | None,
    competences: tuple[str, ...], mediators: int, seal: bool,
) -> None:  # fmt: skip
    a = case.agency
    a.name, a.kind, a.level, a.region, a.superior = name, kind, level, region, superior
    a.competences, a.mediators, a.seal = json.dumps(competences), mediators, int(seal)
    _moved(case, now)


@on("agency.intake_closed")
def intake_closed(case: Stream, now: Now) -> None:
    case.agency.intake_open = 0
    _moved(case, now)


@on("agency.intake_opened")
def intake_opened(case: Stream, now: Now) -> None:
    case.agency.intake_open = 1
    _moved(case, now)


@on("agency.closing", "successor")
def closing(case: Stream, now: Now, successor: bytes) -> None:
    case.agency.state, case.agency.state_at, case.agency.successor = w.CLOSING, now.at, successor
    _moved(case, now)


@on("agency.dissolved")
def dissolved(case: Stream, now: Now) -> None:
    case.agency.state, case.agency.state_at = w.DISSOLVED, now.at
    _moved(case, now)


def _moved(case: Stream, now: Now) -> None:
    case.agency.version, case.agency.position = now.version, now.position
    case.keep(case.agency)


@on("referral.offered", "referral", "kind", "channel", "receiver")
def offered(case: Stream, now: Now, referral: bytes, kind: str, channel: str, receiver: bytes) -> None:
    case.arrived(now, referral, kind, channel, receiver)


@on("referral.assigned", "referral", "channel", "receiver")
def assigned(case: Stream, now: Now, referral: bytes, channel: str, receiver: bytes) -> None:
    case.arrived(now, referral, w.ASSIGNMENT, channel, receiver)


@on("referral.signed", "referral")
def signed(case: Stream, now: Now, referral: bytes) -> None:
    case.picked_up(now, referral)


@on("referral.accepted", "referral")
def accepted(case: Stream, now: Now, referral: bytes) -> None:
    case.picked_up(now, referral)


@on("referral.returned", "referral", "reason_code")
def returned(case: Stream, now: Now, referral: bytes, reason_code: str) -> None:
    row = case.referrals[referral]
    row.open, row.returned_at, row.reason_code = 0, now.at, reason_code
    case.keep(row)


def over(case: Stream, now: Now, referral: bytes) -> None:
    case.ended(now, referral)


for topic in ("referral.withdrawn", "referral.lapsed", "referral.concluded"):
    on(topic, "referral")(over)


@on("custody.succeeded", "closing", "successor")
def succeeded(case: Stream, now: Now, closing: bytes, successor: bytes) -> None:
    for row in case.referrals.values():
        if row.open and row.agency == closing:  # what it did before stays its own
            row.agency = successor
            case.keep(row)
