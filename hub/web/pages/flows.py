"""流向 flows: who sends how much to whom, what comes back, how fast each agency picks up, as pictures and tables.

Guarantee: with a scope only referrals to or from its agencies are counted; pictures and tables are made of the same
figures, at one position that the page names; every share has its denominator. Figures of a scope and period are made
once for everybody who may see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.agencies.reads import rate
from hub.projections.flows import BANDS, Flowing
from hub.projections.flows.reads import Pickup
from hub.projections.obligations import Moment
from hub.projections.reading import Item
from hub.words import AgencyId

from ..drawings import flows as picture
from ..drawings.pickups import Span, spans
from ..drawings.words import short_name
from ..exports.table import Column, Row, Sheet
from . import periods, tables, when
from .messages import say
from .render import label, render
from .routes import bound_page
from .shared import Answer, shared_of
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.flows")]
DRAWN: Final = 100_000  # pairs that go into the picture; all but the strongest agencies share places there
PAIRS: Final = 40  # rows of the table
PICKED: Final = 20  # agencies of the picture of pick-up times
LAST: Final = 168 * w.HOUR  # where the scale of pick-up times ends


class Asked(NamedTuple):
    """What was asked for, with the filter in words."""

    wanted: Flowing
    period: str
    words: str


class Figures(NamedTuple):
    """All figures of the page, read one after the other; ``position``: the lowest of them."""

    position: int
    totals: Item
    pairs: list[Item]
    pickups: list[Pickup]


class Pictures(NamedTuple):
    """The drawn flows and pick-up times."""

    flows: Markup
    spans: Markup


@router.get("/flows", **bound_page("page.flows"))
def flows(request: Request, visitor: Seen) -> Response:
    """The page."""
    want = asked(request, visitor)
    found = figures(request, visitor, want.wanted)
    drawn = pictures(request, visitor, want.wanted, found)
    slowest = sorted((p for p in found.pickups if p.median is not None), key=lambda p: (-(p.median or 0), p.agency))
    return render(
        request, visitor, "flows.html", here="flows", position=found.position, want=want, totals=found.totals,
        pairs=found.pairs[:PAIRS], pickups=found.pickups[:PICKED], slowest=slowest[:1], agencies=len(found.pickups),
        drawing=drawn.flows, spans=drawn.spans,
        channels=CHANNELS, kinds=w.KINDS, periods=periods.PERIODS, rate=rate, most=tables.MOST,
    )  # fmt: skip


@router.get("/flows.xlsx", **bound_page("page.flows"))
def flows_file(request: Request, visitor: Seen) -> Response:
    """All pairs and all pick-up times as a file."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    title = say(lang, "flows.title")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        views = visitor.parts.views
        at, picked = views.flows.pickups(want.wanted)
        with views.flows.everything(want.wanted, tables.MOST) as (position, pairs):
            sheets = [
                Sheet(title, _pair_columns(lang), pairs, 2),
                Sheet(say(lang, "flows.picked"), _pickup_columns(visitor, lang), ({"pickup": p} for p in picked)),
            ]
            write(sheets, Told(title, want.words, min(at, position)))

    return tables.file(request, visitor, "flows", title, fill)


def asked(request: Request, visitor: Visitor) -> Asked:
    """Read the query. Problem ``request.query``."""
    query, lang = Query(request, visitor), taste_of(request).lang
    today = when.local(visitor.parts.clock.now()).date()
    period = periods.asked(query)
    first: date | None = periods.first_day(period, today)
    wanted = Flowing(
        query.one_of("channel", CHANNELS), query.one_of("kind", w.KINDS), first, None, visitor.scope()
    )  # fmt: skip
    said = [
        wanted.channel and label(lang, "channels", wanted.channel), wanted.kind and label(lang, "kinds", wanted.kind),
        periods.words(lang, period, first, today),
    ]  # fmt: skip
    return Asked(wanted, period, " · ".join(word for word in said if word))


def figures(request: Request, visitor: Visitor, wanted: Flowing) -> Figures:
    """The figures of a filter, shared by all who ask the same."""
    views = visitor.parts.views
    (position,) = views.positions(("flows",))

    def make() -> Answer[Figures]:
        totals, pairs = views.flows.totals(wanted), views.flows.pairs(wanted, DRAWN)
        at, picked = views.flows.pickups(wanted)
        lowest = min(totals.position, pairs.position, at)
        return Answer(Figures(lowest, totals.items[0], pairs.items, picked), lowest, lowest)

    return shared_of(request).get(("flows", wanted), position, make).value


