"""How tests start a hub and talk to it: a whole one, through its HTTP interface, in this process."""

import uuid
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from hub.bootstrap import build
from hub.contract.jsonform import micros
from hub.settings import Settings
from hub.steward import acts
from hub.web.api.examples import OPERATOR, STARTED, STORY, SYSTEM
from hub.words import DAY, DONE, Answer, agency_id, ident, text
from hub.writer import SimulatedClock

START = micros(STARTED)
Response = httpx2.Response


class Peer:
    """One system with its key, as a client."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client = client
        self.key = key
        self.headers = {"authorization": f"Bearer {key}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=self.headers | headers)

    def post(self, body: Any, **headers: str) -> Response:
        return self.client.post("/v1/submissions", json=body, headers=self.headers | headers)

    def raw(self, body: bytes, content_type: str = "application/json", **headers: str) -> Response:
        sent = self.headers | {"content-type": content_type} | headers
        return self.client.post("/v1/submissions", content=body, headers=sent)


class Trial:
    """A hub under test. ``peer`` makes a system; the clock starts at the story's instant."""

    def __init__(self, home: Path, **options: Any) -> None:
        self.clock = SimulatedClock(START)
        self.settings = Settings(home=home, **options)
        self.hub = build(self.settings, self.clock, by_steps=True)
        assert self.hub.start(), self.hub.health()
        self.client = TestClient(self.hub.app, raise_server_exceptions=False)

    def close(self) -> None:
        self.client.close()
        self.hub.stop()

    def peer(self, name: str, *codes: str, role: str = "agency") -> Peer:
        """A system serving the agencies with these codes, and its key."""
        credentials = self.hub.store.credentials
        credentials.add(name, [agency_id(code) for code in codes], [role], self.clock.now())
        return Peer(self.client, credentials.new_key(name, self.clock.now()))

    def play(self) -> dict[str, Peer]:
        """The whole story of the examples, posted; its systems by name."""
        codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
        peers = {SYSTEM: self.peer(SYSTEM, *codes), OPERATOR: self.peer(OPERATOR, role="operator")}
        for step in STORY:
            self.clock.advance(step.days * DAY)
            if step.body["type"] == "dissolve_agency":
                self.hub.settle()
            if step.body["type"] == "decide_relapse":
                self.suspect(step.body["dispute"], step.body["earlier"])
            answer = peers[step.system].post(step.body)
            assert answer.status_code == 201, (step.body, answer.json())
        self.hub.settle()
        return peers

    def suspect(self, dispute: str, earlier: str) -> None:
        """疑似复发, in the hub's own name, as its steward would."""
        row = {"dispute": ident(dispute), "touched": 0, "registered_at": START}
        (answer,) = self.hub.desk.ask([acts.suspect(row, ident(earlier), ("same_place_and_category",)).command])
        assert isinstance(answer, Answer) and answer.outcome == DONE, answer


def command(type_: str, agency: str, **fields: Any) -> dict[str, Any]:
    """A body with a fresh command id; ``agency`` is a code."""
    head = {"type": type_, "command_id": str(uuid.uuid4()), "occurred_at": STARTED}
    return head | {"agency": text(agency_id(agency))} | fields
