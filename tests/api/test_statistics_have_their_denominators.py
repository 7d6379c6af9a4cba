"""Statistics over HTTP: parts of wholes as of a position, only of what the caller may see."""

from __future__ import annotations

from typing import Any

from hub.projections.statistics import rounded
from hub.web.api.models import Statistics
from hub.web.api.models.statistics import EXAMPLE
from hub.words import agency_id, text
from tests.pages.city import COURT, HAMLET, TOWN, VILLAGE
from tests.pages.counted import Counted

CITY = Counted


def ask(peer: Any, query: str = "") -> dict[str, Any]:
    answer = peer.get(f"/v1/statistics?{query}")
    assert answer.status_code == 200, answer.json()
    Statistics.model_validate(answer.json())  # the description is whole
    found: dict[str, Any] = answer.json()
    return found


def rate(found: dict[str, Any], key: str) -> tuple[int, int, str | None]:
    (one,) = [i for i in found["indicators"] if i["key"] == key]
    return one["part"], one["whole"], one["value"]


def test_the_whole_city(city: Counted) -> None:
    supervisor = city.peer("supervisor", role="supervisor")
    found = ask(supervisor, "by=category,source,type,agency,place,month")
    assert rate(found, "mediation") == (3, 4, "75.00")
    assert rate(found, "success") == (2, 3, "66.67")
    assert rate(found, "performance") == (1, 2, "50.00")
    assert rate(found, "satisfaction") == (0, 0, None)
    assert (found["counts"]["amount"], found["position"]) == (2 * 12_345_67, city.hub.store.position())
    for group in found["groups"]:
        assert group["additive"]
        assert sum(i["counts"]["accepted"] for i in group["items"] if not i["parent"]) == 4, group["by"]
    by = {g["by"]: {i["key"]: i for i in g["items"]} for g in found["groups"]}
    assert len(by["category"]) == 22 and by["category"]["02"]["counts"]["accepted"] == 4
    assert by["source"]["application"]["counts"]["accepted"] == 4 and by["source"]["court"]["parent"] == "entrusted"
    assert {k: v["counts"]["accepted"] for k, v in by["type"].items() if v["counts"]["accepted"]} == {
        "residents": 2, "township": 1, "-": 1,
    }  # fmt: skip
    assert {k: v["counts"]["accepted"] for k, v in by["agency"].items()} == {VILLAGE: 2, TOWN: 1, COURT: 1}
    assert by["place"]["532301101"]["counts"]["accepted"] == 3 and by["place"]["-"]["counts"]["accepted"] == 1


def test_the_example_is_an_answer(city: Counted) -> None:
    Statistics.model_validate(EXAMPLE)
    described = city.peer("reader", role="auditor").get("/openapi.json").json()["paths"]["/v1/statistics"]["get"]
    assert described["responses"]["200"]["content"]["application/json"]["example"] == EXAMPLE
    for found in EXAMPLE["indicators"]:
        worth = rounded(found["part"], found["whole"], found["decimals"], times=100)
        assert found["value"] == (None if worth is None else f"{worth}")


def test_what_narrows_and_what_is_refused(city: Counted) -> None:
    supervisor = city.peer("narrowing", role="supervisor")
    assert ask(supervisor, f"agency={VILLAGE}")["counts"]["accepted"] == 2
    assert ask(supervisor, "place=532301101002")["counts"]["accepted"] == 1
    assert ask(supervisor, "committees=true")["counts"]["accepted"] == 3
    assert ask(supervisor, "last=2000-01-01")["counts"]["accepted"] == 0
    assert rate(ask(supervisor, "decimals=0"), "success") == (2, 3, "67")
    each = ask(supervisor, "count_by=each_org&by=agency")
    assert not each["groups"][0]["additive"]
    by = {i["key"]: i["counts"] for i in each["groups"][0]["items"]}
    assert (by[HAMLET]["mediated"], by[HAMLET]["decided"], by[HAMLET]["handed_up"]) == (1, 0, 1)
    for query, code in (
        ("by=weather", "request.invalid"), ("first=2024-02-01&last=2024-01-01", "request.query"),
        ("decimals=9", "request.invalid"), ("agency=nobody", "agency.unknown"), ("place=53'--", "request.invalid"),
    ):  # fmt: skip
        answer = supervisor.get(f"/v1/statistics?{query}")
        assert answer.status_code in (400, 404, 422), query
        assert answer.json()["code"].split(".")[0] == code.split(".")[0], answer.json()


def test_only_what_the_caller_may_see(city: Counted) -> None:
    town = city.peer("town-only", TOWN)  # itself and what stands below it
    assert ask(town)["counts"]["accepted"] == 3
    hamlet = city.peer("hamlet-only", HAMLET)
    assert ask(hamlet)["counts"]["accepted"] == 0  # what it handed up is credited to the town
    assert ask(hamlet, "count_by=each_org")["counts"]["handed_up"] == 1
    answer = hamlet.get(f"/v1/statistics?agency={text(agency_id(TOWN))}")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.denied")
    operator = city.peer("keeper", role="operator")
    assert operator.get("/v1/statistics").status_code == 403
