"""Every channel's referrals (移送) to each of their ends, for every kind the channel carries.

What a channel's story needs of its pack is said here by hand, as an integrator would read it in the docs: which kinds
it carries, whether a return asks for the sender's consent, and who stands above both ends (nobody above a court).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .case import LIMIT, Case, Cast, rest
from .stage import Story

MOVES = ("transfer", "delegation")


class Channel(NamedTuple):
    """Two ends, a third and a fourth to go to instead, who stands above them. ``objects``: a return is only proposed.

    ``assigner``: above all four, "" = nobody is; ``settler``: the nearest above both ends.
    """

    name: str
    sender: str
    receiver: str
    third: str
    fourth: str
    assigner: str = ""
    settler: str = ""
    objects: bool = False
    kinds: tuple[str, ...] = MOVES


CHANNELS = (
    Channel("court", "court", "town", "village", "city"),
    Channel("procuratorate", "procuratorate", "city", "town", "village"),
    Channel("police", "police", "village", "village2", "town", "centre", "centre"),
    Channel("petition", "petition", "town", "city", "village", "centre", "centre", objects=True),
    Channel("mediation", "village", "village2", "labour", "nature", "centre", "town"),
    Channel("exit", "town", "nature", "labour", "justice", "centre", "centre", kinds=("transfer",)),
)


def stories(ids: Cast, ladder: bool) -> Iterator[tuple[str, Story]]:
    """All of them, each with its name. ``ladder``: whether the pack has one, which alone escalates."""
    for channel in CHANNELS:
        for kind in channel.kinds:
            made = {
                "done": _done(Case(ids), channel, kind), "came to nothing": _nothing(Case(ids), channel, kind),
            }  # fmt: skip
            if kind == "delegation":
                made["recalled"] = _recalled(Case(ids), channel)
            else:
                made["back and forth"] = _back(Case(ids), channel, kind)
            if channel.assigner:
                made["superseded"] = _superseded(Case(ids), channel, kind)
                made["overruled"] = _overruled(Case(ids), channel, kind)
            for name, story in made.items():
                yield f"{channel.name} {kind}: {name}", story
        if channel.assigner:
            yield f"{channel.name}: two returned it", _assigned_after_returns(Case(ids), channel)
        yield f"{channel.name}: help and notices", _beside(Case(ids), channel)
    if not ladder:
        up = Channel("mediation", "village", "town", "city", "village2", "centre", "city")
        yield "mediation escalation: done", _done(Case(ids), up, "escalation")
        yield "mediation escalation: came to nothing", _nothing(Case(ids), up, "escalation")
        yield "mediation escalation: back and forth", _back(Case(ids), up, "escalation")
        yield "mediation escalation: overruled", _overruled(Case(ids), up, "escalation")
        yield "mediation escalation: superseded", _superseded(Case(ids), up, "escalation")


def _done(case: Case, ch: Channel, kind: str) -> Story:
    """Accepted, with interim feedback; the final word or the closing concludes it."""
    yield from case.register(ch.sender)
    yield from case.refer(ch.sender, ch.receiver, kind, ch.name)
    yield from case.accept(ch.receiver)
    yield from case.about("feedback", ch.receiver, final=False, content="正在办理")
    if kind == "delegation":
        yield from case.about("feedback", ch.receiver, final=True, content="调解不成")
        yield from case.close(ch.sender)
    else:
        yield from case.close(ch.receiver)


def _return(case: Case, ch: Channel, by: str) -> Story:
    """退回: free, or by consent: refused once, then granted."""
    yield from case.about("sign", by)
    yield from case.give_back(by)
    if ch.objects:
        yield from case.about("decline", ch.sender, reason="属接收单位职责")
        yield from case.give_back(by)
        yield from case.about("consent", ch.sender)


def _nothing(case: Case, ch: Channel, kind: str) -> Story:
    """Withdrawn, withdrawn by consent, redirected, lapsed, returned and contested in vain: custody never moves."""
    s, r = ch.sender, ch.receiver
    yield from case.register(s)
    yield from case.refer(s, r, kind, ch.name)
    yield from case.about("withdraw", s, reason="误发")
    yield from case.refer(s, r, kind, ch.name)
    yield from case.about("sign", r)
    yield from case.about("withdraw", s, reason="当事人自行和解")
    yield from case.about("decline", r, reason="已着手办理")
    yield from case.about("withdraw", s, reason="当事人自行和解")
    yield from case.about("consent", r)
    yield from case.refer(s, r, kind, ch.name)
    yield from case.refer(s, ch.third, kind, ch.name, instead=case.referral)
    yield from rest(LIMIT)  # nobody signs: it lapses
    yield from case.refer(s, ch.third, kind, ch.name)
    yield from case.about("sign", ch.third)
    yield from rest(LIMIT)  # signed for, and no more
    yield from case.refer(s, r, kind, ch.name)
    yield from _return(case, ch, r)
    yield from case.refer(s, r, kind, ch.name, codes=("referral.returned_before",))
    if ch.assigner:
        yield from case.about("contest", s, grounds="属接收单位职责")
        yield from case.about("settle", ch.settler, reason="退回理由成立")
    yield from case.excuse(s, r, ch.third)
    yield from case.close(s)


def _back(case: Case, ch: Channel, kind: str) -> Story:
    """Returned after acceptance: refused, then granted; then accepted elsewhere, and custody comes back by an offer."""
    s, r = ch.sender, ch.receiver
    yield from case.register(s)
    yield from case.refer(s, r, kind, ch.name)
    yield from case.take(r)
    yield from case.give_back(r, reason="excluded_by_law")
    yield from case.about("decline", s, reason="不属法定排除情形")
    yield from case.give_back(r, reason="excluded_by_law")
    yield from case.about("withdraw", r, reason="继续办理")  # takes its own proposal back
    yield from case.give_back(r, reason="excluded_by_law")
    yield from case.about("consent", s)
    yield from case.refer(s, ch.third, kind, ch.name)
    yield from case.take(ch.third)
    yield from case.refer(ch.third, s, "transfer", ch.name)
    yield from case.take(s)
    yield from case.close(s)


def _recalled(case: Case, ch: Channel) -> Story:
    """A delegation whose feedback is overdue is recalled (收回); before that it is not."""
    s, r = ch.sender, ch.receiver
    yield from case.register(s)
    yield from case.refer(s, r, "delegation", ch.name)
    yield from case.take(r)
    yield from case.about("recall", s, reason="", codes=("referral.not_due",))
    yield from rest(44)  # the longest: 30 days from sign-for, moved off days off
    yield from case.about("recall", s, reason="逾期未反馈")
    yield from case.excuse(s, r)
    yield from case.close(s)


def _superseded(case: Case, ch: Channel, kind: str) -> Story:
    """An assignment (指派) ends the open offer, or the running delegation."""
    yield from case.register(ch.sender)
    yield from case.refer(ch.sender, ch.receiver, kind, ch.name)
    yield from case.assign(ch.assigner, ch.third, ch.name)
    if kind == "delegation":
        yield from case.refer(ch.third, ch.receiver, kind, ch.name)
        yield from case.take(ch.receiver)
        yield from case.assign(ch.assigner, ch.fourth, ch.name)
        yield from case.close(ch.fourth)
    else:
        yield from case.close(ch.third)


def _overruled(case: Case, ch: Channel, kind: str) -> Story:
    """A contested return is overruled: the common superior assigns to who returned it."""
    yield from case.register(ch.sender)
    yield from case.refer(ch.sender, ch.receiver, kind, ch.name)
    yield from _return(case, ch, ch.receiver)
    yield from case.about("contest", ch.sender, grounds="属接收单位职责")
    yield from case.assign(ch.assigner, ch.receiver, ch.name)
    yield from case.give_back_refused(ch.receiver)
    yield from case.close(ch.receiver)


def _assigned_after_returns(case: Case, ch: Channel) -> Story:
    """Two have returned it: no third offer, a joint conference (联席会商) decides and the centre assigns."""
    yield from case.register(ch.sender)
    for to in (ch.receiver, ch.third):
        yield from case.refer(ch.sender, to, "transfer", ch.name)
        yield from _return(case, ch, to)
    yield from case.refer(ch.sender, ch.fourth, "transfer", ch.name, codes=("referral.needs_assignment",))
    yield from case.assign(ch.assigner, ch.fourth, ch.name, basis="joint_conference")
    yield from case.close(ch.fourth)


def _beside(case: Case, ch: Channel) -> Story:
    """Assistance (协办): done, returned, taken back, lapsed. Notices (通报): signed, returned, taken back."""
    s, r = ch.sender, ch.receiver
    yield from case.register(s)
    yield from case.refer(s, r, "assistance", ch.name)
    yield from case.take(r)
    yield from case.about("feedback", r, final=True, content="协办事项已完成")
    yield from case.refer(s, r, "assistance", ch.name)
    yield from case.give_back(r)
    yield from case.refer(s, r, "assistance", ch.name)
    yield from case.take(r)
    yield from case.about("withdraw", s, reason="已无需协办")
    yield from case.refer(s, r, "notice", ch.name)
    yield from case.about("sign", r)
    yield from case.refer(s, r, "notice", ch.name)
    yield from case.give_back(r)
    yield from case.refer(s, r, "notice", ch.name)
    yield from case.about("withdraw", s, reason="误发")
    yield from case.refer(s, r, "assistance", ch.name)
    yield from rest(LIMIT)
    yield from case.excuse(s, r)
    yield from case.close(s)
