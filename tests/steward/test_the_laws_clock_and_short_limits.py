"""Limits with a span of their own are warned of in it; a provisional clock of the law's counts again from sign-for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.policy.calendar import midnight
from tests.parts.days_off import days_off
from tests.steward.desk import Desk
from tests.steward.test_a_date_is_recomputed_when_days_are_announced import WEDNESDAY, again, asked, rules


def after(day: int) -> int:
    """The end of a day of that December."""
    return midnight(date(2026, 12, day).toordinal() + 1)


def delegated(desk: Desk) -> tuple[bytes, bytes]:
    """A court's delegation to the committee, offered."""
    dispute = desk.done("court", c.Register("02", "p", "application", ()))
    desk.done("court", c.Inform("delegation", "all", ""), dispute)
    desk.done("court", c.Refer(w.DELEGATION, "court", w.agency_id("committee"), None, ""), dispute)
    return dispute, desk.legs(dispute)[0]["referral"]


def feedback(desk: Desk, dispute: bytes) -> dict[str, object]:
    desk.settle()
    (row,) = (o for o in desk.views.obligations.running(dispute=dispute).items if o["name"] == w.FEEDBACK)
    return row


def test_a_clock_of_the_law_is_counted_again_from_sign_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    dispute, referral = delegated(desk)
    desk.done("committee", c.Sign(w.ReferralId(referral)), dispute)
    desk.clock.advance(2 * w.DAY)
    desk.done("committee", c.Accept(w.ReferralId(referral), ""), dispute)
    owed = feedback(desk, dispute)
    assert owed["since_at"] == WEDNESDAY, "since sign-for, not since the acceptance"
    assert (owed["due_at"], owed["rule"]) == (after(10), "legal.court.delegation.15d@532301~")
    assert asked(desk) == []
    again(desk, rules(days_off("2026-12-10", "2026-12-11")))
    assert [(body.obligation, body.since) for body in asked(desk) if body.obligation == w.FEEDBACK] == [
        (w.FEEDBACK, WEDNESDAY)
    ]
    owed = feedback(desk, dispute)
    assert (owed["due_at"], owed["rule"]) == (after(14), "legal.court.delegation.15d@532301")
    assert asked(desk) == []
    desk.close()


def test_a_clock_of_the_law_is_warned_of_72_hours_before_and_other_feedback_48(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    dispute, referral = delegated(desk)
    desk.done("committee", c.Accept(w.ReferralId(referral), ""), dispute)
    due = feedback(desk, dispute)["due_at"]
    assert isinstance(due, int)
    desk.clock.set(due - 72 * w.HOUR - 1)
    desk.steps()
    assert feedback(desk, dispute)["warned_at"] is None
    desk.clock.advance(1)
    desk.steps()
    assert feedback(desk, dispute)["warned_at"] == due - 72 * w.HOUR
    other = desk.done("village", c.Register("02", "p", "application", ()))
    desk.done("village", c.Refer(w.TRANSFER, "mediation", w.agency_id("committee"), None, ""), other)
    desk.done("committee", c.Accept(w.ReferralId(desk.legs(other)[0]["referral"]), ""), other)
    due = feedback(desk, other)["due_at"]
    assert isinstance(due, int)
    desk.clock.set(due - 72 * w.HOUR)
    desk.steps()
    assert feedback(desk, other)["warned_at"] is None
    desk.clock.set(due - 48 * w.HOUR)
    desk.steps()
    assert feedback(desk, other)["warned_at"] == due - 48 * w.HOUR
    desk.close()


def test_a_red_report_is_warned_of_an_hour_before_its_two_are_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    dispute = desk.done("committee", c.Register("02", "p", "application", ()))
    desk.done("committee", c.Report((w.agency_id("centre"),), "red", ""), dispute)
    assert "warn" not in desk.steps()
    desk.clock.advance(w.HOUR - 1)
    assert "warn" not in desk.steps()
    desk.clock.advance(1)
    assert desk.steps()["warn"] == 1
    desk.close()
