"""The rounds calendar, the quarter's figures and the coverage of supervision rounds.

Guarantee: figures add up: every round of a period that was owed is filed in time, filed late, missed, or still
outstanding, and in one of them only. Every figure has its denominator beside it; ``position`` is the events it is of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from hub.policy import Dated
from hub.policy.screening import SUPERVISION, Period, Schedule, periods, round_days

from ..among import among
from ..reading import Sight
from .ledger import LedgerReads
from .owed import Agency, Owed
from .tables import FILED, LATE, MISSED, OPEN, PASSED, RECTIFIED

DUE: Final = "due"  # 待上报: its period is over, its time is not
OVERDUE: Final = "overdue"  # 逾期未报: the hub has not recorded it as missed yet
RUNNING: Final = "running"  # 本期进行中
NONE: Final = "none"  # 不应报


class Cell(NamedTuple):
    """One agency's round of one period."""

    period: Period
    state: str
    found: int = 0
    settled: int = 0
    due_at: int | None = None


class Line(NamedTuple):
    """One agency's row of the calendar."""

    subject: Agency
    cells: tuple[Cell, ...]


class Calendar(NamedTuple):
    """``lines``: agencies in the order of their codes, a page of them; ``totals``: of all agencies, per period and
    state.
    """

    position: int
    parked: int
    schedule: Schedule
    periods: tuple[Period, ...]
    lines: tuple[Line, ...]
    totals: tuple[dict[str, int], ...]
    agencies: int


class Rounds(NamedTuple):
    """The rounds of a schedule whose periods end in a span of days: ``owed`` is the sum of the other four.
    ``caught_up``: of those late, missed at first.
    """

    schedule: str
    filed: int
    late: int
    missed: int
    outstanding: int
    caught_up: int
    found: int

    @property
    def owed(self) -> int:
        """All of them."""
        return self.filed + self.late + self.missed + self.outstanding


class Analysis(NamedTuple):
    """A span of days: rounds by schedule; leads reported in it by category, grade, source and what became of them by
    now; leads settled in it by outcome.
    """

    position: int
    parked: int
    rounds: tuple[Rounds, ...]
    reported: int
    still_open: int
    categories: dict[str, int]
    grades: dict[int, int]
    sources: dict[str, int]
    settled: dict[str, int]


class Inspected(NamedTuple):
    """One agency in a supervision round. ``owing``: it is one of those that are to be inspected. ``overdue``: findings
    to be rectified whose time is up.
    """

    subject: Agency
    owing: bool
    inspections: int
    last_at: int | None
    raised: int
    open: int
    rectified: int
    passed: int
    overdue: int


class Coverage(NamedTuple):
    """A supervision round: every agency that is to be inspected by its end, and every other one that was."""

    position: int
    parked: int
    round: str
    lines: tuple[Inspected, ...]

    @property
    def inspected(self) -> int:
        """How many of those to be inspected were."""
        return sum(line.owing and line.inspections > 0 for line in self.lines)

    @property
    def owing(self) -> int:
        """How many are to be inspected: what ``inspected`` is of."""
        return sum(line.owing for line in self.lines)


class Grid(NamedTuple):
    """Which calendar: the periods of a schedule that begin from ``first`` to ``last``, and a page of agencies."""

    schedule: Schedule
    first: int
    last: int
    skip: int = 0
    limit: int = 50


class Overview(NamedTuple):
    """What is outstanding, a calendar if one was asked for, and spans of days, all of one position."""

    position: int
    owed: list[Owed]
    calendar: Calendar | None
    spans: tuple[Analysis, ...]


