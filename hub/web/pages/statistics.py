"""统计 statistics: what was accepted, mediated, agreed and performed, with the whole of every part, and what rises.

Guarantee: every figure is of one position that the page names and, where disputes stand behind it, leads to their list,
which has as many as the figure says. A subset (其中) is inside its whole and never beside it. A clerk's figures are of
their own agency and below, a supervisor's of their region. Figures of a filter are made once for all who may see the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.projections.statistics import EACH_ORG, INDICATORS, LISTED, Cohort, Report, Value, value, values, wan
from hub.projections.statistics.hotspots import Hotspot, Rule, read_hotspots, rising
from hub.projections.statistics.staffing import STATES, Staffed, read_staffing, staffed, summary
from hub.projections.statistics.view import day_of
from hub.words import DAY

from ..drawings.counts import Bar, bars, columns
from ..problems import Problem
from ..statistics import Line, codes, lines
from . import periods, tables
from .messages import say
from .places import place_name, townships
from .render import address_with, render
from .routes import bound_page
from .shared import Answer, shared_of
from .statistics_asked import DECIMALS, Asked, asked
from .tables import Query
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.statistics")]
GROUPS: Final = ("category", "source", "type", "place", "agency", "month")
SHOWN: Final = 40  # rows of the table of agencies, of those short of mediators
MONTHS: Final = 18  # columns of the picture
TOWNSHIP: Final = 9  # digits of a region code
ROWS: Final = 50  # of a list of disputes
NARROWS: Final = {"category": "category", "source": "source", "type": "type", "place": "township", "agency": "agency"}
BY_KEY: Final = {indicator.key: indicator for indicator in INDICATORS}


class Shown(NamedTuple):
    """An indicator with its links; ``part`` and ``whole`` are its counts."""

    value: Value
    name: str
    part_link: str
    whole_link: str
    source: str


class Table(NamedTuple):
    """One grouping; ``links``: per line and figure the list behind it."""

    by: str
    lines: list[Line]
    more: int


@router.get("/statistics", **bound_page("page.statistics"))
def statistics(request: Request, visitor: Seen) -> Response:
    """The page."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    report = report_of(request, visitor, want.cohort)
    each = want.cohort.count_by == EACH_ORG

    def link(figure: str, **more: str | None) -> str:
        if each or figure not in LISTED:
            return ""
        return address_with(request, path="/statistics/disputes", figure=figure, **more)

    def narrowed(by: str, line: Line, figure: str) -> str:
        """The list behind a figure of a part; "" where the part is no filter of its own."""
        if by == "month":
            return link(figure, period=None, **_month(line.key, want.cohort))
        return link(figure, **{NARROWS[by]: line.key}) if _is_filter(by, line.key) else ""

    name = _naming(visitor)
    shown = {by: lines(report, by, name) for by in GROUPS}
    here = [Table(by, shown[by][:SHOWN], max(0, len(shown[by]) - SHOWN)) for by in GROUPS if by != "month"]
    rule, spots = hotspots(request, visitor, want.cohort)
    staff = staffing(visitor)
    return render(
        request, visitor, "statistics.html", here="statistics", position=report.position, parked=report.parked,
        want=want, total=report.total, void=report.void, indicators=_indicators(lang, want, report, link), link=link,
        groups=[t for t in here if not each or t.by == "agency"], narrowed=narrowed, success=_success(want),
        performed=_performed(want), wan=wan, months=_months(lang, shown["month"], narrowed),
        picture=_bars(lang, shown["category"], narrowed), rule=rule, spots=spots, place=name,
        staff=[s for s in staff if s.lacking][:SHOWN], staffed=summary(staff), states=STATES, periods=periods.PERIODS,
        types=list(codes("committee_types").entries), townships=townships(visitor.registry), decimals=DECIMALS,
        most=tables.MOST, each=each,
    )  # fmt: skip


@router.get("/statistics/disputes", **bound_page("page.statistics"))
def behind(request: Request, visitor: Seen) -> Response:
    """The disputes behind a figure."""
    want, query = asked(request, visitor), Query(request, visitor)
    figure = figure_of(query)
    found, total = visitor.parts.views.statistics.behind(want.cohort, figure, cursor=query.cursor(), limit=ROWS)
    return render(
        request, visitor, "statistics_list.html", here="statistics", position=found.position, parked=found.parked,
        want=want, figure=figure, rows=found.items, total=total, next=found.next, day_at=_day_at,
        place=_naming(visitor), most=tables.MOST, wan=wan,
    )  # fmt: skip


