"""Random walks over several books: each command has the outcome a small model of its own foretells, and the book at
the end is the fold of its events.

The model knows plain dicts and dates; when a round is due it asks the rules, which have tests of their own.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.agency.names import Closing, Dissolved
from hub.aggregates.decide import fold
from hub.aggregates.screening import names as n
from hub.policy.calendar import day_of, midnight
from hub.policy.screening import due_of, named
from tests.given import Given

from . import books as b

CODES = [code for code, *_ in b.CITY]
UP = {code: up for code, _, _, _, up in b.CITY}
OWED = {
    "city": (),
    "town": ("township_month", "analysis", "training", "supervision"),
    "hill": ("township_month", "analysis", "training", "supervision"),
    "village": ("village_month",),
    "hamlet": ("village_month",),
    "group": ("group_week",),
}
MONTHS = {"township_month": 1, "village_month": 1, "analysis": 3, "training": 3, "supervision": 6}
STEPS = 700


def days_of(key: str, day: date) -> tuple[date, date]:
    """First and last day of the period of a schedule a day lies in."""
    if key == "group_week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    size = MONTHS[key]
    first = date(day.year, (day.month - 1) // size * size + 1, 1)
    end = first.replace(day=28)
    for _ in range(size):
        end = end + timedelta(days=4) if _ == 0 else (end + timedelta(days=31))
        end = end.replace(day=1)
    return first, end - timedelta(days=1)


class Model:
    """What should be in every book, told by plain rules."""

    def __init__(self) -> None:
        self.since: dict[str, dict[str, date]] = {code: {} for code in CODES}
        self.rounds: dict[tuple[str, str, date], str] = {}
        self.inspected: set[tuple[str, str]] = set()
        self.leads: dict[tuple[str, bytes], Any] = {}  # (book, lead): ("open", assessment) or ("settled", how)
        self.findings: dict[tuple[str, bytes], list[Any]] = {}  # [state, due_at, done, breached]
        self.heirs: dict[str, str] = {}
        self.gone: set[str] = set()

    def own(self, author: str, subject: str) -> str:
        if author == subject:
            return "agency.dissolved" if subject in self.gone else ""
        return "" if self.heirs.get(subject) == author else "access.denied"

    def above(self, author: str, subject: str) -> str:
        up = UP[subject]
        while up is not None:
            if up == author:
                return ""
            up = UP[up]
        return "access.denied"

    def foretell(self, author: str, subject: str, body: Any, now: int) -> str:
        """ "" = an effect, "-" = nothing, else the code."""
        today = date.fromordinal(day_of(now))
        match body:
            case n.Schedule():
                owed = () if subject in self.heirs else OWED[subject]
                return "-" if tuple(self.since[subject]) == owed else ""
            case n.FileScreening():
                return self.own(author, subject) or self.filing(subject, body, today)
            case n.MissScreening():
                return self.missing(subject, body, now)
            case n.ReportLead():
                return self.own(author, subject)
            case n.AssessLead() | n.SettleLead():
                return self.own(author, subject) or self.treating(subject, body)
            case n.Inspect():
                return self.above(author, subject) or ("agency.dissolved" if subject in self.gone else "")
            case n.Rectify():
                return self.own(author, subject) or self.following(subject, body, now)
            case n.ReviewFinding():
                return self.above(author, subject) or self.following(subject, body, now)
            case n.BreachFinding():
                return self.following(subject, body, now)
        raise AssertionError(body)

    def treating(self, subject: str, body: n.AssessLead | n.SettleLead) -> str:
        """Of a lead: 研判, 处置."""
        found = self.leads.get((subject, body.lead))
        if found is None:
            return "lead.unknown"
        if isinstance(body, n.AssessLead):
            return "lead.settled" if found[0] == "settled" else "-" if found[1] == body[2:] else ""
        if found[0] == "settled":
            return "-" if found[1] == body[2:5] else "lead.settled"
        if body.outcome == "registered" and body.registered is None:
            return "lead.needs_dispute"
        if body.outcome == "passed" and body.receiver in (None, w.agency_id(subject)):
            return "lead.needs_receiver"
        closed = {w.agency_id(code) for code in self.heirs}
        if body.outcome == "passed" and body.receiver in closed:
            return "agency.dissolved"
        return ""

    def following(self, subject: str, body: n.Rectify | n.ReviewFinding | n.BreachFinding, now: int) -> str:
        """Of a finding: 整改, 整改复核, 整改超期."""
        found = self.findings.get((subject, body.finding))
        if found is None:
            return "finding.unknown"
        state, due_at, done, breached = found
        if isinstance(body, n.Rectify):
            if state == "rectified" and done == body.done:
                return "-"
            return "" if state == "open" else "finding.not_open"
        if isinstance(body, n.ReviewFinding):
            if state == "passed":
                return "-" if body.passed else "finding.not_open"
            return "" if state == "rectified" else "finding.not_rectified"
        if state != "open" or breached:
            return "-"
        return "obligation.not_due" if now < due_at else ""

    def owed(self, subject: str, body: Any, today: date) -> str:
        """ "" for a round that is or was owed, else why not."""
        first, last = date.fromisoformat(body.first), date.fromisoformat(body.last)
        known = self.rounds.get((subject, body.schedule, first))
        since = self.since[subject].get(body.schedule)
        if last < today - timedelta(days=400):
            return "screening.period"
        if since is None and known is None:
            return "screening.not_scheduled"
        before = known is None and since is not None and first < since
        return "screening.period" if before or days_of(body.schedule, first) != (first, last) else ""

    def filing(self, subject: str, body: n.FileScreening, today: date) -> str:
        first = date.fromisoformat(body.first)
        if body.schedule == "":
            return "screening.period" if first > today else ""
        bad = self.owed(subject, body, today)
        if bad or body.schedule == "supervision":
            return bad or "screening.not_scheduled"
        if first >= today:
            return "screening.period"
        return "screening.filed_before" if self.rounds.get((subject, body.schedule, first)) == "filed" else ""

    def missing(self, subject: str, body: n.MissScreening, now: int) -> str:
        first = date.fromisoformat(body.first)
        bad = self.owed(subject, body, date.fromordinal(day_of(now)))
        if bad:
            return bad
        half = f"{first.year}-H{1 if first.month < 7 else 2}"
        inspected = body.schedule == "supervision" and (subject, half) in self.inspected
        if inspected or (subject, body.schedule, first) in self.rounds:
            return "-"
        return "obligation.not_due" if now < self.due(subject, body.schedule, date.fromisoformat(body.last)) else ""

    def due(self, subject: str, key: str, last: date) -> int:
        rule = named(b.PACK, key)
        assert rule is not None
        return due_of(rule, last.toordinal(), b.PACK.calendar, "532301").at

    def apply(self, subject: str, event: Any) -> None:
        match event:
            case n.Scheduled():
                day, old = date.fromisoformat(event.since), self.since[subject]
                self.since[subject] = {key: old.get(key, day) for key in event.schedules}
            case n.Filed():
                if event.schedule:
                    first = date.fromisoformat(event.first)
                    was_missed = (subject, event.schedule, first) in self.rounds
                    self.rounds[subject, event.schedule, first] = "filed"
                    assert event.late or not was_missed
            case n.Missed():
                self.rounds[subject, event.schedule, date.fromisoformat(event.first)] = "missed"
            case n.LeadReported():
                self.leads[subject, event.lead] = ("open", event[6:10])
            case n.LeadAssessed():
                self.leads[subject, event.lead] = ("open", event[2:])
            case n.LeadSettled():
                self.leads[subject, event.lead] = ("settled", event[2:5])
            case n.Inspected():
                self.inspected.add((subject, event.round))
            case n.FindingRaised():
                self.findings[subject, event.finding] = ["open", event.due_at, None, False]
            case n.FindingRectified():
                self.findings[subject, event.finding][0::2] = ["rectified", event.done]
            case n.FindingReviewed():
                again = ["open", event.due_at, None, False]
                self.findings[subject, event.finding] = ["passed", 0, None, False] if event.passed else again
            case n.FindingBreached():
                self.findings[subject, event.finding][3] = True


class Walk:
    """One walk: what to try next is drawn from what is there, seldom from what is not."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.model = Model()
        self.given: Given = b.hub()
        self.told: dict[str, list[Any]] = {code: [] for code in CODES}
        self.seen: Counter[str] = Counter()

    def lead(self, subject: str) -> w.LeadId:
        there = [ident for book, ident in self.model.leads if book == subject]
        return w.LeadId(self.dice.choice(there[-6:])) if there and self.dice.random() < 0.9 else w.LeadId(b"?" * 16)

    def finding(self, subject: str) -> w.FindingId:
        there = [ident for book, ident in self.model.findings if book == subject]
        known = there and self.dice.random() < 0.9
        return w.FindingId(self.dice.choice(there[-4:])) if known else w.FindingId(b"?" * 16)

    def period(self, key: str) -> tuple[str, str]:
        day = date.fromordinal(day_of(self.given.now)) - timedelta(days=self.dice.choice((0, 3, 20, 40, 120, 500)))
        first, last = days_of(key, day)
        if self.dice.random() < 0.05:
            last += timedelta(days=1)
        return first.isoformat(), last.isoformat()

    def body(self, subject: str) -> tuple[str, Any]:
        """Who acts and what."""
        dice, ident = self.dice, w.agency_id(subject)
        key = dice.choice(OWED[subject] or ("village_month",))
        key = key if dice.random() < 0.95 else "group_week"
        heir = self.model.heirs.get(subject, subject)
        own = dice.choice((subject, heir, heir, heir)) if dice.random() < 0.9 else dice.choice(CODES)
        up = UP[subject] if UP[subject] is not None and dice.random() < 0.9 else dice.choice(CODES)
        assert up is not None
        match dice.randrange(11):
            case 0:
                return "hub", b.schedule(subject)
            case 1 | 2:
                return own, b.file(key, *self.period(key), subject)
            case 3:
                return "hub", b.miss(subject, key, *self.period(key))
            case 4:
                day = date.fromordinal(day_of(self.given.now)) + timedelta(days=dice.choice((-1, 0, 1)))
                return own, b.file("", day.isoformat(), day.isoformat(), subject, kind="special", found=2, settled=1)
            case 5:
                return own, b.report(subject)
            case 6:
                return own, b.assess("", dice.choice("甲乙"), subject)._replace(lead=self.lead(subject))
            case 7:
                outcome = dice.choice(("resolved", "unfounded", "registered", "passed"))
                receiver = dice.choice((None, *CODES))
                dispute = dice.choice((None, b"d" * 16))
                made = b.settle("", outcome, receiver, registered=dispute, subject=ident)
                return own, made._replace(lead=self.lead(subject))
            case 8:
                return up, b.inspect(subject, *dice.choice(((), ("甲",), ("甲", "乙"))))
            case 9:
                made_done = b.rectify("", dice.choice(("改", "再改")), subject)
                return own, made_done._replace(finding=self.finding(subject))
            case _:
                if dice.random() < 0.4:
                    return "hub", n.BreachFinding(ident, self.finding(subject))
                return up, n.ReviewFinding(ident, self.finding(subject), dice.random() < 0.5, "")

    def merge(self, code: str, successor: str) -> None:
        for event in (Closing(w.agency_id(successor), ""), Dissolved("")):
            self.given.registry = self.given.registry.evolve(w.agency_id(code), event)
        self.model.heirs[code] = successor
        self.model.gone.add(code)

    def step(self, i: int) -> None:
        self.given.now += self.dice.choice((1, w.HOUR, w.DAY, 3 * w.DAY, 9 * w.DAY))
        subject = self.dice.choice(CODES)
        author, body = self.body(subject)
        label = f"step {i}"
        expected = self.model.foretell(author, subject, body, self.given.now)
        self.given.when(author, body, label)
        made: Any = self.given.answer
        got = made.code if isinstance(made, w.Refusal) else "" if made else "-"
        assert got == expected, (i, author, subject, body, made)
        self.seen[f"{type(body).__name__} {got}"] += 1
        for event in () if isinstance(made, w.Refusal) else made:
            assert event.subject == w.agency_id(subject)
            self.model.apply(subject, event)
            self.told[subject].append(event)
        if made and not isinstance(made, w.Refusal):
            again: Any = self.given.when(author, body, label).answer
            known = isinstance(again, w.Refusal) or again == ()
            if known or isinstance(body, n.FileScreening | n.Inspect):
                for event in () if isinstance(again, w.Refusal) else again:
                    self.told[subject].append(event)
                    self.model.apply(subject, event)
                return
            raise AssertionError(f"twice: {body}")


