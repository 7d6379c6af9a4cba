"""What the visitor's agency may do on this dispute now, by referral; what it may not, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...problems import entry
from ..acts_available import SELDOM, available
from ..messages import say
from ..visitors import Visitor
from .case import Case


class Button(NamedTuple):
    """One act: its word and where its form is. ``first``: the agency owes it."""

    words: str
    href: str
    first: bool


class Group(NamedTuple):
    """The acts on one referral (its number), or on the case itself (0)."""

    number: int
    buttons: tuple[Button, ...]


class Offers(NamedTuple):
    """``seldom``: what stands behind "more"; ``blocked``: acts a custodian looks for that are refused now, each with
    why.
    """

    groups: tuple[Group, ...]
    seldom: tuple[Button, ...]
    blocked: tuple[tuple[str, str], ...]


def offers(visitor: Visitor, case: Case, lang: str, back: str) -> Offers | None:
    """The acts; None for a visitor who does not act at all, or on a case whose chain is broken."""
    if case.broken or not visitor.may("act.person"):
        return None
    numbers: Mapping[bytes | None, int] = {r.id: n for n, r in enumerate(case.state.referrals, 1)}
    found = available(visitor, case.state)
    groups: dict[int, list[Button]] = {}
    seldom: list[Button] = []
    blocked = []
    for offer in found:
        words = say(lang, f"act.title_{offer.act}")
        if offer.code:
            why = entry(offer.code)
            blocked.append((words, why.en if lang == "en" else why.zh))
        else:
            button = Button(words, offer.href(case.state.id, back), offer.first)
            rare = offer.act in SELDOM and not offer.first
            (seldom if rare else groups.setdefault(numbers.get(offer.referral, 0), [])).append(button)
    ordered = sorted(groups.items(), key=lambda item: (not any(b.first for b in item[1]), item[0] == 0, item[0]))
    return Offers(tuple(Group(n, tuple(buttons)) for n, buttons in ordered), tuple(seldom), tuple(blocked))
