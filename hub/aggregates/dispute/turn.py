"""One decision in the making: the state it reads, the events it has made, and the guards several commands share.

A guard raises ``Refused``; ``decide`` turns that into the value. Guards are asked in the order custody rules §3 gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hub import words as w
from hub.policy import Dated, On, Pack
from hub.words import AgencyId, DisputeId, Refusal

from ..agency.registry import Registry
from ..command import Command
from . import events as e
from .state import EMERGENCY, Dispute, Referral, evolve

ENDS = frozenset({e.Closed, e.Voided})


class Refused(Exception):
    """Leaves a decision with its refusal."""

    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.refusal = Refusal(code, field, detail)


class Context(NamedTuple):
    """What a decision may read besides the dispute: the hub's instant, the registry and rules at this position."""

    now: int
    registry: Registry
    pack: Pack
    number: Callable[[], str]  # the next human case number 一案一码
    accountable: Callable[[AgencyId], bool]  # may this closing agency still have a role in some dispute?
    known: Dated | None = None  # every pack; None = only this one

    @property
    def rules(self) -> Dated:
        """The packs by the day a clock starts."""
        return self.known or self.pack


class Turn:
    """A command being decided on one dispute."""

    def __init__(self, command: Command, stream: DisputeId, state: Dispute | None, context: Context) -> None:
        self.command = command
        self.registry = context.registry
        self.author = self.shared(command.agency)
        self.stream = stream
        self._state = state
        self.emergency = state is not None and EMERGENCY in state.marks
        self.context = context
        self.events: list[e.Event] = []
        self.custodian_before = state.custodian if state is not None else None

    @property
    def state(self) -> Dispute:
        assert self._state is not None
        return self._state

    @property
    def by_hub(self) -> bool:
        return self.author == w.HUB_AGENCY

    def shared(self, agency: AgencyId) -> AgencyId:
        """The registry's own object of an agency's id: a state that holds it costs 8 bytes, not 57."""
        known = self.registry.agency(agency)
        return agency if known is None else known.id

    def on(self, debtor: AgencyId, channel: str = "", kind: str = "") -> On:
        """What a limit runs on: the county its debtor is in, channel and kind of the referral, an emergency plan."""
        known = self.registry.agency(debtor)
        return On(known.region[:6] if known is not None else "", channel, kind, self.emergency)

    def due(
        self, obligation: str, debtor: AgencyId, channel: str = "", kind: str = "", start: int | None = None
    ) -> tuple[int, str]:
        """Due time and rule of a limit that starts now, or did at ``start``: by the pack of that day."""
        context = self.context
        on = self.on(debtor, channel, kind)
        if start is None:
            return context.pack.due(obligation, context.now, on)
        return context.rules.at(start).due(obligation, start, on)

    def emit(
        self, body: e.Body, custodian: AgencyId | None = None, dated: bool = False, since: int | None = None
    ) -> None:
        """Make an event; ``custodian`` where custody moves with it, ``dated`` where it carries a due time, ``since``
        where that counts from an earlier instant.

        The progress limit restarts with every act of the custodian, with custody itself, and at reopening.
        """
        state = self._state
        if state is None:
            assert custodian is not None
            after, restarts = custodian, True
        else:
            after = custodian or state.custodian
            kind = type(body)
            reopens = kind is e.Reopened
            runs = reopens or (state.status == w.OPEN and kind not in ENDS)
            restarts = runs and (reopens or after != state.custodian or self.author == after)
        if type(body) is e.ParticularsNoted:
            self.emergency = body.emergency
        due, rule = self.due(w.PROGRESS, after) if restarts else (None, "")
        pack = self.context.pack if since is None else self.context.rules.at(since)
        named = (pack.id, pack.calendar.version) if dated or restarts else ("", "")
        event = e.Event(e.Custody(after, due, rule, *named), body)
        self._state = evolve(state, event, self.stream)
        self.events.append(event)

    # guards

    def need_open(self) -> None:
        if self.state.status != w.OPEN:
            raise Refused(f"dispute.{self.state.status}", "dispute")

    def need_custodian(self) -> None:
        if self.author != self.state.custodian:
            raise Refused("dispute.not_custodian", "agency")

    def need_no_handover(self, but: Referral | None = None) -> None:
        open_one = self.state.handover
        if open_one is not None and (but is None or open_one.id != but.id or but.state != w.OFFERED):
            raise Refused("dispute.handover_open", "dispute", w.text(open_one.id))

    def need_no_delegation(self, code: str = "delegation.no_onward") -> None:
        if self.state.delegation is not None:
            raise Refused(code, "dispute", w.text(self.state.delegation.id))

    def need_receiver(self, receiver: AgencyId, itself: bool = True) -> None:
        """The receiver guards: known, not the author itself, neither dissolved nor closing, intake open."""
        agency = self.registry.agency(receiver)
        if agency is None:
            raise Refused("agency.unknown", "receiver")
        if itself and receiver == self.author:
            raise Refused("referral.to_self", "receiver")
        if agency.state != w.ACTIVE:
            successor = self.registry.agency(agency.successor) if agency.successor else None
            detail = f"successor {successor.code} {successor.name}" if successor else ""
            raise Refused(f"agency.{agency.state}", "receiver", detail)
        if not agency.intake_open:
            raise Refused("agency.intake_closed", "receiver")

    def is_superior_of(self, agency: AgencyId) -> bool:
        return self.author in self.registry.above(agency)

    def need_alive(self, referral: Referral) -> None:
        if not referral.alive:
            raise Refused(f"referral.{referral.state}", "referral")

    # what several commands do

    def comes_back(self) -> None:
        """Whoever now holds the baton owes itself nothing (custody rules §3, note 2)."""
        custodian = self.state.custodian
        for r in self.state.referrals:
            if not r.alive:
                continue
            if r.kind == w.ASSISTANCE:
                if r.receiver == custodian:
                    accepted = r.state == w.ACCEPTED
                    self.emit(e.Concluded(r.id, "came_back", "") if accepted else e.Withdrawn(r.id, "came_back", ""))
            elif r.sender == custodian and _owed_back(r):
                self.emit(e.Concluded(r.id, "came_back", ""))

    def settle_all(self, outcome: str) -> None:
        """End every contest of this dispute."""
        for r in self.state.referrals:
            if r.contested:
                self.emit(e.Settled(r.id, outcome, ""))


def _owed_back(referral: Referral) -> bool:
    """An accepted referral, or a binding one not yet signed: its feedback is owed to the sender."""
    return referral.state == w.ACCEPTED or (referral.kind == w.ASSIGNMENT and referral.state == w.OFFERED)
