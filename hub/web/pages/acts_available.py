"""What a person's agency may do now on a dispute, asked of the rules of custody themselves.

Guarantee: every answer is that of ``decide`` for a command the person could send this instant, so a button that stands
ready is refused only when something happens in between; the writer decides. Nothing is written or queued here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from hub import words as w
from hub.access import may_speak
from hub.aggregates.command import Command
from hub.aggregates.decide import Context, Decision, Dispute, decide
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import ladder
from hub.aggregates.dispute.obligations import Obligation, running
from hub.aggregates.dispute.state import Referral, done_notice
from hub.policy.ladder import Scheme
from hub.words import AgencyId, CommandId, DisputeId, Refusal, text

from ..relapses import known
from .forms import FORMS
from .visitors import Visitor

FILLED_IN: Final = frozenset({"receiver", "recipients", "outcome", "supervised", "final"})  # a refusal about the sample
OF_SAMPLE: Final = frozenset({  # as well, by its code
    "ladder.tries_left", "ladder.not_next", "ladder.return_reason", "channel.kind", "channel.no_consent",
    "channel.locked",
})  # fmt: skip
OF_CUSTODIAN: Final = ("attempt", "refer", "reach_agreement", "close")  # stand there even when they are not possible

SELDOM: Final = frozenset({  # behind "more" on a dispute's page
    "grade", "report", "inform", "particulars", "step", "visit", "decide_relapse", "extend", "exempt", "change_branch",
    "end_ladder", "void",
})  # fmt: skip


class Offer(NamedTuple):
    """One act. ``code``: why it is not possible now, "" = it is. ``first``: what is owed most now."""

    act: str
    referral: bytes | None
    code: str
    first: bool = False

    def href(self, dispute: bytes, back: str) -> str:
        """Where its form is."""
        query = {"dispute": text(dispute)} | ({"referral": text(self.referral)} if self.referral else {})
        return f"/act/{self.act}?{urlencode(query | {'back': back})}"


def available(visitor: Visitor, state: Dispute) -> list[Offer]:
    """The acts of this person's agency on a dispute: what it owes first, then all else that is possible, then what its
    custodian usually does and cannot do now, with the reason. Nothing for a person who may not act.
    """
    if not visitor.may("act.person"):
        return []
    own = AgencyId(visitor.person.agency)
    owed = {(o.name, o.referral) for o in running(state) if o.debtor == own}
    ready: list[Offer] = []
    blocked: list[Offer] = []
    for act, referral, body in _samples(visitor, state, own):
        code = _code(visitor, state, act, body)
        if code == "":
            ready.append(Offer(act, referral, "", _is_owed(act, referral, owed)))
        elif code != NOTHING_TO_DO and act in OF_CUSTODIAN and own == state.custodian and state.status == w.OPEN:
            blocked.append(Offer(act, referral, code))
    ready.sort(key=lambda offer: not offer.first)
    return ready + blocked


def refusal(visitor: Visitor, state: Dispute | None, command: Command) -> Refusal | None:
    """What the rules would say to a command now; None = it would be done. ``NOTHING_TO_DO``: it is so already."""
    decided = _decided(visitor, state, command)
    if isinstance(decided, Refusal):
        return decided
    return None if decided.events else Refusal(NOTHING_TO_DO)


def answer(visitor: Visitor, state: Dispute, body: Any) -> Decision | Refusal:
    """What the rules would make of a command of this person's agency now."""
    agency, now = AgencyId(visitor.person.agency), visitor.parts.clock.now()
    ident = CommandId(bytes(16))  # never stored
    return _decided(visitor, state, Command(w.HUB_SYSTEM, ident, b"", agency, "", now, state.id, None, body))


def would(visitor: Visitor, state: Dispute, body: Any) -> bool:
    """Whether a command would be done now."""
    found = answer(visitor, state, body)
    return not isinstance(found, Refusal) and bool(found.events)


