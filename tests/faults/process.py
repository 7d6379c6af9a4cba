"""``hub serve`` as a process of its own, to be killed, stopped and woken.

The process is forked from a server that has imported the hub already (a start then takes a fraction of a second, so
that a test can afford many); what runs in it is the command itself, with its settings in the environment.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import urllib3

from hub.settings import Settings
from ops.ports import free_port
from tests.parts.waiting import eventually

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["hub.cli.serve", "tests.faults.process", "tests.faults.killed"])


def environment(settings: Settings) -> dict[str, str]:
    """The settings as the command finds them."""
    return {
        "HUB_HOME": str(settings.home), "HUB_DATABASE": settings.database, "HUB_KAFKA": settings.kafka,
        "HUB_TOPIC_PREFIX": settings.topic_prefix, "HUB_LOG_FORMAT": "json",
    }  # fmt: skip


def _serve(env: dict[str, str], home: str, arguments: list[str]) -> None:
    os.environ.update(env)
    os.chdir(home)
    out = os.open("serve.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    from hub.cli import cli

    cli(["serve", *arguments], standalone_mode=False)


class Served:
    """One hub process at a time, always at the same address."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: BaseProcess | None = None
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(2.0))

    def start(self, *more: str, ready: bool = True) -> None:
        """Start it; with ``ready`` return when it takes commands."""
        home = Path(self.settings.home)
        home.mkdir(parents=True, exist_ok=True)
        arguments = ["--port", str(self.port), *more]
        self._process = CONTEXT.Process(target=_serve, args=(environment(self.settings), str(home), arguments))
        self._process.start()
        if ready:
            eventually(self.is_ready, what="the hub is ready", within=30)

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        """Status and body of a GET without a key; (0, {}) when nobody answers."""
        with suppress(urllib3.exceptions.HTTPError):
            response = self._pool.request("GET", self.url + path)
            found = response.json() if response.data else {}
            return response.status, found if isinstance(found, dict) else {}
        return 0, {}

    def is_ready(self) -> bool:
        """Whether it takes commands now."""
        assert self._process is None or self._process.exitcode is None, self.said()
        return self.get("/readyz")[0] == 200

    @property
    def pid(self) -> int:
        """The process running now."""
        assert self._process is not None and self._process.pid is not None
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """A signal to the process running now."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, as a power cut would; returns when the process is gone."""
        self.send(signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """SIGTERM, in order."""
        if self._process is None:
            return
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        self._process.join(20)
        if self._process.exitcode is None:
            self.send(signal.SIGKILL)
        self._gone()

    def said(self) -> str:
        """The end of what the process logged."""
        log = Path(self.settings.home) / "serve.log"
        return log.read_text(errors="replace")[-3_000:] if log.exists() else "(no log)"

    def _gone(self) -> None:
        assert self._process is not None
        self._process.join(20)
        self._process = None


@contextmanager
def serving(settings: Settings, *more: str) -> Iterator[Served]:
    """A hub process that takes commands; killed at the end if the test has not stopped it."""
    served = Served(settings)
    try:
        served.start(*more)
        yield served
    finally:
        if served._process is not None:
            with suppress(ProcessLookupError):
                served.send(signal.SIGCONT)
                served.send(signal.SIGKILL)
            served._gone()
