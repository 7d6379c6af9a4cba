"""Whom an event concerns: the agencies whose systems receive it, until release profiles refine this (design §3,
Deliveries).

Pure: a fold of a dispute's own events, so that it can be made again from the log at any time. The custodian before
and after; sender, receiver and settler of the referral named; debtor and creditor of the obligation named; report
recipients and the reporter; the supervised agency and its supervisor; both agencies of a succession. Nobody else,
whoever may have acted. Of a book (排查台账): ``of_book``. That rules were loaded is told to nobody: who may read the
log finds it there, everybody else the rules at ``/v1/policy``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hub import words as w
from hub.contract import Contract

from .sheet import is_book

ALL: Final = None  # registry events: every system
Picked = tuple[str, tuple[Any, ...]]

_NAMED = ("referral",)
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "dispute.registered": (),
    "referral.offered": ("referral", "kind", "sender", "receiver"),
    "referral.assigned": ("referral", "sender", "receiver"),
    "referral.delivered": _NAMED,
    "referral.signed": _NAMED,
    "referral.accepted": _NAMED,
    "referral.proposed": _NAMED,
    "referral.declined": _NAMED,
    "referral.returned": _NAMED,
    "referral.withdrawn": _NAMED,
    "referral.contested": ("referral", "settler"),
    "referral.settled": _NAMED,
    "referral.lapsed": _NAMED,
    "feedback.given": _NAMED,
    "referral.concluded": _NAMED,
    "attempt.held": (),
    "agreement.reached": (),
    "agreement.performed": (),
    "agreement.broken": (),
    "dispute.graded": (),
    "dispute.reported": ("recipients",),
    "report.acknowledged": ("recipient",),
    "supervision.issued": ("supervised", "supervisor"),
    "supervision.answered": ("supervised",),
    "obligation.urged": ("obligation", "referral", "debtor"),
    "obligation.breached": ("obligation", "referral", "debtor"),
    "obligation.warned": ("obligation", "referral", "debtor"),
    "obligation.recomputed": ("obligation", "referral", "debtor"),
    "dispute.closed": (),
    "dispute.reopened": (),
    "dispute.voided": (),
    "custody.succeeded": ("closing", "successor"),
    "parties.informed": (),
    "dispute.particulars": (),
    "procedure.stepped": ("referral",),
    "followup.visited": (),
    "ladder.stood": (),
    "relapse.suspected": (),
    "relapse.decided": (),
    "obligation.extended": ("obligation", "referral", "debtor"),
}
ENDS: Final = frozenset({"referral.returned", "referral.withdrawn", "referral.lapsed", "referral.concluded"})


def reader(contract: Contract) -> Callable[[bytes], Picked | None]:
    """Reads of a dispute event what routing needs: custodian, then the fields above; of a book's event the author, the
    subject and who is named. None for registry events.
    """
    books: dict[str, tuple[str, ...]] = {t: ("agency", "subject") for t in contract.names("event") if is_book(t)}
    books["lead.settled"] += ("receiver",)
    return contract.picker({topic: ("custodian", *fields) for topic, fields in FIELDS.items()} | books)


def of_book(picked: Picked, superior: Callable[[bytes], bytes | None]) -> set[bytes]:
    """Whom an event of a book concerns: its subject, the subject's nearest superior at that time, the author; whom a
    lead was passed to.
    """
    author, subject, *named = picked[1]
    return {author, subject, superior(subject), *named} - {None}


@dataclass(slots=True)
class _Referral:
    kind: str
    sender: bytes
    receiver: bytes
    settler: bytes | None = None
    running: bool = True

    def parties(self) -> set[bytes]:
        found = {self.sender, self.receiver}
        return found | {self.settler} if self.settler is not None else found


@dataclass(slots=True)
class Route:
    """Who has which part in one dispute now."""

    custodian: bytes | None = None
    referrals: dict[bytes, _Referral] = field(default_factory=dict)
    debts: list[tuple[str, bytes, bytes]] = field(default_factory=list)  # answer or acknowledge, debtor, creditor

    def apply(self, picked: Picked) -> set[bytes]:
        """Take in one event; returns the agencies it concerns."""
        topic, (custodian, *own) = picked
        concerned = {custodian} if self.custodian is None else {custodian, self.custodian}
        concerned |= self._own(topic, own, custodian)
        self.custodian = custodian
        return concerned

    def _own(self, topic: str, own: list[Any], custodian: bytes) -> set[bytes]:
        if topic == "referral.offered" or topic == "referral.assigned":
            ident, *rest = own
            kind = rest.pop(0) if topic == "referral.offered" else w.ASSIGNMENT
            made = self.referrals[ident] = _Referral(kind, *rest)
            return made.parties()
        if topic.startswith("obligation."):
            name, referral, debtor = own
            concerned = {debtor} | {c for n, d, c in self.debts if n == name and d == debtor}
            return concerned | (self.referrals[referral].parties() if referral is not None else set())
        if topic == "dispute.reported":
            self._owe(w.ACKNOWLEDGE, own[0], custodian)
            return set(own[0])
        if topic == "report.acknowledged":
            return self._answered(w.ACKNOWLEDGE, own[0])
        if topic == "supervision.issued":
            supervised, supervisor = own
            self._owe(w.ANSWER, [supervised], supervisor)
            return {supervised, supervisor}
        if topic == "supervision.answered":
            return self._answered(w.ANSWER, own[0])
        if topic == "custody.succeeded":
            return self._succeeded(*own)
        return self._on_referral(topic, own) if own and own[0] is not None else set()

    def _on_referral(self, topic: str, own: list[Any]) -> set[bytes]:
        referral = self.referrals[own[0]]
        if topic == "referral.contested":
            referral.settler = own[1]
        concerned = referral.parties()
        if topic == "referral.settled":
            referral.settler = None
        if topic in ENDS or (topic == "referral.signed" and referral.kind == w.NOTICE):
            referral.running = False
        return concerned

    def _owe(self, name: str, debtors: list[bytes], creditor: bytes) -> None:
        self.debts += [(name, d, creditor) for d in debtors if (name, d, creditor) not in self.debts]

    def _answered(self, name: str, debtor: bytes) -> set[bytes]:
        creditors = {c for n, d, c in self.debts if n == name and d == debtor}
        self.debts = [debt for debt in self.debts if debt[:2] != (name, debtor)]
        return {debtor} | creditors

    def _succeeded(self, closing: bytes, successor: bytes) -> set[bytes]:
        def take(agency: bytes) -> bytes:
            return successor if agency == closing else agency

        for referral in self.referrals.values():
            if referral.running:
                referral.sender, referral.receiver = take(referral.sender), take(referral.receiver)
        moved = [(name, take(d), take(c)) for name, d, c in self.debts]
        self.debts = [debt for debt in dict.fromkeys(moved) if debt[1] != debt[2]]
        return {closing, successor}
