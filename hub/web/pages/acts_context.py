"""What an act answers to (来由): the words of the other side, shown above the form so that nobody decides unread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hub.aggregates.dispute import events as e
from hub.words import Envelope

from . import forms as f
from .acts_about import About
from .acts_problem import spoken
from .messages import say
from .render import label
from .visitors import Visitor

OF_REFERRAL = (e.Offered, e.Assigned, e.Proposed, e.Returned, e.Contested)


class Word(NamedTuple):
    """Who said what when. ``what``: offer, assignment, proposal … in words."""

    what: str
    who: str
    at: int
    words: str


def context(visitor: Visitor, lang: str, form: f.Form, about: About) -> list[Word]:
    """The events this act answers to, in their order; none for acts that answer to nothing."""
    if about.seen is None:
        return []
    found = []
    for envelope, event in about.seen.history:
        if _answers(visitor, form, about, event.body):
            found.append(_word(visitor, lang, envelope, event.body))
    return found[-3:]


def _answers(visitor: Visitor, form: f.Form, about: About, body: Any) -> bool:
    if form.about == f.REFERRAL:
        return isinstance(body, OF_REFERRAL) and about.referral is not None and body.referral == about.referral.id
    if form.act == "answer":
        return isinstance(body, e.SupervisionIssued) and body.supervised == visitor.person.agency
    if form.act == "acknowledge":
        return isinstance(body, e.Reported) and visitor.person.agency in body.recipients
    if form.act in ("perform_agreement", "break_agreement"):
        return isinstance(body, e.AgreementReached)
    return form.act == "reopen" and isinstance(body, e.Closed)


def _word(visitor: Visitor, lang: str, envelope: Envelope, body: Any) -> Word:
    what = say(lang, f"act.word_{type(body).__name__.lower()}")
    return Word(what, spoken(visitor, lang, envelope.agency), envelope.recorded_at, ", ".join(_parts(lang, body)))


def _parts(lang: str, body: Any) -> Iterator[str]:
    if isinstance(body, e.Proposed | e.Returned) and body.reason_code:
        yield label(lang, "return_reasons", body.reason_code)
    if isinstance(body, e.AgreementReached):
        yield label(lang, "agreement_forms", body.form)
        if body.amount is not None:
            yield f"¥{body.amount // 100:,}.{body.amount % 100:02}"
        if body.due_on is not None:
            yield body.due_on
    if isinstance(body, e.Closed):
        yield label(lang, "outcomes", body.outcome)
    for name in ("reason", "grounds", "demand", "content", "summary"):
        if getattr(body, name, ""):
            yield str(getattr(body, name))
