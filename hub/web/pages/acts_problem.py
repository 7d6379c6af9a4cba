"""An act that was not done, told to a person: what did not happen, why, where custody is, what to do, code and field.

Guarantee: code and field are those of the answer; no sentence speaks of interfaces or shows what the answer says in the
other language; where the fate of a command is unknown, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from hub import words as w
from hub.words import AgencyId

from ..drawings.words import short_name
from ..problems import Problem, document
from . import forms as f
from .acts_about import About
from .forms_read import Typed, one
from .messages import say, texts
from .visitors import Visitor

UNKNOWN_FATE: Final = frozenset({"hub.store_gone", "store.unreachable"})
_TYPED_WRONG: Final = ("field.", "time.", "schema.")


def told(
    visitor: Visitor, lang: str, form: f.Form, about: About, problem: Problem, typed: Typed,
    seen: int | None = None, candidates: Sequence[str] = (), answered: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What the template shows. ``seen``: the version the page was drawn with; ``answered``: it is the hub's answer."""
    shown = document(problem, lang)
    code = problem.code
    advice = f"act.do_{code.replace('.', '_')}"
    if code == "agreement.not_performed" and about.state is not None and about.state.agreement != w.REACHED:
        advice += "_none"  # nothing to record the performance of: there is no button for it
    label = form.label(problem.field)
    return {
        "title": say(lang, f"act.not_{form.act}"),
        "why": shown["title"],
        "detail": _detail(visitor, lang, form, about, problem, typed, seen),
        "unchanged": _unchanged(visitor, lang, about, code, shown["status"]),
        "advice": say(lang, advice) if advice in texts() else shown["advice"],
        "code": code,
        "field": shown["field"],
        "label": say(lang, label) if label in texts() else "",
        "incident": problem.more.get("incident", ""),
        "candidates": list(candidates),
        "others": [],
        "status": status_of(problem, answered),
    }


def status_of(problem: Problem, answered: bool = False) -> int:
    """409 for what the rules refuse, 422 for what was typed wrong, 403, 500 and 503 as the catalogue says."""
    status = int(document(problem, "zh")["status"])
    if status >= 500 or status == 403:
        return status
    if problem.code.startswith(_TYPED_WRONG) or problem.code.endswith(".too_large") or not answered:
        return 422
    return 409


def marked(lang: str, key: str, **values: Any) -> Markup:
    """A text whose values may be marked up themselves; plain ones are escaped."""
    return Markup.escape(say(lang, key)).format(**values)


def registered(lang: str, name: str) -> str:
    """A registered name inside a sentence: in English it says that it is Chinese."""
    return Markup('<span lang="zh-CN">{}</span>').format(name) if lang == "en" else name


def spoken(visitor: Visitor, lang: str, agency: bytes | None) -> str:
    """An agency in a sentence: 本单位 or its short name."""
    if agency is None:
        return say(lang, "page.nobody")
    if agency == visitor.person.agency:
        return say(lang, "act.own_agency")
    known = visitor.registry.agency(AgencyId(agency))
    return registered(lang, short_name(known.name)) if known is not None else say(lang, "page.nobody")


def _unchanged(visitor: Visitor, lang: str, about: About, code: str, status: int) -> str:
    if code in UNKNOWN_FATE:
        return say(lang, "act.unknown_fate")
    if status >= 500:
        return say(lang, "act.safe_again")
    if about.custodian is None:
        return say(lang, "act.unchanged_none")
    return marked(lang, "act.unchanged", custodian=spoken(visitor, lang, about.custodian))


def _detail(
    visitor: Visitor, lang: str, form: f.Form, about: About, problem: Problem, typed: Typed, seen: int | None
) -> str:
    """What the answer's detail says, in the person's language; "" where it says nothing to a person."""
    if problem.code == "field.too_long":
        field = next((each for each in form.inputs if each.name == problem.field and each.most), None)
        if field is not None:
            given = len(one(typed, field.name))
            return say(lang, "act.too_long", n=f"{given:,}", most=f"{field.most:,}")
    if problem.code == "dispute.moved" and about.state is not None and seen is not None:
        name = spoken(visitor, lang, about.custodian)
        moved = marked(lang, "act.moved_now", custodian=name, version=about.state.version, seen=seen)
        now = problem.more.get("now", "")
        return moved + marked(lang, "act.moved_then", why=document(Problem(now), lang)["title"]) if now else moved
    if problem.code in ("agency.closing", "agency.dissolved"):
        code = problem.detail.split(" ")[1] if problem.detail.startswith("successor ") else ""
        heir = next((a for a in visitor.registry.agencies.values() if code and a.code == code), None)
        return marked(lang, "act.successor", name=registered(lang, heir.name)) if heir is not None else ""
    return ""
