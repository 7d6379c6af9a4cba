"""Rules of the model that more than one command uses: concluding, coming back, succession."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.agencies import Refused
from tests.model.things import Key, Referral

if TYPE_CHECKING:
    from tests.model.world import World


def conclude(m: World, r: Referral, why: str) -> None:
    """An accepted delegation's custody goes back, except when an assignment takes it further at once."""
    back = r.running_delegation and why in ("feedback", "recalled", "merged")
    r.state, r.proposal = "concluded", None
    if back:
        m.move(r.sender)
    m.tell("referral.concluded", referral=r.id, cause=why)
    if back and why != "merged":
        comes_back(m)


def comes_back(m: World) -> None:
    """Whoever now holds the baton owes itself nothing (section 3, note 2)."""
    holder = m.d.custodian
    for r in m.d.alive():
        helping = r.kind == "assistance" and r.receiver == holder
        unsigned_binding = r.kind == "assignment" and r.state == "offered"
        owed_back = r.kind != "assistance" and r.sender == holder and (r.state == "accepted" or unsigned_binding)
        if owed_back or (helping and r.state == "accepted"):
            conclude(m, r, "came_back")
        elif helping:
            r.state = "withdrawn"
            m.tell("referral.withdrawn", referral=r.id, cause="came_back")


def succeed(m: World, old: str) -> None:
    """One closing agency, one dispute: contests, merged referrals, the roles, what comes back (section 5)."""
    agency = m.agencies.known(old)
    if agency.state != "closing":
        raise Refused("agency.not_closing")
    new = agency.successor
    assert new is not None
    if old not in m.d.roles():
        return
    for r in m.d.contests():
        if old in (r.sender, r.receiver, r.settler):
            r.contested = False
            m.tell("referral.settled", referral=r.id, outcome="merged")
    for r in m.d.alive():
        if {r.sender, r.receiver} == {old, new}:
            if r.state == "accepted":
                conclude(m, r, "merged")
            else:
                r.state, r.proposal = "withdrawn", None
                m.tell("referral.withdrawn", referral=r.id, cause="merged")
    take_over(m, old, new)
    m.tell("custody.succeeded", closing=old, successor=new)
    comes_back(m)


def take_over(m: World, old: str, new: str) -> None:
    def now(who: str) -> str:
        return new if who == old else who

    for r in m.d.alive():
        r.sender, r.receiver = now(r.sender), now(r.receiver)
    supervised, reports = dict(m.d.supervised), dict(m.d.reports)
    m.d.supervised, m.d.reports = {}, {}
    for debtor, (creditor, due) in supervised.items():
        if now(debtor) != now(creditor) and now(debtor) not in m.d.supervised:  # nobody owes itself, or twice
            m.d.supervised[now(debtor)] = (now(creditor), due)
            keep_marks(m, Key("answer", None, debtor), Key("answer", None, now(debtor)))
    for (debtor, creditor), due in reports.items():
        pair = now(debtor), now(creditor)
        if pair[0] != pair[1] and pair not in m.d.reports:
            m.d.reports[pair] = due
            keep_marks(m, Key("acknowledge", None, debtor, creditor), Key("acknowledge", None, *pair))
    if m.d.custodian == old:
        m.move(new)
    m.d.had_a_role.add(new)


def keep_marks(m: World, old: Key, new: Key) -> None:
    for marks in (m.d.breached, m.d.warned):
        was = old in marks
        marks.discard(new)
        if was:
            marks.add(new)
