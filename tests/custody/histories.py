"""Random histories that stay interesting: mostly the right party, mostly a living referral, sometimes neither.

A history looks at the machine only to choose; it is the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from hub import words as w
from hub.aggregates.dispute.obligations import Obligation, running
from hub.aggregates.dispute.state import Dispute, Referral, done_notice
from tests.custody.town import AGENCIES, BY_CONSENT, HOURS, WARN_HOURS
from tests.given import Given

ON_REFERRAL = {
    "deliver": 1, "sign": 8, "accept": 12, "return_": 9, "withdraw": 6, "consent": 9, "decline": 3, "contest": 14,
    "settle": 9, "lapse": 3, "feedback": 6, "recall": 4,
}  # fmt: skip
ON_DISPUTE = {
    "refer": 22, "assign": 6, "attempt": 1, "agreement": 4, "grade": 1, "report": 3, "acknowledge": 2, "supervise": 3,
    "answer": 3, "urge": 3, "close": 3, "reopen": 2, "void": 1, "breach": 3, "warn": 2, "recompute": 2, "succeed": 9,
}  # fmt: skip
ON_AGENCY = {
    "register_agency": 1,
    "amend_agency": 2,
    "set_intake": 2,
    "close_agency": 2,
    "dissolve_agency": 2,
}
WEIGHTS = {"register": 2, "time": 14, **ON_REFERRAL, **ON_DISPUTE, **ON_AGENCY}
VERBS = list(WEIGHTS)
OFTEN_RECEIVED = {
    "sign": True,
    "accept": True,
    "return_": True,
    "withdraw": False,
    "contest": False,
    "recall": False,
}
WANTED: dict[str, Callable[[Referral], bool]] = {  # which referrals a verb is about; else those that are not done
    "contest": lambda r: r.state == w.RETURNED and r.kind in w.MOVING,
    "settle": lambda r: r.contested,
    "consent": lambda r: bool(r.proposal),
    "decline": lambda r: bool(r.proposal),
    "recall": lambda r: r.kind == w.DELEGATION,
}
KINDS = ["transfer", "transfer", "transfer", "delegation", "delegation", "escalation", "assistance", "notice"]
AGENCY_KINDS = ["committee", "committee", "committee", "centre", "court"]
REGIONS = ["3303", "330302", "330302001", "330303"]
BY_HUB = {"deliver", "lapse", "breach", "warn", "recompute", "succeed"}


def not_done(r: Referral) -> bool:
    return r.alive and not done_notice(r)


class Act(NamedTuple):
    """One command: what, by whom, on which dispute (or agency), on which referral."""

    verb: str
    by: str
    about: str = ""
    referral: str | None = None
    based_on: int | None = None
    args: Mapping[str, Any] = MappingProxyType({})


class History:
    """Chooses the next command; time goes on in the machine's ``now``. ``names`` gives ids back their labels."""

    weights: Mapping[str, int] = MappingProxyType(WEIGHTS)
    town: Iterable[tuple[str, str, str, str | None]] = AGENCIES

    def __init__(self, seed: int, machine: Given) -> None:
        self.rng = Random(seed)
        self.machine = machine
        self.labels: list[str] = []
        self.names: dict[bytes, str] = {w.HUB_AGENCY: "hub"}
        self.verbs, self.cumulative = list(self.weights), list(accumulate(self.weights.values()))
        self.codes = [code for code, *_ in self.town]
        self.names |= {w.agency_id(code): code for code in [*self.codes, "unknown"]}
        self.pool = self.rng.sample(self.codes, self.rng.randint(3, 8))
        self.made = 0

    def next(self) -> Act:
        while True:
            verb = self.rng.choices(self.verbs, cum_weights=self.cumulative)[0]
            if verb == "time":
                self.time_passes()
            elif verb in ON_AGENCY:
                return self.on_agency(verb)
            elif verb == "register" or not self.labels:
                if len(self.labels) < 3 or self.rng.random() < 0.05:
                    self.labels.append(self.new("d"))
                    return Act("register", self.agency(), self.labels[-1])
            else:
                label = self.rng.choice(self.labels) if self.rng.random() > 0.005 else "nowhere"
                state = self.machine.disputes.get(w.dispute_id("desk", w.derived_id(label)))
                act = self.on_referral(verb, state) if verb in ON_REFERRAL else self.on_dispute(verb, state)
                if act is not None:
                    by = "hub" if verb in BY_HUB else act.by
                    return act._replace(by=by, about=label, based_on=self.based_on(state))

    def new(self, prefix: str) -> str:
        self.made += 1
        label = f"{prefix}{self.made}"
        command = w.derived_id(label)
        for ident in (w.agency_id(label), w.referral_id("desk", command), w.dispute_id("desk", command)):
            self.names[ident] = label
        return label

    def time_passes(self) -> None:
        now = self.machine.now
        dues = [o.due_at for state in self.machine.disputes.values() for o in running(state) if o.due_at > now]
        if dues and self.rng.random() < 0.4:
            self.machine.now = self.rng.choice(dues) - self.rng.choice((0, 0, 1, WARN_HOURS * w.HOUR))
        else:
            self.machine.now += int(self.rng.expovariate(1 / 10) * w.HOUR)

    def based_on(self, state: Dispute | None) -> int | None:
        if state is None or self.rng.random() > 0.05:
            return None
        return self.rng.randint(1, state.version + 1)

    # --- who ---

    def agency(self) -> str:
        roll = self.rng.random()
        if roll < 0.9:
            return self.rng.choice(self.pool)
        return "unknown" if roll > 0.995 else self.rng.choice(self.codes)

    def actor(self, right: bytes | None) -> str:
        if right is not None and self.rng.random() < 0.8:
            return self.names[right]
        return "hub" if self.rng.random() < 0.08 else self.agency()

    def one_of(self, found: Iterable[bytes]) -> bytes | None:
        candidates = list(found)
        return self.rng.choice(candidates) if candidates else None

    def above(self, agency: bytes | None) -> bytes | None:
        return self.one_of(self.machine.registry.above(w.AgencyId(agency))) if agency else None

    def closing(self) -> bytes | None:
        return self.one_of(a.id for a in self.machine.registry.agencies.values() if a.state == w.CLOSING)

    # --- on a referral ---

    def on_referral(self, verb: str, state: Dispute | None) -> Act | None:
        rng = self.rng
        args = {"final": rng.random() < 0.6} if verb == "feedback" else {}
        if state is None or not state.referrals or rng.random() < 0.005:
            return Act(verb, self.actor(None), referral="unknown", args=args) if rng.random() < 0.1 else None
        wanted = WANTED.get(verb, not_done)
        found = [r for r in state.referrals if wanted(r)][-4:]
        if rng.random() < 0.1:
            found = list(state.referrals)
        if not found:
            return None
        r = rng.choice(found)
        right: bytes | None
        if verb in ("consent", "decline"):
            right = r.receiver if r.proposal == w.WITHDRAWAL else r.sender
        elif verb == "settle":
            right = r.settler
        elif verb == "feedback":
            right = r.receiver if r.kind == w.ASSISTANCE else state.custodian
        elif verb == "withdraw" and r.kind == w.ASSISTANCE:
            right = state.custodian
        else:
            received = OFTEN_RECEIVED.get(verb, False) != (verb == "withdraw" and rng.random() < 0.2)
            right = r.receiver if received else r.sender
        return Act(verb, self.actor(right), referral=self.names[r.id], args=args)

    # --- on a dispute ---

    def on_dispute(self, verb: str, state: Dispute | None) -> Act | None:
        rng = self.rng
        custodian = state.custodian if state else None
        if verb in ("urge", "breach", "warn", "recompute"):
            return self.on_obligation(verb, state)
        if verb == "refer":
            return self.refer(state)
        args: Mapping[str, Any] = MappingProxyType({})
        right: bytes | None = custodian
        if verb == "assign":
            right, args = self.above(custodian), {"new": self.new("r"), "receiver": self.agency()}
        elif verb == "agreement":
            due_on = rng.choice((None, None, "2026-03-01"))
            args = {"to": rng.choice(("reached", "performed", "broken")), "due_on": due_on}
        elif verb == "report":
            args = {"recipients": [self.agency() for _ in range(rng.choice((1, 1, 2)))]}
        elif verb == "acknowledge":
            right = self.one_of(d.debtor for d in state.reports) if state else None
        elif verb == "answer":
            right = self.one_of(d.debtor for d in state.supervisions) if state else None
        elif verb == "supervise":
            agency = self.one_of(o.debtor for o in running(state)) if state else None
            args = {"agency": self.names[agency] if agency and rng.random() < 0.8 else self.agency()}
            right = w.HUB_AGENCY if rng.random() < 0.2 else self.above(w.agency_id(args["agency"]))
        elif verb == "succeed":
            closing = self.closing()
            if closing is None and rng.random() < 0.9:
                return None
            args = {"agency": self.names[closing] if closing and rng.random() < 0.97 else self.agency()}
        elif verb == "close":
            agreed = state is not None and state.agreement == w.PERFORMED
            args = {"outcome": "performed" if agreed != (rng.random() < 0.2) else "no_deal"}
        elif verb in ("grade", "reopen") and rng.random() < 0.2:
            right = self.above(custodian)
        return Act(verb, self.actor(right), args=args)

    def refer(self, state: Dispute | None) -> Act:
        rng = self.rng
        args: dict[str, Any] = {"new": self.new("r"), "kind": rng.choice(KINDS), "receiver": self.agency()}
        if rng.random() < 0.01:
            args["kind"] = w.ASSIGNMENT
        if rng.random() < 0.25:
            args["channel"] = BY_CONSENT
        if rng.random() < 0.2 and state is not None and state.referrals:
            replaced = rng.choice(state.referrals[-4:]).id
            args["in_place_of"] = self.names[replaced] if rng.random() > 0.02 else "unknown"
        by = self.actor(state.custodian if state else None)
        return Act("refer", "hub" if args["kind"] == "escalation" and rng.random() < 0.2 else by, args=args)

    def on_obligation(self, verb: str, state: Dispute | None) -> Act:
        rng = self.rng
        owed: list[Obligation] = list(running(state)) if state else []
        right: bytes | None = None
        if not owed or rng.random() < 0.05:
            known = self.one_of(r.id for r in state.referrals) if state else None
            args, some = {"name": rng.choice(list(HOURS)), "debtor": self.agency()}, known
        else:
            late = [o for o in owed if o.due_at - WARN_HOURS * w.HOUR <= self.machine.now]
            one = rng.choice(late) if late and rng.random() < 0.7 else rng.choice(owed)
            args, some = {"name": one.name, "debtor": self.names[one.debtor]}, one.referral
            right = one.creditor if rng.random() < 0.6 else self.above(one.debtor)
        more: dict[str, Any] = {"since": self.machine.now - rng.choice((0, 5, 40)) * w.HOUR}
        label = self.names[some] if some is not None else None
        return Act(verb, self.actor(right), referral=label, args=args | more if verb == "recompute" else args)

    # --- on an agency ---

    def on_agency(self, verb: str) -> Act:
        rng, name = self.rng, self.agency()
        by = "hub" if rng.random() < 0.95 else self.agency()
        if verb in ("register_agency", "amend_agency"):
            if verb == "register_agency" and rng.random() < 0.8:
                name = self.new("new")
                self.pool.append(name)
                self.codes.append(name)
            up = rng.choice([None, *self.codes]) if rng.random() < 0.7 else self.agency()
            kind, region = rng.choice(AGENCY_KINDS), rng.choice(REGIONS)
            known = self.machine.registry.agency(w.agency_id(name))
            if known is not None and rng.random() < 0.4:
                kind, region = known.kind, known.region
            return Act(verb, by, name, args={"kind": kind, "region": region, "superior": up})
        if verb == "set_intake":
            return Act(verb, rng.choice((by, name)), name, args={"is_open": rng.random() < 0.7})
        if verb == "dissolve_agency":
            closing = self.closing()
            return Act(verb, by, self.names[closing] if closing and rng.random() < 0.9 else name)
        return Act(verb, by, name, args={"successor": self.agency()})
