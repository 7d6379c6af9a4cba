"""Without lease, free queue, sane clock or database: the right code, Retry-After, nothing recorded, no internals."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from hub.aggregates.command import Command
from hub.bootstrap import build
from hub.contract import load
from hub.web.api import models
from hub.web.problems import catalogue
from hub.words import SECOND
from hub.writer import Busy, Incident, Outcome
from tests.parts.waiting import eventually
from tests.web.hubs import Peer, Trial, command
from tests.web.test_bad_bodies_are_refused import problem

VILLAGE = "532301101201.committee"


def registration() -> dict[str, Any]:
    return command("register", VILLAGE, category="03", source="application")


def ready(trial: Trial, path: str = "/readyz") -> tuple[int, list[str]]:
    answer = trial.client.get(path)
    found = models.Ready.model_validate(answer.json())
    assert found.ready == (answer.status_code == 200) == (not found.reasons)
    assert all(r.code in catalogue() and r.title and r.advice for r in found.reasons)
    return answer.status_code, [r.code for r in found.reasons]


def test_a_running_hub_is_alive_and_ready(trial: Trial) -> None:
    assert trial.client.get("/livez").json() == {"status": "ok"}
    assert ready(trial) == (200, [])


def test_a_second_hub_reads_and_sends_commands_elsewhere_until_it_takes_over(tmp_path: Path) -> None:
    first = Trial(tmp_path)
    second = build(first.settings, first.clock, by_steps=True)
    try:
        peer = first.play()["example-city"]
        assert not second.start(wait=0.1)
        other = Peer(TestClient(second.app, raise_server_exceptions=False), peer.key)
        answer = other.post(registration())
        problem(answer, 503, "hub.not_writer")
        assert int(answer.headers["retry-after"]) >= 1
        unready = other.client.get("/readyz")
        assert unready.status_code == 503 and [r["code"] for r in unready.json()["reasons"]] == ["hub.not_writer"]
        assert other.client.get("/readyz?of=reads").status_code == 200
        assert other.client.get("/livez").status_code == 200
        for path in ("/v1/disputes", "/v1/agencies", "/v1/inbox", f"/v1/queues/{VILLAGE}?kind=act"):
            assert other.get(path).json() == peer.get(path).json()
        body = registration()
        mine = peer.post(body).json()
        assert other.get(f"/v1/disputes/{mine['dispute']}").json()["version"] == mine["version"]
        first.close()
        eventually(lambda: second.desk.problem == "", what="the second hub takes commands")
        again = other.post(body)
        assert again.status_code == 201 and again.json() == mine
        assert other.post(registration()).json()["position"] == mine["position"] + mine["version"]
    finally:
        second.stop()


def test_a_full_queue_is_503_and_the_same_command_may_come_again(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = trial.play()["example-city"]

    async def full(commands: Sequence[Command]) -> list[Outcome]:
        raise Busy

    body = registration()
    with monkeypatch.context() as patched:
        patched.setattr(trial.hub.desk, "ask_async", full)
        answer = peer.post(body)
        problem(answer, 503, "hub.busy")
        assert int(answer.headers["retry-after"]) >= 1
        problem(peer.get(f"/v1/answers/{body['command_id']}"), 404, "answer.unknown")
    assert peer.post(body).status_code == 201


@pytest.mark.parametrize(("code", "status"), [("hub.incident", 500), ("hub.store_gone", 503), ("hub.not_writer", 503)])
def test_an_incident_of_the_writer_is_told_by_its_number(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    async def fails(commands: Sequence[Command]) -> list[Outcome]:
        return [Incident("0123456789abcdef", code)]

    monkeypatch.setattr(trial.hub.desk, "ask_async", fails)
    body = registration()
    found = problem(trial.peer("one", VILLAGE).post(body), status, code)
    assert (found["incident"], found["command_id"]) == ("0123456789abcdef", body["command_id"])
    assert set(found) == {"type", "title", "status", "code", "field", "detail", "advice", "incident", "command_id"}


def test_a_database_that_does_not_answer_is_503_without_its_message(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = trial.peer("one", VILLAGE)

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("select secret from somewhere", {"x": "secret"}, Exception("secret"))

    monkeypatch.setattr(trial.hub.store.deliveries, "read", gone)
    answer = peer.get("/v1/inbox")
    problem(answer, 503, "store.unreachable")
    assert "secret" not in answer.text and answer.headers["retry-after"]


def test_a_clock_far_behind_the_last_event_is_not_ready(trial: Trial) -> None:
    trial.play()
    trial.clock.advance(-301 * SECOND)
    assert ready(trial) == (503, ["clock.behind"])
    trial.clock.advance(2 * SECOND)
    assert ready(trial) == (200, [])


def test_details_are_for_the_operator(trial: Trial) -> None:
    trial.play()
    operator, agency = trial.peer("ops", role="operator"), trial.peer("one", VILLAGE)
    trial.clock.advance(-600 * SECOND)
    for headers, told in (({}, ""), (agency.headers, ""), (operator.headers, "600 s"), ({"authorization": "x"}, "")):
        answer = trial.client.get("/readyz", headers=headers)
        assert answer.status_code == 503 and answer.json()["reasons"][0]["detail"] == told


def test_views_far_behind_are_a_reason(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.bootstrap.hub.VIEWS_BEHIND", 10)
    assert ready(trial) == (200, [])
    peer = trial.play()["example-city"]
    for _ in range(11):
        assert peer.post(registration()).status_code == 201
    status, codes = ready(trial)
    assert status == 503 and set(codes) == {"views.lag"}
    trial.hub.settle()
    assert ready(trial) == (200, [])


def test_a_stopped_hub_gives_up_its_lease_and_its_threads(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for _ in range(3):
        trial = Trial(tmp_path)
        trial.close()
    left = [
        t.name for t in set(threading.enumerate()) - before if t.name in ("writer", "keeper", "views", "deliveries")
    ]
    assert left == []


def test_many_callers_at_once_each_get_their_own_answer(trial: Trial) -> None:
    peer = trial.play()["example-city"]
    bodies = [registration() for _ in range(200)]
    contract, found = load(), []

    async def ask() -> list[Any]:
        from hub.aggregates.wire import to_command

        commands = [
            to_command(
                contract,
                "example-city",
                *contract.from_json("command", b["type"], {k: v for k, v in b.items() if k != "type"}),
            )
            for b in bodies
        ]
        return await asyncio.gather(*(trial.hub.desk.ask_async([c]) for c in commands))

    found = [outcomes[0] for outcomes in asyncio.run(ask())]
    assert [str(peer.get(f"/v1/answers/{b['command_id']}").json()["position"]) for b in bodies[:5]] == [
        str(o.position) for o in found[:5]
    ]
    assert len({o.position for o in found}) == 200
