"""Over HTTP the same bytes are sent again after a lost connection, a time-out or a 503; nothing else is repeated."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connectors.client import (
    Client,
    ConnectorError,
    HttpTransport,
    HubFailed,
    NoAnswer,
    NoRights,
    Unreachable,
    WrongPassword,
)
from connectors.ids import agency_id

DONE = {
    "outcome": "done",
    "dispute": agency_id("case"),
    "version": 1,
    "position": 7,
    "recorded_at": "2026-10-08T00:00:00Z",
}
Answer = tuple[int, dict[str, Any]] | str


class Script:
    """A hub that answers as told: (status, body), or "drop" = close the connection, "hang" = never answer."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, str, bytes]] = []
        self.release = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                script.seen.append((self.command, self.headers.get("idempotency-key", ""), body))
                told = script.answers.pop(0) if script.answers else (201, DONE)
                if told == "hang":
                    script.release.wait(20)
                if isinstance(told, str):
                    self.close_connection = True
                    return
                status, answer = told
                raw = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in (("Content-Length", len(raw)), ("Retry-After", "0")):
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = _answer

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    yield made
    made.release.set()
    made.server.shutdown()
    made.server.server_close()


def client(script: Script, **options: Any) -> Client:
    pauses: list[float] = []
    transport = HttpTransport(script.url, "town", "key", sleep=pauses.append, **options)
    return Client(transport, check=False)


def submit(made: Client) -> Any:
    return made.submit("register", agency=agency_id("x"), category="02", source="application")


@pytest.mark.parametrize(
    "before",
    [["drop"], [(503, {"code": "hub.busy"})], [(503, {"code": "hub.not_writer"}), "drop", "drop", (503, {})]],
)
def test_the_same_bytes_until_there_is_an_answer(script: Script, before: list[Answer]) -> None:
    script.answers = [*before, (201, DONE)]
    receipt = submit(client(script))
    assert (receipt.outcome, receipt.position, receipt.dispute) == ("done", 7, DONE["dispute"])
    assert len(script.seen) == len(before) + 1
    assert len(set(script.seen)) == 1
    assert json.loads(script.seen[0][2])["command_id"] == script.seen[0][1] == receipt.command_id


def test_a_hub_that_hangs_is_asked_again(script: Script) -> None:
    script.answers = ["hang", (201, DONE)]
    assert submit(client(script, request_seconds=0.3)).outcome == "done"
    assert len(set(script.seen)) == 1 and len(script.seen) == 2


def test_patience_ends(script: Script) -> None:
    script.answers = [(503, {"code": "hub.busy"})] * 50
    with pytest.raises(NoAnswer) as none:
        submit(client(script, patience=0.0))
    assert none.value.code == "hub.busy"
    assert len(script.seen) == 1


def test_a_refusal_is_an_answer_and_is_not_repeated(script: Script) -> None:
    problem = {
        "code": "dispute.closed",
        "field": "dispute",
        "detail": "it is closed",
        "outcome": "refused",
        "version": 9,
    }
    script.answers = [(409, problem | {"position": 0, "recorded_at": "2026-10-08T00:00:00Z"})]
    receipt = submit(client(script))
    assert (receipt.accepted, receipt.code, receipt.field) == (False, "dispute.closed", "dispute")
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ((401, {"code": "access.key"}), WrongPassword, "credentials.wrong"),
        ((403, {"code": "access.denied", "detail": "submit"}), NoRights, "rights.missing"),
        ((500, {"code": "hub.incident", "incident": "ab12"}), HubFailed, "hub.incident"),
    ],
)
def test_what_is_no_answer_is_raised_plainly(
    script: Script, answer: Answer, error: type[ConnectorError], code: str
) -> None:
    script.answers = [answer]
    with pytest.raises(error) as raised:
        submit(client(script))
    assert raised.value.code == code
    assert len(script.seen) == 1


def test_nobody_there() -> None:
    transport = HttpTransport("http://127.0.0.1:1", "town", "key", patience=0.0)
    with pytest.raises(Unreachable) as nobody:
        Client(transport)
    assert (nobody.value.code, nobody.value.field) == ("hub.unreachable", "url")


def test_a_gap_in_the_inbox_is_an_error(script: Script) -> None:
    item = {
        "type": "unreadable",
        "offset": 3,
        "code": "x",
        "field": "",
        "detail": "",
        "recorded_at": "2026-10-08T00:00:00Z",
    }
    script.answers = [(200, {"items": [item | {"n": 1}, item | {"n": 3}], "next": 3})]
    with pytest.raises(Exception, match=r"inbox\.gap"):
        client(script).inbox()
