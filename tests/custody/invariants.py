"""The invariants of custody as checks of one step of a history. Each raises AssertionError where it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub import words as w
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.state import Dispute, Referral
from tests.custody.walk import Step


def signed_notice(r: Referral) -> bool:
    return r.kind == w.NOTICE and r.state == w.SIGNED


def moves(step: Step) -> Iterator[tuple[Dispute | None, w.AgencyId, e.Event]]:
    """Every event of the step with the custodian before it; the dispute only where one was before."""
    custodian = step.before.custodian if step.before else None
    for event in step.events:
        if custodian is not None:
            yield step.before, custodian, event
        custodian = event.custody.custodian


def one_living_custodian(step: Step) -> None:
    """1. An open dispute has exactly one custodian, never a dissolved agency; every event says who."""
    if step.events:
        assert step.after is not None and step.events[-1].custody.custodian == step.after.custodian
    for state in step.disputes:
        agency = step.registry.agency(state.custodian)
        assert agency is not None and agency.state != w.DISSOLVED


def one_hand_over(step: Step) -> None:
    """2. At most one hand-over; an offer's sender is the custodian, a proposed return's receiver is."""
    for state in step.disputes:
        offers = [r for r in state.referrals if r.kind in w.MOVING and r.state in (w.OFFERED, w.SIGNED)]
        returns = [r for r in state.referrals if r.state == w.ACCEPTED and r.proposal == w.RETURN]
        assert len(offers) + len(returns) <= 1
        assert all(r.sender == state.custodian for r in offers)
        assert all(r.receiver == state.custodian for r in returns)


def custody_moves_by_right(step: Step) -> None:
    """3. Custody changes only with five events, each by the one whose right it is."""
    for before, old, (custody, body) in moves(step):
        new = custody.custodian
        if new == old:
            continue
        by = w.agency_id(step.by)
        if isinstance(body, e.Assigned):
            assert new == body.receiver and by == body.sender
            assert by in step.registry.above(old) and by in step.registry.above(new)
            continue
        if isinstance(body, e.Succeeded):
            assert (old, new) == (body.closing, body.successor)
            continue
        assert isinstance(body, e.Accepted | e.Concluded | e.Returned) and before is not None
        r = before.referral(body.referral)
        assert r is not None and r.kind in w.MOVING
        if isinstance(body, e.Accepted):
            assert by == new == r.receiver and old == r.sender
        else:
            assert r.state == w.ACCEPTED and (old, new) == (r.receiver, r.sender)
            assert r.kind == w.DELEGATION if isinstance(body, e.Concluded) else by == new


def one_delegation(step: Step) -> None:
    """4. At most one delegation runs, and its receiver is the custodian."""
    for state in step.disputes:
        running_ones = [r for r in state.referrals if r.kind == w.DELEGATION and r.state == w.ACCEPTED]
        assert len(running_ones) <= 1 and all(r.receiver == state.custodian for r in running_ones)


def somebody_owes_it(step: Step) -> None:
    """5. Every referral that is not ended has a running obligation (a signed notice is done)."""
    for state in step.disputes:
        owed = {o.referral for o in running(state)}
        assert all(r.id in owed for r in state.referrals if r.state not in w.ENDED and not signed_notice(r))


def owed_between_two_living(step: Step) -> None:
    """6. No obligation is owed by or to a dissolved agency, or by an agency to itself."""
    for state in step.disputes:
        for o in running(state):
            assert o.debtor != o.creditor, o.name
            for party in (o.debtor, o.creditor or o.debtor):
                agency = step.registry.agency(party)
                assert agency is not None and agency.state != w.DISSOLVED, o.name


def ended_stays_ended(step: Step) -> None:
    """7. What ended never changes again (a return's contest aside); a void dispute is over, a closed one reopens."""
    if step.before is None:
        return
    assert step.after is not None
    for old, new in zip(step.before.referrals, step.after.referrals, strict=False):
        if old.state in w.ENDED:
            kept = old._replace(contested=False, settler=None, settle_due=0, warned=(), breached=(), extended=())
            assert kept == new._replace(
                contested=False, settler=None, settle_due=0, warned=(), breached=(), extended=()
            )
    if step.before.status == w.VOID:
        assert step.after.status == w.VOID
        assert {type(event.body) for event in step.events} <= AFTER_THE_END
    if step.before.status == w.CLOSED and not any(isinstance(event.body, e.Reopened) for event in step.events):
        assert step.after.status == w.CLOSED
        assert {type(event.body) for event in step.events} <= AFTER_THE_END | {e.Stepped, e.Visited}


AFTER_THE_END = {  # a notice may still be answered, a report acknowledged, an agency succeeded
    e.Signed, e.Returned, e.Withdrawn, e.Acknowledged, e.Urged, e.Breached, e.Warned, e.Recomputed, e.Succeeded,
}  # fmt: skip


def signed_offer_ends_by_right(step: Step) -> None:
    """8. A signed moving offer ends only by its receiver, its limit, an assignment or a succession."""
    for before, _, (_, body) in moves(step):
        if isinstance(body, e.Returned | e.Withdrawn | e.Lapsed | e.Concluded) and before is not None:
            r = before.referral(body.referral)
            if r is not None and r.kind in w.MOVING and r.state == w.SIGNED:
                others = {type(event.body) for event in step.events} & {e.Assigned, e.Succeeded}
                by_receiver = w.agency_id(step.by) == r.receiver
                asked_by_receiver = isinstance(body, e.Returned) and r.proposal == w.RETURN
                assert by_receiver or asked_by_receiver or others or isinstance(body, e.Lapsed)


def nothing_alive_after_the_end(step: Step) -> None:
    """9. A closed or void dispute has no moving, binding or assistance referral alive, no contest, no supervision."""
    for state in step.disputes:
        if state.status != w.OPEN:
            assert all(r.state in w.ENDED or r.kind == w.NOTICE for r in state.referrals)
            assert not state.supervisions and not any(r.contested for r in state.referrals)


class Completeness:
    """13. Sent = signed + returned, withdrawn, lapsed before signing + pending: a partition, told by events alone."""

    def __init__(self) -> None:
        self.sent: dict[bytes, str] = {}  # what became of each referral, in the equation's words

    def feed(self, step: Step) -> None:
        for event in step.events:
            body: Any = event.body
            if isinstance(body, e.Offered | e.Assigned):
                assert body.referral not in self.sent
                self.sent[body.referral] = "pending"
            elif isinstance(body, e.Signed | e.Accepted):
                assert self.sent[body.referral] in ("pending", "signed"), "it had ended unsigned"
                self.sent[body.referral] = "signed"
            elif type(body) in UNSIGNED and self.sent[body.referral] != "signed":
                assert self.sent[body.referral] == "pending", "it ended twice"
                self.sent[body.referral] = UNSIGNED[type(body)]

    def check(self, step: Step) -> None:
        self.feed(step)
        for state in step.disputes:
            for r in state.referrals:
                assert (self.sent[r.id] == "pending") == (r.state == w.OFFERED)
                if self.sent[r.id] not in ("pending", "signed", r.state):
                    assert (r.kind, r.state) == (w.ASSIGNMENT, w.CONCLUDED)


UNSIGNED: dict[type, str] = {
    e.Returned: "returned", e.Withdrawn: "withdrawn", e.Lapsed: "lapsed", e.Concluded: "withdrawn",
}  # fmt: skip
CHECKS: dict[str, Callable[[Step], None]] = {
    check.__name__: check
    for check in (
        one_living_custodian, one_hand_over, custody_moves_by_right, one_delegation, somebody_owes_it,
        owed_between_two_living, ended_stays_ended, signed_offer_ends_by_right, nothing_alive_after_the_end,
    )
}  # fmt: skip
