"""The custody view 责任: who holds each dispute since when, the chain of custodians, and every referral's leg.

Four tables: disputes (one row each, with what lists show), segments of custody, legs (referrals with their instants
and results), and debts of oversight (reports to acknowledge, supervisions to answer). Custody after an event is what
the event says.
"""

from __future__ import annotations

from hub import words as w

from ..sheet import Case, Changes, Now, View
from .tables import DEBTS, DISPUTES, LEGS, SEGMENTS, Debt, Dispute, Leg, Segment


class Custody(Case):
    """What is remembered of one dispute."""

    __slots__ = ("debts", "head", "legs")
    head: Dispute

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.legs: dict[bytes, Leg] = {}
        self.debts: list[Debt] = []  # running ones, oldest first

    def adopt(self, row: Dispute | Leg | Debt) -> None:
        if isinstance(row, Leg):
            self.legs[row.referral] = row
        elif isinstance(row, Dispute):
            self.head = row
        elif row.done_at is None:
            self.debts.append(row)
            self.debts.sort(key=lambda d: (d.position, d.n))

    def done(self) -> bool:
        return self.head.status != w.OPEN

    def ended(self, now: Now, referral: bytes, state: str, result: str, reason: str) -> Leg:
        """A referral ends: it leaves the hand-over and its two ends lose the role."""
        leg = self.legs[referral]
        leg.state, leg.result, leg.reason = state, result, reason
        leg.ended_at, leg.ended_position = now.at, now.position
        leg.role, leg.proposal = 0, ""
        if self.head.handover == referral:
            self.head.handover = None
        self.touch(leg)
        return leg


VIEW = View(
    "custody", 2, Custody, (DISPUTES, SEGMENTS, LEGS, DEBTS), keep=20_000, ends=("dispute.closed", "dispute.voided")
)
on = VIEW.on


@on("dispute.registered", "number", "category", "place", "source")
def registered(case: Custody, now: Now, number: str, category: str, place: str, source: str) -> None:
    case.head = Dispute(
        now.position, now.stream, number, category, place, source, now.at, w.OPEN, "", None, now.custodian, now.at,
        now.position, now.topic, None, 1, 0, "", None, "", None, None, "", 0, 1, now.position, now.at, now.topic,
        now.agency,
    )  # fmt: skip
    case.keep(case.head)


def _begin(
    case: Custody, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes,
    in_place_of: bytes | None, sign_due: int, accept_due: int | None,
) -> None:  # fmt: skip
    head = case.head
    head.legs += 1
    head.channel = channel
    leg = case.legs[referral] = Leg(
        now.position, now.stream, head.legs, referral, kind, channel, sender, receiver, in_place_of, w.OFFERED, 1, "",
        0, None, "", "", now.at, None, None, None, None, None, sign_due, accept_due, None, 0,
    )  # fmt: skip
    case.keep(leg)


@on(
    "referral.offered", "referral", "kind", "channel", "sender", "receiver", "in_place_of", "sign_due_at",
    "accept_due_at",
)  # fmt: skip
def offered(
    case: Custody, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes,
    in_place_of: bytes | None, sign_due: int, accept_due: int | None,
) -> None:  # fmt: skip
    _begin(case, now, referral, kind, channel, sender, receiver, in_place_of, sign_due, accept_due)
    if kind in w.MOVING:
        case.head.handover = referral


@on("referral.assigned", "referral", "channel", "sender", "receiver", "sign_due_at")
def assigned(
    case: Custody, now: Now, referral: bytes, channel: str, sender: bytes, receiver: bytes, sign_due: int
) -> None:
    _begin(case, now, referral, w.ASSIGNMENT, channel, sender, receiver, None, sign_due, None)
    now.referral = referral


@on("referral.delivered", "referral", "at")
def delivered(case: Custody, now: Now, referral: bytes, at: int) -> None:
    leg = case.legs[referral]
    leg.delivered_at = at
    case.touch(leg)


@on("referral.signed", "referral", "feedback_due_at")
def signed(case: Custody, now: Now, referral: bytes, feedback_due: int | None) -> None:
    leg = case.legs[referral]
    leg.signed_at = now.at
    leg.state = w.SIGNED
    if feedback_due is not None:  # an assignment is thereby accepted
        leg.state, leg.accepted_at, leg.feedback_due_at = w.ACCEPTED, now.at, feedback_due
    elif leg.kind == w.NOTICE:  # done
        leg.role = 0
    case.touch(leg)


