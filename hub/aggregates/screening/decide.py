"""What may happen to a book (排查台账). Pure: returns the events, () for nothing, or a Refusal.

Who may: the agency itself; while it is closing and after it was dissolved, the successor in its place; a superior
inspects and reviews; the hub schedules and records what was missed. Days are local dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from hub import words as w
from hub.policy import Pack
from hub.policy.calendar import day_of
from hub.policy.limits import due
from hub.policy.places import unknown
from hub.policy.policy import schedule_at
from hub.policy.risk import contradicts
from hub.policy.screening import ITSELF, Schedule, due_of, is_period, owed_by, round_of
from hub.words import AgencyId, FindingId, LeadId, Refusal

from ..agency.registry import Agency
from ..command import Command
from ..dispute.turn import Context, Refused
from . import names as n
from .state import REMEMBERED, Book, Finding, Lead, day, evolve

COUNTY: Final = 6  # digits of a county's region code: days off are a county's

Events = Sequence[n.Event]


class Turn:
    """A command being decided on one book."""

    def __init__(self, command: Command, state: Book | None, context: Context) -> None:
        self.command = command
        self.author = command.agency
        self.context = context
        self.registry = context.registry
        self.today = day_of(context.now)
        self.subject = self._subject(AgencyId(subject_of(command)))
        self.book = state if state is not None else Book(0, self.subject.id)

    def _subject(self, ident: AgencyId) -> Agency:
        known = self.registry.agency(ident)
        if known is None:
            raise Refused("agency.unknown", "agency" if ident == self.author else "subject")
        return known

    def need_own(self) -> None:
        """The agency itself while it lives, or the successor in its place."""
        subject = self.subject
        if subject.id == self.author:
            if subject.state == w.DISSOLVED:
                raise Refused("agency.dissolved", "agency")
            return
        follower = self.registry.follower(subject.id)
        if follower is None or follower.id != self.author:
            raise Refused("access.denied", "subject", "an agency's book is its own and, after it, its successor's")

    def need_superior(self) -> None:
        if self.author not in self.registry.above(self.subject.id):
            raise Refused("access.denied", "agency", "superiors inspect")

    def rectify_by(self) -> tuple[int, str, str, str]:
        """Due time of a finding that is open from now on, its rule, pack and calendar."""
        pack = self.context.pack
        found = due(pack.rectify, self.context.now, pack.calendar, self.subject.region[:COUNTY])
        return found.at, found.rule, pack.id, pack.calendar.version

    def rule(self, key: str, first: int) -> tuple[Schedule, Pack]:
        """The schedule by the pack of the period's first day."""
        found = schedule_at(self.context.rules, key, first, self.context.now)
        if found is None:
            raise Refused("screening.not_scheduled", "schedule")
        return found

    def open_lead(self, ident: LeadId) -> Lead:
        lead = self.book.lead(ident)
        if lead is None:
            known = any(settled.id == ident for settled in self.book.settled)
            raise Refused("lead.settled" if known else "lead.unknown", "lead")
        return lead

    def finding(self, ident: FindingId) -> Finding | None:
        """None when it has passed its review."""
        found = self.book.finding(ident)
        if found is None and ident not in self.book.passed:
            raise Refused("finding.unknown", "finding")
        return found


def subject_of(command: Command) -> bytes:
    """The agency whose book a command is about."""
    body: Any = command.body
    return bytes(command.agency if body.subject is None else body.subject)


def decide(command: Command, state: Book | None, context: Context) -> tuple[tuple[n.Event, ...], Book | None] | Refusal:
    """The events of a command and the book after them, or why it is refused. Total."""
    body: Any = command.body
    try:
        events = tuple(DECISIONS[type(body)](Turn(command, state, context), body))
    except Refused as refused:
        return refused.refusal
    for event in events:
        state = evolve(state, event)
    return events, state


# --- rounds ---------------------------------------------------------------------------------------------------------