def _decided(visitor: Visitor, state: Dispute | None, command: Command) -> Decision | Refusal:
    parts = visitor.parts
    context = Context(parts.clock.now(), visitor.registry, parts.pack, lambda: "", lambda _: True, parts.policy)
    return decide(command, state, context)


NOTHING_TO_DO: Final = "nothing"


def _code(visitor: Visitor, state: Dispute, act: str, body: Any) -> str:
    if may_speak(visitor.system, FORMS[act].command, AgencyId(visitor.person.agency)):
        return "access.denied"
    found = answer(visitor, state, body)
    if not isinstance(found, Refusal):
        return "" if found.events else NOTHING_TO_DO
    of_sample = found.field in FILLED_IN and found.code != "referral.needs_assignment"
    return "" if of_sample or found.code in OF_SAMPLE else found.code


def _samples(visitor: Visitor, state: Dispute, own: AgencyId) -> Iterator[tuple[str, bytes | None, Any]]:
    """Every act with a body that is as good as any: what the person fills in is not asked about."""
    other = _receiver(visitor, (own, state.custodian, *state.returners))
    below = _receiver(visitor, (own, state.custodian), own)
    now = visitor.parts.clock.now()
    for r in state.referrals:
        if (r.alive and not done_notice(r)) or r.contested or r.state == w.RETURNED:
            yield from _on_referral(r, own, other)
    yield "attempt", None, c.Attempt(True, "", now, "", "")
    yield "refer", None, c.Refer(w.TRANSFER, "mediation", other, None, "")
    yield "reach_agreement", None, c.ReachAgreement("written", None, None)
    if state.agreement:
        yield "perform_agreement", None, c.PerformAgreement("")
        yield "break_agreement", None, c.BreakAgreement("")
    outcome = w.PERFORMED if state.agreement == w.PERFORMED else "other"
    yield "close", None, c.Close(outcome, "", True)
    yield "answer", None, c.AnswerSupervision("")
    yield "acknowledge", None, c.Acknowledge("")
    yield "assign", None, c.Assign("mediation", below, "")
    if any(own in visitor.registry.above(o.debtor) for o in running(state)):
        debtor = next(o.debtor for o in running(state) if own in visitor.registry.above(o.debtor))
        yield "supervise", None, c.Supervise(debtor, "")
    for o in running(state):
        if o.debtor != own and (o.creditor == own or own in visitor.registry.above(o.debtor)):
            yield "urge", None, c.Urge(o.name, o.referral, o.debtor, "")
            break
    yield "grade", None, c.Grade("", "", 4)
    yield "report", None, c.Report((other,), "", "")
    yield "inform", None, c.Inform("options", "", "")
    yield "particulars", None, c.Particulars(0, 0, None, (), False, "")
    for step in steps_now(visitor, state)[:1]:
        yield "step", None, step
    yield "visit", None, c.Visit("not_due", "", "")
    for earlier in _suspected(visitor, state)[:1]:
        yield "decide_relapse", None, c.DecideRelapse(earlier, True, "")
    for o in extensible(visitor, state)[:1]:
        yield "extend", None, c.Extend(o.name, o.referral, o.debtor, "extension", 1, True, "")
    yield from _on_ladder(visitor, state, own)
    yield "reopen", None, c.Reopen("", False)
    yield "void", None, c.Voiding("", None)


def _receiver(visitor: Visitor, but: Sequence[AgencyId], above: AgencyId | None = None) -> AgencyId:
    """An agency that takes offers, below ``above`` where that is given; the first of ``but`` when there is none."""
    registry = visitor.registry
    for ident, agency in registry.agencies.items():
        fits = above is None or above in registry.above(ident)
        if fits and agency.state == w.ACTIVE and agency.intake_open and ident not in but:
            return ident
    return but[0]


