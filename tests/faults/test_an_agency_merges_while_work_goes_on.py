"""An agency with 5,000 open disputes is merged while others work: always an owner, resumable, nobody waits."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from connectors.client import Client, HttpTransport, agency_id
from hub import words as w
from hub.aggregates.command import Command
from hub.aggregates.dispute.commands import Register
from hub.bootstrap import Hub
from hub.words import Answer
from tests.parts.waiting import eventually

from .clerks import office, over_http
from .process import serving
from .town import SYSTEMS, ask, check_all, found, running, settings_of

HELD = 5_000
DELAY = 3.0  # seconds anybody may wait for an answer meanwhile, on a machine with two slow cores


@pytest.mark.slow
def test_five_thousand_disputes(tmp_path: Path, seed: int) -> None:
    settings = settings_of(tmp_path)
    keys = found(settings, more=("old", "heir"))
    with running(settings, by_steps=True) as hub:
        fill(hub)
        hub.settle()
        hub.store.credentials.add("operator", [], ["operator"], hub.clock.now())
        key = hub.store.credentials.new_key("operator", hub.clock.now())
        ask(hub, "close_agency", subject=w.agency_id("old"), successor=w.agency_id("heir"))
    with serving(settings) as hub_process:
        operator = Client(HttpTransport(hub_process.url, "operator", key), check=False)
        with office(dict.fromkeys(SYSTEMS, over_http(hub_process.url, keys)), seed) as clerks:
            eventually(lambda: moved(tmp_path) > HELD // 4, what="a quarter has moved", within=60)
            refused = operator.submit("dissolve_agency", agency=agency_id("hub"), subject=agency_id("old"))
            assert refused.code == "agency.still_accountable"
            hub_process.kill()
            half = moved(tmp_path)
            assert half < HELD, "it was over before it could be killed"
            hub_process.start()
            clerks.wait_for_each(1)
            for clerk in clerks.clerks:
                clerk.slowest = 0.0  # waiting for the killed one does not count
            eventually(lambda: moved(tmp_path) == HELD, what="all have moved", within=90)
            clerks.wait_for_each(10)
            slowest = max(clerk.slowest for clerk in clerks.clerks)
            assert slowest < DELAY, f"somebody waited {slowest:.1f} s"
            eventually(
                lambda: operator.submit("dissolve_agency", agency=agency_id("hub"), subject=agency_id("old")).accepted,
                what="the empty agency is dissolved", every=0.2,
            )  # fmt: skip
            acknowledged = clerks.close()
        operator.close()
        hub_process.stop()
    facts, world = check_all(settings, acknowledged, tmp_path)
    heir = [c for c in world.cases.values() if c.custodian == w.agency_id("heir")]
    assert len(heir) == HELD and world.agencies[w.agency_id("old")] == "dissolved"
    assert sum(e.topic == "custody.succeeded" for e in facts.events) == HELD


def fill(hub: Hub) -> None:
    """``HELD`` open disputes in the old agency's hands."""
    old = w.agency_id("old")
    for start in range(0, HELD, 50):
        made = []
        for _ in range(start, start + 50):
            ident = w.CommandId(uuid.uuid4().bytes)
            body = Register("02", "", "application", ())
            made.append(Command(w.HUB_SYSTEM, ident, bytes(32), old, "", hub.clock.now(), None, None, body, False))
        for answer in hub.desk.ask(made):
            assert isinstance(answer, Answer) and answer.outcome == "done", answer


def moved(home: Path) -> int:
    """How many disputes have gone to the successor."""
    with closing(sqlite3.connect(home / "hub.db", timeout=10)) as db:
        query = "SELECT count(*) FROM stored_events WHERE topic = 'custody.succeeded'"
        return int(db.execute(query).fetchone()[0])
