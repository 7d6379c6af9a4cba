"""What is recorded beside custody: who may, what refuses it, and that nothing moves."""

from __future__ import annotations

from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.policy.procedures import ProcedureRefused, read_procedure
from tests.given import Given, agencies, referral

from .town import AGENCIES, PACK

PROCEDURE = read_procedure(
    "confirmation",
    {
        "channel": "court", "basis": "test", "steps": {
            "applied": {"by": "custodian", "basis": "test"},
            "asked": {"by": "receiver", "after": ["applied"], "basis": "test", "again": True},
            "accepted": {"by": "any", "after": ["applied", "asked"], "document": True, "basis": "test"},
            "confirmed": {"by": "sender", "after": ["accepted"], "ends": True, "basis": "test"},
        },
    },
)  # fmt: skip
FACTS: dict[str, Any] = {
    "inform": c.Inform("mediation", "all", ""),
    "particulars": c.Particulars(6, 1, 100, ("death",), True, ""),
    "step": c.Step("confirmation", "applied", None, "", ""),
}
VISIT = c.Visit("full", "satisfied", "")
REGISTER = c.Register("02", "330302001201", "application", ())


def begun() -> Given:
    pack = PACK._replace(procedures={"confirmation": PROCEDURE})
    made = Given(agencies(*AGENCIES), pack)
    return made.given(("committee", REGISTER, "d"))


@pytest.fixture
def hub() -> Given:
    return begun()


def refer(to: str) -> c.Refer:
    return c.Refer(w.TRANSFER, "court", w.agency_id(to), None, "")


@pytest.mark.parametrize("name", FACTS)
def test_the_custodian_records_and_nothing_moves(hub: Given, name: str) -> None:
    before = hub["d"]
    hub.when("committee", FACTS[name])
    after = hub["d"]
    assert after.version == before.version + 1
    assert (after.custodian, after.referrals, after.status) == (before.custodian, before.referrals, before.status)


@pytest.mark.parametrize("name", ["inform", "particulars", "step"])
def test_nobody_else_does(hub: Given, name: str) -> None:
    hub.given(("committee", refer("station"), "r"))
    code = "procedure.not_party" if name == "step" else "dispute.not_custodian"
    hub.when("station", FACTS[name]).refused(code)


@pytest.mark.parametrize("name", FACTS)
def test_not_on_a_closed_dispute(hub: Given, name: str) -> None:
    hub.given(("committee", c.Close("no_deal", "", True)))
    if name == "step":  # a court confirms after the dispute was closed
        hub.when("committee", FACTS[name]).then("procedure.stepped")
    else:
        hub.when("committee", FACTS[name]).refused("dispute.closed")


def test_a_visit_follows_the_closing_too(hub: Given) -> None:
    hub.when("committee", VISIT).then("followup.visited")
    hub.given(("committee", c.Close("no_deal", "", True)))
    hub.when("committee", VISIT).then("followup.visited")
    hub.when("office", VISIT).then("followup.visited")
    hub.given(("committee", c.Reopen("", False)), ("committee", refer("station"), "r"))
    hub.when("station", VISIT).refused("dispute.not_custodian")


def test_no_visit_to_a_void_one(hub: Given) -> None:
    hub.given(("committee", c.Voiding("", None)))
    hub.when("committee", VISIT).refused("dispute.void")
    hub.when("committee", FACTS["step"]).refused("dispute.void")


def test_steps_follow_each_other(hub: Given) -> None:
    hub.given(("committee", refer("station"), "r"))
    r = referral("r")
    hub.when("committee", c.Step("other", "applied", None, "", "")).refused("procedure.unknown")
    hub.when("committee", c.Step("confirmation", "other", None, "", "")).refused("procedure.unknown_step")
    hub.when("committee", c.Step("confirmation", "accepted", None, "n", "")).refused("procedure.not_now")
    hub.when("committee", FACTS["step"]).then("procedure.stepped")
    hub.when("committee", FACTS["step"]).nothing()
    hub.when("station", c.Step("confirmation", "asked", None, "", "")).refused("procedure.not_party")
    hub.when("station", c.Step("confirmation", "asked", r, "", "")).then("procedure.stepped")
    hub.when("station", c.Step("confirmation", "asked", r, "", "")).refused("procedure.not_now")
    hub.when("station", c.Step("confirmation", "accepted", r, "", "")).refused("field.missing")
    hub.when("station", c.Step("confirmation", "accepted", r, "1", "")).then("procedure.stepped")
    hub.when("station", c.Step("confirmation", "confirmed", r, "", "")).refused("procedure.not_party")
    hub.when("committee", c.Step("confirmation", "confirmed", r, "", "")).then("procedure.stepped")
    assert hub["d"].marks == ("confirmation/confirmed",)