@pytest.mark.parametrize("seed", range(12))
def test_every_outcome_is_the_models_and_every_book_the_fold_of_its_events(seed: int) -> None:
    walk = Walk(seed)
    for i in range(STEPS):
        if i == STEPS // 2:
            walk.merge("hamlet", "village")
        walk.step(i)
    effects = {name.split()[0] for name in walk.seen if name.endswith(" ")}
    assert effects == {cls.__name__ for cls in n.COMMAND_TYPES}, walk.seen
    for code in CODES:
        stream = w.screening_id(w.agency_id(code))
        book = b.book(walk.given, code)
        assert fold(walk.told[code], stream) == book and book.version == len(walk.told[code])
        is_open = {ident for (there, ident), state in walk.model.leads.items() if there == code and state[0] == "open"}
        assert {lead.id for lead in book.leads} == is_open
        running = {i: s[1] for (there, i), s in walk.model.findings.items() if there == code and s[0] != "passed"}
        assert {finding.id: finding.due_at for finding in book.findings} == running
        kept = {(r.schedule, date.fromordinal(r.first)): "filed" if r.filed else "missed" for r in book.rounds}
        newest = max((r.first for r in book.rounds), default=0)
        known = {
            (key, first): how
            for (there, key, first), how in walk.model.rounds.items()
            if there == code and days_of(key, first)[1].toordinal() >= newest - 400
        }
        assert kept == known
    assert midnight(day_of(walk.given.now)) > b.at("2026-06-01 00:00") + 300 * w.DAY


