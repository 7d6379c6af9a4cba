"""The tables of the screening view. Days are ordinals of local dates, instants microseconds UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..sheet import By, Row, Sheet, id_, number, words

# How a round stands
FILED: Final = "filed"  # 按时上报
LATE: Final = "late"  # 逾期上报
MISSED: Final = "missed"  # 漏报

# How a lead stands
REPORTED: Final = "reported"  # 待研判
ASSESSED: Final = "assessed"  # 已研判
SETTLED: Final = "settled"  # 已处置

# How a finding stands
OPEN: Final = "open"  # 待整改
RECTIFIED: Final = "rectified"  # 待复核
PASSED: Final = "passed"  # 已销号


@dataclass(slots=True, eq=False)
class Told(Row):
    """What an agency was last told it owes; ``position`` of the event that says so."""

    stream: bytes
    subject: bytes
    schedules: str
    position: int


@dataclass(slots=True, eq=False)
class Duty(Row):
    """One schedule an agency owes rounds of, from the day ``since`` on. ``recorded``: how many of them were filed or
    missed; ``latest``: first day of the last such period, 0 = none.
    """

    stream: bytes
    schedule: str
    subject: bytes
    since: int
    pack: str
    recorded: int
    latest: int


@dataclass(slots=True, eq=False)
class Round(Row):
    """One round. ``round``: schedule and first day, outside any schedule its position; ``due_at``: of one missed.

    ``author``: who filed it. A round missed and filed afterwards is late and keeps ``missed_at``.
    """

    stream: bytes
    round: str
    subject: bytes
    schedule: str
    kind: str
    first: int
    last: int
    state: str
    filed_at: int | None
    missed_at: int | None
    due_at: int | None
    rule: str
    pack: str
    calendar: str
    author: bytes | None
    found: int
    settled: int
    summary: str
    position: int


@dataclass(slots=True, eq=False)
class Lead(Row):
    """One lead. ``done``: 1 when settled; ``ordinal`` 0 = not graded; ``day``, ``settled_day``: local days of the
    reports of it.
    """

    lead: bytes
    stream: bytes
    subject: bytes
    born: int
    day: int
    reported_at: int
    author: bytes
    source: str
    category: str
    place: str
    people: int
    ordinal: int
    scheme: str
    raw: str
    measures: str
    summary: str
    state: str
    done: int
    assessed_at: int | None
    settled_at: int | None
    settled_day: int | None
    outcome: str
    dispute: bytes | None
    receiver: bytes | None
    note: str
    position: int


@dataclass(slots=True, eq=False)
class Inspection(Row):
    """One inspection by ``author``, in a supervision round."""

    born: int
    stream: bytes
    subject: bytes
    author: bytes
    round: str
    made_at: int
    findings: int
    summary: str


@dataclass(slots=True, eq=False)
class Finding(Row):
    """One finding of the inspection ``inspection``. ``due_at``: of the present limit, None when it has passed."""

    finding: bytes
    stream: bytes
    subject: bytes
    author: bytes
    inspection: int
    round: str
    born: int
    raised_at: int
    demand: str
    state: str
    due_at: int | None
    rule: str
    pack: str
    calendar: str
    done: str
    rectified_at: int | None
    reviewed_at: int | None
    note: str
    reviews: int
    breached_at: int | None
    position: int


TOLD = Sheet(
    "told", Told,
    lambda: [id_("stream", key=True), id_("subject"), words("schedules"), number("position")],
    within="stream", loads=False,
)  # fmt: skip
DUTIES = Sheet(
    "", Duty,
    lambda: [
        id_("stream", key=True), words("schedule", key=True), id_("subject"), number("since"), words("pack"),
        number("recorded"), number("latest"),
    ],
    within="stream", by=[By("schedule")], hot=("recorded", "latest"),
    needed=("screening.scheduled", "screening.filed", "screening.missed", "inspection.made"),
)  # fmt: skip
ROUNDS = Sheet(
    "rounds", Round,
    lambda: [
        id_("stream", key=True), words("round", key=True), id_("subject"), words("schedule"), words("kind"),
        number("first"), number("last"), words("state"), number("filed_at", null=True),
        number("missed_at", null=True), number("due_at", null=True), words("rule"), words("pack"), words("calendar"),
        id_("author", null=True), number("found"), number("settled"), words("summary"), number("position"),
    ],
    within="stream",
    by=[By("schedule", "first"), By("last"), By("subject", "first"), By("due_at", where="state = 'missed'")],
    needed=("screening.filed", "screening.missed", "inspection.made"),
)  # fmt: skip
LEADS = Sheet(
    "leads", Lead,
    lambda: [
        id_("lead", key=True), id_("stream"), id_("subject"), number("born"), number("day"), number("reported_at"),
        id_("author"), words("source"), words("category"), words("place"), number("people"), number("ordinal"),
        words("scheme"), words("raw"), words("measures"), words("summary"), words("state"), number("done"),
        number("assessed_at", null=True), number("settled_at", null=True), number("settled_day", null=True),
        words("outcome"), id_("dispute", null=True), id_("receiver", null=True), words("note"), number("position"),
    ],
    within="stream",
    by=[
        By("done", "ordinal", "born"), By("subject", "done", "ordinal", "born"), By("day"),
        By("settled_day", where="done = 1"), By("dispute", where="dispute is not null"),
    ],
    needed=("lead.assessed", "lead.settled"),
)  # fmt: skip
INSPECTIONS = Sheet(
    "inspections", Inspection,
    lambda: [
        number("born", key=True), id_("stream"), id_("subject"), id_("author"), words("round"), number("made_at"),
        number("findings"), words("summary"),
    ],
    within="stream", by=[By("round"), By("subject", "born")], needed=("finding.raised",),
)  # fmt: skip
FINDINGS = Sheet(
    "findings", Finding,
    lambda: [
        id_("finding", key=True), id_("stream"), id_("subject"), id_("author"), number("inspection"), words("round"),
        number("born"), number("raised_at"), words("demand"), words("state"), number("due_at", null=True),
        words("rule"), words("pack"), words("calendar"), words("done"), number("rectified_at", null=True),
        number("reviewed_at", null=True), words("note"), number("reviews"), number("breached_at", null=True),
        number("position"),
    ],
    within="stream", by=[By("due_at", "finding", where="state = 'open'"), By("round"), By("subject", "born")],
    needed=("finding.rectified", "finding.reviewed", "finding.breached"),
)  # fmt: skip
