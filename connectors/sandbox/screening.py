"""Screening (排查) in the simulated city: groups file their weeks, villages report leads, the centre inspects towns.

Some weeks are filed late, some never. Every decision is made from the system's own books and from chance: a book is
what the hub told this system of its agencies (which rounds they owe since when, what an inspection found) and what the
system itself reported. Weeks run from Monday to Sunday, by local days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from connectors.client import Event
from connectors.ids import lead_id

from .acts import Act
from .casebook import Casebook
from .nature import HOUR, Nature
from .routes import local

WEEK, DAY = "group_week", 24 * HOUR
GRADES = ((0.06, ("红", 1)), (0.14, ("橙", 2)), (0.4, ("黄", 3)), (0.4, ("蓝", 4)))
SOURCES = ((0.5, "informant"), (0.3, "screening"), (0.15, "grid"), (0.05, "hotline"))
MATTERS = ("宅基地边界有争执", "排水走向有争执", "土地承包有争执", "借款到期未还", "噪声扰邻", "务工报酬有争执")
DEMANDS = ("排查台账登记不全", "线索未逐一研判", "化解措施不具体", "零报告未按期上报")


@dataclass
class Lead:
    """A lead this system reported. ``graded``, ``settled``: whether it went on to say so; ``case``: what it is of."""

    id: str
    agency: str
    at: int
    case: str = ""
    graded: bool = False
    settled: bool = False


@dataclass
class Books:
    """What one system knows of the books of its agencies."""

    since: dict[str, date] = field(default_factory=dict)  # agency → from when it owes its weeks
    findings: dict[str, tuple[str, int, str]] = field(default_factory=dict)  # finding → (agency, at, state)
    leads: list[Lead] = field(default_factory=list)
    inspected: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Fold one event in; what is not of a book is left alone."""
        fields = event.fields or {}
        if event.type == "screening.scheduled":
            if WEEK in fields["schedules"]:
                self.since.setdefault(fields["subject"], date.fromisoformat(fields["since"]))
            else:
                self.since.pop(fields["subject"], None)
        elif event.type == "finding.raised":
            self.findings[fields["finding"]] = fields["subject"], event.recorded_at, "open"
        elif event.type == "finding.rectified":
            self.findings[fields["finding"]] = fields["subject"], event.recorded_at, "rectified"
        elif event.type == "finding.reviewed":
            state = "passed" if fields["passed"] else "open"
            self.findings[fields["finding"]] = fields["subject"], event.recorded_at, state