def figure_of(query: Query) -> str:
    """The figure asked for. Problem ``request.query``."""
    figure = query.one_of("figure", LISTED) or "accepted"
    if figure not in LISTED:
        raise Problem("request.query", "figure")
    return figure


def report_of(request: Request, visitor: Visitor, cohort: Cohort) -> Report:
    """The figures of a cohort, shared by all who ask the same; performance is due or not as of today."""
    parts = visitor.parts
    today = day_of(parts.clock.now())
    (position,) = parts.views.positions(("statistics",))

    def make() -> Answer[Report]:
        found = parts.views.statistics.report(cohort, parts.clock.now(), GROUPS)
        return Answer(found, (found.position, today), found.position)

    return shared_of(request).get(("statistics", cohort), (position, today), make).value


def hotspots(request: Request, visitor: Visitor, cohort: Cohort) -> tuple[Rule, list[Hotspot]]:
    """What is rising up to today, within the filter's place and the visitor's scope; whatever the period."""
    rule, parts = read_hotspots(), visitor.parts
    today = day_of(parts.clock.now())
    wanted = Cohort(place=cohort.place, scope=cohort.scope)
    (position,) = parts.views.positions(("statistics",))

    def make() -> Answer[list[Hotspot]]:
        at, found = parts.views.statistics.windows(today, rule.days, rule.before + 1, rule.digits, wanted)
        return Answer(rising(rule, found), (at, today), at)

    return rule, shared_of(request).get(("hotspots", wanted), (position, today), make).value


def staffing(visitor: Visitor) -> list[Staffed]:
    """The agencies of the visitor's scope against their least number of full-time mediators."""
    scope, agencies = visitor.scope(), visitor.registry.agencies
    return staffed(read_staffing(), [a for ident, a in agencies.items() if scope is None or ident in scope])


def _indicators(lang: str, want: Asked, report: Report, link: Any) -> list[Shown]:
    made = []
    for found in values(report.total, want.decimals):
        known = BY_KEY[found.key]
        name = known.en if lang == "en" else known.zh
        made.append(Shown(found, name, link(known.part), link(known.whole), known.source))
    return made


def _success(want: Asked) -> Any:
    return lambda sums: value(BY_KEY["success"], sums, want.decimals).text


def _performed(want: Asked) -> Any:
    return lambda sums: value(BY_KEY["performance"], sums, want.decimals).text


def _naming(visitor: Visitor) -> Any:
    registry = visitor.registry
    return lambda code: place_name(registry, code)


def _months(lang: str, found: Sequence[Line], narrowed: Any) -> Markup:
    made = [_bar(lang, "month", line, narrowed) for line in found[-MONTHS:]]
    return Markup(columns(made, say(lang, "statistics.months")))


def _bars(lang: str, found: Sequence[Line], narrowed: Any) -> Markup:
    counted = [line for line in found if line.sums["accepted"]]
    made = [_bar(lang, "category", line, narrowed) for line in counted]
    return Markup(bars(made, say(lang, "statistics.categories")))


def _bar(lang: str, by: str, line: Line, narrowed: Any) -> Bar:
    whole, part = line.sums["accepted"], line.sums["success"]
    figures = say(lang, "statistics.bar", whole=f"{whole:,}", part=f"{part:,}")
    return Bar(line.en if lang == "en" else line.zh, whole, part, figures, narrowed(by, line, "accepted"))


def _is_filter(by: str, key: str) -> bool:
    """Whether a part is what a filter of the query leaves: groups of sources and what no list names are not, nor is a
    county beside the townships in it.
    """
    if by == "source":
        return key in codes("sources").entries
    return key != "-" and (by != "place" or len(key) == TOWNSHIP)


def _month(month: str, cohort: Cohort) -> dict[str, str]:
    """The days of a month that are in the cohort."""
    first, last = periods.month(month)
    begin = max(first, cohort.first) if cohort.first else first
    end = min(last, cohort.last) if cohort.last else last
    return {"first": f"{begin}", "last": f"{end}"}


def _day_at(day: int) -> int:
    """The instant a local day begins."""
    return day * DAY - 8 * DAY // 24
