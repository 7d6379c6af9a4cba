"""The court's clock from sign-for: before filing or after, ordinary or summary procedure; longer within its bounds.

Figures and dates are counted by hand from 特邀调解规定 §27 and the opinion of 2025 第3条、第5条.
"""

from __future__ import annotations

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.policy import Policy, shipped_policy
from tests.custody.town import AGENCIES
from tests.given import Given, agencies, referral
from tests.policy.test_a_clock_keeps_the_pack_of_its_first_day import at, day

KEEPS = """
id = "ours.1"
[senders]
delegate = ["*"]
"""
POLICY = shipped_policy("", [KEEPS])
BEFORE = (("delegate", "delegated"),)
ORDINARY = (("entrust", "registered"), ("entrust", "consented"), ("entrust", "entrusted"))
SUMMARY = (*ORDINARY[:2], ("entrust", "entrusted_summary"))


def offered(start: str, steps: tuple[tuple[str, str], ...] = ()) -> Given:
    """A court's delegation to the committee, with the steps it recorded of it."""
    hub = Given(agencies(*AGENCIES), POLICY, at(start)).given(
        ("court", c.Register("02", "", "application", ()), "d"),
        ("court", c.Inform("delegation", "all", "")),
        ("court", c.Refer(w.DELEGATION, "court", w.agency_id("committee"), None, ""), "r"),
    )
    return hub.given(*[("court", c.Step(machine, step, referral("r"), "1", "")) for machine, step in steps])


def accepted(start: str, steps: tuple[tuple[str, str], ...]) -> Given:
    """The same, accepted without a sign-for of its own."""
    return offered(start, steps).given(("committee", c.Accept(referral("r"), "")))


def longer(hub: Given, days: int, consent: bool = True, cause: str = "extension", by: str = "committee") -> Given:
    return hub.when(by, c.Extend(w.FEEDBACK, referral("r"), None, cause, days, consent, ""))


@pytest.mark.parametrize(
    ("start", "steps", "last", "rule"),
    [
        ("2024-03-04T10:00", (), "2024-04-03", "delegation.30d"),
        ("2024-03-04T10:00", BEFORE, "2024-04-03", "delegation.30d"),
        ("2024-03-04T10:00", ORDINARY, "2024-03-19", "entrust.entrusted.15d"),
        ("2024-03-04T10:00", SUMMARY, "2024-03-11", "entrust.entrusted_summary.7d"),
        ("2025-03-03T10:00", (), "2025-03-18", "delegation.15d"),
        ("2025-03-03T10:00", ORDINARY, "2025-03-18", "entrust.entrusted.15d"),
        ("2025-03-03T10:00", SUMMARY, "2025-03-10", "entrust.entrusted_summary.7d"),
        ("2025-03-03T10:00", BEFORE, "2025-04-02", "delegate.delegated.30d"),
        ("2026-03-02T10:00", SUMMARY, "2026-03-09", "entrust.entrusted_summary.7d"),
        ("2026-03-02T10:00", BEFORE, "2026-04-01", "delegate.delegated.30d"),
        ("2026-03-02T10:00", (*BEFORE, *ORDINARY), "2026-03-17", "entrust.entrusted.15d"),  # filed goes before
    ],
)
def test_by_the_steps_recorded_until_sign_for(
    start: str, steps: tuple[tuple[str, str], ...], last: str, rule: str
) -> None:
    hub = offered(start, steps).given(("committee", c.Sign(referral("r"))))
    signed = hub.answer[0].body  # type: ignore[union-attr]
    assert isinstance(signed, e.Signed)
    assert (day(signed.legal_due_at or 0), signed.legal_rule) == (last, f"legal.court.{rule}@330302")
    hub.given(("committee", c.Accept(referral("r"), "")))
    assert day(hub["d"].referrals[0].feedback_due) == last


def test_where_nobody_signed_by_those_until_the_acceptance() -> None:
    hub = accepted("2026-03-02T10:00", SUMMARY)
    assert day(hub["d"].referrals[0].feedback_due) == "2026-03-09"


