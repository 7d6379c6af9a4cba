"""全部案件 all disputes: one list with search and filters in its address, as a page, on paper and as a file.

Guarantee: only disputes of the person's scope are listed and counted; the newest registered first; a page's address
with its filters is a saved view, and the file holds exactly what the filter shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.ladder import KINDS
from hub.projections.reading import Item
from hub.projections.relapse import KINDS as RELAPSES

from ..api.codes import lists
from ..exports.table import Column, Sheet
from . import tables, when
from .cases_asked import FILTERS, asked
from .messages import say
from .places import place_name, seen
from .render import label, render
from .routes import bound_page
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.disputes")]
ROWS = 50


class Row(NamedTuple):
    """One dispute as it is listed. ``due``: of the limit that ends first, None when none runs; ``step``: what that
    limit is about.
    """

    item: Item
    due: when.Due | None
    step: str


@router.get("/disputes", **bound_page("page.disputes"))
def cases(request: Request, visitor: Seen) -> Response:
    """The list."""
    lang, now = taste_of(request).lang, visitor.parts.clock.now()
    want = asked(request, visitor, lang, now)
    found = visitor.parts.views.search.find(
        want.wanted, visible_to=visitor.scope(), cursor=Query(request, visitor).cursor(), limit=ROWS
    )
    registry = visitor.registry
    return render(
        request, visitor, "cases.html", here="disputes", position=found.page.position, parked=found.page.parked,
        want=want, rows=[row(visitor, lang, now, item) for item in found.page.items], next=found.page.next,
        total=found.total, more=found.more, filters=FILTERS, ladders=KINDS, relapses=RELAPSES, channels=CHANNELS,
        categories=lists()["categories"],
        townships=seen(registry, visitor.scope()), agencies=_custodians(visitor), most=tables.MOST,
        place=tables.naming(visitor),
        called=tables.calling(visitor),
    )  # fmt: skip


@router.get("/disputes.xlsx", **bound_page("page.disputes"))
def cases_file(request: Request, visitor: Seen) -> Response:
    """The same list as a file."""
    lang, now = taste_of(request).lang, visitor.parts.clock.now()
    want = asked(request, visitor, lang, now)
    title = say(lang, "cases.title")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        search = visitor.parts.views.search
        with search.everything(want.wanted, visible_to=visitor.scope(), most=tables.MOST) as listed:
            columns = _columns(visitor, lang, now) + (_of_ladder(lang) if want.wanted.ladder else [])
            sheet = Sheet(title, columns, listed.items)
            write([sheet], Told(title, want.words, listed.position, total=listed.total))

    return tables.file(request, visitor, "disputes", title, fill)


def row(visitor: Visitor, lang: str, now: int, item: Item) -> Row:
    """A dispute of the search as it is listed."""
    first = item["due"]
    due, step = None, ""
    if first is not None:
        warn = visitor.parts.pack.limits[first["name"]].warn
        due = when.due(lang, now, first["since_at"], first["due_at"], warn)
        step = say(lang, f"board.owes_{first['name']}")
    return Row(item, due, step)


def _of_ladder(lang: str) -> list[Column]:
    """Where a dispute stands on its ladder: of a list that is narrowed by it."""
    c = Cells(lang, "ladder")

    def of(key: str, width: int, cell: Callable[[Item], Any]) -> Column:
        return c.of(key, width, lambda r: None if r["ladder"] is None else cell(r["ladder"]))

    return [
        of("state", 12, lambda s: label(lang, "ladder_states", s["state"])),
        of("level", 16, lambda s: label(lang, "ladder_levels", s["level"])), of("tries", 9, lambda s: s["tries"]),
        of("total", 9, lambda s: s["total"]), of("required", 9, lambda s: s["required"]),
        of("due_next", 16, lambda s: label(lang, "ladder_nexts", s["due"]) if s["due"] else ""),
    ]  # fmt: skip


def _custodians(visitor: Visitor) -> list[Any]:
    """The agencies a custodian is chosen from: those of the scope, living ones only."""
    scope = visitor.scope()
    known = visitor.registry.agencies.values()
    living = (a for a in known if a.state != w.DISSOLVED and (scope is None or a.id in scope))
    return sorted(living, key=lambda a: a.code)


def _columns(visitor: Visitor, lang: str, now: int) -> list[Column]:
    c, registry = Cells(lang, "cases"), visitor.registry

    def due(key: str, width: int, cell: Callable[[Item], Any]) -> Column:
        return c.of(key, width, lambda r: None if r["due"] is None else cell(r["due"]))

    def light(first: Item) -> str:
        warn = visitor.parts.pack.limits[first["name"]].warn
        return say(lang, f"page.{when.light_of(now, first['since_at'], first['due_at'], warn)}")

    return [
        c.plain("number", 18, "number"), c.word("status", 9, "status", "dispute_states"),
        c.of("category", 18, lambda r: f"{r['category']} {label(lang, 'categories', r['category'])}"),
        c.plain("place_code", 15, "place"), c.of("place", 16, lambda r: place_name(registry, r["place"])),
        c.word("source", 16, "source", "sources"), c.at("registered_at", "registered_at"),
        c.plain("custodian", 36, "custodian_name"), c.plain("custodian_code", 20, "custodian_code"),
        c.at("since_at", "since_at"), c.word("channel", 16, "channel", "channels"),
        due("light", 10, light), due("step", 14, lambda o: say(lang, f"board.owes_{o['name']}")),
        due("debtor", 36, lambda o: o["debtor_name"]), due("due_at", 17, lambda o: tables.local_day(o["due_at"])),
        c.plain("limits", 9, "limits"), c.plain("legs", 9, "legs"),
        c.of("last", 18, lambda r: say(lang, f"case.type.{r['last_topic']}")), c.at("last_at", "last_at"),
        c.at("ended_at", "ended_at"), c.word("outcome", 20, "outcome", "outcomes"),
        c.of("id", 38, lambda r: w.text(r["dispute"])),
    ]  # fmt: skip
