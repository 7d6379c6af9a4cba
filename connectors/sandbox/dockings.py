"""Every docking procedure (对接程序) to each of its ends: who records which step, around which referral.

A script is words: ``s.x``, ``r.x`` = step x by the referral's sender or receiver; ``take`` sign and accept; ``sign``,
``accept``, ``return``, ``consent`` (the sender to a return), ``withdraw``; ``agree``, ``perform``, ``break`` by who
holds the dispute; ``word`` the final word on a delegation; ``=x`` closed with outcome x by who holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .case import Case, Cast
from .stage import Story


class Docking(NamedTuple):
    """A procedure, the referral it goes with (kind "" = none), its scripts. ``years``: packs it holds in, () = all."""

    procedure: str
    channel: str
    kind: str
    sender: str
    receiver: str
    scripts: tuple[str, ...]
    category: str = "02"
    years: tuple[str, ...] = ()


LATER = ("P2025", "P2026")
DOCKINGS = (
    Docking("delegate", "court", "delegation", "court", "town", (
        "s.told s.delegated take agree r.agreed perform word =performed",
        "s.delegated take r.failed word s.filed =no_deal",
        "s.delegated take r.suspended r.failed r.withdrawn s.delegated r.withdrawn word =settled_privately",
        "s.told s.filed withdraw =unwilling",
    )),
    Docking("entrust", "court", "delegation", "court", "town", (
        "s.registered s.consented s.entrusted take agree r.agreed word s.mediated perform =performed",
        "s.registered s.consented s.entrusted_summary take agree r.agreed word s.withdrawn perform =performed",
        "s.registered s.withdrawn s.registered s.consented s.entrusted take s.extended r.failed word s.trial =expired",
        "s.registered s.trial withdraw =unwilling",
    )),
    Docking("entrust", "court", "delegation", "court", "town", (
        "s.registered s.consented s.entrusted take agree r.agreed perform word s.otherwise =performed",
    ), years=LATER),
    Docking("confirmation", "court", "notice", "town", "court", (
        "agree s.applied sign r.accepted r.confirmed perform =performed",
        "agree s.applied s.supplemented s.supplemented sign r.accepted r.rejected s.applied r.rejected break =no_deal",
        "agree s.applied sign r.accepted s.withdrawn perform =performed",
    )),
    Docking("settlement", "procuratorate", "delegation", "procuratorate", "city", (
        "s.proposed take agree r.mediated word s.reviewed s.made perform s.performed s.decided =performed",
        "s.proposed take r.mediated s.objected r.mediated s.reviewed s.broken r.failed word s.decided "
        "=refused_signature",
        "s.proposed take r.mediated s.reviewed s.made s.broken word s.decided =other",
    )),
    Docking("petition", "petition", "transfer", "petition", "town", (
        "s.registered s.accepted s.consented s.handed_over take agree perform r.fed_back s.replied =performed",
        "s.registered s.consented s.handed_over take r.fed_back s.resumed s.replied =no_deal",
        "s.registered s.replied s.registered s.consented s.resumed s.replied withdraw =out_of_scope",
    )),
    Docking("police", "police", "transfer", "police", "village", (
        "s.begun s.referred take agree r.agreed perform r.performed r.applied s.recognised =performed",
        "s.begun s.referred take r.failed s.resumed s.referred r.failed =to_police",
        "s.referred take agree r.agreed break r.unperformed s.resumed =unwilling",
        "s.referred take agree r.agreed perform r.performed r.applied s.not_recognised s.resumed =performed",
        "s.referred take r.not_mediable s.resumed =to_police",
    )),
    Docking("to_police", "police", "transfer", "village", "police", (
        "s.noticed s.noticed s.sent sign r.receipted accept =to_police",
        "s.sent sign r.refused return s.sent r.receipted =sham",
    )),
    Docking("to_petition", "petition", "transfer", "village", "petition", (
        "s.noticed s.sent sign r.receipted accept =out_of_scope",
        "s.noticed s.noticed r.receipted s.sent sign r.refused return consent s.sent r.receipted =unreachable",
    )),
    Docking("labour_arbitration", "exit", "transfer", "industry", "labour", (
        "s.told take r.applied r.accepted =taken_elsewhere",
        "s.told take r.applied r.refused =out_of_scope",
        "agree s.told take r.payment_order break =taken_elsewhere",
    ), "10"),
    Docking("adjudication", "exit", "transfer", "town", "nature", (
        "s.handed take r.accepted r.decided =taken_elsewhere",
        "s.handed sign r.refused return =out_of_scope",
    ), "07"),
    Docking("reconsideration", "exit", "transfer", "town", "justice", (
        "s.told take r.applied r.accepted =taken_elsewhere",
        "s.told sign r.applied r.refused return =out_of_scope",
    )),
    Docking("arbitration", "exit", "", "town", "", (
        "s.told s.applied s.accepted =taken_elsewhere",
        "s.told s.applied s.refused =no_deal",
    ), "04"),
    Docking("filing", "exit", "transfer", "town", "court", (
        "s.told take r.applied r.registered =taken_elsewhere",
        "s.told s.applied sign r.refused return =out_of_scope",
        "s.told take r.applied r.registered r.withdrawn =settled_privately",
    )),
    Docking("legal_aid", "exit", "", "town", "", (
        "s.told s.applied s.granted =no_deal",
        "s.told s.applied s.refused =no_deal",
    )),
)  # fmt: skip
BEGUN = {"P2026": "filed"}  # how the police's own case begins; before 2026: received


def stories(ids: Cast, year: str) -> Iterator[tuple[str, Story]]:
    """All scripts of a year's pack, each with its name."""
    for docking in DOCKINGS:
        if not docking.years or year in docking.years:
            for script in docking.scripts:
                yield f"{docking.procedure}: {script}", _play(ids, docking, script, BEGUN.get(year, "received"))


def _play(ids: Cast, docking: Docking, script: str, begun: str) -> Story:
    case = Case(ids, docking.category)
    sender, receiver = docking.sender, docking.receiver
    holder = sender
    yield from case.register(sender)
    words = script.split()
    if words[0] == "agree":  # an agreement comes before what is asked about it
        yield from case.agree(holder)
        del words[0]
    if docking.kind:
        yield from case.refer(sender, receiver, docking.kind, docking.channel)
    for word in words:
        who, _, step = word.partition(".")
        if step:
            by = sender if who == "s" else receiver
            yield from case.step(by, docking.procedure, begun if step == "begun" else step)
        elif word == "take":
            yield from case.take(receiver)
            holder = receiver
        elif word == "word":
            yield from case.about("feedback", receiver, final=True, content="")
            holder = sender
        else:
            if word == "accept":
                holder = receiver
            yield from _word(case, word, sender, receiver, holder)


def _word(case: Case, word: str, sender: str, receiver: str, holder: str) -> Story:
    if word.startswith("="):
        return case.close(holder, word[1:])
    if word == "return":
        return case.give_back(receiver)
    lines: dict[str, Callable[[], Story]] = {
        "sign": lambda: case.about("sign", receiver),
        "accept": lambda: case.accept(receiver),
        "consent": lambda: case.about("consent", sender),
        "withdraw": lambda: case.about("withdraw", sender, reason=""),
        "agree": lambda: case.agree(holder),
        "perform": lambda: case.say("perform_agreement", holder, note=""),
        "break": lambda: case.say("break_agreement", holder, reason=""),
    }
    return lines[word]()
