"""A raw grade becomes an ordinal only where its scheme says so, and none may contradict it."""

from __future__ import annotations

import pytest

from hub.aggregates.dispute import commands as c
from hub.policy.codes import read_codes
from hub.policy.risk import contradicts, ordinal
from tests.custody.town import AGENCIES, PACK
from tests.given import Given, agencies

SAID = [
    (scheme, grade["raw"], grade["ordinal"])
    for scheme, entry in read_codes("risk_schemes").entries.items()
    for grade in entry.more["grades"]
]


@pytest.mark.parametrize(("scheme", "raw", "own"), SAID)
def test_a_known_grade_is_what_its_scheme_says(scheme: str, raw: str, own: int) -> None:
    hub = Given(agencies(*AGENCIES), PACK).given(("committee", c.Register("02", "", "application", ()), "d"))
    for said in (1, 2, 3, 4):
        hub.when("committee", c.Grade(scheme, raw, said))
        hub.then("dispute.graded") if said == own else hub.refused("grade.contradicts")


@pytest.mark.parametrize(
    ("scheme", "raw"), [("四色", "红"), ("high_middle_low", "极高"), ("", ""), ("three_colours", "蓝")]
)
def test_nothing_is_converted_that_no_scheme_says(scheme: str, raw: str) -> None:
    assert ordinal(scheme, raw) is None
    assert not any(contradicts(scheme, raw, said) for said in (1, 2, 3, 4))
