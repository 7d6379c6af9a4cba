"""单位 the directory: every agency with what it holds, what it owes, how fast it picks up and what it returns.

Guarantee: the directory is public to whoever may open it; figures are shown of agencies in the person's scope only.
Each rate and median has its denominator beside it, and the page says as of which position each kind of figure is true:
those of a period are made once for everybody and may be a little older than the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.projections.agencies import NOTHING, Standing
from hub.projections.agencies.reads import rate
from hub.projections.flows import Flowing
from hub.projections.flows.reads import Pickup

from ..api.codes import lists
from ..exports.table import Column, Row, Sheet
from . import periods, tables, when
from .messages import say
from .places import place_name, townships
from .render import label, render
from .routes import bound_page
from .shared import Answer, shared_of
from .tables import Cells, Query, Told
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.agencies")]
ROWS: Final = 250
FOLDED: Final = 60  # a directory from so many agencies on is folded by township
SORTS: Final = ("tree", "held", "unsigned", "overdue", "median", "returns")
DAY: Final = date(1970, 1, 1)


class Line(NamedTuple):
    """One agency of the directory; ``now`` and ``pickup`` are None where its figures are not the person's to see."""

    agency: Any
    depth: int
    now: Standing | None
    pickup: Pickup | None

    @property
    def returns(self) -> Decimal | None:
        """Returned of what could be returned."""
        return None if self.pickup is None else rate(self.pickup.returned, self.pickup.returnable)


class Directory(NamedTuple):
    """The lines asked for, and as of which positions their figures are true."""

    lines: list[Line]
    position: int
    period_position: int
    period: str
    first: date | None
    words: str
    sort: str
    everyone: bool


