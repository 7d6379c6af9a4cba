"""The first choices of a receiver or of a report's recipients, each with its reason (属地、谁主管谁负责).

Guarantee: a receiver is proposed only where the rules would take this person's offer or assignment this instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub import words as w
from hub.aggregates.decide import Dispute
from hub.aggregates.dispute import commands as c
from hub.policy.codes import read_codes
from hub.policy.routing import Proposal

from ..proposing import receivers_of, recipients_of, spread_of
from . import forms as f
from .acts_about import About
from .acts_available import would
from .forms_agency import shown_name
from .messages import say
from .render import label
from .visitors import Visitor

MOST = 4  # shown at once


def first_choices(visitor: Visitor, lang: str, form: f.Form, field: f.Input, about: About) -> list[tuple[str, str]]:
    """(name as the field takes it, why) of whom the rules propose; [] for fields they say nothing about."""
    state = about.state
    if state is None or about.seen is None:
        return []
    bodies = [event.body for _, event in about.seen.history]
    pack, registry = visitor.parts.pack, visitor.registry
    if field.name == "recipients":
        told = recipients_of(pack, registry, bodies, state.custodian)
        return _named(visitor, lang, [p for p in told if p.agency != visitor.person.agency])
    if field.name != "receiver":
        return []
    found = receivers_of(pack, registry, bodies, state.custodian, spread_of(bodies))
    return _named(visitor, lang, [p for p in found if _taken(visitor, form, about, state, p)])


def _taken(visitor: Visitor, form: f.Form, about: About, state: Dispute, p: Proposal) -> bool:
    body: Any = c.Refer(w.TRANSFER, "mediation", p.agency, None, "")
    if form.act == "assign":
        body = c.Assign("mediation", p.agency, "")
    elif about.referral is not None:
        body = c.Refer(about.referral.kind, about.referral.channel, p.agency, about.referral.id, "")
    return would(visitor, state, body)


def _named(visitor: Visitor, lang: str, found: Sequence[Proposal]) -> list[tuple[str, str]]:
    shown = [(shown_name(visitor.registry, p.agency), _why(visitor, lang, p.reasons)) for p in found]
    return [pair for pair in shown if pair[0]][:MOST]


def _why(visitor: Visitor, lang: str, reasons: Sequence[str]) -> str:
    return say(lang, "act.and").join(_reason(visitor, lang, reason) for reason in reasons)


def _reason(visitor: Visitor, lang: str, reason: str) -> str:
    for name in ("routing_reasons", "risk_triggers"):
        if reason in read_codes(name).entries:
            return label(lang, name, reason)
    grades = read_codes("grades").entries
    ordinal = next((o for o, kind in visitor.parts.pack.grades.items() if kind == reason and o in grades), "")
    return label(lang, "grades", ordinal) if ordinal else reason
