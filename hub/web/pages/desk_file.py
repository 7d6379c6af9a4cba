"""The desk as a file: the rows of its tab and filter, without names of parties.

Guarantee: all rows are of one instant and add up to the tab's number; the file says its filter and position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.projections.obligations.desk import GROUPS, SENT
from hub.words import AgencyId

from ..drawings.words import short_name
from ..exports.table import Column, Row, Sheet, local
from . import tables, when
from .desk import ALL, asked_for, filter_words
from .messages import say
from .places import place_name
from .render import label
from .routes import bound_page
from .tables import Cells, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()


@router.get("/desk.xlsx", **bound_page("page.desk"))
def desk_file(request: Request, visitor: Annotated[Visitor, visiting("page.desk")]) -> Response:
    """The tab asked for, or all of them."""
    lang = taste_of(request).lang
    asked = asked_for(request, visitor)
    groups = (*GROUPS, SENT) if asked.tab == ALL else (asked.tab,)
    agency = visitor.registry.agency(asked.agency)
    title = f"{short_name(agency.name) if agency else ''} {say(lang, 'desk.title_other')}".strip()

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        reads = visitor.parts.views.desk
        with reads.everything(asked.agency, groups, asked.narrow, tables.MOST) as (position, rows):
            name = say(lang, f"desk.tab_{asked.tab}")
            told = Told(title, filter_words(visitor, lang, asked).striptags(), position)
            write([Sheet(name, _columns(visitor, lang), rows)], told)

    return tables.file(request, visitor, "desk", title, fill)


def _columns(visitor: Visitor, lang: str) -> list[Column]:
    c, registry, now = Cells(lang, "desk"), visitor.registry, visitor.parts.clock.now()
    limits = visitor.parts.pack.limits

    def light(o: Row) -> str:
        return say(lang, f"page.{when.light_of(now, o['since_at'], o['due_at'], limits[o['name']].warn)}")

    def name(field: str) -> Callable[[Row], str]:
        def named(o: Row) -> str:
            agency = registry.agency(AgencyId(o[field])) if o[field] else None
            return agency.name if agency is not None else ""

        return named

    return [
        c.of("group", 14, lambda o: say(lang, f"desk.tab_{o['group']}")), c.of("light", 10, light),
        c.of("due", 17, lambda o: local(o["due_at"])), c.of("since", 17, lambda o: local(o["since_at"])),
        c.plain("number", 20, "number"), c.word("category", 14, "category", "categories"),
        c.of("place", 18, lambda o: place_name(registry, o["place"])), c.word("limit", 12, "name", "obligations"),
        c.word("kind", 12, "kind", "kinds"),
        c.of("channel", 14, lambda o: label(lang, "channels", o["channel"] or o["last_channel"])),
        c.of("debtor", 34, name("debtor")), c.of("creditor", 34, name("creditor")),
        c.of("custodian", 34, name("custodian")), c.plain("urges", 10, "urges"),
    ]  # fmt: skip
