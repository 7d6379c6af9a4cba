"""What a lanes picture shows, read from a dispute's own events: lanes, who held it when, legs and marks.

Pure; knows no pixels. Instants are UTC microseconds. Order of lanes: custodians by first custody, then the others by
first appearance (receivers that never accepted, helpers, assigners, report receivers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hub import words as w
from hub.policy.calendar import Calendar

from .days import Days, days_of
from .tongues import ZH, Tongue

KINDS = ZH.kinds


class Due(NamedTuple):
    """A running limit to show after now: what is due, when, and its light ("" = far off, soon, late)."""

    label: str
    at: int
    light: str = ""


class Lane(NamedTuple):
    """One agency's lane; ``role`` says why it is there."""

    agency: bytes
    role: str


class Hold(NamedTuple):
    """A stretch of custody. ``until`` None = still held; ``moved_by`` = the leg's number that brought it, 0 = none."""

    agency: bytes
    since: int
    until: int | None
    moved_by: int


class Leg(NamedTuple):
    """One referral. ``state`` as recorded last; ``ended`` when it reached a final state."""

    referral: bytes
    number: int
    kind: str
    channel: str
    sender: bytes
    receiver: bytes
    offered: int
    sign_due: int
    signed: int | None
    accepted: int | None
    ended: int | None
    state: str
    reason: str


class Say(NamedTuple):
    """Information that moves without custody: feedback, a report."""

    label: str
    source: bytes
    target: bytes
    at: int


class Mark(NamedTuple):
    """Something on the baton or a leg: attempt, uncounted, urge, reached, performed, broken, closed, reopened, void."""

    kind: str
    at: int
    agency: bytes
    text: str


class Picture(NamedTuple):
    """Everything ``draw`` needs."""

    number: str
    now: int
    lanes: tuple[Lane, ...]
    holds: tuple[Hold, ...]
    legs: tuple[Leg, ...]
    says: tuple[Say, ...]
    marks: tuple[Mark, ...]
    dues: tuple[Due, ...]
    open: bool
    days: Days  # off and worked where the dispute is


