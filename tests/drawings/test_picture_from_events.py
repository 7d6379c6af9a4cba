"""What a picture shows is read from the events: the worked example of the custody rules, row by row."""

from typing import Any

from hub.web.drawings.model import picture
from hub.words import DAY, HOUR
from tests.drawings.story import CENTRE, CITY, COMMITTEE, COURT, DEPARTMENT, START, STATION, Story, worked_example


def test_the_worked_example() -> None:
    shown = picture(worked_example().events, START + 30 * DAY)
    assert [hold.agency for hold in shown.holds] == [COMMITTEE, DEPARTMENT, COURT, CITY, COURT]
    assert [hold.moved_by for hold in shown.holds] == [0, 2, 3, 4, 4]
    assert [hold.until for hold in shown.holds[:-1]] == [hold.since for hold in shown.holds[1:]]
    assert shown.holds[-1].until is None
    assert [lane.agency for lane in shown.lanes] == [COMMITTEE, DEPARTMENT, COURT, CITY, STATION, CENTRE]
    assert [(leg.kind, leg.state, leg.reason) for leg in shown.legs] == [
        ("transfer", "returned", "not_competent"), ("assignment", "signed", ""), ("transfer", "accepted", ""),
        ("delegation", "concluded", "feedback"),
    ]  # fmt: skip
    assert [(say.label, say.source, say.target) for say in shown.says] == [
        ("异议", COMMITTEE, CENTRE), ("最终反馈", CITY, COURT),
    ]  # fmt: skip
    assert [mark.kind for mark in shown.marks] == ["attempt", "reached", "performed", "closed"]
    assert not shown.open


def test_attempts_count_per_custodian_and_uncounted_ones_have_no_number() -> None:
    story = Story(COMMITTEE)
    session: dict[str, Any] = {"why_not": "", "at": START, "place": "", "mediator": ""}
    for hours, counted in ((10, True), (20, False), (30, True)):
        story.at(hours, "attempt.held", counted=counted, **session)
    story.offer(40, b"1", CITY, kind="escalation", channel="mediation")
    story.at(50, "referral.accepted", CITY, referral=b"1", handler="", feedback_due_at=START)
    story.at(60, "attempt.held", counted=True, **session)
    shown = picture(story.events, START + 4 * DAY)
    assert [(m.kind, m.text) for m in shown.marks] == [
        ("attempt", "1"), ("uncounted", ""), ("attempt", "2"), ("attempt", "1"),
    ]  # fmt: skip


def test_a_reopened_dispute_is_open_again() -> None:
    story = Story(COMMITTEE).at(10, "dispute.closed", outcome="no_deal", summary="", rights_notice=True)
    assert not picture(story.events, START + DAY).open
    story.at(50, "dispute.reopened", grounds="", relapse=True)
    assert picture(story.events, START + 3 * DAY).open


def test_a_lapse_leaves_custody_where_it_was() -> None:
    story = Story(COMMITTEE).offer(5, b"1", STATION).at(130, "referral.lapsed", referral=b"1", accept_due_at=START)
    shown = picture(story.events, START + 130 * HOUR)
    assert [hold.agency for hold in shown.holds] == [COMMITTEE]
    assert shown.legs[0].state == "lapsed"


def test_a_return_by_consent_keeps_the_reason_it_was_proposed_for() -> None:
    story = Story(COMMITTEE).offer(5, b"1", STATION, channel="petition")
    story.at(10, "referral.signed", referral=b"1", feedback_due_at=None)
    proposal: dict[str, Any] = {"proposal": "return", "reason_code": "no_consent", "reason": "", "suggested": None}
    story.at(20, "referral.proposed", referral=b"1", consent_due_at=START, **proposal)
    story.at(30, "referral.returned", referral=b"1", reason_code="consented", reason="", suggested=None)
    leg = picture(story.events, START + 4 * DAY).legs[0]
    assert (leg.state, leg.reason) == ("returned", "no_consent")
