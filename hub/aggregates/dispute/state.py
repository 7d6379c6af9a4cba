"""A dispute's state and how each event changes it. Pure; every event of ``events`` is handled.

Guarantee: ``evolve`` never fails on an event that ``decide`` made and decides nothing itself: custody after an
event is what the event says. A state is immutable and about 1 KB.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from hub import words as w
from hub.policy.channels import ASKED
from hub.policy.ladder_standing import Standing, shared
from hub.policy.pack import SIGNED
from hub.words import AgencyId, DisputeId, ReferralId

from . import events as e

EXTENSION = "extension"  # the cause of a limit's lengthening by agreement; the others exclude time
EMERGENCY = "emergency"  # the mark of a dispute under an emergency plan 应急


class Referral(NamedTuple):
    """移送. ``warned`` and ``breached`` hold the names of its obligations that were, for their present due time,
    ``extended`` those lengthened by agreement since they started, once for each time.
    """

    id: ReferralId
    kind: str
    channel: str
    sender: AgencyId
    receiver: AgencyId
    state: str = w.OFFERED
    proposal: str = ""
    contested: bool = False
    delivered: bool = False
    sign_due: int = 0
    accept_due: int = 0
    consent_due: int = 0
    settle_due: int = 0
    feedback_due: int = 0  # of a signed one: where a legal clock runs since sign-for
    legal: str = ""  # the rule of the legal clock that runs since sign-for, "" = none does
    legal_pack: str = ""  # the pack it started under
    settler: AgencyId | None = None
    warned: tuple[str, ...] = ()
    breached: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()

    @property
    def alive(self) -> bool:
        return self.state not in w.ENDED


class Debt(NamedTuple):
    """An unanswered supervision (debtor = supervised) or an unacknowledged report (debtor = recipient)."""

    debtor: AgencyId
    creditor: AgencyId
    due: int
    warned: bool = False
    breached: bool = False
    extended: int = 0


class Relapse(NamedTuple):
    """An earlier dispute that this one may be again. ``same``: as a person found; None = nobody has yet."""

    earlier: DisputeId
    same: bool | None = None


class Clock(NamedTuple):
    """A limit of the custodian's own: progress or perform."""

    due: int
    warned: bool = False
    breached: bool = False
    extended: int = 0


@lru_cache(maxsize=16_384)
def clock(due: int) -> Clock:
    """A limit that was just set. Equal ones are one object: most of those set on one day end together."""
    return Clock(due)


class Rung(NamedTuple):
    """首调责任制: the standing (None = not on a ladder), when the last session was that counted (0 = none yet), and the
    category, which says the branch.
    """

    standing: Standing | None
    last_at: int
    category: str


@lru_cache(maxsize=16_384)
def rung(standing: Standing | None, last_at: int, category: str) -> Rung:
    """Equal ones are one object: thousands of states share it."""
    return Rung(standing, last_at, category)


class Dispute(NamedTuple):
    """矛盾纠纷. ``roles``: every agency that has or had one.

    ``moves``: flattened (version, custodian, open hand-over).
    """

    id: DisputeId
    version: int
    status: str
    custodian: AgencyId
    referrals: tuple[Referral, ...]
    roles: tuple[AgencyId, ...]
    moves: tuple[Any, ...]
    returners: tuple[AgencyId, ...]  # who returned an offer since custody last moved
    agreement: str  # "", reached, performed, broken
    supervisions: tuple[Debt, ...]
    reports: tuple[Debt, ...]
    progress: Clock
    perform: Clock | None
    rung: Rung  # where it stands on its ladder
    marks: tuple[str, ...] = ()  # where procedures stand, "procedure/step"; "consent/…"; EMERGENCY
    relapses: tuple[Relapse, ...] = ()  # in the order they were suspected

    @property
    def standing(self) -> Standing | None:
        """Where it stands on its ladder; None for one that is on none."""
        return self.rung.standing

    def referral(self, ident: ReferralId | None) -> Referral | None:
        return next((r for r in self.referrals if r.id == ident), None)

    @property
    def handover(self) -> Referral | None:
        """The one open hand-over: a moving referral offered or signed, or accepted with a proposed return."""
        return _handover(self.referrals)

    @property
    def delegation(self) -> Referral | None:
        """The running delegation."""
        return next((r for r in self.referrals if r.kind == w.DELEGATION and r.state == w.ACCEPTED), None)

    def at(self, version: int) -> tuple[AgencyId, ReferralId | None]:
        """Custodian and open hand-over as they stood at an earlier version (1 ≤ version)."""
        moves = self.moves
        for i in range(len(moves) - 3, -1, -3):
            if moves[i] <= version:
                return moves[i + 1], moves[i + 2]
        return moves[1], moves[2]


