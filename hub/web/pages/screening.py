"""排查 screening: what is owed today, who filed which round, the supervision rounds, a quarter against the one before.

Guarantee: only books of the person's scope are shown and counted; every cell leads to its agency's book, every figure
to its list; a state is a symbol, a word and a colour. The address holds schedule, township, quarter and round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.policy.calendar import day_of
from hub.policy.screening import ITSELF, Period, Schedule, round_of
from hub.projections.screening import Analysis, Grid, Owed, Rounds
from hub.words import ACTIVE

from .. import screening as named
from ..drawings.counts import Bar, bars
from ..drawings.rounds import Stack, stacks
from ..problems import Problem
from ..statistics import codes
from . import tables, when
from .acts_send import new_number
from .messages import say
from .places import seen
from .render import address_with, render
from .routes import bound_page
from .screening_acts import done_of
from .tables import Query
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.screening")]
ROWS: Final = 30  # agencies of one page of the calendar
OWED: Final = 12  # rounds owed that are listed at first
MOST: Final = 500
LIGHTS: Final = {
    "filed": "ok", "late": "soon", "missed": "late", "due": "soon", "overdue": "late", "running": "calm",
}  # fmt: skip
GRADES: Final = (1, 2, 3, 4, 0)


class Asked(NamedTuple):
    """What the page is asked for. ``scope``: books of the township asked for that the person sees, None = all."""

    schedule: Schedule | None
    township: str
    quarter: str
    round: str
    skip: int
    everything: bool
    scope: frozenset[bytes] | None


class Line(NamedTuple):
    """A round that is owed; ``nil``: the number of its form for a nil report, "" = not this person's to file."""

    owed: Owed
    due: when.Due
    nil: str


class Change(NamedTuple):
    """A figure of the quarter and of the one before."""

    now: int
    before: int

    @property
    def by(self) -> str:
        """+3, −2, ±0."""
        n = self.now - self.before
        return f"+{n:,}" if n > 0 else f"−{-n:,}" if n < 0 else "±0"


@router.get("/screening", **bound_page("page.screening"))
def screening(request: Request, visitor: Seen) -> Response:
    """The page."""
    lang, parts = taste_of(request).lang, visitor.parts
    now, policy = parts.clock.now(), parts.policy
    today, views = day_of(now), parts.views.screening
    schedules = policy.at(now).screening
    want = asked(request, visitor, schedules, today)
    rule = want.schedule
    asked_for = Grid(rule, *named.span_of(rule, today), want.skip, ROWS) if rule is not None else None
    quarters = [named.quarter_days(name) for name in (want.quarter, named.quarter_before(want.quarter))]
    position, owed, grid, (quarter, before) = views.overview(now, policy, want.scope, asked_for, quarters)
    covers = [views.coverage(name, now, want.scope) for name in named.rounds_of_year(today)]
    shown = next((c for c in covers if c.round == want.round), None) or views.coverage(want.round, now, want.scope)
    _, open_leads = views.unsettled(want.scope)
    lines = _lines(visitor, lang, now, [o for o in owed if o.ended or _own(visitor, o)])
    return render(
        request, visitor, "screening.html", here="screening", position=position, parked=grid.parked if grid else 0,
        want=want, schedules=schedules, lines=lines[: MOST if want.everything else OWED], owed=len(lines),
        due=sum(o.ended and not o.late for o in owed), overdue=sum(o.late for o in owed), grid=grid,
        heads=[_head(grid.schedule, p) for p in grid.periods] if grid else [], lights=LIGHTS, span=_days,
        next=want.skip + ROWS if grid and want.skip + ROWS < grid.agencies else None, covers=covers, shown=shown,
        quarter=quarter, before=before, rounds=_pairs(quarter, before), totals=_totals(quarter, before),
        categories=_by_category(lang, quarter, before, request, want),
        picture=_picture(lang, quarter, schedules), open_leads=open_leads, change=Change, grades=GRADES,
        names={s.key: s.en if lang == "en" else s.zh for s in schedules}, days=named.quarter_days(want.quarter),
        quarters=_quarters(today), townships=seen(visitor.registry, visitor.scope()), most=tables.MOST,
        done=done_of(request, visitor), day_of=_iso,
        superior=lambda subject: visitor.may("act.person") and visitor.person.agency in visitor.registry.above(subject),
    )  # fmt: skip


