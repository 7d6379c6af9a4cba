"""A policy pack (规则包): how long each obligation runs and where, when to warn, which channels return only by consent.

Guarantee: ``due`` is a pure function of obligation, start and place; a pack that lacks a limit or a channel is refused
when read. Which pack a clock runs under is ``policy``'s to say: by the day it starts, never by today.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.words import DAY, HOUR

from .calendar import OFFSET, Calendar, day_of, midnight
from .channels import Offers
from .ladder_scheme import Scheme
from .limits import DAYS, HOURS, LETTERS, MOMENT, NEXT, Limit, due
from .procedures import Procedure
from .routing import Route, Telling
from .screening import RECTIFY, Schedule
from .shown import Shown

CHANNELS: Final = ("court", "police", "procuratorate", "petition", "mediation", "exit")
EMERGENCY: Final = "emergency"  # in place of a kind: limits of a dispute under an emergency plan (应急)
SIGNED: Final = "legal"  # the obligation's name for legal clocks that run from sign-for; a step may stand for its kind


class PackRefused(ValueError):
    """The pack's text lacks something or holds something unknown; ``str()`` names it."""


class On(NamedTuple):
    """What a limit runs on: where its debtor is, and by which channel and kind of referral it came."""

    region: str = ""
    channel: str = ""
    kind: str = ""
    emergency: bool = False


class Relapses(NamedTuple):
    """复发: how many days after its closing an earlier dispute is taken for the same one come again by place and
    category, and how many are pointed out of one dispute. Hub default.
    """

    days: int = 180
    most: int = 3


REMEMBERED: Final = 20_000  # due dates of one day, place and limit
ANYWHERE: Final = On()