@on("referral.accepted", "referral", "feedback_due_at")
def accepted(case: Custody, now: Now, referral: bytes, feedback_due: int) -> None:
    leg = case.legs[referral]
    if leg.signed_at is None:
        leg.signed_at = now.at
    leg.state, leg.accepted_at, leg.feedback_due_at, leg.proposal = w.ACCEPTED, now.at, feedback_due, ""
    now.referral = referral
    if case.head.handover == referral:
        case.head.handover = None
    case.touch(leg)


@on("referral.proposed", "referral", "proposal")
def proposed(case: Custody, now: Now, referral: bytes, proposal: str) -> None:
    leg = case.legs[referral]
    leg.proposal = proposal
    if proposal == w.RETURN and leg.kind in w.MOVING:
        case.head.handover = referral
    case.touch(leg)


@on("referral.declined", "referral")
def declined(case: Custody, now: Now, referral: bytes) -> None:
    leg = case.legs[referral]
    leg.proposal = ""
    if leg.state == w.ACCEPTED and case.head.handover == referral:
        case.head.handover = None
    case.touch(leg)


@on("referral.returned", "referral", "reason_code", "reason")
def returned(case: Custody, now: Now, referral: bytes, code: str, reason: str) -> None:
    case.ended(now, referral, w.RETURNED, code, reason)
    now.referral = referral


@on("referral.withdrawn", "referral", "cause", "reason")
def withdrawn(case: Custody, now: Now, referral: bytes, cause: str, reason: str) -> None:
    case.ended(now, referral, w.WITHDRAWN, cause, reason)


@on("referral.contested", "referral", "settler")
def contested(case: Custody, now: Now, referral: bytes, settler: bytes) -> None:
    leg = case.legs[referral]
    leg.contested, leg.settler, leg.role = 1, settler, 1
    case.keep(leg)


@on("referral.settled", "referral")
def settled(case: Custody, now: Now, referral: bytes) -> None:
    leg = case.legs[referral]
    leg.contested, leg.role = 0, 0  # who was to settle it goes on seeing the dispute
    case.keep(leg)


@on("referral.lapsed", "referral")
def lapsed(case: Custody, now: Now, referral: bytes) -> None:
    case.ended(now, referral, w.LAPSED, "", "")


@on("feedback.given", "referral", "feedback_due_at")
def feedback(case: Custody, now: Now, referral: bytes, feedback_due: int) -> None:
    leg = case.legs[referral]
    leg.feedbacks += 1
    leg.feedback_due_at = feedback_due
    case.touch(leg)


@on("referral.concluded", "referral", "cause")
def concluded(case: Custody, now: Now, referral: bytes, cause: str) -> None:
    case.ended(now, referral, w.CONCLUDED, cause, "")
    now.referral = referral


@on("attempt.held", "counted")
def attempt(case: Custody, now: Now, counted: bool) -> None:
    case.head.attempts += counted


@on("agreement.reached", "perform_due_at")
def reached(case: Custody, now: Now, perform_due: int) -> None:
    case.head.agreement, case.head.perform_due_at = w.REACHED, perform_due


@on("agreement.performed")
def performed(case: Custody, now: Now) -> None:
    case.head.agreement, case.head.perform_due_at = w.PERFORMED, None


@on("agreement.broken")
def broken(case: Custody, now: Now) -> None:
    case.head.agreement, case.head.perform_due_at = w.BROKEN, None


@on("dispute.graded", "grade", "ordinal")
def graded(case: Custody, now: Now, raw: str, ordinal: int) -> None:
    case.head.grade, case.head.grade_raw = ordinal, raw


@on("dispute.reported", "recipients", "ack_due_at")
def reported(case: Custody, now: Now, recipients: tuple[bytes, ...], due: int) -> None:
    owed = {(d.debtor, d.creditor) for d in case.debts if d.name == w.ACKNOWLEDGE}
    for n, recipient in enumerate(recipients):
        if (recipient, now.custodian) not in owed:
            _owe(case, now, n, w.ACKNOWLEDGE, recipient, now.custodian, due)


@on("report.acknowledged", "recipient")
def acknowledged(case: Custody, now: Now, recipient: bytes) -> None:
    _answered(case, now, w.ACKNOWLEDGE, recipient)


@on("supervision.issued", "supervised", "supervisor", "answer_due_at")
def supervised(case: Custody, now: Now, debtor: bytes, creditor: bytes, due: int) -> None:
    _owe(case, now, 0, w.ANSWER, debtor, creditor, due)


