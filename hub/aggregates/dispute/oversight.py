"""Oversight: report, acknowledge, supervise, answer, urge; and what the steward records: breach, warn, recompute.

Custody rules §2 and §3, guard by guard in that order.
"""

from __future__ import annotations

from hub import words as w
from hub.policy.limits import Extension, Limit
from hub.policy.pack import base, too_long

from . import commands as c
from . import events as e
from .obligations import Obligation, find, running
from .state import EXTENSION
from .turn import Refused, Turn

LONGEST = 365  # days one extension adds at most (hub default)


def report(turn: Turn, body: c.Report) -> None:
    """重大纠纷报告: acknowledgement owed by every recipient."""
    turn.need_open()
    turn.need_custodian()
    for recipient in body.recipients:
        agency = turn.registry.agency(recipient)
        if agency is None:
            raise Refused("agency.unknown", "recipients")
        if agency.state != w.ACTIVE:
            raise Refused(f"agency.{agency.state}", "recipients")
        if recipient == turn.author:
            raise Refused("referral.to_self", "recipients")
    recipients = tuple(dict.fromkeys(body.recipients))
    kind = turn.context.pack.grades.get(body.grade.strip().lower(), "")
    due, rule = turn.due(w.ACKNOWLEDGE, recipients[0], kind=kind)
    turn.emit(e.Reported(recipients, body.grade, body.content, due, rule), dated=True)


def acknowledge(turn: Turn, body: c.Acknowledge) -> None:
    """回执"""
    if not any(d.debtor == turn.author for d in turn.state.reports):
        raise Refused("report.none", "dispute")
    turn.emit(e.Acknowledged(turn.author, body.instruction))


def supervise(turn: Turn, body: c.Supervise) -> None:
    """督办, by a superior of the agency, or the hub in the name of its nearest."""
    turn.need_open()
    if not turn.is_superior_of(body.supervised):
        raise Refused("assignment.not_superior", "agency")
    if not any(o.debtor == body.supervised for o in running(turn.state)):
        raise Refused("supervision.owes_nothing", "supervised")
    if any(d.debtor == body.supervised for d in turn.state.supervisions):
        return
    due, rule = turn.due(w.ANSWER, body.supervised)
    turn.emit(e.SupervisionIssued(body.supervised, turn.author, body.demand, due, rule), dated=True)


def answer(turn: Turn, body: c.AnswerSupervision) -> None:
    """答复督办"""
    if not any(d.debtor == turn.author for d in turn.state.supervisions):
        raise Refused("supervision.none", "dispute")
    turn.emit(e.SupervisionAnswered(turn.author, body.content))


def urge(turn: Turn, body: c.Urge) -> None:
    """催办, by the creditor, a superior of the debtor, or the hub; to anybody else the obligation is not there."""
    for owed in find(turn.state, body.obligation, body.referral, body.debtor):
        if turn.by_hub or turn.author == owed.creditor or turn.is_superior_of(owed.debtor):
            turn.emit(e.Urged(owed.name, owed.referral, owed.debtor, body.content))
            return
    raise Refused("obligation.none", "obligation")


def breach(turn: Turn, body: c.Breach) -> None:
    """超期, once per limit; the debt goes on running. An accept limit lapses instead (see ``lapse``)."""
    found = find(turn.state, body.obligation, body.referral, body.debtor)
    owed = next((o for o in found if not o.breached), None)
    if owed is None or owed.name == w.ACCEPT:
        return
    if turn.context.now < owed.due_at:
        raise Refused("obligation.not_due", "obligation")
    turn.emit(e.Breached(owed.name, owed.referral, owed.debtor, owed.due_at))


def warn(turn: Turn, body: c.Warn) -> None:
    """将到期提醒, once per due time, within the warning span of the limit that runs."""
    found = find(turn.state, body.obligation, body.referral, body.debtor)
    owed = next((o for o in found if not o.warned), None)
    if owed is None:
        return
    if turn.context.now < owed.due_at - _limit(turn, owed, body.rule).warn:
        raise Refused("obligation.not_due", "obligation")
    turn.emit(e.Warned(owed.name, owed.referral, owed.debtor, owed.due_at))


