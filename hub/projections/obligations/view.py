"""The obligations view 待办义务: who owes what to whom by when, and why that date (custody rules §2).

Due dates are copied from events, never computed. Feedback follows the baton: its debtor is the custodian of the moment.
"""

from __future__ import annotations

from hub import words as w
from hub.policy.pack import SIGNED

from ..sheet import Now, View
from .tables import HEADS, OBLIGATIONS, OWED, Head, Obligation, Owing

FOLLOWS_CUSTODIAN = frozenset({w.PROGRESS, w.PERFORM, w.FEEDBACK})
VIEW = View(
    "obligations", 7, Owing, (OBLIGATIONS, HEADS), (OWED,), extra=("progress_due_at", "progress_rule")
)  # fmt: skip
on = VIEW.on

VIEW.note(
    "attempt.held", "dispute.graded", "parties.informed", "dispute.particulars", "procedure.stepped",
    "followup.visited", "ladder.stood", "relapse.suspected", "relapse.decided",
)  # fmt: skip


@on("dispute.registered")
def registered(case: Owing, now: Now) -> None:
    case.head = Head(now.stream, now.position, "")
    case.keep(case.head)


@on(
    "referral.offered", "referral", "kind", "channel", "sender", "receiver", "sign_due_at", "sign_rule",
    "accept_due_at", "accept_rule",
)  # fmt: skip
def offered(
    case: Owing, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes, sign_due: int,
    sign_rule: str, accept_due: int | None, accept_rule: str,
) -> None:  # fmt: skip
    case.lead(channel)
    case.start(now, 0, w.SIGN, receiver, sender, sign_due, sign_rule, referral, kind, channel)
    if accept_due is not None:
        case.start(now, 1, w.ACCEPT, receiver, sender, accept_due, accept_rule, referral, kind, channel)


@on("referral.assigned", "referral", "channel", "sender", "receiver", "sign_due_at", "sign_rule")
def assigned(
    case: Owing, now: Now, referral: bytes, channel: str, sender: bytes, receiver: bytes, sign_due: int, sign_rule: str
) -> None:
    case.lead(channel)
    case.start(now, 0, w.SIGN, receiver, sender, sign_due, sign_rule, referral, w.ASSIGNMENT, channel)


@on("referral.delivered", "referral", "at")
def delivered(case: Owing, now: Now, referral: bytes, at: int) -> None:
    for o in case.of(referral):
        o.delivered_at = at
        case.changed(now, o)


@on("referral.signed", "referral", "feedback_due_at", "feedback_rule")
def signed(case: Owing, now: Now, referral: bytes, feedback_due: int | None, rule: str) -> None:
    sign = case.one(referral, w.SIGN)
    case.end([sign])
    if feedback_due is not None:  # an assignment is thereby accepted
        _feedback(case, now, sign, feedback_due, rule)
    for o in case.of(referral):
        if o.name == w.ACCEPT:
            o.signed_at = now.at
            case.changed(now, o)


@on("referral.accepted", "referral", "feedback_due_at", "feedback_rule")
def accepted(case: Owing, now: Now, referral: bytes, feedback_due: int, rule: str) -> None:
    accept = case.one(referral, w.ACCEPT)
    case.end(case.of(referral))
    owed = _feedback(case, now, accept, feedback_due, rule)
    if rule.startswith(f"{SIGNED}.") and accept.signed_at is not None:
        owed.since_at = accept.signed_at  # the law's own clock has run since then
        case.keep(owed)


def _feedback(case: Owing, now: Now, o: Obligation, due: int, rule: str) -> Obligation:
    if o.kind == w.ASSISTANCE:
        return case.start(now, 0, w.FEEDBACK, o.debtor, now.custodian, due, rule, o.referral, o.kind, o.channel)
    return case.start(now, 0, w.FEEDBACK, now.custodian, o.creditor, due, rule, o.referral, o.kind, o.channel)


