"""排查 read from the view, counted by hand: what is owed when, the calendar, the ledger, a quarter, supervision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.screening import names as s
from hub.contract import Contract
from hub.policy.screening import Schedule, named
from hub.projections import BadCursor, Views
from hub.projections.screening.ledger import UNSETTLED, Leads
from tests.projections.books import TOWN, VILLAGE, Books, policy
from tests.projections.histories import ListLog

Shown = Callable[[], Views]


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def rule(key: str) -> Schedule:
    found = named(policy().packs[-1], key)
    assert found is not None
    return found


@pytest.fixture
def books(contract: Contract) -> Books:
    """Scheduled on the morning of Thursday 1 January 2026."""
    return Books(contract).schedule()


@pytest.fixture
def shown(views: Views, books: Books) -> Shown:
    """The views with all that has happened."""

    def made() -> Views:
        crew = views.crew(ListLog(books.log), ["screening", "agencies"])
        crew.catch_up(len(books.log))
        crew.close()
        return views

    return made


def owed(views: Views, books: Books, code: str) -> list[str]:
    """``schedule first due*``: ended with -, late with !"""
    _, found = views.screening.owed(books.now, policy(), {w.agency_id(code)})
    mark = {(False, False): "", (True, False): "-", (True, True): "!"}
    return [
        f"{o.schedule.key} {date.fromordinal(o.period.first).isoformat()[5:]}{mark[o.ended, o.late]}" for o in found
    ]


def test_a_week_is_owed_from_its_monday_and_late_after_two_working_days(books: Books, shown: Shown) -> None:
    assert owed(shown(), books, "group") == []  # the running week began before the hub knew of it
    assert owed(shown(), books.to("2026-01-05"), "group") == ["group_week 01-05"]
    assert owed(shown(), books.to("2026-01-12"), "group") == ["group_week 01-05-", "group_week 01-12"]
    assert owed(shown(), books.to("2026-01-14", 0), "group") == ["group_week 01-05!", "group_week 01-12"]
    books.miss("group", "group_week", "2026-01-05")
    assert owed(shown(), books, "group") == ["group_week 01-12"]
    books.file("group", "group_week", "2026-01-12")
    assert owed(shown(), books, "group") == []
    books.to("2026-01-20").file("group", "group_week", "2026-01-19")  # before the week's end: its first day is over
    assert owed(shown(), books, "group") == []


def test_a_township_owes_the_month_the_quarter_and_its_supervision(books: Books, shown: Shown) -> None:
    assert owed(shown(), books.to("2026-01-06"), "town") == [
        "township_month 01-01", "analysis 01-01", "training 01-01", "supervision 01-01",
    ]  # fmt: skip
    books.inspect("town")
    assert owed(shown(), books, "town") == ["township_month 01-01", "analysis 01-01", "training 01-01"]
    assert owed(shown(), books, "city") == []


def test_nothing_is_owed_after_an_agency_closes(books: Books, shown: Shown) -> None:
    books.to("2026-02-10")
    assert owed(shown(), books, "village-2") == ["village_month 01-01!", "village_month 02-01"]
    books.do("hub", names.CloseAgency(w.agency_id("village-2"), w.agency_id("heir"), ""))
    assert owed(shown(), books, "village-2") == []  # at once, before the hub has said so in the book
    books.schedule("village-2")
    assert owed(shown(), books, "village-2") == []


def test_only_what_a_scope_may_see(books: Books, shown: Shown) -> None:
    books.to("2026-01-06").lead("village")
    views, village = shown(), frozenset({w.agency_id("village")})
    _, all_of_it = views.screening.owed(books.now, policy())
    _, some = views.screening.owed(books.now, policy(), village)
    assert {o.subject.code for o in some} == {"village"} and len(some) < len(all_of_it)
    assert views.screening.leads(Leads(scope=frozenset({w.agency_id("group")})))[1] == 0
    assert views.screening.leads(Leads(scope=village))[1] == 1
    year = (ordinal("2026-01-01"), ordinal("2026-12-31"))
    told = views.screening.analysis(*year, books.now, policy(), frozenset())
    assert (told.rounds, told.reported, told.categories) == ((), 0, {})
    assert views.screening.coverage("2026-H1", books.now, village).lines == ()


def test_the_calendar_tells_each_period_of_each_agency(books: Books, shown: Shown) -> None:
    books.to("2026-02-05").file("village", "village_month", "2026-01-10", 3, 2)
    books.to("2026-02-10").miss("village-2", "village_month", "2026-01-10")
    books.to("2026-02-11").file("village-2", "village_month", "2026-01-10", 1)
    books.to("2026-03-02")
    span = (ordinal("2025-12-01"), ordinal("2026-03-31"))
    told = shown().screening.calendar(rule("village_month"), *span, books.now, policy())
    assert [date.fromordinal(p.first).month for p in told.periods] == [12, 1, 2, 3]
    cells = {line.subject.code: [cell.state for cell in line.cells] for line in told.lines}
    assert cells == {
        "heir": ["none", "overdue", "due", "running"], "village": ["none", "filed", "due", "running"],
        "village-2": ["none", "late", "due", "running"],
    }  # fmt: skip
    assert told.totals[1] == {"filed": 1, "late": 1, "overdue": 1} and told.agencies == 3
    assert owed(shown(), books, "village-2") == ["village_month 02-01-", "village_month 03-01"]
    filed = told.lines[1].cells[1]
    assert (filed.found, filed.settled) == (3, 2)
    due = told.lines[1].cells[2].due_at
    assert due is not None and due > books.now
    page = shown().screening.calendar(rule("village_month"), *span, books.now, policy(), skip=1, limit=1)
    assert [line.subject.code for line in page.lines] == ["village"] and page.totals == told.totals


def test_the_ledger_puts_what_is_not_graded_first(books: Books, shown: Shown) -> None:
    first = books.lead("village", "02", 3)
    second = books.to("2026-01-02").lead("village", "06", 1, "532301101002", "grid")
    third = books.to("2026-01-03").lead("group", "02")
    done = books.lead("town", "15", 1, TOWN)
    books.settle("town", done, "unfounded", note="nothing there")
    passed = books.lead("town")
    books.settle("town", passed, "passed", receiver=w.agency_id("village"))
    read = shown().screening
    order = [row["lead"] for row in read.leads(Leads())[0].items]
    assert order == [third, second, first, passed, done]
    assert [row["state"] for row in read.leads(Leads())[0].items] == [
        "reported",
        "assessed",
        "assessed",
        *["settled"] * 2,
    ]

    def found(**of: object) -> list[bytes]:
        page, total = read.leads(Leads(**of))  # type: ignore[arg-type]
        assert total == len(page.items)
        return [row["lead"] for row in page.items]

    assert found(state=UNSETTLED) == [third, second, first] and found(state="settled") == [passed, done]
    assert found(state="reported") == [third] and found(state="assessed") == [second, first]
    assert found(subject=w.agency_id("village")) == [second, first] and found(grade=1) == [second, done]
    assert found(grade=0) == [third, passed] and found(category="02") == [third, first, passed]
    assert found(place=VILLAGE) == [third, first, passed] and found(place=TOWN) == order
    assert found(place="5323020") == [] and found(source="grid") == [second]
    assert found(outcome="unfounded") == [done] and found(first=ordinal("2026-01-02"), last=ordinal("2026-01-02")) == [
        second
    ]
    assert read.unsettled() == (len(books.log), {0: 1, 1: 1, 3: 1})
    row = read.lead(done)
    assert row is not None and (row["note"], row["subject_name"], row["author_code"]) == (
        "nothing there",
        "town",
        "town",
    )
    assert read.lead(bytes(16)) is None
    kept = read.lead(passed)
    assert kept is not None and kept["receiver_name"] == "village"


def test_a_grade_may_change_and_is_then_the_latest(books: Books, shown: Shown) -> None:
    lead = books.lead("village")
    books.to("2026-01-02").assess("village", lead, 2).to("2026-01-03").assess("village", lead, 1)
    row = shown().screening.lead(lead)
    assert row is not None and (row["ordinal"], row["raw"], row["measures"], row["state"]) == (
        1,
        "红",
        "talk",
        "assessed",
    )
    assert row["assessed_at"] == books.now > row["reported_at"]


def test_a_page_of_leads_leads_to_the_next(books: Books, shown: Shown) -> None:
    leads = [books.lead("village", grade=n % 4) for n in range(9)]
    read = shown().screening
    seen, cursor = [], None
    while True:
        page, total = read.leads(Leads(), cursor=cursor, limit=2)
        assert total == 9
        seen += [row["lead"] for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(leads) and len(set(seen)) == 9
    with pytest.raises(BadCursor):
        read.leads(Leads(), cursor="x")
    with read.all_leads(Leads(), 4) as (position, total, rows):
        assert (position, total, [row["lead"] for row in rows]) == (len(books.log), 9, seen[:4])


def test_leads_are_found_by_their_dispute(books: Books, shown: Shown) -> None:
    dispute, lead = w.DisputeId(bytes([7] * 16)), books.lead("village")
    books.lead("village")
    books.settle("village", lead, "registered", registered=dispute)
    read = shown().screening
    assert [row["lead"] for row in read.leads_of(dispute)] == [lead] and read.leads_of(bytes(16)) == []


def test_a_quarter_adds_up(books: Books, shown: Shown) -> None:
    books.lead("group", "02", 1)
    settled = books.lead("village", "06", 3, source="grid")
    books.settle("village", settled)
    books.to("2026-02-05").file("village", "village_month", "2026-01-10", 3, 2)
    books.to("2026-02-10").miss("village-2", "village_month", "2026-01-10").miss("heir", "village_month", "2026-01-10")
    books.to("2026-02-11").file("village-2", "village_month", "2026-01-10", 1)
    books.to("2026-04-02").lead("group")  # in the next quarter
    told = shown().screening.analysis(ordinal("2026-01-01"), ordinal("2026-03-31"), books.now, policy())
    months = next(row for row in told.rounds if row.schedule == "village_month")
    # January: one in time, one late that was missed at first, one missed; February and March of three villages not yet.
    assert (months.owed, months.filed, months.late, months.missed, months.outstanding) == (9, 1, 1, 1, 6)
    assert (months.caught_up, months.found) == (1, 4)
    assert (told.reported, told.still_open, told.categories) == (2, 1, {"02": 1, "06": 1})
    assert (told.grades, told.sources, told.settled) == ({1: 1, 3: 1}, {"grid": 1, "informant": 1}, {"resolved": 1})
    later = shown().screening.analysis(ordinal("2026-04-01"), ordinal("2026-06-30"), books.now, policy())
    assert (later.reported, later.grades, later.settled) == (1, {0: 1}, {})


def test_a_supervision_round_covers_the_townships(books: Books, shown: Shown) -> None:
    one, two, three = books.inspect("town", "a", "b", "c")
    books.inspect("village", "d")  # not one of those the rounds are about
    books.to("2026-01-10").do("town", s.Rectify(None, one, "done"))
    books.do("city", s.ReviewFinding(w.agency_id("town"), one, True, "good"))
    books.do("town", s.Rectify(None, two, "done"))
    told = shown().screening.coverage("2026-H1", books.now)
    lines = {line.subject.code: line for line in told.lines}
    town = lines["town"]
    assert (told.inspected, told.owing) == (1, 2) and list(lines) == ["town", "town-2", "village"]
    assert (town.inspections, town.raised, town.open, town.rectified, town.passed, town.overdue) == (1, 3, 1, 1, 1, 0)
    assert (lines["town-2"].inspections, lines["town-2"].last_at, lines["village"].owing) == (0, None, False)
    books.to("2026-03-01")
    assert shown().screening.coverage("2026-H1", books.now).lines[0].overdue == 1
    overdue = shown().screening.overdue_findings(books.now, 10)
    assert {row["finding"] for row in overdue} >= {three} and two not in {row["finding"] for row in overdue}
    assert (
        shown().screening.overdue_findings(books.now, 10, (overdue[0]["due_at"], overdue[0]["finding"])) == overdue[1:]
    )
    books.do("hub", s.BreachFinding(w.agency_id("town"), three))
    assert three not in {row["finding"] for row in shown().screening.overdue_findings(books.now, 10)}
    later, earlier = (shown().screening.coverage(name, books.now) for name in ("2026-H2", "2025-H2"))
    assert (later.inspected, later.owing) == (0, 2)
    assert (earlier.inspected, earlier.owing) == (0, 0)  # before the hub knew of it


def test_an_inspection_of_a_half_year_that_is_not_owed_leaves_what_is(contract: Contract, views: Views) -> None:
    books = Books(contract).to("2026-03-10").schedule()
    books.inspect("town")
    crew = views.crew(ListLog(books.log), ["screening", "agencies"])
    crew.catch_up(len(books.log))
    crew.close()
    assert "supervision 07-01" in owed(views, books.to("2026-07-02"), "town")
    told = views.screening.coverage("2026-H1", books.now)
    assert (told.inspected, told.owing) == (1, 2)
    span = (ordinal("2026-01-01"), ordinal("2026-12-31"))
    lines = views.screening.calendar(rule("supervision"), *span, books.now, policy()).lines
    assert [[cell.state for cell in line.cells] for line in lines] == [["filed", "running"], ["none", "running"]]


def test_a_week_across_the_quarters_end_is_the_later_quarters(books: Books, shown: Shown) -> None:
    books.to("2026-04-06").file("group", "group_week", "2026-03-30", 2)
    quarters = [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")]
    found = []
    for first, last in quarters:
        told = shown().screening.analysis(ordinal(first), ordinal(last), books.now, policy())
        week = next(row for row in told.rounds if row.schedule == "group_week")
        found.append((week.owed, week.filed, week.outstanding))
    assert found == [(12, 0, 12), (2, 1, 1)]


def test_a_finding_reviewed_in_vain_is_open_again(books: Books, shown: Shown) -> None:
    (finding,) = books.inspect("town", "a")
    books.to("2026-03-01").do("hub", s.BreachFinding(w.agency_id("town"), finding))
    books.do("town", s.Rectify(None, finding, "done"))
    books.do("city", s.ReviewFinding(w.agency_id("town"), finding, False, "not yet"))
    (row,) = shown().screening.findings_of(w.agency_id("town")).items
    assert (row["state"], row["reviews"], row["note"], row["breached_at"]) == ("open", 1, "not yet", None)
    assert row["due_at"] > books.now and row["author_name"] == "city"


def test_a_books_rounds_come_newest_first(books: Books, shown: Shown) -> None:
    books.to("2026-03-02")
    for month in ("2026-01-10", "2026-02-10"):
        books.file("village", "village_month", month)
    books.do("village", s.FileScreening(None, "", "special", "2026-02-20", "2026-02-21", 2, 1, "market"))
    rows = shown().screening.rounds_of(w.agency_id("village")).items
    assert [(row["schedule"], row["state"], row["found"]) for row in rows] == [
        ("", "filed", 2), ("village_month", "filed", 0), ("village_month", "late", 0),
    ]  # fmt: skip
    assert rows[0]["summary"] == "market" and rows[0]["author_code"] == "village"
