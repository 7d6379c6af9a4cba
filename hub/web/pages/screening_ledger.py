"""排查工作台账 the working ledger: leads with their grade, measures and what became of them; as a page and as a file.

Guarantee: only leads of books of the person's scope are listed and counted; open ones first, those not graded before
all, then the gravest, then the oldest; an address with its filters is a saved view, the file holds what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.access import sees
from hub.projections.reading import Item
from hub.projections.screening import UNSETTLED, Leads
from hub.words import DISSOLVED, AgencyId, text

from ..exports.table import Column, Sheet
from ..problems import Problem
from ..statistics import codes
from . import tables
from .messages import say
from .places import place_name, seen
from .render import label, render
from .routes import bound_page
from .screening_acts import done_of, may_on
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.screening")]
ROWS: Final = 50
STATES: Final = (UNSETTLED, "reported", "assessed", "settled")
GRADES: Final = ("0", "1", "2", "3", "4")


class Asked(NamedTuple):
    """A ledger that was asked for; ``words``: the whole filter in words."""

    which: Leads
    words: str

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.which._replace(scope=None) != Leads()


@router.get("/screening/ledger", **bound_page("page.screening"))
def ledger(request: Request, visitor: Seen) -> Response:
    """The list."""
    want, registry = asked(request, visitor), visitor.registry
    found, total = visitor.parts.views.screening.leads(want.which, cursor=Query(request, visitor).cursor(), limit=ROWS)
    living = (a for a in registry.agencies.values() if a.state != DISSOLVED)
    scope = visitor.scope()
    return render(
        request, visitor, "screening_ledger.html", here="screening", position=found.position, parked=found.parked,
        want=want, rows=found.items, total=total, next=found.next, numbers=numbers(visitor, found.items),
        categories=list(codes("categories").entries), sources=list(codes("lead_sources").entries),
        outcomes=list(codes("lead_outcomes").entries), states=STATES, grades=GRADES,
        townships=seen(registry, scope), place=tables.naming(visitor), called=tables.calling(visitor),
        agencies=sorted((a for a in living if scope is None or a.id in scope), key=lambda a: a.code),
        most=tables.MOST, done=done_of(request, visitor), can=lambda row, act: can_on(visitor, row, act),
    )  # fmt: skip


@router.get("/screening/ledger.xlsx", **bound_page("page.screening"))
def ledger_file(request: Request, visitor: Seen) -> Response:
    """The same as a file."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    title = say(lang, "screening.ledger")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        with visitor.parts.views.screening.all_leads(want.which, tables.MOST) as (position, total, rows):
            known = numbers(visitor, rows)
            write([Sheet(title, _columns(visitor, lang, known), rows)], Told(title, want.words, position, total=total))

    return tables.file(request, visitor, "screening", title, fill)


def asked(request: Request, visitor: Visitor) -> Asked:
    """Read the query. Problem ``request.query``, ``agency.unknown``, ``access.denied``."""
    query, lang = Query(request, visitor), taste_of(request).lang
    subject, scope = query.agency("agency"), visitor.scope()
    if subject is not None and not sees(scope, (subject,)):
        raise Problem("access.denied", "agency")
    first, last = query.day("first"), query.day("last")
    if first and last and last < first:
        raise Problem("request.query", "last")
    grade = query.one_of("grade", GRADES)
    which = Leads(
        subject, query.one_of("state", STATES), int(grade) if grade else None, query.region("township"),
        query.one_of("category", codes("categories").entries), query.one_of("source", codes("lead_sources").entries),
        query.one_of("outcome", codes("lead_outcomes").entries), _ordinal(first), _ordinal(last), scope=scope,
    )  # fmt: skip
    said: list[Any] = [
        subject and getattr(visitor.registry.agency(AgencyId(subject)), "name", ""),
        which.state and say(lang, f"screening.state_{which.state}"),
        grade and grade_words(lang, int(grade)),
        which.place and place_name(visitor.registry, which.place),
        which.category and label(lang, "categories", which.category),
        which.source and label(lang, "lead_sources", which.source),
        which.outcome and label(lang, "lead_outcomes", which.outcome),
        (first or last) and say(lang, "screening.dates", first=first or "…", last=last or "…"),
    ]
    return Asked(which, " · ".join(word for word in said if word) or say(lang, "screening.all_leads"))


def grade_words(lang: str, ordinal: int) -> str:
    """A grade in words; 0 = not graded."""
    return label(lang, "grades", f"{ordinal}") if ordinal else say(lang, "screening.ungraded")


def numbers(visitor: Visitor, rows: Iterable[Item]) -> Mapping[bytes, str]:
    """The numbers of the disputes that leads became, of those the person sees."""
    views, scope = visitor.parts.views, visitor.scope()
    wanted = {row["dispute"] for row in rows if row["dispute"] is not None}
    heads = views.desk.heads(wanted) if wanted else {}
    return {
        ident: head["number"]
        for ident, head in heads.items()
        if scope is None or sees(scope, views.roles.involved(ident))
    }  # fmt: skip


def can_on(visitor: Visitor, row: Item, act: str) -> bool:
    """Whether this person may do an act on the book a row stands in."""
    subject = visitor.registry.agency(AgencyId(row["subject"]))
    return subject is not None and may_on(visitor, subject, act)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _columns(visitor: Visitor, lang: str, known: Mapping[bytes, str]) -> list[Column]:
    c, registry = Cells(lang, "screening"), visitor.registry
    return [
        c.of("state", 10, lambda r: say(lang, f"screening.state_{r['state']}")),
        c.of("grade", 14, lambda r: grade_words(lang, r["ordinal"])), c.plain("raw", 8, "raw"),
        c.plain("book", 36, "subject_name"), c.plain("book_code", 20, "subject_code"),
        c.at("reported_at", "reported_at"), c.word("source", 14, "source", "lead_sources"),
        c.of("category", 18, lambda r: f"{r['category']} {label(lang, 'categories', r['category'])}"),
        c.plain("place_code", 15, "place"), c.of("place", 16, lambda r: place_name(registry, r["place"])),
        c.plain("people", 8, "people"), c.plain("summary", 40, "summary"), c.plain("measures", 40, "measures"),
        c.at("assessed_at", "assessed_at"), c.at("settled_at", "settled_at"),
        c.word("outcome", 14, "outcome", "lead_outcomes"), c.of("dispute", 18, lambda r: known.get(r["dispute"], "")),
        c.plain("receiver", 36, "receiver_name"), c.plain("note", 40, "note"),
        c.of("id", 38, lambda r: text(r["lead"])),
    ]  # fmt: skip