@on("referral.proposed", "referral", "proposal", "consent_due_at", "consent_rule")
def proposed(case: Owing, now: Now, referral: bytes, proposal: str, due: int, rule: str) -> None:
    # The receiver owes acceptance or (being custodian) feedback; the sender is owed it.
    o = case.one(referral, w.ACCEPT, w.FEEDBACK)
    assert o.creditor is not None
    receiver, sender = o.debtor, o.creditor
    debtor, creditor = (receiver, sender) if proposal == w.WITHDRAWAL else (sender, receiver)
    case.start(now, 0, w.CONSENT, debtor, creditor, due, rule, referral, o.kind, o.channel)


@on("referral.declined", "referral")
def declined(case: Owing, now: Now, referral: bytes) -> None:
    case.end([o for o in case.of(referral) if o.name == w.CONSENT])


def over(case: Owing, now: Now, referral: bytes) -> None:
    case.end(case.of(referral))


for topic in ("referral.returned", "referral.withdrawn", "referral.lapsed", "referral.concluded", "referral.settled"):
    on(topic, "referral")(over)


@on("referral.contested", "referral", "settler", "settle_due_at", "settle_rule")
def contested(case: Owing, now: Now, referral: bytes, settler: bytes, due: int, rule: str) -> None:
    # Its author is the sender, who is the custodian.
    case.start(now, 0, w.SETTLE, settler, now.custodian, due, rule, referral)


@on("feedback.given", "referral", "feedback_due_at", "feedback_rule")
def feedback(case: Owing, now: Now, referral: bytes, due: int, rule: str) -> None:
    if not rule.startswith(f"{SIGNED}."):  # no word in between moves the law's own date
        case.anew(now, case.one(referral, w.FEEDBACK), due, rule)


@on("agreement.reached", "perform_due_at", "perform_rule")
def reached(case: Owing, now: Now, due: int, rule: str) -> None:
    case.start(now, 0, w.PERFORM, now.custodian, None, due, rule)


def answered_for(case: Owing, now: Now) -> None:
    case.end([o for o in case.rows if o.name == w.PERFORM])


on("agreement.performed")(answered_for)
on("agreement.broken")(answered_for)


@on("dispute.reported", "recipients", "ack_due_at", "ack_rule")
def reported(case: Owing, now: Now, recipients: tuple[bytes, ...], due: int, rule: str) -> None:
    owed = {(o.debtor, o.creditor) for o in case.rows if o.name == w.ACKNOWLEDGE}
    for k, recipient in enumerate(recipients):
        if (recipient, now.custodian) not in owed:
            case.start(now, k, w.ACKNOWLEDGE, recipient, now.custodian, due, rule)


@on("report.acknowledged", "recipient")
def acknowledged(case: Owing, now: Now, recipient: bytes) -> None:
    case.end([o for o in case.rows if o.name == w.ACKNOWLEDGE and o.debtor == recipient])


@on("supervision.issued", "supervised", "supervisor", "answer_due_at", "answer_rule")
def supervised(case: Owing, now: Now, debtor: bytes, creditor: bytes, due: int, rule: str) -> None:
    for o in case.rows:
        if o.debtor == debtor and o.breached_at is not None and o.supervised_at is None:
            o.supervised_at = now.at
            case.changed(now, o)
    case.start(now, 0, w.ANSWER, debtor, creditor, due, rule)


@on("supervision.answered", "supervised")
def answered(case: Owing, now: Now, debtor: bytes) -> None:
    case.end([o for o in case.rows if o.name == w.ANSWER and o.debtor == debtor])


def _named(case: Owing, name: str, referral: bytes | None, debtor: bytes) -> list[Obligation]:
    """Several only where an agency owes several reporters: then the event's due time tells which is meant."""
    by_debtor = name in (w.ANSWER, w.ACKNOWLEDGE)
    return [o for o in case.rows if o.name == name and o.referral == referral and (not by_debtor or o.debtor == debtor)]


