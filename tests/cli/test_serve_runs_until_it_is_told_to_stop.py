"""``hub serve`` as a process of its own: says where it listens, serves, and ends in order on SIGTERM and SIGINT."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import urllib3

from hub.cli.demo import stage
from hub.store import open_store
from hub.words import agency_id, text
from tests.web.hubs import command

VILLAGE = "v.committee"
PAST = {"occurred_at": "2026-01-01T00:00:00Z"}


class Served:
    """The process, its JSON log, and its address."""

    def __init__(self, home: Path, *options: str, **env: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
        own = {"HUB_HOME": str(home), "HUB_LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve", "--port", "0", *options], cwd=home, env=kept | own | env,
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.lines: list[dict[str, object]] = []
        self.url = ""

    def listening(self) -> str:
        assert self.process.stderr is not None
        for raw in self.process.stderr:
            line = json.loads(raw)
            self.lines.append(line)
            if line["event"] == "serve.listening":
                self.url = str(line["url"])
                return self.url
        raise AssertionError(self.lines)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=30)
        self.lines += [json.loads(raw) for raw in rest.splitlines()]
        return self.process.returncode


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_in_order(served: Served, tmp_path: Path, number: int) -> None:
    url = served.listening()
    ready = urllib3.request("GET", f"{url}/readyz", retries=False)
    assert (ready.status, ready.json()["ready"]) == (200, True)
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.credentials.add("one", [agency_id(VILLAGE)], ["agency"], 1)
    store.credentials.add("ops", [], ["operator"], 1)
    keys = {name: store.credentials.new_key(name, 1) for name in ("one", "ops")}
    own = {"code": VILLAGE, "name": "村", "kind": "committee", "level": "village", "region": "532301101201"}
    for name, body in (
        ("ops", command("register_agency", "hub", **own, **PAST)),
        ("one", command("register", VILLAGE, category="01", source="proactive", **PAST)),
    ):
        headers = {"authorization": f"Bearer {keys[name]}", "content-type": "application/json"}
        answer = urllib3.request("POST", f"{url}/v1/submissions", body=json.dumps(body), headers=headers)
        assert answer.status == 201, answer.data
    listed = urllib3.request("GET", f"{url}/v1/agencies?wait=2", headers={"authorization": f"Bearer {keys['one']}"})
    assert [a["id"] for a in listed.json()["items"]] == [text(agency_id(VILLAGE))]
    assert served.end(number) == 0
    assert served.lines[-1]["event"] == "serve.stopped"
    told = [row.topic for row in store.read(0, 100) if row.topic != "screening.scheduled"]  # if the steward got so far
    assert told == ["policy.loaded", "agency.registered", "dispute.registered", "ladder.stood"]
    store.acquire(1)  # the lease is free again
    store.close()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux: threads can be told where to run")
def test_the_data_path_runs_on_one_processor_and_pages_on_any(served: Served) -> None:
    served.listening()
    pid = served.process.pid
    allowed = [os.sched_getaffinity(int(thread)) for thread in os.listdir(f"/proc/{pid}/task")]
    shared = [processors for processors in allowed if len(processors) == 1]
    assert len(shared) >= 4, "writer, views, deliveries, steward"
    assert all(processors == shared[0] for processors in shared)
    assert os.sched_getaffinity(pid) == os.sched_getaffinity(0)


def test_a_taken_port_is_said_and_nothing_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        made = Served(tmp_path, "--port", str(taken.getsockname()[1]))
        _, said = made.process.communicate(timeout=30)
    assert made.process.returncode == 3 and "cannot listen" in said
    assert not (tmp_path / "hub.db").exists()


@pytest.mark.slow
def test_on_the_demonstrations_folder_it_prints_a_link_for_each_guest(tmp_path: Path) -> None:
    home = tmp_path / "out" / "hub"
    with contextlib.closing(open_store(f"sqlite:///{home / 'hub.db'}")) as store:
        past = 1_790_000_000_000_000
        stage.leave(home, store, past, {stage.SUPERVISOR: agency_id("a"), stage.CLERK: agency_id("b")})
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "serve", "--port", "0"], cwd=tmp_path, env=kept | {"PYTHONUNBUFFERED": "1"},
        stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = list(islice(process.stdout, 4))
        links = [line.split()[-1] for line in said if "/welcome/" in line]
        assert len(links) == 2
        for link in links:
            page = urllib3.request("GET", link, retries=False)
            assert page.status == 200 and 'name="password"' in page.data.decode()
    finally:
        process.terminate()
        process.communicate(timeout=30)
