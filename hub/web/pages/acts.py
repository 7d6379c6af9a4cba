"""Acting on a dispute from a page: the form of every act (``forms``), and sending it.

Guarantee: a form works as a whole page without script and as a part under a row with it. What was typed comes back with
whatever was not done; a form sent twice is recorded once; a form that meets a failure of ours may be sent again as it
is. Where one goes afterwards is a page of this hub.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.contract import Unreadable
from hub.words import NOTHING, REFUSED, Answer, text
from hub.writer.outcome import Incident

from ..problems import Problem, incident
from . import forms as f
from .acts_about import About, about, dispute_id
from .acts_available import NOTHING_TO_DO, refusal
from .acts_context import context
from .acts_effect import effect
from .acts_foretold import LIVE, foretold
from .acts_problem import marked, spoken, told
from .acts_said import ALREADY, leading_back
from .acts_send import Act, await_views, command_id, command_of, new_number, number_of, send
from .desk_rows import after_act, row_id, whose
from .forms import BULK
from .forms_read import Mistyped, Reading, Typed, one, read
from .forms_show import Fault, agency_options, fields, options_of, place_options, preset
from .items import Owed
from .items import read as read_item
from .messages import say
from .places import place_name
from .render import render
from .routes import bound_page
from .taste import taste_of
from .there import safe
from .visitors import Visitor, visiting

SECTIONS: Final = ("board", "desk", "disputes", "agencies", "flows")
router = APIRouter()
DESK: Final = "/desk"


@dataclass(frozen=True)
class Sheet:
    """One form in the hand of one person. ``number``: its own; ``item``: the row it is about, where there is one, on
    the desk of the agency with the code ``desk`` ("" = one's own).
    """

    form: f.Form
    about: About
    number: str
    based_on: int | None = None
    back: str = DESK
    item: str = ""
    desk: str = ""
    typed: Typed = field(default_factory=dict)

    @property
    def row(self) -> str:
        """The id of the row it stands under."""
        return row_id(read_item(self.item)) if self.item else ""


@router.get("/act/{act}", **bound_page("act.person"))
def act_form(request: Request, act: str, visitor: Annotated[Visitor, visiting("act.person")]) -> Response:
    """The form, as a page or (for htmx) as a part of one."""
    form = _form(act)
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    owed = _owed(query)
    if owed is not None:
        query |= of_item(owed)
    found = about(visitor, form, one(query, "dispute"), one(query, "referral"))
    version = found.state.version if found.state else None
    sheet = Sheet(
        form, found, new_number(), version, _back(visitor, query), one(query, "item"), one(query, "desk"),
        preset(query, form),
    )  # fmt: skip
    return draw(request, visitor, sheet)


@router.post("/act/{act}", **bound_page("act.person"))
def act_send(request: Request, act: str, visitor: Annotated[Visitor, visiting("act.person")]) -> Response:
    """Send it: done and back, or the form again with what stood in the way."""
    form = _form(act)
    typed = typed_in(visitor.form)
    number = number_of(one(typed, "nonce"))
    owed = _owed(typed)
    whose(visitor, one(typed, "desk"))  # before anything is sent: what comes afterwards is drawn for that desk
    version = _version(one(typed, "based_on"))
    if owed is not None and version is None:  # sent from the row itself
        typed |= of_item(owed)
        number, version = number_for(number, act, one(typed, "item")), owed.version
    based_on = None if act in BULK else version  # they move no custody: their own guards say more than "moved"
    found = about(visitor, form, one(typed, "dispute"), one(typed, "referral"))
    sheet = Sheet(form, found, number, version, _back(visitor, typed), one(typed, "item"), one(typed, "desk"), typed)
    lang = taste_of(request).lang
    try:
        sent = Act(form, number, _fields(visitor, sheet), found.state.id if found.state else None, based_on)
        outcome = send(visitor, [sent])[0]
    except Mistyped as why:
        return _again(request, visitor, sheet, Problem(why.code, why.field), why.candidates, others=why.others)
    except Unreadable as why:
        return _again(request, visitor, sheet, Problem(why.code, why.field, why.detail))
    except Problem as why:
        return _again(request, visitor, sheet, why, same_number=_may_be_sent_again(why))
    if isinstance(outcome, Incident):
        return _again(request, visitor, sheet, incident(outcome.code, outcome.incident), same_number=True)
    now = _said_now(visitor, sheet, sent, outcome)
    if outcome.outcome == REFUSED and now != NOTHING_TO_DO:
        problem = Problem(outcome.code, outcome.field, outcome.detail, more={"now": now})
        return _again(request, visitor, sheet, problem, answered=True)
    await_views(visitor, [outcome])
    was = ALREADY if outcome.outcome in (REFUSED, NOTHING) else ""
    if sheet.item and _part(request):
        return after_act(request, visitor, lang, read_item(sheet.item), form.act, bool(was), sheet.desk)
    address = leading_back(_then(visitor, sheet, outcome), form.act, [command_id(visitor, number)], was)
    if _part(request):
        return Response(headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def draw(
    request: Request, visitor: Visitor, sheet: Sheet, problem: Mapping[str, Any] | None = None,
    faults: Sequence[Fault] = (),
) -> Response:  # fmt: skip
    """A form, with what stood in the way of it."""
    lang, now = taste_of(request).lang, visitor.parts.clock.now()
    shown = fields(visitor, lang, sheet.form, sheet.about, sheet.typed, now, faults)
    kinds = {each.kind for each in shown}
    part = _part(request)
    template = "act.html" if not part else "act_row.html" if sheet.item else "act_part.html"
    headers = {"X-Act": "form"} if part else {}
    return render(
        request, visitor, template, problem["status"] if problem else 200, headers,
        sheet=sheet, fields=shown, problem=problem, here=_section(sheet.back),
        place=place_name(visitor.registry, sheet.about.first.place) if sheet.about.first else "",
        effect=effect(visitor, lang, sheet.form, sheet.about),
        foretold=foretold(visitor, lang, sheet.form, sheet.about, sheet.typed), live=LIVE.get(sheet.form.act, ""),
        button=_button(visitor, lang, sheet), words=context(visitor, lang, sheet.form, sheet.about),
        agencies=agency_options(visitor, lang) if kinds & {f.AGENCY, f.AGENCIES} else [],
        places=place_options(visitor) if f.PLACE in kinds else [],
        party_roles=options_of(lang, "party_roles") if f.PARTIES in kinds else [],
        party_kinds=options_of(lang, "party_kinds") if f.PARTIES in kinds else [],
    )  # fmt: skip


def _section(back: str) -> str:
    """Which of the pages one comes from, and goes back to: the section is part of every address of it."""
    section = back.split("?")[0].strip("/").split("/")[0]
    return section if section in SECTIONS else "desk"


def _button(visitor: Visitor, lang: str, sheet: Sheet) -> str:
    """What sends the form: 退回给 市检察院 says to whom."""
    word = say(lang, f"act.button_{sheet.form.act}")
    if sheet.form.act != "return" or sheet.about.sender is None:
        return word
    return marked(lang, "act.to_agency", button=word, name=spoken(visitor, lang, sheet.about.sender))


def typed_in(form: FormData) -> dict[str, list[str]]:
    """What a form carries, texts only."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def _again(
    request: Request, visitor: Visitor, sheet: Sheet, problem: Problem, candidates: Sequence[str] = (), *,
    answered: bool = False, same_number: bool = False, others: Sequence[Mistyped] = (),
) -> Response:  # fmt: skip
    """The form once more. After an answer it gets a new number and the version of now: its author has read how it
    stands; after a failure of ours it keeps both, so that sending it again is the same command. ``others``: what else
    of it cannot be read.
    """
    seen, lang = sheet.based_on, taste_of(request).lang
    if not same_number:
        fresh = _as_it_stands(visitor, sheet)
        version = fresh.state.version if fresh.state else None
        sheet = Sheet(sheet.form, fresh, new_number(), version, sheet.back, sheet.item, sheet.desk, sheet.typed)
    say_of = partial(told, visitor, lang, sheet.form, sheet.about)
    shown = say_of(problem, sheet.typed, seen, candidates, answered)
    shown["others"] = [say_of(Problem(why.code, why.field), sheet.typed, seen, why.candidates) for why in others]
    faults = [Fault(each["field"], each["why"], each["detail"]) for each in (shown, *shown["others"])]
    return draw(request, visitor, sheet, shown, faults)


