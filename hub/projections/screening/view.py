"""The screening view 排查: one book per agency, folded into duties, rounds, leads, inspections and findings.

Guarantee: it knows no pack: which periods there are is asked when it is read. A round missed and filed afterwards is
one row, late. An inspection is the supervision round of its half-year, for an agency that owes one.
"""

from __future__ import annotations

from datetime import date

from hub.policy.calendar import day_of
from hub.policy.screening import SUPERVISION, round_days

from ..sheet import Case, Changes, Now, Row, View
from .tables import (
    ASSESSED,
    DUTIES,
    FILED,
    FINDINGS,
    INSPECTIONS,
    LATE,
    LEADS,
    MISSED,
    OPEN,
    PASSED,
    RECTIFIED,
    REPORTED,
    ROUNDS,
    SETTLED,
    TOLD,
    Duty,
    Finding,
    Inspection,
    Lead,
    Round,
    Told,
)


class Book(Case):
    """One agency's book. Leads settled and findings passed are not kept in memory: nothing happens to them again."""

    __slots__ = ("duties", "findings", "leads", "made", "rounds", "told")

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.duties: dict[str, Duty] = {}
        self.rounds: dict[str, Round] = {}
        self.leads: dict[bytes, Lead] = {}
        self.findings: dict[bytes, Finding] = {}
        self.told: Told | None = None  # one row, however often it is written
        self.made: Inspection | None = None  # the latest: its findings follow it at once

    def adopt(self, row: Row) -> None:
        if isinstance(row, Duty):
            self.duties[row.schedule] = row
        elif isinstance(row, Round):
            self.rounds[row.round] = row
        elif isinstance(row, Lead):
            self.leads[row.lead] = row
        elif isinstance(row, Finding):
            self.findings[row.finding] = row
        elif isinstance(row, Inspection) and (self.made is None or row.born > self.made.born):
            self.made = row

    def recorded(self, row: Round) -> None:
        """A round of a schedule is there for the first time."""
        self.rounds[row.round] = row
        self.keep(row)
        duty = self.duties.get(row.schedule)
        if duty is not None and row.first >= duty.since:
            duty.recorded += 1
            duty.latest = max(duty.latest, row.first)
            self.touch(duty)


VIEW = View("screening", 1, Book, (DUTIES, TOLD, ROUNDS, LEADS, INSPECTIONS, FINDINGS))
on = VIEW.on


@on("screening.scheduled", "subject", "schedules", "since", "pack")
def scheduled(case: Book, now: Now, subject: bytes, schedules: tuple[str, ...], since: str, pack: str) -> None:
    if case.told is None:
        case.told = Told(now.stream, subject, "", 0)
    case.told.schedules, case.told.position = ",".join(schedules), now.position
    case.keep(case.told)
    for gone in [key for key in case.duties if key not in schedules]:
        case.drop(case.duties.pop(gone))
    for key in schedules:
        if key not in case.duties:
            case.duties[key] = Duty(now.stream, key, subject, _day(since), pack, 0, 0)
            case.keep(case.duties[key])


@on("screening.filed", "subject", "schedule", "kind", "first", "last", "late", "found", "settled", "summary")
def filed(
    case: Book, now: Now, subject: bytes, schedule: str, kind: str, first: str, last: str, late: bool, found: int,
    settled: int, summary: str,
) -> None:  # fmt: skip
    known = case.rounds.get(_key(schedule, _day(first))) if schedule else None
    row = known or Round(
        now.stream, _key(schedule, _day(first)) if schedule else f"/{now.position}", subject, schedule, kind,
        _day(first), _day(last), FILED, None, None, None, "", "", "", None, 0, 0, "", now.position,
    )  # fmt: skip
    row.kind, row.state, row.filed_at, row.author = kind, LATE if late else FILED, now.at, now.agency
    row.found, row.settled, row.summary, row.position = found, settled, summary, now.position
    if known is None:
        case.recorded(row)
    else:
        case.keep(row)


@on("screening.missed", "subject", "schedule", "first", "last", "due_at", "rule", "pack", "calendar")
def missed(
    case: Book, now: Now, subject: bytes, schedule: str, first: str, last: str, due_at: int, rule: str, pack: str,
    calendar: str,
) -> None:  # fmt: skip
    case.recorded(
        Round(
            now.stream, _key(schedule, _day(first)), subject, schedule, "", _day(first), _day(last), MISSED, None,
            now.at, due_at, rule, pack, calendar, None, 0, 0, "", now.position,
        )
    )  # fmt: skip


