"""One agency's book 排查台账: what it owes, its rounds, open leads, inspections and findings; and one lead by itself.

Guarantee: a book outside of the person's scope is ``agency.unknown``, a lead outside of it ``lead.unknown``, like ones
that are not there; buttons are those of the acts the person may do there.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.policy.calendar import day_of
from hub.policy.screening import ITSELF
from hub.projections.screening import UNSETTLED, Leads
from hub.words import AgencyId

from . import tables, when
from .acts_send import new_number
from .render import render
from .routes import bound_page
from .screening import LIGHTS, Line, when_begins
from .screening_acts import done_of, lead_of, may_on, subject_of
from .screening_forms import FORMS
from .screening_ledger import grade_words, numbers
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.screening")]
SHOWN: Final = 30  # leads


@router.get("/screening/books/{code}", **bound_page("page.screening"))
def book(request: Request, code: str, visitor: Seen) -> Response:
    """The book."""
    lang, parts = taste_of(request).lang, visitor.parts
    now, views = parts.clock.now(), parts.views.screening
    subject = subject_of(visitor, code)
    position, owed = views.owed(now, parts.policy, {subject.id})
    rounds, findings = views.rounds_of(subject.id), views.findings_of(subject.id)
    leads, total = views.leads(Leads(subject=subject.id, state=UNSETTLED), limit=SHOWN)
    can = {act for act in FORMS if may_on(visitor, subject, act)}
    lines = [
        Line(
            o, when.due(lang, now, when_begins(o.period), o.due_at, 0),
            new_number() if "file" in can and o.schedule.by == ITSELF and o.period.first < day_of(now) else "",
        )
        for o in owed
    ]  # fmt: skip
    schedules = parts.policy.at(now).screening
    return render(
        request, visitor, "screening_book.html", here="screening", position=position, parked=rounds.parked,
        subject=subject, lines=lines, rounds=rounds.items, findings=findings.items, leads=leads.items, total=total,
        can=can, lights=LIGHTS, names={s.key: s.en if lang == "en" else s.zh for s in schedules},
        day_of=lambda day: date.fromordinal(day).isoformat(), done=done_of(request, visitor),
        place=tables.naming(visitor), due=lambda row: when.due(lang, now, row["raised_at"], row["due_at"], 0),
    )  # fmt: skip


@router.get("/screening/leads/{lead}", **bound_page("page.screening"))
def one_lead(request: Request, lead: str, visitor: Seen) -> Response:
    """One lead, from its report to what became of it."""
    lang, row = taste_of(request).lang, lead_of(visitor, lead)
    subject = visitor.registry.agency(AgencyId(row["subject"]))
    assert subject is not None
    return render(
        request, visitor, "screening_lead.html", here="screening",
        position=visitor.parts.views.position("screening"), row=row, subject=subject,
        grade=grade_words(lang, row["ordinal"]), number=numbers(visitor, [row]).get(row["dispute"], ""),
        can={act for act in ("assess", "settle") if may_on(visitor, subject, act)}, done=done_of(request, visitor),
        place=tables.naming(visitor),
    )  # fmt: skip
