"""Random histories of a dispute under the shipped rules: sessions of every result, exemptions, steps, extensions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hub import words as w
from hub.aggregates.agency import names as a
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.obligations import Obligation, running
from hub.aggregates.dispute.state import Dispute
from hub.policy import On
from hub.policy.ladder import Scheme, slot, what_next
from hub.policy.pack import CHANNELS
from tests.custody.histories import WEIGHTS, Act, History
from tests.custody.rules_town import CATEGORIES, LEVELS, TOWN
from tests.given import Given, referral

PATH = ["group", "village", "town", "city"]


def codes(name: str) -> list[str]:
    """The codes of a code list."""
    raw = json.loads(files("schemas").joinpath("codes", f"{name}.json").read_text(encoding="utf-8"))
    return [item["code"] for item in raw]


RESULTS, MODES, NOT_COUNTED = codes("attempt_results"), codes("attempt_modes"), codes("attempt_not_counted")
CAUSES, EXEMPTIONS, REASONS = codes("extension_causes"), codes("exemptions"), codes("return_reasons")
MINE = {
    "attempt": 45, "inform": 8, "particulars": 4, "step": 8, "visit": 2, "extend": 5, "ladder": 7, "climb": 25,
    "agreement": 2, "grade": 2, "recompute": 4, "time": 30,
}  # fmt: skip


class RulesHistory(History):
    """Chooses the next command of a dispute that has a ladder; the body is in ``args``."""

    weights: Mapping[str, int] = MappingProxyType(WEIGHTS | MINE)
    town = TOWN

    def __init__(self, seed: int, machine: Given) -> None:
        super().__init__(seed, machine)
        rng = self.rng
        ladder = PATH if rng.random() < 0.6 else ["housing", "city", "labour", "town"]
        self.pool = [*ladder, *rng.sample(self.codes, rng.randint(2, 5))]
        self.levels = dict(LEVELS)

    def time_passes(self) -> None:
        if self.rng.random() < 0.5:
            super().time_passes()
        else:
            self.machine.now += int(self.rng.expovariate(1 / 30) * w.HOUR)

    # --- what the other histories do too, with more of it ---

    def next(self) -> Act:
        act = super().next()
        if act.verb == "register":
            body = c.Register(self.rng.choice(CATEGORIES), "532301101201", "application", ())
            return act._replace(args={"body": body})
        return act

    def on_referral(self, verb: str, state: Dispute | None) -> Act | None:
        if state is not None and verb in ("sign", "withdraw", "feedback") and self.rng.random() < 0.5:
            for r in state.referrals:
                if r.legal and r.state == w.SIGNED:  # a clock of the law runs on
                    return Act("accept", self.actor(r.receiver), referral=self.names[r.id])
        act = super().on_referral(verb, state)
        if act is not None and verb == "return_":
            assert act.referral is not None
            body = c.Return(referral(act.referral), self.rng.choice(REASONS), "", None)
            return act._replace(args={"body": body})
        return act

    def refer(self, state: Dispute | None) -> Act:
        act = super().refer(state)
        channel = self.rng.choice(["mediation", "mediation", *CHANNELS])
        if channel == "court" and self.rng.random() < 0.6:  # a court entrusts: a legal clock runs from sign-for
            return act._replace(args={**act.args, "channel": channel, "kind": w.DELEGATION})
        return act._replace(args={"channel": channel, **act.args})

    def on_agency(self, verb: str) -> Act:
        act = super().on_agency(verb)
        if verb not in ("register_agency", "amend_agency"):
            return act
        up, name = act.args["superior"], act.about
        level = self.levels.setdefault(name, self.rng.choice(["", "village", "township", "city"]))
        content = (name, act.args["kind"], level, self.rng.choice([region for _, _, region, _ in TOWN]))
        more = (w.agency_id(up) if up else None, (), 0, False)
        if verb == "register_agency":
            return act._replace(args={"body": a.RegisterAgency(name, *content, *more)})
        return act._replace(args={"body": a.AmendAgency(w.agency_id(name), *content, *more)})

    # --- what is new ---

    def on_dispute(self, verb: str, state: Dispute | None) -> Act | None:
        own = getattr(self, f"on_{verb}", None)
        if own is None:
            return super().on_dispute(verb, state)
        act: Act | None = own(state)
        return act

    def by_custodian(self, verb: str, state: Dispute | None, body: Any) -> Act:
        return Act(verb, self.actor(state.custodian if state else None), args={"body": body})

    def scheme(self, state: Dispute | None) -> Scheme | None:
        standing = state.rung.standing if state is not None and state.rung is not None else None
        return self.machine.pack.scheme(standing.scheme) if standing is not None else None

    def on_attempt(self, state: Dispute | None) -> Act:
        rng = self.rng
        result = "no_deal" if rng.random() < 0.6 else rng.choice([*RESULTS, ""])
        mode = rng.choice([*MODES, "face_to_face", "face_to_face", ""])
        counted = rng.random() < 0.8
        at = self.machine.now - (rng.choice((1, 30)) * w.HOUR if rng.random() < 0.1 else 0)
        why = "" if counted else rng.choice(NOT_COUNTED)
        return self.by_custodian("attempt", state, c.Attempt(counted, why, at, "", "", result, mode))

    def on_climb(self, state: Dispute | None) -> Act | None:
        """The escalation that is due, if one is; now and then one that is not."""
        scheme, rng = self.scheme(state), self.rng
        if scheme is None or state is None or state.standing is None:
            return None
        standing = state.standing
        following = what_next(scheme, standing)
        if following.act != "escalate" and rng.random() < 0.8:
            return None
        path = scheme.branches[standing.branch].path
        wanted = following.level if following.act == "escalate" and rng.random() < 0.9 else rng.choice(path)
        found = [
            agency.id for agency in self.machine.registry.agencies.values()
            if agency.id in self.names and slot(scheme, standing.branch, agency.kind, agency.level) == wanted
        ]  # fmt: skip
        if not found:
            return None
        kind = w.ESCALATION if rng.random() < 0.8 else w.TRANSFER
        args = {"new": self.new("r"), "kind": kind, "receiver": self.names[rng.choice(found)]}
        by = "hub" if kind == w.ESCALATION and rng.random() < 0.3 else self.actor(state.custodian)
        return Act("refer", by, args=args)

    def on_inform(self, state: Dispute | None) -> Act:
        subject = self.rng.choice(("rights", "mediation", "delegation", "exits"))
        answer = self.rng.choice(("all", "all", "all", "part", "refused", ""))
        return self.by_custodian("inform", state, c.Inform(subject, answer, ""))

    def on_particulars(self, state: Dispute | None) -> Act:
        rng = self.rng
        claimed = rng.choice((None, 0, 5_000_000))
        body = c.Particulars(rng.randint(1, 60), rng.choice((0, 0, 1)), claimed, ("death",), rng.random() < 0.5, "")
        return self.by_custodian("particulars", state, body)

    def on_visit(self, state: Dispute | None) -> Act:
        body = c.Visit("full", "satisfied", "")
        custodian = state.custodian if state else None
        right = self.above(custodian) if self.rng.random() < 0.2 else custodian
        return Act("visit", self.actor(right), args={"body": body})

    def on_step(self, state: Dispute | None) -> Act:
        rng, procedures = self.rng, self.machine.pack.at(self.machine.now).procedures
        machine = rng.choice(list(procedures))
        stands = dict(mark.split("/") for mark in state.marks if "/" in mark) if state else {}
        if stands and rng.random() < 0.6:
            machine = rng.choice([name for name in stands if name in procedures] or [machine])
        steps = procedures[machine].steps
        due = [step for step in steps.values() if stands.get(machine, "") in step.after]
        step = rng.choice(due) if due and rng.random() < 0.8 else rng.choice(list(steps.values()))
        about = rng.choice(state.referrals) if state and state.referrals and rng.random() < 0.7 else None
        right: bytes | None = state.custodian if state else None
        if step.by in ("sender", "receiver") and about is not None:
            right = about.sender if step.by == "sender" else about.receiver
        named = step.code if rng.random() > 0.02 else "unknown"
        document = "〔2026〕1号" if rng.random() < 0.8 else ""
        body = c.Step(machine if rng.random() > 0.02 else "unknown", named, about.id if about else None, document, "")
        return Act("step", self.actor(right), args={"body": body})

    def of_law(self, state: Dispute | None, owed: list[Obligation]) -> list[Obligation]:
        """Clocks of the law that run, now and then: they are few."""
        if state is None or self.rng.random() < 0.3:
            return []
        legal = {r.id for r in state.referrals if r.legal}
        return [o for o in owed if o.name == w.FEEDBACK and o.referral in legal]

    def on_extend(self, state: Dispute | None) -> Act | None:
        rng = self.rng
        owed = list(running(state)) if state else []
        if not owed:
            return None
        one = rng.choice(self.of_law(state, owed) or owed)
        right = rng.choice((one.debtor, one.creditor, self.above(one.debtor)))
        debtor = one.debtor if rng.random() < 0.5 else None
        body = c.Extend(one.name, one.referral, debtor, rng.choice(CAUSES), rng.randint(0, 60), rng.random() < 0.6, "")
        return Act("extend", self.actor(right), args={"body": body})

    def on_recompute(self, state: Dispute | None) -> Act | None:
        rng = self.rng
        owed = list(running(state)) if state else []
        if state is None or not owed:
            return None
        one = rng.choice(self.of_law(state, owed) or owed)
        r = state.referral(one.referral)
        agency = self.machine.registry.agency(one.debtor)
        since = self.machine.now - rng.choice((0, 5, 40, 400)) * w.HOUR
        on = On(agency.region[:6] if agency else "", r.channel if r else "", r.kind if r else "", rng.random() < 0.2)
        rule = self.machine.pack.at(since).due(one.name, since, on)[1]
        if r is not None and r.legal and one.name == w.FEEDBACK:
            rule = r.legal
        body = c.Recompute(one.name, one.referral, one.debtor, since, rule if rng.random() < 0.95 else "other.3w")
        return Act("recompute", self.actor(None), args={"body": body})

    def on_ladder(self, state: Dispute | None) -> Act:
        rng = self.rng
        act = rng.choice(("exempt", "exempt", "branch", "end", "resume", "resume"))
        level = rng.choice(("", "", "village", "township", "city", "nowhere"))
        approver = self.above(state.custodian if state else None) if rng.random() < 0.8 else w.agency_id(self.agency())
        body = c.Ladder(
            act, rng.choice([*EXEMPTIONS, "R0"] if rng.random() < 0.3 else ["R1", "R2", "R4", "R4", "R6"]), level,
            rng.choice(("civil", "industry", "nowhere") if rng.random() < 0.2 else ("civil", "industry")),
            rng.random() < 0.7, "" if rng.random() < 0.1 else "依据",
            w.AgencyId(approver) if approver is not None else None,
        )  # fmt: skip
        return self.by_custodian("ladder", state, body)

    def on_grade(self, state: Dispute | None) -> Act:
        return self.by_custodian("grade", state, c.Grade("four", "", self.rng.choice((1, 2, 3, 4))))

    def on_report(self, state: Dispute | None) -> Act:
        recipients = tuple(w.agency_id(self.agency()) for _ in range(self.rng.choice((1, 1, 2))))
        return self.by_custodian("report", state, c.Report(recipients, self.rng.choice(("red", "橙", "2", "x")), ""))

    def on_close(self, state: Dispute | None) -> Act:
        agreed = state is not None and state.agreement == w.PERFORMED
        outcome = "performed" if agreed != (self.rng.random() < 0.2) else "no_deal"
        return self.by_custodian("close", state, c.Close(outcome, "", self.rng.random() < 0.6))
