"""Hand-overs: refer, assign, deliver, sign, accept, return, withdraw, consent, decline, contest, settle, lapse.

Custody rules §3, guard by guard in that order. Each function decides one command on a Turn.
"""

from __future__ import annotations

from hub import words as w
from hub.policy.channels import KIND

from . import commands as c
from . import events as e
from . import ladder
from .state import Referral
from .turn import Refused, Turn


def refer(turn: Turn, body: c.Refer) -> None:
    """移送: an offer; custody stays until somebody accepts."""
    turn.need_open()
    if body.kind == w.ASSIGNMENT:
        raise Refused("referral.kind", "kind")
    turn.need_custodian()
    turn.need_receiver(body.receiver)
    replaced = turn.state.referral(body.in_place_of) if body.in_place_of is not None else None
    if replaced is not None:
        _replaceable(turn, replaced)
    moving = body.kind in w.MOVING
    if moving:
        turn.need_no_handover(but=replaced)
        turn.need_no_delegation()
        if body.receiver in turn.state.returners:
            raise Refused("referral.returned_before", "receiver")
        if len(turn.state.returners) >= 2:
            raise Refused("referral.needs_assignment", "receiver")
        ladder.may_pass_on(turn, body)
    _may_offer(turn, body)
    if replaced is not None and replaced.state == w.OFFERED:
        turn.emit(e.Withdrawn(replaced.id, "redirected", body.reason))
    if moving:
        turn.settle_all("dropped")
    about = (body.receiver, body.channel, body.kind)
    sign_due, sign_rule = turn.due(w.SIGN, *about)
    accept_due, accept_rule = turn.due(w.ACCEPT, *about) if body.kind != w.NOTICE else (None, "")
    ident = w.referral_id(turn.command.system, turn.command.command_id)
    turn.emit(
        e.Offered(
            ident, body.kind, body.channel, turn.author, turn.shared(body.receiver), body.in_place_of, body.reason,
            sign_due, sign_rule, accept_due, accept_rule,
        ),
        dated=True,
    )  # fmt: skip


def _may_offer(turn: Turn, body: c.Refer) -> None:
    """What the pack asks of an offer on its channel, after the guards of custody."""
    agency = turn.registry.agency(body.receiver)
    kind = agency.kind if agency is not None else ""
    code, detail = turn.context.pack.offers.refuses(body.kind, body.channel, kind, turn.state.marks)
    if code:
        raise Refused(code, "kind" if code == KIND else "channel", detail)


def _replaceable(turn: Turn, replaced: Referral) -> None:
    if replaced.sender != turn.author:
        raise Refused("referral.not_sender", "in_place_of")
    if replaced.kind == w.ASSIGNMENT:
        raise Refused("referral.binding", "in_place_of")
    if replaced.state in (w.SIGNED, w.ACCEPTED, w.CONCLUDED):
        raise Refused(f"referral.{replaced.state}", "in_place_of")


def assign(turn: Turn, body: c.Assign) -> None:
    """指派/指定: binding; custody moves now. Offer, proposal, contest and delegation end with it."""
    turn.need_open()
    custodian = turn.state.custodian
    if not turn.is_superior_of(custodian):
        raise Refused("assignment.not_superior", "agency")
    turn.need_receiver(body.receiver, itself=False)
    if body.receiver == custodian:
        raise Refused("assignment.already_custodian", "receiver")
    if not turn.is_superior_of(body.receiver):
        raise Refused("assignment.not_superior", "receiver")
    if body.receiver == turn.author:
        raise Refused("referral.to_self", "receiver")
    handover = turn.state.handover
    if handover is not None:
        proposed = handover.state == w.ACCEPTED
        turn.emit(e.Declined(handover.id, "superseded") if proposed else e.Withdrawn(handover.id, "superseded", ""))
    turn.settle_all("overruled")
    if turn.state.delegation is not None:
        turn.emit(e.Concluded(turn.state.delegation.id, "superseded", ""))
    due, rule = turn.due(w.SIGN, body.receiver, body.channel, w.ASSIGNMENT)
    ident = w.referral_id(turn.command.system, turn.command.command_id)
    receiver = turn.shared(body.receiver)
    basis = body.basis or _rests_on(turn)
    turn.emit(
        e.Assigned(ident, body.channel, turn.author, receiver, body.reason, due, rule, basis), receiver, dated=True
    )
    turn.comes_back()


