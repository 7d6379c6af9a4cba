"""In the simulated month rounds are filed, late and missed, leads go to each of their ends, townships are inspected."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sandbox.months import SEED, Ran, month

pytestmark = pytest.mark.slow
DAYS, DISPUTES = 25, 60  # two weeks' reports are due in it


@pytest.fixture(scope="module")
def ran() -> Ran:
    return month(SEED, days=DAYS, disputes=DISPUTES)


def test_rounds_are_filed_late_and_missed(ran: Ran) -> None:
    filed = [f for name, f in ran.events if name == "screening.filed"]
    missed = {(f["subject"], f["first"]) for name, f in ran.events if name == "screening.missed"}
    late = {(f["subject"], f["first"]) for f in filed if f["late"]}
    assert len([f for f in filed if not f["late"]]) > 100 and {f["found"] for f in filed} == {0, 1, 2}
    assert late and late < missed, "what is late was missed before, and some weeks are never filed"
    assert {f["schedule"] for f in filed} == {"group_week"}


def test_leads_go_to_their_ends(ran: Ran) -> None:
    reported = {f["lead"] for name, f in ran.events if name == "lead.reported"}
    settled = [f for name, f in ran.events if name == "lead.settled"]
    outcomes = Counter(f["outcome"] for f in settled)
    assert {"resolved", "registered"} <= set(outcomes), outcomes
    disputes = {f["stream"] for name, f in ran.events if name == "dispute.registered"}
    assert {f["dispute"] for f in settled if f["outcome"] == "registered"} <= disputes
    assert {f["lead"] for f in settled} < reported
    assert {f["ordinal"] for name, f in ran.events if name == "lead.assessed"} >= {2, 3, 4}


def test_townships_are_inspected_and_mend(ran: Ran) -> None:
    names = Counter(name for name, _ in ran.events)
    assert names["inspection.made"] > 3 and names["finding.raised"] > names["finding.rectified"] > 0
    assert names["finding.reviewed"] > 0


def test_nothing_of_it_is_refused(ran: Ran) -> None:
    wrong = ("screening.", "lead.", "finding.", "field.", "access.")
    assert not [code for code in ran.told.outcomes if code.startswith(wrong)], ran.told.outcomes
