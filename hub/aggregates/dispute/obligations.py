"""Who owes what on a dispute (待办义务, custody rules §2): derived from the state, one running limit each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hub import words as w
from hub.words import AgencyId, ReferralId

from .state import Clock, Debt, Dispute, Referral, done_notice


class Obligation(NamedTuple):
    """A running limit: who owes what to whom by when. No creditor: owed to the case itself."""

    name: str
    referral: ReferralId | None
    debtor: AgencyId
    creditor: AgencyId | None
    due_at: int
    warned: bool
    breached: bool
    extended: int = 0  # how often it was lengthened by agreement


def running(state: Dispute) -> Iterator[Obligation]:
    """Every obligation that runs now."""
    for r in state.referrals:
        yield from _of_referral(state, r)
    yield from (_debt(w.ANSWER, d) for d in state.supervisions)
    yield from (_debt(w.ACKNOWLEDGE, d) for d in state.reports)
    if state.status == w.OPEN:
        yield _own(w.PROGRESS, state, state.progress)
        if state.perform is not None:
            yield _own(w.PERFORM, state, state.perform)


def find(state: Dispute, name: str, referral: ReferralId | None, debtor: AgencyId | None) -> list[Obligation]:
    """The running obligations of this name; on a referral where one is named, of one debtor where one is named.

    Several only where several reports or supervisions run: the earliest due first.
    """
    found = (o for o in running(state) if o.name == name and o.referral == referral)
    return sorted((o for o in found if debtor is None or o.debtor == debtor), key=lambda o: o.due_at)


def _of_referral(state: Dispute, r: Referral) -> Iterator[Obligation]:
    if r.contested and r.settler is not None:
        yield _on(w.SETTLE, r, r.settler, r.sender, r.settle_due)
    if not r.alive or done_notice(r):
        return
    if r.state == w.OFFERED:
        yield _on(w.SIGN, r, r.receiver, r.sender, r.sign_due)
    if r.state in (w.OFFERED, w.SIGNED) and r.kind not in (w.NOTICE, w.ASSIGNMENT):
        yield _on(w.ACCEPT, r, r.receiver, r.sender, r.accept_due)
    if r.proposal == w.WITHDRAWAL:
        yield _on(w.CONSENT, r, r.receiver, r.sender, r.consent_due)
    elif r.proposal == w.RETURN:
        yield _on(w.CONSENT, r, r.sender, r.receiver, r.consent_due)
    if r.state == w.ACCEPTED and state.status == w.OPEN:
        if r.kind == w.ASSISTANCE:
            yield _on(w.FEEDBACK, r, r.receiver, state.custodian, r.feedback_due)
        else:
            yield _on(w.FEEDBACK, r, state.custodian, r.sender, r.feedback_due)


def _on(name: str, r: Referral, debtor: AgencyId, creditor: AgencyId, due: int) -> Obligation:
    return Obligation(name, r.id, debtor, creditor, due, name in r.warned, name in r.breached, r.extended.count(name))


def _debt(name: str, d: Debt) -> Obligation:
    return Obligation(name, None, d.debtor, d.creditor, d.due, d.warned, d.breached, d.extended)


def _own(name: str, state: Dispute, clock: Clock) -> Obligation:
    return Obligation(name, None, state.custodian, None, clock.due, clock.warned, clock.breached, clock.extended)
