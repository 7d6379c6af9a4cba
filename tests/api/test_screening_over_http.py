"""Screening over HTTP: the calendar, the ledger, a quarter, a supervision round, only of what the caller may see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.web import screening as named
from hub.web.api import models
from hub.web.api.models.screening import EXAMPLES
from tests.pages.city import HAMLET, POLICE, TOWN, VILLAGE
from tests.pages.screened import GROUP, IDLE, WEEKS, Screened
from tests.web.hubs import Peer

CITY = Screened
SHAPES: dict[str, Any] = {
    "": models.ScreeningCalendar, "/ledger": models.ScreeningLedger, "/analysis": models.ScreeningAnalysis,
    "/inspections": models.ScreeningInspections,
}  # fmt: skip


@pytest.fixture(scope="module")
def supervisor(city: Screened) -> Peer:
    return city.peer("supervisor", role="supervisor")


def ask(peer: Peer, path: str = "", query: str = "") -> dict[str, Any]:
    answer = peer.get(f"/v1/screening{path}?{query}")
    assert answer.status_code == 200, answer.json()
    SHAPES[path].model_validate(answer.json())  # the description is whole
    found: dict[str, Any] = answer.json()
    return found


def test_the_calendar_of_the_weeks(supervisor: Peer) -> None:
    found = ask(supervisor, "", "first=2026-11-30&last=2027-01-04")
    assert found["schedule"]["schedule"] == "group_week" and len(found["schedules"]) == 6
    assert [p["first"] for p in found["periods"]] == [*(w.isoformat() for w in WEEKS), "2027-01-04"]
    cells = {x["agency"]["code"]: [c["state"] for c in x["cells"]] for x in found["items"]}
    assert cells == {GROUP: ["filed"] * 5 + ["running"], IDLE: ["late", "missed", "missed", "missed", "due", "running"]}
    assert found["totals"][0] == {"filed": 1, "late": 1} and found["agencies"] == 2
    assert found["items"][1]["cells"][4]["due_at"] == "2027-01-05T16:00:00.000000Z"
    assert found["items"][0]["cells"][0] == {"state": "filed", "found": 1, "settled": 1, "due_at": None}


def test_pages_of_the_calendar(supervisor: Peer) -> None:
    first = ask(supervisor, "", "schedule=village_month&limit=1")
    second = ask(supervisor, "", f"schedule=village_month&limit=1&cursor={first['next']}")
    assert [x["items"][0]["agency"]["code"] for x in (first, second)] == [VILLAGE, HAMLET]
    assert first["agencies"] == 2 and second["next"] is None and len(first["periods"]) == 12


def test_the_ledger_narrowed(city: Screened, supervisor: Peer) -> None:
    everything = ask(supervisor, "/ledger")
    assert [x["lead"] for x in everything["items"]] == [city.leads[n] for n in ("new", "red", "done", "case")]
    red = everything["items"][1]
    assert (red["agency"]["code"], red["ordinal"], red["raw"], red["measures"]) == (VILLAGE, 1, "红", "专人走访")
    assert everything["items"][3]["dispute"] == city.dispute
    for query, names in (
        ("state=open", ["new", "red"]), ("state=settled", ["done", "case"]), ("grade=0&state=open", ["new"]),
        (f"agency={VILLAGE}", ["red", "case"]), ("category=06", ["new"]), ("place=532301101002", ["new"]),
        ("outcome=resolved", ["done"]), ("source=grid", ["new"]), ("first=2027-01-01", []),
    ):  # fmt: skip
        found = ask(supervisor, "/ledger", query)
        assert [x["lead"] for x in found["items"]] == [city.leads[n] for n in names], query
        assert found["total"] == len(names)
    page = ask(supervisor, "/ledger", "limit=3")
    assert [x["lead"] for x in ask(supervisor, "/ledger", f"cursor={page['next']}")["items"]] == [city.leads["case"]]


def test_a_quarter_and_the_one_before(supervisor: Peer) -> None:
    found = ask(supervisor, "/analysis", "quarter=2026-Q4")
    assert (found["current"]["first"], found["before"]["quarter"]) == ("2026-10-01", "2026-Q3")
    rounds = {r["schedule"]: r for r in found["current"]["rounds"]}
    # four weeks end in 2026: one filed late after it was missed, three missed by the idle group
    week = rounds["group_week"]
    assert (week["owed"], week["filed"], week["late"], week["missed"], week["outstanding"]) == (8, 4, 1, 3, 0)
    assert (week["caught_up"], rounds["village_month"]["owed"], rounds["village_month"]["outstanding"]) == (1, 2, 1)
    assert (found["current"]["reported"], found["current"]["still_open"]) == (4, 2)
    assert found["current"]["grades"] == {"0": 3, "1": 1} and found["current"]["settled"] == {
        "registered": 1,
        "resolved": 1,
    }
    assert found["before"]["reported"] == 0 and ask(supervisor, "/analysis")["current"]["quarter"] == "2027-Q1"


def test_a_supervision_round(supervisor: Peer) -> None:
    found = ask(supervisor, "/inspections")
    assert (found["round"], found["inspected"], found["owing"]) == ("2027-H1", 1, 1)
    (town,) = found["items"]
    assert (town["agency"]["code"], town["raised"], town["open"], town["rectified"], town["overdue"]) == (
        TOWN,
        2,
        1,
        1,
        0,
    )
    assert ask(supervisor, "/inspections", "round=2026-H2")["inspected"] == 0


def test_only_what_the_caller_may_see(city: Screened) -> None:
    hamlet = city.peer("hamlet", HAMLET)
    assert [x["agency"]["code"] for x in ask(hamlet, "", "schedule=village_month")["items"]] == [HAMLET]
    assert [x["lead"] for x in ask(hamlet, "/ledger")["items"]] == [city.leads["new"]]
    assert ask(hamlet, "/analysis", "quarter=2026-Q4")["current"]["reported"] == 1
    assert ask(hamlet, "/inspections")["items"] == []
    assert ask(city.peer("station", POLICE), "", "schedule=group_week")["agencies"] == 0
    town = ask(city.peer("town", TOWN), "", "schedule=group_week")
    assert [x["agency"]["code"] for x in town["items"]] == [GROUP, IDLE]
    refused = hamlet.get(f"/v1/screening/ledger?agency={VILLAGE}")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (403, "access.denied", "agency")
    assert city.peer("keeper", role="operator").get("/v1/screening").status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?schedule=weather", "schedule"), ("?first=2026-02-01&last=2026-01-01", "last"),
        ("?schedule=group_week&first=2020-01-01", "first"), ("?first=0001-01-01", "last"), ("?last=9999-12-31", "last"),
        ("/analysis?quarter=2026-Q5", "quarter"), ("/analysis?quarter=0001-Q1", "quarter"),
        ("/inspections?round=2026-H3", "round"), ("/inspections?round=9999-H2", "round"),
        ("/inspections?round=0000-H1", "round"), ("?cursor=x", "cursor"), ("/ledger?cursor=x", "cursor"),
    ],
)  # fmt: skip
def test_what_is_asked_amiss_is_refused(supervisor: Peer, query: str, field: str) -> None:
    answer = supervisor.get(f"/v1/screening{query}")
    assert answer.status_code == 400 and answer.json()["field"] == field, answer.json()


def test_the_examples_are_answers(supervisor: Peer) -> None:
    described = supervisor.get("/openapi.json").json()["paths"]
    assert set(EXAMPLES) == {f"/v1/screening{path}" for path in SHAPES}
    for path, shape in SHAPES.items():
        example = EXAMPLES[f"/v1/screening{path}"]
        shape.model_validate(example)
        answer = described[f"/v1/screening{path}"]["get"]["responses"]["200"]
        assert answer["content"]["application/json"]["example"] == example
    for item in EXAMPLES["/v1/screening/analysis"]["current"]["rounds"]:
        assert item["owed"] == item["filed"] + item["late"] + item["missed"] + item["outstanding"]


def test_the_answer_waits_for_what_was_recorded(city: Screened, supervisor: Peer) -> None:
    recorded = city.hub.store.position()
    assert ask(supervisor, "/ledger", f"wait={recorded}")["position"] == recorded
    late = ask(supervisor, "/ledger", f"wait={recorded + 5}")
    assert (late["recorded_at_position"], late["view_position"]) == (recorded + 5, recorded)


@pytest.mark.parametrize(
    ("name", "first", "last", "before"),
    [("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4"), ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3")],
)
def test_quarters(name: str, first: str, last: str, before: str) -> None:
    days = named.quarter_days(name)
    assert [date.fromordinal(day).isoformat() for day in days] == [first, last]
    assert named.quarter_before(name) == before and {named.quarter_of(day) for day in days} == {name}
