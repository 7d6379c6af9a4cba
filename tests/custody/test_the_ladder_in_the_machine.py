"""首调责任制 played through the machine: who counts, who may pass on, what stands in the log."""

from __future__ import annotations

from typing import Any

import pytest

from hub import words as w
from hub.aggregates.agency.registry import Registry
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.policy import Policy, shipped_policy
from tests.given import Given, agencies, referral

START = 1_767_225_600 * w.SECOND  # 2026-01-01
PACK = shipped_policy("532301").at(START)
TOWN: tuple[tuple[str, str, str, str | None], ...] = (
    ("centre", "centre", "532301", None),
    ("city", "committee", "532301", "centre"),
    ("town", "committee", "532301101", "city"),
    ("village", "committee", "532301101201", "town"),
    ("group", "group", "532301101201", "village"),
    ("housing", "department_committee", "532301", "centre"),
    ("station", "police", "532301101", None),
    ("court", "court", "532301", None),
)
LEVELS = {"city": "city", "town": "township", "village": "village", "group": "group", "housing": "city"}


def made(category: str = "02", at: str = "group") -> Given:
    registry = agencies(*TOWN)
    for ident, agency in list(registry.agencies.items()):
        known = agency._replace(
            level=LEVELS.get(agency.code, ""), competences=("15",) if agency.code == "housing" else ()
        )
        registry.agencies[ident] = known  # type: ignore[index]
    return Given(registry, PACK, START).given((at, c.Register(category, "532301101201", "application", ()), "d"))


def attempt(result: str = "no_deal", counted: bool = True, why_not: str = "") -> c.Attempt:
    return c.Attempt(counted, why_not, 0, "", "", result, "face_to_face")


def held(hub: Given, by: str, result: str = "no_deal", hours: int = 25) -> Given:
    """A session ``hours`` after the last one."""
    hub.now += hours * w.HOUR
    return hub.when(by, attempt(result)._replace(at=hub.now))


def stood(hub: Given) -> e.LadderStood:
    assert not isinstance(hub.answer, w.Refusal), hub.answer
    found = [event.body for event in hub.answer if isinstance(event, e.Event) and isinstance(event.body, e.LadderStood)]
    assert len(found) == 1, hub.types()
    return found[0]


def up(hub: Given, by: str, to: str, kind: str = w.ESCALATION) -> Given:
    return hub.when(by, c.Refer(kind, "mediation", w.agency_id(to), None, ""), f"{by}>{to}")


def test_it_begins_where_the_dispute_is_registered() -> None:
    for at, level, required in (
        ("group", "group", 8),
        ("village", "village", 6),
        ("town", "township", 4),
        ("city", "city", 2),
    ):
        hub = made(at=at)
        body = stood(hub)
        assert (body.branch, body.level, body.entry, body.required, body.state) == (
            "civil",
            level,
            level,
            required,
            "climbing",
        )
        assert body.next == "again" and body.due_at is not None and body.rule.startswith(f"ladder.{level}.")


def test_four_levels_with_two_sessions_each_and_then_the_exits() -> None:
    hub = made()
    path = ["group", "village", "town", "city"]
    for n, by in enumerate(path):
        held(hub, by)
        assert stood(hub).tries == 1 and stood(hub).next == "again"
        held(hub, by)
        assert (stood(hub).tries, stood(hub).total) == (2, 2 * n + 2)
        if by == "city":
            break
        assert (stood(hub).next, stood(hub).next_level) == ("escalate", LEVELS[path[n + 1]])
        up(hub, by, path[n + 1]).then("referral.offered")
        hub.when(path[n + 1], c.Accept(referral(f"{by}>{path[n + 1]}"), "")).then("referral.accepted", "ladder.stood")
    body = stood(hub)
    assert (body.state, body.next, body.total, body.required) == ("exhausted", "exit", 8, 8)
    assert hub["d"].custodian == w.agency_id("city"), "exhausted, and still somebody's"
    hub.when("city", c.Close("no_deal", "", False)).refused("ladder.exits_untold")
    hub.when("city", c.Close("no_deal", "", True))
    assert hub["d"].status == w.CLOSED


