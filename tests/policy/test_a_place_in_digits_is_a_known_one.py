"""A place is told in words or by a region code; digits that no list and no agency knows are refused."""

from __future__ import annotations

import pytest

from hub.aggregates.dispute import commands as c
from hub.policy import shipped_policy
from hub.policy.places import unknown
from tests.given import Given, agencies

PACK = shipped_policy("532301").at(1_767_225_600_000_000)


@pytest.mark.parametrize(
    "place",
    [
        "", "鹿城镇某村口", "p", "5323", "532301", "532301101", "532301101201", "532331",  # 532331: renamed
        "330302", "330302001", "330302001201",  # of agencies that are registered, above and below
        "99999", "9999999", "999999a", "999999 ",  # no code's form
    ],
)  # fmt: skip
def test_words_and_known_codes_are_taken(place: str) -> None:
    hub = Given(agencies(("committee", "committee", "330302001", None)), PACK)
    hub.when("committee", c.Register("02", place, "application", ()), "d").then("dispute.registered")


@pytest.mark.parametrize("place", ["999999", "000000", "999999001", "999999001001", "330303", "330302002"])
def test_a_code_nobody_knows_is_refused_with_its_field(place: str) -> None:
    hub = Given(agencies(("committee", "committee", "330302001", None)), PACK)
    hub.when("committee", c.Register("02", place, "application", ()), "d").refused("place.unknown")
    assert hub.answer.field == "place"  # type: ignore[union-attr]


def test_the_agencys_state_is_asked_first() -> None:
    hub = Given(agencies(("committee", "committee", "330302001", None)), PACK)
    hub.when("nobody", c.Register("02", "999999", "application", ()), "d").refused("agency.unknown")


def test_the_list_of_regions_alone_is_enough() -> None:
    assert unknown("999999", lambda region: False)
    assert not unknown("510724", lambda region: False), "an old code stays known"
