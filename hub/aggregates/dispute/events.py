"""What can have happened to a dispute (矛盾纠纷). The names are the storage format: never rename one.

Each class holds the fields an event of this type adds to the envelope, in the order of its schema in
``schemas/events``;
``CLASSES`` binds them to their names in the log. Due times are UTC microseconds, each with the rule it follows.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.words import AgencyId, DisputeId, ReferralId


class Custody(NamedTuple):
    """What every dispute event states besides its own fields: who answers for the dispute after it.

    ``progress_due_at`` is set when the event restarts the custodian's progress limit (its own act, or custody
    came to it); ``pack`` and ``calendar`` name the rules by which all due times of the event were computed.
    """

    custodian: AgencyId
    progress_due_at: int | None
    progress_rule: str
    pack: str
    calendar: str


class Party(NamedTuple):
    """A party in the log: role, kind and a salted commitment; never a name."""

    role: str
    kind: str
    commitment: bytes


class Registered(NamedTuple):
    """登记"""

    number: str
    category: str
    place: str
    source: str
    parties: tuple[Party, ...]


class Offered(NamedTuple):
    """移送发出"""

    referral: ReferralId
    kind: str
    channel: str
    sender: AgencyId
    receiver: AgencyId
    in_place_of: ReferralId | None
    reason: str
    sign_due_at: int
    sign_rule: str
    accept_due_at: int | None
    accept_rule: str


class Assigned(NamedTuple):
    """指派/指定: custody moves now"""

    referral: ReferralId
    channel: str
    sender: AgencyId
    receiver: AgencyId
    reason: str
    sign_due_at: int
    sign_rule: str
    basis: str = ""


class Delivered(NamedTuple):
    """送达"""

    referral: ReferralId
    via: str
    at: int


class Signed(NamedTuple):
    """签收; an assignment is thereby accepted and its feedback limit starts; a legal clock may start 法定时限"""

    referral: ReferralId
    feedback_due_at: int | None
    feedback_rule: str
    legal_due_at: int | None = None
    legal_rule: str = ""


class Accepted(NamedTuple):
    """受理"""

    referral: ReferralId
    handler: str
    feedback_due_at: int
    feedback_rule: str


class Proposed(NamedTuple):
    """A withdrawal asked for by the sender, or a return asked for by the receiver"""

    referral: ReferralId
    proposal: str
    reason_code: str
    reason: str
    suggested: AgencyId | None
    consent_due_at: int
    consent_rule: str


class Declined(NamedTuple):
    """不同意, or the proposer takes its proposal back"""

    referral: ReferralId
    reason: str


class Returned(NamedTuple):
    """退回"""

    referral: ReferralId
    reason_code: str
    reason: str
    suggested: AgencyId | None


class Withdrawn(NamedTuple):
    """撤回; cause: sender, consented, redirected 改派, superseded, came_back, merged"""

    referral: ReferralId
    cause: str
    reason: str


class Contested(NamedTuple):
    """异议; settler = the common superior at this moment"""

    referral: ReferralId
    grounds: str
    settler: AgencyId
    settle_due_at: int
    settle_rule: str


class Settled(NamedTuple):
    """裁定; outcome: upheld 维持退回, dropped, overruled (by an assignment), merged"""

    referral: ReferralId
    outcome: str
    reason: str


class Lapsed(NamedTuple):
    """逾期失效; custody never left the sender"""

    referral: ReferralId
    accept_due_at: int


class FeedbackGiven(NamedTuple):
    """阶段反馈; the feedback limit starts anew"""

    referral: ReferralId
    content: str
    feedback_due_at: int
    feedback_rule: str


class Concluded(NamedTuple):
    """已反馈; cause: feedback, closed, recalled, came_back, superseded, merged"""

    referral: ReferralId
    cause: str
    content: str


class AttemptHeld(NamedTuple):
    """调解一次"""

    counted: bool
    why_not: str
    at: int
    place: str
    mediator: str
    result: str = ""
    mode: str = ""


class Informed(NamedTuple):
    """告知当事人, and what they answered"""

    subject: str
    answer: str
    note: str


class ParticularsNoted(NamedTuple):
    """登记要素; claimed in fen; the latest counts"""

    people: int
    deaths: int
    claimed: int | None
    triggers: tuple[str, ...]
    emergency: bool
    note: str


class Stepped(NamedTuple):
    """对接环节: a step of a docking procedure"""

    machine: str
    step: str
    referral: ReferralId | None
    document: str
    note: str


class Visited(NamedTuple):
    """回访"""

    performance: str
    satisfaction: str
    note: str


class Tries(NamedTuple):
    """Counted sessions of one level."""

    branch: str
    level: str
    tries: int


class LadderStood(NamedTuple):
    """首调责任制进展: where the dispute stands on its ladder from now on, and what is due"""

    scheme: str
    branch: str
    level: str
    entry: str
    direct: bool
    joint: bool
    state: str
    tries: int
    total: int
    required: int
    no_shows: int
    returned: bool
    counted: tuple[Tries, ...]
    skipped: tuple[str, ...]
    last_at: int | None
    exemption: str
    reason: str
    approver: AgencyId | None
    next: str
    next_level: str
    due_at: int | None
    rule: str


class RelapseSuspected(NamedTuple):
    """疑似复发: the hub finds that this may be a closed dispute come again; nothing is merged"""

    earlier: DisputeId
    grounds: tuple[str, ...]


class RelapseDecided(NamedTuple):
    """复发核对: whether it is the same dispute again, as a person found; the latest counts"""

    earlier: DisputeId
    same: bool
    note: str


class AgreementReached(NamedTuple):
    """达成协议; amount in fen, due_on a local date (YYYY-MM-DD)"""

    form: str
    amount: int | None
    due_on: str | None
    perform_due_at: int
    perform_rule: str


class AgreementPerformed(NamedTuple):
    """履行完毕"""

    note: str


class AgreementBroken(NamedTuple):
    """反悔"""

    reason: str


class Graded(NamedTuple):
    """风险评估; ordinal 1 (red) to 4 (blue), raw grade kept"""

    scheme: str
    grade: str
    ordinal: int


class Reported(NamedTuple):
    """重大纠纷报告"""

    recipients: tuple[AgencyId, ...]
    grade: str
    content: str
    ack_due_at: int
    ack_rule: str


class Acknowledged(NamedTuple):
    """回执"""

    recipient: AgencyId
    instruction: str


class SupervisionIssued(NamedTuple):
    """督办"""

    supervised: AgencyId
    supervisor: AgencyId
    demand: str
    answer_due_at: int
    answer_rule: str


class SupervisionAnswered(NamedTuple):
    """答复督办"""

    supervised: AgencyId
    content: str


class Urged(NamedTuple):
    """催办"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId
    content: str


