"""Events and commands of a book (排查台账), field for field as in ``schemas``. The names are the storage format.

A book's stream is ``words.screening_id`` of its ``subject``, the agency whose book it is; every event begins with it.
``first`` and ``last`` are local dates (YYYY-MM-DD), both in the period; due times are instants, the first that is too
late. ``ordinal`` 0 = not graded. The hub's own commands (``HUB_ONLY``) have no schema: nobody can send them.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.words import AgencyId, DisputeId, FindingId, LeadId


class Scheduled(NamedTuple):
    """排查任务: from the local day ``since`` on these rounds are owed; one that was owed before keeps its own day"""

    subject: AgencyId
    schedules: tuple[str, ...]
    since: str
    pack: str


class Filed(NamedTuple):
    """排查上报; schedule "" = outside any; found 0 is a nil report 零报告; settled = on the spot"""

    subject: AgencyId
    schedule: str
    kind: str
    first: str
    last: str
    late: bool
    found: int
    settled: int
    summary: str


class Missed(NamedTuple):
    """排查漏报 (hub)"""

    subject: AgencyId
    schedule: str
    first: str
    last: str
    due_at: int
    rule: str
    pack: str
    calendar: str


class LeadReported(NamedTuple):
    """线索登记"""

    subject: AgencyId
    lead: LeadId
    source: str
    category: str
    place: str
    people: int
    ordinal: int
    scheme: str
    raw: str
    measures: str
    summary: str


class LeadAssessed(NamedTuple):
    """线索研判: 逐一研判风险等级、制定化解措施"""

    subject: AgencyId
    lead: LeadId
    ordinal: int
    scheme: str
    raw: str
    measures: str


class LeadSettled(NamedTuple):
    """线索处置"""

    subject: AgencyId
    lead: LeadId
    outcome: str
    dispute: DisputeId | None
    receiver: AgencyId | None
    note: str


class Inspected(NamedTuple):
    """督导, by a superior of the subject; round e.g. 2026-H1: two a year; findings = how many"""

    subject: AgencyId
    round: str
    findings: int
    summary: str


class FindingRaised(NamedTuple):
    """督导问题"""

    subject: AgencyId
    finding: FindingId
    demand: str
    due_at: int
    rule: str
    pack: str
    calendar: str


class FindingRectified(NamedTuple):
    """整改反馈"""

    subject: AgencyId
    finding: FindingId
    done: str


class FindingReviewed(NamedTuple):
    """整改复核: passed ends the finding; not passed = open again, with a new due time"""

    subject: AgencyId
    finding: FindingId
    passed: bool
    note: str
    due_at: int | None
    rule: str
    pack: str
    calendar: str


class FindingBreached(NamedTuple):
    """整改超期 (hub), once per due time; the finding stays open"""

    subject: AgencyId
    finding: FindingId
    due_at: int


Event = (
    Scheduled | Filed | Missed | LeadReported | LeadAssessed | LeadSettled | Inspected | FindingRaised
    | FindingRectified | FindingReviewed | FindingBreached
)  # fmt: skip
EVENTS: dict[str, type[Event]] = {
    "screening.scheduled": Scheduled,
    "screening.filed": Filed,
    "screening.missed": Missed,
    "lead.reported": LeadReported,
    "lead.assessed": LeadAssessed,
    "lead.settled": LeadSettled,
    "inspection.made": Inspected,
    "finding.raised": FindingRaised,
    "finding.rectified": FindingRectified,
    "finding.reviewed": FindingReviewed,
    "finding.breached": FindingBreached,
}
EVENT_TYPES: dict[type[Event], str] = {cls: name for name, cls in EVENTS.items()}


class FileScreening(NamedTuple):
    """排查上报; subject None = the author's own book; kind "" = as the schedule says"""

    subject: AgencyId | None
    schedule: str
    kind: str
    first: str
    last: str
    found: int
    settled: int
    summary: str


class ReportLead(NamedTuple):
    """线索登记; the lead's id follows from the command's"""

    subject: AgencyId | None
    source: str
    category: str
    place: str
    people: int
    ordinal: int
    scheme: str
    raw: str
    measures: str
    summary: str


class AssessLead(NamedTuple):
    """线索研判"""

    subject: AgencyId | None
    lead: LeadId
    ordinal: int
    scheme: str
    raw: str
    measures: str


class SettleLead(NamedTuple):
    """线索处置; registered needs the dispute, passed the receiver"""

    subject: AgencyId | None
    lead: LeadId
    outcome: str
    registered: DisputeId | None
    receiver: AgencyId | None
    note: str


class Inspect(NamedTuple):
    """督导; a finding per demand, its id follows from the command's"""

    subject: AgencyId
    summary: str
    demands: tuple[str, ...]


class Rectify(NamedTuple):
    """整改反馈"""

    subject: AgencyId | None
    finding: FindingId
    done: str


class ReviewFinding(NamedTuple):
    """整改复核"""

    subject: AgencyId
    finding: FindingId
    passed: bool
    note: str


class Schedule(NamedTuple):
    """排查任务 (hub): what the rules of today make the agency owe"""

    subject: AgencyId


class MissScreening(NamedTuple):
    """排查漏报 (hub)"""

    subject: AgencyId
    schedule: str
    first: str
    last: str


class BreachFinding(NamedTuple):
    """整改超期 (hub)"""

    subject: AgencyId
    finding: FindingId


Command = (
    FileScreening | ReportLead | AssessLead | SettleLead | Inspect | Rectify | ReviewFinding
    | Schedule | MissScreening | BreachFinding
)  # fmt: skip
HUB_ONLY: frozenset[type[Command]] = frozenset({Schedule, MissScreening, BreachFinding})
COMMANDS: dict[str, type[Command]] = {
    "file_screening": FileScreening,
    "report_lead": ReportLead,
    "assess_lead": AssessLead,
    "settle_lead": SettleLead,
    "inspect": Inspect,
    "rectify": Rectify,
    "review_finding": ReviewFinding,
    "schedule": Schedule,
    "miss_screening": MissScreening,
    "breach_finding": BreachFinding,
}
COMMAND_TYPES: dict[type[Command], str] = {cls: name for name, cls in COMMANDS.items()}
