"""A whole hub with Kafka: what comes by outbox is answered and published; a broker that is not there is waited for."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from starlette.testclient import TestClient

from hub.bootstrap import Hub, build
from hub.contract import load
from hub.log.access import Access, Admin
from hub.log.kafka import KafkaLog
from hub.log.topics import Topics, wanted
from hub.settings import Settings
from hub.web.api import models
from hub.web.api.examples import OPERATOR, STORY, SYSTEM
from hub.words import agency_id
from hub.writer import SystemClock
from ops.ports import free_port
from tests.conftest import StartBroker
from tests.parts.waiting import eventually
from tests.web.hubs import Peer, command

CONTRACT = load()
PAST = "2026-01-01T00:00:00Z"


class Running:
    """A hub over a broker, with the story's agencies registered over HTTP."""

    def __init__(self, home: Path, kafka: str, prefix: str = "") -> None:
        self.prefix = prefix or f"t-{uuid.uuid4().hex[:8]}."
        self.kafka = kafka
        self.hub: Hub = build(Settings(home=home, kafka=kafka, topic_prefix=self.prefix))
        self.client = TestClient(self.hub.app, raise_server_exceptions=False)
        codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
        credentials = self.hub.store.credentials
        now = SystemClock().now()
        if SYSTEM not in credentials.systems():
            credentials.add(SYSTEM, [agency_id(c) for c in codes], ["agency"], now)
            credentials.add(OPERATOR, [], ["operator"], now)
        self.peers = {name: Peer(self.client, credentials.new_key(name, now)) for name in (SYSTEM, OPERATOR)}

    def register_agencies(self) -> None:
        for step in STORY[:6]:
            answer = self.peers[OPERATOR].post(step.body | {"occurred_at": PAST})
            assert answer.status_code == 201, answer.json()

    def send(self, body: dict[str, Any]) -> None:
        """Put a command into the system's outbox, as any Kafka client would."""
        own = {k: v for k, v in body.items() if k != "type"}
        value = CONTRACT.to_kafka(CONTRACT.encode(*CONTRACT.from_json("command", body["type"], own)))
        producer = KafkaProducer(bootstrap_servers=self.kafka)
        producer.send(Topics(self.prefix).outbox(SYSTEM), value).get(timeout=20)
        producer.close()

    def inbox(self) -> list[Any]:
        return models.Inbox.model_validate(self.peers[SYSTEM].get("/v1/inbox?limit=500").json()).items

    def close(self) -> None:
        self.client.close()
        self.hub.stop()


def registration() -> dict[str, Any]:
    return command("register", "532301101201.committee", category="03", source="application") | {"occurred_at": PAST}


def test_a_command_by_outbox_is_answered_and_published(tmp_path: Path, kafka: str) -> None:
    running = Running(tmp_path, kafka)
    hub = running.hub
    try:
        assert hub.start(), hub.ready()
        running.register_agencies()
        admin = Admin(Access(kafka, prefix=running.prefix))
        admin.ensure(wanted(Topics(running.prefix), [SYSTEM]))
        admin.close()
        body = registration()
        running.send(body)

        def answered() -> Any:
            return next((i for i in running.inbox() if isinstance(i, models.InboxAnswer)), None)

        answer = eventually(answered, what="the answer in the inbox", within=30)
        assert (answer.command_id, answer.outcome) == (body["command_id"], "done")
        kept = running.peers[SYSTEM].get(f"/v1/answers/{body['command_id']}").json()
        assert kept["position"] == answer.position and kept["dispute"] == answer.dispute
        # The same command over HTTP is the same command: one answer, no further event.
        again = running.peers[SYSTEM].post(body)
        assert again.status_code == 201 and again.json()["position"] == answer.position
        assert hub.relay is not None and hub.relay.wait_published(hub.desk.position, 20)
        assert hub.relay.wait_delivered(20)
        published = KafkaLog(Access(kafka, prefix=running.prefix), CONTRACT)
        found = published.read(0, 500, 20)
        assert [e.body for e in found] == [e.body for e in hub.store.read(0, 500)]
        published.close()
        assert running.client.get("/readyz").json() == {"ready": True, "reasons": [], "warnings": []}
    finally:
        running.close()


def test_a_hub_waits_for_its_broker_and_then_takes_commands(tmp_path: Path, own_broker: StartBroker) -> None:
    port = free_port()
    running = Running(tmp_path, f"127.0.0.1:{port}", "w.")
    try:
        assert not running.hub.start(wait=1)
        answer = running.peers[SYSTEM].post(registration())
        eventually(lambda: [r.code for r in running.hub.ready()] == ["log.unreachable"], what="the reason", within=30)
        answer = running.peers[SYSTEM].post(registration())
        assert (answer.status_code, answer.json()["code"]) == (503, "log.unreachable")
        assert int(answer.headers["retry-after"]) >= 1
        assert running.client.get("/readyz?of=reads").status_code == 200
        own_broker(port=port)
        eventually(lambda: running.hub.ready() == [], what="ready once the broker is there", within=60)
        running.register_agencies()
        assert running.peers[SYSTEM].post(registration()).status_code == 201
    finally:
        running.close()


def test_a_store_behind_its_topics_is_not_ready(tmp_path: Path, kafka: str) -> None:
    running = Running(tmp_path / "a", kafka)
    assert running.hub.start()
    running.register_agencies()
    assert running.hub.relay is not None and running.hub.relay.wait_published(6, 20)
    running.close()
    older = Running(tmp_path / "b", kafka, running.prefix)  # an empty store under a topic with six events
    try:
        assert not older.hub.start(wait=1)
        eventually(lambda: [r.code for r in older.hub.ready()] == ["log.ahead_of_store"], what="the reason", within=30)
        answer = older.peers[SYSTEM].post(registration())
        assert (answer.status_code, answer.json()["code"]) == (503, "log.ahead_of_store")
        assert older.hub.store.position() == 0
    finally:
        older.close()


def test_the_password_of_the_broker_is_nowhere_to_be_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path, kafka="127.0.0.1:1", kafka_user="hub", kafka_password="very-secret")  # type: ignore[arg-type]
    hub = build(settings)
    hub.start(wait=1)
    eventually(lambda: bool(hub.ready()), what="a reason")
    told = json.dumps([r._asdict() for r in hub.ready()]) + repr(settings) + repr(vars(hub))
    hub.stop()
    out, err = capfd.readouterr()
    assert "very-secret" not in told + out + err