@on(
    "lead.reported", "subject", "lead", "source", "category", "place", "people", "ordinal", "scheme", "raw",
    "measures", "summary",
)  # fmt: skip
def reported(
    case: Book, now: Now, subject: bytes, lead: bytes, source: str, category: str, place: str, people: int,
    ordinal: int, scheme: str, raw: str, measures: str, summary: str,
) -> None:  # fmt: skip
    row = case.leads[lead] = Lead(
        lead, now.stream, subject, now.position, day_of(now.at), now.at, now.agency, source, category, place, people,
        ordinal, scheme, raw, measures, summary, ASSESSED if ordinal else REPORTED, 0, now.at if ordinal else None,
        None, None, "", None, None, "", now.position,
    )  # fmt: skip
    case.keep(row)


@on("lead.assessed", "lead", "ordinal", "scheme", "raw", "measures")
def assessed(case: Book, now: Now, lead: bytes, ordinal: int, scheme: str, raw: str, measures: str) -> None:
    row = case.leads[lead]
    row.ordinal, row.scheme, row.raw, row.measures = ordinal, scheme, raw, measures
    row.state, row.assessed_at, row.position = ASSESSED if ordinal else REPORTED, now.at, now.position
    case.keep(row)


@on("lead.settled", "lead", "outcome", "dispute", "receiver", "note")
def settled(
    case: Book, now: Now, lead: bytes, outcome: str, dispute: bytes | None, receiver: bytes | None, note: str
) -> None:
    row = case.leads.pop(lead)
    row.state, row.done, row.outcome, row.dispute, row.receiver, row.note = SETTLED, 1, outcome, dispute, receiver, note
    row.settled_at, row.settled_day, row.position = now.at, day_of(now.at), now.position
    case.keep(row)


@on("inspection.made", "subject", "round", "findings", "summary")
def inspected(case: Book, now: Now, subject: bytes, round: str, findings: int, summary: str) -> None:
    case.made = Inspection(now.position, now.stream, subject, now.agency, round, now.at, findings, summary)
    case.keep(case.made)
    days = round_days(round)
    if SUPERVISION not in case.duties or _key(SUPERVISION, days.first) in case.rounds:
        return
    case.recorded(
        Round(
            now.stream, _key(SUPERVISION, days.first), subject, SUPERVISION, "inspection", *days, FILED, now.at, None,
            None, "", "", "", now.agency, findings, 0, summary, now.position,
        )
    )  # fmt: skip


@on("finding.raised", "subject", "finding", "demand", "due_at", "rule", "pack", "calendar")
def raised(
    case: Book, now: Now, subject: bytes, finding: bytes, demand: str, due_at: int, rule: str, pack: str, calendar: str
) -> None:
    made = case.made
    if made is None:
        raise ValueError("a finding without its inspection")
    row = case.findings[finding] = Finding(
        finding, now.stream, subject, now.agency, made.born, made.round, now.position, now.at, demand, OPEN, due_at,
        rule, pack, calendar, "", None, None, "", 0, None, now.position,
    )  # fmt: skip
    case.keep(row)


@on("finding.rectified", "finding", "done")
def rectified(case: Book, now: Now, finding: bytes, done: str) -> None:
    row = case.findings[finding]
    row.state, row.done, row.rectified_at, row.position = RECTIFIED, done, now.at, now.position
    case.keep(row)


@on("finding.reviewed", "finding", "passed", "note", "due_at", "rule", "pack", "calendar")
def reviewed(
    case: Book, now: Now, finding: bytes, passed: bool, note: str, due_at: int | None, rule: str, pack: str,
    calendar: str,
) -> None:  # fmt: skip
    row = case.findings.pop(finding) if passed else case.findings[finding]
    row.state, row.reviewed_at, row.note, row.position = PASSED if passed else OPEN, now.at, note, now.position
    row.reviews += 1
    row.due_at = due_at
    if not passed:
        row.rule, row.pack, row.calendar, row.breached_at = rule, pack, calendar, None
    case.keep(row)


@on("finding.breached", "finding")
def breached(case: Book, now: Now, finding: bytes) -> None:
    row = case.findings[finding]
    row.breached_at, row.position = now.at, now.position
    case.keep(row)


def _key(schedule: str, first: int) -> str:
    return f"{schedule}/{first}"


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()