@on("supervision.answered", "supervised")
def answered(case: Custody, now: Now, debtor: bytes) -> None:
    _answered(case, now, w.ANSWER, debtor)


def _owe(case: Custody, now: Now, n: int, name: str, debtor: bytes, creditor: bytes, due: int) -> None:
    debt = Debt(now.stream, now.position, n, name, debtor, creditor, now.at, due, None)
    case.debts.append(debt)
    case.keep(debt)


def _answered(case: Custody, now: Now, name: str, debtor: bytes) -> None:
    for debt in [d for d in case.debts if d.name == name and d.debtor == debtor]:
        _over(case, now, debt)


def _over(case: Custody, now: Now, debt: Debt) -> None:
    debt.done_at = now.at
    case.debts.remove(debt)
    case.keep(debt)


@on("obligation.recomputed", "obligation", "referral", "debtor", "old_due_at", "due_at")
def recomputed(case: Custody, now: Now, name: str, referral: bytes | None, debtor: bytes, old: int, due: int) -> None:
    if name == w.PERFORM:
        case.head.perform_due_at = due
    elif referral is not None:
        leg = case.legs[referral]
        if name in (w.SIGN, w.ACCEPT, w.FEEDBACK):
            setattr(leg, f"{name}_due_at", due)
            case.keep(leg)
    elif name != w.PROGRESS:
        for debt in case.debts:  # several reporters may wait for one recipient: the old due time tells which
            if (debt.name, debt.debtor, debt.due_at) == (name, debtor, old):
                debt.due_at = due
                case.keep(debt)
                return


on("obligation.extended", "obligation", "referral", "debtor", "old_due_at", "due_at")(recomputed)


@on("dispute.closed", "outcome")
def closed(case: Custody, now: Now, outcome: str) -> None:
    head = case.head
    head.status, head.outcome, head.ended_at = w.CLOSED, outcome, now.at


@on("dispute.reopened")
def reopened(case: Custody, now: Now) -> None:
    head = case.head
    head.status, head.outcome, head.ended_at = w.OPEN, "", None
    head.agreement, head.perform_due_at = "", None


@on("dispute.voided", "reason")
def voided(case: Custody, now: Now, reason: str) -> None:
    head = case.head
    head.status, head.outcome, head.ended_at = w.VOID, reason, now.at


@on("custody.succeeded", "closing", "successor")
def succeeded(case: Custody, now: Now, closing: bytes, successor: bytes) -> None:
    for leg in case.legs.values():
        # A contest's ends stay: contests of a closing agency are settled before the roles move.
        if leg.role and not leg.contested and closing in (leg.sender, leg.receiver):
            leg.sender = successor if leg.sender == closing else leg.sender
            leg.receiver = successor if leg.receiver == closing else leg.receiver
            case.keep(leg)
    seen: set[tuple[str, bytes, bytes]] = set()
    for debt in list(case.debts):
        if closing in (debt.debtor, debt.creditor):
            debt.debtor = successor if debt.debtor == closing else debt.debtor
            debt.creditor = successor if debt.creditor == closing else debt.creditor
            case.keep(debt)
        # One supervision per supervised agency, one report per pair; nobody owes itself.
        key = (debt.name, debt.debtor, debt.creditor if debt.name == w.ACKNOWLEDGE else b"")
        if debt.debtor == debt.creditor or key in seen:
            _over(case, now, debt)
        else:
            seen.add(key)


VIEW.note(
    "obligation.urged", "obligation.breached", "obligation.warned", "parties.informed", "dispute.particulars",
    "procedure.stepped", "followup.visited", "ladder.stood", "relapse.suspected", "relapse.decided",
)  # fmt: skip


def after(case: Custody, now: Now) -> None:
    """Every event moves the head; custody moves when the event says another custodian."""
    head = case.head
    head.version, head.position = now.version, now.position
    head.last_at, head.last_topic, head.last_agency = now.at, now.topic, now.agency
    if now.custodian != head.custodian:
        _moved(case, now)
    else:
        case.touch(head)


def _moved(case: Custody, now: Now) -> None:
    head = case.head
    case.keep(
        Segment(
            now.stream, head.segment, head.custodian, head.since_at, head.since_position, head.since_topic,
            head.since_referral, now.at, now.position,
        )
    )  # fmt: skip
    head.custodian, head.since_at, head.since_position = now.custodian, now.at, now.position
    head.since_topic, head.since_referral = now.topic, now.referral
    head.segment += 1
    case.keep(head)


VIEW.after = after
