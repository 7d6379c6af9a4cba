"""The work on a dispute and its life: register, feedback, recall, attempt, agreement, grade, close and what follows.

Custody rules §3 and §5, guard by guard in that order.
"""

from __future__ import annotations

from datetime import date

from hub import words as w
from hub.policy.places import unknown
from hub.policy.risk import contradicts

from . import commands as c
from . import events as e
from . import ladder
from .state import Dispute, Referral, done_notice
from .turn import Refused, Turn


def register(turn: Turn, body: c.Register) -> None:
    """登记, by any active agency: it becomes the custodian. A place in words is any; one in digits must be known."""
    agency = turn.registry.agency(turn.author)
    if agency is None:
        raise Refused("agency.unknown", "agency")
    if agency.state != w.ACTIVE:
        raise Refused(f"agency.{agency.state}", "agency")
    if unknown(body.place, turn.registry.serves):
        raise Refused("place.unknown", "place", body.place)
    number = turn.context.number()
    turn.emit(e.Registered(number, body.category, body.place, body.source, body.parties), turn.author, dated=True)


def feedback(turn: Turn, body: c.Feedback, referral: Referral) -> None:
    """反馈, by the debtor of the moment; the final word of a delegation gives custody back to the delegator."""
    turn.need_alive(referral)
    if referral.state != w.ACCEPTED:
        raise Refused("referral.not_accepted", "referral")
    debtor = referral.receiver if referral.kind == w.ASSISTANCE else turn.state.custodian
    if turn.author != debtor:
        raise Refused("feedback.not_debtor", "agency")
    if not body.final:
        if referral.legal:  # no word in between moves the law's own date
            due, rule = referral.feedback_due, referral.legal
        else:
            due, rule = turn.due(w.FEEDBACK, turn.author, referral.channel, referral.kind)
        turn.emit(e.FeedbackGiven(referral.id, body.content, due, rule), dated=True)
    elif referral.kind == w.ASSISTANCE:
        turn.emit(e.Concluded(referral.id, "feedback", body.content))
    elif referral.kind == w.DELEGATION:
        turn.need_no_handover()
        turn.emit(e.Concluded(referral.id, "feedback", body.content), referral.sender)
        turn.comes_back()
    else:
        raise Refused("feedback.close_instead", "final")


def recall(turn: Turn, body: c.Recall, referral: Referral) -> None:
    """收回, by the delegator once the delegate's feedback is overdue."""
    if referral.kind != w.DELEGATION:
        raise Refused("referral.kind", "referral")
    if turn.author != referral.sender:
        raise Refused("referral.not_sender", "agency")
    turn.need_alive(referral)
    if referral.state != w.ACCEPTED:
        raise Refused("referral.not_accepted", "referral")
    if turn.context.now < referral.feedback_due:
        raise Refused("referral.not_due", "referral")
    turn.emit(e.Concluded(referral.id, "recalled", body.reason), referral.sender)
    turn.comes_back()


def attempt(turn: Turn, body: c.Attempt) -> None:
    """调解一次"""
    turn.need_open()
    turn.need_custodian()
    counted, why_not = ladder.session(turn, body)
    turn.emit(e.AttemptHeld(*body._replace(counted=counted, why_not=why_not)))


def reach(turn: Turn, body: c.ReachAgreement) -> None:
    """达成协议: signed is not performed."""
    turn.need_open()
    turn.need_custodian()
    if turn.state.agreement == w.REACHED:
        return
    if turn.state.agreement == w.PERFORMED:
        raise Refused("agreement.stands", "dispute")
    if body.due_on is not None and not _is_date(body.due_on):
        raise Refused("field.type", "due_on", "YYYY-MM-DD")
    start = turn.context.pack.perform_start(turn.context.now, body.due_on)
    due, rule = turn.due(w.PERFORM, turn.author, start=start)
    turn.emit(e.AgreementReached(body.form, body.amount, body.due_on, due, rule), dated=True)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def perform(turn: Turn, body: c.PerformAgreement) -> None:
    """履行完毕"""
    turn.need_open()
    turn.need_custodian()
    if turn.state.agreement == w.PERFORMED:
        return
    if turn.state.agreement != w.REACHED:
        raise Refused("agreement.none", "dispute")
    turn.emit(e.AgreementPerformed(body.note))


def break_(turn: Turn, body: c.BreakAgreement) -> None:
    """反悔"""
    turn.need_open()
    turn.need_custodian()
    if turn.state.agreement == w.BROKEN:
        return
    if not turn.state.agreement:
        raise Refused("agreement.none", "dispute")
    turn.emit(e.AgreementBroken(body.reason))


