"""A trial hub on a simulated clock, and the door through which the sandbox's systems reach it.

Guarantee: everything is real but the clock: store, writer, log, views, inboxes, steward, HTTP server, and with
``kafka`` a broker; systems come in by API key or by their topics. ``settle`` is the sandbox's barrier.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from connectors.client import Client, HttpTransport, KafkaTransport
from connectors.framing import Schemas
from hub.bootstrap import Hub, build
from hub.bootstrap.serving import Background
from hub.log.access import Access, Admin
from hub.log.port import LogUnavailable
from hub.log.relay import Relay
from hub.log.topics import Topics, wanted
from hub.settings import Settings
from hub.words import ident
from hub.writer import SimulatedClock

ROUNDS: Final = 200  # of the steward at one instant; more would mean that it never ends
PATIENCE: Final = 60.0  # seconds for the relay
log = structlog.get_logger(__name__)


class TrialFailed(RuntimeError):
    """The trial hub did not start, or did not come to rest."""


class Trial:
    """A ``World`` for the sandbox: ``with Trial(folder, start) as world: Month(world, …)``.

    ``kafka`` "" = the embedded table log and HTTP; else the address of a broker: systems then speak by Kafka, under
    topic names with a prefix of their own, so that trials never meet; the topics are removed at the end. ``city`` and
    ``pack`` are those of the settings.
    """

    def __init__(
        self, home: Path, start: int, *, kafka: str = "", city: str = "532301", database: str = "",
        pack: Path | None = None,
    ) -> None:  # fmt: skip
        self.clock = SimulatedClock(start)
        self.prefix = f"trial-{uuid.uuid4().hex[:8]}." if kafka else ""
        self.settings = Settings(
            home=home, kafka=kafka, topic_prefix=self.prefix, city=city, database=database, pack=pack
        )
        self.hub: Hub = build(self.settings, clock=self.clock, by_steps=True)
        self._schemas = Schemas.packaged()
        self._server: Background | None = None
        self._broker = Admin(Access(kafka, prefix=self.prefix)) if kafka else None
        self.url = ""

    def __enter__(self) -> Self:
        try:
            if self._broker is not None:
                self._broker.ensure(wanted(Topics(self.prefix), []))
            if not self.hub.start():
                reasons = ", ".join(f"{reason.code} {reason.detail}".strip() for reason in self.hub.ready())
                raise TrialFailed(f"the hub takes no commands: {reasons}")
        except (LogUnavailable, TrialFailed) as why:
            self.__exit__(None, None, None)
            raise TrialFailed(str(why)) from why
        self._server = Background(self.hub.app)
        self.url = self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop()
        self.hub.stop()
        if self._broker is not None:
            self._remove_topics(self._broker)
            self._broker.close()

    def _remove_topics(self, broker: Admin) -> None:
        """Nobody reads a trial's topics after it; where they cannot be removed, their prefix is logged."""
        try:
            mine = [topic for topic in broker.run("list_topics") if topic.startswith(self.prefix)]
            if mine:
                broker.run("delete_topics", mine)
        except LogUnavailable as why:
            log.error("trial.topics_left", prefix=self.prefix, problem=str(why))

    def connect(self, system: str, agencies: Sequence[str], roles: Sequence[str]) -> Client:
        """A client for a new system, by Kafka where the trial has a broker, except for the operator."""
        self.hub.store.credentials.add(system, [ident(agency) for agency in agencies], roles, self.clock.now())
        if self._broker is None or "agency" not in roles:
            return Client(self.http(system), clock=self.clock.now, schemas=self._schemas)
        self._broker.ensure(wanted(Topics(self.prefix), [system]))
        transport = KafkaTransport(
            self.settings.kafka, system, topic_prefix=self.prefix, schemas=self._schemas, check_seconds=30.0
        )
        return Client(transport, clock=self.clock.now, schemas=self._schemas)

    def http(self, system: str) -> HttpTransport:
        """A new key of a system and its way in."""
        key = self.hub.store.credentials.new_key(system, self.clock.now(), "trial")
        return HttpTransport(self.url, system, key, schemas=self._schemas)

    def supervisor(self) -> HttpTransport:
        """Who may read every figure of the city."""
        self.hub.store.credentials.add("supervisor", [], ["supervisor"], self.clock.now())
        return self.http("supervisor")

    def set_time(self, now: int) -> None:
        """Move the hub's clock."""
        self.clock.set(now)

    def settle(self) -> None:
        """Outboxes read, the steward at rest, views and inboxes at the last position."""
        settle(self.hub)


def settle(hub: Hub) -> int:
    """Let a hub by steps come to rest at the instant its clock shows; the position it rests at."""
    assert hub.steward is not None
    if hub.intake is not None and not hub.intake.barrier(PATIENCE):
        raise TrialFailed("the outboxes are not read to their end")
    for _ in range(ROUNDS):
        position = hub.settle()
        hub.steward.step()
        if hub.desk.position == position:
            break
    else:
        raise TrialFailed("the steward does not come to rest")
    if hub.relay is not None and not _passed_on(hub.relay, position):
        raise TrialFailed(f"the relay does not reach position {position}: {hub.relay.problem}")
    return position


def _passed_on(relay: Relay, position: int) -> bool:
    return relay.wait_published(position, PATIENCE) and relay.wait_delivered(PATIENCE)
