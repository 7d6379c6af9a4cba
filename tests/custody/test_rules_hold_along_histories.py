"""Random histories under the shipped rules: every check of ``rules_checks`` and of custody after every command.

A longer look than this test's: ``python -m tests.custody.rules_walk 1000``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.state import Dispute
from hub.policy.ladder_standing import STATES
from hub.policy.pack import CHANNELS
from tests.custody.mistakes import mistake
from tests.custody.rules_history import CAUSES, EXEMPTIONS, MODES, NOT_COUNTED, REASONS, RESULTS, codes
from tests.custody.rules_seeded import MISTAKES
from tests.custody.rules_walk import Checked, look
from tests.custody.test_invariants import can_end, fork
from tests.custody.walk import Step
from tests.given import dispute, referral

WALKS, LENGTH = 40, 150

SAID: dict[str, tuple[Any, ...]] = {
    "kind": w.KINDS, "channel": CHANNELS, "obligation": w.OBLIGATIONS, "outcome": ("performed", "no_deal"),
    "result": (*RESULTS, "", "other"), "mode": (*MODES, ""), "why_not": (*NOT_COUNTED, ""), "cause": (*CAUSES, ""),
    "exemption": (*EXEMPTIONS, "", "R0"), "reason_code": (*REASONS, ""), "act": (*codes("ladder_acts"), "other"),
    "branch": ("civil", "industry", "", "other"), "level": ("village", "city", "", "other"), "subject": ("rights", ""),
    "category": ("02", "15", ""), "grade": ("red", "2", ""), "ordinal": (0, 1, 4),
    "days": (1, 30, 2_147_483_647, 0, -5),
    "machine": ("confirmation", "petition", "other"), "step": ("applied", "accepted", "registered", "other"),
    "due_on": (None, "2026-03-01", "9999-12-31", "0001-01-01", "20260301", "x"), "document": ("", "1"),
    "reason": ("", "r"), "rule": ("", "accept.3w", "x"),
}  # fmt: skip


@cache
def known_codes() -> frozenset[str]:
    raw = json.loads(files("schemas").joinpath("codes", "problems.json").read_text(encoding="utf-8"))
    return frozenset(item["code"] for item in raw)


def test_all_of_it_holds_and_all_of_it_happens() -> None:
    played, failed, seen = look(2 * WALKS, length=LENGTH)
    assert not failed, failed
    assert played == 2 * WALKS * LENGTH
    wanted = [f"state {state}" for state in STATES] + [f"result {result}" for result in [*RESULTS, ""]]
    wanted += [f"due {name}" for name in (*w.OBLIGATIONS, "legal", "legal carried on", "extended")]
    wanted += ["ladder.tries_left", "ladder.exits_untold", "ladder.return_reason", "procedure.stepped"]
    assert [what for what in wanted if not seen[what]] == [], "the histories are too dull"


# --- every command has an answer, whatever it says ---


def anything(state: Dispute, agencies: list[str], rng: Random, now: int) -> Iterator[tuple[str, Any]]:
    """One command of each kind, its fields at random."""
    for cls in c.CLASSES.values():
        values: list[Any] = []
        for field, annotation in cls.__annotations__.items():
            hint = getattr(annotation, "__forward_arg__", str(annotation))
            if "ReferralId" in hint:
                values.append(rng.choice([*(r.id for r in state.referrals), referral("unknown")]))
            elif "AgencyId" in hint:
                one = w.agency_id(rng.choice(agencies))
                values.append(
                    (one,) if hint.startswith("tuple") else rng.choice((one, None)) if "None" in hint else one
                )
            elif "DisputeId" in hint:
                values.append(None if "None" in hint else dispute("another"))
            elif field in SAID:
                values.append(rng.choice(SAID[field]))
            elif field in ("at", "since"):
                values.append(now - rng.randint(0, 400) * w.HOUR)
            elif hint in ("bool", "int", "int | None", "str"):
                values.append({"bool": rng.random() < 0.5, "str": ""}.get(hint, rng.choice((0, 7))))
            else:
                values.append(() if hint.startswith("tuple") else None)
        yield rng.choice(agencies), cls(*values)


def total(checked: Checked, step: Step) -> None:
    machine = checked.walk.machine
    rng = Random(machine.played)
    if step.after is None or rng.random() > 0.2:
        return
    custodian = checked.walk.names[step.after.custodian]
    above = [checked.walk.names[a] for a in machine.registry.above(step.after.custodian)]
    agencies = [*checked.walk.history.pool, *[custodian] * 8, *above, "hub", "unknown"]
    for by, body in anything(step.after, agencies, rng, machine.now):
        other = fork(machine)
        label = "other" if isinstance(body, c.Register) else ""
        before = other.disputes.get(checked.stream(step))
        answer = other.when(by, body, label, step.act.about).answer
        assert not isinstance(answer, w.Refusal) or answer.code in known_codes(), answer
        if not isinstance(body, c.Register):
            checked.fork_stored().check(
                step._replace(by=by, body=body, before=before, answer=answer, after=other[step.act.about]), other.now
            )


@pytest.mark.slow
def test_every_command_has_an_answer_that_can_be_stored() -> None:
    for seed in range(WALKS):
        checked = Checked(seed)
        for _ in range(LENGTH):
            total(checked, checked.step())


# --- saying it again ---

NEW_EACH_TIME = {  # saying it twice means it twice
    "register", "attempt", "grade", "report", "urge", "inform", "particulars", "visit", "extend", "recompute",
}  # fmt: skip


def said_twice(checked: Checked, step: Step) -> None:
    verb, body, machine = step.act.verb, step.body, checked.walk.machine
    if isinstance(step.answer, w.Refusal) or verb in NEW_EACH_TIME:
        return
    if isinstance(body, c.Feedback) and not body.final:
        return
    if isinstance(body, c.Refer) and body.kind not in w.MOVING:
        return
    if isinstance(body, c.Breach | c.Warn) and body.obligation == w.ACKNOWLEDGE:
        return  # the recipient may owe a second reporter
    if isinstance(body, c.Ladder) and body.act == "exempt":
        return  # it leaves the next level too
    if isinstance(body, c.Step):
        procedure = machine.pack.at(machine.now).procedures.get(body.machine)
        if procedure is not None and procedure.steps[body.step].again:
            return
    repeated = fork(machine).when(step.by, body, "again", step.act.about).answer
    assert isinstance(repeated, w.Refusal) or repeated == (), step.act


def test_a_repeated_command_makes_no_event() -> None:
    for seed in range(WALKS):
        checked = Checked(seed)
        for _ in range(LENGTH):
            said_twice(checked, checked.step())


def test_an_end_can_be_reached_from_every_state() -> None:
    for seed in range(WALKS):
        checked = Checked(seed)
        for _ in range(LENGTH):
            can_end(checked.walk, checked.step())


# --- it sees mistakes ---


@pytest.mark.parametrize(
    ("function", "right", "wrong", "test"), MISTAKES, ids=lambda value: getattr(value, "__name__", None)
)
@pytest.mark.slow
def test_a_seeded_mistake_is_seen(
    monkeypatch: pytest.MonkeyPatch, function: Any, right: str, wrong: str, test: Callable[[], None]
) -> None:
    mistake(monkeypatch, function, right, wrong)
    with pytest.raises(Exception):  # noqa: B017 a refused command, a wrong event, a crash: all are seen
        test()
