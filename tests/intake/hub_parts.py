"""A hub's inner parts for tests of the intake: a real store and writer, three agencies, two systems with outboxes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.access.speech import System, may_speak
from hub.aggregates.command import Command
from hub.aggregates.wire import to_command
from hub.contract import load
from hub.intake import Intake, systems_of
from hub.log.access import Access, Admin
from hub.log.topics import wanted
from hub.policy import shipped_policy
from hub.store import Store, open_store
from hub.words import HUB_AGENCY, HUB_SYSTEM, Refusal, agency_id
from hub.writer import Clock, SystemClock, Writer

CONTRACT = load()
PACK = shipped_policy().packs[-1]
COURT, POLICE, CENTRE = agency_id("t.court"), agency_id("t.police"), agency_id("t.centre")
ADDED = 1_600_000_000_000_000


def command_id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


def stored_command(type_: str, ident: str, agency: bytes, **own: Any) -> bytes:
    """The stored form of a command record; fields not named take the schema's defaults."""
    schema = CONTRACT.schema("command", type_)
    head = {
        "command_id": command_id(ident),
        "occurred_at": SystemClock().now() - 1_000_000,
        "agency": agency,
        "duty": "值班员",
    }
    given = head | own
    values = [given.get(f.name, f.default) for f in schema.record.fields]
    return CONTRACT.encode(schema, values)


def register(ident: str, agency: bytes = COURT, **own: Any) -> bytes:
    """The Kafka value of a ``register`` command."""
    fields = {"category": "02", "place": "532301101", "source": "application", "parties": ()} | own
    return CONTRACT.to_kafka(stored_command("register", ident, agency, **fields))


class Parts:
    """Store and writer with agencies and systems; ``writer`` is running."""

    def __init__(self, folder: Path, clock: Clock | None = None, url: str = "") -> None:
        self.clock = clock or SystemClock()
        self.store: Store = open_store(url or f"sqlite:///{folder / 'hub.db'}")
        if not self.store.credentials.systems():
            self.store.credentials.add("court", [COURT], ["agency"], ADDED)
            self.store.credentials.add("police", [POLICE], ["agency"], ADDED)
        self.writer = Writer(self.store, CONTRACT, PACK, self.clock, self._may, city="532301")

    def start(self) -> None:
        self.writer.start()
        for code in ("court", "police", "centre"):
            kind = {"court": "court", "police": "police", "centre": "centre"}[code]
            fields = {
                "code": f"t.{code}", "name": code, "kind": kind, "level": "city", "region": "532301",
                "superior": None, "competences": (), "mediators": 0, "seal": False,
            }  # fmt: skip
            stored = stored_command("register_agency", f"agency {code}", HUB_AGENCY, **fields)
            schema, values = CONTRACT.decode(stored)
            answer = self.writer.ask([to_command(CONTRACT, HUB_SYSTEM, schema, values)])[0]
            assert getattr(answer, "outcome", "") in ("done", "refused"), answer  # refused: another occurred_at

    def stop(self) -> None:
        self.writer.stop()
        self.store.close()

    def inbox(self, system: str) -> list[tuple[str, dict[str, Any]]]:
        """The messages in a system's inbox as (type, fields)."""
        found = []
        for _, _, body in self.store.deliveries.read(system, 0, 10_000):
            schema, values = CONTRACT.decode(body)
            found.append((schema.name, dict(zip(schema.fields, values, strict=True))))
        return found

    def _may(self, command: Command) -> Refusal | None:
        row = self.store.credentials.system(command.system)
        system = System(command.system, row.agencies if row else frozenset(), row.roles if row else frozenset())
        name = type(command.body).__name__
        field = may_speak(system, "".join("_" + c.lower() if c.isupper() else c for c in name)[1:], command.agency)
        return Refusal("access.denied", field) if field else None


@contextmanager
def running(folder: Path, **more: Any) -> Iterator[Parts]:
    parts = Parts(folder, **more)
    parts.start()
    try:
        yield parts
    finally:
        parts.stop()


def make_topics(access: Access, systems: list[str]) -> None:
    admin = Admin(access)
    admin.ensure(wanted(access.topics, systems))
    admin.close()


@contextmanager
def taking_in(parts: Parts, access: Access, **more: Any) -> Iterator[Intake]:
    """An intake over the parts' writer; its topics exist."""
    make_topics(access, systems_of(parts.store))
    intake = Intake(
        more.pop("writer", parts.writer),
        parts.store,
        CONTRACT,
        access,
        parts.clock,
        lambda: systems_of(parts.store),
        **more,
    )
    intake.start()
    try:
        yield intake
    finally:
        intake.stop()
