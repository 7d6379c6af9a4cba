"""A random history played on the machine, one command a step."""

from __future__ import annotations

from typing import Any, NamedTuple

from hub import words as w
from hub.aggregates.agency.registry import Registry
from hub.aggregates.decide import Event
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.state import Dispute
from tests.custody import say
from tests.custody.histories import Act, History
from tests.custody.town import AGENCIES, PACK
from tests.given import Given, agencies, dispute

AGENCY_VERBS = {
    "register_agency": "registered", "amend_agency": "amended", "set_intake": "intake", "close_agency": "closing",
    "dissolve_agency": "dissolved",
}  # fmt: skip


class Step(NamedTuple):
    """A command, who really acted, its dispute before and after, the machine's answer and what then stood."""

    act: Act
    by: str
    body: Any
    before: Dispute | None
    after: Dispute | None
    answer: tuple[Event, ...] | w.Refusal
    registry: Registry
    disputes: tuple[Dispute, ...]

    @property
    def events(self) -> list[e.Event]:
        """The dispute events it made."""
        answer = () if isinstance(self.answer, w.Refusal) else self.answer
        return [event for event in answer if isinstance(event, e.Event)]


class Walk:
    """The same for the same seed as long as the machine is the same."""

    def __init__(self, seed: int) -> None:
        self.machine, self.history = self.begin(seed)
        self.names = self.history.names

    def begin(self, seed: int) -> tuple[Given, History]:
        """The machine before its first command, and who chooses them."""
        machine = Given(agencies(*AGENCIES), PACK)
        return machine, History(seed, machine)

    def step(self) -> Step:
        act = self.history.next()
        before = self.machine.disputes.get(dispute(act.about))
        by, body = self.body(act)
        label = act.about if act.verb == "register" else str(act.args.get("new", ""))
        answer = self.machine.when(by, body, label, act.about, act.based_on).answer
        disputes = self.machine.disputes
        after = disputes.get(dispute(act.about))
        return Step(act, by, body, before, after, answer, self.machine.registry, tuple(disputes.values()))

    def body(self, act: Act) -> tuple[str, Any]:
        by, args = act.by, {key: value for key, value in act.args.items() if key != "new"}
        if "body" in args:
            return by, args["body"]
        state = self.machine.disputes.get(dispute(act.about))
        if by == "hub" and act.verb == "refer" and args["kind"] == "escalation" and state is not None:
            by = self.names[state.custodian]  # the hub escalates in the custodian's name
        if by == "hub" and act.verb == "supervise":
            above = self.machine.registry.above(w.agency_id(args["agency"]))
            by = self.names[above[0]] if above else by  # and supervises in that of the nearest superior
        if act.verb == "report":
            return by, say.report(*args["recipients"])
        if act.verb == "succeed":
            return by, say.succeed(args["agency"])
        if act.verb == "set_intake":
            return by, say.open_intake(act.about) if args["is_open"] else say.close_intake(act.about)
        if act.referral is not None:
            args["label"] = act.referral
        if act.verb in AGENCY_VERBS:
            args["code"] = act.about
        return by, getattr(say, act.verb)(**args)