def asked(request: Request, visitor: Visitor, schedules: Sequence[Schedule], today: int) -> Asked:
    """Read the query. Problem ``request.query``."""
    query = Query(request, visitor)
    key = query.one_of("schedule", [s.key for s in schedules])
    township = query.region("township")
    quarter = query.text("quarter") or named.quarter_of(today)
    which = query.text("round") or round_of(today)
    for field, read, value in (("quarter", named.quarter_before, quarter), ("round", named.round_named, which)):
        try:
            read(value)
        except ValueError:
            raise Problem("request.query", field) from None
    skip = query.text("skip") or "0"
    if not (skip.isascii() and skip.isdigit() and len(skip) < 6):
        raise Problem("request.query", "skip")
    chosen = named.chosen(schedules, key or _usual(visitor, schedules))
    return Asked(chosen, township, quarter, which, int(skip), query.flag("all"), scope_of(visitor, township))


def scope_of(visitor: Visitor, township: str) -> frozenset[bytes] | None:
    """The books of a township that the person sees; without one all they see."""
    scope = visitor.scope()
    if not township:
        return scope
    here = frozenset(a.id for a in visitor.registry.agencies.values() if a.region.startswith(township))
    return here if scope is None else here & scope


def _usual(visitor: Visitor, schedules: Sequence[Schedule]) -> str:
    """The schedule one's own agency owes, else the first."""
    own = visitor.registry.agencies.get(visitor.person.agency)  # type: ignore[call-overload]
    for schedule in schedules:
        if own is not None and own.state == ACTIVE and own.level == schedule.level and own.kind in schedule.kinds:
            return schedule.key
    return ""


def _own(visitor: Visitor, owed: Owed) -> bool:
    return owed.subject.agency == visitor.person.agency and owed.schedule.by == ITSELF


def _lines(visitor: Visitor, lang: str, now: int, owed: Sequence[Owed]) -> list[Line]:
    """One's own first, then what is due soonest."""
    made = []
    for o in sorted(owed, key=lambda o: not _own(visitor, o)):
        can = _own(visitor, o) and visitor.may("act.person") and o.period.first < day_of(now)
        due = when.due(lang, now, when_begins(o.period), o.due_at, 0)
        made.append(Line(o, due, new_number() if can else ""))
    return made


def when_begins(period: Period) -> int:
    """The instant a period begins."""
    return tables.begin_of(date.fromordinal(period.first)) or 0


def _pairs(quarter: Analysis, before: Analysis) -> list[tuple[Rounds, Rounds | None]]:
    earlier = {rounds.schedule: rounds for rounds in before.rounds}
    return [(rounds, earlier.get(rounds.schedule)) for rounds in quarter.rounds]


def _totals(quarter: Analysis, before: Analysis) -> dict[str, Change]:
    def total(name: str) -> Change:
        return Change(*(sum(getattr(r, name) for r in found.rounds) for found in (quarter, before)))

    made = {name: total(name) for name in ("owed", "filed", "late", "missed", "outstanding")}
    return made | {"reported": Change(quarter.reported, before.reported)}


def _by_category(lang: str, quarter: Analysis, before: Analysis, request: Request, want: Asked) -> Markup:
    """Leads by category: this quarter's, beside those of the quarter before."""
    made = []
    days = named.quarter_days(want.quarter)
    for entry in codes("categories").entries.values():
        n, old = quarter.categories.get(entry.code, 0), before.categories.get(entry.code, 0)
        if n or old:
            link = address_with(
                request, path="/screening/ledger", category=entry.code, first=_iso(days.first), last=_iso(days.last),
                **dict.fromkeys(("schedule", "quarter", "round", "skip", "all", "done", "by")),
            )  # fmt: skip
            figures = say(lang, "screening.bar", now=f"{n:,}", before=f"{old:,}")
            made.append(Bar(entry.en if lang == "en" else entry.zh, max(n, old), min(n, old), figures, link))
    return Markup(bars(made, say(lang, "screening.by_category")))


def _picture(lang: str, quarter: Analysis, schedules: Sequence[Schedule]) -> Markup:
    names = {s.key: s.en if lang == "en" else s.zh for s in schedules}
    made = [
        Stack(
            names.get(r.schedule, r.schedule), (r.filed, r.late, r.missed, r.outstanding),
            say(lang, "screening.stack", owed=r.owed, filed=r.filed, late=r.late, missed=r.missed, left=r.outstanding),
        )
        for r in quarter.rounds
    ]  # fmt: skip
    return Markup(stacks(made, say(lang, "screening.rounds")))


def _quarters(today: int) -> list[str]:
    found = [named.quarter_of(today)]
    for _ in range(7):
        found.append(named.quarter_before(found[-1]))
    return found


def _head(schedule: Schedule, period: Period) -> str:
    """A period in the head of a column."""
    first = date.fromordinal(period.first)
    if schedule.every == "month":
        return f"{first:%Y-%m}"
    if schedule.every == "quarter":
        return named.quarter_of(period.first)
    return round_of(period.first) if schedule.every == "half_year" else f"{first:%m-%d}"


def _days(period: Period) -> str:
    return f"{_iso(period.first)} – {_iso(period.last)}"


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