def test_nobody_passes_it_up_early_or_past_a_level() -> None:
    hub = made()
    up(hub, "group", "village").refused("ladder.tries_left")
    up(hub, "group", "village", w.TRANSFER).refused("ladder.tries_left")
    held(hub, "group")
    up(hub, "group", "village").refused("ladder.tries_left")
    held(hub, "group")
    up(hub, "group", "town").refused("ladder.not_next")
    up(hub, "group", "village").then("referral.offered")


def test_beside_the_ladder_it_may_go() -> None:
    hub = made()
    hub.when("group", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, "")).then("referral.offered")


def test_sessions_less_than_a_day_apart_count_once() -> None:
    hub = made()
    held(hub, "group")
    held(hub, "group", hours=3).then("attempt.held")
    body = hub.answer[0].body  # type: ignore[union-attr]
    assert isinstance(body, e.AttemptHeld) and (body.counted, body.why_not) == (False, "too_soon")


def test_what_does_not_count_says_why() -> None:
    hub = made()
    for said, why in (
        (attempt("no_show"), "first_no_show"), (attempt("not_held", False, "postponed"), "postponed"),
        (attempt("no_deal", False, "fact_finding"), "fact_finding"),
        (attempt()._replace(mode="phone"), "phone_only"),
    ):  # fmt: skip
        hub.now += 25 * w.HOUR
        hub.when("group", said._replace(at=hub.now))
        body = hub.answer[0].body  # type: ignore[union-attr]
        assert isinstance(body, e.AttemptHeld) and (body.counted, body.why_not) == (False, why)
    held(hub, "group", "no_show")
    assert stood(hub).tries == 1, "the second absence counts as failed"
    held(hub, "group", "no_show")
    assert stood(hub).state == "terminated", "the third is a refusal"


def test_a_session_of_the_first_version_counts_as_its_author_says() -> None:
    hub = made()
    hub.when("group", c.Attempt(True, "", hub.now, "", ""))
    assert stood(hub).tries == 1


def test_an_agreement_ends_it() -> None:
    hub = made()
    held(hub, "group")
    hub.when("group", c.ReachAgreement("oral", None, None))
    assert stood(hub).state == "resolved"


def test_an_escalation_comes_back_once_and_never_for_being_too_hard() -> None:
    hub = made()
    held(hub, "group")
    held(hub, "group")
    up(hub, "group", "village").then("referral.offered")
    r = referral("group>village")
    hub.when("village", c.Return(r, "not_competent", "", None)).refused("ladder.return_reason")
    hub.when("village", c.Return(r, "missing_record", "", None)).then("referral.returned", "ladder.stood")
    assert stood(hub).returned and hub["d"].custodian == w.agency_id("group")


def test_red_stops_it_and_it_climbs_on() -> None:
    hub = made()
    held(hub, "group")
    hub.when("group", c.Grade("four", "red", 1)).then("dispute.graded", "ladder.stood")
    assert (stood(hub).state, stood(hub).next) == ("suspended", "report")
    hub.when("group", c.Ladder("resume", "", "", "", True, "", None)).then("ladder.stood")
    assert (stood(hub).state, stood(hub).tries) == ("climbing", 1)


def ladder(act: str, **fields: Any) -> c.Ladder:
    return c.Ladder(act, "", "", "", False, "", None)._replace(**fields)