class Screener:
    """The hands of one system. ``acts``: what is to be sent at this moment."""

    def __init__(self, nature: Nature, system: str, book: Casebook, mine: frozenset[str]) -> None:
        self.nature, self.system, self.book, self.mine = nature, system, book, mine
        self.books = Books()

    def acts(self, now: int) -> Iterator[Act]:
        """Weeks, then leads, then inspections and what follows them."""
        for agency in self.book.of_kind("group", "committee", "centre"):
            known = self.book.agencies[agency]
            if agency not in self.mine or known["state"] != "active":
                continue
            if known["kind"] == "group":
                yield from self._weeks(agency, now)
            elif known["level"] == "village":
                yield from self._leads(agency, now)
            elif known["kind"] == "centre":
                yield from self._inspect(agency, now)
        for finding, (agency, at, state) in sorted(self.books.findings.items()):
            yield from self._mend(finding, agency, at, state, now)

    def sent(self, act: Act, command_id: str, now: int) -> None:
        """An act went out under this id."""
        if act.type == "report_lead":
            lead = lead_id(self.system, command_id)
            case = act.about.rpartition("/")[2]
            self.books.leads.append(Lead(lead, act.agency, now, case if case in self.book.cases else ""))

    def _weeks(self, agency: str, now: int) -> Iterator[Act]:
        since, today = self.books.since.get(agency), local(now)
        monday = today - timedelta(days=today.weekday() + 7)  # of the last week that is over
        if since is None or monday < since:
            return
        how = self.nature.share("week", agency, monday)
        if how < 0.05:
            return  # never
        began = (now + 8 * HOUR) // DAY * DAY - 8 * HOUR - today.weekday() * DAY  # this Monday, 00:00 local
        least, most = (58, 104) if how < 0.13 else (8, 40)  # hours: late, in time
        if now < began + self.nature.hours(least, most, "filed", agency, monday):
            return
        found = self.nature.weighted(((0.75, 0), (0.2, 1), (0.05, 2)), "found", agency, monday)
        sunday = monday + timedelta(days=6)
        fields = {
            "subject": None, "schedule": WEEK, "kind": "", "first": f"{monday}", "last": f"{sunday}",
            "found": found, "settled": min(found, 1), "summary": "走访入户，当场化解" if found else "",
        }  # fmt: skip
        yield Act("file_screening", agency, None, fields, f"{agency}/{monday}")

    def _leads(self, agency: str, now: int) -> Iterator[Act]:
        day = local(now)
        if self.nature.happens(0.012, "lead", agency, day):
            category = self.nature.pick(("02", "05", "07", "01", "18"), "category", agency, day)
            place = str(self.book.agencies[agency]["region"])
            yield self._report(agency, category, place, f"{agency}/{day}")
        for case in sorted(self.book.cases.values(), key=lambda case: case.id):
            if case.custodian == agency and case.source == "proactive" and self.nature.happens(0.5, "led", case.id):
                yield self._report(agency, case.category, case.place, f"{agency}/{case.id}")
        for lead in self.books.leads:
            if lead.agency != agency or lead.settled:
                continue
            if not lead.graded and now >= lead.at + self.nature.hours(3, 60, "graded", lead.id):
                lead.graded = True
                raw, ordinal = self.nature.weighted(GRADES, "grade", lead.id)
                fields = {
                    "subject": None, "lead": lead.id, "ordinal": ordinal, "scheme": "four_colours", "raw": raw,
                    "measures": "专人走访，约双方到场",
                }  # fmt: skip
                yield Act("assess_lead", agency, None, fields, lead.id)
            elif lead.graded and now >= lead.at + self.nature.hours(
                *((5, 70) if lead.case else (70, 400)), "settled", lead.id
            ):
                lead.settled = True
                yield Act("settle_lead", agency, None, self._outcome(lead), lead.id)

    def _report(self, agency: str, category: str, place: str, about: str) -> Act:
        fields = {
            "subject": None, "source": self.nature.weighted(SOURCES, "source", about), "category": category,
            "place": place, "people": 2, "ordinal": 0, "scheme": "", "raw": "", "measures": "",
            "summary": self.nature.pick(MATTERS, "matter", about),
        }  # fmt: skip
        return Act("report_lead", agency, None, fields, about)

    def _outcome(self, lead: Lead) -> dict[str, Any]:
        """Registered where it is of a dispute, else one of the other ends."""
        others = ((0.85, "resolved"), (0.15, "unfounded"))
        outcome = "registered" if lead.case else self.nature.weighted(others, "outcome", lead.id)
        note = "已当面说和" if outcome == "resolved" else ""
        fields = {"subject": None, "lead": lead.id, "outcome": outcome, "registered": lead.case or None}
        return fields | {"receiver": None, "note": note}

    def _inspect(self, agency: str, now: int) -> Iterator[Act]:
        """督导: a township at a time."""
        for township in self.book.of_kind("committee"):
            known = self.book.agencies[township]
            if known["level"] != "township" or known["state"] != "active" or township in self.books.inspected:
                continue
            if self.nature.happens(0.025, "inspect", township, local(now)):
                self.books.inspected.add(township)
                n = self.nature.weighted(((0.3, 0), (0.45, 1), (0.25, 2)), "demands", township)
                demands = [self.nature.pick(DEMANDS, "demand", township, i) for i in range(n)]
                fields = {"subject": township, "summary": "现场督导", "demands": list(dict.fromkeys(demands))}
                yield Act("inspect", agency, None, fields, township)

    def _mend(self, finding: str, agency: str, at: int, state: str, now: int) -> Iterator[Act]:
        if state == "open" and agency in self.mine and now >= at + self.nature.hours(30, 300, "mend", finding, at):
            yield Act(
                "rectify", agency, None, {"subject": None, "finding": finding, "done": "已整改到位"}, f"{finding}{at}"
            )
        centre = next((a for a in self.book.of_kind("centre") if a in self.mine), None)
        if state == "rectified" and centre is not None and now >= at + self.nature.hours(10, 80, "review", finding, at):
            passed = self.nature.happens(0.85, "passed", finding, at)
            fields = {"subject": agency, "finding": finding, "passed": passed, "note": "" if passed else "整改不到位"}
            yield Act("review_finding", centre, None, fields, f"{finding}{at}")
