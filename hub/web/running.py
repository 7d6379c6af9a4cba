"""Every running limit of a dispute with why it ends when it does: the event that started it, rule, pack, reminders.

Guarantee: the date shown is the one in the event that set it, never one computed here. Where it can be computed again
(the pack that set it is the one loaded) both are compared and a difference is said (``Limit.again``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from hub import words as w
from hub.aggregates.dispute.obligations import Obligation, running
from hub.policy import Dated, Pack
from hub.policy.explain import Explanation, explain
from hub.policy.limits import Limit as RuleLimit
from hub.policy.limits import due
from hub.policy.pack import SIGNED, longer

from .history import Case, Entry

RULE: Final = re.compile(r"(?P<name>[a-z_.]+)\.(?P<amount>\d+)(?P<unit>[hdwm])(@\d+)?~?")
# What an event starts: the limit's name, the field with its end, the field with its rule.
STARTS: Final = {
    "referral.offered": ((w.SIGN, "sign_due_at", "sign_rule"), (w.ACCEPT, "accept_due_at", "accept_rule")),
    "referral.assigned": ((w.SIGN, "sign_due_at", "sign_rule"),),
    "referral.signed": ((w.FEEDBACK, "feedback_due_at", "feedback_rule"),),
    "referral.accepted": ((w.FEEDBACK, "feedback_due_at", "feedback_rule"),),
    "referral.proposed": ((w.CONSENT, "consent_due_at", "consent_rule"),),
    "referral.contested": ((w.SETTLE, "settle_due_at", "settle_rule"),),
    "feedback.given": ((w.FEEDBACK, "feedback_due_at", "feedback_rule"),),
    "agreement.reached": ((w.PERFORM, "perform_due_at", "perform_rule"),),
    "dispute.reported": ((w.ACKNOWLEDGE, "ack_due_at", "ack_rule"),),
    "supervision.issued": ((w.ANSWER, "answer_due_at", "answer_rule"),),
}
DEBTS: Final = (w.ANSWER, w.ACKNOWLEDGE)


class Rule(NamedTuple):
    """A rule's figures, read from its name in the event: amount of hours or days, calendar or working ones."""

    amount: int
    days: bool
    working: bool = False


class Clock(NamedTuple):
    """One of the two clocks of a referral on which a law's limit runs: its start, end and rule, as the event has them;
    ``started`` is that event.
    """

    since: int
    due_at: int
    rule: str
    started: Entry


class Clocks(NamedTuple):
    """Where law and service level differ: 服务时限 the receiver's answer, from the offer; 法定时限 the law's, from
    sign-for.
    """

    service: Clock
    legal: Clock


class Count(NamedTuple):
    """One count of a limit's date: from an event that set or moved it. ``days`` more: an extension of what ended at
    ``old``; 0 = a count from the limit's start.
    """

    entry: Entry
    rule: str
    pack: str
    days: int = 0
    old: int = 0


class Limit(NamedTuple):
    """One running limit. ``since``: the instant its count starts; ``again``: its end computed anew, None when it cannot
    be; ``changes``: the events that moved its end; ``counts``: what its present end is counted by, in order; ``clocks``
    where a law's limit runs beside the service level.
    """

    owed: Obligation
    referral: int  # the number of the referral it is about, 0 = none
    started: Entry
    since: int
    rule: str
    pack: str
    calendar: str
    again: int | None
    changes: tuple[Entry, ...]
    warned: Entry | None
    breached: Entry | None
    urges: tuple[Entry, ...]
    counts: tuple[Count, ...]
    clocks: Clocks | None
    nth: int = 1  # of several that an agency owes under one name, on no referral

    @property
    def figures(self) -> Rule | None:
        """The figures of the rule it was first counted by; None for one named in another way."""
        return figures(self.counts[0].rule)

    @property
    def key(self) -> str:
        """What it is called in an address: another name for each."""
        return self.owed.name + (f"-{self.referral}" if self.referral else "") + (f"-{self.nth}" * (self.nth > 1))

    @property
    def equal(self) -> bool:
        """Whether the end computed anew is the one in the event; True where nothing could be computed."""
        return self.again in (None, self.owed.due_at)


