"""The matrix of docking procedures is what decisions give: every state × every step, asked of the machine itself."""

from __future__ import annotations

import pytest

from hub.aggregates.dispute import commands as c
from hub.policy import Pack, shipped_policy
from hub.policy.procedure_coverage import NOTHING, TAKEN, coverage, unreachable
from hub.policy.procedures import Procedure, Step
from hub.words import Refusal, agency_id
from tests.given import Given, agencies, dispute, referral

AGENCIES = (("court", "court", "532301", None), ("committee", "committee", "532301101", None))
CASES = [(pack, code) for pack in shipped_policy("532301").packs for code in pack.procedures]
RECEIVER = "committee"


@pytest.mark.parametrize(("pack", "code"), CASES, ids=[f"{pack.id}/{code}" for pack, code in CASES])
def test_every_cell(pack: Pack, code: str) -> None:
    procedure = pack.procedures[code]
    assert unreachable(procedure) == []
    hub = Given(agencies(*AGENCIES), pack._replace(senders={code: frozenset({"*"})}))
    hub.given(
        ("court", c.Register("03", "532301101201", "court", ())),
        ("court", c.Refer("transfer", "mediation", agency_id(RECEIVER), None, ""), "r"),
    )
    for state, step, outcome in coverage(procedure):
        assert decided(hub, procedure, state, procedure.steps[step]) == outcome, (state, step)


def decided(hub: Given, procedure: Procedure, state: str, step: Step) -> str:
    """What the machine says to the party the step is for; its state is as it was afterwards."""
    before = hub["d"]
    hub.disputes[dispute("d")] = before._replace(marks=(f"{procedure.code}/{state}",) if state else ())
    by = RECEIVER if step.by == "receiver" else "court"
    hub.when(by, c.Step(procedure.code, step.code, referral("r"), "法〔2026〕1号", ""))
    hub.disputes[dispute("d")] = before
    if isinstance(hub.answer, Refusal):
        return f"refused/{hub.answer.code}"
    return TAKEN if hub.answer else NOTHING
