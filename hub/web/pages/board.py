"""看板 the board: what nobody has signed, what is overdue and by whom, what ends today, and that nothing is lost.

Guarantee: all figures of one board are of one position and one instant, and it says which; a person sees the disputes
of their scope and nothing of others, not even in a sum. The part that changes with the log (``board_body.html``) is
made once for everybody who may see the same and is the same for all of them: it holds no token of any session.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.obligations import BadFilter, Figures, Filter, Moment

from ..drawings.days import day_off, holiday_name
from ..problems import Problem
from . import when
from .board_shown import OVER_ROWS, OVER_WALL, TODAY_ROWS, TODAY_WALL, Shown, filter_words
from .forms_agency import code_of, meant, shown_name
from .messages import say
from .places import place_name, seen
from .render import label, pack, part_of, render, send
from .routes import bound_page
from .shared import Answer, shared_of
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
VIEWS: Final = ("obligations", "custody", "completeness", "roles", "ladder")
PAST: Final = 10 * when.MINUTE  # after eight o'clock: until then views may still be catching up with that instant
KEPT: Final = ("channel", "township", "agency", "kind")  # of the query: what the board's own filters are


class Board(NamedTuple):
    """A board ready to be sent: its figures, its body as text, and as it is sent to a page that renews itself."""

    shown: Shown
    body: str
    packed: bytes


@router.get("/board", **bound_page("page.board"))
def board(request: Request, visitor: Annotated[Visitor, visiting("page.board")]) -> Response:
    """The board; ``?wall=1`` for a wall screen. With ``X-Live`` (a position): only its body, at least that new."""
    wanted = filter_of(request, visitor)
    wall = request.query_params.get("wall") == "1"
    made = of(request, visitor, wanted, wall=wall, least=least(request, visitor))
    if "x-live" in request.headers:
        return send(request, made.body, headers={"X-Position": str(made.shown.figures.position)}, packed=made.packed)
    shown = made.shown
    lang = shown.lang
    context = head(request, visitor, wanted, lang) | {
        "here": "board", "position": shown.figures.position, "parked": shown.figures.parked,
        "shown": shown, "body": Markup(made.body), "wanted": wanted, "live_at": _address(wanted, wall), "nonce": nonce,
        "filter_words": filter_words(visitor.registry, lang, wanted, label(lang, "kinds", wanted.kind)),
    }  # fmt: skip
    if wall:
        return render(request, visitor, "board_wall.html", **context | {"theme": "wall"})
    return render(request, visitor, "board.html", **context)


def filter_of(request: Request, visitor: Visitor) -> Filter:
    """The board's own filters, and the person's scope. Problem ``request.query``."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k in KEPT]
    return meaning(visitor, pairs)


def meaning(visitor: Visitor, pairs: Iterable[tuple[str, str]]) -> Filter:
    """The filter of a query in which agencies stand by code or by name. Problem ``request.query``: also for a name
    nobody bears, and then it says which there are.
    """
    made = []
    for name, value in pairs:
        if name == "agency" and value.strip():
            code = code_of(visitor.registry, value.strip())
            if not code.isascii():
                raise Problem("request.query", "agency", ", ".join(meant(visitor.registry, value)[1]))
            made.append((name, code))
        else:
            made.append((name, value))
    try:
        return Filter.from_query(made, visitor.scope())
    except BadFilter as why:
        raise Problem("request.query", why.field) from None


