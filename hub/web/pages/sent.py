"""移送清单 referrals: the list behind each term of sent = signed + returned + withdrawn + lapsed + pending.

Guarantee: with the filter of a figure the list has as many referrals as the figure says, at the same position: by the
sender when it was sent, within the person's scope, since the first day of the year unless other days are asked for.
What comes to one receiver is listed whoever sent it, of the disputes the person may see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.completeness import OUTCOMES, Sent
from hub.words import AgencyId

from ..exports.table import Column, Row, Sheet
from . import tables, when
from .messages import say
from .places import place_name, townships
from .render import label, render
from .routes import bound_page
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.disputes")]
ROWS: Final = 50
LOOKS: Final = {"signed": "ok", "returned": "late", "withdrawn": "calm", "lapsed": "crit", "pending": "soon"}
SIGNS: Final = {
    "signed": "signed", "returned": "return", "withdrawn": "withdraw", "lapsed": "lapse", "pending": "open",
}  # fmt: skip


class Asked(NamedTuple):
    """A list that was asked for, with the filter in words."""

    wanted: Sent
    sender: bytes | None
    township: str
    words: str


@router.get("/referrals", **bound_page("page.disputes"))
def referrals(request: Request, visitor: Seen) -> Response:
    """The list."""
    lang = taste_of(request).lang
    want = asked(request, visitor, lang)
    page, total = visitor.parts.views.sent.referrals(
        want.wanted, cursor=Query(request, visitor).cursor(), limit=ROWS
    )  # fmt: skip
    return render(
        request, visitor, "sent.html", here="board", position=page.position, parked=page.parked, want=want,
        rows=page.items, next=page.next, total=total, outcomes=OUTCOMES, kinds=w.KINDS, channels=CHANNELS, looks=LOOKS,
        signs=SIGNS, townships=townships(visitor.registry), agencies=_known(visitor), most=tables.MOST,
        called=tables.calling(visitor),
    )  # fmt: skip


@router.get("/referrals.xlsx", **bound_page("page.disputes"))
def referrals_file(request: Request, visitor: Seen) -> Response:
    """The same list as a file."""
    lang = taste_of(request).lang
    want = asked(request, visitor, lang)
    title = say(lang, "cases.r_title")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        with visitor.parts.views.sent.everything(want.wanted, tables.MOST) as (position, total, items):
            write([Sheet(title, _columns(lang), items)], Told(title, want.words, position, total=total))

    return tables.file(request, visitor, "referrals", title, fill)


def asked(request: Request, visitor: Visitor, lang: str) -> Asked:
    """Read the query. Problem ``request.query``, ``agency.unknown``."""
    query, registry = Query(request, visitor), visitor.registry
    today = when.local(visitor.parts.clock.now()).date()
    sender, receiver, township = query.agency("agency"), query.agency("receiver"), query.region("township")
    first, last = query.day("first") or date(today.year, 1, 1), query.day("last")
    scope = visitor.scope()
    senders = None if receiver is not None else scope
    for some in (
        frozenset(i for i, a in registry.agencies.items() if a.region.startswith(township)) if township else None,
        frozenset({sender}) if sender is not None else None,
    ):
        if some is not None:
            senders = some if senders is None else senders & some
    wanted = Sent(
        query.one_of("outcome", OUTCOMES), query.one_of("kind", w.KINDS), query.one_of("channel", CHANNELS), senders,
        receiver, first, last, scope if receiver is not None else None,
    )  # fmt: skip

    def name(ident: bytes) -> str:
        known = registry.agency(AgencyId(ident))
        return known.name if known is not None else ""

    said = [
        wanted.outcome and say(lang, f"board.{wanted.outcome}"),
        wanted.kind and label(lang, "kinds", wanted.kind),
        wanted.channel and label(lang, "channels", wanted.channel),
        township and place_name(registry, township),
        sender and say(lang, "cases.r_from", name=name(sender)),
        receiver and say(lang, "cases.r_to", name=name(receiver)),
        say(lang, "cases.r_dates", first=first, last=last or today),
    ]
    return Asked(wanted, sender, township, " · ".join(word for word in said if isinstance(word, str) and word))


def _known(visitor: Visitor) -> list[Any]:
    return sorted((a for a in visitor.registry.agencies.values()), key=lambda a: a.code)


def _columns(lang: str) -> list[Column]:
    c = Cells(lang, "cases")

    def took(row: Row) -> float | None:
        return None if row["at"] is None else round((row["at"] - row["sent_at"]) / w.HOUR, 1)

    return [
        c.of("outcome_sent", 10, lambda r: say(lang, f"board.{r['outcome']}")), c.at("sent_at", "sent_at"),
        c.at("outcome_at", "at"), c.of("took", 12, took), c.plain("number", 18, "number"),
        c.word("kind", 12, "kind", "kinds"), c.word("channel", 16, "channel", "channels"),
        c.plain("sender", 36, "sender_name"), c.plain("sender_code", 20, "sender_code"),
        c.plain("receiver", 36, "receiver_name"), c.plain("receiver_code", 20, "receiver_code"),
        c.of("referral_id", 38, lambda r: w.text(r["referral"])), c.of("id", 38, lambda r: w.text(r["dispute"])),
    ]  # fmt: skip
