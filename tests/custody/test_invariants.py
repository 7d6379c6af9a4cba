"""The invariants of custody hold along random histories, and each check sees a machine that breaks it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.agency import decide as agency
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import handover, oversight, turn, work
from hub.aggregates.dispute.state import Dispute
from tests.custody import say
from tests.custody.invariants import CHECKS, Completeness
from tests.custody.mistakes import mistake
from tests.custody.stories import town
from tests.custody.walk import Step, Walk
from tests.given import Given, referral

WALKS, LENGTH = 80, 150
Check = Callable[[Walk, Step], None]


def along(check: Check, walks: int = WALKS) -> None:
    """The check after every command of so many histories."""
    for seed in range(walks):
        walk = Walk(seed)
        for _ in range(LENGTH):
            check(walk, walk.step())


@cache
def recorded() -> list[list[Step]]:
    """The histories of the sound machine, walked once for all checks that only look."""
    made = []
    for seed in range(WALKS):
        walk = Walk(seed)
        made.append([walk.step() for _ in range(LENGTH)])
    return made


@pytest.mark.parametrize("name", CHECKS)
def test_invariant_holds(name: str) -> None:
    for history in recorded():
        for step in history:
            CHECKS[name](step)


def test_sent_is_signed_or_ended_or_pending() -> None:
    for history in recorded():
        equation = Completeness()
        for step in history:
            equation.check(step)


# --- 10. totality ---


def fork(machine: Given) -> Given:
    other = copy.copy(machine)
    other.disputes = dict(machine.disputes)
    return other


@cache
def codes() -> frozenset[str]:
    raw = json.loads(files("schemas").joinpath("codes", "problems.json").read_text(encoding="utf-8"))
    return frozenset(item["code"] for item in raw)


def every_command(state: Dispute, agencies: list[str], rng: Random) -> Iterator[tuple[str, Any]]:
    """One of each kind, about this dispute; agencies and referrals at random, also unknown ones."""
    for cls in c.CLASSES.values():
        values: list[Any] = []
        for field, annotation in cls.__annotations__.items():
            hint = getattr(annotation, "__forward_arg__", str(annotation))
            if "ReferralId" in hint:
                values.append(rng.choice([*(r.id for r in state.referrals), referral("unknown")]))
            elif "AgencyId" in hint:
                one = w.agency_id(rng.choice(agencies))
                values.append((one,) if hint.startswith("tuple") else one)
            elif field in ("kind", "obligation", "outcome", "channel"):
                choice = {"kind": w.KINDS, "obligation": w.OBLIGATIONS, "outcome": (w.PERFORMED, "no_deal")}
                values.append(rng.choice(choice.get(field, ("petition", "mediation"))))
            elif hint in ("bool", "int", "int | None", "str"):
                values.append({"bool": rng.random() < 0.5, "str": ""}.get(hint, 0))
            else:
                values.append(() if hint.startswith("tuple") else None)
        yield rng.choice(agencies), cls(*values)


def total(walk: Walk, step: Step) -> None:
    """10. Every command in every state gives events, nothing, or a code people can read about."""
    rng = Random(walk.machine.played)
    if step.after is None or rng.random() > 0.2:
        return
    agencies = [*walk.history.pool, walk.names[step.after.custodian], "hub", "unknown"]
    for by, body in every_command(step.after, agencies, rng):
        machine = fork(walk.machine)
        answer = machine.when(by, body, "" if not isinstance(body, c.Register) else "other", step.act.about).answer
        assert not isinstance(answer, w.Refusal) or answer.code in codes(), answer


def test_every_command_in_every_state_has_an_answer() -> None:
    along(total, 40)


# --- 11. repetition ---

AGAIN = {"register", "attempt", "grade", "report", "urge"}  # saying it twice means it twice


def said_twice(walk: Walk, step: Step) -> None:
    """11. A repeated command, even under a new id, makes no event unless it says a new thing each time."""
    verb, args = step.act.verb, step.act.args
    if isinstance(step.answer, w.Refusal) or verb in AGAIN or (verb == "feedback" and not args["final"]):
        return
    if verb == "refer" and args["kind"] not in w.MOVING:
        return
    if verb in ("breach", "warn") and args["name"] == w.ACKNOWLEDGE:
        return  # the recipient may owe a second reporter
    machine = fork(walk.machine)
    repeated = machine.when(step.by, step.body, "again", step.act.about).answer
    assert isinstance(repeated, w.Refusal) or repeated == (), step.act


def test_a_repeated_command_makes_no_event() -> None:
    along(said_twice)


def test_registering_again_is_nothing() -> None:
    town().given(("committee", say.register())).when("committee", say.register()).nothing()


# --- 12. an end can be reached ---


def next_to_the_end(machine: Given, state: Dispute, names: dict[bytes, str]) -> tuple[str, Any]:
    """What somebody who is entitled to can do to bring an open dispute nearer to its end."""
    custodian = names[state.custodian]
    for r in state.referrals:
        label = names[r.id]
        if r.contested and r.settler is not None:
            return names[r.settler], say.settle(label)
        if r.state == w.ACCEPTED and r.proposal == w.RETURN:
            return names[r.sender], say.decline(label)
        if r.kind in w.MOVING and r.state in (w.OFFERED, w.SIGNED):
            machine.now = max(machine.now, r.accept_due)
            return "hub", say.lapse(label)
        if r.kind == w.DELEGATION and r.state == w.ACCEPTED:
            return custodian, say.feedback(label, final=True)
        if r.kind == w.ASSISTANCE and r.alive:
            return custodian, say.withdraw(label)
    if state.supervisions:
        return names[state.supervisions[0].debtor], say.answer()
    if state.agreement == w.REACHED:
        return custodian, say.agreement(w.PERFORMED)
    return custodian, say.close(w.PERFORMED if state.agreement == w.PERFORMED else "no_deal")


def can_end(walk: Walk, step: Step) -> None:
    """12. From every state an end can be reached, and by parties that still exist."""
    if step.after is None or not step.events:
        return
    machine, label = fork(walk.machine), step.act.about
    for _ in range(40):
        if machine[label].status != w.OPEN:
            return
        by, body = next_to_the_end(machine, machine[label], walk.names)
        found = machine.registry.agency(w.agency_id(by))
        assert by == "hub" or (found is not None and found.state != w.DISSOLVED)
        machine.when(by, body, about=label)
        assert not isinstance(machine.answer, w.Refusal) and machine.answer, (by, body, machine.answer)
    raise AssertionError("no end in sight")


def test_an_end_can_be_reached_from_every_state() -> None:
    along(can_end, 50)


# --- every check sees a machine that breaks its invariant ---


def looks(name: str) -> Callable[[], Check]:
    return lambda: lambda walk, step: CHECKS[name](step)


def counts() -> Check:
    per_walk: dict[int, Completeness] = {}
    return lambda walk, step: per_walk.setdefault(id(walk), Completeness()).check(step)


BROKEN: dict[str, tuple[Callable[[], Check], Any, str, str]] = {
    "1 dissolved too early": (looks("one_living_custodian"), agency._dissolve, "accountable(agency.id)", "False"),
    "2 a second offer": (looks("one_hand_over"), handover.refer, "turn.need_no_handover(but=replaced)", "pass"),
    "3 assigned from outside": (
        looks("custody_moves_by_right"), handover.assign, "not turn.is_superior_of(custodian)", "False",
    ),
    "4 a delegate passes it on": (looks("one_delegation"), handover.refer, "turn.need_no_delegation()", "pass"),
    "5 closed over a helper": (
        looks("somebody_owes_it"), work.close, "any(r.kind == w.ASSISTANCE and r.alive for r in state.referrals)",
        "False",
    ),
    "6 it owes itself": (
        looks("owed_between_two_living"), turn.Turn.comes_back, "r.sender == custodian and _owed_back(r)", "False",
    ),
    "7 accepted after its end": (looks("ended_stays_ended"), handover.accept, "turn.need_alive(referral)", "pass"),
    "8 withdrawn though signed": (
        looks("signed_offer_ends_by_right"), handover.withdraw, "or referral.state == w.OFFERED",
        "or referral.state in (w.OFFERED, w.SIGNED)",
    ),
    "9 closed under supervision": (
        looks("nothing_alive_after_the_end"), work.close, "if state.supervisions", "if False",
    ),
    "10 a crash": (lambda: total, oversight.warn, "if owed is None", "if False"),
    "11 signed twice": (lambda: said_twice, handover.sign, "(w.SIGNED, w.ACCEPTED, w.CONCLUDED)", "(w.CONCLUDED,)"),
    "12 a helper blocks for ever": (
        lambda: can_end, work.close, "r.kind == w.ASSISTANCE and r.alive", "r.kind == w.ASSISTANCE",
    ),
    "13 signed after its end": (counts, handover.sign, "turn.need_alive(referral)", "pass"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_machine_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check, function, right, wrong = BROKEN[name]
    mistake(monkeypatch, function, right, wrong)
    with pytest.raises(AttributeError if name.startswith("10") else AssertionError):
        along(check())