class _Record:
    """A limit as the events tell it."""

    def __init__(self, name: str, on: bytes | None, entry: Entry, due: int, rule: str) -> None:
        self.name, self.on, self.entry, self.due, self.rule = name, on, entry, due, rule
        self.pack, self.calendar = entry.fields["pack"], entry.fields["calendar"]
        self.counts = [Count(entry, rule, self.pack)]
        self.changes: list[Entry] = []
        self.warned: Entry | None = None
        self.breached: Entry | None = None
        self.urges: list[Entry] = []
        self.signed: int | None = None  # when the referral was signed for: a legal clock runs from then

    def since_sign_for(self, entry: Entry | None) -> None:
        """A legal clock counts from sign-for, by the pack of that day."""
        self.signed = entry.at if entry is not None else None
        if entry is not None and entry.fields.get("legal_due_at") == self.due:
            self.pack, self.calendar = entry.fields["pack"], entry.fields["calendar"]
            self.counts = [Count(self.entry, self.rule, self.pack)]

    def moved(self, entry: Entry) -> None:
        """Its end is another one from now on."""
        self.changes.append(entry)
        self.due, self.rule = entry.fields["due_at"], entry.fields["rule"]
        self.pack, self.calendar = entry.fields["pack"], entry.fields["calendar"]
        days = entry.fields.get("days", 0)
        self.counts = [
            *(self.counts if days else ()),
            Count(entry, self.rule, self.pack, days, entry.fields["old_due_at"]),
        ]
        self.warned = self.breached = None


def figures(rule: str) -> Rule | None:
    """``feedback.14d`` says 14 calendar days."""
    found = RULE.fullmatch(rule)
    return Rule(int(found["amount"]), found["unit"] != "h", found["unit"] == "w") if found is not None else None


def limits(case: Case, policy: Dated) -> list[Limit]:
    """Every limit that runs now, the one that ends first first."""
    records = _records(case.entries)
    numbers = {r.id: n for n, r in enumerate(case.state.referrals, 1)}
    found = []
    for owed in running(case.state):
        record = _of(owed, records)
        since = _since(record, policy)
        found.append(
            Limit(
                owed, numbers[owed.referral] if owed.referral else 0, record.entry, since, record.rule, record.pack,
                record.calendar, _again(record, policy, since), tuple(record.changes), record.warned, record.breached,
                tuple(record.urges), tuple(record.counts), _clocks(owed, records, case.entries),
            )
        )  # fmt: skip
    seen: dict[str, int] = {}
    ordered = []
    for limit in sorted(found, key=lambda limit: limit.owed.due_at):
        seen[limit.key] = nth = seen.get(limit.key, 0) + 1
        ordered.append(limit._replace(nth=nth))
    return ordered


def explained(limit: Limit, policy: Dated) -> tuple[Explanation, ...]:
    """The counts behind a date, day by day, each extension as one of its own; () where a pack or a rule is not here.

    The last one's end need not be the limit's: where other days were known then, or the event says another date.
    """
    made: list[Explanation] = []
    for count in limit.counts:
        pack = policy.named(count.pack)
        found = _extension(pack, count) if count.days and pack is not None else pack and pack.rule(count.rule)
        if pack is None or not found:
            return ()
        own, region, _ = found
        if count.days:
            own, start = longer(own, count.old, count.days)
        else:
            start = limit.since
        made.append(explain(own, start, pack.calendar, region))
    return tuple(made)


def _extension(pack: Pack, count: Count) -> tuple[RuleLimit, str, bool] | None:
    """The limit whose extension a rule names, e.g. ``feedback.10w`` of ``feedback.10w+5d@532301``."""
    own, _, more = count.rule.removesuffix("~").partition("+")
    _, _, region = more.partition("@")
    return pack.rule(f"{own}@{region}")


