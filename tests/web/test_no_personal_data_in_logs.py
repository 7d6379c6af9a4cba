"""A canary in every place that may hold personal data never reaches a log line, whatever goes wrong on the way."""

import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from hub.bootstrap import configure_logging
from hub.web.api.examples import SYSTEM
from tests.web.hubs import Trial, command

CANARY = "金丝雀某某"
SALT = "5a" * 32
VILLAGE = "532301101201.committee"


class Lines:
    """What was written to standard error since the test began."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self._read = ""

    def getvalue(self) -> str:
        self._read += self._capture.readouterr().err
        return self._read


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    configure_logging("json", "debug")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own client writes its URLs
    yield Lines(capsys)


def party(**fields: Any) -> dict[str, Any]:
    return {"role": "applicant", "kind": "person", "commitment": "ab" * 32, "masked": CANARY, "salt": SALT} | fields


def test_a_canary_never_reaches_the_log(lines: Lines, trial: Trial) -> None:
    peer = trial.play()[SYSTEM]
    own: dict[str, Any] = {"category": "03", "source": "application"}
    bodies = [
        command("register", VILLAGE, **own, parties=[party()]),
        command("register", VILLAGE, **own, parties=[party(role=CANARY)]),
        command("register", VILLAGE, **own, parties=[party(masked=CANARY + "\x00")]),
        command("register", VILLAGE, **own, parties=[party(**{CANARY: 1})]),
        command("register", VILLAGE, **own, parties=[party()], **{CANARY: CANARY}),
        command("register", VILLAGE, **own, parties=[party()], place=CANARY * 100),
        command("register", VILLAGE, **own | {"category": CANARY}, parties=[party()]),
        command(CANARY, VILLAGE),
    ]
    answers = [peer.post(body).status_code for body in bodies]
    assert answers == [201, *[400] * 7]
    peer.raw(f'{{"type": "{CANARY}", "type": "{CANARY}"}}'.encode())
    peer.raw(f'{{"type": "{CANARY}"'.encode())
    peer.get(f"/v1/disputes/{CANARY}")
    peer.get(f"/v1/disputes?cursor={CANARY}&category={CANARY}")
    trial.client.get("/v1/inbox", headers={"authorization": f"Bearer {SALT}"})
    trial.client.get(f"/{CANARY}")
    trial.hub.settle()
    written = lines.getvalue()
    assert len(written.splitlines()) > len(bodies)
    for secret in (CANARY, json.dumps(CANARY).strip('"'), SALT, bytes.fromhex(SALT).hex(), peer.key, peer.key[4:]):
        assert secret not in written
    assert not any(secret in written for secret in (CANARY.encode().hex(), "%E9%87%91%E4%B8%9D%E9%9B%80"))


def test_an_exception_is_logged_by_type_and_place_and_answered_with_a_number(
    lines: Lines, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = trial.peer("one", VILLAGE)

    def broken(*_: object) -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as why:
            raise RuntimeError(f"cannot take {CANARY}") from why

    monkeypatch.setattr(trial.hub.store.deliveries, "read", broken)
    answer = peer.get("/v1/inbox")
    assert (answer.status_code, answer.json()["code"]) == (500, "hub.incident")
    assert answer.headers["content-security-policy"] and CANARY not in answer.text and "RuntimeError" not in answer.text
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    told = next(line for line in found if line["event"] == "http.incident")
    assert told["incident"] == answer.json()["incident"] and told["error"] == "RuntimeError < KeyError"
    assert any("test_no_personal_data_in_logs" in place for place in told["where"])
    assert CANARY not in lines.getvalue() and json.dumps(CANARY).strip('"') not in lines.getvalue()


def test_the_standard_library_and_structlog_write_one_stream_of_json(lines: Lines) -> None:
    structlog.get_logger("hub.x").info("by.structlog", n=1)
    logging.getLogger("some.library").warning("by %s", "logging")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [f["event"] for f in found] == ["by.structlog", "by logging", "failed"]
    assert all(f["timestamp"].endswith("Z") and f["level"] and f["logger"] for f in found)
    assert found[2]["error"] == "ValueError" and CANARY not in lines.getvalue()


def test_each_request_is_one_line_with_route_status_and_system(lines: Lines, trial: Trial) -> None:
    trial.peer("asker").get(f"/v1/disputes/{uuid.uuid4()}")
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    line = next(f for f in found if f["event"] == "http.request")
    assert line["route"] == "/v1/disputes/{dispute_id}" and line["status"] == 404
    assert line["system"] == "asker" and line["method"] == "GET" and line["ms"] >= 0
