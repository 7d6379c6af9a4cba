"""The whole story over HTTP on PostgreSQL, every part running by itself: threads, not steps."""

from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from hub.bootstrap import build
from hub.settings import Settings
from hub.web.api import models
from hub.web.api.examples import DISPUTE, HOUSING, OPERATOR, STORY, SYSTEM
from hub.words import DAY, agency_id
from hub.writer import SimulatedClock
from tests.parts.waiting import eventually
from tests.web.hubs import START, Peer, Trial


def test_the_story_by_steps(tmp_path: Path, pg_url: Callable[[], str]) -> None:
    trial = Trial(tmp_path, database=pg_url())
    try:
        peer = trial.play()[SYSTEM]
        for path, model in (
            ("/v1/disputes", models.Disputes), (f"/v1/disputes/{DISPUTE}", models.Dispute),
            (f"/v1/disputes/{DISPUTE}/chain", models.Chain), ("/v1/agencies?limit=2", models.Agencies),
            (f"/v1/queues/{HOUSING}?kind=act", models.Queue), (f"/v1/queues/{HOUSING}/sizes", models.QueueSizes),
            ("/v1/obligations", models.Queue), ("/v1/completeness?by=kind,agency,month", models.Completeness),
            ("/v1/pickup", models.Pickup), ("/v1/inbox", models.Inbox), ("/v1/position", models.Position),
        ):  # fmt: skip
            answer = peer.get(path)
            assert answer.status_code == 200, (path, answer.text)
            model.model_validate(answer.json())
        assert trial.client.get("/readyz").status_code == 200
    finally:
        trial.close()


def test_views_inboxes_and_steward_follow_by_themselves(tmp_path: Path, pg_url: Callable[[], str]) -> None:
    clock = SimulatedClock(START)
    hub = build(Settings(home=tmp_path, database=pg_url()), clock)
    assert hub.start()
    client = TestClient(hub.app, raise_server_exceptions=False)
    try:
        codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
        credentials = hub.store.credentials
        credentials.add(SYSTEM, [agency_id(c) for c in codes], ["agency"], START)
        credentials.add(OPERATOR, [], ["operator"], START)
        peers = {name: Peer(client, credentials.new_key(name, START)) for name in (SYSTEM, OPERATOR)}
        for step in STORY[:15]:  # up to the police's signature; nobody accepts
            answer = peers[step.system].post(step.body)
            assert answer.status_code == 201, answer.json()
        shown = peers[SYSTEM].get(f"/v1/disputes?wait={answer.json()['position']}").json()
        assert shown["position"] >= answer.json()["position"] and shown["items"][0]["handover"]
        clock.advance(60 * DAY)

        def lapsed() -> bool:
            legs = peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}/chain").json()["legs"]
            return [leg["state"] for leg in legs] == ["withdrawn", "lapsed"]

        eventually(lapsed, what="the steward records the lapse")

        def told() -> bool:
            inbox = models.Inbox.model_validate(peers[SYSTEM].get("/v1/inbox?limit=500").json())
            return "referral.lapsed" in {i.event_type for i in inbox.items if isinstance(i, models.InboxEvent)}

        eventually(told, what="the lapse in the inbox")
    finally:
        client.close()
        hub.stop()
