"""What one system knows: its own fold of the messages in its inbox, nothing else.

Partial on purpose: a system sees the events that concern its agencies; a case it was sent has no history before that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.messages import Event

MOVING = frozenset({"transfer", "delegation", "escalation"})


@dataclass(slots=True)
class Referral:
    """A referral as far as this system has heard of it. ``at``: when it came into its present state."""

    id: str
    kind: str
    channel: str
    sender: str
    receiver: str
    at: int
    made: int
    sign_due: int
    state: str = "offered"
    proposal: str = ""
    contested: bool = False
    settler: str = ""
    suggested: str = ""
    feedback_due: int = 0
    overdue: bool = False  # its feedback limit was breached
    content: str = ""  # the final word

    @property
    def alive(self) -> bool:
        """Not ended."""
        return self.state in ("offered", "signed", "accepted")


@dataclass(slots=True)
class Case:
    """A dispute as far as this system has heard of it. ``held``: since when its custodian has it."""

    id: str
    version: int = 0
    custodian: str = ""
    held: int = 0
    status: str = "open"
    category: str = ""
    place: str = ""
    source: str = ""
    graded: int = 0
    agreement: str = ""
    agreed_at: int = 0
    due_on: str = ""
    attempts: int = 0  # counted, by the present custodian
    attempt_at: int = 0
    closed_at: int = 0
    reopened: int = 0
    referrals: dict[str, Referral] = field(default_factory=dict)
    supervised: dict[str, int] = field(default_factory=dict)  # agency → since
    reported: dict[str, int] = field(default_factory=dict)  # recipient that owes a receipt → since
    reports: int = 0
    asked: dict[str, str] = field(default_factory=dict)  # what reporters wrote, by reporter
    steps: dict[str, str] = field(default_factory=dict)  # docking procedure → its latest step heard of
    stepped_at: int = 0

    @property
    def handover(self) -> Referral | None:
        """The open hand-over, if this system knows of one."""
        for r in self.referrals.values():
            if r.kind in MOVING and (r.state in ("offered", "signed") or (r.state == "accepted" and r.proposal)):
                return r
        return None

    @property
    def delegation(self) -> Referral | None:
        """The running delegation, if this system knows of one."""
        return next((r for r in self.referrals.values() if r.kind == "delegation" and r.state == "accepted"), None)


class Casebook:
    """All cases and the directory of agencies, as one system knows them."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.agencies: dict[str, dict[str, Any]] = {}
        self.by_code: dict[str, str] = {}

    def take(self, event: Event) -> None:
        """Fold one event in."""
        if event.fields is None:
            return
        if event.type.startswith("agency."):
            self._agency(event)
            return
        if "custodian" not in event.fields:  # of a book of screenings: no case
            return
        case = self.cases.setdefault(event.stream, Case(event.stream))
        handler = HANDLERS.get(event.type)
        if handler is not None:
            handler(case, event.fields, event.recorded_at)
        case.version = event.version
        if case.custodian != event.fields["custodian"]:
            case.custodian, case.held = event.fields["custodian"], event.recorded_at
            case.attempts = case.attempt_at = 0

    def _agency(self, event: Event) -> None:
        fields = event.fields or {}
        known = self.agencies.setdefault(event.stream, {"state": "active", "intake": True})
        if event.type in ("agency.registered", "agency.amended"):
            known.update({k: fields[k] for k in ("code", "name", "kind", "level", "region", "superior") if k in fields})
            self.by_code[known["code"]] = event.stream
        elif event.type in ("agency.intake_closed", "agency.intake_opened"):
            known["intake"] = event.type.endswith("opened")
        elif event.type == "agency.closing":
            known.update(state="closing", successor=fields["successor"])
        else:
            known["state"] = "dissolved"

    def of_kind(self, *kinds: str) -> list[str]:
        """The agencies of these kinds, in the order of their codes."""
        return [i for _, i in sorted(self.by_code.items()) if self.agencies[i]["kind"] in kinds]

    def willing(self, agency: str) -> str:
        """Whom to send to for ``agency``: itself, its successor while it closes, "" when it takes nothing."""
        known = self.agencies.get(agency)
        while known is not None and known["state"] != "active":
            agency = known.get("successor", "")
            known = self.agencies.get(agency)
        return agency if known is not None and known["intake"] else ""


Handler = Callable[[Case, dict[str, Any], int], None]


def _registered(case: Case, f: dict[str, Any], at: int) -> None:
    case.category, case.place, case.source = f["category"], f["place"], f["source"]


def _offered(case: Case, f: dict[str, Any], at: int) -> None:
    case.referrals[f["referral"]] = Referral(
        f["referral"], f.get("kind", "assignment"), f["channel"], f["sender"], f["receiver"], at, at, f["sign_due_at"]
    )


