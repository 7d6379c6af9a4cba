"""Acting on a book (排查台账) from a page: the form of every act and sending it; a nil report 零报告 is one press.

Guarantee: as ``acts``: a form works without script, what was typed comes back with whatever was not done, a form sent
twice is recorded once, and what is said to be done is the stored answer of a command this person stands behind. Who
may not see a book learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access import sees
from hub.aggregates.agency.registry import Agency
from hub.contract import Unreadable
from hub.projections.reading import Item
from hub.words import DONE, HUB_SYSTEM, NOTHING, REFUSED, AgencyId, Answer, agency_id, ident, text
from hub.writer.outcome import Incident

from ..problems import Problem, document, incident
from . import acts_send
from .acts import typed_in
from .acts_about import dispute_id
from .acts_problem import status_of
from .acts_said import packed, unpacked
from .acts_send import Act, command_id, new_number, number_of, send
from .forms import Form
from .forms_read import Mistyped, Reading, Typed, one
from .forms_show import Fault
from .messages import say, texts
from .places import place_name
from .render import address_with, render
from .routes import bound_page
from .screening_forms import ABOVE, BY, FORMS, ON, fields, lists_of, typed_fields
from .taste import taste_of
from .there import safe
from .visitors import Visitor, visiting

router = APIRouter()
Acting = Annotated[Visitor, visiting("act.person")]
BACK = "/screening"


@dataclass(frozen=True)
class Sheet:
    """One form in the hand of one person, about the book of ``subject``; ``row``: the lead or finding it is about."""

    form: Form
    subject: Agency
    number: str
    back: str
    typed: Typed = field(default_factory=dict)
    row: Item | None = None


class Done(NamedTuple):
    """What was just recorded: the act, and whether it was there before."""

    act: str
    again: bool


@router.get("/screening/act/{act}", **bound_page("act.person"))
def act_form(request: Request, act: str, visitor: Acting) -> Response:
    """The form, preset by the query."""
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    sheet = _sheet(visitor, act, query, new_number())
    registered = _just_registered(visitor, query)
    if registered and act == "settle":
        sheet = Sheet(
            sheet.form, sheet.subject, sheet.number, sheet.back,
            {**sheet.typed, "outcome": ["registered"], "registered": [registered]}, sheet.row,
        )  # fmt: skip
    return draw(request, visitor, sheet)


@router.post("/screening/act/{act}", **bound_page("act.person"))
def act_send(request: Request, act: str, visitor: Acting) -> Response:
    """Send it: done and back, or the form again with what stood in the way."""
    typed = typed_in(visitor.form)
    sheet = _sheet(visitor, act, typed, number_of(one(typed, "nonce")))
    reading = Reading(visitor.registry, lambda number: dispute_id(visitor, number), "")
    own = sheet.subject.id == visitor.person.agency
    try:
        made = typed_fields(sheet.form, typed, reading, sheet.subject.id, own)
        (outcome,) = send(visitor, [Act(sheet.form, sheet.number, made)])
    except Mistyped as why:
        return _again(request, visitor, sheet, [Problem(w.code, w.field) for w in (why, *why.others)])
    except Unreadable as why:
        return _again(request, visitor, sheet, [Problem(why.code, why.field, why.detail)])
    except Problem as why:
        return _again(request, visitor, sheet, [why], same=why.code.startswith(("hub.", "store.")))
    if isinstance(outcome, Incident):
        return _again(request, visitor, sheet, [incident(outcome.code, outcome.incident)], same=True)
    if outcome.outcome == REFUSED:
        return _again(request, visitor, sheet, [Problem(outcome.code, outcome.field, outcome.detail)], answered=True)
    if outcome.position:
        visitor.parts.views.wait_until("screening", outcome.position, acts_send.WAIT_SECONDS)
    return RedirectResponse(_leading_back(visitor, sheet), 303, {"Cache-Control": "no-store"})


def draw(
    request: Request, visitor: Visitor, sheet: Sheet, problem: Mapping[str, Any] | None = None,
    faults: Sequence[Fault] = (),
) -> Response:  # fmt: skip
    """A form, with what stood in the way of it."""
    lang, row = taste_of(request).lang, sheet.row
    here = address_with(request, act=None, did=None, was=None) if request.method == "GET" else ""
    register = ""
    if sheet.form.act == "settle" and row is not None:
        about = {"category": row["category"], "place": place_name(visitor.registry, row["place"])}
        back = here or f"/screening/act/settle?{urlencode({'lead': text(row['lead']), 'back': sheet.back})}"
        register = f"/act/register?{urlencode(about | {'source': 'proactive', 'back': back})}"
    return render(
        request, visitor, "screening_act.html", problem["status"] if problem else 200, here="screening", sheet=sheet,
        fields=fields(visitor, lang, sheet.form, sheet.typed, faults), problem=problem, register=register,
        row=row, keeps=[(name, one(sheet.typed, name)) for name in _kept(sheet.form.act)],
        place=lambda code: place_name(visitor.registry, code), **lists_of(visitor, lang, sheet.form),
    )  # fmt: skip


def done_of(request: Request, visitor: Visitor) -> Done | None:
    """What was just recorded, when this person did it."""
    act = request.query_params.get("done", "")
    answer = _own_answer(visitor, request.query_params.get("by", "")) if act in FORMS else None
    return Done(act, answer.outcome == NOTHING) if answer is not None else None


def may_on(visitor: Visitor, subject: Agency, act: str) -> bool:
    """Whether a button for this act is offered: one's own book, that of an agency one follows, or of one below."""
    if not visitor.may("act.person") or not visitor.may("act.screening"):
        return False
    own = AgencyId(visitor.person.agency)
    if BY[act] == ABOVE:
        return own in visitor.registry.above(subject.id)
    follower = visitor.registry.follower(subject.id)
    return subject.id == own or (follower is not None and follower.id == own)


