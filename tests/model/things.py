"""Things of the model (custody rules, sections 1 and 2): a referral, a dispute, and what is owed in it."""

from dataclasses import dataclass, field
from typing import NamedTuple

MOVING = {"transfer", "delegation", "escalation"}
ENDED = {"concluded", "returned", "withdrawn", "lapsed"}


class Event(NamedTuple):
    type: str
    custodian: str  # after the event
    fields: dict[str, object]


class Key(NamedTuple):
    """What tells one obligation of a dispute from another, whoever owes it at the moment."""

    name: str
    referral: str | None = None
    agency: str | None = None
    creditor: str | None = None


class Owed(NamedTuple):
    name: str
    debtor: str
    creditor: str | None
    referral: str | None
    due: int
    key: Key


@dataclass
class Referral:
    id: str
    kind: str
    channel: str
    sender: str
    receiver: str
    sign_due: int = 0
    accept_due: int = 0
    state: str = "offered"
    proposal: str | None = None
    contested: bool = False
    settler: str = ""  # the common superior when it was contested
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
    state: str = "open"
    progress_due: int = 0
    version: int = 0
    agreement: str = "none"
    perform_due: int = 0
    referrals: dict[str, Referral] = field(default_factory=dict)
    supervised: dict[str, tuple[str, int]] = field(default_factory=dict)  # agency -> superior, due
    reports: dict[tuple[str, str], int] = field(default_factory=dict)  # recipient, reporter -> due
    returned_by: set[str] = field(default_factory=set)  # since custody last moved
    had_a_role: set[str] = field(default_factory=set)
    breached: set[Key] = field(default_factory=set)  # for their present due time
    warned: set[Key] = field(default_factory=set)
    seen: list[tuple[str, str | None]] = field(default_factory=list)  # custodian, hand-over after each event

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
        found = {self.custodian, *self.supervised}
        found |= {superior for superior, _ in self.supervised.values()}
        for pair in self.reports:
            found |= set(pair)
        for one in self.alive():
            found |= {one.sender, one.receiver}
        for one in self.contests():
            found |= {one.sender, one.receiver, one.settler}
        return found

    def owed(self) -> list[Owed]:
        found: list[Owed] = []
        for one in self.referrals.values():
            found += self.owed_on(one)
        for agency, (superior, due) in self.supervised.items():
            found.append(Owed("answer", agency, superior, None, due, Key("answer", None, agency)))
        for (recipient, reporter), due in self.reports.items():
            key = Key("acknowledge", None, recipient, reporter)
            found.append(Owed("acknowledge", recipient, reporter, None, due, key))
        if self.state == "open":
            found.append(Owed("progress", self.custodian, None, None, self.progress_due, Key("progress")))
        if self.agreement == "reached":
            found.append(Owed("perform", self.custodian, None, None, self.perform_due, Key("perform")))
        return found

    def owed_on(self, one: Referral) -> list[Owed]:
        found: list[Owed] = []

        def runs(name: str, debtor: str, creditor: str, due: int) -> None:
            found.append(Owed(name, debtor, creditor, one.id, due, Key(name, one.id)))

        if one.contested:
            runs("settle", one.settler, one.sender, one.settle_due)
        if one.state == "offered":
            runs("sign", one.receiver, one.sender, one.sign_due)
        if one.state in ("offered", "signed") and (one.moving or one.kind == "assistance"):
            runs("accept", one.receiver, one.sender, one.accept_due)
        if one.proposal == "withdrawal":
            runs("consent", one.receiver, one.sender, one.consent_due)
        if one.proposal == "return":
            runs("consent", one.sender, one.receiver, one.consent_due)
        if one.state == "accepted" and self.state == "open":
            if one.kind == "assistance":
                runs("feedback", one.receiver, self.custodian, one.feedback_due)
            else:
                runs("feedback", self.custodian, one.sender, one.feedback_due)
        return found
