"""The whole dispute's 60 days and each committee's month (人民调解工作若干规定 §33): from when, until when, whose."""

from __future__ import annotations

import pytest

from hub.policy import shipped_policy
from hub.policy.ladder import read_ladders
from hub.policy.ladder_clocks import CEILING, COMMITTEE, Past, ladder_clocks, soon
from hub.policy.ladder_scheme import Scheme
from hub.policy.ladder_standing import CLIMBING, EXHAUSTED, OFF, RESOLVED, SUSPENDED, TERMINATED
from hub.policy.shown import Running
from hub.words import DAY
from tests.policy.test_a_clock_keeps_the_pack_of_its_first_day import at, day

CALENDAR = shipped_policy("532301").packs[-1].calendar
LADDERS = read_ladders()
CHUXIONG = LADDERS["chuxiong.1"]
GROUP, VILLAGE = b"g", b"v"
BEGUN = (
    Past(at("2026-03-02T10:00"), "dispute.registered", GROUP),
    Past(at("2026-03-02T10:00"), "ladder.stood", GROUP, CLIMBING),
)
MOVED = (
    *BEGUN,
    Past(at("2026-03-10T09:00"), "referral.offered", GROUP),
    Past(at("2026-03-11T09:00"), "referral.accepted", VILLAGE),
    Past(at("2026-03-11T09:00"), "ladder.stood", VILLAGE, CLIMBING),
    Past(at("2026-03-20T09:00"), "attempt.held", VILLAGE),
)


def clocks(past: tuple[Past, ...], kind: str = "committee", scheme: Scheme = CHUXIONG) -> dict[str, Running]:
    return {clock.code: clock for clock in ladder_clocks(scheme, past, kind, CALENDAR, "532301")}


def last(clock: Running) -> str:
    return day(clock.due_at)


def test_the_whole_from_the_ladders_beginning_and_the_committees_from_its_custody() -> None:
    found = clocks(MOVED)
    assert (last(found[CEILING]), found[CEILING].rule) == ("2026-05-06", "ladder.ceiling.60d@532301")  # 05-01 is off
    assert (last(found[COMMITTEE]), found[COMMITTEE].rule) == ("2026-04-13", "ladder.committee.1m@532301")  # 04-11 too
    assert (found[CEILING].by, found[COMMITTEE].by) == ("ladder.stood", "referral.accepted")
    assert "hub default" in found[CEILING].basis and "人民调解工作若干规定 §33" in found[COMMITTEE].basis


def test_a_group_is_no_committee() -> None:
    assert set(clocks(BEGUN, "group")) == {CEILING} and set(clocks(BEGUN, "department")) == {CEILING}
    assert set(clocks(BEGUN, "industry_committee")) == {CEILING, COMMITTEE}


@pytest.mark.parametrize(
    ("state", "runs"),
    [(CLIMBING, True), (SUSPENDED, True), (RESOLVED, False), (TERMINATED, False), (EXHAUSTED, False), (OFF, False)],
)
def test_they_run_while_it_climbs_or_is_suspended(state: str, runs: bool) -> None:
    past = (*MOVED, Past(at("2026-03-21T09:00"), "ladder.stood", VILLAGE, state))
    assert bool(clocks(past)) is runs


def test_none_before_the_ladder_begins() -> None:
    assert clocks(BEGUN[:1]) == {} and clocks(()) == {}


def test_other_ladders_have_their_own_ceiling() -> None:
    found = clocks(MOVED, scheme=LADDERS["four_levels_seven_days.1"])
    assert (last(found[CEILING]), found[CEILING].rule) == ("2026-03-11", "ladder.ceiling.7w@532301")


def test_the_last_fifth_is_soon() -> None:
    clock = clocks(MOVED)[CEILING]
    length = clock.due_at - clock.since
    begins = clock.due_at - length // 5
    assert [soon(clock, now) for now in (begins - 1, begins, clock.due_at - 1, clock.due_at)] == [
        False,
        True,
        True,
        False,
    ]
    assert length > 60 * DAY
