"""Answers of the views: lists, chains and figures. See ``single`` for what all models have in common."""

from __future__ import annotations

from pydantic import Field

from .single import AgencyRef, Id, Model, Next, ViewPosition


class Answered(Model):
    """What every answer of a view carries."""

    position: int = ViewPosition
    recorded_at_position: int | None = Field(default=None, description="on time-out of `wait`: the position asked for")
    view_position: int | None = Field(default=None, description="on time-out of `wait`: where the view is")


class Listed(Answered):
    next: str | None = Next
    parked: int = Field(description="disputes that stand outside these figures")


class DisputeRow(Model):
    """A dispute as lists show it; `since_at`: since when it is with this custodian."""

    dispute: str = Id
    number: str
    status: str
    outcome: str
    category: str
    place: str
    source: str
    custodian: AgencyRef
    since_at: str
    since_position: int
    registered_at: str
    ended_at: str | None
    channel: str = Field(description="of the last referral")
    handover: str | None = Field(description="the open hand-over")
    agreement: str
    perform_due_at: str | None
    grade: int | None
    grade_raw: str
    attempts: int
    version: int
    position: int
    last_at: str
    last_topic: str


class Disputes(Listed):
    items: list[DisputeRow]


class Segment(Model):
    """One stretch of custody: from which event to which."""

    n: int
    custodian: AgencyRef
    from_at: str
    from_position: int
    from_topic: str
    from_referral: str | None
    to_at: str | None
    to_position: int | None


class Leg(Model):
    """One referral of a chain."""

    n: int
    referral: str = Id
    kind: str
    channel: str
    sender: AgencyRef
    receiver: AgencyRef
    in_place_of: str | None
    state: str
    proposal: str
    contested: bool
    settler: AgencyRef | None
    result: str
    reason: str
    offered_at: str
    offered_position: int
    delivered_at: str | None
    signed_at: str | None
    accepted_at: str | None
    ended_at: str | None
    ended_position: int | None
    sign_due_at: str | None
    accept_due_at: str | None
    feedback_due_at: str | None
    feedbacks: int


class Debt(Model):
    """A supervision or a report."""

    name: str
    debtor: AgencyRef
    creditor: AgencyRef
    position: int
    issued_at: str
    due_at: str
    done_at: str | None


class Chain(Answered):
    dispute: DisputeRow
    segments: list[Segment]
    legs: list[Leg]
    debts: list[Debt]


class Relapse(Model):
    """An earlier dispute that this one may be again. `grounds`: codes `relapse_grounds`; `state`: one of
    `relapse_states`; `broken`, `exhausted`: how it had ended.
    """

    earlier: str = Id
    number: str
    status: str
    outcome: str
    category: str
    place: str
    source: str
    custodian: AgencyRef
    registered_at: str
    ended_at: str | None = Field(description="null: it was reopened since")
    broken: bool
    exhausted: bool
    state: str
    grounds: list[str]
    suspected_at: str
    decided_at: str | None
    note: str


class Relapses(Answered):
    items: list[Relapse]


class Limit(Model):
    """A running limit of a view: `rule` says why that date."""

    obligation: str
    dispute: str = Id
    number: str | None
    category: str | None
    place: str | None
    custodian: AgencyRef | None
    referral: str | None
    kind: str
    channel: str
    debtor: AgencyRef
    creditor: AgencyRef | None
    due_at: str
    rule: str
    since_at: str
    since_position: int
    signed_at: str | None
    warned_at: str | None
    breached_at: str | None
    urged_at: str | None
    urges: int
    supervised_at: str | None
    version: int


class Queue(Listed):
    items: list[Limit]


class Size(Model):
    count: int
    overdue: int


class QueueSizes(Answered):
    agency: str = Id
    sign: Size
    accept: Size
    feedback: Size
    act: Size
    parked: int


class Equation(Model):
    """One group of the completeness equation."""

    kind: str | None = None
    agency: AgencyRef | None = None
    day: str | None = None
    month: str | None = None
    sent: int
    signed: int
    returned: int
    withdrawn: int
    lapsed: int
    pending: int
    difference: int


class Completeness(Answered):
    items: list[Equation]
    parked: int


class ListedAgency(Model):
    """An agency of the directory."""

    id: str = Id
    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: AgencyRef | None
    competences: list[str]
    mediators: int
    seal: bool
    state: str
    intake_open: bool
    successor: AgencyRef | None
    version: int


class Agencies(Listed):
    items: list[ListedAgency]


class Agency(ListedAgency, Answered):
    """One agency, and the position its entry is true at."""


class Answering(Model):
    """How an agency answers what it is sent."""

    agency: AgencyRef
    received: int
    signed: int
    returnable: int
    returned: int
    unsigned: int
    oldest_unsigned_at: str | None
    median_seconds: int | None
    mean_seconds: int | None
    return_rate: str | None = Field(description="four decimals; null when nothing was returnable")


class Pickup(Answered):
    items: list[Answering]
    parked: int


class Figures(Answered):
    disputes: int
    open: int
    closed: int
    void: int
    unowned: int
    parked: int
