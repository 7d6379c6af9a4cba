"""What a list of disputes is asked for: the query's filters, and what a typed word means.

Guarantee: a filter is its query string, so an address is a saved view; what was typed never reaches the database but
as numbers, region digits, codes and ids that were looked up. A word that means nothing finds nothing.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final, NamedTuple

from starlette.requests import Request

from hub.aggregates.agency.registry import Registry
from hub.policy.pack import CHANNELS
from hub.projections.ladder import KINDS
from hub.projections.relapse import KINDS as RELAPSES
from hub.projections.search import Wanted, Words
from hub.words import AgencyId

from ..api.codes import lists
from ..drawings.words import short_name
from .messages import say
from .places import codes_of, place_name
from .render import label
from .tables import Query, begin_of
from .visitors import Visitor

NUMBER: Final = re.compile(r"(?:(\d{4,12})-)?(\d{4})-(\d{1,9})", re.ASCII)
SERIAL: Final = re.compile(r"\d{1,9}", re.ASCII)
PLACE: Final = re.compile(r"\d{6,12}", re.ASCII)
FILTERS: Final = (
    "q", "status", "channel", "category", "township", "custodian", "agency", "overdue", "ladder", "relapse",
    "since", "until",
)  # fmt: skip


class Asked(NamedTuple):
    """A list that was asked for. ``meaning``: how the typed word was understood; ``words``: the whole filter in words;
    ``chips``: filters that have no control on the page, as (name in the query, words).
    """

    wanted: Wanted
    q: str
    meaning: str
    words: str
    chips: tuple[tuple[str, str], ...]

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != Wanted()


def asked(request: Request, visitor: Visitor, lang: str, now: int) -> Asked:
    """Read the query. Problem ``request.query``, ``agency.unknown``."""
    query, registry = Query(request, visitor), visitor.registry
    q = query.text("q")
    since, until = query.day("since"), query.day("until")
    wanted = Wanted(
        status=query.one_of("status", ("open", "closed", "void")), channel=query.one_of("channel", CHANNELS),
        category=query.one_of("category", [item["code"] for item in lists()["categories"]]),
        place=query.region("township"), custodian=query.agency("custodian"), agency=query.agency("agency"),
        since=begin_of(since), until=begin_of(until + timedelta(days=1)) if until else None,
        late_at=now if query.flag("overdue") else None, ladder=query.one_of("ladder", KINDS),
        relapse=query.one_of("relapse", RELAPSES),
    )  # fmt: skip
    meaning = ""
    if q:
        words = understood(registry, q)
        wanted = wanted._replace(words=words)
        meaning = _meaning(lang, words)
    chips = _chips(registry, lang, wanted)
    said = [say(lang, "cases.f_q", q=q)] if q else []
    said += _said(lang, registry, wanted, chips)
    if since or until:
        said.append(say(lang, "cases.f_dates", since=since or "…", until=until or "…"))
    return Asked(wanted, q, meaning, " · ".join(said) or say(lang, "cases.f_none"), chips)


def understood(registry: Registry, q: str) -> Words:
    """What a typed word may mean: a number or its end; else agencies, places, categories by name or code."""
    number = NUMBER.fullmatch(q)
    if number is not None:
        region, year, serial = number.groups()
        return Words(serial=int(serial), number=f"{region or '%'}-{year}-%")
    if SERIAL.fullmatch(q):
        categories = tuple(c for c in _categories() if c == q)
        return Words(int(q), "", (), (q,) if PLACE.fullmatch(q) else (), categories)
    if PLACE.fullmatch(q):
        return Words(places=(q,))
    low = q.casefold()
    agencies = tuple(
        ident
        for ident, a in registry.agencies.items()
        if low in a.name.casefold() or low in short_name(a.name).casefold() or a.code.casefold().startswith(low)
    )
    categories = tuple(c for c, words in _categories().items() if any(low in word for word in words))
    return Words(None, "", agencies, shortest(codes_of(registry, q)), categories)


def _categories() -> dict[str, tuple[str, str]]:
    return {item["code"]: (item["zh"], item["en"].casefold()) for item in lists()["categories"]}


def shortest(codes: list[str]) -> tuple[str, ...]:
    """Codes that begin with another of them say nothing more."""
    found: list[str] = []
    for code in sorted(codes):
        if not found or not code.startswith(found[-1]):
            found.append(code)
    return tuple(found)


def _meaning(lang: str, words: Words) -> str:
    if words.number:
        return say(lang, "cases.means_number")
    counts = (
        ("means_serial", int(words.serial is not None)), ("means_agencies", len(words.agencies)),
        ("means_places", len(words.places)), ("means_categories", len(words.categories)),
    )  # fmt: skip
    said = [say(lang, f"cases.{key}", n=n) for key, n in counts if n]
    return say(lang, "cases.and").join(said)


def _chips(registry: Registry, lang: str, wanted: Wanted) -> tuple[tuple[str, str], ...]:
    chips = []
    if wanted.agency is not None:
        chips.append(("agency", say(lang, "cases.f_agency", name=_name(registry, wanted.agency))))
    if len(wanted.place) > 9 or (wanted.place and len(wanted.place) < 9):
        chips.append(("township", say(lang, "cases.f_place", name=place_name(registry, wanted.place))))
    return tuple(chips)


def _said(lang: str, registry: Registry, wanted: Wanted, chips: tuple[tuple[str, str], ...]) -> list[str]:
    said: list[Any] = [
        wanted.status and label(lang, "dispute_states", wanted.status),
        wanted.channel and label(lang, "channels", wanted.channel),
        wanted.category and label(lang, "categories", wanted.category),
        wanted.place and len(wanted.place) == 9 and place_name(registry, wanted.place),
        wanted.custodian and say(lang, "cases.f_custodian", name=_name(registry, wanted.custodian)),
        wanted.late_at is not None and say(lang, "cases.overdue"),
        wanted.relapse and say(lang, "relapse.filtered", what=label(lang, "relapse_states", wanted.relapse)),
        wanted.ladder and say(lang, "ladder.filtered", what=say(lang, f"ladder.is_{wanted.ladder}")),
    ]
    return [word for word in said if word] + [words for _, words in chips]


def _name(registry: Registry, ident: bytes) -> str:
    known = registry.agency(AgencyId(ident))
    return known.name if known is not None else ""
