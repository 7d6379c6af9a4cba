"""What a system has no part in does not exist for it: not by id, list, count, queue, or difference between refusals."""

import uuid
from typing import Any

import pytest

from hub.web.api import models
from hub.web.api.examples import DISPUTE, HAMLET, HOUSING, OPERATOR, SECOND, STATION, TOWN, VILLAGE
from tests.web.hubs import Peer, Trial, command
from tests.web.test_bad_bodies_are_refused import problem

CODES = {
    "village": "532301101201.committee", "town": "532301101.committee", "station": "532301101.police",
    "housing": "532301.department.housing", "centre": "532301.centre",
}  # fmt: skip
PATHS = ("/v1/disputes/{}", "/v1/disputes/{}/events", "/v1/disputes/{}/chain")


@pytest.fixture(scope="module")
def peers(shared: Trial) -> dict[str, Peer]:
    made = shared.play()
    made |= {name: shared.peer(name, code) for name, code in CODES.items()}
    made["stranger"] = shared.peer("stranger", "532301101202.committee")  # a dissolved agency with no part in anything
    made["nobody"] = shared.peer("nobody")
    made["auditor"] = shared.peer("auditor", role="auditor")
    made["party"] = shared.peer("party", role="supervisor")
    return made


def listed(peer: Peer) -> set[str]:
    return {row["dispute"] for row in peer.get("/v1/disputes").json()["items"]}


@pytest.mark.parametrize("name", ["village", "town", "station", "housing", "centre", "auditor", "party"])
def test_who_has_or_had_a_part_or_stands_above_sees_the_dispute(peers: dict[str, Peer], name: str) -> None:
    for path in PATHS:
        assert peers[name].get(path.format(DISPUTE)).status_code == 200
    assert DISPUTE in listed(peers[name])


@pytest.mark.parametrize("name", ["stranger", "nobody"])
@pytest.mark.parametrize("path", PATHS)
def test_a_dispute_one_has_no_part_in_is_like_one_that_is_not_there(
    peers: dict[str, Peer], name: str, path: str
) -> None:
    there, absent = (peers[name].get(path.format(i)) for i in (DISPUTE, str(uuid.uuid4())))
    problem(there, 404, "dispute.unknown")
    assert there.content == absent.content
    assert listed(peers[name]) == set()


def test_acting_on_it_is_refused_alike_too(peers: dict[str, Peer]) -> None:
    kept = []
    for target in (SECOND, str(uuid.uuid4())):
        body = command("grade", CODES["station"], dispute=target, scheme="s", grade="g", ordinal=1)
        found = problem(peers["station"].post(body), 404, "dispute.unknown")
        assert found.pop("dispute") == target and found.pop("command_id") == body["command_id"]
        kept.append(found)
    assert kept[0] == kept[1]


def test_the_second_dispute_is_its_committees_and_its_superiors(peers: dict[str, Peer]) -> None:
    assert {n for n in CODES if SECOND in listed(peers[n])} == {"village", "town", "centre"}


def test_the_operator_reads_no_dispute(peers: dict[str, Peer]) -> None:
    for path in PATHS:
        problem(peers[OPERATOR].get(path.format(DISPUTE)), 403, "access.denied")


def test_queues_are_of_the_agencies_in_scope(peers: dict[str, Peer]) -> None:
    assert peers["town"].get(f"/v1/queues/{VILLAGE}?kind=act").status_code == 200
    assert peers["centre"].get(f"/v1/queues/{CODES['housing']}/sizes").status_code == 200
    problem(peers["village"].get(f"/v1/queues/{TOWN}?kind=act"), 403, "access.denied", "agency")
    problem(peers["village"].get(f"/v1/queues/{uuid.uuid4()}?kind=act"), 404, "agency.unknown", "agency")


def test_figures_count_only_what_is_in_scope(peers: dict[str, Peer]) -> None:
    def sent(name: str, query: str = "") -> int:
        found = models.Completeness.model_validate(peers[name].get(f"/v1/completeness{query}").json())
        assert all(item.difference == 0 for item in found.items)
        return sum(item.sent for item in found.items)

    everything = sent("auditor")
    parts = {name: sent(name) for name in ("village", "housing", "station")}
    assert parts["station"] == 0 and parts["village"] == 2 and everything > parts["village"] + parts["housing"]
    assert sent("centre") == everything == sent("centre", "?by=kind") == sent("centre", "?by=agency,month")
    problem(peers["village"].get(f"/v1/completeness?agency={HOUSING}"), 403, "access.denied", "agency")


def test_obligations_are_of_and_towards_the_agencies_in_scope(peers: dict[str, Peer]) -> None:
    def debtors(name: str) -> set[str]:
        found = models.Queue.model_validate(peers[name].get("/v1/obligations").json())
        return {item.debtor.id for item in found.items}

    assert HOUSING in debtors("housing") and HOUSING in debtors("centre") and HOUSING in debtors("auditor")
    assert debtors("station") <= {STATION}
    assert debtors("stranger") == set()
    assert HAMLET not in debtors("auditor")


def masked(peer: Peer) -> Any:
    return [p["masked"] for p in peer.get(f"/v1/disputes/{DISPUTE}").json()["parties"]]


def test_masked_names_are_for_those_who_act_and_end_when_erased(shared: Trial, peers: dict[str, Peer]) -> None:
    assert masked(peers["village"]) == masked(peers["housing"]) == masked(peers["party"]) == ["张某某"]
    assert masked(peers["auditor"]) == [None]
    before = peers["village"].get(f"/v1/disputes/{DISPUTE}").json()["parties"][0]["commitment"]
    assert shared.hub.store.sealed.erase(uuid.UUID(DISPUTE).bytes) == 1
    assert masked(peers["village"]) == [None]
    assert peers["village"].get(f"/v1/disputes/{DISPUTE}").json()["parties"][0]["commitment"] == before
