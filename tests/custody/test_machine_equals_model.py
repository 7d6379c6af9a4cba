"""Random histories played on the machine and on an independent reading of the custody rules: no difference.

Compared after every command: refusal code or events in order with custodian and fields; every obligation with
debtor, creditor and due time; custodian, states, version. That the comparison sees mistakes is tested with mistakes.
A longer look than this test's: ``python -m tests.custody.both 4000``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from hub import words as w
from tests.custody.both import Both, compare
from tests.custody.histories import VERBS
from tests.custody.mistakes import mistake
from tests.custody.seeded import MISTAKES

WALKS, LENGTH = 200, 150
ENOUGH = 6_000  # commands within which each seeded mistake shows


def test_machine_equals_model() -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    for seed in range(WALKS):
        both = Both(seed)
        for number in range(LENGTH):
            step, differences = both.step()
            assert not differences, (seed, number, step.act, differences)
            refused = isinstance(step.answer, w.Refusal)
            outcomes[step.act.verb, "refused" if refused else "done" if step.answer else "nothing"] += 1
    for verb in VERBS:
        if verb != "time":
            assert outcomes[verb, "done"] >= 10, f"{verb} was hardly ever accepted: the histories are too dull"
            assert outcomes[verb, "refused"] >= 10, f"{verb} was hardly ever refused"


@pytest.mark.parametrize(("function", "right", "wrong"), MISTAKES, ids=lambda value: getattr(value, "__name__", None))
def test_a_seeded_mistake_is_noticed(monkeypatch: pytest.MonkeyPatch, function: Any, right: str, wrong: str) -> None:
    mistake(monkeypatch, function, right, wrong)
    try:
        _, difference = compare(ENOUGH // LENGTH, LENGTH)
    except Exception as crash:
        difference = repr(crash)
    assert difference