def _clocks(owed: Obligation, records: Sequence[_Record], entries: Sequence[Entry]) -> Clocks | None:
    """Both clocks of the referral that a limit is about, if a law's runs on it."""
    if owed.referral is None or owed.name not in (w.ACCEPT, w.FEEDBACK):
        return None
    own = {r.name: r for r in records if r.on == owed.referral}
    service, feedback = own.get(w.ACCEPT), own.get(w.FEEDBACK)
    if service is None:
        return None
    signed = next((e for e in entries if e.topic == "referral.signed" and e.fields["referral"] == owed.referral), None)
    ours = Clock(service.entry.at, service.due, service.rule, service.entry)
    if feedback is not None:
        start = signed or feedback.entry
        legal = Clock(start.at, feedback.due, feedback.rule, start)
        return Clocks(ours, legal) if feedback.counts[0].rule.startswith(f"{SIGNED}.") else None
    if signed is None or signed.fields.get("legal_due_at") is None:
        return None
    return Clocks(ours, Clock(signed.at, signed.fields["legal_due_at"], signed.fields["legal_rule"], signed))


def _records(entries: Sequence[Entry]) -> list[_Record]:
    made: list[_Record] = []
    signed: dict[bytes, Entry] = {}
    for entry in entries:
        f = entry.fields
        if entry.topic == "referral.signed":
            signed[f["referral"]] = entry
        for name, end, rule in STARTS.get(entry.topic, ()):
            carried_on = entry.topic == "feedback.given" and f[rule].startswith(f"{SIGNED}.")
            if f[end] is not None and not carried_on:
                made += [_Record(name, on, entry, f[end], f[rule]) for on in _about(name, f)]
                made[-1].since_sign_for(signed.get(f.get("referral") or b""))
        if f["progress_due_at"] is not None:
            made.append(_Record(w.PROGRESS, None, entry, f["progress_due_at"], f["progress_rule"]))
        if entry.topic.startswith("obligation."):
            _mark(made, entry)
    return made


def _about(name: str, f: Any) -> Sequence[bytes | None]:
    if name == w.ACKNOWLEDGE:
        return tuple(f["recipients"])
    return (f["supervised"],) if name == w.ANSWER else (None if name == w.PERFORM else f["referral"],)


def _mark(records: Sequence[_Record], entry: Entry) -> None:
    """A reminder belongs to the newest limit of that name on that referral; of several reporters, to the date named."""
    f = entry.fields
    what = entry.topic.removeprefix("obligation.")
    on = f["debtor"] if f["obligation"] in DEBTS else f["referral"]
    dated = f.get("old_due_at", f.get("due_at"))
    fitting = [r for r in records if r.name == f["obligation"] and r.on == on]
    record = next((r for r in reversed(fitting) if dated in (None, r.due)), fitting[-1] if fitting else None)
    if record is None:
        return
    if what in ("recomputed", "extended"):
        record.moved(entry)
    elif what == "urged":
        record.urges.append(entry)
    elif what == "warned":
        record.warned = entry
    else:
        record.breached = entry


def _of(owed: Obligation, records: Sequence[_Record]) -> _Record:
    """The newest record of what runs. A successor's debt is known by its date: the debtor was another one."""
    on = owed.debtor if owed.name in DEBTS else owed.referral
    named = [r for r in records if r.name == owed.name and r.due == owed.due_at]
    return next((r for r in reversed(named) if r.on == on), named[-1])


def _since(record: _Record, policy: Dated) -> int:
    if record.name == w.PERFORM:
        return policy.at(record.entry.at).perform_start(record.entry.at, record.entry.fields["due_on"])
    if record.signed is not None and record.counts[0].rule.startswith(f"{SIGNED}."):
        return record.signed
    return record.entry.at


def _again(record: _Record, policy: Dated, since: int) -> int | None:
    """None where its pack is not here, or other days were known when it was set."""
    pack, count = policy.named(record.pack), record.counts[-1]
    rule = _extension(pack, count) if count.days and pack is not None else pack and pack.rule(record.rule)
    if pack is None or not rule or (rule[0].dated and pack.calendar.version != record.calendar):
        return None
    limit, start = longer(rule[0], count.old, count.days) if count.days else (rule[0], since)
    return due(limit, start, pack.calendar, rule[1]).at
