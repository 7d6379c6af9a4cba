"""Answers about rules and dates. See ``single`` for what all models have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .single import AgencyRef, Id, Instant, Model


class Day(Model):
    """One local day of a count."""

    date: str = Field(description="local date, Asia/Shanghai")
    kind: Literal["workday", "weekend", "holiday", "make-up", "local"]
    counted: int | None = Field(description="its number in the count; null = it does not count")
    hours: float | None = Field(description="hours that ran on it; null for limits of days")
    why: str = Field(description="why it does not count: first, paused, weekend, holiday, local; empty = it counts")
    paused: list[str]
    zh: str = Field(description="the holiday's name; of a make-up day the one it makes up for")
    en: str
    provisional: bool = Field(description="nobody has announced yet whether it is worked")
    rolled: bool = Field(description="it lies after the nominal last day")


class DayCount(Model):
    """One count: the first, or an extension counted from the end before it."""

    rule: str
    amount: int
    unit: Literal["hour", "day", "workday", "month"]
    region: str
    calendar: str
    start: str = Instant
    runs_from: str = Field(description="the first instant that counts")
    ends_at: str = Field(description="the first instant that is too late")
    provisional: bool
    rolled: bool = Field(description="the last day moved to a working day")
    days: list[Day]


class ClockOfTwo(Model):
    """One of two clocks: from which instant, until when, by which rule, set by the event at which position."""

    since: str
    due_at: str
    rule: str
    position: int


class LimitChange(Model):
    """An event that moved a date."""

    change: Literal["recomputed", "extended"]
    at: str = Instant
    position: int
    old_due_at: str
    due_at: str
    rule: str
    days: int | None = Field(description="days granted by an extension")
    cause: str | None


class RunningLimit(Model):
    """A running limit and why it ends when it does; the date is the event's, `recounted` is computed anew."""

    key: str = Field(description="names it among the dispute's limits")
    obligation: str
    referral: str | None
    debtor: AgencyRef
    creditor: AgencyRef | None
    since: str = Instant
    due_at: str = Field(description="the first instant that is too late")
    rule: str
    pack: str
    calendar: str = Field(description="version of the calendar the date was set by")
    basis: str | None = Field(description="article, seed or hub default; null where the pack is not loaded")
    basis_kind: Literal["law", "seed", "default"] | None
    provisional: bool
    recounted: str | None = Field(description="null where the pack is not loaded or the calendar was another")
    service: ClockOfTwo | None = Field(description="the service level's clock, from the offer, where a law's runs too")
    legal: ClockOfTwo | None = Field(description="the law's clock, from sign-for")
    legal_due_at: str | None
    changes: list[LimitChange]
    counts: list[DayCount] = Field(description="empty where the pack that set the date is not loaded")


class RunningLimits(Model):
    """The running limits of a dispute at a version, the soonest first."""

    dispute: str = Id
    version: int
    items: list[RunningLimit]


class Extending(Model):
    amount: int = Field(description="at most; 0 = as agreed")
    unit: str
    max_times: int = Field(description="0 = no bound")
    approver: str
    both_parties_consent: bool


class Rule(Model):
    """One limit of a pack; `channel` and `kind` empty = every one."""

    rule: str
    obligation: str
    channel: str
    kind: str
    amount: int
    unit: Literal["hour", "day", "workday", "month"]
    start: str
    first: Literal["next", "moment"]
    roll: bool
    extension: Extending | None
    pauses: list[str]
    restart: list[str]
    warn_hours: int
    basis: str
    basis_kind: Literal["law", "seed", "default"]


class ReturnPolicy(Model):
    channel: str
    returns: Literal["free", "consent"]
    basis: str


class ProcedureStep(Model):
    step: str
    after: list[str] = Field(description="empty text = it may come first")
    by: Literal["custodian", "sender", "receiver", "any"]
    document: bool
    again: bool
    ends: bool
    basis: str


class DockingProcedure(Model):
    procedure: str
    channel: str
    basis: str
    steps: list[ProcedureStep]


class ShownClock(Model):
    """A clock of another procedure, shown and owed by nobody here; starts and ends are events or procedure/step."""

    clock: str
    amount: int
    unit: Literal["hour", "day", "workday", "month"]
    start: list[str] = Field(alias="from")
    until: list[str]
    basis: str
    basis_kind: Literal["law", "seed", "default"]


class ScreeningSchedule(Model):
    """Rounds of screening that agencies of a level and of these kinds owe: one per period, filed within so much."""

    schedule: str
    zh: str
    en: str
    kind: str
    level: str
    kinds: list[str]
    every: Literal["week", "half_month", "month", "quarter", "half_year"]
    by: Literal["itself", "superior"] = Field(description="superior: an inspection of a superior files it")
    within: int = Field(description="after the period's end; 0 = at its end")
    unit: Literal["hour", "day", "workday", "month"]
    within_basis: str
    basis: str
    basis_kind: Literal["law", "seed", "default"]


class PolicyPack(Model):
    """A pack holds for clocks that start from `since` on; a running clock keeps its pack."""

    id: str
    zh: str
    en: str
    since: str | None
    current: bool = Field(description="the pack of a clock that starts now")
    overlay: str
    calendar: str
    ladder: str | None
    limits: list[Rule]
    channels: list[ReturnPolicy]
    procedures: list[DockingProcedure]
    clocks: list[ShownClock]
    screening: list[ScreeningSchedule]
    rectify: Rule = Field(description="the limit for rectifying a finding of an inspection")
    agreement_days: int = Field(description="days until an agreement without a date is taken to be due")
    agreement_basis: str
    supervision_hours: int
    supervision_basis: str


class Packs(Model):
    items: list[PolicyPack]


class OffDay(Model):
    date: str
    kind: Literal["workday", "weekend", "holiday", "make-up", "local"]
    zh: str
    en: str


class Stretch(Model):
    first: str
    last: str


class CalendarYear(Model):
    """A year in a region. `known`: the national notice is loaded; `announced`: so is every local day off."""

    version: str
    year: int
    region: str
    known: bool
    announced: bool
    days: list[OffDay] = Field(description="holidays, make-up days and local days off")
    provisional: list[Stretch] = Field(description="days of which it is not announced whether they are worked")