class _Reader:
    """Folds events into the parts of a picture."""

    def __init__(self, words: Tongue) -> None:
        self.words = words
        self.number = ""
        self.place = ""
        self.holds: list[Hold] = []
        self.legs: dict[bytes, Leg] = {}
        self.says: list[Say] = []
        self.marks: list[Mark] = []
        self.others: dict[bytes, str] = {}
        self.attempts = 0
        self.status = w.OPEN

    def take(self, name: str, f: Mapping[str, Any]) -> None:
        at, custodian = f["recorded_at"], f["custodian"]
        held = self.holds[-1].agency if self.holds else custodian
        self._referral(name, f, at)
        self._work(name, f, at, held)
        if not self.holds or self.holds[-1].agency != custodian:
            if self.holds:
                self.holds[-1] = self.holds[-1]._replace(until=at)
            leg = self.legs.get(f.get("referral", b""))
            self.holds.append(Hold(custodian, at, None, leg.number if leg else 0))
            self.attempts = 0

    def _referral(self, name: str, f: Mapping[str, Any], at: int) -> None:
        if name in ("referral.offered", "referral.assigned"):
            kind = f.get("kind", w.ASSIGNMENT)
            taken = at if kind == w.ASSIGNMENT else None
            self.legs[f["referral"]] = Leg(
                f["referral"], len(self.legs) + 1, kind, f["channel"], f["sender"], f["receiver"], at, f["sign_due_at"],
                None, taken, None, w.OFFERED, "",
            )  # fmt: skip
            if kind == w.ASSIGNMENT:
                self.others.setdefault(f["sender"], self.words.lanes["assigner"])
            role = kind if kind in (w.ASSISTANCE, w.NOTICE) else "receiver"
            self.others.setdefault(f["receiver"], self.words.lanes[role])
            return
        leg = self.legs.get(f.get("referral") or b"")
        if leg is None or not name.startswith("referral."):
            return
        what = name.removeprefix("referral.")
        if what == "signed":
            self.legs[f["referral"]] = leg._replace(signed=at, state=w.SIGNED)
        elif what == "accepted":
            self.legs[f["referral"]] = leg._replace(accepted=at, state=w.ACCEPTED)
        elif what in (w.RETURNED, w.WITHDRAWN, w.LAPSED, w.CONCLUDED):
            reason = str(f.get("reason_code") or f.get("cause") or "")
            if what == w.RETURNED and reason == "consented":
                reason = leg.reason  # why it was proposed; that the sender agreed goes without saying
            self.legs[f["referral"]] = leg._replace(ended=at, state=what, reason=reason)
            if what == w.CONCLUDED and f.get("cause") == "feedback":
                self.says.append(Say(self.words.says["final"], f["agency"], leg.sender, at))
        elif what == "proposed":
            self.legs[f["referral"]] = leg._replace(reason=f["reason_code"])
        elif what == "contested":
            self.others.setdefault(f["settler"], self.words.lanes["settler"])
            self.says.append(Say(self.words.says["contest"], leg.sender, f["settler"], at))

    def _work(self, name: str, f: Mapping[str, Any], at: int, held: bytes) -> None:
        if name == "dispute.registered":
            self.number, self.place = f["number"], f.get("place", "")
        elif name == "attempt.held":
            self.attempts += bool(f["counted"])
            kind = "attempt" if f["counted"] else "uncounted"
            self.marks.append(Mark(kind, at, held, str(self.attempts) if f["counted"] else ""))
        elif name in ("agreement.reached", "agreement.performed", "agreement.broken"):
            what = name.removeprefix("agreement.")
            self.marks.append(Mark(what, at, held, self.words.marks[what]))
        elif name == "feedback.given":
            leg = self.legs.get(f["referral"])
            if leg is not None:
                self.says.append(Say(self.words.says["interim"], f["agency"], leg.sender, at))
        elif name == "dispute.reported":
            for recipient in f["recipients"]:
                self.others.setdefault(recipient, self.words.lanes["reported"])
                self.says.append(Say(self.words.says["report"], held, recipient, at))
        elif name == "obligation.urged":
            leg = self.legs.get(f["referral"] or b"")
            where = leg.receiver if leg and f["debtor"] == leg.receiver else held
            self.marks.append(Mark("urge", at, where, self.words.marks["urge"]))
        elif name in ("dispute.closed", "dispute.reopened", "dispute.voided"):
            what = name.removeprefix("dispute.")
            self.status = w.OPEN if what == "reopened" else w.CLOSED
            self.marks.append(Mark(what, at, held, self.words.marks[what]))


def picture(
    events: Sequence[tuple[str, Mapping[str, Any]]],
    now: int,
    dues: Sequence[Due] = (),
    role: Callable[[bytes], str] = lambda agency: "",
    words: Tongue = ZH,
    calendar: Calendar | None = None,
) -> Picture:
    """The picture of one dispute from its events in order: (type, fields). ``role``: a custodian's second line;
    ``words``: the language of its labels (dues and roles come in it already); ``calendar``: whose days off are shown,
    those of the dispute's place (None: the one that comes with the hub).
    """
    reader = _Reader(words)
    for name, fields in events:
        reader.take(name, fields)
    lanes: dict[bytes, Lane] = {}
    for i, hold in enumerate(reader.holds):
        extra = words.lanes["first"] if i == 0 else ""
        parts = [part for part in (role(hold.agency), extra) if part]
        lanes.setdefault(hold.agency, Lane(hold.agency, words.say("comma").join(parts)))
    for agency, why in reader.others.items():
        lanes.setdefault(agency, Lane(agency, why))
    return Picture(
        reader.number, now, tuple(lanes.values()), tuple(reader.holds), tuple(reader.legs.values()),
        tuple(reader.says), tuple(reader.marks), tuple(dues), reader.status == w.OPEN, days_of(reader.place, calendar),
    )  # fmt: skip
