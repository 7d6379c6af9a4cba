"""单位 one agency: who it is, what it holds and owes, how fast it picks up, what it returns, whom it works with.

Guarantee: who it is, is public to whoever may open the directory; all figures are shown only where the agency is in
the person's scope, for each of them is of disputes in which the agency has a role. Every rate has its denominator,
every figure leads to its list, and the page says as of which position it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.access import sees
from hub.projections.agencies.figures import GROUPS
from hub.projections.agencies.reads import rate
from hub.projections.flows import BANDS, Flowing
from hub.projections.flows.reads import Pickup
from hub.projections.obligations import Filter, Moment
from hub.projections.obligations.filter import LIGHTS, OVER
from hub.projections.reading import Item
from hub.projections.search import Found, Wanted
from hub.words import agency_id

from ..drawings.pickups import bars
from ..exports.table import Column, Sheet
from ..problems import Problem
from . import periods, tables, when
from .board_shown import Owed, owed
from .cases import Row, row
from .messages import say
from .render import render
from .routes import bound_page
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.agencies")]
NEAREST: Final = 10  # limits and disputes shown of those there are
PARTNERS: Final = 12


class Group(NamedTuple):
    """What an agency owes of one kind: 待签收, 待受理, 待反馈, 待办; by light; ``names``: the limits behind it."""

    name: str
    names: tuple[str, ...]
    lights: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.lights)


class Figures(NamedTuple):
    """All figures of an agency; ``position``: the lowest of the views they are read from."""

    position: int
    held: Found
    rows: list[Row]
    oldest: int | None
    groups: list[Group]
    owes: list[Owed]
    running: int
    pickup: Pickup | None
    senders: list[Item]
    receivers: list[Item]
    months: list[Item]


@router.get("/agencies/{code}", **bound_page("page.agencies"))
def agency(request: Request, code: str, visitor: Seen) -> Response:
    """The page."""
    known, lang, registry = _known(visitor, code), taste_of(request).lang, visitor.registry
    period, first, today = _period(request, visitor)
    figures = _figures(visitor, lang, known, first) if _seen(visitor, known) else None
    position = visitor.parts.writer.position if figures is None else figures.position
    return render(
        request, visitor, "agency.html", here="agencies", position=position, agency=known, figures=figures,
        place=tables.naming(visitor), below=registry.subordinates(known.id), lights=LIGHTS, over=OVER,
        picture=None if figures is None else Markup(_picture(lang, visitor, figures.pickup)),
        bands=_bands(lang), rate=rate, period=period, periods=periods.PERIODS, first=first, today=today,
        period_words=periods.words(lang, period, first, today), most=tables.MOST,
    )  # fmt: skip


@router.get("/agencies/{code}/figures.xlsx", **bound_page("page.agencies"))
def agency_file(request: Request, code: str, visitor: Seen) -> Response:
    """Its partners and months as a file. Problem ``access.denied`` outside the scope."""
    known, lang = _known(visitor, code), taste_of(request).lang
    if not _seen(visitor, known):
        raise Problem("access.denied", "code")
    period, first, today = _period(request, visitor)
    figures = _figures(visitor, lang, known, first)
    title = known.name

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        c = Cells(lang, "agency")
        sheets = [
            Sheet(say(lang, "agency.senders"), _partner_columns(c), figures.senders),
            Sheet(say(lang, "agency.receivers"), _partner_columns(c), figures.receivers),
            Sheet(say(lang, "agency.months"), _month_columns(c), figures.months),
        ]
        words = say(lang, "agency.of_period", period=periods.words(lang, period, first, today))
        write(sheets, Told(title, words, figures.position))

    return tables.file(request, visitor, f"agency-{known.code}", title, fill)


def _known(visitor: Visitor, code: str) -> Any:
    known = visitor.registry.agency(agency_id(code)) if len(code) <= tables.TEXT else None
    if known is None:
        raise Problem("agency.unknown", "code")
    return known


def _seen(visitor: Visitor, known: Any) -> bool:
    return visitor.may("page.disputes") and sees(visitor.scope(), (known.id,))


def _period(request: Request, visitor: Visitor) -> tuple[str, date | None, date]:
    today = when.local(visitor.parts.clock.now()).date()
    period = periods.asked(Query(request, visitor))
    return period, periods.first_day(period, today), today


def _figures(visitor: Visitor, lang: str, known: Any, first: date | None) -> Figures:
    parts, ident = visitor.parts, bytes(known.id)
    views, now = parts.views, parts.clock.now()
    moment = Moment.of(now, parts.pack)
    held = views.search.find(Wanted(status=w.OPEN, custodian=ident), limit=NEAREST)
    own = views.custody.held(ident)
    mine = Filter(agencies=(known.code,))  # every limit it owes is of a dispute it has a role in
    board = views.board.figures(mine, moment, today=0, over=0)
    page, running = views.board.limits(mine, moment, limit=NEAREST)
    wanted = Flowing(first=first)
    at, picked = views.flows.pickups(wanted, ident)
    partners_at, senders, receivers = views.flows.partners(ident, wanted, tables.MOST)
    months_at, months = views.flows.months(ident, Flowing())
    rows = [row(visitor, lang, now, item) for item in held.page.items]
    return Figures(
        min(held.page.position, own.position, board.position, page.position, at, partners_at, months_at), held, rows,
        own.items[0]["oldest_since_at"] if own.items else None, _groups(board.tallies),
        [owed(visitor.registry, lang, visitor.person.agency, moment, item) for item in page.items], running,
        picked[0] if picked else None, senders, receivers, months,
    )  # fmt: skip


def _groups(tallies: Sequence[Any]) -> list[Group]:
    lights: dict[str, list[int]] = {group: [0] * len(LIGHTS) for group in GROUPS.values()}
    for tally in tallies:
        for n, count in enumerate(tally.lights):
            lights[GROUPS[tally.name]][n] += count
    names: Mapping[str, list[str]] = {group: [n for n, g in GROUPS.items() if g == group] for group in lights}
    return [Group(group, tuple(names[group]), tuple(counts)) for group, counts in lights.items()]


def _bands(lang: str) -> list[str]:
    edges = [f"{end // w.HOUR}" for end in BANDS]
    labels = [say(lang, "agency.band_first", b=edges[0])]
    labels += [say(lang, "agency.band", a=a, b=b) for a, b in pairwise(edges)]
    return [*labels, say(lang, "agency.band_last", a=edges[-1])]


def _picture(lang: str, visitor: Visitor, pickup: Pickup | None) -> str:
    if pickup is None:
        return ""
    sign = Moment.of(0, visitor.parts.pack).sign
    limit = BANDS.index(sign) + 1 if sign in BANDS else None
    word = say(lang, "agency.limit", n=sign // w.HOUR)
    return bars(pickup.bands, _bands(lang), limit, word, say(lang, "agency.picture", n=pickup.signed))


def _partner_columns(c: Cells) -> list[Column]:
    return [
        c.plain("name", 40, "agency_name"), c.plain("code", 20, "agency_code"), c.plain("sent", 9, "sent"),
        c.plain("signed", 9, "signed"), c.plain("returned", 9, "returned"), c.plain("redirected", 9, "redirected"),
        c.plain("lapsed", 9, "lapsed"), c.plain("back", 9, "back"),
    ]  # fmt: skip


def _month_columns(c: Cells) -> list[Column]:
    return [
        c.plain("month", 10, "month"), c.plain("sent", 9, "sent"), c.plain("came_back", 12, "came_back"),
        c.plain("received", 9, "received"), c.plain("signed", 9, "signed"), c.plain("returned", 9, "returned"),
        c.of("median_hours", 14, lambda r: None if r["median"] is None else round(r["median"] / w.HOUR, 1)),
    ]  # fmt: skip
