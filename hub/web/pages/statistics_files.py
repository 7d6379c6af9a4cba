"""统计的文件 files of the statistics: the monthly form, the disputes behind a figure, cases by organ, staffing.

Guarantee: as every file of the hub (``exports.table``): numbers are numbers, numbers of disputes and codes are text,
days are dates, nothing is a formula. The monthly form holds what is credited to mediation committees, leaves out what
the hub does not record, and its first row is the whole of the rows under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.projections.statistics import INDICATORS, Cohort, Report, value, yuan
from hub.projections.statistics.reads import Sums

from ..exports.table import Column, Row, Sheet
from ..statistics import Line, lines
from . import tables
from .messages import say
from .places import place_name
from .render import label
from .routes import bound_page
from .statistics import figure_of, staffing
from .statistics_asked import Asked, asked
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.statistics")]
PARTS: Final = ("category", "source", "type", "place", "agency", "month")
EPOCH: Final = datetime(1970, 1, 1)
RATE: Final = next(indicator for indicator in INDICATORS if indicator.key == "success")


@router.get("/statistics.xlsx", **bound_page("page.statistics"))
def form(request: Request, visitor: Seen) -> Response:
    """人民调解月报: categories, sources, types of committee, places, organs, months, indicators."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    title = say(lang, "statistics.form")
    cohort = want.cohort._replace(committees=True)
    parts = visitor.parts
    report = parts.views.statistics.report(cohort, parts.clock.now(), PARTS)

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        sheets = [
            Sheet(say(lang, f"statistics.by_{by}"), _part_columns(lang), _parts(visitor, lang, report, by), 2)
            for by in PARTS
        ]
        rates = Sheet(say(lang, "statistics.rates"), _rate_columns(lang), _rates(want, cohort, report))
        notes = [
            (say(lang, "statistics.form_note"), say(lang, "statistics.form_words")),
            (say(lang, "statistics.form_missing"), say(lang, "statistics.form_missing_words")),
        ]  # fmt: skip
        write([*sheets, rates], Told(title, want.words, report.position, notes))

    return tables.file(request, visitor, "statistics", title, fill)


