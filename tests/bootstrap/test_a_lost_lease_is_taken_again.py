"""A hub whose lease is taken stops what only the holder runs, says so, and works on once the lease is free again."""

import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.bootstrap import Hub, build
from hub.settings import Settings
from hub.store import open_store
from hub.web.api.examples import OPERATOR, STORY
from hub.words import DAY
from hub.writer import SimulatedClock
from ops.postgres import PostgresServer
from tests.parts.waiting import eventually
from tests.web.hubs import START, Peer

HOLDERS_ONLY = ("writer", "views", "deliveries", "steward")
OTHERS: set[threading.Thread] = set()  # of hubs that other tests of this run keep


@pytest.fixture(autouse=True)
def before() -> None:
    OTHERS.clear()
    OTHERS.update(threading.enumerate())


def threads() -> list[str]:
    return sorted(t.name for t in threading.enumerate() if t.name in HOLDERS_ONLY and t not in OTHERS)


def start(hub: Hub) -> Peer:
    assert hub.start()
    credentials = hub.store.credentials
    credentials.add(OPERATOR, [], ["operator"], START)
    return Peer(TestClient(hub.app, raise_server_exceptions=False), credentials.new_key(OPERATOR, START))


@pytest.mark.slow
def test_a_fenced_hub_stops_its_parts_and_comes_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    hub = build(settings, SimulatedClock(START + DAY))
    peer = start(hub)
    try:
        assert peer.post(STORY[0].body).status_code == 201
        assert threads() == sorted(HOLDERS_ONLY)
        other = open_store(settings.store_url)
        other.acquire(START + DAY, take_over=True)  # as an operator would after a hub that hangs
        eventually(lambda: [r.code for r in hub.ready()] == ["hub.not_writer"], what="fenced")
        answer = peer.post(STORY[1].body)
        assert (answer.status_code, answer.json()["code"]) == (503, "hub.not_writer")
        eventually(lambda: threads() == [], what="nothing of the holder's runs")
        assert peer.get("/v1/position").json()["position"] == 2
        other.close()
        eventually(lambda: hub.ready() == [], what="the lease again")
        again = peer.post(STORY[1].body)
        assert again.status_code == 201 and again.json()["position"] == 3
        eventually(lambda: threads() == sorted(HOLDERS_ONLY), what="the parts again")
        assert peer.get("/v1/agencies?wait=3").json()["position"] >= 3  # the steward may have scheduled rounds
    finally:
        hub.stop()
    assert threads() == []


def test_a_part_that_cannot_start_gives_the_lease_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path)
    hub = build(settings, SimulatedClock(START + DAY))
    failed = threading.Event()

    def broken(self: Any) -> None:
        failed.set()
        raise RuntimeError("no thread left")

    with monkeypatch.context() as patched:
        patched.setattr("hub.projections.deliveries.Deliveries.start", broken)
        assert not hub.start(wait=1)
        assert failed.wait(15)
        eventually(lambda: threads() == [], what="nothing half running")
    try:
        eventually(lambda: hub.ready() == [] and threads() == sorted(HOLDERS_ONLY), what="whole at last")
    finally:
        hub.stop()


def test_a_database_that_went_away_comes_back(tmp_path: Path, own_postgres: PostgresServer) -> None:
    server = own_postgres
    hub = build(Settings(home=tmp_path, database=server.database()), SimulatedClock(START + DAY))
    peer = start(hub)
    try:
        assert peer.post(STORY[0].body).status_code == 201
        server.kill()
        answer = peer.post(STORY[1].body)
        assert answer.status_code == 503 and answer.headers["retry-after"], answer.json()
        unready = peer.client.get("/readyz")
        assert unready.status_code == 503 and unready.json()["reasons"]
        assert peer.client.get("/livez").status_code == 200
        reading = peer.get("/v1/agencies")
        assert (reading.status_code, reading.json()["code"]) == (503, "store.unreachable")
        server.restart()
        eventually(lambda: hub.ready() == [], what="ready again", within=60)
        again = peer.post(STORY[1].body)
        assert again.status_code == 201 and again.json()["position"] == 3
    finally:
        hub.stop()
