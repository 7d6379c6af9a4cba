"""The stream of positions: told at once, then at most twice a second, by one poller; it ends with its session."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from hub.bootstrap.serving import GRACE, Background
from tests.pages.city import TOWN, City
from tests.people.signed import Signed

live: Any = import_module("hub.web.pages.live")  # the package gives its routers these names


class Heard(NamedTuple):
    """One message, and when it came."""

    at: float
    data: Any
    event: str = "message"


class Listener:
    """A browser's EventSource, as far as it matters."""

    def __init__(self, url: str, person: Signed, **headers: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=20)
        self._connection.connect()
        self._socket = self._connection.sock
        cookie = person.client.cookies["hub_session"]
        self._connection.request("GET", "/live", headers={"Cookie": f"hub_session={cookie}", **headers})
        self.answer = self._connection.getresponse()
        self.heard: list[Heard] = []
        self.closed_at: float | None = None
        self._came = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        event = "message"
        try:
            while line := self.answer.readline():
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    event = text[7:]
                elif text.startswith("data: "):
                    raw = text[6:]
                    with self._came:
                        data = json.loads(raw) if raw.startswith("{") else raw
                        self.heard.append(Heard(time.monotonic(), data, event))
                        self._came.notify_all()
                    event = "message"
        except (OSError, http.client.HTTPException):
            pass
        with self._came:
            self.closed_at = time.monotonic()
            self._came.notify_all()

    def wait(self, count: int, seconds: float = 5.0) -> list[Heard]:
        """At least so many messages."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return list(self.heard)

    def wait_closed(self, seconds: float) -> float:
        with self._came:
            assert self._came.wait_for(lambda: self.closed_at is not None, seconds)
            assert self.closed_at is not None
            return self.closed_at

    def close(self) -> None:
        """As a browser that goes to another page."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._connection.close()


class Served(NamedTuple):
    """A city behind a real server."""

    city: City
    url: str
    server: Background


@pytest.fixture
def served(tmp_path: Any) -> Iterator[Served]:
    city = City(tmp_path)
    server = Background(city.hub.app)
    try:
        yield Served(city, server.start(), server)
    finally:
        server.stop()
        city.close()


def test_a_change_is_told_at_once(served: Served) -> None:
    person = served.city.clerk()
    listener = Listener(served.url, person)
    assert listener.answer.status == 200
    assert listener.answer.headers["content-type"].startswith("text/event-stream")
    assert listener.answer.headers["cache-control"] == "no-store"
    first = listener.wait(1)[0].data
    position = served.city.hub.desk.position
    assert (first["position"], first["log"]) == (position, position)
    assert first["now"] == served.city.clock.now() // 1_000
    time.sleep(live.APART)
    served.city.case()
    served.city.hub.settle()
    began = time.monotonic()
    told = listener.wait(2)[1]
    assert told.data["position"] == position + 1 and told.at - began < 0.5
    listener.close()


@pytest.mark.slow
def test_many_changes_are_told_twice_a_second(served: Served) -> None:
    listener = Listener(served.url, served.city.clerk())
    listener.wait(1)
    until = time.monotonic() + 2.2
    while time.monotonic() < until:
        served.city.case()
        served.city.hub.settle()
    last = served.city.hub.desk.position
    deadline = time.monotonic() + 3
    while listener.heard[-1].data["position"] < last and time.monotonic() < deadline:
        time.sleep(0.05)
    heard = listener.heard
    assert heard[-1].data["position"] == last
    apart = [b.at - a.at for a, b in pairwise(heard)]
    assert len(apart) >= 3 and min(apart) > live.APART * 0.8
    listener.close()


@pytest.mark.slow
def test_one_poller_serves_all_listeners_and_rests_without_them(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    real = live.beat_of

    def look(parts: Any) -> Any:
        looks.append(time.monotonic())
        return real(parts)

    monkeypatch.setattr(live, "beat_of", look)
    person = served.city.clerk()
    listeners = [Listener(served.url, person) for _ in range(8)]
    for listener in listeners:
        listener.wait(1)
    looks.clear()
    time.sleep(1.0)
    assert 3 <= len(looks) <= 1.0 / live.TICK + 2
    for listener in listeners:
        listener.close()
    time.sleep(1.0)
    served.city.case()  # the server notices those that are gone when it writes to them
    served.city.hub.settle()
    time.sleep(1.0)
    looks.clear()
    time.sleep(0.5)
    assert looks == []


def test_a_word_comes_although_nothing_happens(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.4)
    listener = Listener(served.url, served.city.clerk())
    heard = listener.wait(3, 3.0)
    assert len({h.data["position"] for h in heard}) == 1
    listener.close()


def test_the_stream_ends_with_its_session(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.3)
    person = served.city.clerk()
    listener = Listener(served.url, person)
    listener.wait(1)
    store, now = served.city.hub.store, served.city.clock.now()
    session = store.sessions.of(person.client.cookies["hub_session"], now)
    assert session is not None and store.sessions.end(session.hash, now)
    listener.wait_closed(3.0)
    assert listener.heard[-1].event == "end" and listener.heard[-1].data == "session"


def test_a_stop_of_the_server_ends_streams_at_once(served: Served) -> None:
    listeners = [Listener(served.url, served.city.clerk()) for _ in range(3)]
    for listener in listeners:
        listener.wait(1)
    began = time.monotonic()
    served.server.stop()
    assert time.monotonic() - began < GRACE / 4
    for listener in listeners:
        assert listener.wait_closed(1.0) - began < GRACE / 4


def test_lagging_views_are_told(served: Served) -> None:
    listener = Listener(served.url, served.city.clerk())
    listener.wait(1)
    for _ in range(live.LAG + 1):
        served.city.case()
    told = listener.wait(2, 3.0)[1].data
    assert told["log"] - told["position"] == live.LAG + 1
    served.city.hub.settle()
    told = listener.wait(3, 3.0)[2].data
    assert told["log"] == told["position"]
    listener.close()


def test_the_position_can_be_asked_for(served: Served) -> None:
    person = served.city.clerk(TOWN)
    answer = person.get("/live/position")
    position = served.city.hub.desk.position
    assert answer.json() == {"position": position, "log": position, "now": served.city.clock.now() // 1_000}
    assert answer.headers["cache-control"] == "no-store"


def test_nobody_listens_without_signing_in(served: Served) -> None:
    for path in ("/live", "/live/position"):
        assert served.city.client.get(path, follow_redirects=False).status_code == 303