def grade(turn: Turn, body: c.Grade) -> None:
    """风险评估, by the custodian or a superior of it."""
    turn.need_open()
    if turn.author != turn.state.custodian and not turn.is_superior_of(turn.state.custodian):
        raise Refused("dispute.not_custodian", "agency")
    if contradicts(body.scheme, body.grade, body.ordinal):
        raise Refused("grade.contradicts", "ordinal")
    turn.emit(e.Graded(*body))


def close(turn: Turn, body: c.Close) -> None:
    """办结, by the custodian; every sender up the chain gets the final word with it."""
    state = turn.state
    if state.status == w.VOID:
        raise Refused("dispute.void", "dispute")
    turn.need_custodian()
    if state.status == w.CLOSED:
        raise Refused("dispute.closed", "dispute")
    turn.need_no_delegation("referral.conclude_instead")
    turn.need_no_handover()
    if any(r.contested for r in state.referrals):
        raise Refused("referral.contested", "dispute")
    if any(r.kind == w.ASSISTANCE and r.alive for r in state.referrals):
        raise Refused("dispute.assistance_open", "dispute")
    if state.supervisions:
        raise Refused("dispute.supervision_open", "dispute")
    if body.outcome == w.PERFORMED:
        if state.agreement != w.PERFORMED:
            raise Refused("agreement.not_performed", "outcome")
    elif state.agreement in (w.REACHED, w.PERFORMED):
        raise Refused("agreement.stands", "outcome")
    ladder.may_close(turn, body)
    for r in state.referrals:
        if (r.kind in w.MOVING and r.state == w.ACCEPTED) or (r.kind == w.ASSIGNMENT and r.alive):
            turn.emit(e.Concluded(r.id, "closed", body.summary))
    turn.emit(e.Closed(*body))


def reopen(turn: Turn, body: c.Reopen) -> None:
    """重启, by the last custodian or a superior of it; it goes on with the last custodian."""
    state = turn.state
    if state.status != w.CLOSED:
        raise Refused(f"dispute.{state.status}", "dispute")
    if turn.author != state.custodian and not turn.is_superior_of(state.custodian):
        raise Refused("dispute.not_custodian", "agency")
    agency = turn.registry.agency(state.custodian)
    if agency is not None and agency.state == w.CLOSING:
        raise Refused("agency.closing", "dispute")
    turn.emit(e.Reopened(*body))


def void(turn: Turn, body: c.Voiding) -> None:
    """作废: entered by mistake, or twice."""
    state = turn.state
    turn.need_open()
    turn.need_custodian()
    if any(r.alive and not done_notice(r) for r in state.referrals):
        raise Refused("dispute.referrals_open", "dispute")
    if any(r.contested for r in state.referrals):
        raise Refused("referral.contested", "dispute")
    if state.supervisions:
        raise Refused("dispute.supervision_open", "dispute")
    if state.agreement in (w.REACHED, w.PERFORMED):
        raise Refused("agreement.stands", "dispute")
    turn.emit(e.Voided(*body))


def has_role(state: Dispute, agency: w.AgencyId) -> bool:
    """Whether an agency has a role in a dispute now (custody rules §5): what a succession must move."""
    return (
        state.custodian == agency
        or any(
            agency in (r.sender, r.receiver) or (r.contested and agency == r.settler)
            for r in state.referrals
            if (r.alive and not done_notice(r)) or r.contested
        )
        or any(agency in (d.debtor, d.creditor) for d in (*state.supervisions, *state.reports))
    )


def succeed(turn: Turn, body: c.Succeed) -> None:
    """承继: a closing agency's every role in this dispute goes to its successor, in one decision."""
    closing = turn.registry.agency(body.closing)
    if closing is None:
        raise Refused("agency.unknown", "closing")
    if closing.state != w.CLOSING or closing.successor is None:
        raise Refused("agency.not_closing", "closing")
    if not has_role(turn.state, body.closing):
        return
    successor = closing.successor
    for r in turn.state.referrals:
        if r.contested and body.closing in (r.sender, r.receiver, r.settler):
            turn.emit(e.Settled(r.id, "merged", ""))
    for r in turn.state.referrals:
        if r.alive and not done_notice(r) and {r.sender, r.receiver} == {body.closing, successor}:
            if r.state != w.ACCEPTED:
                turn.emit(e.Withdrawn(r.id, "merged", ""))
            else:
                back = r.sender if r.kind == w.DELEGATION else None
                turn.emit(e.Concluded(r.id, "merged", ""), back)
    custodian = turn.state.custodian
    turn.emit(e.Succeeded(body.closing, successor), successor if custodian == body.closing else custodian)
    turn.comes_back()