def _handover(referrals: tuple[Referral, ...]) -> Referral | None:
    for r in referrals:
        if r.kind in w.MOVING and (
            r.state in (w.OFFERED, w.SIGNED) or (r.state == w.ACCEPTED and r.proposal == w.RETURN)
        ):
            return r
    return None


def evolve(state: Dispute | None, event: e.Event, stream: DisputeId) -> Dispute:
    """The state after one more event of this dispute; ``state`` is None before the first."""
    custody, body = event
    if state is None:
        assert isinstance(body, e.Registered)
        c = custody.custodian
        progress = clock(custody.progress_due_at or 0)
        below = rung(None, 0, body.category)
        return Dispute(stream, 1, w.OPEN, c, (), (c,), (1, c, None), (), "", (), (), progress, None, below)
    new = HANDLERS[type(body)](state, body)
    if isinstance(body, TAKES_ON):
        new = _under(new, body.referral, custody.pack)
    version = state.version + 1
    custodian = custody.custodian
    if custodian == state.custodian:
        custodian = state.custodian  # one object per agency keeps a state small
        returners = new.returners
    else:
        returners = ()
    handover = _handover(new.referrals)
    ident = handover.id if handover is not None else None
    moves = state.moves
    if custodian != state.custodian or ident != moves[-1]:
        moves = (*moves, version, custodian, ident)
    progress = clock(custody.progress_due_at) if custody.progress_due_at is not None else new.progress
    # Spelled out because this is the hottest line of the fold: _replace costs three times as much.
    return Dispute(
        new.id, version, new.status, custodian, new.referrals, new.roles, moves, returners, new.agreement,
        new.supervisions, new.reports, progress, new.perform, new.rung, new.marks, new.relapses,
    )  # fmt: skip


def _change(dispute: Dispute, ident: ReferralId, /, **fields: Any) -> Dispute:
    return dispute._replace(referrals=tuple(r._replace(**fields) if r.id == ident else r for r in dispute.referrals))


def _with_roles(state: Dispute, *agencies: AgencyId) -> tuple[AgencyId, ...]:
    roles = state.roles
    for agency in agencies:
        if agency not in roles:
            roles = (*roles, agency)
    return roles


def _offered(state: Dispute, body: e.Offered) -> Dispute:
    referral = Referral(
        body.referral, intern(body.kind), intern(body.channel), body.sender, body.receiver,
        sign_due=body.sign_due_at, accept_due=body.accept_due_at or 0,
    )  # fmt: skip
    return state._replace(referrals=(*state.referrals, referral), roles=_with_roles(state, body.sender, body.receiver))


def _assigned(state: Dispute, body: e.Assigned) -> Dispute:
    referral = Referral(
        body.referral, w.ASSIGNMENT, intern(body.channel), body.sender, body.receiver, sign_due=body.sign_due_at
    )
    return state._replace(referrals=(*state.referrals, referral), roles=_with_roles(state, body.sender, body.receiver))