def _rests_on(turn: Turn) -> str:
    """What an assignment rests on where nobody says it: a centre, else a common superior (信访工作条例 §24)."""
    author = turn.registry.agency(turn.author)
    return "centre" if author is not None and author.kind == w.CENTRE else "common_superior"


def deliver(turn: Turn, body: c.Deliver, referral: Referral) -> None:
    """送达, once, while a moving referral or assignment is offered."""
    if referral.kind in (w.ASSISTANCE, w.NOTICE) or referral.state != w.OFFERED or referral.delivered:
        return
    turn.emit(e.Delivered(referral.id, body.via, body.at))


def sign(turn: Turn, body: c.Sign, referral: Referral) -> None:
    """签收; an assignment is thereby accepted, a notice done."""
    if turn.author != referral.receiver:
        raise Refused("referral.not_receiver", "agency")
    if referral.state in (w.SIGNED, w.ACCEPTED, w.CONCLUDED):
        return
    turn.need_alive(referral)
    if referral.kind == w.ASSIGNMENT:
        turn.emit(
            e.Signed(referral.id, *turn.due(w.FEEDBACK, turn.author, referral.channel, referral.kind)), dated=True
        )
        return
    legal = _legal(turn, referral)
    turn.emit(e.Signed(referral.id, None, "", *(legal or (None, ""))), dated=legal is not None)


def accept(turn: Turn, body: c.Accept, referral: Referral) -> None:
    """受理: the one act by which a receiver takes the baton."""
    if turn.author != referral.receiver:
        raise Refused("referral.not_receiver", "agency")
    if referral.kind in (w.NOTICE, w.ASSIGNMENT):
        raise Refused("referral.kind", "referral")
    if referral.state == w.ACCEPTED:
        return
    turn.need_alive(referral)
    agency = turn.registry.agency(turn.author)
    if agency is not None and agency.state == w.CLOSING:
        raise Refused("agency.closing", "agency")
    moves = referral.kind in w.MOVING
    due, rule = _feedback(turn, referral)
    turn.emit(e.Accepted(referral.id, body.handler, due, rule), turn.author if moves else None, dated=True)
    if moves:
        turn.comes_back()


def _feedback(turn: Turn, referral: Referral) -> tuple[int, str]:
    """When feedback is due: by the legal clock where one runs (since sign-for, or from now where nobody signed)."""
    if referral.legal:
        return referral.feedback_due, referral.legal
    if referral.state == w.OFFERED:
        legal = _legal(turn, referral)
        if legal is not None:
            return legal
    return turn.due(w.FEEDBACK, turn.author, referral.channel, referral.kind)


def _legal(turn: Turn, referral: Referral) -> tuple[int, str] | None:
    """The legal clock that starts now, told apart by the steps the sender has recorded until now."""
    on = turn.on(turn.author, referral.channel, referral.kind)
    return turn.context.pack.legal(turn.context.now, on, turn.state.marks)


def return_(turn: Turn, body: c.Return, referral: Referral) -> None:
    """退回: at once where the channel lets the receiver return freely, else a proposal the sender answers."""
    if turn.author != referral.receiver:
        raise Refused("referral.not_receiver", "agency")
    turn.need_alive(referral)
    if referral.kind == w.ASSIGNMENT:
        raise Refused("referral.binding", "referral")
    if referral.kind == w.NOTICE and referral.state == w.SIGNED:
        raise Refused("referral.signed", "referral")
    ladder.may_come_back(turn, body, referral)
    if referral.state == w.ACCEPTED:
        if referral.kind in (w.DELEGATION, w.ASSISTANCE):
            raise Refused("referral.conclude_instead", "referral")
        turn.need_custodian()
        turn.need_open()
        if referral.proposal == w.RETURN:
            return
        turn.need_no_delegation()
        turn.need_no_handover()
        _propose(turn, referral, w.RETURN, body.reason_code, body.reason, body)
    elif referral.kind in w.MOVING and turn.context.pack.by_consent(referral.channel):
        if referral.state != w.SIGNED:
            raise Refused("referral.not_signed", "referral")
        if referral.proposal == w.RETURN:
            return
        if referral.proposal == w.WITHDRAWAL:
            raise Refused("referral.withdrawal_proposed", "referral")
        _propose(turn, referral, w.RETURN, body.reason_code, body.reason, body)
    else:
        turn.emit(e.Returned(referral.id, body.reason_code, body.reason, body.suggested))