def test_a_senders_step_is_the_senders_wherever_the_dispute_is(hub: Given) -> None:
    hub.given(
        ("committee", FACTS["step"]), ("committee", refer("station"), "r"), ("station", c.Accept(referral("r"), ""))
    )
    hub.given(("station", c.Step("confirmation", "accepted", referral("r"), "1", "")))
    hub.when("station", c.Step("confirmation", "confirmed", referral("r"), "", "")).refused("procedure.not_party")
    hub.when("committee", c.Step("confirmation", "confirmed", referral("r"), "", "")).then("procedure.stepped")


def test_states_share_where_their_procedures_stand(hub: Given) -> None:
    again = Given(hub.registry, hub.pack).given(("committee", REGISTER, "d"), ("committee", FACTS["step"]))
    hub.given(("committee", FACTS["step"]))
    assert again["d"].marks is hub["d"].marks
    assert again["d"].progress is hub["d"].progress


class TestLimitsThatMove:
    def test_time_the_law_excludes_by_the_debtor_itself(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"), ("station", c.Accept(referral("r"), "")))
        due = hub["d"].referrals[0].feedback_due
        hub.when("station", c.Extend(w.FEEDBACK, referral("r"), None, "appraisal", 7, False, ""))
        hub.then("obligation.extended")
        assert hub["d"].referrals[0].feedback_due == due + 7 * w.DAY

    def test_more_time_with_consent_only(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"), ("station", c.Accept(referral("r"), "")))
        asked = c.Extend(w.FEEDBACK, referral("r"), None, "extension", 7, False, "")
        hub.when("station", asked).refused("obligation.needs_consent")
        hub.when("station", asked._replace(consent=True)).then("obligation.extended")
        hub.when("committee", asked).then("obligation.extended")

    def test_progress_by_a_superior_only(self, hub: Given) -> None:
        # The custodian's every act restarts it: there is nothing to extend.
        asked = c.Extend(w.PROGRESS, None, None, "appraisal", 7, True, "")
        hub.when("committee", asked).refused("obligation.not_extensible")
        due = hub["d"].progress.due
        hub.when("office", asked).then("obligation.extended")
        assert hub["d"].progress.due == due + 7 * w.DAY

    def test_an_accept_limit_never(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"))
        asked = c.Extend(w.ACCEPT, referral("r"), None, "extension", 7, True, "")
        hub.when("station", asked).refused("obligation.not_extensible")

    def test_the_sender_gives_more_time_to_sign(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"))
        asked = c.Extend(w.SIGN, referral("r"), None, "extension", 2, False, "")
        due = hub["d"].referrals[0].sign_due
        hub.when("station", asked).refused("obligation.needs_consent")
        hub.when("committee", asked).then("obligation.extended")
        assert hub["d"].referrals[0].sign_due == due + 2 * w.DAY

    def test_a_stranger_learns_nothing(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"))
        hub.when("station", c.Extend(w.PROGRESS, None, None, "appraisal", 5, True, "")).refused("obligation.none")
        hub.when("committee", c.Extend(w.FEEDBACK, None, None, "extension", 1, True, "")).refused("obligation.none")

    def test_an_extension_is_of_1_to_365_days(self, hub: Given) -> None:
        hub.given(("committee", refer("station"), "r"))
        for days in (0, -5, 366, 2_147_483_647):
            hub.when("committee", c.Extend(w.SIGN, referral("r"), None, "extension", days, True, ""))
            hub.refused("field.range")

    def test_not_of_a_closed_dispute(self, hub: Given) -> None:
        hub.given(
            ("committee", c.Report((w.agency_id("station"),), "", "")), ("committee", c.Close("no_deal", "", True))
        )
        asked = c.Extend(w.ACKNOWLEDGE, None, None, "extension", 1, True, "")
        hub.when("committee", asked).refused("dispute.closed")

    def test_a_warning_comes_once_more(self, hub: Given) -> None:
        hub.now = hub["d"].progress.due
        hub.given(("hub", c.Breach(w.PROGRESS, None, None)))
        assert hub["d"].progress.breached
        hub.given(("office", c.Extend(w.PROGRESS, None, None, "extension", 1, False, "")))
        assert not hub["d"].progress.breached


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"channel": "court", "steps": {}}, "lacks 'basis'"),
        ({"channel": "court", "basis": "b", "steps": {"a": {"basis": ""}}}, "basis is missing"),
        ({"channel": "court", "basis": "b", "steps": {"a": {"basis": "b", "by": "nobody"}}}, "by 'nobody'"),
        ({"channel": "court", "basis": "b", "steps": {"a": {"basis": "b", "after": ["z"]}}}, "after unknown z"),
    ],
)
def test_a_procedure_with_a_mistake_is_refused(raw: dict[str, Any], why: str) -> None:
    with pytest.raises(ProcedureRefused, match=why):
        read_procedure("p", raw)