def _signed(state: Dispute, body: e.Signed) -> Dispute:
    if body.feedback_due_at is None:
        legal = {"feedback_due": body.legal_due_at or 0, "legal": intern(body.legal_rule)}
        return _change(state, body.referral, state=w.SIGNED, **legal)
    return _change(state, body.referral, state=w.ACCEPTED, feedback_due=body.feedback_due_at)


def _accepted(state: Dispute, body: e.Accepted) -> Dispute:
    due, legal = body.feedback_due_at, _legal(body.feedback_rule)
    return _change(state, body.referral, state=w.ACCEPTED, proposal="", feedback_due=due, legal=legal)


def _legal(rule: str) -> str:
    """A rule if it is a legal clock's."""
    return intern(rule) if rule.startswith(f"{SIGNED}.") else ""


def _under(state: Dispute, ident: ReferralId, pack: str) -> Dispute:
    """A legal clock keeps the pack it started under."""
    referral = state.referral(ident)
    if referral is None or not referral.legal or referral.legal_pack:
        return state
    return _change(state, ident, legal_pack=intern(pack))


def _anew(state: Dispute, ident: ReferralId, name: str) -> dict[str, Any]:
    """An obligation of a referral starts anew: neither warned nor breached nor extended."""
    return _unmarked(state, ident, name, "warned", "breached", "extended")


def _unmarked(state: Dispute, ident: ReferralId, name: str, *marks: str) -> dict[str, Any]:
    old = state.referral(ident)
    assert old is not None
    return {mark: tuple(n for n in getattr(old, mark) if n != name) for mark in marks}


def _proposed(state: Dispute, body: e.Proposed) -> Dispute:
    marks = _anew(state, body.referral, w.CONSENT)
    return _change(state, body.referral, proposal=body.proposal, consent_due=body.consent_due_at, **marks)


def _returned(state: Dispute, body: e.Returned) -> Dispute:
    old = state.referral(body.referral)
    assert old is not None
    new = _change(state, body.referral, state=w.RETURNED, proposal="")
    if old.kind in w.MOVING and old.state != w.ACCEPTED and old.receiver not in state.returners:
        new = new._replace(returners=(*state.returners, old.receiver))
    return new


def _contested(state: Dispute, body: e.Contested) -> Dispute:
    marks = _anew(state, body.referral, w.SETTLE)
    new = _change(state, body.referral, contested=True, settle_due=body.settle_due_at, settler=body.settler, **marks)
    return new._replace(roles=_with_roles(state, body.settler))


def _feedback(state: Dispute, body: e.FeedbackGiven) -> Dispute:
    if _legal(body.feedback_rule):
        return state
    marks = _anew(state, body.referral, w.FEEDBACK)
    return _change(state, body.referral, feedback_due=body.feedback_due_at, **marks)


def _reported(state: Dispute, body: e.Reported, reporter: AgencyId) -> Dispute:
    owed = {(d.debtor, d.creditor) for d in state.reports}
    new = tuple(Debt(r, reporter, body.ack_due_at) for r in body.recipients if (r, reporter) not in owed)
    return state._replace(reports=state.reports + new, roles=_with_roles(state, *body.recipients))


def _supervised(state: Dispute, body: e.SupervisionIssued) -> Dispute:
    debt = Debt(body.supervised, body.supervisor, body.answer_due_at)
    return state._replace(
        supervisions=(*state.supervisions, debt), roles=_with_roles(state, body.supervised, body.supervisor)
    )


def _mark_one(
    debts: tuple[Debt, ...], body: e.Breached | e.Warned | e.Recomputed | e.Extended, mark: dict[str, Any], more: int
) -> tuple[Debt, ...]:
    """An agency may owe several reporters: the due time tells which debt is meant, the first not yet marked."""
    due = body.old_due_at if isinstance(body, e.Recomputed | e.Extended) else body.due_at
    for i, d in enumerate(debts):
        marked = d._replace(**mark, extended=d.extended + more)
        if d.debtor == body.debtor and d.due == due and marked != d:
            return (*debts[:i], marked, *debts[i + 1 :])
    return debts


