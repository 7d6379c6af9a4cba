"""A world for the sandbox whose hub is a process of its own that gets killed, again and again, at chosen moments.

The hub's clock stands in a file that this process writes: time goes on whatever happens to the hub. The barrier of each
step is a word through a pipe; a hub that was killed on the way is asked again. Kills are aimed (see ``Kill``): a moment
after the given command, reading or barrier of the month began. Only while the clock jumps from one step to the
next nobody is killed: to a hub whose last sign of life lies hours back, those hours are an outage (they hold limits),
and rightly; real clocks do not jump.
"""

from __future__ import annotations

import mmap
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import urllib3

from connectors.client import Client, HttpTransport, KafkaTransport, Message, Receipt, Transport
from connectors.framing import Record, Schemas
from hub.log.access import Access, Admin
from hub.log.topics import Topics, wanted
from hub.settings import Settings
from hub.store import open_store
from hub.words import HUB_SYSTEM, ident
from ops.ports import free_port
from tests.parts.waiting import eventually

from .facts import Acknowledged, answered
from .process import CONTEXT

SEND, READ, SETTLE = "send", "read", "settle"
STORED_SECONDS = 0.5  # for a command that is refused nothing is stored but its answer


class Kill(NamedTuple):
    """Kill ``delay`` seconds after the ``nth`` happening of a kind began (or at the end, if there are not so many).

    ``delay`` < 0: as soon as something was stored, before who sent it hears of it. ``again``: kill the next hub as
    well, that long after its start; 0 = not.
    """

    kind: str
    nth: int
    delay: float
    again: float = 0.0


class FileClock:
    """The instant that stands in a file of eight bytes; several processes may look at it."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 8)

    @classmethod
    def made(cls, path: Path, start: int) -> FileClock:
        """A new clock."""
        path.write_bytes(start.to_bytes(8, "little"))
        return cls(path)

    def now(self) -> int:
        """The instant last set, by whomever."""
        return int.from_bytes(self._page[:8], "little")

    def set(self, instant: int) -> None:
        """Jump to an instant."""
        self._page[:8] = instant.to_bytes(8, "little")


def _serve(settings: Settings, clock: Path, port: int, pipe: Connection) -> None:
    """The child: a whole hub by steps; a word through the pipe = come to rest; no word = stop."""
    out = os.open(settings.home / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    import hub.writer.writer as writer
    from hub.bootstrap import build, configure_logging
    from hub.bootstrap.serving import Background
    from hub.cli.demo.trial import settle

    configure_logging("json", "warning")
    # Every step moves the clock by hours, and only a sign of life tells those hours from an outage.
    setattr(writer, "BEAT_SECONDS", 0.02)  # noqa: B010 (a constant to all others)
    hub = build(settings, clock=FileClock(clock), by_steps=True)
    try:
        assert hub.start(30), hub.ready()
        with Background(hub.app, port=port), suppress(EOFError):
            while pipe.recv():
                settle(hub)
                pipe.send("rests")
    finally:
        hub.stop()


class KilledHub:
    """A ``World`` for the sandbox. ``kafka`` "" = table log and HTTP. See ``aim``."""

    def __init__(self, home: Path, start: int, *, kafka: str = "", prefix: str = "") -> None:
        self.clock = FileClock.made(home / "clock", start)
        self.settings = Settings(home=home, kafka=kafka, topic_prefix=prefix)
        self._kills: list[Kill] = []  # to come
        self.told: dict[str, Acknowledged] = {}  # what the clients were told, by command
        self.strange: list[str] = []  # answers that contradict an earlier one
        self.killed: list[str] = []  # what was under way when
        self.lost = 0  # requests that nobody answered
        self.untold = 0  # commands that were stored when a hub was killed and whose clients had no answer yet
        self._schemas = Schemas.packaged()
        self.store = open_store(self.settings.store_url)
        self._broker = Admin(Access(kafka, prefix=prefix)) if kafka else None
        self._port = free_port()
        self._home = home
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._lock = threading.RLock()  # held from a kill until the next hub's process runs, and while the clock jumps
        self._count = dict.fromkeys((SEND, READ, SETTLE), 0)
        self._aimed: list[threading.Thread] = []

    # -- the world of the sandbox ------------------------------------------------------------------------------------

    def connect(self, system: str, agencies: Sequence[str], roles: Sequence[str]) -> Client:
        """A client for a new system, whose every request is noted."""
        self.store.credentials.add(system, [ident(agency) for agency in agencies], roles, self.clock.now())
        if self._broker is None or "agency" not in roles:
            return Client(self.http(system), clock=self.clock.now, schemas=self._schemas)
        self._broker.ensure(wanted(Topics(self.settings.topic_prefix), [system]))
        transport = KafkaTransport(
            self.settings.kafka, system, topic_prefix=self.settings.topic_prefix, schemas=self._schemas,
            check_seconds=30.0,
        )  # fmt: skip
        return Client(Noted(transport, self), clock=self.clock.now, schemas=self._schemas)

    def http(self, system: str) -> NotedHttp:
        """A new key of a system and its way in."""
        key = self.store.credentials.new_key(system, self.clock.now(), "month")
        return NotedHttp(self, system, key, self._schemas)

    def set_time(self, now: int) -> None:
        """Move the clock once a hub runs, and go on once that hub has given a sign of life at the new instant."""
        self._done_killing()
        with self._lock:
            self._ask()
            self.clock.set(now)
            eventually(lambda: (self.store.alive_at() or 0) >= now, what="a sign of life", every=0.005)

    def settle(self) -> None:
        """The barrier, across processes and deaths."""
        self.note(SETTLE)
        self._ask()

    # -- kills -------------------------------------------------------------------------------------------------------

    def aim(self, kills: Sequence[Kill]) -> None:
        """What happens from now on is counted, and these strike."""
        self._count = dict.fromkeys((SEND, READ, SETTLE), 0)
        self._kills = list(kills)

    def note(self, kind: str) -> None:
        """Something begins; perhaps the hub does not see its end."""
        self._count[kind] += 1
        nth = self._count[kind]
        for kill in [k for k in self._kills if (k.kind, k.nth) == (kind, nth)]:
            self._fire(kill)

    def _fire(self, kill: Kill) -> None:
        self._kills.remove(kill)
        thread = threading.Thread(target=self._strike, args=(kill,), name="killer")
        self._aimed.append(thread)
        thread.start()

    def _done_killing(self) -> None:
        for thread in self._aimed:
            thread.join()
        self._aimed.clear()

    def _strike(self, kill: Kill) -> None:
        for delay in (kill.delay, kill.again)[: 2 if kill.again else 1]:
            if delay < 0:
                self._until_stored()
            else:
                time.sleep(delay)
            with self._lock:
                self._kill()
                stored = {c for system, c in answered(self.settings.store_url) if system != HUB_SYSTEM}
                self.untold += len(stored - self.told.keys())
                self.killed.append(f"{kill.kind} {kill.nth}")
                self._start()

    def _until_stored(self) -> None:
        before, end = self.store.position(), time.monotonic() + STORED_SECONDS
        while self.store.position() == before and time.monotonic() < end:
            pass

    # -- the process -------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if self._broker is not None:
            self._broker.ensure(wanted(Topics(self.settings.topic_prefix), []))
        self._start()
        self._ask()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done_killing()
        self._kill()
        if self._broker is not None:
            self._broker.close()
        self.store.close()

    def rest(self) -> None:
        """All kills are done; the hub comes to rest and stops in order."""
        for kill in list(self._kills):
            self._fire(kill)
        self._done_killing()
        self._ask()
        assert self._pipe is not None and self._process is not None
        self._pipe.send("")
        self._process.join(20)
        assert self._process.exitcode == 0, self.said()

    def _start(self) -> None:
        ours, theirs = CONTEXT.Pipe()
        arguments = (self.settings, self._home / "clock", self._port, theirs)
        self._process = CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours

    def _kill(self) -> None:
        """The pipe is only let go: who reads it in another thread must meet its end, not somebody else's file."""
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.join(20)
            self._process = self._pipe = None

    def _ask(self) -> None:
        """Let the hub of the moment come to rest; one that is killed on the way is asked again when it runs anew."""
        while True:
            with self._lock:
                process, pipe = self._process, self._pipe
            assert process is not None and pipe is not None
            with suppress(EOFError, OSError):
                pipe.send("rest")
                if pipe.poll(90) and pipe.recv():
                    return
                raise AssertionError(f"the hub does not come to rest: {self.said()}")
            with self._lock:
                died = process is self._process and not process.is_alive()
            assert not died, f"the hub died of itself: {self.said()}"

    @property
    def url(self) -> str:
        """Where every hub of this world listens."""
        return f"http://127.0.0.1:{self._port}"

    def said(self) -> str:
        """The end of what the hubs logged."""
        return (self._home / "serve.log").read_text(errors="replace")[-3_000:]

    def told_of(self, system: str, r: Receipt) -> None:
        """A client was told this about its command."""
        told = Acknowledged(system, r.command_id, r.outcome, r.code, r.dispute, r.version, r.position)
        known = self.told.setdefault(r.command_id, told)
        if known != told:
            self.strange.append(f"told {known}, then {told}")


