"""A foreign client, with only the published contract, refers a dispute over a real broker and reads what follows."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.bootstrap import build
from hub.bootstrap.serving import Background
from hub.log.access import Access, Admin
from hub.log.topics import Topics, wanted
from hub.settings import Settings
from hub.words import agency_id, text
from hub.writer import SystemClock
from tests.web.hubs import Peer, command

ROOT = Path(__file__).resolve().parents[2]
PAST = "2026-01-01T00:00:00Z"
KINDS = {"village": "committee", "station": "police"}


@pytest.fixture
def given(kafka: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A hub with two agencies, a system for each, and what a newcomer is told of it."""
    prefix = f"f-{uuid.uuid4().hex[:8]}."
    hub = build(Settings(home=tmp_path, kafka=kafka, topic_prefix=prefix))
    admin = Admin(Access(kafka, prefix=prefix))
    admin.ensure(wanted(Topics(prefix), list(KINDS)))
    admin.close()
    credentials, now = hub.store.credentials, SystemClock().now()
    for name in KINDS:
        credentials.add(name, [agency_id(name)], ["agency"], now)
    credentials.add("operator", [], ["operator"], now)
    try:
        assert hub.start(), hub.ready()
        operator = Peer(TestClient(hub.app), credentials.new_key("operator", now))
        for name, kind in KINDS.items():
            own = {"code": name, "name": name, "kind": kind, "level": "township", "region": "532301101"}
            assert operator.post(command("register_agency", "hub", **own) | {"occurred_at": PAST}).status_code == 201
        with Background(hub.app) as url:
            yield {"broker": kafka, "registry": f"{url}/registry", "prefix": prefix, "schemas": str(ROOT / "schemas")}
    finally:
        hub.stop()


def test_a_referral_and_its_answers(given: dict[str, str]) -> None:
    made = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("newcomer.py")), json.dumps(given)],
        capture_output=True, text=True, timeout=200, cwd="/",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    village, station, resumed = (told["read"][name] for name in ("village", "station", "resumed"))
    commands, dispute = told["commands"], told["dispute"]

    # Every command of its own is answered once, by its id; what could not be read is named by its offset.
    answers = {m["command_id"]: m for m in village + station if m["record"] == "hub.inbox.Answer"}
    endings = {name: (answers[ident]["outcome"], answers[ident]["code"]) for name, ident in commands.items()}
    denied, early = ("refused", "access.denied"), ("refused", "referral.not_receiver")
    done = ("done", "")
    assert endings == {
        "case": done, "offer": done, "stranger": denied, "early": early, "signed": done, "accepted": done,
    }  # fmt: skip
    assert answers[commands["stranger"]]["field"] == "agency" and answers[commands["early"]]["field"] == "agency"
    assert [(m["offset"], m["code"]) for m in village if m["record"] == "hub.inbox.Unreadable"] == [
        (2, "submission.unreadable")
    ]

    # Both see the same events of the dispute, gapless and in order, the last by a reader that took up where it was. The
    # steward notes between them that the offer was delivered, whenever it gets to it.
    assert [m["n"] for m in village + resumed] == list(range(1, len(village) + len(resumed) + 1))
    assert [m["n"] for m in station] == list(range(1, len(station) + 1))
    seen = events(village + resumed, dispute)
    assert [e["version"] for e in seen] == list(range(1, len(seen) + 1))
    assert [e["event"]["predecessor"] for e in seen[1:]] == [e["leaf"] for e in seen[:-1]]
    # The second says where the dispute stands on its ladder; all that follow are of the one referral.
    assert [e["type"] for e in seen[:2]] == ["dispute.registered", "ladder.stood"]
    assert {e["event"]["referral"] for e in seen[2:]} == {told["referral"]}
    at_village, at_station = (text(agency_id(name)) for name in ("village", "station"))
    assert seen[-1]["type"] == "referral.accepted"
    named = [(e["event"]["record"], e["event"]["custodian"]) for e in seen if e["type"] != "referral.delivered"]
    assert named == [
        ("hub.event.DisputeRegistered", at_village), ("hub.event.LadderStood", at_village),
        ("hub.event.ReferralOffered", at_village),
        ("hub.event.ReferralSigned", at_village), ("hub.event.ReferralAccepted", at_station),
    ]  # fmt: skip
    assert events(station, dispute)[0] == seen[2] | {"n": events(station, dispute)[0]["n"]}


def events(messages: list[dict[str, Any]], stream: str) -> list[dict[str, Any]]:
    """The events of one dispute."""
    return [m for m in messages if m["record"] == "hub.inbox.Event" and m["stream"] == stream]