def _obligation(state: Dispute, body: e.Breached | e.Warned | e.Recomputed | e.Extended) -> Dispute:
    """Mark one obligation: warned, breached, or with another due time (which starts both anew)."""
    mark: dict[str, Any]
    if isinstance(body, e.Recomputed | e.Extended):
        mark = {"due": body.due_at, "warned": False, "breached": False}
    else:
        mark = {"breached" if isinstance(body, e.Breached) else "warned": True}
    name = body.obligation
    more = int(isinstance(body, e.Extended) and body.cause == EXTENSION)
    if name in (w.ANSWER, w.ACKNOWLEDGE):
        old_debts = state.supervisions if name == w.ANSWER else state.reports
        debts = _mark_one(old_debts, body, mark, more)
        return state._replace(supervisions=debts) if name == w.ANSWER else state._replace(reports=debts)
    if name == w.PROGRESS:
        return state._replace(progress=state.progress._replace(**mark, extended=state.progress.extended + more))
    if name == w.PERFORM:
        own = state.perform
        return state._replace(perform=own._replace(**mark, extended=own.extended + more) if own else None)
    old = state.referral(body.referral)
    assert old is not None
    if isinstance(body, e.Recomputed | e.Extended):
        moved: dict[str, Any] = {f"{name}_due": body.due_at, **_unmarked(state, old.id, name, "warned", "breached")}
        if more:
            moved["extended"] = (*old.extended, name)
        return _change(state, old.id, **moved, **({"legal": _legal(body.rule)} if name == w.FEEDBACK else {}))
    key = next(iter(mark))
    return _change(state, old.id, **{key: (*getattr(old, key), name)})


def _informed(state: Dispute, body: e.Informed) -> Dispute:
    """All parties' consent is kept until one of them no longer agrees."""
    mark = ASKED.get(body.subject)
    if mark is None or body.answer not in ("all", "part", "refused") or (body.answer == "all") == (mark in state.marks):
        return state
    others = tuple(m for m in state.marks if m != mark)
    return state._replace(marks=_shared((*others, mark)) if body.answer == "all" else _shared(others))


def _stepped(state: Dispute, body: e.Stepped) -> Dispute:
    return state._replace(marks=_stands(state.marks, body.machine, body.step))


def _noted(state: Dispute, body: e.ParticularsNoted) -> Dispute:
    if body.emergency == (EMERGENCY in state.marks):
        return state
    others = tuple(m for m in state.marks if m != EMERGENCY)
    return state._replace(marks=_shared((*others, EMERGENCY)) if body.emergency else _shared(others))


@lru_cache(maxsize=4_096)
def _stands(marks: tuple[str, ...], machine: str, step: str) -> tuple[str, ...]:
    return _shared((*(m for m in marks if not m.startswith(f"{machine}/")), f"{machine}/{step}"))


@lru_cache(maxsize=4_096)
def _shared(marks: tuple[str, ...]) -> tuple[str, ...]:
    """Equal marks are one object: thousands of states share it."""
    return tuple(sorted(marks))


def _stood(state: Dispute, body: e.LadderStood) -> Dispute:
    standing = shared(
        Standing(
            body.scheme, body.branch, body.level, body.entry, body.direct, body.joint, body.state,
            tuple((t[0], t[1], t[2]) for t in body.counted), body.total, body.no_shows, body.returned,
            tuple(body.skipped),
        )
    )  # fmt: skip
    return state._replace(rung=rung(standing, body.last_at or 0, state.rung.category))


def _decided(state: Dispute, body: e.RelapseDecided) -> Dispute:
    made = (r._replace(same=body.same) if r.earlier == body.earlier else r for r in state.relapses)
    return state._replace(relapses=tuple(made))