def test_what_has_ended_is_forgotten_after_a_hundred_and_rounds_after_four_hundred_days() -> None:
    given = b.hub("2026-06-01 00:00").given(("hub", b.schedule("group")))
    for i in range(130):
        given.now += 7 * w.DAY
        first, last = days_of("group_week", date.fromordinal(day_of(given.now)) - timedelta(days=7))
        given.given(("group", b.file("group_week", first.isoformat(), last.isoformat())))
        given.given(("group", b.report(), f"l{i}"), ("group", b.settle(f"l{i}"), ""))
        given.given(("village", b.inspect("group", "甲"), f"i{i}"), ("group", b.rectify(f"i{i}"), ""))
        given.given(("village", b.review("group", f"i{i}", True), ""))
    book = b.book(given, "group")
    assert (len(book.settled), len(book.passed), len(book.inspected)) == (100, 100, 4)
    assert len(book.rounds) == 59 and max(r.first for r in book.rounds) - min(r.last for r in book.rounds) == 400
    given.when("group", b.settle("l29")).refused("lead.unknown")
    given.when("group", b.settle("l30")).nothing()
    oldest = min((r for r in book.rounds if r.last >= day_of(given.now) - 400), key=lambda r: r.first)
    given.when("group", b.file("group_week", b.iso(oldest.first), b.iso(oldest.last))).refused("screening.filed_before")
    before = (b.iso(oldest.first - 7), b.iso(oldest.last - 7))
    given.when("group", b.file("group_week", *before)).refused("screening.period")
