"""A book (排查台账) as decisions see it: the rounds owed, those filed or missed, open leads, open findings.

Guarantee: immutable and bounded; ``evolve`` never fails on an event that ``decide`` made and decides nothing itself.
Rounds that ended in the last ``REMEMBERED`` days are remembered, of leads and findings that have ended the last
``ENDED``: what is older is unknown to decisions, never to the log. Days are ordinals of local dates.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from hub.words import AgencyId, DisputeId, FindingId, LeadId

from . import names as n

REMEMBERED: Final = 400  # days
ENDED: Final = 100
INSPECTED: Final = 4  # rounds of supervision


class Round(NamedTuple):
    """One period of one schedule that was filed or missed (and may have been filed since)."""

    schedule: str
    first: int
    last: int
    filed: bool


class Lead(NamedTuple):
    """An open lead and its latest assessment."""

    id: LeadId
    ordinal: int
    scheme: str
    raw: str
    measures: str


class Settled(NamedTuple):
    """What became of a lead."""

    id: LeadId
    outcome: str
    dispute: DisputeId | None
    receiver: AgencyId | None


class Finding(NamedTuple):
    """A finding that is to be rectified; ``done`` None = not yet, else it waits for its review."""

    id: FindingId
    due_at: int
    done: str | None = None
    breached: bool = False


class Book(NamedTuple):
    """One agency's book. ``scheduled``: what is owed, each from a local day on."""

    version: int
    subject: AgencyId
    scheduled: tuple[tuple[str, int], ...] = ()
    rounds: tuple[Round, ...] = ()
    inspected: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    settled: tuple[Settled, ...] = ()
    findings: tuple[Finding, ...] = ()
    passed: tuple[FindingId, ...] = ()

    def since(self, schedule: str) -> int | None:
        """From which day on rounds of a schedule are owed; None when they are not."""
        return next((day for key, day in self.scheduled if key == schedule), None)

    def round(self, schedule: str, first: int) -> Round | None:
        """What is known of the period that begins on a day."""
        return next((r for r in self.rounds if r.first == first and r.schedule == schedule), None)

    def lead(self, ident: LeadId) -> Lead | None:
        """An open lead."""
        return next((lead for lead in self.leads if lead.id == ident), None)

    def finding(self, ident: FindingId) -> Finding | None:
        """A finding that has not passed its review."""
        return next((finding for finding in self.findings if finding.id == ident), None)


def day(text: str) -> int:
    """The ordinal of a local date."""
    return date.fromisoformat(text).toordinal()


def evolve(state: Book | None, event: n.Event) -> Book:
    """The book after one more event."""
    book = Book(1, event.subject) if state is None else state._replace(version=state.version + 1)
    match event:
        case n.Scheduled():
            since = day(event.since)
            known = dict(book.scheduled)
            return book._replace(scheduled=tuple((key, known.get(key, since)) for key in event.schedules))
        case n.Filed():
            return _round(book, event.schedule, event.first, event.last, filed=True) if event.schedule else book
        case n.Missed():
            return _round(book, event.schedule, event.first, event.last, filed=False)
        case n.LeadReported():
            lead = Lead(event.lead, event.ordinal, event.scheme, event.raw, event.measures)
            return book._replace(leads=(*book.leads, lead))
        case n.LeadAssessed():
            return book._replace(leads=tuple(Lead(*event[1:]) if o.id == event.lead else o for o in book.leads))
        case n.LeadSettled():
            ended = Settled(event.lead, event.outcome, event.dispute, event.receiver)
            left = tuple(lead for lead in book.leads if lead.id != event.lead)
            return book._replace(leads=left, settled=(*book.settled, ended)[-ENDED:])
        case n.Inspected():
            others = tuple(name for name in book.inspected if name != event.round)
            return book._replace(inspected=(*others, event.round)[-INSPECTED:])
        case n.FindingRaised():
            return book._replace(findings=(*book.findings, Finding(event.finding, event.due_at)))
        case n.FindingRectified():
            return _finding(book, event.finding, lambda f: f._replace(done=event.done))
        case n.FindingBreached():
            return _finding(book, event.finding, lambda f: f._replace(breached=True))
        case n.FindingReviewed():
            if event.due_at is not None:
                again = Finding(event.finding, event.due_at)
                return _finding(book, event.finding, lambda _: again)
            left_open = tuple(f for f in book.findings if f.id != event.finding)
            return book._replace(findings=left_open, passed=(*book.passed, event.finding)[-ENDED:])


def _round(book: Book, schedule: str, first: str, last: str, *, filed: bool) -> Book:
    made = Round(schedule, day(first), day(last), filed)
    rounds = [r for r in book.rounds if (r.schedule, r.first) != (schedule, made.first)]
    rounds.append(made)
    # From the newest first day, which is never to come: what a decision still takes is never forgotten.
    oldest = max(r.first for r in rounds) - REMEMBERED
    return book._replace(rounds=tuple(r for r in rounds if r.last >= oldest))


def _finding(book: Book, ident: FindingId, change: Callable[[Finding], Finding]) -> Book:
    return book._replace(findings=tuple(change(f) if f.id == ident else f for f in book.findings))
