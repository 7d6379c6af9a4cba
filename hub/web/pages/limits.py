"""限期清单 limits: the running limits behind a figure of the board, as a page, on paper and as a file.

Guarantee: the filter is the one the figure was counted with, so at the same position and instant the list has as many
limits as the figure says; the soonest or longest overdue first. Each row says who must act, who holds the dispute, and
offers what the board offers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.obligations import Filter, Moment
from hub.projections.obligations.filter import BUCKETS, LIGHTS, OVER

from ..exports.table import Column, Row, Sheet
from . import tables, when
from .board import meaning, nonce
from .board_shown import filter_words, owed
from .messages import say
from .places import place_name, seen
from .render import label, render
from .routes import bound_page
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.disputes")]
ROWS: Final = 50


class Offered(NamedTuple):
    """What the board's parts need to know of a page: when it is, who may act, where to come back to."""

    now: int
    acts: bool
    here: str
    wall: bool = False


@router.get("/limits", **bound_page("page.disputes"))
def limits(request: Request, visitor: Seen) -> Response:
    """The list."""
    lang, parts = taste_of(request).lang, visitor.parts
    wanted, moment = filter_of(request, visitor), Moment.of(parts.clock.now(), parts.pack)
    page, total = parts.views.board.limits(wanted, moment, cursor=Query(request, visitor).cursor(), limit=ROWS)
    registry, agency = visitor.registry, visitor.person.agency
    query = wanted.query()
    here = f"/limits?{query}" if query else "/limits"
    return render(
        request, visitor, "limits.html", here="board", position=page.position, parked=page.parked, wanted=wanted,
        rows=[owed(registry, lang, agency, moment, item) for item in page.items], next=page.next, total=total,
        shown=Offered(moment.now, visitor.may("act.person"), quote(here, safe="")), nonce=nonce, at=here,
        words=words_of(visitor, lang, wanted), board=wanted.but(names=(), light="", bucket="", age="", without=()),
        channels=CHANNELS, townships=seen(registry, visitor.scope()), names=w.OBLIGATIONS,
        lights=(OVER, *LIGHTS), buckets=BUCKETS,
        kinds=w.KINDS, agencies=_debtors(visitor, wanted), most=tables.MOST, place=tables.naming(visitor),
        called=tables.calling(visitor),
        debtor=w.agency_id(wanted.agencies[0]) if len(wanted.agencies) == 1 else None,
    )  # fmt: skip


@router.get("/limits.xlsx", **bound_page("page.disputes"))
def limits_file(request: Request, visitor: Seen) -> Response:
    """The same list as a file."""
    lang, parts = taste_of(request).lang, visitor.parts
    wanted, moment = filter_of(request, visitor), Moment.of(parts.clock.now(), parts.pack)
    title = say(lang, "cases.l_title")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        with parts.views.board.everything(wanted, moment, tables.MOST) as (position, total, items):
            told = Told(title, words_of(visitor, lang, wanted), position, total=total)
            write([Sheet(title, _columns(visitor, lang, moment), items)], told)

    return tables.file(request, visitor, "limits", title, fill)


def filter_of(request: Request, visitor: Visitor) -> Filter:
    """The figure's filter, and the person's scope. Problem ``request.query``."""
    return meaning(visitor, request.query_params.multi_items())


def words_of(visitor: Visitor, lang: str, wanted: Filter) -> str:
    """A filter in words."""
    said = [say(lang, f"board.owes_{name}") for name in wanted.names]
    if wanted.light:
        said.append(say(lang, "cases.l_over" if wanted.light == OVER else f"page.{wanted.light}"))
    if wanted.bucket:
        said.append(say(lang, f"board.bucket_{wanted.bucket}"))
    if wanted.age:
        said.append(age_words(lang, wanted.age, Moment.of(0, visitor.parts.pack)))
    if wanted.without:
        said.append(say(lang, "cases.l_without", n=len(wanted.without)))
    if wanted.channel or wanted.township or wanted.agencies or wanted.kind:
        said.append(filter_words(visitor.registry, lang, wanted, label(lang, "kinds", wanted.kind)))
    return " · ".join(said) or say(lang, "cases.f_none")


def age_words(lang: str, age: str, moment: Moment) -> str:
    """How long an unsigned referral has been waiting."""
    bounds, n = [when.length(lang, at) for at in moment.ages()], int(age[-1])
    if n == 0:
        return say(lang, "board.age_first", b=bounds[0])
    if n == len(bounds):
        return say(lang, "board.age_last", a=bounds[-1])
    return say(lang, "board.age_between", a=bounds[n - 1], b=bounds[n])


def _debtors(visitor: Visitor, wanted: Filter) -> list[Any]:
    """The agencies a debtor is chosen from: those of the scope, living ones, and those that are chosen."""
    scope = visitor.scope()
    known = visitor.registry.agencies.values()
    return sorted(
        (
            a
            for a in known
            if a.code in wanted.agencies or (a.state != w.DISSOLVED and (scope is None or a.id in scope))
        ),
        key=lambda a: a.code,
    )


def _columns(visitor: Visitor, lang: str, moment: Moment) -> list[Column]:
    c, registry, warn = Cells(lang, "cases"), visitor.registry, dict(moment.warn)

    def light(o: Row) -> str:
        return say(lang, f"page.{when.light_of(moment.now, o['since_at'], o['due_at'], warn[o['name']])}")

    return [
        c.of("light", 10, light), c.of("step", 14, lambda o: say(lang, f"board.owes_{o['name']}")),
        c.at("due_at", "due_at"), c.of("since_limit", 17, lambda o: tables.local_day(o["since_at"])),
        c.plain("number", 18, "number"),
        c.of("category", 18, lambda o: f"{o['category'] or ''} {label(lang, 'categories', o['category'] or '')}"),
        c.of("place", 16, lambda o: place_name(registry, o["place"] or "")),
        c.plain("debtor", 36, "debtor_name"), c.plain("debtor_code", 20, "debtor_code"),
        c.plain("custodian", 36, "custodian_name"), c.plain("creditor", 36, "creditor_name"),
        c.word("channel", 16, "channel", "channels"), c.word("kind", 12, "kind", "kinds"),
        c.plain("urges", 9, "urges"), c.of("supervised", 9, lambda o: tables.local_day(o["supervised_at"])),
        c.plain("rule", 16, "rule"), c.of("id", 38, lambda o: w.text(o["dispute"])),
    ]  # fmt: skip
