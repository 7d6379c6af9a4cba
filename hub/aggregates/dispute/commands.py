"""What can be asked of a dispute: one class per command, field for field as in ``schemas/commands``.

``CLASSES`` binds them to their names on the wire.
Those of the hub itself (``HUB_ONLY``) have no schema: nobody can send them.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.words import AgencyId, DisputeId, ReferralId

from .events import Party


class Register(NamedTuple):
    """登记"""

    category: str
    place: str
    source: str
    parties: tuple[Party, ...]


class Refer(NamedTuple):
    """移送"""

    kind: str
    channel: str
    receiver: AgencyId
    in_place_of: ReferralId | None
    reason: str


class Assign(NamedTuple):
    """指派/指定; basis "" = who assigns says it"""

    channel: str
    receiver: AgencyId
    reason: str
    basis: str = ""


class Sign(NamedTuple):
    """签收"""

    referral: ReferralId


class Accept(NamedTuple):
    """受理; handler is a duty role, never a person"""

    referral: ReferralId
    handler: str


class Return(NamedTuple):
    """退回"""

    referral: ReferralId
    reason_code: str
    reason: str
    suggested: AgencyId | None


class Withdraw(NamedTuple):
    """撤回"""

    referral: ReferralId
    reason: str


class Consent(NamedTuple):
    """同意"""

    referral: ReferralId


class Decline(NamedTuple):
    """不同意"""

    referral: ReferralId
    reason: str


class Contest(NamedTuple):
    """异议"""

    referral: ReferralId
    grounds: str


class Settle(NamedTuple):
    """裁定维持退回"""

    referral: ReferralId
    reason: str


class Feedback(NamedTuple):
    """反馈"""

    referral: ReferralId
    final: bool
    content: str


class Recall(NamedTuple):
    """收回委派"""

    referral: ReferralId
    reason: str


class Attempt(NamedTuple):
    """调解一次"""

    counted: bool
    why_not: str
    at: int
    place: str
    mediator: str
    result: str = ""
    mode: str = ""


class Inform(NamedTuple):
    """告知当事人, and what they answered"""

    subject: str
    answer: str
    note: str


class Particulars(NamedTuple):
    """登记要素; claimed in fen"""

    people: int
    deaths: int
    claimed: int | None
    triggers: tuple[str, ...]
    emergency: bool
    note: str


class Step(NamedTuple):
    """对接环节: a step of a docking procedure"""

    machine: str
    step: str
    referral: ReferralId | None
    document: str
    note: str


class Visit(NamedTuple):
    """回访"""

    performance: str
    satisfaction: str
    note: str


class Extend(NamedTuple):
    """延长时限、扣除期间; ``days`` are calendar days from its old end"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId | None
    cause: str
    days: int
    consent: bool
    reason: str


class Ladder(NamedTuple):
    """首调责任制事项: exempt, branch, end, resume"""

    act: str
    exemption: str
    level: str
    branch: str
    consent: bool
    reason: str
    approver: AgencyId | None


class DecideRelapse(NamedTuple):
    """复发核对: whether a suspected dispute is the same one"""

    earlier: DisputeId
    same: bool
    note: str


class ReachAgreement(NamedTuple):
    """达成协议; amount in fen, due_on a local date (YYYY-MM-DD)"""

    form: str
    amount: int | None
    due_on: str | None


class PerformAgreement(NamedTuple):
    """履行完毕"""

    note: str


class BreakAgreement(NamedTuple):
    """反悔"""

    reason: str


class Grade(NamedTuple):
    """风险评估"""

    scheme: str
    grade: str
    ordinal: int


class Report(NamedTuple):
    """重大纠纷报告"""

    recipients: tuple[AgencyId, ...]
    grade: str
    content: str


class Acknowledge(NamedTuple):
    """回执"""

    instruction: str


class Supervise(NamedTuple):
    """督办"""

    supervised: AgencyId
    demand: str


class AnswerSupervision(NamedTuple):
    """答复督办"""

    content: str


class Urge(NamedTuple):
    """催办; referral names the obligation where it belongs to one, debtor where it belongs to an agency"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId | None
    content: str


class Close(NamedTuple):
    """办结"""

    outcome: str
    summary: str
    rights_notice: bool


class Reopen(NamedTuple):
    """重启"""

    grounds: str
    relapse: bool


class Voiding(NamedTuple):
    """作废"""

    reason: str
    duplicate_of: DisputeId | None


class Deliver(NamedTuple):
    """送达 (hub)"""

    referral: ReferralId
    via: str
    at: int


class Lapse(NamedTuple):
    """逾期失效 (hub)"""

    referral: ReferralId


class Breach(NamedTuple):
    """超期 (hub)"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId | None


class Warn(NamedTuple):
    """将到期提醒 (hub); rule = which limit it is, as the log has it"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId | None
    rule: str = ""


class Recompute(NamedTuple):
    """时限重算 (hub); since = the instant the limit started, rule = which it is, both as the log has them"""

    obligation: str
    referral: ReferralId | None
    debtor: AgencyId | None
    since: int
    rule: str = ""


class SuspectRelapse(NamedTuple):
    """疑似复发 (hub)"""

    earlier: DisputeId
    grounds: tuple[str, ...]


class Succeed(NamedTuple):
    """承继 (hub)"""

    closing: AgencyId


Body = (
    Register | Refer | Assign | Sign | Accept | Return | Withdraw | Consent | Decline | Contest | Settle | Feedback
    | Recall | Attempt | ReachAgreement | PerformAgreement | BreakAgreement | Grade | Report | Acknowledge | Supervise
    | AnswerSupervision | Urge | Close | Reopen | Voiding | Deliver | Lapse | Breach | Warn | Recompute | Succeed
    | Inform | Particulars | Step | Visit | Extend | Ladder | DecideRelapse | SuspectRelapse
)  # fmt: skip

HUB_ONLY: frozenset[type[Body]] = frozenset({Deliver, Lapse, Breach, Warn, Recompute, Succeed, SuspectRelapse})
CLASSES: dict[str, type[Body]] = {
    "register": Register,
    "refer": Refer,
    "assign": Assign,
    "sign": Sign,
    "accept": Accept,
    "return": Return,
    "withdraw": Withdraw,
    "consent": Consent,
    "decline": Decline,
    "contest": Contest,
    "settle": Settle,
    "feedback": Feedback,
    "recall": Recall,
    "attempt": Attempt,
    "reach_agreement": ReachAgreement,
    "perform_agreement": PerformAgreement,
    "break_agreement": BreakAgreement,
    "grade": Grade,
    "report": Report,
    "acknowledge": Acknowledge,
    "supervise": Supervise,
    "answer": AnswerSupervision,
    "urge": Urge,
    "close": Close,
    "reopen": Reopen,
    "void": Voiding,
    "inform": Inform,
    "particulars": Particulars,
    "step": Step,
    "visit": Visit,
    "extend": Extend,
    "ladder": Ladder,
    "decide_relapse": DecideRelapse,
    "deliver": Deliver,
    "lapse": Lapse,
    "breach": Breach,
    "warn": Warn,
    "recompute": Recompute,
    "succeed": Succeed,
    "suspect_relapse": SuspectRelapse,
}
TYPES: dict[type[Body], str] = {cls: name for name, cls in CLASSES.items()}
