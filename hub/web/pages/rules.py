"""规则与日历: the limits of each pack with their basis, a year of working days in a region, and the preview of a date.

Guarantee: everything shown is the pack's and the calendar's own; a previewed date comes from the functions that set
real ones. What no rule of law sets is marked as the hub's default.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from functools import partial
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.policy import Dated, Limit, Pack, Policy
from hub.policy.calendar import Calendar, midnight
from hub.policy.explain import explain
from hub.policy.pack import CHANNELS, EMERGENCY
from hub.policy.pack_reading import KINDS
from hub.policy.shown import Shown
from hub.words import HOUR, SECOND, AgencyId

from ..api.codes import lists
from ..api.explained import rules
from ..problems import Problem
from . import when
from .dispute.marking import marked
from .dispute.why import Step, awaited, basis_of, step
from .messages import say, texts
from .places import place_name
from .render import label, render
from .routes import bound_page
from .rules_year import year
from .tables import Query
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.rules")]
REGION: Final = re.compile(r"[0-9]{0,12}")
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
FIRST, LAST = 2000, 2050  # years the calendar keeps in tables


class Row(NamedTuple):
    """A limit of a pack, in words. ``special``: it stands in for the one above it, for a channel or a kind."""

    key: str
    name: str
    special: str
    amount: str
    start: str
    end: str
    more: tuple[str, ...]
    warn: str
    limit: Limit


class Clock(NamedTuple):
    """A clock of another procedure, in words."""

    code: str
    amount: str
    start: list[str]
    until: list[str]
    limit: Limit


class Preview(NamedTuple):
    """The answer to "if it starts then". ``pack``: the one of that day; no ``step``: it has no such limit."""

    pack: str
    name: str
    rule: str
    due: str
    iso: str
    step: Step | None
    awaited: tuple[str, ...]
    limit: Limit | None


@router.get("/rules", **bound_page("page.rules"))
def rules_page(request: Request, visitor: Seen) -> Response:
    """The page. Problem ``request.query``."""
    lang, policy, now = taste_of(request).lang, visitor.parts.policy, visitor.parts.clock.now()
    packs = policy.packs if isinstance(policy, Policy) else (visitor.parts.pack,)
    query = Query(request, visitor)
    chosen = query.one_of("pack", {pack.id: pack for pack in packs}) or visitor.parts.pack.id
    pack = next(pack for pack in packs if pack.id == chosen)
    calendar, today = pack.calendar, when.local(now)
    asked_year = query.one_of("year", [str(n) for n in range(FIRST, LAST + 1)])
    region = _region(request, visitor, calendar)
    on, at = query.text("on") or f"{today:%Y-%m-%d}", query.text("at") or f"{today:%H:%M}"
    shown_year = year(calendar, int(asked_year or today.year), region, today.date(), lang)
    keys = _keys(packs, lang)
    key = query.one_of("limit", dict(keys)) or "accept"
    return render(
        request, visitor, "rules.html", here="rules", packs=packs, pack=pack, current=visitor.parts.pack.id,
        rows=[_row(lang, *entry) for entry in rules(pack)], channels=[(c, pack.by_consent(c)) for c in CHANNELS],
        clocks=[_clock(lang, code, shown) for code, shown in pack.shown.items()], year=shown_year,
        region=region, regions=_regions(visitor, calendar, region), keys=keys, key=key, on=on, at=at,
        preview=preview(policy, key, _start(on, at), region, now, lang),
        first=FIRST, last=LAST, marked=partial(marked, lang), basis_of=basis_of,
    )  # fmt: skip


def preview(policy: Dated, key: str, start: int, region: str, now: int, lang: str) -> Preview:
    """When a limit that starts at this instant ends, by the pack of that day."""
    pack = policy.at(start)
    found = next(((o, c, k, limit) for o, c, k, limit in rules(pack) if limit.key == key), None)
    if found is None:
        return Preview(pack.id, "", "", "", "", None, (), None)
    told = explain(found[3], start, pack.calendar, region)
    return Preview(
        pack.id, _words(lang, *found[:3]), told.rule, when.until(lang, told.at), when.iso(told.at),
        step(told, now, lang), awaited([told], pack.calendar, lang), found[3],
    )  # fmt: skip


def _row(lang: str, obligation: str, channel: str, kind: str, limit: Limit) -> Row:
    unit = say(lang, f"rules.unit_{limit.unit}", n=limit.amount)
    more = []
    if limit.extension is not None:
        own = limit.extension
        amount = say(lang, f"rules.unit_{own.unit}", n=own.amount) if own.amount else say(lang, "rules.as_agreed")
        times = say(lang, "rules.times", n=own.max_times) if own.max_times else say(lang, "rules.no_bound")
        more.append(say(lang, "rules.extension", amount=amount, times=times))
        more += [say(lang, "rules.both_agree")] if own.both_parties_consent else []
    if limit.pauses:
        words = say(lang, "case.comma").join(label(lang, "pause_reasons", reason) for reason in sorted(limit.pauses))
        more.append(say(lang, "rules.pauses", what=words))
    more += [say(lang, "rules.restarts", what=_start_words(lang, name)) for name in limit.restart]
    end = say(lang, "rules.rolls" if limit.roll else "rules.no_roll" if limit.unit != "hour" else "rules.to_the_hour")
    return Row(
        limit.key, _name(lang, obligation), _special(lang, channel, kind), unit, _start_words(lang, limit.start), end,
        tuple(more), say(lang, "rules.unit_hour", n=limit.warn // HOUR), limit,
    )  # fmt: skip


def _clock(lang: str, code: str, shown: Shown) -> Clock:
    amount = say(lang, f"rules.unit_{shown.limit.unit}", n=shown.limit.amount)
    start, until = ([_happening(lang, name) for name in sorted(names)] for names in (shown.start, shown.until))
    return Clock(code, amount, start, until, shown.limit)


def _happening(lang: str, name: str) -> str:
    """An event, or a step of a procedure, in words."""
    if "/" in name:
        return f"{label(lang, 'procedures', name.partition('/')[0])} {label(lang, 'steps', name)}"
    return say(lang, key) if (key := f"case.type.{name}") in texts() else name


def _name(lang: str, obligation: str) -> str:
    key = f"case.o_{obligation}"
    return say(lang, key if key in texts() else "rules.legal")


def _special(lang: str, channel: str, kind: str) -> str:
    words = [label(lang, "channels", channel)] if channel else []
    if kind == EMERGENCY:
        words.append(say(lang, "rules.emergency"))
    elif "/" in kind:
        words.append(_happening(lang, kind))
    elif kind:
        words.append(label(lang, "kinds", kind) if kind in KINDS else _grade(lang, kind))
    return " · ".join(words)


def _words(lang: str, obligation: str, channel: str, kind: str) -> str:
    return " · ".join(filter(None, (_name(lang, obligation), _special(lang, channel, kind))))


def _grade(lang: str, kind: str) -> str:
    """A report's grade; one that only an operator's own pack names reads as itself."""
    key = f"rules.grade_{kind}"
    return say(lang, "rules.grade", grade=say(lang, key) if key in texts() else kind)


def _start_words(lang: str, name: str) -> str:
    """What a limit runs from; an event that only an operator's own pack names reads as itself."""
    key = f"rules.from_{name.replace('.', '_')}"
    return say(lang, key) if key in texts() else name


