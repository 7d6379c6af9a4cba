"""Random histories of a small city, made by the real decisions: the log a writer would have written, and its states."""

from __future__ import annotations

import random
from typing import Any

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.command import Command
from hub.aggregates.decide import Context, Decision, decide, evolve
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Party
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.state import Dispute
from hub.aggregates.dispute.work import has_role
from hub.contract import Contract
from hub.policy import Pack
from hub.words import AgencyId, DisputeId, Stored
from tests.projections.written import Written

START = 1_767_225_600 * w.SECOND
CITY = (
    ("centre", "centre", "532301", None),
    ("bureau", "police", "532301", None),
    ("station", "police", "532301", "bureau"),
    ("committee", "committee", "532301001", None),
    ("village", "committee", "532301001", "committee"),
    ("court", "court", "532301", None),
    ("petition", "petition", "532301", None),
    ("heir", "committee", "532301002", None),
)
RATINGS = ("satisfied", "dissatisfied", "not_rated")
CHANNELS = ("court", "police", "petition", "mediation")


class History(Written):
    """What happened so far. ``states``: of the disputes, as the writer would know them."""

    def __init__(self, contract: Contract, pack: Pack, dice: random.Random) -> None:
        super().__init__(contract, START)
        self.pack, self.dice = pack, dice
        self.aside = random.Random(7)  # for what comes beside the rest, which it does not change
        self.states: dict[bytes, Dispute] = {}
        self._numbers = 0
        for code, kind, region, up in CITY:
            superior = w.agency_id(up) if up else None
            self.do("hub", names.RegisterAgency(code, code, kind, "", region, superior, (), 1, False))

    def do(self, who: str | AgencyId, body: Any, dispute: bytes | None = None) -> bytes | None:
        """Ask for something; the stream when it made events, None when it was refused or changed nothing."""
        command = self.command(w.agency_id(who) if isinstance(who, str) else who, body, dispute)
        context = Context(self.now, self.registry, self.pack, self._number, self.accountable)
        decided = decide(command, self.states.get(dispute or b""), context)
        if not isinstance(decided, Decision) or not decided.events:
            return None
        for event in decided.events:
            self.append(decided.stream, event, command)
        return decided.stream

    def append(self, stream: bytes, event: Any, of: Command) -> None:
        super().append(stream, event, of)
        if not self.log[-1].topic.startswith("agency."):
            self.states[stream] = evolve(self.states.get(stream), event, stream)

    def _number(self) -> str:
        self._numbers += 1
        return f"532301-2026-{self._numbers:07d}"

    def accountable(self, agency: AgencyId) -> bool:
        """Whether an agency has a role in any dispute."""
        return any(has_role(state, agency) for state in self.states.values())

    # --- at random --------------------------------------------------------------------------------------------------

    def play(self, commands: int) -> History:
        """Ask for many things at random; most of what is asked makes sense."""
        for _ in range(commands):
            self.now += self.dice.choice((w.SECOND, w.HOUR, 7 * w.HOUR, 2 * w.DAY))
            self.step()
            if self.states and self.aside.random() < 0.15:
                self._relapse()
        return self

    def _relapse(self) -> None:
        """A suspicion, a decision, or a number by which disputes are compared."""
        dice = self.aside
        ident, other = dice.choice(list(self.states)), DisputeId(dice.choice(list(self.states)))
        state = self.states[ident]
        numbers = ("paper", "（2026）云2301 民特1号", "(2026)云2301民特1号")
        known = state.relapses[0].earlier if state.relapses else other
        who, body = dice.choice((
            (w.HUB_AGENCY, c.SuspectRelapse(other, ("same_number", "exhausted"))),
            (state.custodian, c.DecideRelapse(known, dice.random() < 0.5, "seen")),
            (state.custodian, c.Step("confirmation", "applied", None, dice.choice(numbers), "")),
        ))  # fmt: skip
        self.do(who, body, ident)

    def step(self) -> None:
        """One thing at random."""
        dice = self.dice
        if len(self.states) < 3 or dice.random() < 0.02:
            parties = (Party("applicant", "person", bytes(32)),)
            self.do(dice.choice(CITY)[0], c.Register("neighbour", "532301001", "visit", parties))
            return
        if dice.random() < 0.02:
            self._city()
            return
        ident = dice.choice(list(self.states))
        state = self.states[ident]
        who, body = self._about(state)
        self.do(who, body, ident)
        for agency in self.registry.agencies.values():
            if agency.state == w.CLOSING and dice.random() < 0.3:
                self.do("hub", c.Succeed(agency.id), ident)

    def _city(self) -> None:
        dice = self.dice
        subject = w.agency_id(dice.choice(("station", "village", "petition", "committee")))
        body = dice.choice((
            names.CloseIntake(subject, ""), names.OpenIntake(subject, ""),
            names.OpenIntake(subject, ""), names.DissolveAgency(subject, ""),
            names.CloseAgency(subject, w.agency_id("heir"), ""),
            names.AmendAgency(subject, "new", "committee", "", "532301", None, ("neighbour",), 2, True),
        ))  # fmt: skip
        self.do("hub", body)

    def _about(self, s: Dispute) -> tuple[AgencyId, Any]:
        dice = self.dice
        agencies = list(self.registry.agencies)
        hub, me, other = w.HUB_AGENCY, s.custodian, dice.choice(agencies)
        if s.status != w.OPEN:
            return me, dice.choice((c.Reopen("broken", True), c.Visit("full", dice.choice(RATINGS), "")))
        acts: list[tuple[AgencyId, Any]] = [
            (me, c.Refer(dice.choice(w.KINDS), dice.choice(CHANNELS), other, None, "")),
            (me, c.Refer(w.TRANSFER, dice.choice(CHANNELS), other, None, "")),
            (w.agency_id("centre"), c.Assign("mediation", other, "")),
            (me, c.Attempt(True, "", self.now, "", "")),
            (me, c.Attempt(False, "postponed", self.now, "", "")),
            (me, c.Report((other, dice.choice(agencies)), "red", "")),
            (other, c.Acknowledge("")),
            (w.agency_id("centre"), c.Supervise(me, "")),
            (me, c.AnswerSupervision("")),
            (me, c.ReachAgreement(dice.choice(("written", "oral")), dice.choice((None, 120_00)), None)),
            (me, c.PerformAgreement("")),
            (me, c.BreakAgreement("")),
            (me, c.Grade("four", "red", 1)),
            (me, c.Particulars(3, dice.choice((0, 0, 2)), dice.choice((None, 100)), ("crowd",), False, "")),
            (me, c.Step("confirmation", dice.choice(("applied", "accepted", "confirmed")), None, "paper", "")),
            (me, c.Inform("rights", "", "")),
        ]
        if dice.random() < 0.06:
            return me, c.Close(dice.choice(("performed", "settled", "settled")), "", True)
        if dice.random() < 0.01:
            return me, c.Voiding("duplicate", None)
        if s.referrals and dice.random() < 0.7:
            acts = []
        for r in s.referrals[-3:]:
            deliver = c.Deliver(r.id, "inbox", self.now)
            acts += [
                (r.receiver, c.Sign(r.id)), (r.receiver, c.Accept(r.id, "")), (r.receiver, c.Sign(r.id)),
                (r.receiver, c.Accept(r.id, "")), (r.receiver, c.Return(r.id, "not_competent", "", None)),
                (r.sender, c.Withdraw(r.id, "")), (r.receiver, c.Return(r.id, "not_competent", "", None)),
                (r.sender, c.Consent(r.id)), (r.receiver, c.Consent(r.id)),
                (r.sender, c.Decline(r.id, "")), (r.receiver, c.Decline(r.id, "")), (r.sender, c.Contest(r.id, "")),
                (w.agency_id("centre"), c.Settle(r.id, "")), (hub, c.Lapse(r.id)), (hub, deliver),
                (me, c.Feedback(r.id, False, "")), (r.receiver, c.Feedback(r.id, True, "")),
                (r.sender, c.Recall(r.id, "")), (me, c.Refer(w.TRANSFER, "court", other, r.id, "")),
            ]  # fmt: skip
        for o in list(running(s))[:2]:
            acts += [
                (hub, c.Breach(o.name, o.referral, o.debtor)), (hub, c.Warn(o.name, o.referral, o.debtor)),
                (hub, c.Urge(o.name, o.referral, o.debtor, "")),
                (hub, c.Recompute(o.name, o.referral, o.debtor, self.now)),
                (me, c.Extend(o.name, o.referral, o.debtor, "extension", 3, True, "")),
            ]  # fmt: skip
        return dice.choice(acts)


class ListLog:
    """The log port over a list that may still grow."""

    def __init__(self, log: list[Stored]) -> None:
        self.log = log

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        return self.log[after : after + limit]

    def end(self) -> int:
        return len(self.log)

    def close(self) -> None:
        """Nothing to close."""
