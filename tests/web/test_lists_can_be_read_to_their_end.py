"""Pages, cursors, ETags and waiting: a list read page by page is the list, whatever is inserted meanwhile."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.web.api import models
from hub.web.api.examples import DISPUTE, HOUSING, STORY, SYSTEM
from tests.web.hubs import Peer, Trial, command
from tests.web.test_bad_bodies_are_refused import problem

VILLAGE = "532301101201.committee"


@pytest.fixture(scope="module")
def peers(shared: Trial) -> dict[str, Peer]:
    made = shared.play() | {"auditor": shared.peer("auditor", role="auditor")}
    for _ in range(7):
        assert made[SYSTEM].post(command("register", VILLAGE, category="01", source="proactive")).status_code == 201
    shared.hub.settle()
    return made


def pages(peer: Peer, path: str, limit: int) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        mark = "&" if "?" in path else "?"
        page = peer.get(f"{path}{mark}limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        yield page
        cursor = page["next"]
        if cursor is None:
            return


LISTS: dict[str, type[models.Model]] = {
    "/v1/disputes": models.Disputes,
    "/v1/disputes?status=open": models.Disputes,
    "/v1/agencies": models.Agencies,
    "/v1/obligations": models.Queue,
    f"/v1/queues/{HOUSING}?kind=act": models.Queue,
    f"/v1/disputes/{DISPUTE}/events": models.Events,
}


@pytest.mark.parametrize("path", LISTS)
def test_pages_together_are_the_list(peers: dict[str, Peer], path: str) -> None:
    whole = peers[SYSTEM].get(path + ("&" if "?" in path else "?") + "limit=500").json()
    LISTS[path].model_validate(whole)
    for limit in (1, 2, 5):
        found = list(pages(peers[SYSTEM], path, limit))
        assert [i for p in found for i in p["items"]] == whole["items"]
        assert all(len(p["items"]) <= limit for p in found)
        assert all(p["items"] for p in found) or not whole["items"]


def test_what_is_registered_between_pages_comes_at_the_end(shared: Trial, peers: dict[str, Peer]) -> None:
    reading = pages(peers[SYSTEM], "/v1/disputes", 3)
    seen = [i["dispute"] for i in next(reading)["items"]]
    shared.clock.advance(1)
    new = peers[SYSTEM].post(command("register", VILLAGE, category="01", source="proactive")).json()
    shared.hub.settle()
    seen += [i["dispute"] for p in reading for i in p["items"]]
    assert len(seen) == len(set(seen)) and seen[-1] == new["dispute"]


def test_the_hundred_thousandth_of_a_year_follows_the_one_before(tmp_path: Path) -> None:
    early = Trial(tmp_path)
    agency = command(
        "register_agency", "hub", code="v", name="村", kind="committee", level="village", region="532301101"
    )
    assert early.peer("operator", role="operator").post(agency).status_code == 201
    register = {"category": "01", "source": "proactive"}
    assert early.peer("system", "v").post(command("register", "v", **register)).status_code == 201
    early.close()
    with closing(sqlite3.connect(tmp_path / "hub.db")) as db, db:
        assert db.execute("UPDATE numbers SET last = 99997 WHERE last = 1").rowcount == 1
    late = Trial(tmp_path)
    peer = late.peer("late", "v")
    made = [peer.post(command("register", "v", **register)).json()["dispute"] for _ in range(4)]
    late.hub.settle()
    for path in ("/v1/disputes", "/v1/disputes?status=open", "/v1/disputes?custodian=v"):
        read = [item for page in pages(peer, path, 1) for item in page["items"]]
        assert [i["number"].rpartition("-")[2] for i in read] == ["00001", "99998", "99999", "100000", "100001"]
        assert [i["dispute"] for i in read[1:]] == made
    late.close()


def cursor_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


JUNK = ["x", "W10", "bnVsbA", "////", "e30", "a" * 501, "%00", cursor_of(), cursor_of(None), cursor_of([1]),
        cursor_of(1.5), cursor_of(True), cursor_of(1 << 63), cursor_of({"b": "zz"}), cursor_of({"c": 1}),
        cursor_of(1, 2, 3)]  # fmt: skip
OTHERS = [
    ("/v1/disputes", cursor_of(1, 2)), ("/v1/disputes", cursor_of(1, "b")), ("/v1/agencies", cursor_of(1)),
    ("/v1/disputes", cursor_of("532301-2026-00001")),
    ("/v1/agencies", cursor_of("a\x00b")), ("/v1/agencies", cursor_of("\ud800")),
    (f"/v1/disputes/{DISPUTE}/events", cursor_of("a")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "cursor"),
    [(p, c) for p in ("/v1/disputes", "/v1/agencies", f"/v1/disputes/{DISPUTE}/events") for c in JUNK] + OTHERS,
)
def test_a_cursor_that_is_none_is_refused(peers: dict[str, Peer], path: str, cursor: str) -> None:
    found = peers[SYSTEM].get(f"{path}?cursor={cursor}")
    assert found.status_code == 400 and found.json()["code"] in ("request.cursor", "request.query"), found.json()
    assert found.json()["field"] == "cursor"


BAD = [
    ("/v1/disputes?limit=0", "limit"), ("/v1/disputes?limit=501", "limit"), ("/v1/disputes?limit=x", "limit"),
    ("/v1/disputes?status=lost", "status"), ("/v1/disputes?wait=-1", "wait"), ("/v1/inbox?after=-1", "after"),
    (f"/v1/inbox?after={1 << 63}", "after"), ("/v1/queues/x?kind=all", "kind"), ("/v1/queues/x", "kind"),
    ("/v1/completeness?by=colour", "by"), ("/v1/completeness?first=2026-02-30", "first"),
    ("/v1/completeness?kind=gift", "kind"), ("/v1/disputes?custodian=" + "x" * 65, "custodian"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "field"), BAD)
def test_a_bad_parameter_is_named(peers: dict[str, Peer], path: str, field: str) -> None:
    problem(peers[SYSTEM].get(path), 400, "request.query", field)


def test_filters_narrow(peers: dict[str, Peer]) -> None:
    def of(query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = peers[SYSTEM].get(f"/v1/disputes?{query}").json()["items"]
        return items

    assert {i["status"] for i in of("status=void")} == {"void"}
    assert {i["custodian"]["code"] for i in of(f"custodian={VILLAGE}")} == {VILLAGE}
    assert of(f"custodian={VILLAGE}") == of("custodian=" + of(f"custodian={VILLAGE}")[0]["custodian"]["id"])
    assert [i["dispute"] for i in of("category=03")] == [DISPUTE]
    assert of("channel=court") == [] and of("category=22") == []


def test_the_etag_is_the_version(peers: dict[str, Peer]) -> None:
    first = peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}")
    tag = first.headers["etag"]
    assert tag == f'"{first.json()["version"]}"'
    for sent in (tag, f"W/{tag}", f'"0", {tag}', "*"):
        again = peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}", **{"if-none-match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}", **{"if-none-match": '"0"'}).status_code == 200
    grade = command("grade", "532301.department.housing", dispute=DISPUTE, scheme="s", grade="g", ordinal=1)
    assert peers[SYSTEM].post(grade).status_code == 201
    changed = peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}", **{"if-none-match": tag})
    assert changed.status_code == 200 and changed.headers["etag"] != tag


@pytest.mark.slow
def test_a_view_that_is_behind_says_so_after_waiting(shared: Trial, peers: dict[str, Peer]) -> None:
    made = peers[SYSTEM].post(command("register", VILLAGE, category="05", source="proactive")).json()
    late = models.Disputes.model_validate(peers[SYSTEM].get(f"/v1/disputes?category=05&wait={made['position']}").json())
    assert late.items == [] and late.recorded_at_position == made["position"]
    assert late.view_position == late.position < made["position"]
    problem(peers[SYSTEM].get(f"/v1/disputes/{made['dispute']}/chain?wait={made['position']}"), 503, "view.behind")
    assert peers[SYSTEM].get(f"/v1/disputes/{made['dispute']}").status_code == 200
    shared.hub.settle()
    there = models.Disputes.model_validate(
        peers[SYSTEM].get(f"/v1/disputes?category=05&wait={made['position']}").json()
    )
    assert [i.dispute for i in there.items] == [made["dispute"]]
    assert there.view_position is None and there.position >= made["position"]


def test_every_answer_of_a_view_is_as_described(peers: dict[str, Peer]) -> None:
    reading: dict[str, type[models.Model]] = {
        f"/v1/disputes/{DISPUTE}/chain": models.Chain,
        f"/v1/queues/{HOUSING}/sizes": models.QueueSizes,
        f"/v1/agencies/{VILLAGE}": models.Agency,
        "/v1/pickup": models.Pickup,
        "/v1/completeness?by=kind,month": models.Completeness,
        "/v1/position": models.Position,
    }
    for path, model in reading.items():
        answer = peers[SYSTEM].get(path)
        assert answer.status_code == 200, answer.json()
        model.model_validate(answer.json())
    figures = models.Figures.model_validate(peers["auditor"].get("/v1/figures").json())
    assert figures.unowned == 0 and figures.disputes == figures.open + figures.closed + figures.void
    chain = models.Chain.model_validate(peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}/chain").json())
    holders = [s.custodian.code for s in chain.segments]
    assert holders == [VILLAGE, "532301.department.housing", "532301101.committee", "532301.department.housing"]
    assert [s.from_topic for s in chain.segments] == [
        "dispute.registered", "referral.assigned", "referral.accepted", "referral.concluded",
    ]  # fmt: skip


def test_the_inbox_is_gapless_and_the_same_twice(peers: dict[str, Peer]) -> None:
    items: list[Any] = []
    while True:
        after = items[-1].n if items else 0
        page = models.Inbox.model_validate(peers[SYSTEM].get(f"/v1/inbox?after={after}&limit=9").json())
        items += page.items
        assert page.next == (items[-1].n if items else 0)
        if not page.items:
            break
    assert [i.n for i in items] == list(range(1, len(items) + 1)) and len(items) > len(STORY)
    events = [i for i in items if isinstance(i, models.InboxEvent)]
    assert events[0].event_type == "agency.registered"
    assert all(i.event is not None and i.event["type"] == i.event_type for i in events)
    assert peers[SYSTEM].get("/v1/inbox?after=5&limit=1").json()["items"][0]["n"] == 6


def test_the_log_is_gapless_and_each_event_names_its_predecessor(shared: Trial, peers: dict[str, Peer]) -> None:
    items: list[Any] = []
    while True:
        after = items[-1].position if items else 0
        page = models.Log.model_validate(peers["auditor"].get(f"/v1/log?after={after}&limit=50").json())
        if not page.items:
            break
        items += page.items
    assert [i.position for i in items] == list(range(1, shared.hub.desk.position + 1))
    last: dict[str, str] = {}
    for item in items:
        stream = item.event["stream"]
        assert item.event["predecessor"] == last.get(stream, "00" * 32)
        last[stream] = item.leaf
