"""The store is put back from an older copy under live topics: refused until it has got back what they hold."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from connectors.client import Client, HttpTransport, NoAnswer, agency_id
from tests.parts.waiting import eventually

from .clerks import office, over_http, over_kafka
from .facts import answered
from .process import environment, serving
from .test_the_broker_goes_and_comes_back import reasons
from .town import SYSTEMS, check_all, found, settings_of


@pytest.mark.slow
def test_recovered_from_the_topics(kafka: str, tmp_path: Path, seed: int) -> None:
    settings = settings_of(tmp_path, kafka=kafka)
    keys = found(settings)
    copy = tmp_path / "copy.db"
    with serving(settings) as hub:
        connect = {"s1": over_http(hub.url, keys), "s2": over_kafka(settings), "s3": over_kafka(settings)}
        with office(connect, seed) as clerks:
            clerks.wait_for_each(20)
            before = {(told.system, told.command) for told in clerks.acknowledged}
            copied(tmp_path / "hub.db", copy)  # of a hub at work
            clerks.wait_for_each(40)
            acknowledged = clerks.close()
        in_copy = answered(f"sqlite:///{copy}")
        assert before <= in_copy, "acknowledged before the copy was begun, and not in it"
        eventually(lambda: published(hub.settings.home) == hub_position(tmp_path), what="the topic is complete")
        hub.stop()
        for old in tmp_path.glob("hub.db*"):
            old.unlink()
        copied(copy, tmp_path / "hub.db")
        hub.start(ready=False)
        eventually(lambda: "log.ahead_of_store" in reasons(hub), what="the hub says why it waits", within=30)
        with Client(HttpTransport(hub.url, "s1", keys["s1"], patience=0.0)) as client, pytest.raises(NoAnswer) as why:
            client.submit("register", agency=agency_id(SYSTEMS["s1"][0]), category="02", source="application")
        assert why.value.code == "log.ahead_of_store"
        hub.stop()
        said = subprocess.run(
            [sys.executable, "-m", "hub", "recover", "--from-kafka"],
            env=os.environ | environment(settings), cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        # What was done is in the events, and what was told over Kafka in an inbox topic. A refusal told over HTTP is in
        # no topic: only the store had it, and where the copy is older than the refusal, it alone is gone.
        told = {(t.system, t.command): t for t in acknowledged}
        lost = {key for key, t in told.items() if t.outcome == "refused" and t.system == "s1" and key not in in_copy}
        assert told.keys() - answered(settings.store_url) == lost
        hub.start()
        with office(connect, seed + 1) as clerks:
            clerks.wait_for_each(20)
            again = clerks.close()
        hub.stop()
    check_all(settings, [told[key] for key in told.keys() - lost] + again, tmp_path)


def copied(source: Path, target: Path) -> None:
    """A consistent copy, as a backup makes it."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)


def hub_position(home: Path) -> int:
    with closing(sqlite3.connect(home / "hub.db")) as db:
        return int(db.execute("SELECT position FROM head").fetchone()[0])


def published(home: Path) -> int:
    with closing(sqlite3.connect(home / "hub.db")) as db:
        row = db.execute("SELECT number FROM relay_hints WHERE topic LIKE '%hub.events'").fetchone()
        return int(row[0]) if row else 0