def _keys(packs: Sequence[Pack], lang: str) -> list[tuple[str, str]]:
    """Every limit of any pack that may be previewed, with its words."""
    found: dict[str, str] = {}
    for pack in packs:
        for obligation, channel, kind, limit in rules(pack):
            found.setdefault(limit.key, _words(lang, obligation, channel, kind))
    return list(found.items())


def _region(request: Request, visitor: Visitor, calendar: Calendar) -> str:
    """The region asked for, else the one whose days hold where the visitor's agency is."""
    asked = request.query_params.get("region")
    if asked is not None and REGION.fullmatch(asked):
        return asked
    own = visitor.registry.agency(AgencyId(visitor.person.agency))
    region = own.region if own is not None else ""
    return next((region[:width] for width in calendar.widths if region[:width] in calendar.tables), "")


def _regions(visitor: Visitor, calendar: Calendar, region: str) -> list[tuple[str, str]]:
    """(prefix, name) of the regions with days of their own, and the one asked for."""
    known = {item["code"]: item["zh"] for item in lists()["regions"]}
    return [
        (code, known.get(code) or place_name(visitor.registry, code))
        for code in sorted({*calendar.tables, region} - {""})
    ]


def _start(on: str, at: str) -> int:
    """The instant of a local date and time as they were typed. Problem ``request.query``."""
    try:
        day = date.fromisoformat(on)
    except ValueError as why:
        raise Problem("request.query", "on") from why
    if not FIRST <= day.year <= LAST:
        raise Problem("request.query", "on")
    if not CLOCK.fullmatch(at):
        raise Problem("request.query", "at")
    clock = time.fromisoformat(at)
    return midnight(day.toordinal()) + (clock.hour * 3600 + clock.minute * 60) * SECOND
