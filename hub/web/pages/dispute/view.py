"""What the page of a dispute shows, put together from one reading of its events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from markupsafe import Markup
from starlette.requests import Request

from hub import words as w
from hub.aggregates.dispute.events import Party
from hub.policy.calendar import Calendar
from hub.words import DAY, AgencyId

from ...drawings import Due, Picture, Tongue, draw, picture, tongue
from ...drawings.words import role, short_name
from ...running import limits
from .. import when
from ..places import place_name
from ..render import address_with, label
from ..visitors import Visitor
from . import feed, legs, papers
from .case import Case
from .ladder import ladder
from .marking import marked, markup, whole
from .noted import noted
from .offers import offers
from .relapse import relapse
from .teller import Teller
from .why import Why, explain

DENSITIES: Final = ("full", "compact")
WIDE: Final = 1_300.0  # px from which the picture is wider than a page
START: Final = re.compile(r"\d{1,9}")
LIGHTS: Final = {when.SOON: "soon", when.LATE: "late", when.CRIT: "late"}


class Seat(NamedTuple):
    """Who held the dispute and how many sessions of theirs counted."""

    agency: bytes
    counted: int
    uncounted: int


class Names:
    """Agencies by id: ``short`` as text, ``called`` as markup, ``role`` as the second line of a lane."""

    def __init__(self, visitor: Visitor, words: Tongue) -> None:
        self._registry = visitor.registry
        self._words = words
        self._called: dict[bytes, Markup] = {}

    def short(self, agency: bytes) -> str:
        """Its short name; the id of an unknown one."""
        known = self._registry.agency(AgencyId(agency))
        return short_name(known.name) if known is not None else w.text(agency)

    def called(self, agency: bytes | None) -> Markup:
        """The short name, the registered one in its title."""
        if agency is None:
            return Markup("—")
        made = self._called.get(agency)
        if made is None:
            known = self._registry.agency(AgencyId(agency))
            title = known.name if known is not None else ""
            made = self._called[agency] = whole(self._words.lang, self.short(agency), title)
        return made

    def role(self, agency: bytes) -> str:
        """Its organ, else its level."""
        known = self._registry.agency(AgencyId(agency))
        return role(known.kind, known.level, self._words) if known is not None else ""


def view(request: Request, visitor: Visitor, case: Case, lang: str) -> dict[str, Any]:
    """The template's context."""
    pack, now, words = visitor.parts.pack, visitor.parts.clock.now(), tongue(lang)
    names = Names(visitor, words)
    teller = Teller(lang, partial(label, lang), names.called)
    asked = request.query_params
    start = asked.get("from", "")
    events = feed.feed(
        case.entries, teller, oldest_first=asked.get("feed") == "asc", start=int(start) if START.fullmatch(start) else 0
    )
    owed = limits(case, visitor.parts.policy) if not case.broken else []
    whys = [explain(limit, visitor.parts.policy, now, lang) for limit in owed]
    shown = _picture(case, now, names, words, whys, pack.calendar)
    drawn = draw(shown, names.short, link=lambda n: f"#leg-{n}", words=words) if not case.broken else None
    warn = {name: limit.warn for name, limit in pack.limits.items()}
    table = legs.rows(case, shown, owed, now, lang, warn) if not case.broken else []
    ended = _end(case, now)
    back = address_with(request, act=None, did=None)
    return {
        "case": case,
        "first": case.first,
        "place": place_name(visitor.registry, case.first["place"]),
        "grade": _grade(case),
        "parties": _parties(visitor, case),
        "offers": offers(visitor, case, lang, back),
        "feed": events,
        "whys": whys,
        "legs": table,
        "papers": papers.links(visitor, case, lang),
        "under_way": [row for row in table if row.waiting],
        "holds": shown.holds,
        "seats": _seats(case),
        "ladder": ladder(visitor, case, lang, now) if not case.broken else None,
        "relapse": relapse(visitor, case, lang, back) if not case.broken else [],
        "noted": noted(case, lang) if not case.broken else [],
        "days": max(1, -(-(ended - shown.holds[0].since) // DAY)),
        "ended_at": ended,
        "drawing": Markup(drawn.svg) if drawn else None,
        "wide": drawn is not None and drawn.width > WIDE,
        "legend": [(Markup(sign), text) for sign, text in drawn.legend] if drawn else [],
        "density": asked.get("density") if asked.get("density") in DENSITIES else DENSITIES[0],
        "kinds": words.kinds,
        "reasons": words.reasons,
        "called": names.called,
        "until": partial(when.until, lang),
        "marked": partial(marked, lang),
        "tm": partial(markup, lang),
    }


def news(visitor: Visitor, case: Case, since: int, lang: str) -> dict[str, Any]:
    """What a page that shows version ``since`` is told: how many events are behind it; when none, what is due next."""
    fresh = max(0, case.state.version - since)
    return {
        "case": case,
        "fresh": fresh,
        "whys": [] if fresh else _whys(visitor, case, lang),
        "called": Names(visitor, tongue(lang)).called,
        "tm": partial(markup, lang),
    }


def svg(visitor: Visitor, case: Case, lang: str) -> str:
    """The picture as a file of its own."""
    now, words = visitor.parts.clock.now(), tongue(lang)
    names = Names(visitor, words)
    shown = _picture(case, now, names, words, _whys(visitor, case, lang), visitor.parts.pack.calendar)
    return draw(shown, names.short, alone=True, words=words).svg


def _whys(visitor: Visitor, case: Case, lang: str) -> list[Why]:
    policy, now = visitor.parts.policy, visitor.parts.clock.now()
    return [explain(limit, policy, now, lang) for limit in limits(case, policy)] if not case.broken else []


def _picture(
    case: Case, now: int, names: Names, words: Tongue, whys: Sequence[Why], calendar: Calendar
) -> Picture:  # fmt: skip
    """The picture shows what the custodian owes, on the custodian's lane."""
    dues = [
        Due(why.name, why.due.at, LIGHTS.get(why.due.light, ""))
        for why in whys
        if why.limit.owed.debtor == case.state.custodian
    ]
    return picture(case.history(), now, dues, names.role, words, calendar)


def _end(case: Case, now: int) -> int:
    """Now, or the instant the dispute was closed or voided."""
    if case.state.status == w.OPEN:
        return now
    return max(e.at for e in case.entries if e.topic in ("dispute.closed", "dispute.voided"))


def _grade(case: Case) -> Mapping[str, Any] | None:
    return next((e.fields for e in reversed(case.entries) if e.topic == "dispute.graded"), None)


def _seats(case: Case) -> list[Seat]:
    """Sessions by custodian, in the order of first custody."""
    made: dict[bytes, Seat] = {}
    for entry in case.entries:
        f = entry.fields
        seat = made.setdefault(f["custodian"], Seat(f["custodian"], 0, 0))
        if entry.topic == "attempt.held":
            counts = bool(f["counted"])
            made[seat.agency] = seat._replace(counted=seat.counted + counts, uncounted=seat.uncounted + (not counts))
    return [seat for seat in made.values() if seat.counted or seat.uncounted]


class Side(NamedTuple):
    """A party: role and kind from the log; ``masked`` None = none was given or it was erased."""

    role: str
    kind: str
    masked: str | None


def _parties(visitor: Visitor, case: Case) -> list[Side]:
    """The parties in their order; masked names only for those who may see them."""
    parties: tuple[Party, ...] = case.first["parties"]
    masked: dict[int, str | None] = {}
    if parties and visitor.may("read.parties"):
        masked = {row.party: row.masked for row in visitor.parts.store.sealed.read(case.state.id)}
    return [Side(party.role, party.kind, masked.get(i)) for i, party in enumerate(parties)]
