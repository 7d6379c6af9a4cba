"""What the interface proposes for a dispute: receivers and recipients with the reason, its procedures, their clocks."""

from __future__ import annotations

from typing import Any

from hub.web.api import models
from tests.pages.city import CENTRE, CIVIL, HAMLET, HOUSING, POLICE, TOWN, VILLAGE, City


def read(city: City, case: str, query: str = "") -> dict[str, Any]:
    answer = city.system.get(f"/v1/disputes/{case}/proposals{query}")
    assert answer.status_code == 200, answer.json()
    return models.Proposals.model_validate(answer.json()).model_dump()


def names(items: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(item["agency"]["code"], item["reasons"]) for item in items]


def test_receivers_with_their_reason(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    assert names(read(city, case)["receivers"])[0] == (VILLAGE, ["grid"])
    wide = read(city, case, "?spread=county")
    assert wide["spread"] == "county" and names(wide["receivers"])[0] == (CENTRE, ["across_counties"])
    assert HAMLET not in dict(names(read(city, case)["receivers"]))
    assert city.system.get(f"/v1/disputes/{case}/proposals?spread=moon").status_code == 400


def test_recipients_by_the_triggers_noted_and_the_grade(city: City) -> None:
    case = city.case(TOWN)
    assert read(city, case)["recipients"] == []
    noted = {"people": 40, "deaths": 0, "claimed": None, "emergency": False, "note": ""}
    city.do("particulars", TOWN, dispute=case, triggers=["violence", "cross_county"], **noted)
    city.do("grade", TOWN, dispute=case, scheme="four_colours", grade="红", ordinal=1)
    found = read(city, case)
    assert names(found["recipients"]) == [(POLICE, ["violence"]), (CENTRE, ["cross_county", "red"])]
    assert found["spread"] == "county"
    assert all(item["basis"] for item in found["recipients"])


def test_procedures_and_their_clocks(city: City) -> None:
    case = city.case(TOWN)
    city.do("step", TOWN, dispute=case, machine="labour_arbitration", step="told", referral=None, document="1", note="")
    city.do("reach_agreement", TOWN, dispute=case, form="written", amount=None, due_on=None)
    found = read(city, case)
    (standing,) = found["procedures"]
    assert (standing["procedure"], standing["step"]) == ("labour_arbitration", "told")
    assert [step["step"] for step in standing["next"]] == ["applied", "payment_order"] and standing["guard"]["en"]
    (clock,) = found["clocks"]
    assert (clock["clock"], clock["started_by"]) == ("confirm_apply", "agreement.reached") and clock["basis"]


def test_who_has_no_part_learns_nothing(city: City) -> None:
    case = city.case(TOWN)
    stranger = city.peer("stranger", HOUSING)
    answer = stranger.get(f"/v1/disputes/{case}/proposals")
    assert (answer.status_code, answer.json()["code"]) == (404, "dispute.unknown")