def _as_it_stands(visitor: Visitor, sheet: Sheet) -> About:
    state = sheet.about.state
    referral = sheet.about.referral
    if state is None:
        return sheet.about
    return about(visitor, sheet.form, text(state.id), text(referral.id) if referral else "")


def _fields(visitor: Visitor, sheet: Sheet) -> dict[str, Any]:
    """The record's own fields. Mistyped."""
    reading = Reading(
        visitor.registry, lambda number: _seen(visitor, number), f"{visitor.person.user}/{sheet.number}"
    )  # fmt: skip
    made = read(sheet.form, sheet.typed, reading)
    if sheet.form.about == f.OWN:
        made["subject"] = text(visitor.person.agency)
    if sheet.about.referral is not None:
        made["in_place_of" if sheet.form.act == "redirect" else "referral"] = text(sheet.about.referral.id)
    return made


def _seen(visitor: Visitor, number: str) -> bytes | None:
    """The dispute with a number or id, when the person sees it."""
    found = dispute_id(visitor, number)
    if found is None:
        return None
    try:
        about(visitor, f.FORMS["void"], text(found))
    except Problem:
        return None
    return found


def _said_now(visitor: Visitor, sheet: Sheet, sent: Act, answer: Answer) -> str:
    """After ``dispute.moved``: what the rules say to the same act on the dispute as it stands. "" = it would be done;
    ``NOTHING_TO_DO``: somebody of the same agency did it since the page was drawn.
    """
    if answer.code != "dispute.moved":
        return ""
    state = _as_it_stands(visitor, sheet).state
    try:
        now = refusal(visitor, state, command_of(visitor, sent._replace(based_on=None)))
    except (Problem, Unreadable):
        return ""
    return now.code if now is not None else ""


