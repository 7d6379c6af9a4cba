"""待办: one agency's desk. What it has to sign for, accept, answer and do, the soonest first, each with its buttons.

Guarantee: every running limit of the agency is on it, and the tabs' numbers add up to all of them as of the position
named; a person sees desks of agencies in their scope and acts only from their own. A desk of thousands of rows comes
in pages, group by group. All of it works without script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.aggregates.agency.registry import Agency
from hub.policy.pack import CHANNELS
from hub.projections.obligations.desk import ACCEPT, ACT, ASSIST, FEEDBACK, GROUPS, SENT, SIGN, Desk, Narrow
from hub.projections.reading import Item, Page
from hub.words import AgencyId

from .acts_problem import marked, registered
from .acts_send import new_number
from .desk_rows import Row, made, short, whose
from .forms import BULK
from .messages import say
from .places import place_name
from .render import render
from .routes import bound_page
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
ALL: Final = "all"
TABS: Final = (ALL, *GROUPS, SENT)
AT_FIRST: Final = 20  # rows of each group where all groups are shown
ON_PAGE: Final = 100  # rows of one group on a page of its own
NUMBER: Final = re.compile(r"[0-9-]{1,24}", re.ASCII)
LIMITS: Final = {SIGN: w.SIGN, ACCEPT: w.ACCEPT, FEEDBACK: w.FEEDBACK, ACT: w.PROGRESS, SENT: w.SIGN}
BULK_OF: Final = {SIGN: ("sign",), ASSIST: ("sign",), ACT: ("acknowledge",), SENT: ("urge",)}


@dataclass(frozen=True)
class Asked:
    """What a desk is asked for, from its address. Wrong values count for nothing."""

    agency: AgencyId
    tab: str
    narrow: Narrow
    cursor: str | None
    code: str = ""

    def href(self, **changes: Any) -> str:
        """The same desk with changes; the page starts anew."""
        n = self.narrow
        found = {
            "agency": self.code, "tab": "" if self.tab == ALL else self.tab, "channel": n.channel, "place": n.place,
            "q": n.number,
        } | changes  # fmt: skip
        query = urlencode({k: v for k, v in found.items() if v and not (k == "tab" and v == ALL)})
        return f"/desk?{query}" if query else "/desk"


@dataclass(frozen=True)
class Group:
    """One group of rows. ``more``: there are further ones on a page of its own; ``following``: the next page's
    cursor.
    """

    name: str
    size: int
    rows: list[Row]
    note: str
    more: bool
    following: str | None

    @property
    def shown(self) -> int:
        """How many of them stand on this page."""
        return len(self.rows)


@router.get("/desk", **bound_page("page.desk"))
def desk(request: Request, visitor: Annotated[Visitor, visiting("page.desk")]) -> Response:
    """The desk, all groups or one."""
    lang = taste_of(request).lang
    asked = asked_for(request, visitor)
    alone = asked.tab != ALL
    whole = visitor.parts.views.desk.whole(
        asked.agency, visitor.parts.clock.now(), (asked.tab,) if alone else (*GROUPS, SENT), asked.narrow,
        cursor=asked.cursor if alone else None, limit=ON_PAGE if alone else AT_FIRST,
    )  # fmt: skip
    sizes = whole.desk
    groups = [_group(visitor, lang, asked, name, sizes.sizes[name].total, page) for name, page in whole.rows.items()]
    acting = visitor.may("act.person")
    mine = asked.agency == visitor.person.agency
    return render(
        request, visitor, "desk.html", asked=asked, sizes=sizes, groups=groups, tabs=_tabs(asked, sizes),
        position=sizes.position, parked=sizes.parked, here="desk", mine=mine, acting=acting, number=new_number(),
        keys_here={button.key for group in groups for row in group.rows for button in row.buttons},
        bulk=[act for act in BULK if acting and any(act in _bulk(g, mine) for g in groups)],
        agency=visitor.registry.agency(asked.agency), choice=_choice(visitor),
        places=_places(visitor, asked, whole.places),
        channels=[(c, short(lang, "channel", c)) for c in CHANNELS], back=asked.href(cursor=asked.cursor or ""),
        ticked=request.query_params.get("ticked") == "1", pack=visitor.parts.pack, marked=partial(marked, lang),
        registered=partial(registered, lang), filtered=filter_words(visitor, lang, asked),
    )  # fmt: skip


@router.get("/desk/tabs", **bound_page("page.desk"))
def tabs(request: Request, visitor: Annotated[Visitor, visiting("page.desk")]) -> Response:
    """The tabs with their numbers of now, for a page that stays open."""
    asked = asked_for(request, visitor)
    sizes = visitor.parts.views.desk.sizes(asked.agency, visitor.parts.clock.now(), asked.narrow)
    return render(
        request, visitor, "desk_tabs.html", headers={"X-Position": str(sizes.position)}, asked=asked, sizes=sizes,
        tabs=_tabs(asked, sizes), position=sizes.position,
    )  # fmt: skip


def asked_for(request: Request, visitor: Visitor) -> Asked:
    """What the address asks for. Problem ``agency.unknown``, ``access.denied``."""
    query = request.query_params
    code = query.get("agency", "").strip()[:64]
    agency = whose(visitor, code)
    channel, number = query.get("channel", ""), query.get("q", "").strip()
    place = query.get("place", "")[:200]
    narrow = Narrow(
        channel if channel in CHANNELS else "", place if place.isprintable() else "",
        number if NUMBER.fullmatch(number) else "",
    )  # fmt: skip
    tab = query.get("tab", ALL)
    if agency == visitor.person.agency:
        code = ""
    return Asked(agency, tab if tab in TABS else ALL, narrow, query.get("cursor") or None, code)


def filter_words(visitor: Visitor, lang: str, asked: Asked) -> Markup:
    """Tab and filter in words, for paper."""
    n = asked.narrow
    said = [say(lang, f"desk.tab_{asked.tab}")]
    said += [short(lang, "channel", n.channel)] if n.channel else []
    said += [registered(lang, place_name(visitor.registry, n.place))] if n.place else []
    said += [n.number] if n.number else []
    return Markup(" · ").join(said)


def _bulk(group: Group, mine: bool) -> tuple[str, ...]:
    """What may be done at once with the rows of a group."""
    acts = {button.act for row in group.rows for button in row.buttons}
    return tuple(act for act in (BULK_OF.get(group.name, ()) if mine else ("urge",)) if act in acts)


def _group(visitor: Visitor, lang: str, asked: Asked, name: str, size: int, found: Page[Item]) -> Group:
    alone = asked.tab != ALL
    rows = made(visitor, lang, asked.agency, found.items)
    following = found.next if alone else None
    return Group(name, size, rows, _note(visitor, lang, name), bool(found.next and not alone), following)


def _note(visitor: Visitor, lang: str, name: str) -> str:
    """What this group's limit is and what it means for custody, from the rules in force."""
    limit = visitor.parts.pack.limits[LIMITS.get(name, w.ACCEPT)]
    span = say(lang, f"desk.span_{limit.unit}", n=limit.amount)
    accept = visitor.parts.pack.limits[w.ACCEPT]
    lapse = say(lang, f"desk.span_{accept.unit}", n=accept.amount)
    return say(lang, f"desk.note_{name}", span=span, lapse=lapse)


def _tabs(asked: Asked, sizes: Desk) -> list[tuple[str, int, int, str]]:
    """(name, how many, overdue, address) of each tab."""
    found = [(ALL, sizes.owed.total, sizes.owed.overdue, asked.href(tab=""))]
    for name in (*GROUPS, SENT):
        size = sizes.sizes[name]
        found.append((name, size.total, size.overdue, asked.href(tab=name)))
    return found


def _choice(visitor: Visitor) -> list[Agency]:
    """Whose desks one may look at besides one's own."""
    scope = visitor.scope()
    found = [a for a in visitor.registry.agencies.values() if scope is None or a.id in scope]
    return sorted(found, key=lambda a: (len(a.region), a.code)) if len(found) > 1 else []


def _places(visitor: Visitor, asked: Asked, on_desk: list[str]) -> list[tuple[str, str]]:
    """(code or words, name) of the places on this desk, and the one asked for."""
    place = asked.narrow.place
    found = [*on_desk, place] if place and place not in on_desk else on_desk
    return [(place, place_name(visitor.registry, place)) for place in found if place]