@on("obligation.urged", "obligation", "referral", "debtor")
def urged(case: Owing, now: Now, name: str, referral: bytes | None, debtor: bytes) -> None:
    for o in _named(case, name, referral, debtor):
        o.urged_at = now.at
        o.urges += 1
        case.changed(now, o)


def _mark(case: Owing, now: Now, name: str, referral: bytes | None, debtor: bytes, due: int, mark: str) -> None:
    """Mark the limit that is meant. The others of its debtor change too: what was asked for them may have hit this one,
    so that it has to be asked for once more.
    """
    meant = None
    for o in _named(case, name, referral, debtor):
        if meant is None and o.due_at == due and getattr(o, mark) is None:
            meant = o
            setattr(o, mark, now.at)
        case.changed(now, o)


@on("obligation.breached", "obligation", "referral", "debtor", "due_at")
def breached(case: Owing, now: Now, name: str, referral: bytes | None, debtor: bytes, due: int) -> None:
    _mark(case, now, name, referral, debtor, due, "breached_at")


@on("obligation.warned", "obligation", "referral", "debtor", "due_at")
def warned(case: Owing, now: Now, name: str, referral: bytes | None, debtor: bytes, due: int) -> None:
    _mark(case, now, name, referral, debtor, due, "warned_at")


@on("obligation.recomputed", "obligation", "referral", "debtor", "old_due_at", "due_at", "rule")
def recomputed(
    case: Owing, now: Now, name: str, referral: bytes | None, debtor: bytes, old: int, due: int, rule: str
) -> None:
    for o in _named(case, name, referral, debtor):
        if o.due_at == old:
            o.due_at, o.rule = due, rule
            o.warned_at = o.breached_at = o.supervised_at = None
            case.changed(now, o)
            return


on("obligation.extended", "obligation", "referral", "debtor", "old_due_at", "due_at", "rule")(recomputed)


def ended(case: Owing, now: Now) -> None:
    case.end([o for o in case.rows if o.name in FOLLOWS_CUSTODIAN])


on("dispute.closed")(ended)
on("dispute.voided")(ended)
VIEW.note("dispute.reopened")


@on("custody.succeeded", "closing", "successor")
def succeeded(case: Owing, now: Now, closing: bytes, successor: bytes) -> None:
    seen: set[tuple[str, bytes, bytes | None]] = set()
    for o in list(case.rows):
        if o.name == w.SETTLE:
            continue  # contests of a closing agency are settled before the roles move
        if closing in (o.debtor, o.creditor):
            o.debtor = successor if o.debtor == closing else o.debtor
            o.creditor = successor if o.creditor == closing else o.creditor
            case.changed(now, o)
        if o.name in (w.ANSWER, w.ACKNOWLEDGE):
            # One supervision per supervised agency, one report per pair; nobody owes itself.
            key = (o.name, o.debtor, o.creditor if o.name == w.ACKNOWLEDGE else None)
            if o.debtor == o.creditor or key in seen:
                case.end([o])
            else:
                seen.add(key)


def after(case: Owing, now: Now) -> None:
    """The custodian's own limit restarts where the event says so; what follows the baton goes to its new holder."""
    custodian = now.custodian
    progress: Obligation | None = None
    for o in case.rows:
        name = o.name
        if name == w.PROGRESS:
            progress = o
        if name in FOLLOWS_CUSTODIAN:
            if o.kind == w.ASSISTANCE:
                if o.creditor != custodian:
                    o.creditor = custodian
                    case.changed(now, o)
            elif o.debtor != custodian:
                o.debtor = custodian
                case.changed(now, o)
    due, rule = now.extra
    if due is not None:
        if progress is not None:
            case.anew(now, progress, due, rule)
        else:
            case.start(now, 9, w.PROGRESS, custodian, None, due, rule)
    case.count()


VIEW.after = after
