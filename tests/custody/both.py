"""The same command to the model and to the machine, and what must be equal afterwards."""

from __future__ import annotations

import sys
from typing import Any

from hub import words as w
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.obligations import running
from tests.custody.histories import Act
from tests.custody.town import AGENCIES, BY_CONSENT, HOURS, PACK, WARN_HOURS
from tests.custody.walk import AGENCY_VERBS, Step, Walk
from tests.given import dispute, type_of
from tests.model.agencies import Agencies, Agency, Refused
from tests.model.custody_model import Model
from tests.model.things import Event

Outcome = list[Event] | str


def new_model() -> Model:
    directory = Agencies({code: Agency(kind, region, up) for code, kind, region, up in AGENCIES})
    limits = {name: hours * w.HOUR for name, hours in HOURS.items()}
    return Model(directory, limits, dict.fromkeys(limits, WARN_HOURS * w.HOUR), {BY_CONSENT})


class Both:
    """A history played twice; ``step`` tells the command and every difference (none: they agree)."""

    def __init__(self, seed: int) -> None:
        self.walk = Walk(seed)
        self.names = self.walk.names
        self.model = new_model()

    def step(self) -> tuple[Step, list[str]]:
        step = self.walk.step()
        ours = self.on_agencies(step.act) if step.act.verb in AGENCY_VERBS else self.on_model(step.act)
        return step, self.differences(ours, step.answer) or self.state_differences(step.act.about)

    # --- the model ---

    def on_model(self, act: Act) -> Outcome:
        args, now = dict(act.args), self.walk.machine.now
        if act.verb == "agreement":
            due_on = args.pop("due_on")
            if args["to"] == "reached":
                args["due"] = PACK.due("perform", PACK.perform_start(now, due_on))[0]
        if act.verb == "recompute":
            args["due"] = PACK.due(args["name"], args.pop("since"))[0]
        return self.model.play(act.verb, act.by, now, act.about, referral=act.referral, based_on=act.based_on, **args)

    def on_agencies(self, act: Act) -> Outcome:
        directory = self.model.agencies
        try:
            if act.by != "hub" and not (act.verb == "set_intake" and act.by == act.about):
                raise Refused("access.denied")
            if act.verb == "dissolve_agency":
                changed = directory.dissolve(act.about, self.model.accountable(act.about))
            else:
                changed = getattr(directory, act.verb.removesuffix("_agency"))(act.about, **act.args)
        except Refused as refused:
            return refused.code
        return [Event(AGENCY_VERBS[act.verb], "", {})] if changed else []

    # --- what must be equal ---

    def differences(self, ours: Outcome, theirs: Any) -> list[str]:
        """Refusal code, or events in order: type, custodian after it, and every field the model gives it."""
        if isinstance(theirs, w.Refusal) or isinstance(ours, str):
            code = theirs.code if isinstance(theirs, w.Refusal) else "accepted"
            return [] if ours == code else [f"model {ours}, machine {code}"]
        seen = [self.plain(event) for event in theirs]
        if [event[:2] for event in ours] != [event[:2] for event in seen]:
            return [f"model {ours}, machine {seen}"]
        found = []
        for event, (type, _, body) in zip(ours, seen, strict=True):
            other = {key: self.label(getattr(body, key)) for key in event.fields if hasattr(body, key)}
            expected = {key: value for key, value in event.fields.items() if hasattr(body, key)}
            if other != expected:
                found.append(f"{type}: model {expected}, machine {other}")
        return found

    def plain(self, event: Any) -> tuple[str, str, Any]:
        if isinstance(event, e.Event):
            return type_of(event), self.names[event.custody.custodian], event.body
        return type_of(event).removeprefix("agency.").partition("_")[0], "", None

    def label(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.label(one) for one in value)
        return self.names.get(value, value) if isinstance(value, bytes) else value

    def state_differences(self, label: str) -> list[str]:
        """Custodian, states and what is owed: name, debtor, creditor, referral and due time."""
        ours, theirs = self.model.disputes.get(label), self.walk.machine.disputes.get(dispute(label))
        if ours is None or theirs is None:
            return [] if ours is None and theirs is None else ["only one of them has the dispute"]
        compared = {
            "owed": (
                sorted((o.name, o.debtor, o.creditor or "", o.referral or "", o.due) for o in ours.owed()),
                sorted(
                    (
                        o.name,
                        self.label(o.debtor),
                        self.label(o.creditor or ""),
                        self.label(o.referral or ""),
                        o.due_at,
                    )
                    for o in running(theirs)
                ),
            ),
            "custodian": (ours.custodian, self.names[theirs.custodian]),
            "state": (ours.state, theirs.status),
            "version": (ours.version, theirs.version),
            "agreement": (ours.agreement, theirs.agreement or "none"),
            "referrals": (
                {r.id: (r.state, r.proposal or "") for r in ours.referrals.values()},
                {self.names[r.id]: (r.state, r.proposal) for r in theirs.referrals},
            ),
        }
        return [f"{what}: model {one}, machine {other}" for what, (one, other) in compared.items() if one != other]


def compare(walks: int, length: int, first: int = 0) -> tuple[int, str]:
    """Play walks until one differs: how many commands that took, and what differed ("" = nothing)."""
    played = 0
    for seed in range(first, first + walks):
        both = Both(seed)
        for number in range(length):
            played += 1
            step, differences = both.step()
            if differences:
                return played, "\n".join([f"seed {seed}, command {number}: {step.by}: {step.act}", *differences])
    return played, ""


if __name__ == "__main__":  # python -m tests.custody.both 2000: a longer look than the test's
    print(compare(int(sys.argv[1]), 150, int(sys.argv[2]) if sys.argv[2:] else 0))