def test_a_transfer_to_a_court_has_no_clock_of_the_law() -> None:
    hub = accepted("2026-03-02T10:00", SUMMARY)
    hub.given(("committee", c.Feedback(referral("r"), True, "")))
    hub.given(("court", c.Refer(w.TRANSFER, "court", w.agency_id("committee"), None, ""), "t"))
    hub.given(("committee", c.Sign(referral("t"))))
    assert hub["d"].referrals[-1].legal == ""


class TestItIsExtended:
    def test_from_2025_on_by_30_days_once_with_the_consent_of_both(self) -> None:
        hub = accepted("2026-03-02T10:00", SUMMARY)
        longer(hub, 30, consent=False).refused("obligation.needs_consent")
        longer(hub, 30, consent=False, by="court").refused("obligation.needs_consent")
        longer(hub, 31).refused("obligation.extension_too_long")
        longer(hub, 30).then("obligation.extended")
        assert day(hub["d"].referrals[0].feedback_due) == "2026-04-08"
        longer(hub, 1).refused("obligation.extended_before")
        longer(hub, 1, by="court").refused("obligation.extended_before")

    def test_time_the_law_excludes_is_no_extension(self) -> None:
        hub = accepted("2026-03-02T10:00", ORDINARY)
        longer(hub, 45, consent=False, cause="appraisal").then("obligation.extended")
        longer(hub, 30).then("obligation.extended")
        longer(hub, 10, consent=False, cause="appraisal").then("obligation.extended")
        longer(hub, 30).refused("obligation.extended_before")

    def test_a_word_in_between_gives_back_none(self) -> None:
        hub = accepted("2026-03-02T10:00", ORDINARY)
        longer(hub, 10).then("obligation.extended")
        hub.given(("committee", c.Feedback(referral("r"), False, "")))
        longer(hub, 10).refused("obligation.extended_before")

    @pytest.mark.parametrize(("start", "steps"), [("2024-03-04T10:00", ORDINARY), ("2026-03-02T10:00", BEFORE)])
    def test_without_bound_where_both_may_agree_on_any_time(
        self, start: str, steps: tuple[tuple[str, str], ...]
    ) -> None:
        hub = accepted(start, steps)
        for _ in range(3):
            longer(hub, 60, consent=False).refused("obligation.needs_consent")
            longer(hub, 60).then("obligation.extended")

    def test_by_the_pack_of_its_day_after_the_law_has_changed(self) -> None:
        for steps, rule in ((), "delegation.30d"), (ORDINARY, "entrust.entrusted.15d"):
            hub = offered("2024-12-30T10:00", steps).given(("committee", c.Sign(referral("r"))))
            hub.now += 3 * w.DAY
            hub.given(("committee", c.Accept(referral("r"), "")))
            for _ in range(2):
                longer(hub, 60).then("obligation.extended")
            body = hub.answer[0].body  # type: ignore[union-attr]
            assert isinstance(body, e.Extended) and body.rule == f"legal.court.{rule}+60d@330302"


def limit(name: str, amount: int, unit: str, start: str, more: int, times: int, approver: str, warn: int) -> str:
    """A limit of a pack of one's own, extended without the consent of both; ``more``, ``times``: 0 = without bound."""
    return f"""
[limits.{name}]
amount = {amount}
unit = "{unit}"
start = "{start}"
extension = {{ amount = {more}, max_times = {times}, approver = "{approver}", both_parties_consent = false }}
warn_hours = {warn}
basis = "hub default"
basis_kind = "default"
"""


OWN = 'id = "ours.1"' + "".join((
    limit("sign", 24, "hour", "referral.offered", 48, 2, "creditor", 6),
    limit("settle", 5, "workday", "referral.contested", 0, 0, "superior", 24),
    limit("progress", 15, "day", "custodian.acted", 0, 1, "", 48),
    limit("answer", 3, "workday", "supervision.issued", 0, 1, "", 24),
    limit("perform", 15, "day", "agreement.due", 0, 1, "", 72),
))  # fmt: skip


