"""The matrix of every state × everything that can be tried: each cell is an effect, nothing, or a refusal."""

from __future__ import annotations

from functools import cache

import pytest

from hub.policy import ladder
from hub.policy.ladder_coverage import acts, coverage
from hub.policy.ladder_standing import STATES
from tests.policy.ladders import LADDERS

KINDS = {"climbing/again", "climbing/escalate", *STATES} - {"climbing"}


@cache
def cells(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(cell.state, cell.event): cell.outcomes for cell in coverage(LADDERS[name])}


@pytest.mark.parametrize("name", LADDERS)
def test_no_cell_is_empty_and_no_outcome_unknown(name: str) -> None:
    scheme = LADDERS[name]
    assert set(cells(name)) == {(kind, event) for kind in KINDS for event, _ in acts(scheme)}
    known = KINDS | {"nothing"} | {f"refused/{code}" for code in ladder.REFUSALS}
    assert all(outcomes and set(outcomes) <= known for outcomes in cells(name).values())


@pytest.mark.parametrize("name", LADDERS)
@pytest.mark.parametrize(
    ("state", "event", "outcomes"),
    [
        ("climbing/again", "held/no_deal", {"climbing/again", "climbing/escalate", "exhausted"}),
        ("climbing/again", "held/refused", {"terminated"}),
        ("climbing/again", "held/agreed_all", {"resolved"}),
        ("climbing/again", "held/no_deal/alarm", {"suspended"}),
        ("climbing/again", "held/no_deal/phone", {"nothing"}),
        ("climbing/again", "sent_back", {"nothing"}),
        ("climbing/escalate", "held/no_deal", {"nothing"}),
        ("climbing/escalate", "held/withdrawn", {"terminated"}),
        ("climbing/escalate", "exempt/R5", {"off"}),
        ("climbing/escalate", "end", {"terminated"}),
        ("terminated", "resume/alone", {"refused/no_consent"}),
        ("exhausted", "held/no_deal", {"nothing"}),
        ("exhausted", "agreed", {"resolved"}),
        ("exhausted", "resume/both", {"refused/not_stopped"}),
        ("suspended", "held/refused", {"terminated"}),
        ("resolved", "held/agreed_all", {"nothing"}),
        ("off", "agreed", {"nothing"}),
        ("off", "exempt/R1", {"refused/not_climbing"}),
    ],
)
def test_cells_that_the_rule_names(name: str, state: str, event: str, outcomes: set[str]) -> None:
    # Where every level has one try, nobody tries there again.
    expected = outcomes - {"climbing/again"} if LADDERS[name].tries == 1 else outcomes
    assert set(cells(name)[state, event]) == expected


@pytest.mark.parametrize("name", LADDERS)
def test_nobody_goes_up_early_and_nobody_down_later(name: str) -> None:
    for level in LADDERS[name].levels:
        assert cells(name)["climbing/again", f"escalate/{level}"] == ("refused/tries_left",)
        assert cells(name)["climbing/escalate", f"move_down/{level}"] == ("refused/not_at_intake",)
