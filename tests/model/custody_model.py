"""The custody rules read literally, as a second opinion on the machine. It shares no code with the hub.

A model holds agencies and disputes; `play` gives one command and answers with the events it made (none:
nothing to do) or with the refusal's code. State is changed in place; each event notes who held custody after
it. Instants and limits are plain integers.
"""

from collections.abc import Callable
from typing import Any

from tests.model.agencies import Agencies, Refused
from tests.model.going_back import GoingBack
from tests.model.handing_over import HandingOver
from tests.model.things import Event
from tests.model.working import Working
from tests.model.world import HUB

HUB_ONLY = {"deliver", "lapse", "breach", "warn", "recompute", "succeed"}


class Model(HandingOver, GoingBack, Working):
    """Every command of section 3 is a method by its own name."""

    def __init__(
        self, agencies: Agencies, limits: dict[str, int], warnings: dict[str, int], by_consent: set[str]
    ) -> None:
        super().__init__(agencies, limits, warnings, by_consent)
        self.answers: dict[str, list[Event] | str] = {}

    def play(
        self, verb: str, by: str, now: int, dispute: str, *, id: str | None = None, speaks: bool = True,
        referral: str | None = None, based_on: int | None = None, **args: Any,
    ) -> list[Event] | str:  # fmt: skip
        if id is not None and id in self.answers:
            return self.answers[id]
        self.now, self.by, self.events = now, by, []
        try:
            if not speaks or (verb in HUB_ONLY and by != HUB):
                raise Refused("access.denied")
            if verb == "register":
                self.register(dispute)
            else:
                self.frame(verb, dispute, referral, based_on, args)
            answer: list[Event] | str = self.events
        except Refused as refused:
            answer = refused.code
        if id is not None:
            self.answers[id] = answer
        return answer

    def frame(self, verb: str, dispute: str, referral: str | None, based_on: int | None, args: dict[str, Any]) -> None:
        if dispute not in self.disputes:
            raise Refused("dispute.unknown")
        self.d = self.disputes[dispute]
        if self.by == HUB:
            self.by = self.in_the_name_of(verb, args) or HUB
        if not self.may_know():
            raise Refused("dispute.unknown")
        for named in (referral, args.get("in_place_of")):
            if named is not None and named not in self.d.referrals:
                raise Refused("referral.unknown")
        if based_on is not None:
            if based_on > self.d.version:
                raise Refused("dispute.ahead")
            if self.d.seen[based_on - 1] != self.d.seen[-1]:  # custody or the hand-over, not any event
                raise Refused("dispute.moved")
        run: Callable[..., None] = getattr(self, verb)
        if referral is None:
            run(**args)
        else:
            run(self.d.referrals[referral], **args)

    def in_the_name_of(self, verb: str, args: dict[str, Any]) -> str | None:
        """The hub escalates in the custodian's name and supervises in that of the nearest superior."""
        if verb == "refer" and args["kind"] == "escalation":
            return self.d.custodian
        if verb == "supervise":
            return next(iter(self.agencies.above(args["agency"])), None)
        return None

    def may_know(self) -> bool:
        if self.by == HUB or self.by in self.d.had_a_role:
            return True
        return any(self.by in self.agencies.above(one) for one in self.d.had_a_role)

    def accountable(self, agency: str) -> bool:
        """True while the agency has a role in any dispute: it cannot be dissolved."""
        return any(agency in dispute.roles() for dispute in self.disputes.values())
