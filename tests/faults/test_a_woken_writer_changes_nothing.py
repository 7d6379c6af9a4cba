"""The hub's process is stopped (SIGSTOP) with commands on its doorstep, replaced, and woken: nothing it does counts."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import time
import uuid
from contextlib import closing
from http.client import HTTPResponse
from pathlib import Path

import pytest

from connectors.client import agency_id
from connectors.framing import instant_text
from hub.settings import Settings
from tests.parts.waiting import eventually

from .clerks import Connect, office, over_http, over_kafka
from .process import Served, serving
from .town import SYSTEMS, check_all, found, settings_of

LEFT = 25  # commands on the doorstep of the stopped process


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "log", "idle"),
    [
        ("sqlite", "table", False),
        ("sqlite", "table", True),  # the successor has written nothing yet: only its epoch stands between
        pytest.param("postgres", "kafka", False, marks=[pytest.mark.postgres, pytest.mark.kafka]),
    ],
)
def test_stopped_replaced_and_woken(
    database: str, log: str, idle: bool, request: pytest.FixtureRequest, tmp_path: Path, seed: int
) -> None:
    url = request.getfixturevalue("pg_url")() if database == "postgres" else ""
    settings = settings_of(tmp_path, url, request.getfixturevalue("kafka") if log == "kafka" else "")
    keys = found(settings)
    with serving(settings) as old:
        with office(_clients(old, keys, settings, log), seed) as clerks:
            clerks.wait_for(40)
            acknowledged = clerks.close()
        _stop_outside_a_transaction(old, settings.store_url)
        left = [str(uuid.uuid4()) for _ in range(LEFT)]
        doors = [_leave(old, keys["s1"], command) for command in left]
        with serving(settings, "--take-over") as new:
            if idle:
                old.send(signal.SIGCONT)
                answers = [_answer(door) for door in doors]
            with office(_clients(new, keys, settings, log), seed + 1) as clerks:
                clerks.wait_for(40)
                if not idle:
                    old.send(signal.SIGCONT)
                    answers = [_answer(door) for door in doors]
                    clerks.wait_for(40)  # beside the woken one
                acknowledged += clerks.close()
            assert all(status in (500, 503) for status, _ in answers), answers
            codes = {body["code"] for _, body in answers}
            assert codes <= {"hub.not_writer", "hub.incident", "hub.store_gone"}, codes
            eventually(lambda: old.get("/readyz")[0] == 503, what="the woken one says that it is not the writer")
            assert new.is_ready()
            old.stop()
            new.stop()
    facts, _ = check_all(settings, acknowledged, tmp_path)
    late = {uuid.UUID(command).bytes for command in left}
    assert not late & {command for _, command in facts.answers}
    assert not late & {event.says["command_id"] for event in facts.events}


def _clients(hub: Served, keys: dict[str, str], settings: Settings, log: str) -> dict[str, Connect]:
    connect = dict.fromkeys(SYSTEMS, over_http(hub.url, keys))
    return connect | {"s2": over_kafka(settings)} if log == "kafka" else connect


def _stop_outside_a_transaction(hub: Served, url: str) -> None:
    """A SQLite file's lock dies only with its process: whoever replaces a holder stopped within one has to kill it."""

    def stopped() -> bool:
        hub.send(signal.SIGSTOP)
        if not url.startswith("sqlite:///"):
            return True
        try:
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                db.execute("ROLLBACK")
                return True
        except sqlite3.OperationalError:
            hub.send(signal.SIGCONT)
            return False

    eventually(stopped, what="the process is stopped while it holds no lock")


def _leave(hub: Served, key: str, command: str) -> socket.socket:
    """A whole request in the kernel's buffers of a process that does not run."""
    record: dict[str, object] = {
        "type": "register", "command_id": command, "occurred_at": instant_text(time.time_ns() // 1_000),
        "agency": agency_id(SYSTEMS["s1"][0]), "duty": "", "category": "02", "place": "", "source": "application",
        "dispute": None, "based_on": None, "parties": [],
    }  # fmt: skip
    body = json.dumps(record).encode()
    head = (
        f"POST /v1/submissions HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    door = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
    door.sendall(head.encode() + body)
    return door


def _answer(door: socket.socket) -> tuple[int, dict[str, str]]:
    with closing(door):
        response = HTTPResponse(door)
        response.begin()
        return response.status, json.loads(response.read())
