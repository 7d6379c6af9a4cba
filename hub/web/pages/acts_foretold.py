"""What the rules will make of an act, said before it is sent: whether a session counts, what closing needs.

Guarantee: taken from the decision itself for what stands in the form this instant, so it is what would be recorded; the
writer decides again. Nothing is said where nothing can be foretold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.aggregates.decide import Dispute
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.contract.jsonform import micros
from hub.policy.ladder import Scheme, Standing, exits, what_next
from hub.policy.ladder_standing import CLIMBING, EXHAUSTED, TERMINATED
from hub.policy.pack import CHANNELS
from hub.words import HOUR, Refusal

from ..problems import Problem, document
from . import forms as f
from .acts_about import About, about
from .acts_available import answer, scheme_of
from .forms_agency import meant
from .forms_read import READERS, Mistyped, Reading, Typed, one
from .messages import say
from .render import label, render
from .routes import bound_page
from .taste import taste_of
from .visitors import Visitor, visiting
from .when import until

router = APIRouter()
LIVE: Final = {  # acts whose form asks again while it is filled in, with the fields it tells
    "attempt": "dispute,result,mode,at,why_not", "step": "dispute,step", "refer": "dispute,kind,channel,receiver",
}  # fmt: skip
NEXT: Final = ("escalate", "exit", "terminate", "report")  # of what is due afterwards: what is worth saying here
STANDS: Final = ("exempt", "change_branch", "end_ladder", "resume_ladder")


class Foretold(NamedTuple):
    """One sentence, with its light: ok, soon, late, "" = none."""

    light: str
    words: str


@router.get("/act/{act}/foretold", **bound_page("act.person"))
def foretold_now(request: Request, act: str, visitor: Annotated[Visitor, visiting("act.person")]) -> Response:
    """The same for what has been filled in so far, as a part of the form."""
    typed: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        typed.setdefault(name, []).append(value)
    lang, form = taste_of(request).lang, f.FORMS.get(act)
    found = about(visitor, form, one(typed, "dispute")) if form is not None and form.about == f.DISPUTE else About()
    said = foretold(visitor, lang, form, found, typed) if form is not None else []
    return render(request, visitor, "act_foretold.html", foretold=said)


def foretold(visitor: Visitor, lang: str, form: f.Form, found: About, typed: Typed) -> list[Foretold]:
    """The sentences for an act on a dispute."""
    state = found.state
    scheme = scheme_of(visitor, state) if state is not None else None
    if state is None:
        return []
    if form.act == "step":
        return list(_heeding(visitor, lang, typed))
    if form.act == "refer":
        refused = _refused(visitor, lang, state, typed)
        if refused is not None:
            return [refused]
    if scheme is None:
        return []
    standing = state.standing
    if form.act == "attempt":
        return list(_session(visitor, lang, form, found, scheme, typed))
    if standing is None:
        return []
    if form.act == "close":
        return _closing(lang, scheme, standing, found)
    if form.act in ("refer", "redirect"):
        return _passing_on(lang, scheme, standing)
    return [_stands(lang, scheme, standing)] if form.act in STANDS else []


def _session(
    visitor: Visitor, lang: str, form: f.Form, found: About, scheme: Scheme, typed: Typed
) -> Iterator[Foretold]:
    """Whether the session counts, as which one, and what follows."""
    assert found.state is not None
    result, claim, now = one(typed, "result"), one(typed, "why_not"), visitor.parts.clock.now()
    mode = one(typed, "mode") or "face_to_face"
    at = _instant(visitor, form, typed, now)
    decided = answer(visitor, found.state, c.Attempt(not claim, claim, at, "", "", result or "no_deal", mode))
    if isinstance(decided, Refusal):
        return
    bodies: list[Any] = [event.body for event in decided.events if isinstance(event, e.Event)]
    held = next(body for body in bodies if isinstance(body, e.AttemptHeld))
    stood = next((body for body in bodies if isinstance(body, e.LadderStood)), None)
    given = say(lang, "act.as_filled_in" if result else "act.as_usual")
    if not held.counted:
        why = label(lang, "attempt_not_counted", held.why_not)
        last = found.state.rung.last_at
        if held.why_not == "too_soon" and at > last:
            hours, after = scheme.gap // HOUR, until(lang, last + scheme.gap)
            yield Foretold("soon", say(lang, "act.counts_too_soon", given=given, hours=hours, at=after))
        else:
            yield Foretold("soon", say(lang, "act.counts_not", given=given, why=why))
    elif stood is None:
        yield Foretold("ok", say(lang, "act.counts_beside", given=given))
    else:
        yield Foretold("ok", say(
            lang, "act.counts_as", given=given, level=label(lang, "ladder_levels", stood.level), n=stood.tries,
            most=scheme.tries, total=stood.total, required=stood.required,
        ))  # fmt: skip
    if stood is not None and stood.next in NEXT:
        to = label(lang, "ladder_levels", stood.next_level) if stood.next_level else ""
        yield Foretold("", say(lang, f"act.then_{stood.next}", level=to) if to else say(lang, f"act.then_{stood.next}"))


def _instant(visitor: Visitor, form: f.Form, typed: Typed, now: int) -> int:
    field = next(each for each in form.inputs if each.kind == f.INSTANT)
    try:
        read = READERS[f.INSTANT](field, typed, Reading(visitor.registry, lambda number: None, ""))
    except Mistyped:
        return now
    return micros(read[field.name])


def _heeding(visitor: Visitor, lang: str, typed: Typed) -> Iterator[Foretold]:
    """What people must heed in the procedure chosen: no machine can."""
    procedure = visitor.parts.pack.procedures.get(one(typed, "step").partition("|")[0])
    if procedure is not None and procedure.guard[0]:
        yield Foretold("soon", procedure.guard[1 if lang == "en" else 0])


def _refused(visitor: Visitor, lang: str, state: Dispute, typed: Typed) -> Foretold | None:
    """Why an offer as filled in would be refused now; None where it would not, or is not filled in yet."""
    agency, _ = meant(visitor.registry, one(typed, "receiver"))
    if agency is None:
        return None
    kind, channel = one(typed, "kind"), one(typed, "channel")
    if kind not in f.OFFERED_KINDS or channel not in CHANNELS:
        return None
    decided = answer(visitor, state, c.Refer(kind, channel, agency.id, None, ""))
    if not isinstance(decided, Refusal):
        return None
    return Foretold("late", say(lang, "act.would_be_refused", why=document(Problem(decided.code), lang)["title"]))


def _closing(lang: str, scheme: Scheme, standing: Standing, found: About) -> list[Foretold]:
    """After the ladder ended without agreement the parties are told of the exits, else closing is refused."""
    if standing.state not in (EXHAUSTED, TERMINATED):
        return []
    category = found.first.category if found.first is not None else ""
    named = say(lang, "act.listed").join(x.en if lang == "en" else x.zh for x in exits(scheme, category))
    state = label(lang, "ladder_states", standing.state)
    return [Foretold("soon", say(lang, "act.exits_needed", state=state, exits=named))]


def _passing_on(lang: str, scheme: Scheme, standing: Standing) -> list[Foretold]:
    if standing.state != CLIMBING:
        return []
    due, level = what_next(scheme, standing), label(lang, "ladder_levels", standing.level)
    if due.act == "again":
        return [Foretold("soon", say(lang, "act.tries_left", level=level, n=due.left))]
    to = label(lang, "ladder_levels", due.level)
    return [Foretold("ok", say(lang, "act.tries_used", level=level, n=standing.tries, to=to))]


def _stands(lang: str, scheme: Scheme, standing: Standing) -> Foretold:
    branch = scheme.branches[standing.branch]
    return Foretold("", say(
        lang, "act.stands", branch=branch.en if lang == "en" else branch.zh, most=scheme.tries,
        level=label(lang, "ladder_levels", standing.level), n=standing.tries, total=standing.total,
        state=label(lang, "ladder_states", standing.state),
    ))  # fmt: skip
