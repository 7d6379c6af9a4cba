"""Random histories under the shipped rules of Chuxiong, every check after every command.

A longer look than the test's: ``python -m tests.custody.rules_walk 1000`` walks so many histories.
"""

from __future__ import annotations

import copy
import sys
import traceback
from collections import Counter
from random import Random

from hub import words as w
from hub.aggregates.dispute import events as e
from tests.custody.histories import History
from tests.custody.invariants import CHECKS, Completeness
from tests.custody.rules_checks import LADDER, Dates, Stored, stands
from tests.custody.rules_history import RulesHistory
from tests.custody.rules_town import BEGINNINGS, city
from tests.custody.walk import Step, Walk
from tests.given import Given, dispute

LENGTH = 200


class RulesWalk(Walk):
    """The same for the same seed as long as machine and rules are the same."""

    def begin(self, seed: int) -> tuple[Given, History]:
        machine = city(Random(seed).choice(BEGINNINGS))
        return machine, RulesHistory(seed, machine)


class Checked:
    """A walk with everything that must hold; ``seen`` counts what happened."""

    def __init__(self, seed: int, seen: Counter[str] | None = None) -> None:
        self.walk = RulesWalk(seed)
        self.stored, self.dates, self.equation = Stored(), Dates(), Completeness()
        self.seen: Counter[str] = Counter() if seen is None else seen
        self.last: Step | None = None

    def step(self) -> Step:
        """One command, and everything that must hold after it."""
        step = self.last = self.walk.step()
        now = self.walk.machine.now
        for invariant in CHECKS.values():
            invariant(step)
        self.equation.check(step)
        self.stored.check(step, now)
        for check in LADDER:
            check(step, now)
        self.dates.check(step, now)
        self._count(step)
        return step

    def stream(self, step: Step) -> bytes:
        """The dispute a step was about."""
        return dispute(step.act.about)

    def fork_stored(self) -> Stored:
        """What is stored now, to go on with something that did not happen."""
        other = copy.copy(self.stored)
        other.states, other.versions = dict(other.states), dict(other.versions)
        return other

    def _count(self, step: Step) -> None:
        self.seen[step.act.verb] += 1
        if isinstance(step.answer, w.Refusal):
            self.seen[step.answer.code] += 1
        for event in step.events:
            self.seen[e.TYPES[type(event.body)]] += 1
            if isinstance(event.body, e.AttemptHeld):
                self.seen[f"result {event.body.result}"] += 1
                self.seen["counted" if event.body.counted else f"not counted {event.body.why_not}"] += 1
        self.seen.update(f"due {name}" for name in self.dates.seen)
        self.dates.seen.clear()
        standing = stands(step.after)
        if standing is not None and step.events:
            self.seen[f"state {standing.state}"] += 1


def look(walks: int, first: int = 0, length: int = LENGTH) -> tuple[int, str, Counter[str]]:
    """Walk until a check fails: commands played, what failed ("" = nothing), what happened."""
    played = 0
    seen: Counter[str] = Counter()
    for seed in range(first, first + walks):
        checked = Checked(seed, seen)
        for number in range(length):
            played += 1
            try:
                checked.step()
            except Exception:
                last = checked.last
                said = f"{last.by}: {last.act}\n{last.body}\n{last.answer}" if last is not None else ""
                return played, f"seed {seed}, command {number}: {said}\n{traceback.format_exc()}", seen
    return played, "", seen


if __name__ == "__main__":
    commands, failed, happened = look(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 0)
    print("\n".join(f"{many:9,} {what}" for what, many in sorted(happened.items())))
    print(f"{commands:,} commands\n{failed}")
    sys.exit(bool(failed))
