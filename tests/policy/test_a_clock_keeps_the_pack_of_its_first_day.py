"""Which pack a clock runs under: that of the day it starts, in the place it runs, on the channel it came by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.policy import On, PackRefused, Policy, read_pack, shipped_policy
from hub.policy.calendar import shipped_calendar
from hub.policy.limits import due
from hub.policy.pack_reading import _text
from tests.custody.town import AGENCIES
from tests.given import Given, agencies, referral
from tests.parts.days_off import days_off

POLICY = shipped_policy("532301")
MIANYANG = shipped_policy("510703")


def at(text: str) -> int:
    return (datetime.fromisoformat(text + "+08:00") - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day(instant: int) -> str:
    """The local day that ends at this midnight."""
    return f"{datetime.fromtimestamp((instant - 1) / 1_000_000, UTC) + timedelta(hours=8):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("start", "pack"),
    [
        ("2011-03-01T09:00", "P2023.1"), ("2024-12-31T23:59", "P2023.1"), ("2025-01-01T00:00", "P2025.1"),
        ("2025-12-31T23:59", "P2025.1"), ("2026-01-01T00:00", "P2026.2"), ("2031-01-01T00:00", "P2026.2"),
    ],
)  # fmt: skip
def test_by_the_day_it_starts(start: str, pack: str) -> None:
    assert POLICY.at(at(start)).id == f"{pack}+chuxiong.1"
    assert MIANYANG.at(at(start)).id == f"{pack}+mianyang.1"
    assert shipped_policy("110101").at(at(start)).id == pack


@pytest.mark.parametrize(
    ("obligation", "start", "on", "last", "rule"),
    [
        ("accept", "2026-02-12T10:00", On(), "2026-02-24", "accept.3w"),  # the Spring Festival, and a make-up day
        ("consent", "2026-02-12T10:00", On(), "2026-02-26", "consent.5w"),
        ("accept", "2024-07-26T10:00", On("110101"), "2024-07-31", "accept.3w@110101"),
        ("accept", "2024-07-26T10:00", On("532301"), "2024-08-05", "accept.3w@532301"),  # 火把节
        ("accept", "2026-03-02T10:00", On("", "petition"), "2026-03-09", "accept.petition.5w"),
        ("progress", "2026-01-31T10:00", On(), "2026-02-24", "progress.15d"),  # 02-15 is a day off: rolls
        ("legal", "2024-03-01T10:00", On("", "court", "delegation"), "2024-04-01", "legal.court.delegation.30d"),
        ("legal", "2026-03-02T10:00", On("", "court", "delegation"), "2026-03-17", "legal.court.delegation.15d"),
    ],
)
def test_by_place_channel_and_kind(obligation: str, start: str, on: On, last: str, rule: str) -> None:
    found = POLICY.at(at(start)).due(obligation, at(start), on)
    assert (day(found[0]), found[1]) == (last, rule)
    assert found[0] % w.DAY == 16 * w.HOUR, "it ends at 24:00 local time"


def test_an_emergency_has_shorter_limits() -> None:
    pack, start = POLICY.at(at("2026-03-02T10:00")), at("2026-03-02T10:00")
    assert pack.due("sign", start, On(emergency=True)) == (start + 2 * w.HOUR, "sign.emergency.2h")
    assert pack.due("settle", start, On(emergency=True))[1] == "settle.5w"


def test_a_year_without_data_gives_a_provisional_date() -> None:
    start = at("2031-03-03T10:00")
    found = POLICY.at(start).due("accept", start)
    assert found[1] == "accept.3w~"
    assert day(found[0]) == "2031-03-06"


def test_what_is_remembered_is_what_is_computed() -> None:
    pack = POLICY.at(at("2026-03-02T10:00"))
    for start in ("2026-03-02T00:00", "2026-03-02T23:59", "2026-03-03T00:00"):
        counted = due(pack.limit("accept"), at(start), pack.calendar)[:2]
        assert pack.due("accept", at(start)) == counted == pack.due("accept", at(start))
        assert pack.due("sign", at(start)) == (at(start) + 24 * w.HOUR, "sign.24h"), "hours run from each instant"


def test_a_rule_in_an_event_leads_to_its_limit() -> None:
    pack = POLICY.at(at("2026-03-02T10:00"))
    limit, region, provisional = pack.rule("accept.petition.5w@532301~") or (None, "", False)
    assert limit is not None and (limit.basis_kind, region, provisional) == ("law", "532301", True)
    assert pack.rule("accept.9w") is None and pack.rule("feedback.10w+5d@532301") is None
    old = POLICY.named("P2026.1")
    assert old is not None and old.rule("accept.5d") is not None


class TestInTheMachine:
    def hub(self, start: str) -> Given:
        return Given(agencies(*AGENCIES), POLICY.at(at(start)), at(start)).given(
            ("court", c.Register("02", "", "application", ()), "d"),
            ("court", c.Inform("delegation", "all", "")),
            ("court", c.Refer(w.DELEGATION, "court", w.agency_id("committee"), None, ""), "r"),
        )

    def test_the_legal_clock_runs_from_sign_for(self) -> None:
        hub = self.hub("2026-03-02T10:00")
        hub.now += w.DAY
        hub.given(("committee", c.Sign(referral("r"))))
        signed = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(signed, e.Signed)
        assert (day(signed.legal_due_at or 0), signed.legal_rule) == ("2026-03-18", "legal.court.delegation.15d@330302")
        hub.now += w.DAY
        hub.given(("committee", c.Accept(referral("r"), "")))
        assert hub["d"].referrals[0].feedback_due == signed.legal_due_at

    def test_interim_feedback_does_not_move_it(self) -> None:
        hub = self.hub("2026-03-02T10:00").given(("committee", c.Accept(referral("r"), "")))
        before = hub["d"].referrals[0].feedback_due
        hub.now += 5 * w.DAY
        hub.given(("committee", c.Feedback(referral("r"), False, "")))
        body = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(body, e.FeedbackGiven) and body.feedback_due_at == before
        assert body.feedback_rule == "legal.court.delegation.15d@330302"

    def test_or_from_the_acceptance_where_nobody_signed(self) -> None:
        hub = self.hub("2026-03-02T10:00")
        hub.given(("committee", c.Accept(referral("r"), "")))
        assert day(hub["d"].referrals[0].feedback_due) == "2026-03-17"

    def test_no_word_in_between_moves_it_and_an_extension_is_its_own(self) -> None:
        hub = self.hub("2026-03-02T10:00").given(("committee", c.Accept(referral("r"), "")))
        due = hub["d"].referrals[0].feedback_due
        hub.now += 3 * w.DAY
        hub.given(("committee", c.Feedback(referral("r"), False, "")))
        body = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(body, e.FeedbackGiven)
        assert (body.feedback_due_at, body.feedback_rule) == (due, "legal.court.delegation.15d@330302")
        assert hub["d"].referrals[0].feedback_due == due
        hub.given(("committee", c.Extend(w.FEEDBACK, referral("r"), None, "extension", 30, True, "")))
        longer = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(longer, e.Extended) and longer.rule == "legal.court.delegation.15d+30d@330302"

    def test_it_keeps_the_rule_of_the_day_it_was_signed_for(self) -> None:
        hub = Given(agencies(*AGENCIES), POLICY, at("2024-12-30T10:00")).given(
            ("court", c.Register("02", "", "application", ()), "d"),
            ("court", c.Inform("delegation", "all", "")),
            ("court", c.Refer(w.DELEGATION, "court", w.agency_id("committee"), None, ""), "r"),
            ("committee", c.Sign(referral("r"))),
        )
        due = hub["d"].referrals[0].feedback_due
        hub.now += 2 * w.DAY
        hub.given(("committee", c.Accept(referral("r"), "")))
        body = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(body, e.Accepted)
        assert (body.feedback_due_at, body.feedback_rule) == (due, "legal.court.delegation.30d@330302")

    def test_an_emergency_shortens_what_starts_from_then_on(self) -> None:
        start = "2026-03-02T10:00"
        hub = Given(agencies(*AGENCIES), POLICY.at(at(start)), at(start)).given(
            ("committee", c.Register("02", "", "application", ()), "d"),
            ("committee", c.Particulars(40, 0, None, ("crowd",), True, "")),
        )
        assert hub["d"].progress.due == hub.now + 24 * w.HOUR
        hub.given(("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, "")))
        assert hub["d"].referrals[0].sign_due == hub.now + 2 * w.HOUR
        hub.given(("committee", c.Particulars(40, 0, None, (), False, "")))
        assert hub["d"].marks == ()

    def test_a_report_is_taken_up_by_its_grade(self) -> None:
        start = "2026-03-02T10:00"
        hub = Given(agencies(*AGENCIES), POLICY.at(at(start)), at(start)).given(
            ("committee", c.Register("02", "", "application", ()), "d")
        )
        for grade, hours in (("红", 2), ("2", 8), ("中", 24)):
            hub.when("committee", c.Report((w.agency_id("centre"),), grade, ""))
            body = hub.answer[0].body  # type: ignore[union-attr]
            assert isinstance(body, e.Reported)
            assert body.ack_due_at == hub.now + hours * w.HOUR

    def test_more_time_counts_from_the_last_day_and_rolls(self) -> None:
        hub = self.hub("2026-01-05T10:00").given(("committee", c.Accept(referral("r"), "")))
        assert day(hub["d"].referrals[0].feedback_due) == "2026-01-20"
        hub.given(("committee", c.Extend(w.FEEDBACK, referral("r"), None, "extension", 30, True, "")))
        assert day(hub["d"].referrals[0].feedback_due) == "2026-02-24"  # 02-19 is in the Spring Festival


def test_days_announced_later_move_a_date_by_event() -> None:
    start = at("2027-02-03T10:00")
    before = shipped_policy("532301")
    after = shipped_policy("532301", by_hand=[days_off("2027-02-04", "2027-02-05", region="", zh="试", en="test")])
    hub = Given(agencies(*AGENCIES), before.at(start), start).given(
        ("committee", c.Register("02", "", "application", ()), "d"),
        ("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), "r"),
    )
    old = hub["d"].referrals[0].accept_due
    hub.pack = after.at(start)
    hub.when("hub", c.Recompute(w.ACCEPT, referral("r"), None, start)).then("obligation.recomputed")
    assert hub["d"].referrals[0].accept_due == old + 2 * w.DAY
    hub.when("hub", c.Recompute(w.ACCEPT, referral("r"), None, start)).nothing()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('obligation = "legal"', 'obligation = "illegal"', "obligation unknown"),
        ('channel = "court"', 'channel = "courts"', "channel unknown"),
        ('kind = "delegation"', 'kind = "delegations"', "kind unknown"),
        ('basis_kind = "law"', 'basis_kind = "rumour"', "basis_kind"),
        ("since = 2026-01-01", 'since = "2026"', "since"),
        ('id = "P2026.2"', "", "'id'"),
        ("[[special]]", "[[extra]]", "unknown entry extra"),
    ],
)
def test_a_pack_with_a_mistake_is_refused(old: str, new: str, says: str) -> None:
    text = _text("p2026")
    assert old in text
    with pytest.raises(PackRefused, match=says):
        read_pack(_text("national"), text.replace(old, new), calendar=shipped_calendar())


def test_packs_that_begin_on_one_day_are_refused() -> None:
    one = POLICY.packs[0]
    with pytest.raises(PackRefused, match="one day"):
        Policy.of([one, one._replace(id="other")])
    with pytest.raises(PackRefused, match="one id"):
        Policy.of([one, POLICY.packs[1]._replace(id=one.id)])
    with pytest.raises(PackRefused, match="no pack"):
        Policy.of([])