def _to(state: str) -> Handler:
    def change(case: Case, f: dict[str, Any], at: int) -> None:
        r = case.referrals.get(f["referral"])
        if r is not None:
            r.state, r.at, r.proposal = state, at, ""
            r.suggested, r.content = f.get("suggested") or "", f.get("content") or ""
            if f.get("feedback_due_at"):
                r.state, r.feedback_due, r.overdue = "accepted", f["feedback_due_at"], False

    return change


def _on_referral(**changes: Any) -> Handler:
    """Set attributes; a value that starts with ``=`` names the field to copy."""

    def change(case: Case, f: dict[str, Any], at: int) -> None:
        r = case.referrals.get(f["referral"])
        if r is not None:
            for name, value in changes.items():
                setattr(r, name, f[value[1:]] if isinstance(value, str) and value.startswith("=") else value)
            r.at = at

    return change


def _feedback(case: Case, f: dict[str, Any], at: int) -> None:
    r = case.referrals.get(f["referral"])
    if r is not None:
        r.feedback_due, r.overdue = f["feedback_due_at"], False


def _breached(case: Case, f: dict[str, Any], at: int) -> None:
    r = case.referrals.get(f["referral"] or "")
    if r is not None and f["obligation"] == "feedback":
        r.overdue = True


def _attempt(case: Case, f: dict[str, Any], at: int) -> None:
    case.attempts += bool(f["counted"])
    case.attempt_at = at


def _agreement(state: str) -> Handler:
    def change(case: Case, f: dict[str, Any], at: int) -> None:
        case.agreement, case.agreed_at = state, at
        case.due_on = f.get("due_on") or ""

    return change


def _stepped(case: Case, f: dict[str, Any], at: int) -> None:
    case.steps[f["machine"]], case.stepped_at = f["step"], at


def _graded(case: Case, f: dict[str, Any], at: int) -> None:
    case.graded = f["ordinal"]


def _reported(case: Case, f: dict[str, Any], at: int) -> None:
    case.reports += 1
    for recipient in f["recipients"]:
        case.reported[recipient] = at
    case.asked[f["custodian"]] = f["content"]


def _acknowledged(case: Case, f: dict[str, Any], at: int) -> None:
    case.reported.pop(f["recipient"], None)


def _supervised(case: Case, f: dict[str, Any], at: int) -> None:
    case.supervised[f["supervised"]] = at


def _answered(case: Case, f: dict[str, Any], at: int) -> None:
    case.supervised.pop(f["supervised"], None)


def _closed(case: Case, f: dict[str, Any], at: int) -> None:
    case.status, case.closed_at = "closed", at


def _reopened(case: Case, f: dict[str, Any], at: int) -> None:
    case.status, case.agreement, case.held = "open", "", at
    case.attempts, case.attempt_at, case.reopened = 0, 0, case.reopened + 1


def _voided(case: Case, f: dict[str, Any], at: int) -> None:
    case.status = "void"


def _succeeded(case: Case, f: dict[str, Any], at: int) -> None:
    old, new = f["closing"], f["successor"]
    for r in case.referrals.values():
        if r.alive:
            r.sender = new if r.sender == old else r.sender
            r.receiver = new if r.receiver == old else r.receiver
    for owed in (case.supervised, case.reported):
        if old in owed:
            owed[new] = owed.pop(old)


HANDLERS: dict[str, Handler] = {
    "dispute.registered": _registered,
    "referral.offered": _offered,
    "referral.assigned": _offered,
    "referral.signed": _to("signed"),
    "referral.accepted": _to("accepted"),
    "referral.returned": _to("returned"),
    "referral.withdrawn": _to("withdrawn"),
    "referral.lapsed": _to("lapsed"),
    "referral.concluded": _to("concluded"),
    "referral.proposed": _on_referral(proposal="=proposal", suggested="=suggested"),
    "referral.declined": _on_referral(proposal=""),
    "referral.contested": _on_referral(contested=True, settler="=settler"),
    "referral.settled": _on_referral(contested=False),
    "feedback.given": _feedback,
    "obligation.breached": _breached,
    "attempt.held": _attempt,
    "agreement.reached": _agreement("reached"),
    "agreement.performed": _agreement("performed"),
    "agreement.broken": _agreement("broken"),
    "procedure.stepped": _stepped,
    "dispute.graded": _graded,
    "dispute.reported": _reported,
    "report.acknowledged": _acknowledged,
    "supervision.issued": _supervised,
    "supervision.answered": _answered,
    "dispute.closed": _closed,
    "dispute.reopened": _reopened,
    "dispute.voided": _voided,
    "custody.succeeded": _succeeded,
}
