"""Rules of the model that more than one command uses: concluding, coming back, succession (custody rules, 3 and 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.agencies import Refused
from tests.model.things import Referral

if TYPE_CHECKING:
    from tests.model.world import World


def conclude(m: World, r: Referral, why: str) -> None:
    """An accepted delegation's custody goes back, except when an assignment takes it further at once."""
    back = r.running_delegation and why in ("final", "recalled", "merged")
    r.state, r.proposal = "concluded", None
    if back:
        m.move(r.sender)
    m.tell("referral.concluded", referral=r.id, why=why)
    if back and why != "merged":
        comes_back(m)


def comes_back(m: World) -> None:
    """Whoever now holds the baton owes itself nothing (section 3, note 2)."""
    holder = m.d.custodian
    for r in m.d.referrals.values():
        unsigned_binding = r.kind == "assignment" and r.state == "offered"
        if r.sender == holder and r.kind != "assistance" and (r.state == "accepted" or unsigned_binding):
            conclude(m, r, "came_back")
    for r in m.d.referrals.values():
        if r.receiver == holder and r.kind == "assistance" and r.state == "accepted":
            conclude(m, r, "came_back")
    for r in m.d.referrals.values():
        if r.receiver == holder and r.kind == "assistance" and r.state in ("offered", "signed"):
            r.state = "withdrawn"
            m.tell("referral.withdrawn", referral=r.id, why="came_back")


def succeed(m: World, old: str) -> None:
    """One closing agency, one dispute: contests, merged referrals, then the roles, then what comes back (section 5)."""
    agency = m.agencies.known(old)
    if agency.state != "closing":
        raise Refused("agency.not_closing")
    new = agency.successor
    assert new is not None
    if old not in m.d.roles():
        return
    for r in m.d.contests():
        if old in (r.sender, r.receiver):
            r.contested = False
            m.tell("referral.settled", referral=r.id, how="merged")
    for r in m.d.alive():
        if {r.sender, r.receiver} == {old, new}:
            if r.state == "accepted":
                conclude(m, r, "merged")
            else:
                r.state, r.proposal = "withdrawn", None
                m.tell("referral.withdrawn", referral=r.id, why="merged")
    take_over(m, old, new)
    m.tell("custody.succeeded", old=old, new=new)
    comes_back(m)


def take_over(m: World, old: str, new: str) -> None:
    def now(who: str) -> str:
        return new if who == old else who

    for r in m.d.alive():
        r.sender, r.receiver = now(r.sender), now(r.receiver)
    for held in (m.d.supervised, m.d.reports):
        pairs = [(now(debtor), now(creditor), due) for debtor, (creditor, due) in held.items()]
        held.clear()
        for debtor, creditor, due in pairs:
            if debtor != creditor:  # nobody owes itself
                held.setdefault(debtor, (creditor, due))
    if m.d.custodian == old:
        m.move(new)
    m.d.had_a_role.add(new)