def test_an_exemption_names_reason_and_who_approved_it() -> None:
    hub = made()
    hub.when("group", ladder("exempt", exemption="R2", reason="调解员与一方有亲属关系")).refused("ladder.no_approver")
    hub.when("group", ladder("exempt", exemption="R2", approver=w.agency_id("town"))).refused("ladder.no_reason")
    named = ladder("exempt", exemption="R2", reason="调解员与一方有亲属关系", approver=w.agency_id("station"))
    hub.when("group", named).refused("assignment.not_superior")
    hub.when("group", named._replace(approver=w.agency_id("town"))).then("ladder.stood")
    body = stood(hub)
    assert (body.exemption, body.approver, body.skipped, body.level) == (
        "R2",
        w.agency_id("town"),
        ("group",),
        "village",
    )


def test_industry_disputes_go_from_the_department_to_the_city() -> None:
    hub = made("15", "housing")
    assert (stood(hub).branch, stood(hub).level, stood(hub).required) == ("industry", "department", 4)
    held(hub, "housing")
    held(hub, "housing")
    assert stood(hub).next_level == "city"
    up(hub, "housing", "city").then("referral.offered")


def test_an_industry_dispute_at_a_village_is_on_no_ladder_until_it_comes_to_the_department() -> None:
    hub = made("15", "village").then("dispute.registered")
    hub.when("village", attempt()._replace(at=hub.now)).then("attempt.held")
    hub.when("village", c.Refer(w.TRANSFER, "mediation", w.agency_id("housing"), None, ""), "r").then(
        "referral.offered"
    )
    hub.when("housing", c.Accept(referral("r"), "")).then("referral.accepted", "ladder.stood")
    assert stood(hub).level == "department"


def test_a_courts_delegation_is_on_no_ladder() -> None:
    hub = made("02", "court").then("dispute.registered")
    hub.given(("court", c.Inform("delegation", "all", "")))
    hub.when("court", c.Refer(w.DELEGATION, "court", w.agency_id("town"), None, ""), "r").then("referral.offered")
    hub.when("town", c.Accept(referral("r"), "")).then("referral.accepted")
    hub.when("town", ladder("end")).refused("ladder.none")


def test_the_parties_may_end_it_at_any_time() -> None:
    hub = made()
    hub.when("group", ladder("end", reason="一方要求起诉")).then("ladder.stood")
    assert (stood(hub).state, stood(hub).next) == ("terminated", "terminate")
    hub.when("group", ladder("resume")).refused("ladder.no_consent")


@pytest.mark.parametrize(("act", "code"), [("branch", "ladder.branch_unknown"), ("other", "field.unknown_code")])
def test_bad_input(act: str, code: str) -> None:
    made().when("group", ladder(act, branch="nowhere")).refused(code)


def test_only_the_custodian_of_an_open_dispute() -> None:
    hub = made()
    hub.when("town", ladder("end")).refused("dispute.not_custodian")
    hub.given(("group", c.Close("no_deal", "", True)))
    hub.when("group", ladder("end")).refused("dispute.closed")


# --- beside the ladder, and when it has ended ---


def transfer(to: str, kind: str = w.TRANSFER, channel: str = "mediation") -> c.Refer:
    return c.Refer(kind, channel, w.agency_id(to), None, "")


def taken(hub: Given, by: str, to: str, kind: str = w.TRANSFER, channel: str = "mediation") -> Given:
    """Offered and accepted."""
    hub.when(by, transfer(to, kind, channel), f"{by}>{to}").then("referral.offered")
    return hub.when(to, c.Accept(referral(f"{by}>{to}"), ""))


def test_another_organs_session_uses_up_nobodys_tries() -> None:
    hub = made()
    taken(hub, "group", "station", channel="police").then("referral.accepted")
    held(hub, "station").then("attempt.held")
    body = hub.answer[0].body  # type: ignore[union-attr]
    assert isinstance(body, e.AttemptHeld) and (body.counted, body.why_not) == (False, "other_organ")


