"""Every running limit over HTTP with each day of its count; packs and calendar as they hold."""

from __future__ import annotations

from typing import Any

import pytest

from hub.contract.jsonform import micros
from hub.web.api import models
from hub.web.api.examples import DISPUTE
from hub.web.api.examples_rules import LIMITS, YEAR
from hub.words import DAY, agency_id, text
from tests.rules.court import Court
from tests.web.hubs import Peer, Trial


@pytest.fixture(scope="module")
def reader(told: Trial) -> Peer:
    return told.peer("reader", role="auditor")


def limits(peer: Peer, dispute: str) -> dict[str, dict[str, Any]]:
    answer = peer.get(f"/v1/disputes/{dispute}/limits")
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    models.RunningLimits.model_validate(found)
    return {item["key"]: item for item in found["items"]}


def told_of(value: Any) -> Any:
    """Without what is null: the description leaves it out."""
    if isinstance(value, dict):
        return {key: told_of(one) for key, one in value.items() if one is not None}
    return [told_of(one) for one in value] if isinstance(value, list) else value


def test_the_examples_are_what_is_answered(reader: Peer) -> None:
    shown = reader.get(f"/v1/disputes/{DISPUTE}/limits").json()
    days = shown["items"][0]["counts"][0]["days"]
    assert len(days) == 16, "the day it starts and fifteen more"
    shown["items"][0]["counts"][0]["days"] = days[:3]
    assert shown["items"] == LIMITS["items"]
    year = reader.get("/v1/policy/calendar?year=2026&region=532301").json()
    assert len(year["days"]) > 30
    assert {**year, "days": year["days"][:5]} == YEAR
    described = reader.get("/openapi.json").json()["paths"]
    for path, example in (("/v1/disputes/{dispute_id}/limits", LIMITS), ("/v1/policy/calendar", YEAR)):
        shown = described[path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        assert shown == told_of(example)


def test_the_packs_name_every_limit_with_its_basis(reader: Peer) -> None:
    packs = reader.get("/v1/policy").json()
    models.Packs.model_validate(packs)
    assert [p["since"] for p in packs["items"]] == ["2023-01-01", "2025-01-01", "2026-01-01"]
    assert [p["current"] for p in packs["items"]] == [False, False, True]
    assert all(p["overlay"] == "chuxiong.1" and p["ladder"] == "chuxiong.1" for p in packs["items"])
    legal = [limit for p in packs["items"] for limit in p["limits"] if limit["obligation"] == "legal"]
    assert [limit["amount"] for limit in legal] == [30, 7, 15, 15, 7, 15, 30, 15, 7, 15, 30]
    assert {limit["basis_kind"] for limit in legal} == {"law"}
    clocks = {clock["clock"]: clock for clock in packs["items"][-1]["clocks"]}
    assert (clocks["petition_handle"]["amount"], clocks["petition_handle"]["from"]) == (60, ["petition/accepted"])
    petition = next(c for c in packs["items"][0]["channels"] if c["channel"] == "petition")
    assert petition["returns"] == "consent" and "§23" in petition["basis"]


@pytest.mark.parametrize("query", ["year=1999", "year=2051", "year=x", "year=2026&region=abc", "region=5323"])
def test_a_bad_year_or_region_is_a_problem(reader: Peer, query: str) -> None:
    assert reader.get(f"/v1/policy/calendar?{query}").json()["code"] == "request.query"


def test_a_year_without_a_notice_is_provisional_from_end_to_end(reader: Peer) -> None:
    year = reader.get("/v1/policy/calendar?year=2027").json()
    assert (year["known"], year["days"]) == (False, [])
    assert year["provisional"] == [{"first": "2027-01-01", "last": "2027-12-31"}]


def test_a_stranger_is_told_nothing_of_a_dispute(told: Trial) -> None:
    answer = told.peer("stranger").get(f"/v1/disputes/{DISPUTE}/limits")
    assert (answer.status_code, answer.json()["code"]) == (404, "dispute.unknown")


def test_two_clocks_of_a_court_delegation(trial: Trial) -> None:
    court = Court(trial)
    offered = limits(court.peer, court.dispute)
    assert offered["accept-1"]["legal"] is None, "the law's clock starts at sign-for"
    trial.clock.advance(DAY)
    court.sign()
    signed = limits(court.peer, court.dispute)["accept-1"]
    assert signed["due_at"] == offered["accept-1"]["due_at"] == signed["service"]["due_at"]
    assert micros(signed["legal"]["since"]) == micros(signed["service"]["since"]) + DAY
    assert (
        signed["legal_due_at"] == signed["legal"]["due_at"] and "legal.court.delegation.15d" in signed["legal"]["rule"]
    )
    trial.clock.advance(DAY)
    court.accept()
    feedback = limits(court.peer, court.dispute)["feedback-1"]
    assert feedback["due_at"] == feedback["legal_due_at"] == signed["legal_due_at"]
    assert feedback["basis_kind"] == "law" and "§27" in feedback["basis"]
    assert feedback["since"] == signed["legal"]["since"] and feedback["recounted"] == feedback["due_at"]
    last = feedback["counts"][0]["days"][-1]
    assert last["counted"] == 15 or last["rolled"]


def test_an_extension_is_counted_from_the_end_before_it(trial: Trial) -> None:
    court = Court(trial)
    court.sign()
    court.accept()
    before = limits(court.peer, court.dispute)["feedback-1"]
    court.post(
        "extend", court.court, dispute=court.dispute, obligation="feedback", referral=court.referral,
        cause="appraisal", days=7, reason="笔迹鉴定",
    )  # fmt: skip
    after = limits(court.peer, court.dispute)["feedback-1"]
    assert [change["change"] for change in after["changes"]] == ["extended"]
    assert (after["changes"][0]["days"], after["changes"][0]["cause"]) == (7, "appraisal")
    first, second = after["counts"]
    assert first == before["counts"][0] and first["ends_at"] == before["due_at"]
    assert second["ends_at"] == after["due_at"] == after["recounted"]
    assert max(day["counted"] or 0 for day in second["days"]) == 7
    assert second["days"][0]["date"] == first["days"][-1]["date"], "from the last day"
    assert text(agency_id("532301101.committee")) == after["debtor"]["id"]