@router.get("/statistics/disputes.xlsx", **bound_page("page.statistics"))
def behind_file(request: Request, visitor: Seen) -> Response:
    """The disputes behind a figure."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    figure = figure_of(Query(request, visitor))
    title = say(lang, f"statistics.l_{figure}")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        with visitor.parts.views.statistics.all_behind(want.cohort, figure, tables.MOST) as (position, total, items):
            sheet = Sheet(title, _dispute_columns(visitor, lang), items)
            write([sheet], Told(title, want.words, position, (), total))

    return tables.file(request, visitor, "disputes", title, fill)


@router.get("/statistics/cases.xlsx", **bound_page("page.statistics"))
def cases_file(request: Request, visitor: Seen) -> Response:
    """逐案补贴表: per case and organ who mediated, how often, with what outcome; duties, never persons."""
    lang, want = taste_of(request).lang, asked(request, visitor)
    title = say(lang, "statistics.subsidy")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        with visitor.parts.views.statistics.each_case(want.cohort) as (position, items):
            write([Sheet(title, _case_columns(visitor, lang), items)], Told(title, want.words, position))

    return tables.file(request, visitor, "cases", title, fill)


@router.get("/statistics/staffing.xlsx", **bound_page("page.statistics"))
def staffing_file(request: Request, visitor: Seen) -> Response:
    """专职调解员配备: every agency of the scope that has a minimum."""
    lang = taste_of(request).lang
    title = say(lang, "statistics.staff")
    found = staffing(visitor)
    (position,) = visitor.parts.views.positions(("agencies",))

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        sheet = Sheet(title, _staff_columns(lang), ({"s": s} for s in found))
        write([sheet], Told(title, title, position, (), len(found)))

    return tables.file(request, visitor, "staffing", title, fill)


def _parts(visitor: Visitor, lang: str, report: Report, by: str) -> Iterator[Row]:
    whole = Line("", "", say("zh", "statistics.total"), say("en", "statistics.total"), report.total)
    for line in (whole, *lines(report, by, lambda code: place_name(visitor.registry, code))):
        yield {"line": line, "sums": line.sums, "name": line.en if lang == "en" else line.zh}


def _rates(want: Asked, cohort: Cohort, report: Report) -> Iterable[Row]:
    for indicator in INDICATORS:
        found = value(indicator, report.total, want.decimals if indicator.unit == "percent" else None)
        yield {"i": indicator, "v": found, "first": cohort.first, "last": cohort.last}


def _part_columns(lang: str) -> list[Column]:
    c = Cells(lang, "statistics")

    def count(key: str, cell: Callable[[Sums], Any], width: int = 10) -> Column:
        return c.of(key, width, lambda row: cell(row["sums"]))

    def rate(sums: Sums) -> float | None:
        found = value(RATE, sums).value
        return None if found is None else float(found)

    return [
        c.of("code", 14, lambda row: row["line"].key), c.of("name", 36, lambda row: row["name"]),
        c.of("parent", 12, lambda row: row["line"].parent), count("accepted", lambda s: s["accepted"]),
        count("mediated", lambda s: s["mediated"]), count("agreed", lambda s: s["success"]), count("rate", rate),
        count("oral", lambda s: s["success"] - s["written"]), count("written", lambda s: s["written"]),
        count("performed", lambda s: s["performed"]), count("confirmed", lambda s: s["confirmed"]),
        count("pending", lambda s: s["pending"]), count("parties", lambda s: s["parties"]),
        count("sessions", lambda s: s["attempts"]), count("death", lambda s: s["death"]),
        count("deaths", lambda s: s["deaths"]), count("yuan", lambda s: float(yuan(s["amount"])), 18),
    ]  # fmt: skip


def _rate_columns(lang: str) -> list[Column]:
    c = Cells(lang, "statistics")
    return [
        c.of("indicator", 22, lambda row: row["i"].en if lang == "en" else row["i"].zh),
        c.of("value", 12, lambda row: None if row["v"].value is None else float(row["v"].value)),
        c.of("part", 12, lambda row: row["v"].part), c.of("whole", 12, lambda row: row["v"].whole),
        c.of("formula", 50, lambda row: say(lang, f"statistics.f_{row['v'].key}")),
        c.of("basis", 30, lambda row: row["i"].source), c.of("first", 17, lambda row: _day(row["first"])),
        c.of("last", 17, lambda row: _day(row["last"])),
    ]  # fmt: skip


def _dispute_columns(visitor: Visitor, lang: str) -> list[Column]:
    c, registry = Cells(lang, "statistics"), visitor.registry
    return [
        c.plain("number", 22, "number"), c.of("day", 17, lambda row: EPOCH + timedelta(days=row["day"])),
        c.word("category", 18, "category", "categories"), c.plain("place_code", 15, "place"),
        c.of("place", 16, lambda row: place_name(registry, row["place"])), c.word("source", 18, "source", "sources"),
        c.plain("organ", 40, "organ_name"), c.plain("organ_code", 20, "organ_code"),
        c.plain("attempts", 9, "attempts"), c.word("agreement", 10, "agreement", "agreement_states"),
        c.word("status", 8, "status", "dispute_states"), c.word("outcome", 20, "outcome", "outcomes"),
        c.of("yuan", 18, lambda row: None if row["amount"] is None else float(yuan(row["amount"]))),
    ]  # fmt: skip


def _case_columns(visitor: Visitor, lang: str) -> list[Column]:
    c, registry = Cells(lang, "statistics"), visitor.registry

    def agency(field: str) -> Callable[[Row], Any]:
        return lambda row: getattr(registry.agency(row["organ"]), field, "")

    def yes(field: str) -> Callable[[Row], str]:
        return lambda row: say(lang, "statistics.x_yes") if row[field] else say(lang, "statistics.x_no")

    return [
        c.plain("number", 22, "number"), c.of("day", 17, lambda row: EPOCH + timedelta(days=row["day"])),
        c.of("organ", 40, agency("name")), c.of("organ_code", 20, agency("code")), c.plain("duties", 20, "duties"),
        c.plain("attempts", 9, "attempts"),
        c.of("stand", 14, lambda row: say(lang, f"statistics.stand_{row['stand']}")),
        c.word("category", 18, "category", "categories"),
        c.of("place", 16, lambda row: place_name(registry, row["place"])),
        c.of("success_case", 9, yes("success")), c.of("performed_case", 9, yes("performed")),
        c.word("status", 8, "status", "dispute_states"), c.word("outcome", 20, "outcome", "outcomes"),
        c.of("yuan", 18, lambda row: None if row["amount"] is None else float(yuan(row["amount"]))),
    ]  # fmt: skip


def _staff_columns(lang: str) -> list[Column]:
    c = Cells(lang, "statistics")

    def of(key: str, width: int, cell: Callable[[Any], Any]) -> Column:
        return c.of(key, width, lambda row: cell(row["s"]))

    return [
        of("organ", 40, lambda s: s.agency.name), of("organ_code", 20, lambda s: s.agency.code),
        of("kind", 24, lambda s: label(lang, "agency_kinds", s.agency.kind)),
        of("level", 16, lambda s: label(lang, "agency_levels", s.agency.level)),
        of("has", 12, lambda s: s.has), of("least", 8, lambda s: s.minimum.least),
        of("lacking", 8, lambda s: s.lacking), of("state", 14, lambda s: say(lang, f"statistics.s_{s.state}")),
        of("basis", 60, lambda s: s.minimum.basis),
    ]  # fmt: skip


def _day(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day)
