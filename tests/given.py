"""Given commands or events, when a command, then events, nothing or a refusal: the machine without storage.

    hub = Given(agencies(...))
    hub.given(("committee", Register(...)), ("committee", refer("station"), "offer"))
    hub.when("station", Sign(referral("offer"))).then("referral.signed")
    hub.when("station", Sign(referral("offer"))).nothing()
    hub.when("court", Sign(referral("offer"))).refused("referral.not_receiver")

Agencies are named by their codes, "hub" is the hub. A command is labelled by the test or by its number; the label names
the dispute it registers ("d" unless told otherwise) and the referral it makes.
"""

from __future__ import annotations

from typing import Any

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.command import Command
from hub.aggregates.decide import (
    PLAIN_TYPES,
    Book,
    Context,
    Dispute,
    Event,
    decide,
    evolve,
    is_agency_command,
    stream_of,
)
from hub.aggregates.dispute import commands, events
from hub.aggregates.dispute.work import has_role
from hub.aggregates.screening import names as screening
from hub.aggregates.screening.state import evolve as evolve_book
from hub.policy import Dated

SYSTEM = "desk"


def dispute(label: str) -> w.DisputeId:
    return w.dispute_id(SYSTEM, w.derived_id(label))


def referral(label: str) -> w.ReferralId:
    return w.referral_id(SYSTEM, w.derived_id(label))


def agencies(*content: tuple[str, str, str, str | None]) -> Registry:
    """A registry from (code, kind, region, code of the superior)."""
    made = [
        Agency(w.agency_id(code), code, code, kind, "", region, w.agency_id(up) if up else None, (), 0, False)
        for code, kind, region, up in content
    ]
    return Registry({agency.id: agency for agency in made})


class Given:
    """Some agencies and disputes at an instant that only the test moves (``now``, microseconds)."""

    def __init__(self, registry: Registry, pack: Dated, now: int = 1_767_225_600 * w.SECOND) -> None:
        self.registry, self.pack, self.now = registry, pack, now
        self.disputes: dict[bytes, Dispute] = {}
        self.books: dict[bytes, Book] = {}
        self.played = 0
        self.answer: tuple[Event, ...] | w.Refusal = ()

    def __getitem__(self, label: str) -> Dispute:
        return self.disputes[dispute(label)]

    def given(self, *acts: Any) -> Given:
        """What has happened: (agency, command, label if it matters), each accepted; or events of dispute "d"."""
        for act in acts:
            if isinstance(act, events.Event):
                self.disputes[dispute("d")] = evolve(self.disputes.get(dispute("d")), act, dispute("d"))
            else:
                self.when(*act)
                assert not isinstance(self.answer, w.Refusal), (act, self.answer)
        return self

    def when(self, by: str, body: Any, label: str = "", about: str = "d", based_on: int | None = None) -> Given:
        """One command is decided; what it makes has happened."""
        self.played += 1
        if isinstance(body, commands.Register):
            label = about = label or about
        label = label or f"#{self.played}"
        of_book = type(body) in screening.COMMAND_TYPES
        ident = None if of_book else dispute(about)
        command = Command(SYSTEM, w.derived_id(label), b"", w.agency_id(by), "", self.now, ident, based_on, body)
        pack = self.pack.at(self.now)
        context = Context(self.now, self.registry, pack, lambda: label, self.accountable, self.pack)
        stream = stream_of(command) or b""
        decision = decide(command, self.books.get(stream) if of_book else self.disputes.get(dispute(about)), context)
        if isinstance(decision, w.Refusal):
            self.answer = decision
            return self
        self.answer = decision.events
        for event in decision.events:
            if isinstance(event, events.Event):
                self.disputes[decision.stream] = evolve(self.disputes.get(decision.stream), event, decision.stream)
            elif isinstance(event, names.Event):
                self.registry = self.registry.evolve(w.AgencyId(decision.stream), event)
            else:
                of_books: Any = event
                self.books[stream] = evolve_book(self.books.get(stream), of_books)
        if of_book:
            assert decision.state == self.books.get(stream), "the decided book is not that of its events"
        elif not is_agency_command(command):
            assert decision.state == self.disputes[decision.stream], "the decided state is not that of its events"
        return self

    def accountable(self, agency: w.AgencyId) -> bool:
        return any(has_role(state, agency) for state in self.disputes.values())

    def types(self) -> list[str]:
        """The names of the events the last command made."""
        assert not isinstance(self.answer, w.Refusal), self.answer
        return [type_of(event) for event in self.answer]

    def then(self, *types: str) -> Given:
        assert self.types() == list(types)
        return self

    def nothing(self) -> Given:
        return self.then()

    def refused(self, code: str) -> Given:
        assert isinstance(self.answer, w.Refusal) and self.answer.code == code, self.answer
        return self


def type_of(event: Event) -> str:
    if isinstance(event, events.Event):
        return events.TYPES[type(event.body)]
    plain: Any = event
    return PLAIN_TYPES[type(plain)]