class Breached(NamedTuple):
    """超期"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId
    due_at: int


class Warned(NamedTuple):
    """将到期提醒"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId
    due_at: int


class Recomputed(NamedTuple):
    """时限重算"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId
    old_due_at: int
    due_at: int
    rule: str


class Extended(NamedTuple):
    """延长时限、扣除期间; ``days`` are calendar days from its old end"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId
    cause: str
    days: int
    consent: bool
    reason: str
    old_due_at: int
    due_at: int
    rule: str


class Closed(NamedTuple):
    """办结"""

    outcome: str
    summary: str
    rights_notice: bool


class Reopened(NamedTuple):
    """重启"""

    grounds: str
    relapse: bool


class Voided(NamedTuple):
    """作废"""

    reason: str
    duplicate_of: DisputeId | None


class Succeeded(NamedTuple):
    """承继: the successor takes every role of a closing agency in this dispute"""

    closing: AgencyId
    successor: AgencyId


Body = (
    Registered | Offered | Assigned | Delivered | Signed | Accepted | Proposed | Declined | Returned | Withdrawn
    | Contested | Settled | Lapsed | FeedbackGiven | Concluded | AttemptHeld | AgreementReached | AgreementPerformed
    | AgreementBroken | Graded | Reported | Acknowledged | SupervisionIssued | SupervisionAnswered | Urged | Breached
    | Warned | Recomputed | Closed | Reopened | Voided | Succeeded | Informed | ParticularsNoted | Stepped | Visited
    | Extended | LadderStood | RelapseSuspected | RelapseDecided
)  # fmt: skip


class Event(NamedTuple):
    """A decided dispute event before it has its place: custody after it, and its own fields."""

    custody: Custody
    body: Body


CLASSES: dict[str, type[Body]] = {
    "dispute.registered": Registered,
    "referral.offered": Offered,
    "referral.assigned": Assigned,
    "referral.delivered": Delivered,
    "referral.signed": Signed,
    "referral.accepted": Accepted,
    "referral.proposed": Proposed,
    "referral.declined": Declined,
    "referral.returned": Returned,
    "referral.withdrawn": Withdrawn,
    "referral.contested": Contested,
    "referral.settled": Settled,
    "referral.lapsed": Lapsed,
    "feedback.given": FeedbackGiven,
    "referral.concluded": Concluded,
    "attempt.held": AttemptHeld,
    "agreement.reached": AgreementReached,
    "agreement.performed": AgreementPerformed,
    "agreement.broken": AgreementBroken,
    "dispute.graded": Graded,
    "dispute.reported": Reported,
    "report.acknowledged": Acknowledged,
    "supervision.issued": SupervisionIssued,
    "supervision.answered": SupervisionAnswered,
    "obligation.urged": Urged,
    "obligation.breached": Breached,
    "obligation.warned": Warned,
    "obligation.recomputed": Recomputed,
    "dispute.closed": Closed,
    "dispute.reopened": Reopened,
    "dispute.voided": Voided,
    "custody.succeeded": Succeeded,
    "parties.informed": Informed,
    "dispute.particulars": ParticularsNoted,
    "procedure.stepped": Stepped,
    "followup.visited": Visited,
    "obligation.extended": Extended,
    "ladder.stood": LadderStood,
    "relapse.suspected": RelapseSuspected,
    "relapse.decided": RelapseDecided,
}
TYPES: dict[type[Body], str] = {cls: name for name, cls in CLASSES.items()}
