"""Every command on a book in every state of what it names: ✓ an event, – nothing, otherwise the code of the refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.agency.names import Closing, Dissolved
from hub.aggregates.dispute import commands as c
from hub.aggregates.screening import names as n
from hub.policy.screening import owed_by
from tests.given import Given

from . import books as b

TABLE = """
lead                | none         | open   | assessed | settled      | passed on
assess              | lead.unknown | ✓      | ✓        | lead.settled | lead.settled
assess the same     | lead.unknown | ✓      | –        | lead.settled | lead.settled
assess, contradicts | lead.unknown | grade.contradicts | grade.contradicts | lead.settled | lead.settled
resolved            | lead.unknown | ✓      | ✓        | –            | lead.settled
unfounded           | lead.unknown | ✓      | ✓        | lead.settled | lead.settled
registered          | lead.unknown | ✓      | ✓        | lead.settled | lead.settled
registered, as what | lead.unknown | lead.needs_dispute  | lead.needs_dispute  | lead.settled | lead.settled
passed              | lead.unknown | ✓      | ✓        | lead.settled | –
passed, to whom     | lead.unknown | lead.needs_receiver | lead.needs_receiver | lead.settled | lead.settled
passed to itself    | lead.unknown | lead.needs_receiver | lead.needs_receiver | lead.settled | lead.settled
passed to nobody    | lead.unknown | agency.unknown      | agency.unknown      | lead.settled | lead.settled
report again        | ✓            | –      | –        | –            | –

finding             | none            | open                  | rectified           | passed           | refused      | breached
rectify             | finding.unknown | ✓                     | finding.not_open    | finding.not_open | ✓            | ✓
rectify the same    | finding.unknown | ✓                     | –                   | finding.not_open | ✓            | ✓
review passed       | finding.unknown | finding.not_rectified | ✓                   | –                | finding.not_rectified | finding.not_rectified
review not passed   | finding.unknown | finding.not_rectified | ✓                   | finding.not_open | finding.not_rectified | finding.not_rectified
breach              | finding.unknown | obligation.not_due    | –                   | –                | obligation.not_due    | –
breach when due     | finding.unknown | ✓                     | –                   | –                | ✓            | –
inspect again       | ✓               | –                     | –                   | –                | –            | –

