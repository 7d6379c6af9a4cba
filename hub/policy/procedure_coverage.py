"""Every state of a docking procedure × every one of its steps: taken, nothing, or refused with its code.

Guarantee: a cell is what a decision gives to the party the step is for, with its document where one is needed; the
state is the latest step recorded, "" = none yet.
"""

from __future__ import annotations

from typing import NamedTuple

from .procedures import Procedure

TAKEN, NOTHING, NOT_NOW = "taken", "nothing", "refused/procedure.not_now"


class Cell(NamedTuple):
    """One cell: the latest step, the step asked for, its outcome."""

    state: str
    step: str
    outcome: str


def coverage(procedure: Procedure) -> list[Cell]:
    """All cells, by state and step, both in the procedure's order."""
    return [
        Cell(state, step, outcome(procedure, state, step))
        for state in ("", *procedure.steps)
        for step in procedure.steps
    ]


def outcome(procedure: Procedure, now: str, asked: str) -> str:
    """What becomes of a step while ``now`` is the latest one."""
    wanted = procedure.steps[asked]
    if now == asked and not wanted.again:
        return NOTHING
    return TAKEN if now in wanted.after else NOT_NOW


def unreachable(procedure: Procedure) -> list[str]:
    """Steps that nothing leads to."""
    seen, todo = {""}, [""]
    while todo:
        now = todo.pop()
        for step in procedure.steps:
            if step not in seen and outcome(procedure, now, step) == TAKEN:
                seen.add(step)
                todo.append(step)
    return [step for step in procedure.steps if step not in seen]