class ScreeningFigures(LedgerReads):
    """Reads of figures. ``scope``: books the reader may see, None = all."""

    def overview(
        self, now: int, policy: Dated, scope: Collection[bytes] | None, grid: Grid | None, spans: Iterable[Period]
    ) -> Overview:
        """All three by one look: what is outstanding is counted once for all of them."""
        with self.sight() as s:
            owed = self._owed(s, now, policy, scope)
            calendar = self._calendar(s, grid, owed, scope) if grid is not None else None
            return Overview(s.position, owed, calendar, tuple(self._analysis(s, *span, owed, scope) for span in spans))

    def calendar(
        self, schedule: Schedule, first: int, last: int, now: int, policy: Dated,
        scope: Collection[bytes] | None = None, *, skip: int = 0, limit: int = 50,
    ) -> Calendar:  # fmt: skip
        """Who filed when: the periods that begin from ``first`` to ``last``; ``limit`` agencies behind ``skip``."""
        with self.sight() as s:
            owed = self._owed(s, now, policy, scope, schedule.key)
            return self._calendar(s, Grid(schedule, first, last, skip, limit), owed, scope)

    def analysis(
        self, first: int, last: int, now: int, policy: Dated, scope: Collection[bytes] | None = None
    ) -> Analysis:
        """The figures of the days ``first`` to ``last`` (ordinals, both in it)."""
        with self.sight() as s:
            return self._analysis(s, first, last, self._owed(s, now, policy, scope), scope)

    def coverage(self, round: str, now: int, scope: Collection[bytes] | None = None) -> Coverage:
        """A supervision round, e.g. ``2026-H2``: the agencies by code."""
        with self.sight() as s:
            made, f = s.table("inspections"), s.table("findings")
            query = select(made.c.subject, func.count(), func.max(made.c.made_at))
            query = query.where(made.c.round == round, *self._seen(s, made, scope)).group_by(made.c.subject)
            visits = {row[0]: (int(row[1]), row[2]) for row in s.db.execute(query)}
            raised: dict[bytes, dict[str, int]] = {}
            for subject, state, due_at in s.db.execute(
                select(f.c.subject, f.c.state, f.c.due_at).where(f.c.round == round, *self._seen(s, f, scope))
            ):
                counts = raised.setdefault(subject, dict.fromkeys((OPEN, RECTIFIED, PASSED, OVERDUE), 0))
                counts[state] += 1
                counts[OVERDUE] += state == OPEN and due_at <= now
            days, r = round_days(round), s.table("rounds")
            owing = {duty.subject for duty in self._duties(s, scope, SUPERVISION) if duty.since <= days.last}
            past = select(r.c.subject).where(r.c.schedule == SUPERVISION, r.c.first == days.first)
            owing |= {row[0] for row in s.db.execute(past.where(*self._seen(s, r, scope)))}
            lines = [
                _inspected(a, a.agency in owing, visits.get(a.agency, (0, None)), raised.get(a.agency, {}))
                for a in self._agencies(s, owing | visits.keys() | raised.keys()).values()
            ]
            return Coverage(s.position, s.parked, round, tuple(sorted(lines, key=lambda line: line.subject.code)))

    def _calendar(self, s: Sight, grid: Grid, owed: Iterable[Owed], scope: Collection[bytes] | None) -> Calendar:
        schedule, first, last, skip, limit = grid
        span = tuple(periods(schedule, first, last))
        r = s.table("rounds")
        query = select(r.c.subject, r.c.first, r.c.state, r.c.found, r.c.settled, r.c.due_at).where(
            r.c.schedule == schedule.key, r.c.first >= first, r.c.first <= last, *self._seen(s, r, scope)
        )
        cells: dict[bytes, dict[int, Cell]] = {}
        for subject, at, state, found, settled, due_at in s.db.execute(query):
            end = next((p for p in span if p.first == at), None)
            if end is not None:
                cells.setdefault(subject, {})[at] = Cell(end, state, found, settled, due_at)
        for one in owed:
            if one.schedule.key == schedule.key and first <= one.period.first <= last:
                cell = Cell(one.period, _outstanding(one), due_at=one.due_at)
                cells.setdefault(one.subject.agency, {})[one.period.first] = cell
        owing = {duty.subject for duty in self._duties(s, scope, schedule.key)}
        known = self._agencies(s, owing | cells.keys())
        order = sorted(known.values(), key=lambda a: a.code)
        lines = [Line(a, _row(span, cells.get(a.agency, {}))) for a in order]
        totals = tuple(_counts([line.cells[n].state for line in lines]) for n in range(len(span)))
        shown = tuple(lines[skip : skip + limit])
        return Calendar(s.position, s.parked, schedule, span, shown, totals, len(lines))

    def _analysis(
        self, s: Sight, first: int, last: int, owed: Iterable[Owed], scope: Collection[bytes] | None
    ) -> Analysis:
        t = s.table("leads")
        here = [t.c.day >= first, t.c.day <= last, *self._seen(s, t, scope)]
        ended = [t.c.done == 1, t.c.settled_day >= first, t.c.settled_day <= last, *self._seen(s, t, scope)]
        by = {c: _by(s, t.c[c], here) for c in ("category", "ordinal", "source", "done")}
        return Analysis(
            s.position, s.parked, self._rounds(s, first, last, owed, scope), sum(by["done"].values()),
            by["done"].get(0, 0), by["category"], by["ordinal"], by["source"], _by(s, t.c.outcome, ended),
        )  # fmt: skip

    def _rounds(
        self, s: Sight, first: int, last: int, owed: Iterable[Owed], scope: Collection[bytes] | None
    ) -> tuple[Rounds, ...]:
        r = s.table("rounds")
        where = [r.c.last >= first, r.c.last <= last, r.c.schedule != "", *self._seen(s, r, scope)]
        columns = (r.c.schedule, r.c.state, func.count(), func.count(r.c.missed_at), func.sum(r.c.found))
        sums: dict[str, dict[str, int]] = {}
        for key, state, n, missed, found in s.db.execute(
            select(*columns).where(*where).group_by(r.c.schedule, r.c.state)
        ):
            one = sums.setdefault(key, {})
            one[state] = int(n)
            one["found"] = one.get("found", 0) + int(found)
            if state == LATE:
                one["caught_up"] = int(missed)
        for left in owed:
            if first <= left.period.last <= last:
                one = sums.setdefault(left.schedule.key, {})
                one[DUE] = one.get(DUE, 0) + 1
        names = (FILED, LATE, MISSED, DUE, "caught_up", "found")
        return tuple(Rounds(key, *(sums[key].get(name, 0) for name in names)) for key in sorted(sums))

    def _seen(self, s: Sight, table: Any, scope: Collection[bytes] | None) -> list[Any]:
        return [] if scope is None else [among(table.c.subject, scope, sqlite=self.database.sqlite)]


def _outstanding(owed: Owed) -> str:
    return OVERDUE if owed.late else DUE if owed.ended else RUNNING


def _row(span: tuple[Period, ...], cells: dict[int, Cell]) -> tuple[Cell, ...]:
    return tuple(cells.get(period.first, Cell(period, NONE)) for period in span)


def _counts(states: list[str]) -> dict[str, int]:
    return {state: states.count(state) for state in sorted(set(states))}


def _by(s: Sight, column: Any, where: list[Any]) -> dict[Any, int]:
    query = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return {row[0]: int(row[1]) for row in s.db.execute(query)}


def _inspected(subject: Agency, owing: bool, visits: tuple[int, int | None], raised: dict[str, int]) -> Inspected:
    still, done, passed = (raised.get(state, 0) for state in (OPEN, RECTIFIED, PASSED))
    return Inspected(subject, owing, *visits, still + done + passed, still, done, passed, raised.get(OVERDUE, 0))