def _propose(
    turn: Turn, referral: Referral, what: str, reason_code: str, reason: str, body: c.Return | None = None
) -> None:
    suggested = body.suggested if body is not None else None
    other = referral.sender if what == w.RETURN else referral.receiver
    due, rule = turn.due(w.CONSENT, other, referral.channel, referral.kind)
    turn.emit(e.Proposed(referral.id, what, reason_code, reason, suggested, due, rule), dated=True)


def withdraw(turn: Turn, body: c.Withdraw, referral: Referral) -> None:
    """撤回: an unsigned offer at once, a signed one by proposal; a receiver takes its own proposed return back."""
    if turn.author == referral.receiver and referral.proposal == w.RETURN:
        turn.emit(e.Declined(referral.id, body.reason))
        return
    sender = turn.state.custodian if referral.kind == w.ASSISTANCE else referral.sender
    if turn.author != sender:
        raise Refused("referral.not_sender", "agency")
    turn.need_alive(referral)
    if referral.kind == w.ASSIGNMENT:
        raise Refused("referral.binding", "referral")
    if referral.kind == w.ASSISTANCE or referral.state == w.OFFERED:
        turn.emit(e.Withdrawn(referral.id, "sender", body.reason))
        return
    if referral.kind == w.NOTICE or referral.state == w.ACCEPTED:
        raise Refused(f"referral.{referral.state}", "referral")
    if referral.proposal == w.WITHDRAWAL:
        return
    if referral.proposal == w.RETURN:
        raise Refused("referral.return_proposed", "referral")
    _propose(turn, referral, w.WITHDRAWAL, "", body.reason)


def _answerer(turn: Turn, referral: Referral) -> None:
    """A proposal is answered by the other side."""
    if not referral.proposal:
        raise Refused("referral.nothing_proposed", "referral")
    if referral.proposal == w.WITHDRAWAL and turn.author != referral.receiver:
        raise Refused("referral.not_receiver", "agency")
    if referral.proposal == w.RETURN and turn.author != referral.sender:
        raise Refused("referral.not_sender", "agency")


def consent(turn: Turn, body: c.Consent, referral: Referral) -> None:
    """同意: the withdrawal or the return takes place; a return after acceptance gives custody back to the sender."""
    _answerer(turn, referral)
    if referral.proposal == w.WITHDRAWAL:
        turn.emit(e.Withdrawn(referral.id, "consented", ""))
        return
    back = referral.sender if referral.state == w.ACCEPTED else None
    turn.emit(e.Returned(referral.id, "consented", "", None), back)
    if back is not None:
        turn.comes_back()


def decline(turn: Turn, body: c.Decline, referral: Referral) -> None:
    """不同意"""
    _answerer(turn, referral)
    turn.emit(e.Declined(referral.id, body.reason))


def contest(turn: Turn, body: c.Contest, referral: Referral) -> None:
    """异议: the sender objects to a return; the common superior settles."""
    turn.need_open()
    if turn.author != referral.sender:
        raise Refused("referral.not_sender", "agency")
    if referral.kind not in w.MOVING:
        raise Refused("referral.kind", "referral")
    if referral.state != w.RETURNED:
        raise Refused("referral.not_returned", "referral")
    turn.need_custodian()
    if referral.contested:
        return
    turn.need_no_handover()
    if any(r.contested for r in turn.state.referrals):
        raise Refused("referral.contested", "referral")
    settler = turn.registry.common_superior(referral.sender, referral.receiver)
    if settler is None:
        raise Refused("referral.no_common_superior", "referral")
    due, rule = turn.due(w.SETTLE, settler, referral.channel, referral.kind)
    turn.emit(e.Contested(referral.id, body.grounds, settler, due, rule), dated=True)


def settle(turn: Turn, body: c.Settle, referral: Referral) -> None:
    """裁定维持退回, by the common superior that owes it since the contest; to overrule, it assigns."""
    turn.need_open()
    if not referral.contested:
        raise Refused("referral.not_contested", "referral")
    if turn.author != referral.settler:
        raise Refused("assignment.not_superior", "agency")
    turn.emit(e.Settled(referral.id, "upheld", body.reason))


def lapse(turn: Turn, body: c.Lapse, referral: Referral) -> None:
    """逾期失效, when the accept limit has run out; custody never left the sender."""
    if referral.kind in (w.NOTICE, w.ASSIGNMENT):
        raise Refused("referral.kind", "referral")
    if referral.state not in (w.OFFERED, w.SIGNED):
        return
    if turn.context.now < referral.accept_due:
        raise Refused("referral.not_due", "referral")
    turn.emit(e.Lapsed(referral.id, referral.accept_due))
