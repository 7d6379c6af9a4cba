"""复发: the hub suspects each pair once, the custodian decides; every state × command, and that nothing moves."""

from __future__ import annotations

from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.state import Dispute, Relapse
from tests.given import Given, agencies, dispute, referral

from .town import AGENCIES, PACK

EARLIER, OTHER = dispute("earlier"), dispute("other")
GROUNDS = ("same_place_and_category", "same_parties")
SUSPECT = c.SuspectRelapse(EARLIER, GROUNDS)
SAME, NOT_SAME = c.DecideRelapse(EARLIER, True, ""), c.DecideRelapse(EARLIER, False, "")
CLOSE = c.Close("no_deal", "", True)
SUSPECTED: tuple[Any, ...] = (("hub", SUSPECT),)
FOUND_SAME: tuple[Any, ...] = (*SUSPECTED, ("committee", SAME))
FOUND_OTHER: tuple[Any, ...] = (*SUSPECTED, ("committee", NOT_SAME))
MOVED: tuple[Any, ...] = (
    *SUSPECTED,
    ("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), "r"),
    ("station", c.Accept(referral("r"), "")),
)
STATES: dict[str, tuple[Any, ...]] = {
    "open": (), "closed": (("committee", CLOSE),), "void": (("committee", c.Voiding("", None)),),
    "suspected": SUSPECTED, "same": FOUND_SAME, "other": FOUND_OTHER, "moved": MOVED,
    "suspected, closed": (*SUSPECTED, ("committee", CLOSE)),
    "suspected, void": (*SUSPECTED, ("committee", c.Voiding("", None))),
    "suspected, reopened": (*SUSPECTED, ("committee", CLOSE), ("committee", c.Reopen("", False))),
}  # fmt: skip
COMMANDS: dict[str, tuple[str, Any]] = {
    "suspect": ("hub", SUSPECT), "suspect another": ("hub", c.SuspectRelapse(OTHER, GROUNDS)),
    "suspect itself": ("hub", c.SuspectRelapse(dispute("d"), GROUNDS)), "same": ("committee", SAME),
    "another": ("committee", NOT_SAME), "by the station": ("station", SAME), "by a superior": ("office", SAME),
    "of an unknown one": ("committee", c.DecideRelapse(OTHER, True, "")),
}  # fmt: skip
TABLE = """
                    | suspect | suspect another | suspect itself | same                  | another               | by the station        | by a superior         | of an unknown one
open                | S       | S               | –              | relapse.unknown       | relapse.unknown       | dispute.unknown       | dispute.not_custodian | relapse.unknown
closed              | –       | –               | –              | relapse.unknown       | relapse.unknown       | dispute.unknown       | dispute.not_custodian | relapse.unknown
void                | –       | –               | –              | dispute.void          | dispute.void          | dispute.unknown       | dispute.void          | dispute.void
suspected           | –       | S               | –              | D                     | D                     | dispute.unknown       | dispute.not_custodian | relapse.unknown
same                | –       | S               | –              | –                     | D                     | dispute.unknown       | dispute.not_custodian | relapse.unknown
other               | –       | S               | –              | D                     | –                     | dispute.unknown       | dispute.not_custodian | relapse.unknown
moved               | –       | S               | –              | dispute.not_custodian | dispute.not_custodian | D                     | dispute.not_custodian | dispute.not_custodian
suspected, closed   | –       | –               | –              | D                     | D                     | dispute.unknown       | dispute.not_custodian | relapse.unknown
suspected, void     | –       | –               | –              | dispute.void          | dispute.void          | dispute.unknown       | dispute.void          | dispute.void
suspected, reopened | –       | S               | –              | D                     | D                     | dispute.unknown       | dispute.not_custodian | relapse.unknown
"""  # noqa: E501


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip("\n").splitlines()]
    return [(state, name, cell) for state, *row in rows for name, cell in zip(head[1:], row, strict=True)]


def hub() -> Given:
    made = Given(agencies(*AGENCIES), PACK)
    return made.given(("committee", c.Register("02", "330302001201", "application", ()), "d"))


def kept(state: Dispute) -> tuple[Any, ...]:
    """What no command on a relapse may touch."""
    return state.custodian, state.status, state.referrals, state.standing, state.roles, state.agreement


@pytest.mark.parametrize(("state", "name", "outcome"), cells())
def test_cell(state: str, name: str, outcome: str) -> None:
    made = hub().given(*STATES[state])
    before = made["d"]
    by, body = COMMANDS[name]
    made.when(by, body)
    if outcome == "–":
        made.nothing()
    elif outcome in ("S", "D"):
        made.then({"S": "relapse.suspected", "D": "relapse.decided"}[outcome])
        made.when(by, body).nothing()  # once
        after = made["d"]
        assert kept(after) == kept(before)
    else:
        made.refused(outcome)


def test_the_table_is_whole() -> None:
    told = {(state, name) for state, name, _ in cells()}
    assert told == {(state, name) for state in STATES for name in COMMANDS}


def test_the_latest_decision_counts() -> None:
    made = hub().given(*FOUND_SAME, ("committee", NOT_SAME))
    made.given(("hub", c.SuspectRelapse(OTHER, GROUNDS)))
    assert list(made["d"].relapses) == [Relapse(EARLIER, False), Relapse(OTHER, None)]


def test_no_more_are_suspected_than_the_pack_says() -> None:
    made = hub()
    for n in range(PACK.relapse.most):
        made.when("hub", c.SuspectRelapse(dispute(f"e{n}"), GROUNDS)).then("relapse.suspected")
    made.when("hub", SUSPECT).nothing()


def test_a_decision_restarts_the_custodians_progress_and_a_suspicion_does_not() -> None:
    made = hub().given(*SUSPECTED)
    assert made["d"].progress == hub()["d"].progress
    made.now += w.HOUR
    made.given(("committee", SAME))
    assert made["d"].progress.due > hub()["d"].progress.due