def least(request: Request, visitor: Visitor) -> int:
    """The position the answer must have reached: what a live page was told of; all there is for who has just acted."""
    if "did" in request.query_params:
        return visitor.parts.writer.position
    given = request.headers.get("x-live", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def of(request: Request, visitor: Visitor, wanted: Filter, *, wall: bool = False, least: int = 0) -> Board:
    """The board of a filter, shared by all who see the same."""
    figures, past = figures_of(request, visitor, wanted, least=least)
    lang = taste_of(request).lang
    acts = visitor.may("act.person") and not wall

    def make() -> Answer[Board]:
        shown = Shown(figures, past, visitor.registry, lang, visitor.person.agency, acts, wall)
        template = "board_body_wall.html" if wall else "board_body.html"
        body = part_of(request, visitor, template, shown=shown, place=partial(place_name, visitor.registry))
        return Answer(Board(shown, body, pack(body)), stamp, figures.position)

    stamp = (figures.position, figures.moment, len(past) and past[-1])
    key = ("board", wanted, lang, visitor.person.agency, acts, wall)
    return shared_of(request).get(key, stamp, make, eager=True).value


def figures_of(
    request: Request, visitor: Visitor, wanted: Filter, *, least: int = 0
) -> tuple[Figures, list[tuple[int, int]]]:
    """The figures and the last 30 days, shared by all who ask the same."""
    parts = visitor.parts
    views, shared = parts.views, shared_of(request)
    now = parts.clock.now()
    position = min(views.positions(VIEWS))
    since = (now - when.start_of_day(now) - 8 * w.HOUR) % w.DAY  # since eight o'clock: what was then stays as it was
    day = ((now - since) // w.DAY, min(since // PAST, 1), position > 0)

    def make() -> Answer[Figures]:
        moment = Moment.of(parts.clock.now(), parts.pack)
        rows = {"today": max(TODAY_ROWS, TODAY_WALL), "over": max(OVER_ROWS, OVER_WALL)}
        found = views.board.figures(wanted, moment, **rows)
        return Answer(found, (found.position, moment.now // when.MINUTE), found.position)

    def make_past() -> Answer[list[tuple[int, int]]]:
        found = views.board.history(wanted, Moment.of(now, parts.pack))
        return Answer(found, day, position)

    figures = shared.get(("figures", wanted), (position, now // when.MINUTE), make, least=min(least, position)).value
    past = shared.get(("past", wanted), day, make_past).value
    return figures, past


def head(request: Request, visitor: Visitor, wanted: Filter, lang: str) -> dict[str, Any]:
    """What stands above the figures: the day and the filters' choices, as far as the person's scope goes."""
    return {
        "channels": CHANNELS, "kinds": w.KINDS, "townships": seen(visitor.registry, wanted.scope),
        "agencies": choices(request, visitor, wanted), "day_word": day_word(lang, visitor.parts.clock.now()),
        "pack": visitor.parts.pack.id,
    }  # fmt: skip


class Choices(NamedTuple):
    """What a field proposes for an agency (by name, else by code), how many there are, and the name of the chosen."""

    options: Markup
    many: int
    chosen: str


def choices(request: Request, visitor: Visitor, wanted: Filter) -> Choices:
    """The living agencies of a person's scope. Made once until the registry changes: it is four hundred names."""
    registry, scope = visitor.registry, wanted.scope

    def make() -> Answer[Choices]:
        known = registry.agencies.values()
        found = sorted((a.code, a.id) for a in known if a.state != w.DISSOLVED and (scope is None or a.id in scope))
        option = Markup('<option value="{}">{}</option>')
        made = [option.format(shown_name(registry, ident) or code, code) for code, ident in found]
        picked = wanted.agencies[0] if len(wanted.agencies) == 1 else ""
        chosen = shown_name(registry, w.AgencyId(w.agency_id(picked))) or picked if picked else ""
        return Answer(Choices(Markup("").join(made), len(found), chosen), registry, 0)

    return shared_of(request).get(("agencies", scope, wanted.agencies), registry, make, eager=True).value


def day_word(lang: str, now: int) -> str:
    """Working day, weekend, or the holiday's name."""
    off = day_off(when.local(now).date())
    if off is None:
        return say(lang, "board.workday")
    return holiday_name(lang, off) if off else say(lang, "board.weekend")


def nonce() -> str:
    """A form's number: a form sent twice is one act."""
    return secrets.token_urlsafe(24)


def _address(wanted: Filter, wall: bool) -> str:
    query = "&".join(part for part in (wanted.query(), "wall=1" if wall else "") if part)
    return f"/board?{query}" if query else "/board"
