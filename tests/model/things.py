"""Things of the model (custody rules, sections 1 and 2): a referral, a dispute, and what is owed in it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.model.agencies import Agencies

MOVING = {"transfer", "delegation", "escalation"}
ENDED = {"concluded", "returned", "withdrawn", "lapsed"}


class Event(NamedTuple):
    type: str
    custodian: str  # after the event
    fields: dict[str, object]


class Owed(NamedTuple):
    name: str
    debtor: str
    creditor: str | None
    about: str | None  # the referral; for a supervision or a report the agency; else None
    due: int | None


@dataclass
class Referral:
    id: str
    kind: str
    channel: str
    sender: str
    receiver: str
    sign_due: int
    accept_due: int
    state: str = "offered"
    proposal: str | None = None
    contested: bool = False
    delivered: bool = False
    consent_due: int = 0
    settle_due: int = 0
    feedback_due: int = 0

    @property
    def moving(self) -> bool:
        return self.kind in MOVING

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def done(self) -> bool:
        return self.ended or (self.kind == "notice" and self.state == "signed")

    @property
    def running_delegation(self) -> bool:
        return self.kind == "delegation" and self.state == "accepted"

    @property
    def hand_over(self) -> bool:
        return self.moving and (self.state in ("offered", "signed") or self.proposal == "return")


@dataclass
class Dispute:
    custodian: str
    progress_due: int
    state: str = "open"
    version: int = 0
    agreement: str = "none"
    perform_due: int | None = None
    referrals: dict[str, Referral] = field(default_factory=dict)
    supervised: dict[str, tuple[str, int]] = field(default_factory=dict)  # agency -> superior, due
    reports: dict[str, tuple[str, int]] = field(default_factory=dict)  # recipient -> reporter, due
    returned_by: set[str] = field(default_factory=set)  # since custody last moved
    had_a_role: set[str] = field(default_factory=set)
    breached: set[tuple[str, str | None, int | None]] = field(default_factory=set)
    warned: set[tuple[str, str | None, int | None]] = field(default_factory=set)

    def alive(self) -> list[Referral]:
        return [one for one in self.referrals.values() if not one.done]

    def hand_over(self) -> Referral | None:
        return next((one for one in self.referrals.values() if one.hand_over), None)

    def delegation(self) -> Referral | None:
        return next((one for one in self.referrals.values() if one.running_delegation), None)

    def contests(self) -> list[Referral]:
        return [one for one in self.referrals.values() if one.contested]

    def roles(self) -> set[str]:
        """Who has a role now; contests count, or a party could vanish under one."""
        found = {self.custodian, *self.supervised, *self.reports}
        found |= {superior for superior, _ in self.supervised.values()}
        found |= {reporter for reporter, _ in self.reports.values()}
        for one in [*self.alive(), *self.contests()]:
            found |= {one.sender, one.receiver}
        return found

    def owed(self, agencies: Agencies) -> list[Owed]:
        found: list[Owed] = []
        for one in self.referrals.values():
            found += self._owed_on(one, agencies)
        if self.state == "open":
            found.append(Owed("progress", self.custodian, None, None, self.progress_due))
        for agency, (superior, due) in self.supervised.items():
            found.append(Owed("answer", agency, superior, agency, due))
        for recipient, (reporter, due) in self.reports.items():
            found.append(Owed("acknowledge", recipient, reporter, recipient, due))
        if self.agreement == "reached":
            found.append(Owed("perform", self.custodian, None, None, self.perform_due))
        return found

    def _owed_on(self, one: Referral, agencies: Agencies) -> list[Owed]:
        found: list[Owed] = []
        if one.state == "offered":
            found.append(Owed("sign", one.receiver, one.sender, one.id, one.sign_due))
        if one.state in ("offered", "signed") and (one.moving or one.kind == "assistance"):
            found.append(Owed("accept", one.receiver, one.sender, one.id, one.accept_due))
        if one.proposal == "withdrawal":
            found.append(Owed("consent", one.receiver, one.sender, one.id, one.consent_due))
        if one.proposal == "return":
            found.append(Owed("consent", one.sender, one.receiver, one.id, one.consent_due))
        if one.contested:
            judge = agencies.common_superior(one.sender, one.receiver)
            found.append(Owed("settle", judge or "nobody", one.sender, one.id, one.settle_due))
        if one.state == "accepted" and self.state == "open":
            if one.kind == "assistance":
                found.append(Owed("feedback", one.receiver, self.custodian, one.id, one.feedback_due))
            else:
                found.append(Owed("feedback", self.custodian, one.sender, one.id, one.feedback_due))
        return found