def _succeeded(state: Dispute, body: e.Succeeded) -> Dispute:
    """The successor takes every role; what it would then owe itself is gone."""

    def take(agency: AgencyId) -> AgencyId:
        return body.successor if agency == body.closing else agency

    def debts(old: tuple[Debt, ...]) -> tuple[Debt, ...]:
        kept: dict[tuple[AgencyId, AgencyId], Debt] = {}
        for d in old:
            d = d._replace(debtor=take(d.debtor), creditor=take(d.creditor))
            if d.debtor != d.creditor:
                kept.setdefault((d.debtor, d.creditor), d)
        return tuple(kept.values())

    referrals = tuple(
        r._replace(sender=take(r.sender), receiver=take(r.receiver)) if r.alive and not done_notice(r) else r
        for r in state.referrals
    )
    supervised: dict[AgencyId, Debt] = {}
    for debt in debts(state.supervisions):
        supervised.setdefault(debt.debtor, debt)
    return state._replace(
        referrals=referrals,
        supervisions=tuple(supervised.values()),
        reports=debts(state.reports),
        roles=_with_roles(state, body.successor),
    )


def done_notice(referral: Referral) -> bool:
    """A signed notice is done: nothing runs on it any more."""
    return referral.kind == w.NOTICE and referral.state == w.SIGNED


TAKES_ON = (e.Signed, e.Accepted)  # a legal clock may start with these
HANDLERS: dict[type[e.Body], Callable[[Dispute, Any], Dispute]] = {
    e.Offered: _offered,
    e.Assigned: _assigned,
    e.Delivered: lambda s, b: _change(s, b.referral, delivered=True),
    e.Signed: _signed,
    e.Accepted: _accepted,
    e.Proposed: _proposed,
    e.Declined: lambda s, b: _change(s, b.referral, proposal=""),
    e.Returned: _returned,
    e.Withdrawn: lambda s, b: _change(s, b.referral, state=w.WITHDRAWN, proposal=""),
    e.Contested: _contested,
    e.Settled: lambda s, b: _change(s, b.referral, contested=False, settler=None),
    e.Lapsed: lambda s, b: _change(s, b.referral, state=w.LAPSED, proposal=""),
    e.FeedbackGiven: _feedback,
    e.Concluded: lambda s, b: _change(s, b.referral, state=w.CONCLUDED, proposal=""),
    e.AttemptHeld: lambda s, b: s,
    e.AgreementReached: lambda s, b: s._replace(agreement=w.REACHED, perform=Clock(b.perform_due_at)),
    e.AgreementPerformed: lambda s, b: s._replace(agreement=w.PERFORMED, perform=None),
    e.AgreementBroken: lambda s, b: s._replace(agreement=w.BROKEN, perform=None),
    e.Graded: lambda s, b: s,
    e.Reported: lambda s, b: _reported(s, b, s.custodian),
    e.Acknowledged: lambda s, b: s._replace(reports=tuple(d for d in s.reports if d.debtor != b.recipient)),
    e.SupervisionIssued: _supervised,
    e.SupervisionAnswered: lambda s, b: s._replace(
        supervisions=tuple(d for d in s.supervisions if d.debtor != b.supervised)
    ),
    e.Urged: lambda s, b: s,
    e.Breached: _obligation,
    e.Warned: _obligation,
    e.Recomputed: _obligation,
    e.Extended: _obligation,
    e.LadderStood: _stood,
    e.Informed: _informed,
    e.ParticularsNoted: _noted,
    e.Stepped: _stepped,
    e.Visited: lambda s, b: s,
    e.RelapseSuspected: lambda s, b: s._replace(relapses=(*s.relapses, Relapse(b.earlier))),
    e.RelapseDecided: _decided,
    e.Closed: lambda s, b: s._replace(status=w.CLOSED),
    e.Reopened: lambda s, b: s._replace(status=w.OPEN, agreement="", perform=None),
    e.Voided: lambda s, b: s._replace(status=w.VOID),
    e.Succeeded: _succeeded,
}