def _of(turn: Turn, owed: Obligation) -> tuple[str, str]:
    """Channel and kind of the referral a limit runs on."""
    referral = turn.state.referral(owed.referral)
    return (referral.channel, referral.kind) if referral is not None else ("", "")


def _limit(turn: Turn, owed: Obligation, rule: str = "") -> Limit:
    """The limit behind a running clock: a legal clock's by the pack it started under, else the one its rule names, else
    the one that would start now (hub default: what a service level says of its extension is today's).
    """
    referral = turn.state.referral(owed.referral)
    now = turn.context.pack.limit(owed.name, turn.on(owed.debtor, *_of(turn, owed)))
    if referral is not None and referral.legal and owed.name == w.FEEDBACK:
        pack = turn.context.rules.named(referral.legal_pack)
        known = pack.ruled(referral.legal) if pack is not None else None
        return known or now._replace(text=base(referral.legal))
    return (turn.context.rules.ruled(rule) if rule else None) or now


def recompute(turn: Turn, body: c.Recompute) -> None:
    """时限重算: the same limit counted again by the pack of its first day. A moved date is an event, never a silent
    change; that the limit would be another one now (a new emergency, a new place) moves none.
    """
    owed = next(iter(find(turn.state, body.obligation, body.referral, body.debtor)), None)
    if owed is None:
        return
    if body.rule:
        again = turn.context.rules.at(body.since).again(body.rule, body.since)
        if again is None:
            return
        due, rule = again
    else:
        due, rule = turn.due(owed.name, owed.debtor, *_of(turn, owed), start=body.since)
    if due != owed.due_at:
        made = e.Recomputed(owed.name, owed.referral, owed.debtor, owed.due_at, due, rule)
        turn.emit(made, dated=True, since=body.since)


def extend(turn: Turn, body: c.Extend) -> None:
    """延长时限、扣除期间: by the debtor where both parties agreed (特邀调解规定 §27) or the time is excluded by law, by
    the creditor or a superior of the debtor in any case (hub default). An accept limit is never extended: the offer
    would stay open without anybody having taken it. Nor is progress by the custodian, whose every act restarts it.
    What the limit itself says of its extension binds everybody: consent, approver, how often, how long.
    """
    turn.need_open()
    own = body.obligation == w.PROGRESS and turn.author == turn.state.custodian
    if body.obligation == w.ACCEPT or own:
        raise Refused("obligation.not_extensible", "obligation")
    owed = next(iter(find(turn.state, body.obligation, body.referral, body.debtor)), None)
    if owed is None:
        raise Refused("obligation.none", "obligation")
    above = turn.author == owed.creditor or turn.is_superior_of(owed.debtor)
    if not above and turn.author != owed.debtor:
        raise Refused("obligation.none", "obligation")
    limit = _limit(turn, owed)
    bound = limit.extension if body.cause == EXTENSION else None
    agreed = not above or (bound is not None and bound.both_parties_consent)
    if body.cause == EXTENSION and agreed and not body.consent:
        raise Refused("obligation.needs_consent", "consent")
    if not 1 <= body.days <= LONGEST:
        raise Refused("field.range", "days", f"1–{LONGEST}")
    region = turn.on(owed.debtor).region
    if bound is not None:
        _within(turn, owed, bound)
        if too_long(limit, owed.due_at, body.days, turn.context.pack.calendar, region):
            raise Refused("obligation.extension_too_long", "days", f"{bound.amount} {bound.unit}")
    due, rule = turn.context.pack.extended(limit, owed.due_at, body.days, region)
    turn.emit(
        e.Extended(
            owed.name, owed.referral, owed.debtor, body.cause, body.days, body.consent, body.reason, owed.due_at, due,
            rule,
        ),
        dated=True,
    )  # fmt: skip


def _within(turn: Turn, owed: Obligation, bound: Extension) -> None:
    """Who approves, and how often."""
    approves = {"": True, "creditor": turn.author == owed.creditor, "superior": turn.is_superior_of(owed.debtor)}
    if not approves[bound.approver]:
        raise Refused("obligation.needs_approval", "agency", bound.approver)
    if bound.max_times and owed.extended >= bound.max_times:
        raise Refused("obligation.extended_before", "obligation", str(bound.max_times))