def test_what_stands_beside_passes_it_to_any_level_but_escalates_nothing_early() -> None:
    hub = made()
    taken(hub, "group", "station", channel="police")
    hub.when("station", transfer("village", w.ESCALATION), "e").refused("ladder.tries_left")
    hub.when("station", transfer("group", w.ESCALATION), "back").then("referral.offered")
    hub.given(("station", c.Withdraw(referral("back"), "")))
    taken(hub, "station", "town").then("referral.accepted", "ladder.stood")
    assert stood(hub).level == "township"


def test_no_escalation_to_another_organ_of_the_level() -> None:
    hub = made(at="village")
    other = hub.registry.agencies[w.agency_id("village")]._replace(id=w.agency_id("twin"), code="twin")
    hub.registry.agencies[other.id] = other  # type: ignore[index]
    hub.when("village", transfer("twin", w.ESCALATION)).refused("ladder.tries_left")


def test_a_delegation_may_go_anywhere() -> None:
    hub = made()
    hub.when("group", transfer("town", w.DELEGATION)).then("referral.offered")


def test_a_terminated_dispute_is_not_escalated_but_may_be_passed_on() -> None:
    hub = made()
    held(hub, "group", "refused")
    assert stood(hub).state == "terminated"
    hub.when("group", transfer("village", w.ESCALATION)).refused("ladder.not_climbing")
    hub.when("group", transfer("village")).then("referral.offered")


def test_a_suspended_one_may_be_escalated() -> None:
    hub = made()
    hub.given(("group", c.Grade("four", "red", 1)))
    hub.when("group", transfer("village", w.ESCALATION)).then("referral.offered")


def test_a_transfer_is_returned_for_any_reason_and_the_ladder_does_not_hear_of_it() -> None:
    hub = made()
    held(hub, "group")
    held(hub, "group")
    hub.given(("group", transfer("station", channel="police"), "r"))
    hub.when("station", c.Return(referral("r"), "not_competent", "", None)).then("referral.returned")


def test_a_second_return_of_the_escalation_is_refused() -> None:
    hub = made()
    other = hub.registry.agencies[w.agency_id("village")]._replace(id=w.agency_id("twin"), code="twin")
    hub.registry.agencies[other.id] = other  # type: ignore[index]
    held(hub, "group")
    held(hub, "group")
    up(hub, "group", "village")
    hub.given(("village", c.Return(referral("group>village"), "missing_record", "", None)))
    up(hub, "group", "twin").then("referral.offered")
    hub.when("twin", c.Return(referral("group>twin"), "missing_record", "", None)).refused("ladder.returned_once")


def test_while_a_court_has_entrusted_it_the_ladder_stands_still() -> None:
    hub = made()
    taken(hub, "group", "court", channel="court")
    hub.given(("court", c.Inform("delegation", "all", "")))
    taken(hub, "court", "town", w.DELEGATION, "court").then("referral.accepted")
    held(hub, "town").then("attempt.held")
    standing = hub["d"].standing
    assert standing is not None
    assert (standing.level, standing.total) == ("group", 0)


def test_a_dispute_keeps_the_scheme_it_began_under() -> None:
    hub = made()
    policy = shipped_policy("532301")
    hub.pack = PACK._replace(id="T", ladder=None)
    known = {**policy.known, "T": hub.pack}
    hub.pack = Policy((hub.pack,), known)
    held(hub, "group")
    assert (stood(hub).scheme, stood(hub).tries) == ("chuxiong.1", 1)


def test_a_closed_dispute_stays_where_it_stood() -> None:
    hub = made(at="court")
    hub.given(("court", c.Close("no_deal", "", True)))
    closing = hub.registry.agencies[w.agency_id("court")]._replace(state=w.CLOSING, successor=w.agency_id("city"))
    hub.registry = Registry({**hub.registry.agencies, closing.id: closing})
    hub.when("hub", c.Succeed(w.agency_id("court"))).then("custody.succeeded")


def test_a_place_on_the_ladder_is_shared_by_all_disputes_there() -> None:
    one, other = made(), made()
    assert one["d"].rung is other["d"].rung
