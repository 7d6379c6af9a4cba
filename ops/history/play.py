"""Plays a generated history through the machine: a writer on a store, a clock that goes from day to day.

Guarantee: everything is asked for as an agency would ask and decided as everything is; the first refusal ends it. No
time runs out (nobody plays the steward here), so no limit is overrun and no offer lapses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from connectors.city.agency import Agency
from hub.aggregates.agency import names
from hub.aggregates.command import Command
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Party
from hub.contract import Contract
from hub.policy import shipped_policy
from hub.store import Store
from hub.words import (
    DONE,
    ESCALATION,
    HUB_AGENCY,
    HUB_SYSTEM,
    AgencyId,
    Answer,
    CommandId,
    Refusal,
    agency_id,
    derived_id,
    dispute_id,
    referral_id,
)
from hub.writer import SimulatedClock, Writer

from .cases import Case

SYSTEM: Final = "history"
GROUP: Final = 64  # commands asked for at once
OFFICE: Final = timedelta(hours=2)  # 10:00 in Chuxiong


class Refused(RuntimeError):
    """The machine refused what the history has; names the command and the code."""


class Act(NamedTuple):
    """Something done on a day, by an agency; ``make`` gives the command's body from the instant."""

    day: date
    case: int
    step: int
    agency: str
    make: Callable[[int], Any]


def play(
    store: Store, contract: Contract, city: Sequence[Agency], cases: Sequence[Case], region: str,
    progress: Callable[[date], None] = lambda day: None,
) -> int:  # fmt: skip
    """The whole history; the number of commands. Refused."""
    acts = sorted((act for case in cases for act in story(case)), key=lambda act: act[:3])
    clock = SimulatedClock(_instant(acts[0].day - timedelta(days=1)))
    writer = Writer(store, contract, shipped_policy(region), clock, _anybody, city=region)
    writer.start()
    try:
        _ask(writer, [_command(HUB_SYSTEM, HUB_AGENCY, f"city/{a.code}", clock.now(), None, _agency(a)) for a in city])
        for day, todo in _by_day(acts):
            clock.set(_instant(day))
            _ask(writer, [_of(act, clock.now()) for act in todo])
            progress(day)
    finally:
        writer.stop()
    return len(acts) + len(city)


def story(case: Case) -> Iterator[Act]:
    """What happens in a case, step by step."""
    day, step = case.opened, 0
    who = case.below or case.organ

    def act(agency: str, make: Callable[[int], Any]) -> Act:
        nonlocal step
        step += 1
        return Act(day, case.number, step, agency, make)

    yield act(who, lambda now: c.Register(case.category, case.place, case.source, _parties(case)))
    triggers = ("death",) if case.dead else ()
    yield act(who, lambda now: c.Particulars(case.people, case.dead, case.amount, triggers, False, ""))
    if case.below:
        for _ in range(2):
            day += timedelta(days=2)
            yield act(who, lambda now: c.Attempt(True, "", now, "", "", "no_deal", "face_to_face"))
        yield act(who, lambda now: c.Refer(ESCALATION, "mediation", agency_id(case.organ), None, "两次调解不成功"))
        sent = referral_id(SYSTEM, _ident(case.number, step))
        day += timedelta(days=1)
        who = case.organ
        yield act(who, lambda now: c.Accept(sent, ""))
    for n in range(case.tries):
        day += timedelta(days=2)
        result = "agreed_all" if case.agreed and n == case.tries - 1 else "no_deal"
        yield act(who, lambda now, r=result: c.Attempt(True, "", now, "", "", r, "face_to_face"))  # type: ignore[misc]
    if not case.agreed:
        yield act(who, lambda now: c.Inform("rights", "", ""))
        yield act(who, lambda now: c.Close("no_deal", "", True))
        return
    yield act(who, lambda now: c.ReachAgreement("written" if case.written else "oral", case.amount, None))
    if not case.performed:
        return
    day += timedelta(days=3)
    yield act(who, lambda now: c.PerformAgreement(""))
    yield act(who, lambda now: c.Close("performed", "", True))
    day += timedelta(days=7)
    yield act(who, lambda now: c.Visit("full", case.satisfaction, ""))


def _by_day(acts: Sequence[Act]) -> Iterator[tuple[date, list[Act]]]:
    todo: list[Act] = []
    for act in acts:
        if todo and todo[0].day != act.day:
            yield todo[0].day, todo
            todo = []
        todo.append(act)
    if todo:
        yield todo[0].day, todo


def _of(act: Act, now: int) -> Command:
    begins = act.step == 1
    stream = None if begins else dispute_id(SYSTEM, _ident(act.case, 1))
    return _command(SYSTEM, agency_id(act.agency), f"{act.case}/{act.step}", now, stream, act.make(now))


def _ident(case: int, step: int) -> CommandId:
    return derived_id(f"{SYSTEM}/{case}/{step}")


def _command(system: str, agency: AgencyId, name: str, now: int, stream: bytes | None, body: Any) -> Command:
    digest = hashlib.sha256(repr((name, body)).encode()).digest()
    return Command(system, derived_id(f"{SYSTEM}/{name}"), digest, agency, "mediator", now, stream, None, body)


def _agency(a: Agency) -> names.RegisterAgency:
    up = agency_id(a.superior) if a.superior else None
    return names.RegisterAgency(a.code, a.name, a.kind, a.level, a.region, up, a.competences, a.mediators, a.seal)


def _parties(case: Case) -> tuple[Party, ...]:
    """Two parties nobody is behind."""
    return tuple(
        Party(role, "person", hashlib.sha256(f"{SYSTEM}/{case.number}/{role}".encode()).digest())
        for role in ("applicant", "respondent")
    )


def _ask(writer: Writer, commands: Sequence[Command]) -> None:
    for n in range(0, len(commands), GROUP):
        some = commands[n : n + GROUP]
        for command, outcome in zip(some, writer.ask(some), strict=True):
            if not isinstance(outcome, Answer) or outcome.outcome != DONE:
                raise Refused(f"{type(command.body).__name__}: {outcome}")


def _instant(day: date) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) + OFFICE).timestamp()) * 1_000_000


def _anybody(command: Command) -> Refusal | None:
    return None