def registered(rules: Policy) -> Given:
    """A dispute of the committee's, on a Monday."""
    hub = Given(agencies(*AGENCIES), rules, at("2026-03-02T10:00"))
    return hub.given(("committee", c.Register("02", "", "application", ()), "d"))


class TestAnyLimit:
    def hub(self) -> Given:
        return registered(shipped_policy("", [OWN]))

    def test_only_whom_it_is_owed_to_lengthens_it_where_the_rule_says_so(self) -> None:
        hub = self.hub().given(("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), "r"))
        asked = c.Extend(w.SIGN, referral("r"), None, "extension", 2, True, "")
        hub.when("station", asked).refused("obligation.needs_approval")
        hub.when("police", asked).refused("obligation.needs_approval")
        hub.when("committee", asked._replace(days=3)).refused("obligation.extension_too_long")
        hub.when("committee", asked).then("obligation.extended")
        hub.when("committee", asked).then("obligation.extended")
        hub.when("committee", asked).refused("obligation.extended_before")

    def test_only_a_superior_where_the_rule_says_so(self) -> None:
        hub = self.hub().given(
            ("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), "r"),
            ("station", c.Return(referral("r"), "not_competent", "", None)),
            ("committee", c.Contest(referral("r"), "")),
        )
        asked = c.Extend(w.SETTLE, referral("r"), None, "extension", 2, True, "")
        hub.when("committee", asked).refused("obligation.needs_approval")
        hub.when("centre", asked).then("obligation.extended")

    def test_a_limit_of_the_custodians_own_once_until_it_starts_anew(self) -> None:
        hub = self.hub()
        asked = c.Extend(w.PROGRESS, None, None, "extension", 2, True, "")
        hub.when("office", asked).then("obligation.extended")
        hub.when("office", asked).refused("obligation.extended_before")
        hub.given(("committee", c.Inform("rights", "", "")))
        hub.when("office", asked).then("obligation.extended")

    def test_so_are_an_answer_and_an_agreement(self) -> None:
        hub = self.hub().given(
            ("office", c.Supervise(w.agency_id("committee"), "")),
            ("committee", c.ReachAgreement("written", None, None)),
        )
        for name in (w.ANSWER, w.PERFORM):
            asked = c.Extend(name, None, None, "extension", 2, True, "")
            hub.when("office", asked).then("obligation.extended")
            hub.when("office", asked).refused("obligation.extended_before")


class TestItIsWarnedOf:
    def test_within_the_span_of_the_limit_that_runs(self) -> None:
        hub = accepted("2026-03-02T10:00", ORDINARY)
        due = hub["d"].referrals[0].feedback_due
        for rule in ("", "legal.court.entrust.entrusted.15d@330302"):  # by the rule in the log, by that of the state
            hub.now = due - 72 * w.HOUR - 1
            hub.when("hub", c.Warn(w.FEEDBACK, referral("r"), None, rule)).refused("obligation.not_due")
        hub.now += 1
        hub.when("hub", c.Warn(w.FEEDBACK, referral("r"), None)).then("obligation.warned")

    def test_a_short_limit_late(self) -> None:
        hub = registered(POLICY).given(("committee", c.Report((w.agency_id("centre"),), "red", "")))
        asked = c.Warn(w.ACKNOWLEDGE, None, w.agency_id("centre"), "acknowledge.red.2h")
        hub.when("hub", asked).refused("obligation.not_due")
        hub.now += w.HOUR
        hub.when("hub", asked).then("obligation.warned")

    def test_an_emergencys_by_its_own_also_when_it_is_over(self) -> None:
        hub = registered(POLICY).given(
            ("committee", c.Particulars(40, 0, None, ("crowd",), True, "")),
            ("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), "r"),
        )
        plain = c.Warn(w.ACCEPT, referral("r"), None)
        hub.when("hub", plain).refused("obligation.not_due")
        hub.given(("committee", c.Particulars(40, 0, None, (), False, "")))
        hub.when("hub", plain._replace(rule="accept.emergency.8h")).refused("obligation.not_due")
        hub.now += 6 * w.HOUR
        hub.when("hub", plain._replace(rule="accept.emergency.8h")).then("obligation.warned")
