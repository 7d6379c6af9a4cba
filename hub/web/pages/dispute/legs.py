"""The table of referrals (移送): one row each, from the same reading of the events as the picture above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub import words as w
from hub.aggregates.dispute.state import Referral, done_notice

from ...drawings import Picture
from ...drawings.model import Leg
from ...running import Limit
from .. import when
from .case import Case

OPEN: Final = (w.OFFERED, w.SIGNED)
# state: light, symbol, the word's key
RESULTS: Final = {
    w.OFFERED: ("soon", "open", "r_offered"),
    w.SIGNED: ("soon", "signed", "r_signed"),
    w.ACCEPTED: ("ok", "accept", "r_accepted"),
    w.CONCLUDED: ("calm", "closed", "r_concluded"),
    w.RETURNED: ("late", "return", "r_returned"),
    w.WITHDRAWN: ("calm", "withdraw", "r_withdrawn"),
    w.LAPSED: ("crit", "lapse", "r_lapsed"),
}


class Badge(NamedTuple):
    """What came of it."""

    light: str
    icon: str
    key: str


class Row(NamedTuple):
    """One referral. ``custody``: the agency the last column names; ``moved``: custody came to it by this referral, and
    ``back`` where it returned to afterwards. ``running``: the limit to show while it is ``waiting``, unsigned or
    unaccepted.
    """

    leg: Leg
    reason: str
    badge: Badge
    result: str
    running: when.Due | None
    custody: bytes
    moved: bool
    back: bytes | None
    asks: str
    waiting: bool


def rows(case: Case, shown: Picture, limits: Sequence[Limit], now: int, lang: str, warn: dict[str, int]) -> list[Row]:
    """All referrals in the order of their numbers. ``warn``: the warning span of each kind of limit."""
    typed = {e.fields["referral"]: e.fields["reason"] for e in case.entries if e.topic in _SENT}
    ends = {e.fields["referral"]: e.fields["custodian"] for e in case.entries if e.topic in _ENDS}
    states = {bytes(r.id): r for r in case.state.referrals}
    running = {(limit.owed.name, limit.referral): limit for limit in limits}
    made = []
    for leg in shown.legs:
        state = states[leg.referral]
        limit = running.get((w.SIGN, leg.number)) or running.get((w.ACCEPT, leg.number))
        due = None
        if limit is not None:
            due = when.due(lang, now, limit.since, limit.owed.due_at, warn[limit.owed.name])
        mine = [hold.agency for hold in shown.holds if hold.moved_by == leg.number]
        custody = mine[0] if mine else ends.get(leg.referral, case.state.custodian)
        asks = "contested" if state.contested else f"asks_{state.proposal}" if state.proposal else ""
        back = mine[1] if len(mine) > 1 else None
        reason = typed[leg.referral]
        made.append(Row(leg, reason, _badge(leg), leg.reason, due, custody, bool(mine), back, asks, _waits(state)))
    return made


_SENT: Final = ("referral.offered", "referral.assigned")
_ENDS: Final = ("referral.returned", "referral.withdrawn", "referral.lapsed", "referral.concluded")


def _waits(state: Referral) -> bool:
    return state.state in OPEN and not done_notice(state)


def _badge(leg: Leg) -> Badge:
    if leg.kind == w.ASSIGNMENT and leg.state in (*OPEN, w.ACCEPTED):
        return Badge("ok" if leg.signed is not None else "soon", "designate", "r_assigned")
    if leg.kind == w.NOTICE and leg.state == w.SIGNED:
        return Badge("ok", "signed", "r_done")
    return Badge(*RESULTS[leg.state])