class Pack(NamedTuple):
    """One version of the rules for clocks that start from ``since`` on (a local day's ordinal; None = from ever).

    ``id`` and the calendar's version are written into every event that carries a due time. ``special``: limits of one
    channel or kind, by (obligation, channel, kind), "" = any.
    """

    id: str
    calendar: Calendar
    limits: Mapping[str, Limit]
    consent_channels: frozenset[str]
    agreement_days: int
    supervise_after: int  # microseconds after a breach
    since: int | None = None
    special: Mapping[tuple[str, str, str], Limit] = MappingProxyType({})
    procedures: Mapping[str, Procedure] = MappingProxyType({})
    grades: Mapping[str, str] = MappingProxyType({})  # what a report's grade is called → the kind of its limit
    ladder: Scheme | None = None  # 首调责任制
    offers: Offers = Offers()  # what an offer must satisfy on its channel
    senders: Mapping[str, frozenset[str]] = MappingProxyType({})  # procedure → codes of who may begin it, "*" = all
    shown: Mapping[str, Shown] = MappingProxyType({})  # clocks of other procedures
    routing: tuple[Route, ...] = ()  # who is proposed as receiver
    recipients: tuple[Telling, ...] = ()  # who is proposed for a report
    screening: tuple[Schedule, ...] = ()  # 排查: which rounds are owed
    rectify: Limit = RECTIFY  # 整改: a finding of an inspection
    relapse: Relapses = Relapses()  # 复发: when an earlier dispute is pointed out
    title: tuple[str, str] = ("", "")  # zh, en
    bases: Mapping[str, str] = MappingProxyType({})  # of ``channels.*``, ``agreement``, ``supervision``, ``relapse``
    memo: dict[tuple[str, On, int], tuple[int, str]] | None = None  # a cache of ``due``; None = nothing is remembered

    @property
    def offset(self) -> int:
        """Local time minus UTC, microseconds."""
        return OFFSET

    def at(self, start: int) -> Pack:
        """The pack of a clock that starts then: this one."""
        return self

    def named(self, ident: str) -> Pack | None:
        """The pack an event names."""
        return self if ident == self.id else None

    def ruled(self, text: str) -> Limit | None:
        """The limit behind a running clock, by the rule its event names, extended or not; None where it is not here."""
        found = self.rule(base(text))
        return found[0] if found is not None else None

    def scheme(self, ident: str) -> Scheme | None:
        """The ladder an event names."""
        return self.ladder if self.ladder is not None and self.ladder.id == ident else None

    def limit(self, obligation: str, on: On = ANYWHERE) -> Limit:
        """The limit that holds: an emergency's first, then of channel and kind, of the channel, of the kind, of all."""
        special = self.special
        if special:
            found = special.get((obligation, "", EMERGENCY)) if on.emergency else None
            found = found or special.get((obligation, on.channel, on.kind)) or special.get((obligation, on.channel, ""))
            found = found or special.get((obligation, "", on.kind))
            if found is not None:
                return found
        return self.limits[obligation]

    def due(self, obligation: str, start: int, on: On = ANYWHERE) -> tuple[int, str]:
        """(due instant, rule) of a limit that starts at ``start`` (UTC microseconds)."""
        key, memo = (obligation, on, (start + OFFSET) // DAY), self.memo
        known = memo.get(key) if memo is not None else None
        if known is not None:
            return known
        limit = self.limit(obligation, on)
        found = due(limit, start, self.calendar, on.region)[:2]
        if memo is not None and limit.unit != HOURS:  # all that start on one day end together
            if len(memo) >= REMEMBERED:
                memo.clear()
            memo[key] = found
        return found

    def legal(self, signed_at: int, on: On, marks: Collection[str] = ()) -> tuple[int, str] | None:
        """(due instant, rule) of the legal clock that runs from sign-for, where a law sets one for this referral.

        ``marks``: where the dispute's procedures stand, "procedure/step": of the limits that name one of them the
        first in the pack holds in place of the channel's and kind's.
        """
        limit = self.special.get((SIGNED, on.channel, on.kind))
        if limit is None:
            return None
        if marks:
            own = (
                x
                for (name, channel, at), x in self.special.items()
                if (name, channel) == (SIGNED, on.channel) and at in marks
            )
            limit = next(own, limit)
        return due(limit, signed_at, self.calendar, on.region)[:2]

    def extended(self, limit: Limit, due_at: int, days: int, region: str = "") -> tuple[int, str]:
        """(due instant, rule) of a running limit that gets ``days`` more, counted from its last day (hub default)."""
        more, start = longer(limit, due_at, days)
        return due(more, start, self.calendar, region)[:2]

    def perform_start(self, reached_at: int, due_on: str | None) -> int:
        """When the check of an agreement's performance starts: the last instant of its due date (or default date)."""
        day = date.fromisoformat(due_on).toordinal() if due_on is not None else day_of(reached_at) + self.agreement_days
        return midnight(day + 1) - 1

    def by_consent(self, channel: str) -> bool:
        """Whether a return on this channel needs the sender's consent."""
        return channel in self.consent_channels

    def may_begin(self, procedure: str, code: str) -> bool:
        """Whether an agency of this code may begin a procedure: any, unless the pack names those that may."""
        named = self.senders.get(procedure)
        return named is None or "*" in named or code in named

    def local_year(self, instant: int) -> int:
        """The calendar year of an instant in local time: for case numbers."""
        return date.fromordinal(day_of(instant)).year

    def again(self, text: str, start: int) -> tuple[int, str] | None:
        """(due instant, rule) of the limit that a rule in an event names, counted again; None as for ``rule``."""
        found = self.rule(text)
        return due(found[0], start, self.calendar, found[1])[:2] if found is not None else None

    def rule(self, text: str) -> tuple[Limit, str, bool] | None:
        """The limit, region and provisional mark that a rule in an event names; None where this pack has no such limit
        (or it was extended: then it is not one count).
        """
        own, provisional = text.removesuffix("~"), text.endswith("~")
        own, _, region = own.partition("@")
        rounds = (schedule.within for schedule in self.screening)
        for limit in (*self.limits.values(), *self.special.values(), *rounds, self.rectify):
            if limit.text == own:
                return limit, region, provisional
        return None


def base(rule: str) -> str:
    """The text of the limit that a rule names: without extension, region and provisional mark."""
    return rule.removesuffix("~").partition("@")[0].partition("+")[0]


def longer(limit: Limit, due_at: int, days: int) -> tuple[Limit, int]:
    """The count that follows a limit's end when it gets ``days`` more, and the instant it starts at: the days are
    calendar days, counted from the last day; of a limit of hours they are times 24 hours.
    """
    text = f"{limit.text}+{days}d"
    if limit.unit == HOURS:
        return limit._replace(amount=days * DAY // HOUR, first=MOMENT, text=text), due_at
    return limit._replace(amount=days, unit=DAYS, text=text), due_at - 1


def too_long(limit: Limit, due_at: int, days: int, calendar: Calendar, region: str) -> bool:
    """Whether ``days`` more are more than the limit's extension allows; never where it sets no amount."""
    bound = limit.extension
    if bound is None or not bound.amount:
        return False
    if bound.unit in (DAYS, HOURS):
        return days * (1 if bound.unit == DAYS else DAY // HOUR) > bound.amount
    more, start = longer(limit, due_at, days)
    most = more._replace(amount=bound.amount, unit=bound.unit)
    return due(more, start, calendar, region).at > due(most, start, calendar, region).at


def simple(key: str, amount: int, unit: str, warn: int, basis: str) -> Limit:
    """A limit in any unit without anything special: no roll, no pauses, no extension."""
    first = MOMENT if unit == HOURS else NEXT
    return Limit(
        key, amount, unit, "recorded", first, False, DAY, None, frozenset(), (), "", warn, basis, "default", None, None,
        f"{key}.{amount}{LETTERS[unit]}",
    )  # fmt: skip