def schedule(turn: Turn, body: n.Schedule) -> Events:
    """排查任务 (hub): an event when what is owed today is not what was owed before."""
    owed = tuple(rule.key for rule in owed_by(turn.context.pack, turn.subject))
    if owed == tuple(key for key, _ in turn.book.scheduled):
        return ()
    return [n.Scheduled(turn.subject.id, owed, date.fromordinal(turn.today).isoformat(), turn.context.pack.id)]


def file(turn: Turn, body: n.FileScreening) -> Events:
    """排查上报: a round that is owed, or one outside any schedule."""
    turn.need_own()
    first, last = day(body.first), day(body.last)
    if body.settled > body.found:
        raise Refused("field.range", "settled", "not more than were found")
    if first > last:
        raise Refused("screening.period", "last", "it ends before it begins")
    kind, late = body.kind, False
    if body.schedule == "":
        if kind == "":
            raise Refused("field.missing", "kind", "outside any schedule a screening says what it is")
        if first > turn.today:
            raise Refused("screening.period", "first", "it has not begun")
    else:
        rule, pack = _round(turn, body, first, last)
        if rule.by != ITSELF:
            raise Refused("screening.not_scheduled", "schedule", "an inspection of a superior files it")
        if first >= turn.today:
            raise Refused("screening.period", "first", "its first day is not over")
        known = turn.book.round(rule.key, first)
        if known is not None and known.filed:
            raise Refused("screening.filed_before", "first")
        kind = kind or rule.kind
        late = known is not None or turn.context.now >= _due(turn, rule, pack, last)[0]
    subject = turn.subject.id
    counts = (body.found, body.settled, body.summary)
    return [n.Filed(subject, body.schedule, kind, body.first, body.last, late, *counts)]


def miss(turn: Turn, body: n.MissScreening) -> Events:
    """排查漏报 (hub), once per round, when its time is up and neither it nor an inspection was recorded."""
    first, last = day(body.first), day(body.last)
    rule, pack = _round(turn, body, first, last)
    if turn.book.round(rule.key, first) is not None:
        return ()
    if rule.by != ITSELF and round_of(first) in turn.book.inspected:
        return ()
    due_at, text = _due(turn, rule, pack, last)
    if turn.context.now < due_at:
        raise Refused("obligation.not_due", "last")
    named_in = (due_at, text, pack.id, pack.calendar.version)
    return [n.Missed(turn.subject.id, rule.key, body.first, body.last, *named_in)]


def _round(turn: Turn, body: n.FileScreening | n.MissScreening, first: int, last: int) -> tuple[Schedule, Pack]:
    """The rule of a round that is owed, or was missed while it was. Refused."""
    if last < turn.today - REMEMBERED:  # what is known of it may be forgotten
        raise Refused("screening.period", "last", f"more than {REMEMBERED} days ago")
    since = turn.book.since(body.schedule)
    if since is None and turn.book.round(body.schedule, first) is None:
        raise Refused("screening.not_scheduled", "schedule")
    rule, pack = turn.rule(body.schedule, first)
    if not is_period(rule, first, last):
        raise Refused("screening.period", "first", f"no {rule.every} of this schedule")
    if since is not None and first < since and turn.book.round(rule.key, first) is None:
        raise Refused("screening.period", "first", f"owed from {date.fromordinal(since)} on")
    return rule, pack


def _due(turn: Turn, rule: Schedule, pack: Pack, last: int) -> tuple[int, str]:
    found = due_of(rule, last, pack.calendar, turn.subject.region)
    return found.at, found.rule


# --- leads ----------------------------------------------------------------------------------------------------------


def report(turn: Turn, body: n.ReportLead) -> Events:
    """线索登记."""
    turn.need_own()
    ident = w.lead_id(turn.command.system, turn.command.command_id)
    if turn.book.lead(ident) is not None or any(settled.id == ident for settled in turn.book.settled):
        return ()  # its id is its command's: the same command again is nothing
    _grade(body)
    if unknown(body.place, turn.registry.serves):
        raise Refused("place.unknown", "place")
    return [n.LeadReported(turn.subject.id, ident, *body[1:])]


def assess(turn: Turn, body: n.AssessLead) -> Events:
    """线索研判."""
    turn.need_own()
    lead = turn.open_lead(body.lead)
    _grade(body)
    if lead == body[1:]:
        return ()
    return [n.LeadAssessed(turn.subject.id, *body[1:])]


