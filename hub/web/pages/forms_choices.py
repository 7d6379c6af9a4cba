"""What may be chosen now in a field that depends on the dispute: its limits, the steps of its procedures, its ladder.

Guarantee: only what the rules would take from this person's agency this instant is offered; the writer decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.aggregates.decide import Dispute
from hub.aggregates.dispute.obligations import Obligation
from hub.policy.ladder_scheme import Branch, Level
from hub.policy.ladder_standing import above
from hub.words import text

from ..relapses import pairs
from . import forms as f
from .acts_about import About
from .acts_available import extensible, scheme_of, steps_now
from .forms_agency import shown_name
from .messages import say
from .render import label
from .visitors import Visitor
from .when import until

Options = list[tuple[str, str]]


def choices(visitor: Visitor, lang: str, kind: str, about: About) -> Options:
    """(what is sent, what is shown) for a field of this kind."""
    if about.state is None:
        return []
    if kind == f.RUNNING:
        return limits(visitor, lang, extensible(visitor, about.state))
    if kind == f.STEP:
        return _steps(visitor, lang, about.state)
    if kind == f.EARLIER:
        return _earlier(visitor, lang, about.state)
    return _levels(visitor, lang, about.state) if kind == f.LEVEL else _branches(visitor, lang, about.state)


def limits(visitor: Visitor, lang: str, owed: Sequence[Obligation]) -> Options:
    """Running limits: what, who owes it, by when."""
    found = []
    for o in owed:
        key = f"{o.name}|{text(o.referral) if o.referral else ''}|{text(o.debtor)}"
        what, who = label(lang, "obligations", o.name), shown_name(visitor.registry, o.debtor)
        found.append((key, say(lang, "act.owed_by", what=what, who=who, due=until(lang, o.due_at))))
    return found


def _steps(visitor: Visitor, lang: str, state: Dispute) -> Options:
    procedures = visitor.parts.pack.procedures
    found = []
    for body in steps_now(visitor, state):
        named = label(lang, "procedures", body.machine), label(lang, "steps", f"{body.machine}/{body.step}")
        needs = procedures[body.machine].steps[body.step].document
        words = say(lang, "act.step_document" if needs else "act.step_of", procedure=named[0], step=named[1])
        found.append((f"{body.machine}|{body.step}|{text(body.referral) if body.referral else ''}", words))
    return found


def _earlier(visitor: Visitor, lang: str, state: Dispute) -> Options:
    """The pairs of this dispute that the person may know: those nobody decided first."""
    known = pairs(visitor.parts.views, visitor.scope(), state.id)
    rows = sorted(known, key=lambda row: row["state"] != "suspected")
    return [(text(row["earlier"]), f"{row['number']} {label(lang, 'categories', row['category'])}") for row in rows]


def heeded(visitor: Visitor, lang: str, about: About) -> list[str]:
    """What no machine can check and people must heed, of the procedures this dispute has begun."""
    begun = [mark.partition("/")[0] for mark in about.state.marks] if about.state is not None else []
    known = (visitor.parts.pack.procedures.get(code) for code in begun)
    texts = (procedure.guard[lang == "en"] for procedure in known if procedure is not None)
    return [text for text in texts if text]


def _levels(visitor: Visitor, lang: str, state: Dispute) -> Options:
    scheme, standing = scheme_of(visitor, state), state.standing
    if scheme is None or standing is None:
        return []
    return [(key, _named(lang, scheme.levels[key])) for key in above(scheme, standing)]


def _branches(visitor: Visitor, lang: str, state: Dispute) -> Options:
    scheme, standing = scheme_of(visitor, state), state.standing
    if scheme is None or standing is None:
        return []
    return [(key, _named(lang, b)) for key, b in scheme.branches.items() if key != standing.branch]


def _named(lang: str, item: Level | Branch) -> str:
    return item.en if lang == "en" else item.zh
