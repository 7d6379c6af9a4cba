"""The screening view says what the books' own states say, however the log is cut, whatever is outstanding."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import words as w
from hub.contract import Contract, load
from hub.policy.screening import Period, due_of, named, periods
from hub.projections import Views
from hub.projections.screening import Grid
from hub.projections.screening.ledger import UNSETTLED, Leads
from hub.projections.screening.tables import FILED, LATE, MISSED, PASSED
from tests.projections.books import Books, policy
from tests.projections.comparing import content, expected
from tests.projections.histories import ListLog

EXAMPLES = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
CONTRACT = load()
OPEN: dict[str, Views] = {}


def opened(url: str) -> Views:
    if url not in OPEN:
        OPEN[url] = Views(url, CONTRACT)
    for name in ("screening", "agencies"):
        OPEN[url].reset(name)
    return OPEN[url]


def check(views: Views, history: Books) -> None:
    parts = content(views, "screening")
    assert not any(status.parked or status.stopped for status in views.status())
    duties = {(row[0], row[1]): row for row in parts[""]}
    assert {key: row[3] for key, row in duties.items()} == {
        (stream, key): since for stream, book in history.books.items() for key, since in book.scheduled
    }
    rounds = {(row[0], row[3], row[5]): row[7] for row in parts["rounds"] if row[3]}
    assert len(rounds) == sum(1 for row in parts["rounds"] if row[3])
    for stream, book in history.books.items():
        for known in book.rounds:
            state = rounds[stream, known.schedule, known.first]
            assert (state in (FILED, LATE)) == known.filed and (state == MISSED) == (not known.filed)
        leads = {row[0]: row for row in parts["leads"] if row[1] == stream}
        assert {ident for ident, row in leads.items() if not row[17]} == {lead.id for lead in book.leads}
        for lead in book.leads:
            assert leads[lead.id][11:15] == lead[1:]
        for ended in book.settled:
            assert leads[ended.id][17] == 1 and leads[ended.id][21:24] == ended[1:]
        findings = {row[0]: row for row in parts["findings"] if row[1] == stream}
        assert {ident for ident, row in findings.items() if row[9] != PASSED} == {f.id for f in book.findings}
        for finding in book.findings:
            row = findings[finding.id]
            assert (row[10], row[19] is not None) == (finding.due_at, finding.breached)
            assert (row[9] == "open") == (finding.done is None)
        assert {row[4] for row in parts["inspections"] if row[1] == stream} >= set(book.inspected)
    for stream, key, _, since, _, recorded, latest in parts[""]:
        firsts = [first for at, own, first in rounds if (at, own) == (stream, key) and first >= since]
        assert (recorded, latest) == (len(firsts), max(firsts, default=0))


def outstanding(views: Views, history: Books) -> set[tuple[bytes, str, int]]:
    """By enumeration: every period of every duty of a living agency that no round is on record for."""
    parts = content(views, "screening")
    known = {(row[2], row[3], row[5]) for row in parts["rounds"]}
    found = set()
    for _, key, subject, since, *_ in parts[""]:
        rule = named(policy().at(history.now), key)
        agency = history.registry.agency(w.AgencyId(subject))
        assert rule is not None and agency is not None
        if agency.state == w.ACTIVE:
            found |= {(subject, key, p.first) for p in periods(rule, since, history.today)}
    return found - known


@EXAMPLES
@given(seed=st.integers(0, 2**32), commands=st.integers(1, 500), cuts=st.lists(st.integers(1, 40), min_size=1))
@pytest.mark.slow
def test_the_view_equals_the_books(url: str, seed: int, commands: int, cuts: list[int]) -> None:
    views = opened(url)
    dice = random.Random(seed)
    history = Books(CONTRACT).schedule().play(dice, commands)
    crew = views.crew(ListLog(history.log), ["screening", "agencies"])
    n = 0
    for runner in crew._ready():
        at = 0
        while at < len(history.log):
            at = runner.take(history.log[at : at + cuts[n % len(cuts)]])
            n += 1
    crew.close()
    check(views, history)
    position, owed = views.screening.owed(history.now, policy())
    assert position == len(history.log)
    assert {(o.subject.agency, o.schedule.key, o.period.first) for o in owed} == outstanding(views, history)
    assert len({(o.subject.agency, o.schedule.key, o.period.first) for o in owed}) == len(owed)
    for o in owed:
        assert (o.ended, o.late) == (o.period.last < history.today, o.due_at <= history.now)
        assert o.due_at == due_of(o.schedule, o.period.last, policy().packs[-1].calendar, o.subject.region).at
    assert [o.due_at for o in owed] == sorted(o.due_at for o in owed)
    figures_add_up(views, history)


def figures_add_up(views: Views, history: Books) -> None:
    """Of a year: what the calendar shows is what the quarter counts, and the ledger holds what is counted."""
    first, last = date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    told = views.screening.analysis(first, last, history.now, policy())
    rows = [row for row in content(views, "screening")["rounds"] if row[3] and first <= row[6] <= last]
    assert sum(r.filed + r.late + r.missed for r in told.rounds) == len(rows)
    for own in told.rounds:
        assert own.owed == own.filed + own.late + own.missed + own.outstanding
        rule = named(policy().at(history.now), own.schedule)
        assert rule is not None
        cells = views.screening.calendar(rule, first, last, history.now, policy())
        seen = [c for line in cells.lines for c in line.cells if first <= c.period.last <= last]
        at_once = views.screening.overview(
            history.now, policy(), None, Grid(rule, first, last), [Period(first, last), Period(first, first + 89)]
        )
        quarter = views.screening.analysis(first, first + 89, history.now, policy())
        assert at_once[1:] == (views.screening.owed(history.now, policy())[1], cells, (told, quarter))
        assert own.missed == sum(cell.state == MISSED for cell in seen)
        assert own.outstanding == sum(cell.state in ("due", "overdue", "running") for cell in seen)
        assert all(sum(total.values()) == cells.agencies for total in cells.totals)
    for counted in (told.categories, told.grades, told.sources):
        assert sum(counted.values()) == told.reported
    assert views.screening.leads(Leads(first=first, last=last))[1] == told.reported
    assert views.screening.leads(Leads(first=first, last=last, state=UNSETTLED))[1] == told.still_open
    for outcome, n in told.settled.items():
        assert views.screening.leads(Leads(outcome=outcome, settled_first=first, settled_last=last))[1] == n


def test_cut_between_an_inspection_and_its_findings(url: str, contract: Contract, tmp_path: Path) -> None:
    """A batch may end anywhere, and the next process knows nothing of the last."""
    history = Books(contract).schedule()
    history.inspect("town", "one", "two")
    history.file("town", "township_month", "2026-01-05").inspect("town", "three")
    views = opened(url)
    for end in range(1, len(history.log) + 1):
        crew = views.crew(ListLog(history.log[:end]), ["screening"])
        crew.catch_up(end)
        crew.close()
    assert content(views, "screening") == expected(tmp_path, history.log, "screening")
    born = {row[0] for row in content(views, "screening")["inspections"]}
    findings = content(views, "screening")["findings"]
    assert len(findings) == 3 and {row[4] for row in findings} == born


def test_rebuilt_equals_live(url: str, contract: Contract) -> None:
    history = Books(contract).schedule().play(random.Random(11), 300)
    views = opened(url)
    crew = views.crew(ListLog(history.log), ["screening", "agencies"])
    crew.catch_up(len(history.log))
    live = content(views, "screening")
    assert len(live["rounds"]) > 20 and len(live["leads"]) > 20
    assert views.rebuild("screening", ListLog(history.log), grace=0) == len(history.log)
    assert content(views, "screening") == live
    crew.close()


@pytest.mark.parametrize("years", [3])
def test_what_is_outstanding_is_found_after_years(tmp_path: Path, contract: Contract, years: int) -> None:
    """One week was forgotten three years ago and one last month: both are told, and nothing else."""
    history = Books(contract).schedule()
    views = Views(f"sqlite:///{tmp_path / 'v.db'}", contract)
    rule = named(policy().packs[-1], "group_week")
    assert rule is not None
    end = date(2026 + years, 1, 1).toordinal()
    weeks = list(periods(rule, date(2026, 1, 1).toordinal(), end))
    forgotten = {weeks[0].first, weeks[-5].first, weeks[-1].first}
    for week in weeks:
        if week.first not in forgotten:
            history.to(date.fromordinal(week.last).isoformat())
            history.file("group", "group_week", date.fromordinal(week.first).isoformat())
    history.to(date.fromordinal(weeks[-1].first).isoformat())
    crew = views.crew(ListLog(history.log), ["screening", "agencies"])
    crew.catch_up(len(history.log))
    _, owed = views.screening.owed(history.now, policy(), {w.agency_id("group")})
    assert {o.period.first for o in owed} == forgotten
    crew.close()
    views.close()
