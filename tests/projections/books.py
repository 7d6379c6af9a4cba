"""Histories of books (排查台账) made by the real decisions under Chuxiong's pack: a log and its states."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from typing import Any

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.decide import Book, Context, Decision, decide, stream_of
from hub.aggregates.screening import names as s
from hub.contract import Contract
from hub.policy import Policy, shipped_policy
from hub.policy.calendar import day_of, midnight
from hub.policy.screening import named, period_of
from hub.words import CommandId
from tests.projections.written import Written

TOWN, VILLAGE = "532301101", "532301101001"
CITY = (
    ("city", "committee", "city", "532301", None),
    ("town", "committee", "township", TOWN, "city"),
    ("town-2", "committee", "township", "532301102", "city"),
    ("village", "committee", "village", VILLAGE, "town"),
    ("village-2", "committee", "village", "532301101002", "town"),
    ("group", "group", "group", VILLAGE, "village"),
    ("heir", "committee", "village", "532301101003", "town"),
)
START = midnight(date(2026, 1, 1).toordinal()) + 9 * w.HOUR


@cache
def policy() -> Policy:
    """What holds in Chuxiong."""
    return shipped_policy("532301")


def iso(day: int) -> str:
    """A local day as it is written."""
    return date.fromordinal(day).isoformat()


class Books(Written):
    """What happened so far. ``books``: as the writer knows them."""

    def __init__(self, contract: Contract, now: int = START) -> None:
        super().__init__(contract, now)
        self.books: dict[bytes, Book] = {}
        self.refused: w.Refusal | None = None
        for code, kind, level, region, up in CITY:
            superior = w.agency_id(up) if up else None
            self.do("hub", names.RegisterAgency(code, code, kind, level, region, superior, (), 1, False))

    def do(self, who: str, body: Any) -> CommandId:
        """Ask for something; its command's id. ``refused``: why it was refused."""
        command = self.command(w.agency_id(who), body)
        context = Context(self.now, self.registry, policy().at(self.now), lambda: "", lambda _: False, policy())
        stream = stream_of(command) or b""
        decided = decide(command, self.books.get(stream), context)
        self.refused = decided if isinstance(decided, w.Refusal) else None
        if isinstance(decided, Decision):
            for event in decided.events:
                self.append(decided.stream, event, command)
            if isinstance(decided.state, Book):
                self.books[stream] = decided.state
        return command.command_id

    # --- in short ---------------------------------------------------------------------------------------------------

    @property
    def today(self) -> int:
        """The local day."""
        return day_of(self.now)

    def to(self, day: str, hour: int = 9) -> Books:
        """Go on to a local day."""
        self.now = midnight(date.fromisoformat(day).toordinal()) + hour * w.HOUR
        return self

    def schedule(self, *codes: str) -> Books:
        """The hub says what these agencies owe (default: all)."""
        for code in codes or [row[0] for row in CITY]:
            self.do("hub", s.Schedule(w.agency_id(code)))
        return self

    def file(self, who: str, key: str, day: str, found: int = 0, settled: int = 0, summary: str = "") -> Books:
        """A round of the period that a day lies in."""
        self.do(who, s.FileScreening(None, key, "", *self.days(key, day), found, settled, summary))
        return self

    def miss(self, who: str, key: str, day: str) -> Books:
        """The hub notes that it was missed."""
        self.do("hub", s.MissScreening(w.agency_id(who), key, *self.days(key, day)))
        return self

    def days(self, key: str, day: str) -> tuple[str, str]:
        """First and last day of a period."""
        rule = named(policy().at(self.now), key)
        assert rule is not None
        first, last = period_of(rule, date.fromisoformat(day).toordinal())
        return iso(first), iso(last)

    def lead(
        self, who: str, category: str = "02", grade: int = 0, place: str = VILLAGE, source: str = "informant"
    ) -> w.LeadId:
        """A lead of somebody's."""
        raw = ("", "红", "橙", "黄", "蓝")[grade]
        scheme = "four_colours" if grade else ""
        body = s.ReportLead(None, source, category, place, 2, grade, scheme, raw, "", "line")
        return w.lead_id("desk", self.do(who, body))

    def assess(self, who: str, lead: w.LeadId, grade: int) -> Books:
        """研判."""
        self.do(who, s.AssessLead(None, lead, grade, "four_colours", ("", "红", "橙", "黄", "蓝")[grade], "talk"))
        return self

    def settle(self, who: str, lead: w.LeadId, outcome: str = "resolved", **more: Any) -> Books:
        """处置."""
        fields = {"registered": None, "receiver": None, "note": ""} | more
        self.do(who, s.SettleLead(None, lead, outcome, **fields))
        return self

    def inspect(self, whom: str, *demands: str, by: str = "city") -> list[w.FindingId]:
        """督导."""
        ident = self.do(by, s.Inspect(w.agency_id(whom), "seen", demands))
        return [w.finding_id("desk", ident, n) for n in range(1, len(demands) + 1)]

    # --- at random --------------------------------------------------------------------------------------------------

    def play(self, dice: random.Random, commands: int) -> Books:
        """Ask for many things at random; most of what is asked makes sense."""
        for _ in range(commands):
            self.now += dice.choice((w.HOUR, w.DAY, w.DAY, 5 * w.DAY))
            self.step(dice)
        return self

    def step(self, dice: random.Random) -> None:
        """One thing at random."""
        code = dice.choice(CITY)[0]
        subject = w.agency_id(code)
        book = self.books.get(w.screening_id(subject))
        today = iso(self.today)
        acts: list[tuple[str, Any]] = [
            ("hub", s.Schedule(subject)),
            (code, s.FileScreening(None, "", "special", today, today, 1, 0, "extra")),
        ]
        acts.append((code, s.ReportLead(None, "grid", dice.choice(("02", "06")), VILLAGE, 1, 0, "", "", "", "")))
        if dice.random() < 0.02:
            acts = [("hub", names.CloseAgency(w.agency_id("village-2"), w.agency_id("heir"), ""))]
        if book is not None and dice.random() < 0.9:
            for key, _ in book.scheduled:
                rule = named(policy().at(self.now), key)
                assert rule is not None
                period = period_of(rule, self.today - dice.choice((1, 2, 8, 35, 100, 190)))
                days = [iso(day) for day in period]
                acts += [
                    (code, s.FileScreening(None, key, "", days[0], days[1], dice.choice((0, 0, 3)), 0, "")),
                    ("hub", s.MissScreening(subject, key, days[0], days[1])),
                ]
            acts += [
                (code, s.FileScreening(None, known.schedule, "", iso(known.first), iso(known.last), 2, 1, "late"))
                for known in book.rounds
                if not known.filed
            ]
            for lead in book.leads:
                acts += [
                    (code, s.AssessLead(None, lead.id, *dice.choice(((1, "four_colours", "红"), (0, "", ""))), "m")),
                    (code, s.SettleLead(None, lead.id, "registered", w.DisputeId(bytes(16)), None, "")),
                    (code, s.SettleLead(None, lead.id, "passed", None, w.agency_id("town"), "")),
                ]
            acts.append(("city", s.Inspect(subject, "", ("a", "b")[: dice.choice((0, 1, 2))])))
            for finding in book.findings:
                acts += [
                    (code, s.Rectify(None, finding.id, "done")),
                    ("city", s.ReviewFinding(subject, finding.id, dice.random() < 0.5, "")),
                    ("hub", s.BreachFinding(subject, finding.id)),
                ]
        self.do(*dice.choice(acts))