def pictures(request: Request, visitor: Visitor, wanted: Flowing, found: Figures) -> Pictures:
    """Both pictures of these figures, drawn once for all who see the same."""
    lang = taste_of(request).lang

    def make() -> Answer[Pictures]:
        spans_of = Markup(_spans(visitor, lang, found.pickups[:PICKED]))
        return Answer(Pictures(Markup(_drawn(visitor, lang, found)), spans_of), found.position, found.position)

    return shared_of(request).get(("flows drawn", wanted, lang), found.position, make, eager=True).value


def _drawn(visitor: Visitor, lang: str, found: Figures) -> str:
    registry = visitor.registry

    def name(ident: bytes) -> str:
        known = registry.agency(AgencyId(ident))
        return short_name(known.name) if known is not None else ""

    def link(ident: bytes) -> str:
        known = registry.agency(AgencyId(ident))
        return f"/agencies/{known.code}" if known is not None else "/agencies"

    def group(ident: bytes) -> str:
        known = registry.agency(AgencyId(ident))
        return label(lang, "agency_kinds", known.kind) if known is not None else say(lang, "flows.d_others")

    total = found.totals
    drawn = [picture.Flow(p["sender"], p["receiver"], p["sent"], p["returned"]) for p in found.pairs]
    strongest = found.pairs[0] if found.pairs else None
    says = say(lang, "flows.d_none")
    if strongest is not None:
        ends = {"sender": name(strongest["sender"]), "receiver": name(strongest["receiver"])}
        says = say(lang, "flows.d_says", n=total["sent"], pairs=total["pairs"], most=strongest["sent"], **ends)
    words = picture.Words(
        say(lang, "flows.d_title"), say(lang, "flows.d_senders"), say(lang, "flows.d_receivers"),
        lambda kind, n: say(lang, "flows.d_rest", kind=kind, n=n),
        lambda a, b, sent, returned: say(lang, "flows.d_ribbon", a=a, b=b, n=sent, returned=returned), says,
    )  # fmt: skip
    return picture.draw(drawn, name, group, words, link)


def _spans(visitor: Visitor, lang: str, pickups: Sequence[Pickup]) -> str:
    registry = visitor.registry
    rows = []
    for p in pickups:
        known = registry.agency(AgencyId(p.agency))
        if p.low is None or p.median is None or p.high is None or known is None:
            continue
        figure = say(
            lang, "flows.s_figures", median=when.length(lang, p.median), signed=p.signed, received=p.received
        )  # fmt: skip
        rows.append(Span(short_name(known.name), p.low, p.median, p.high, figure, f"/agencies/{known.code}"))
    bounds = (0, *BANDS, LAST)
    labels = [say(lang, "flows.s_hours", n=b // w.HOUR) for b in bounds]
    sign = Moment.of(0, visitor.parts.pack).sign
    word = say(lang, "agency.limit", n=sign // w.HOUR)
    return spans(rows, bounds, labels, sign, word, say(lang, "flows.s_title"))


def _pair_columns(lang: str) -> list[Column]:
    c = Cells(lang, "agency")

    def share(field: str) -> Callable[[Row], Any]:
        return lambda r: float(rate(r[field], r["sent"]) or 0)

    return [
        c.plain("sender", 40, "sender_name"), c.plain("receiver", 40, "receiver_name"),
        c.plain("sender_code", 20, "sender_code"), c.plain("receiver_code", 20, "receiver_code"),
        c.plain("sent", 9, "sent"), c.plain("signed", 9, "signed"), c.plain("returned", 9, "returned"),
        c.of("returned_share", 10, share("returned")), c.plain("redirected", 9, "redirected"),
        c.of("redirected_share", 10, share("redirected")), c.plain("lapsed", 9, "lapsed"), c.plain("back", 9, "back"),
    ]  # fmt: skip


def _pickup_columns(visitor: Visitor, lang: str) -> list[Column]:
    c, registry = Cells(lang, "agency"), visitor.registry

    def agency(field: str) -> Callable[[Row], Any]:
        return lambda r: getattr(registry.agency(AgencyId(r["pickup"].agency)), field, "")

    def plain(key: str, field: str) -> Column:
        return c.of(key, 9, lambda r: getattr(r["pickup"], field))

    def hours(key: str, field: str) -> Column:
        def cell(r: Row) -> float | None:
            value = getattr(r["pickup"], field)
            return None if value is None else round(value / w.HOUR, 1)

        return c.of(key, 12, cell)

    return [
        c.of("name", 40, agency("name")), c.of("code", 20, agency("code")), plain("received", "received"),
        plain("signed", "signed"), hours("low_hours", "low"), hours("median_hours", "median"),
        hours("high_hours", "high"), plain("returned", "returned"), plain("returnable", "returnable"),
    ]  # fmt: skip