def subject_of(visitor: Visitor, code: str) -> Agency:
    """The agency with a code whose book this person sees. Problem ``agency.unknown``."""
    known = visitor.registry.agency(agency_id(code))
    if known is None or not sees(visitor.scope(), (known.id,)):
        raise Problem("agency.unknown", "book")
    return known


def lead_of(visitor: Visitor, value: str) -> Item:
    """A lead this person sees. Problem ``lead.unknown``."""
    found = visitor.parts.views.screening.lead(_ident(value, "lead"))
    if found is None or not sees(visitor.scope(), (found["subject"],)):
        raise Problem("lead.unknown", "lead")
    return found


def finding_of(visitor: Visitor, value: str) -> Item:
    """A finding this person sees. Problem ``finding.unknown``."""
    found = visitor.parts.views.screening.finding(_ident(value, "finding"))
    if found is None or not sees(visitor.scope(), (found["subject"],)):
        raise Problem("finding.unknown", "finding")
    return found


def _ident(value: str, name: str) -> bytes:
    try:
        return ident(value)
    except ValueError:
        raise Problem(f"{name}.unknown", name) from None


def _sheet(visitor: Visitor, act: str, typed: Typed, number: str) -> Sheet:
    form = FORMS.get(act)
    if form is None:
        raise Problem("request.route", "act")
    row: Item | None = None
    on = ON.get(act)
    if on == "lead":
        row = lead_of(visitor, one(typed, "lead"))
    elif on == "finding":
        row = finding_of(visitor, one(typed, "finding"))
    if row is not None:
        known = visitor.registry.agency(AgencyId(row["subject"]))
        assert known is not None
        subject = known
    else:
        own = visitor.registry.agency(AgencyId(visitor.person.agency))
        subject = subject_of(visitor, one(typed, "book") or (own.code if own is not None else ""))
    asked = one(typed, "back")
    return Sheet(form, subject, number, safe(asked) if asked else BACK, typed, row)


def _kept(act: str) -> tuple[str, ...]:
    """What a form carries along and nobody fills in."""
    return ("schedule", "first", "last") if act == "file" else (ON[act],) if act in ON else ()


def _leading_back(visitor: Visitor, sheet: Sheet) -> str:
    split = urlsplit(sheet.back)
    query = [(k, v) for k, v in parse_qsl(split.query, keep_blank_values=True) if k not in ("done", "by", "act", "did")]
    by = packed([command_id(visitor, sheet.number)])
    return f"{split.path}?{urlencode([*query, ('done', sheet.form.act), ('by', by)])}"


def _just_registered(visitor: Visitor, query: Typed) -> str:
    """The number of the dispute this person registered from here; "" for none."""
    answer = _own_answer(visitor, one(query, "did")) if one(query, "act") == "register" else None
    if answer is None or answer.dispute is None:
        return ""
    head = visitor.parts.views.desk.heads([answer.dispute]).get(answer.dispute)
    return head["number"] if head is not None else ""


def _own_answer(visitor: Visitor, by: str) -> Answer | None:
    """The answer to the one command of an address, when this person stands behind it and it was done."""
    ids = unpacked(by)
    if len(ids) != 1 or not visitor.parts.store.people.stood_behind(visitor.person.user, ids):
        return None
    answer = visitor.parts.store.answers.get(HUB_SYSTEM, ids[0])
    return answer if answer is not None and answer.outcome in (DONE, NOTHING) else None


def _again(
    request: Request, visitor: Visitor, sheet: Sheet, problems: Sequence[Problem], *, same: bool = False,
    answered: bool = False,
) -> Response:  # fmt: skip
    """The form once more; after a failure of ours with the same number: sending it again is the same command."""
    lang = taste_of(request).lang
    if not same:
        sheet = Sheet(sheet.form, sheet.subject, new_number(), sheet.back, sheet.typed, sheet.row)
    shown = [_told(lang, sheet, problem) for problem in problems]
    first = shown[0] | {"others": shown[1:], "status": status_of(problems[0], answered)}
    faults = [Fault(each["field"], each["why"], each["detail"]) for each in shown]
    return draw(request, visitor, sheet, first, faults)


def _told(lang: str, sheet: Sheet, problem: Problem) -> dict[str, Any]:
    shown = document(problem, lang)
    name = "grade" if problem.field in ("ordinal", "raw", "scheme") else problem.field
    label, advice = f"screening.field_{name}", f"screening.do_{problem.code.replace('.', '_')}"
    return {
        "title": say(lang, "screening.not_done", what=say(lang, f"screening.title_{sheet.form.act}")),
        "why": shown["title"], "detail": "", "unchanged": say(lang, "screening.unchanged"),
        "advice": say(lang, advice) if advice in texts() else shown["advice"], "code": problem.code,
        "field": name, "label": say(lang, label) if label in texts() else "",
        "incident": problem.more.get("incident", ""), "candidates": [], "others": [],
    }  # fmt: skip