round               | not owed                | owed                     | due                      | missed                   | filed
file                | screening.not_scheduled | ✓                        | late                     | late                     | screening.filed_before
file, wrong days    | screening.not_scheduled | screening.period         | screening.period         | screening.period         | screening.period
file, next one      | screening.not_scheduled | screening.period         | ✓                        | ✓                        | screening.period
file, one before    | screening.not_scheduled | screening.period         | screening.period         | screening.period         | screening.period
file, no such       | screening.not_scheduled | screening.not_scheduled  | screening.not_scheduled  | screening.not_scheduled  | screening.not_scheduled
miss                | screening.not_scheduled | obligation.not_due       | ✓                        | –                        | –
miss, one before    | screening.not_scheduled | screening.period         | screening.period         | screening.period         | screening.period
miss, no such       | screening.not_scheduled | screening.not_scheduled  | screening.not_scheduled  | screening.not_scheduled  | screening.not_scheduled
schedule            | ✓                       | –                        | –                        | –                        | –
outside any         | ✓                       | ✓                        | ✓                        | ✓                        | ✓
outside, no kind    | field.missing           | field.missing            | field.missing            | field.missing            | field.missing
outside, to come    | screening.period        | screening.period         | screening.period         | screening.period         | screening.period
outside, backwards  | screening.period        | screening.period         | screening.period         | screening.period         | screening.period
more settled        | field.range             | field.range              | field.range              | field.range              | field.range
"""  # noqa: E501
JUNE = ("village_month", "2026-06-01", "2026-06-30")  # due five working days after: 2026-07-07 24:00
DISPUTE = w.DisputeId(b"d" * 16)
Act = tuple[str, Any, str]

LEADS: dict[str, list[Act]] = {
    "none": [],
    "open": [("village", b.report(), "l")],
    "assessed": [("village", b.report(), "l"), ("village", b.assess("l"), "")],
    "settled": [("village", b.report(), "l"), ("village", b.settle("l"), "")],
    "passed on": [("village", b.report(), "l"), ("village", b.settle("l", "passed", "town"), "")],
}
LEAD_ACTS: dict[str, Act] = {
    "assess": ("village", b.assess("l", "约谈"), ""),
    "assess the same": ("village", b.assess("l"), ""),
    "assess, contradicts": ("village", b.assess("l", scheme="high_middle_low", raw="高", ordinal=4), ""),
    "resolved": ("village", b.settle("l"), ""),
    "unfounded": ("village", b.settle("l", "unfounded"), ""),
    "registered": ("village", b.settle("l", "registered", registered=DISPUTE), ""),
    "registered, as what": ("village", b.settle("l", "registered"), ""),
    "passed": ("village", b.settle("l", "passed", "town"), ""),
    "passed, to whom": ("village", b.settle("l", "passed"), ""),
    "passed to itself": ("village", b.settle("l", "passed", "village"), ""),
    "passed to nobody": ("village", b.settle("l", "passed", "nobody"), ""),
    "report again": ("village", b.report(), "l"),
}
INSPECTED: list[Act] = [("city", b.inspect("town", "补记录"), "i")]
RECTIFIED: list[Act] = [*INSPECTED, ("town", b.rectify("i"), "")]
FINDINGS: dict[str, list[Act]] = {
    "none": [],
    "open": INSPECTED,
    "rectified": RECTIFIED,
    "passed": [*RECTIFIED, ("city", b.review("town", "i", True), "")],
    "refused": [*RECTIFIED, ("city", b.review("town", "i", False), "")],
    "breached": INSPECTED,
}
FINDING_ACTS: dict[str, Act] = {
    "rectify": ("town", b.rectify("i", "又改"), ""),
    "rectify the same": ("town", b.rectify("i"), ""),
    "review passed": ("city", b.review("town", "i", True), ""),
    "review not passed": ("city", b.review("town", "i", False), ""),
    "breach": ("hub", b.breach("town", "i"), ""),
    "breach when due": ("hub", b.breach("town", "i"), ""),
    "inspect again": ("city", b.inspect("town", "补记录"), "i"),
}
SCHEDULED: list[Act] = [("hub", b.schedule("village"), "")]
ROUNDS: dict[str, list[Act]] = {
    "not owed": [],
    "owed": SCHEDULED,
    "due": SCHEDULED,
    "missed": SCHEDULED,
    "filed": SCHEDULED,
}
ROUND_ACTS: dict[str, Act] = {
    "file": ("village", b.file(*JUNE), ""),
    "file, wrong days": ("village", b.file("village_month", "2026-06-01", "2026-06-29"), ""),
    "file, next one": ("village", b.file("village_month", "2026-07-01", "2026-07-31"), ""),
    "file, one before": ("village", b.file("village_month", "2026-05-01", "2026-05-31"), ""),
    "file, no such": ("village", b.file("township_month", "2026-06-01", "2026-06-30"), ""),
    "miss": ("hub", b.miss("village", *JUNE), ""),
    "miss, one before": ("hub", b.miss("village", "village_month", "2026-05-01", "2026-05-31"), ""),
    "miss, no such": ("hub", b.miss("village", "township_month", "2026-06-01", "2026-06-30"), ""),
    "schedule": ("hub", b.schedule("village"), ""),
    "outside any": ("village", b.file("", "2026-06-02", "2026-06-02", kind="special"), ""),
    "outside, no kind": ("village", b.file("", "2026-06-02", "2026-06-02"), ""),
    "outside, to come": ("village", b.file("", "2027-06-02", "2027-06-02", kind="special"), ""),
    "outside, backwards": ("village", b.file("", "2026-06-02", "2026-06-01", kind="special"), ""),
    "more settled": ("village", b.file(*JUNE, found=1, settled=2), ""),
}
KINDS = {"lead": (LEADS, LEAD_ACTS), "finding": (FINDINGS, FINDING_ACTS), "round": (ROUNDS, ROUND_ACTS)}


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for part in TABLE.strip().split("\n\n"):
        head, *rows = [[cell.strip() for cell in line.split("|")] for line in part.splitlines()]
        for verb, *cells in rows:
            found += [(head[0], verb, state, cell) for state, cell in zip(head[1:], cells, strict=True)]
    return found


def brought(kind: str, verb: str, state: str) -> Given:
    """A city whose book is in that state, at the time the command comes."""
    given = b.hub()
    given.given(*KINDS[kind][0][state])
    if kind == "round":
        given.now = b.at("2026-06-30 10:00")
        if state == "due" or state == "missed":
            given.now = b.at("2026-07-08 00:00")
        if state == "missed":
            given.given(("hub", b.miss("village", *JUNE)))
        if state == "filed":
            given.given(("village", b.file(*JUNE)))
    if state == "breached" or verb == "breach when due":
        given.now += 31 * w.DAY
    if state == "breached":
        given.given(("hub", b.breach("town", "i")))
    return given


@pytest.mark.parametrize(("kind", "verb", "state", "outcome"), cases())
def test_the_table(kind: str, verb: str, state: str, outcome: str) -> None:
    given = brought(kind, verb, state)
    by, body, label = KINDS[kind][1][verb]
    given.when(by, body, label)
    if "." in outcome:
        given.refused(outcome)
    elif outcome == "–":
        given.nothing()
    else:
        assert given.types(), "it has no effect"
        event: Any = given.answer[0]
        if isinstance(event, n.Filed):
            assert event.late == (outcome == "late")
        given.when(by, body, label)
        assert isinstance(given.answer, w.Refusal) or given.answer == () or verb == "outside any"


def test_every_command_and_every_state_is_in_the_table() -> None:
    told = {(kind, verb) for kind, verb, _, _ in cases()}
    assert told == {(kind, verb) for kind, (_, acts) in KINDS.items() for verb in acts}
    assert {type(act[1]) for _, acts in KINDS.values() for act in acts.values()} == set(n.COMMAND_TYPES)


# --- who may --------------------------------------------------------------------------------------------------------

OWN: dict[str, Callable[[str | None], Any]] = {
    "file": lambda subject: b.file("", "2026-05-30", "2026-05-30", subject, kind="special"),
    "report": lambda subject: b.report(subject),
    "assess": lambda subject: b.assess("l", subject=subject),
    "settle": lambda subject: b.settle("l", subject=b.ident(subject)),
    "rectify": lambda subject: b.rectify("i", subject=subject),
}


def with_all(subject: str) -> Given:
    """A book of this agency that holds a lead and a finding."""
    above = {"village": "town", "hamlet": "town", "town": "city"}[subject]
    return b.hub().given((subject, b.report(), "l"), (above, b.inspect(subject, "补记录"), "i"))


@pytest.mark.parametrize("act", OWN)
def test_a_book_is_its_agencys_own(act: str) -> None:
    for author in ("town", "village", "city", "group"):
        with_all("hamlet").when(author, OWN[act]("hamlet")).refused("access.denied")
    with_all("hamlet").when("nobody", OWN[act](None)).refused("agency.unknown")
    with_all("hamlet").when("hub", OWN[act](None)).refused("agency.unknown")
    with_all("hamlet").when("hamlet", OWN[act]("nobody")).refused("agency.unknown")
    assert with_all("hamlet").when("hamlet", OWN[act](None)).types()
    assert with_all("hamlet").when("hamlet", OWN[act]("hamlet")).types()


def closed(given: Given, code: str, successor: str, dissolved: bool) -> Given:
    steps: list[Any] = [Closing(w.agency_id(successor), "合并"), *([Dissolved("完成")] if dissolved else [])]
    for step in steps:
        given.registry = given.registry.evolve(w.agency_id(code), step)
    return given


@pytest.mark.parametrize("act", OWN)
@pytest.mark.parametrize("dissolved", [False, True])
def test_the_successor_acts_on_the_book_of_an_agency_merged_away(act: str, dissolved: bool) -> None:
    given = closed(with_all("hamlet"), "hamlet", "village", dissolved)
    given.when("town", OWN[act]("hamlet")).refused("access.denied")
    if dissolved:
        given.when("hamlet", OWN[act](None)).refused("agency.dissolved")
    before = b.book(given, "hamlet").version
    assert given.when("village", OWN[act]("hamlet")).types()
    assert b.book(given, "hamlet").version == before + 1
    assert w.screening_id(w.agency_id("village")) not in given.books
    again = closed(closed(with_all("hamlet"), "hamlet", "village", True), "village", "hill", True)
    assert again.when("hill", OWN[act]("hamlet")).types()  # the successor's successor


def test_a_missed_round_of_an_agency_that_closes_may_still_be_filed_by_its_successor() -> None:
    given = b.hub().given(("hub", b.schedule("hamlet")))
    given.now = b.at("2026-07-08 00:00")
    given.given(("hub", b.miss("hamlet", *JUNE)))
    closed(given, "hamlet", "village", False)
    given.when("hub", b.schedule("hamlet")).then("screening.scheduled")
    assert b.book(given, "hamlet").scheduled == ()
    given.when("hub", b.schedule("hamlet")).nothing()
    given.when("village", b.file(*JUNE, subject="hamlet")).then("screening.filed")
    given.when("village", b.file("village_month", "2026-07-01", "2026-07-31", "hamlet")).refused(
        "screening.not_scheduled"
    )


def test_superiors_inspect_and_review_and_nobody_else() -> None:
    for author in ("town", "hill", "village", "group", "hub", "nobody"):
        b.hub().when(author, b.inspect("town", "x")).refused("access.denied")
        with_all("town").when(author, b.review("town", "i", True)).refused("access.denied")
    b.hub().when("city", b.inspect("nobody", "x")).refused("agency.unknown")
    b.hub().when("city", b.inspect("village")).then("inspection.made")  # every superior, however far above
    closed(b.hub(), "hamlet", "village", True).when("town", b.inspect("hamlet")).refused("agency.dissolved")
    given = with_all("hamlet").given(("hamlet", b.rectify("i")))
    closed(given, "hamlet", "village", True).when("town", b.review("hamlet", "i", True)).then("finding.reviewed")


def test_a_lead_goes_to_no_agency_that_takes_nothing() -> None:
    given = closed(with_all("village"), "hamlet", "hill", False)
    given.when("village", b.settle("l", "passed", "hamlet")).refused("agency.closing")
    closed(with_all("village"), "hamlet", "hill", True).when("village", b.settle("l", "passed", "hamlet")).refused(
        "agency.dissolved"
    )


def test_the_place_of_a_lead_is_words_or_a_region_that_somebody_knows() -> None:
    for place, known in (
        ("532301101", True),
        ("东门市场", True),
        ("", True),
        ("999999", False),
        ("999999101201", False),
    ):
        when = b.hub().when("village", b.report()._replace(place=place))
        if known:
            when.then("lead.reported")
        else:
            when.refused("place.unknown")


# --- what rounds are owed, and since when ---------------------------------------------------------------------------


def test_what_is_owed_is_what_the_pack_says_and_each_from_its_own_day_on() -> None:
    given = b.hub()
    for code in ("town", "village", "group", "city"):
        agency = given.registry.agency(w.agency_id(code))
        assert agency is not None
        keys = [schedule.key for schedule in owed_by(b.PACK, agency)]
        given.when("hub", b.schedule(code))
        if not keys:
            given.nothing()
            continue
        event = b.only(given)
        assert event == n.Scheduled(agency.id, tuple(keys), "2026-06-01", b.PACK.id)
    given.now = b.at("2026-07-09 09:00")
    given.pack = b.PACK._replace(id="other", screening=tuple(s for s in b.PACK.screening if s.key != "training"))
    given.when("hub", b.schedule("town")).then("screening.scheduled")
    given.pack = b.PACK
    given.when("hub", b.schedule("town")).then("screening.scheduled")
    since = dict(b.book(given, "town").scheduled)
    assert b.iso(since["training"]) == "2026-07-09"
    assert {b.iso(day) for key, day in since.items() if key != "training"} == {"2026-06-01"}


def test_a_round_that_began_before_it_was_owed_is_neither_missed_nor_filed() -> None:
    given = b.hub("2026-06-02 00:00").given(("hub", b.schedule("village")))
    given.now = b.at("2026-08-01 00:00")
    given.when("hub", b.miss("village", *JUNE)).refused("screening.period")
    given.when("village", b.file(*JUNE)).refused("screening.period")
    given.when("village", b.file("", "2026-06-01", "2026-06-30", kind="regular")).then("screening.filed")


def test_a_round_can_be_filed_when_its_first_day_is_over() -> None:
    given = b.hub().given(("hub", b.schedule("village")))
    given.now = b.at("2026-06-01 23:59")
    given.when("village", b.file(*JUNE)).refused("screening.period")
    given.now = b.at("2026-06-02 00:00")
    given.when("village", b.file(*JUNE)).then("screening.filed")


def test_a_round_is_late_from_the_instant_it_is_due() -> None:
    for wall, late in (("2026-07-07 23:59", False), ("2026-07-08 00:00", True)):
        given = b.hub().given(("hub", b.schedule("village")))
        given.now = b.at(wall)
        event = b.only(given.when("village", b.file(*JUNE)))
        assert isinstance(event, n.Filed) and event.late == late
        assert (event.kind, event.found) == ("regular", 0)  # a nil report is a report


def test_a_missed_round_says_when_it_was_due_and_by_which_rule() -> None:
    given = b.hub().given(("hub", b.schedule("village")))
    given.now = b.at("2026-07-07 23:59")
    given.when("hub", b.miss("village", *JUNE)).refused("obligation.not_due")
    given.now = b.at("2026-07-08 00:00")
    event = b.only(given.when("hub", b.miss("village", *JUNE)))
    assert isinstance(event, n.Missed)
    assert (event.due_at, event.pack, event.calendar) == (given.now, b.PACK.id, b.PACK.calendar.version)
    assert event.rule.startswith("screening.village_month.5w")


def test_an_inspection_files_the_round_of_supervision_and_nothing_else_does() -> None:
    half = ("supervision", "2026-07-01", "2026-12-31")
    given = b.hub().given(("hub", b.schedule("town")))
    given.now = b.at("2026-07-02 09:00")
    given.when("town", b.file(*half)).refused("screening.not_scheduled")
    given.now = b.at("2027-01-01 00:00")
    given.when("hub", b.miss("town", *half)).then("screening.missed")

    given = b.hub().given(("hub", b.schedule("town")))
    given.now = b.at("2026-12-31 23:59")
    event = b.only(given.when("city", b.inspect("town")))
    assert isinstance(event, n.Inspected) and (event.round, event.findings) == ("2026-H2", 0)
    given.now = b.at("2027-01-01 00:00")
    given.when("hub", b.miss("town", *half)).nothing()
    event = b.only(given.when("city", b.inspect("town")))
    assert isinstance(event, n.Inspected) and event.round == "2027-H1"


def test_a_finding_that_did_not_pass_has_a_new_due_time() -> None:
    given = b.hub().given(("city", b.inspect("town", "甲", "乙"), "i"))
    raised: Any = given.answer
    assert [event.finding for event in raised[1:]] == [b.finding("i", 1), b.finding("i", 2)]
    given.now += 40 * w.DAY
    given.given(("hub", b.breach("town", "i", 2)), ("town", b.rectify("i", number=2)))
    event = b.only(given.when("city", b.review("town", "i", False, 2)))
    assert isinstance(event, n.FindingReviewed) and event.due_at is not None
    assert event.due_at > given.now and event.rule.startswith("rectify.30d") and event.pack == b.PACK.id
    given.when("hub", b.breach("town", "i", 2)).refused("obligation.not_due")
    given.now = event.due_at
    given.when("hub", b.breach("town", "i", 2)).then("finding.breached")
    event = b.only(given.given(("town", b.rectify("i", number=2))).when("city", b.review("town", "i", True, 2)))
    assert isinstance(event, n.FindingReviewed) and (event.due_at, event.rule) == (None, "")


# --- other streams --------------------------------------------------------------------------------------------------


def test_a_disputes_command_that_names_a_book_is_refused_like_one_that_names_nothing() -> None:
    from hub.aggregates.command import Command
    from hub.aggregates.decide import Context, decide
    from hub.policy import shipped_policy

    given = with_all("village")
    stream = w.screening_id(w.agency_id("village"))
    context = Context(given.now, given.registry, b.PACK, lambda: "1", given.accountable, shipped_policy("532301"))
    for body in (c.Grade("三级", "中", 3), c.Close("performed", "", True), c.Sign(w.ReferralId(b"r" * 16))):
        command = Command(
            "desk", w.derived_id("x"), b"", w.agency_id("village"), "", given.now, w.DisputeId(stream), None, body
        )
        found = decide(command, given.books[stream], context)
        assert isinstance(found, w.Refusal) and (found.code, found.field) == ("dispute.unknown", "dispute")