@router.get("/agencies", **bound_page("page.agencies"))
def agencies(request: Request, visitor: Seen) -> Response:
    """The directory."""
    query = Query(request, visitor)
    found = directory(request, visitor)
    page = int(query.one_of("page", [str(n) for n in range(1, len(found.lines) // ROWS + 2)]) or 1)
    return render(
        request, visitor, "agencies.html", here="agencies", position=found.position, found=found, page=page,
        lines=found.lines[(page - 1) * ROWS : page * ROWS], pages=-(-len(found.lines) // ROWS), sorts=SORTS,
        kinds=[item["code"] for item in lists()["agency_kinds"]], townships=townships(visitor.registry),
        kind=query.text("kind"), township=query.text("township"), q=query.text("q"), periods=periods.PERIODS,
        scoped=visitor.scope() is not None, sees=visitor.may("page.disputes"), most=tables.MOST,
        total=sum_of(found.lines), sums=sum_of, folds=folds(visitor, found, query),
    )  # fmt: skip


@router.get("/agencies.xlsx", **bound_page("page.agencies"))
def agencies_file(request: Request, visitor: Seen) -> Response:
    """The same table as a file."""
    lang = taste_of(request).lang
    found = directory(request, visitor)
    title = say(lang, "agency.title")

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        more = [(say(lang, "agency.x_period"), say(lang, "agency.x_period_words", n=found.period_position))]
        sheet = Sheet(title, _columns(visitor, lang), ({"line": line} for line in found.lines))
        write([sheet], Told(title, found.words, found.position, more, len(found.lines)))

    return tables.file(request, visitor, "agencies", title, fill)


def directory(request: Request, visitor: Visitor) -> Directory:
    """What the query asks for. Problem ``request.query``."""
    query, registry, lang = Query(request, visitor), visitor.registry, taste_of(request).lang
    kind = query.one_of("kind", [item["code"] for item in lists()["agency_kinds"]])
    township, q, sort = query.region("township"), query.text("q").casefold(), query.one_of("sort", SORTS) or "tree"
    everyone = query.flag("everyone") or not visitor.may("page.disputes")
    scope, period = visitor.scope(), periods.asked(query)
    today = when.local(visitor.parts.clock.now()).date()
    first = periods.first_day(period, today)
    position, now = standings(request, visitor)
    period_position, picked = pickups(request, visitor, Flowing(first=first))
    lines = []
    for ident, depth in _tree(registry.agencies):
        agency = registry.agencies[ident]
        mine = scope is None or ident in scope
        fits = (
            (not kind or agency.kind == kind)
            and (not township or agency.region.startswith(township))
            and (not q or q in agency.name.casefold() or agency.code.casefold().startswith(q))
            and (agency.state != w.DISSOLVED or bool(q))
        )
        if fits and (mine or everyone):
            figures = (now.get(ident, NOTHING), picked.get(ident)) if mine else (None, None)
            lines.append(Line(agency, depth if sort == "tree" and not q else 0, *figures))
    if sort != "tree":
        lines.sort(key=lambda line: _rank(sort, line))
    said = [
        kind and label(lang, "agency_kinds", kind),
        township and place_name(registry, township),
        q and say(lang, "cases.f_q", q=query.text("q")),
        say(lang, "agency.of_period", period=periods.words(lang, period, first, today)),
    ]
    words = " · ".join(word for word in said if word)
    return Directory(lines, position, period_position, period, first, words, sort, everyone)


def standings(request: Request, visitor: Visitor) -> tuple[int, Mapping[bytes, Standing]]:
    """How every agency stands now, made once for everybody; nobody is shown what is outside their scope."""
    parts = visitor.parts
    now = parts.clock.now()
    position = min(parts.views.positions(("roles", "obligations")))

    def make() -> Answer[Mapping[bytes, Standing]]:
        at, found = parts.views.standings.standings(parts.clock.now())
        return Answer(found, (at, now // when.MINUTE), at)

    answer = shared_of(request).get(("standings",), (position, now // when.MINUTE), make)
    return answer.position, answer.value


def pickups(request: Request, visitor: Visitor, wanted: Flowing) -> tuple[int, Mapping[bytes, Pickup]]:
    """How every agency picks up what it is sent in a period, made once for everybody."""
    views = visitor.parts.views
    (position,) = views.positions(("flows",))

    def make() -> Answer[Mapping[bytes, Pickup]]:
        at, found = views.flows.pickups(wanted)
        return Answer({p.agency: p for p in found}, at, at)

    answer = shared_of(request).get(("pickups", wanted), position, make)
    return answer.position, answer.value


def folds(visitor: Visitor, found: Directory, query: Query) -> list[tuple[str, list[Line]]]:
    """(name, agencies) of what stands folded: a whole directory is four hundred rows, so each township's are one line
    to open. What is searched for, sorted or short stands open, in one part without a name.
    """
    asked = any(query.text(name) for name in ("q", "kind", "township"))
    if asked or found.sort != "tree" or len(found.lines) < FOLDED:
        page = int(query.text("page") or 1)
        return [("", found.lines[(page - 1) * ROWS : page * ROWS])]
    names = dict(townships(visitor.registry))
    parts: dict[str, list[Line]] = {"": []}
    for line in found.lines:
        parts.setdefault(names.get(line.agency.region[:9], ""), []).append(line)
    return list(parts.items())


def sum_of(lines: Sequence[Line]) -> Mapping[str, int]:
    """The sums under the table, of the agencies whose figures are shown."""
    shown = [line.now for line in lines if line.now is not None]
    return {
        "held": sum(s.held for s in shown), "unsigned": sum(s.unsigned for s in shown),
        "running": sum(s.running for s in shown), "overdue": sum(s.overdue for s in shown),
    }  # fmt: skip


def _tree(agencies: Mapping[Any, Any]) -> list[tuple[Any, int]]:
    """(id, depth): superiors before those below them, by code."""
    below: dict[Any, list[Any]] = {}
    for ident, agency in sorted(agencies.items(), key=lambda item: item[1].code):
        below.setdefault(agency.superior if agency.superior in agencies else None, []).append(ident)
    found: list[tuple[Any, int]] = []
    stack = [(ident, 0) for ident in reversed(below.get(None, []))]
    while stack:
        ident, depth = stack.pop()
        found.append((ident, depth))
        stack += [(child, depth + 1) for child in reversed(below.get(ident, []))]
    return found


def _rank(sort: str, line: Line) -> tuple[Any, ...]:
    """The worst first; agencies without the figure last, then by code."""
    figure: Decimal | int | None = None
    if line.now is not None and sort in ("held", "unsigned", "overdue"):
        figure = getattr(line.now, sort)
    elif sort == "median" and line.pickup is not None:
        figure = line.pickup.median
    elif sort == "returns":
        figure = line.returns
    return (figure is None, -(figure or 0), line.agency.code)


def _columns(visitor: Visitor, lang: str) -> list[Column]:
    c, registry = Cells(lang, "agency"), visitor.registry

    def of(cell: Callable[[Line], Any]) -> Callable[[Row], Any]:
        return lambda row: cell(row["line"])

    def now(key: str, cell: Callable[[Standing], Any]) -> Column:
        return c.of(key, 9, lambda row: None if row["line"].now is None else cell(row["line"].now))

    def picked(key: str, cell: Callable[[Pickup], Any]) -> Column:
        return c.of(key, 12, lambda row: None if row["line"].pickup is None else cell(row["line"].pickup))

    def superior(line: Line) -> str:
        above = registry.agency(line.agency.superior) if line.agency.superior else None
        return above.name if above is not None else ""

    return [
        c.of("code", 20, of(lambda line: line.agency.code)), c.of("name", 40, of(lambda line: line.agency.name)),
        c.of("kind", 22, of(lambda line: label(lang, "agency_kinds", line.agency.kind))),
        c.of("level", 16, of(lambda line: label(lang, "agency_levels", line.agency.level))),
        c.of("region", 14, of(lambda line: line.agency.region)),
        c.of("place", 14, of(lambda line: place_name(registry, line.agency.region))),
        c.of("superior", 40, of(superior)),
        c.of("state", 10, of(lambda line: label(lang, "agency_states", line.agency.state))),
        now("held", lambda s: s.held), now("unsigned", lambda s: s.unsigned), now("running", lambda s: s.running),
        now("overdue", lambda s: s.overdue), picked("received", lambda p: p.received),
        picked("signed", lambda p: p.signed),
        picked("median_hours", lambda p: None if p.median is None else round(p.median / w.HOUR, 1)),
        picked("returned", lambda p: p.returned), picked("returnable", lambda p: p.returnable),
        c.of("return_rate", 10, of(lambda line: None if line.returns is None else float(line.returns))),
    ]  # fmt: skip