def _may_be_sent_again(problem: Problem) -> bool:
    """Nothing was answered: the same number is the same command."""
    return problem.code.startswith(("hub.", "store."))


def _then(visitor: Visitor, sheet: Sheet, answer: Answer) -> str:
    """Where to: back, and after registering to the new dispute when the views know it."""
    if sheet.form.about == f.NEW and answer.dispute and sheet.back == DESK:
        head = visitor.parts.views.desk.heads([answer.dispute]).get(answer.dispute)
        if head is not None:
            return f"/disputes/{head['number']}"
    return sheet.back


def _form(act: str) -> f.Form:
    form = f.FORMS.get(act)
    if form is None:
        raise Problem("request.route", "act")
    return form


def _owed(typed: Typed) -> Owed | None:
    return read_item(one(typed, "item")) if one(typed, "item") else None


def of_item(owed: Owed) -> dict[str, list[str]]:
    """What a row tells of an act on it."""
    referral = text(owed.referral) if owed.referral else ""
    found = {
        "dispute": text(owed.dispute), "referral": referral, "debtor": text(owed.debtor),
        "supervised": text(owed.debtor), "obligation": f"{owed.obligation}|{referral}|{text(owed.debtor)}",
    }  # fmt: skip
    return {name: [value] for name, value in found.items() if value}


def number_for(number: str, act: str, item: str) -> str:
    """The number of one item's command where a form is about many."""
    return f"{number}/{act}/{item}"


def _back(visitor: Visitor, typed: Typed) -> str:
    asked = one(typed, "back")
    return safe(asked) if asked else DESK


def _version(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 10 else None


def _part(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