def _grade(body: n.ReportLead | n.AssessLead) -> None:
    if contradicts(body.scheme, body.raw, body.ordinal):
        raise Refused("grade.contradicts", "ordinal")


def settle(turn: Turn, body: n.SettleLead) -> Events:
    """线索处置: registered as a dispute, settled on the spot, unfounded, or passed to another agency.

    That the dispute is there is not looked up: a decision reads one stream.
    """
    turn.need_own()
    made = n.LeadSettled(turn.subject.id, body.lead, body.outcome, body.registered, body.receiver, body.note)
    if (made.lead, made.outcome, made.dispute, made.receiver) in turn.book.settled:
        return ()
    turn.open_lead(body.lead)
    if body.outcome == w.REGISTERED and body.registered is None:
        raise Refused("lead.needs_dispute", "registered")
    if body.outcome == w.PASSED:
        _receiver(turn, body.receiver)
    return [made]


def _receiver(turn: Turn, ident: AgencyId | None) -> None:
    if ident is None or ident == turn.subject.id:
        raise Refused("lead.needs_receiver", "receiver", "" if ident is None else "another agency is expected")
    receiver = turn.registry.agency(ident)
    if receiver is None:
        raise Refused("agency.unknown", "receiver")
    if receiver.state != w.ACTIVE:
        raise Refused(f"agency.{receiver.state}", "receiver")


# --- inspections ----------------------------------------------------------------------------------------------------


def inspect(turn: Turn, body: n.Inspect) -> Events:
    """督导, by a superior: the round is the half-year it is made in; a finding per demand."""
    turn.need_superior()
    if turn.subject.state == w.DISSOLVED:
        raise Refused("agency.dissolved", "subject")
    command, subject = turn.command, turn.subject.id
    idents = [w.finding_id(command.system, command.command_id, i) for i in range(1, len(body.demands) + 1)]
    if any(turn.book.finding(ident) is not None or ident in turn.book.passed for ident in idents):
        return ()  # their ids are the command's: the same command again is nothing
    limit = turn.rectify_by()
    raised = [n.FindingRaised(subject, i, demand, *limit) for i, demand in zip(idents, body.demands, strict=True)]
    return [n.Inspected(subject, round_of(turn.today), len(raised), body.summary), *raised]


def rectify(turn: Turn, body: n.Rectify) -> Events:
    """整改反馈: it waits for a superior's review then."""
    turn.need_own()
    finding = turn.finding(body.finding)
    if finding is not None and finding.done == body.done:
        return ()
    if finding is None or finding.done is not None:
        raise Refused("finding.not_open", "finding")
    return [n.FindingRectified(turn.subject.id, body.finding, body.done)]


def review(turn: Turn, body: n.ReviewFinding) -> Events:
    """整改复核, by a superior; not passed = open again, its limit runs anew."""
    turn.need_superior()
    finding = turn.finding(body.finding)
    if finding is None:
        if body.passed:
            return ()
        raise Refused("finding.not_open", "finding")
    if finding.done is None:
        raise Refused("finding.not_rectified", "finding")
    limit = (None, "", "", "") if body.passed else turn.rectify_by()
    return [n.FindingReviewed(turn.subject.id, body.finding, body.passed, body.note, *limit)]


def breach(turn: Turn, body: n.BreachFinding) -> Events:
    """整改超期 (hub), once per due time."""
    finding = turn.finding(body.finding)
    if finding is None or finding.done is not None or finding.breached:
        return ()
    if turn.context.now < finding.due_at:
        raise Refused("obligation.not_due", "finding")
    return [n.FindingBreached(turn.subject.id, body.finding, finding.due_at)]


DECISIONS: dict[type[Any], Callable[..., Events]] = {
    n.Schedule: schedule,
    n.FileScreening: file,
    n.MissScreening: miss,
    n.ReportLead: report,
    n.AssessLead: assess,
    n.SettleLead: settle,
    n.Inspect: inspect,
    n.Rectify: rectify,
    n.ReviewFinding: review,
    n.BreachFinding: breach,
}