class NotedHttp(HttpTransport):
    """The library's own HTTP, with shorter pauses; every request is noted, and those that nobody answered."""

    def __init__(self, world: KilledHub, system: str, key: str, schemas: Schemas) -> None:
        super().__init__(world.url, system, key, schemas=schemas, sleep=lambda s: time.sleep(min(s, 0.03)))
        self._world = world

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        self._world.note(SEND)
        found = super().send(record, fields)
        if found is not None:
            self._world.told_of(self.system, found)
        return found

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        self._world.note(READ)
        return super().inbox(after, limit, timeout)

    def _once(self, *args: Any) -> tuple[int, dict[str, Any], float]:
        try:
            return super()._once(*args)
        except urllib3.exceptions.HTTPError:
            self._world.lost += 1
            raise


class Noted(Transport):
    """A Kafka transport whose sending and reading is noted."""

    def __init__(self, inner: KafkaTransport, world: KilledHub) -> None:
        self._inner = inner
        self._world = world

    @property
    def system(self) -> str:
        return self._inner.system

    def check(self) -> None:
        self._inner.check()

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        self._world.note(SEND)
        return self._inner.send(record, fields)

    def send_raw(self, raw: bytes) -> None:
        self._inner.send_raw(raw)

    def answer(self, command_id: str, timeout: float) -> Receipt:
        found = self._inner.answer(command_id, timeout)
        self._world.told_of(self.system, found)
        return found

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        return self._inner.inbox(after, limit, timeout)

    def catch_up(self, timeout: float) -> None:
        self._world.note(READ)
        self._inner.catch_up(timeout)

    def close(self) -> None:
        self._inner.close()