def _on_referral(r: Referral, own: AgencyId, other: AgencyId) -> Iterator[tuple[str, bytes | None, Any]]:
    if r.receiver == own:
        yield "sign", r.id, c.Sign(r.id)
        yield "accept", r.id, c.Accept(r.id, "")
        yield "return", r.id, c.Return(r.id, "other", "", None)
    if r.proposal:
        yield "consent", r.id, c.Consent(r.id)
        yield "decline", r.id, c.Decline(r.id, "")
    yield "feedback", r.id, c.Feedback(r.id, False, "")
    yield "withdraw", r.id, c.Withdraw(r.id, "")
    if r.state == w.OFFERED and r.kind != w.ASSIGNMENT and r.sender == own:
        yield "redirect", r.id, c.Refer(r.kind, r.channel, other, r.id, "")
    if r.kind == w.DELEGATION:
        yield "recall", r.id, c.Recall(r.id, "")
    if r.state == w.RETURNED and not r.contested:
        yield "contest", r.id, c.Contest(r.id, "")
    if r.contested:
        yield "settle", r.id, c.Settle(r.id, "")


def _suspected(visitor: Visitor, state: Dispute) -> list[DisputeId]:
    """Earlier disputes that this one may be again, undecided, that the person may know of."""
    views, scope = visitor.parts.views, visitor.scope()
    return [r.earlier for r in state.relapses if r.same is None and known(views, scope, r.earlier)]


def steps_now(visitor: Visitor, state: Dispute) -> list[c.Step]:
    """The steps of docking procedures that this agency may record now, each with the referral it belongs to."""
    own, found = visitor.person.agency, []
    stands = dict(mark.split("/", 1) for mark in state.marks if "/" in mark)
    for procedure in visitor.parts.pack.procedures.values():
        now = stands.get(procedure.code, "")
        mine = (
            r for r in reversed(state.referrals) if r.channel == procedure.channel and own in (r.sender, r.receiver)
        )
        legs = [None, *(r.id for r in mine)]
        for code, step in procedure.steps.items():
            if now in step.after or (now == code and step.again):  # the rules are asked about these only
                bodies = (c.Step(procedure.code, code, leg, "-", "") for leg in legs)
                found += list(islice((body for body in bodies if would(visitor, state, body)), 1))
    return found


def extensible(visitor: Visitor, state: Dispute) -> list[Obligation]:
    """The running limits this agency may extend, at least with the consent of both parties."""
    found = sorted(running(state), key=lambda o: o.due_at)
    bodies = ((o, c.Extend(o.name, o.referral, o.debtor, "extension", 1, True, "")) for o in found)
    return [o for o, body in bodies if would(visitor, state, body)]


def _on_ladder(visitor: Visitor, state: Dispute, own: AgencyId) -> Iterator[tuple[str, bytes | None, Any]]:
    scheme = scheme_of(visitor, state)
    if scheme is None or state.standing is None or own != state.custodian:
        return
    above = next(iter(visitor.registry.above(own)), None)
    exempt = (c.Ladder("exempt", code, "", "", False, "-", above) for code in scheme.exemptions)
    change = (c.Ladder("branch", "", "", branch, False, "", None) for branch in scheme.branches)
    for act, bodies in (("exempt", exempt), ("change_branch", change)):
        for body in islice((b for b in bodies if would(visitor, state, b)), 1):
            yield act, None, body
    yield "end_ladder", None, c.Ladder("end", "", "", "", False, "", None)
    yield "resume_ladder", None, c.Ladder("resume", "", "", "", True, "", None)


def scheme_of(visitor: Visitor, state: Dispute) -> Scheme | None:
    """The scheme of the ladder that sessions on a dispute count under; None where there is none."""
    return ladder.scheme_of(state, visitor.parts.policy, visitor.parts.pack)


OWED_ACTS: Final = {
    "sign": w.SIGN, "accept": w.ACCEPT, "consent": w.CONSENT, "settle": w.SETTLE, "feedback": w.FEEDBACK,
    "answer": w.ANSWER, "acknowledge": w.ACKNOWLEDGE, "perform_agreement": w.PERFORM,
}  # fmt: skip


def _is_owed(act: str, referral: bytes | None, owed: set[tuple[str, Any]]) -> bool:
    return (OWED_ACTS.get(act, ""), referral) in owed
