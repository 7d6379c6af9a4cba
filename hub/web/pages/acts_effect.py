"""What an act does to custody (责任去向), said before it is sent: by the act, and by the referral it is about."""

from __future__ import annotations

from hub import words as w

from . import forms as f
from .acts_about import About
from .acts_problem import marked, spoken
from .visitors import Visitor


def effect(visitor: Visitor, lang: str, form: f.Form, about: About) -> str:
    """The sentence for this act."""
    variant = _variant(visitor, form.act, about)
    key = f"act.effect_{form.act}_{variant}" if variant else f"act.effect_{form.act}"
    names = {"custodian": about.custodian, "sender": about.sender, "receiver": about.receiver}
    return marked(lang, key, **{name: spoken(visitor, lang, agency) for name, agency in names.items()})


def _variant(visitor: Visitor, act: str, about: About) -> str:
    r = about.referral
    if r is None:
        return ""
    if act == "sign":
        return r.kind if r.kind in (w.ASSIGNMENT, w.NOTICE) else ""
    if act == "accept":
        return r.kind if r.kind in (w.DELEGATION, w.ASSISTANCE) else ""
    if act == "feedback":
        return r.kind if r.kind in (w.DELEGATION, w.ASSISTANCE) else ""
    if act == "return":
        if r.state == w.ACCEPTED:
            return w.ACCEPTED
        return "consent" if r.kind in w.MOVING and visitor.parts.pack.by_consent(r.channel) else ""
    if act == "withdraw":
        if r.proposal == w.RETURN and r.receiver == visitor.person.agency:
            return "proposal"
        return "signed" if r.state == w.SIGNED and r.kind in w.MOVING else ""
    if act == "consent" and r.proposal == w.RETURN:
        return "return_accepted" if r.state == w.ACCEPTED else "return"
    return ""
