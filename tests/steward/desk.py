"""A whole small hub without web and Kafka: store, writer, views, inboxes and steward, at an instant the test moves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.command import Command
from hub.contract import load
from hub.log import TableLog
from hub.policy import Pack, shipped_policy
from hub.projections import Views
from hub.projections.deliveries import Deliveries
from hub.steward import Steward, Tally
from hub.store import open_store
from hub.words import Answer, CommandId, Refusal
from hub.writer import SimulatedClock, Writer
from tests.projections.histories import CITY, START
from tests.projections.parts import pack

CONTRACT = load()


def anybody(command: Command) -> Refusal | None:
    """Access is not what these tests are about."""
    return None


class Desk:
    """``do`` asks the writer; ``settle`` lets views and inboxes catch up; ``step`` lets the steward act once after
    that.
    """

    def __init__(
        self, folder: Path, *, rules: Pack | None = None, start: int = START, store_url: str = "", views_url: str = ""
    ) -> None:
        self.clock = SimulatedClock(start)
        self.store = open_store(store_url or f"sqlite:///{folder / 'hub.db'}")
        self.views = Views(views_url or f"sqlite:///{folder / 'views.db'}", CONTRACT)
        self.rules = rules or pack()
        self.caught_up: dict[str, int] = {}
        self._commands = self.store.position() * 1000
        self.open()

    def open(self) -> None:
        """The command side comes up."""
        self.writer = Writer(
            self.store, CONTRACT, self.rules, self.clock, anybody, city="532301", roles=self.views.custody.roles_of
        )
        self.writer.start()
        self.crew = self.views.crew(TableLog(self.store))
        self.inboxes = Deliveries(self.store, CONTRACT, TableLog(self.store))
        self.steward = self.new_steward()

    def new_steward(self) -> Steward:
        """As after a restart: it remembers nothing."""
        return Steward(self.writer, self.views, self.store, self.clock, lambda: self.caught_up)

    def shut(self) -> None:
        """The command side goes down."""
        self.writer.stop()
        self.store.release()
        self.crew.close()

    def close(self) -> None:
        self.shut()
        self.views.close()
        self.store.close()

    def city(self, systems: Mapping[str, tuple[str, ...]] | None = None) -> Desk:
        """Register the agencies, and the systems that serve them."""
        self.found((code, kind, "", region, up) for code, kind, region, up in CITY)
        for name, codes in (systems or {}).items():
            self.store.credentials.add(name, [w.agency_id(c) for c in codes], ["system"], self.clock.now())
        return self

    def found(self, agencies: Iterable[tuple[str, str, str, str, str | None]]) -> None:
        """Register agencies: code, kind, level, region, code of the superior."""
        for code, kind, level, region, up in agencies:
            superior = w.agency_id(up) if up else None
            self.done("hub", names.RegisterAgency(code, code, kind, level, region, superior, (), 1, False))

    def do(self, who: str, body: Any, dispute: bytes | None = None) -> Answer:
        self._commands += 1
        ident = CommandId(w.derived_id(f"test/{self._commands}"))
        digest = hashlib.sha256(ident).digest()
        agency = w.agency_id(who)
        command = Command("desk", ident, digest, agency, "duty", self.clock.now(), dispute, None, body)
        (answer,) = self.writer.ask([command])
        assert isinstance(answer, Answer), answer
        return answer

    def done(self, who: str, body: Any, dispute: bytes | None = None) -> bytes:
        """The same, and it must have an effect; the stream concerned."""
        answer = self.do(who, body, dispute)
        assert answer.outcome == w.DONE, answer
        assert answer.dispute is not None
        return answer.dispute

    def settle(self) -> None:
        position = self.writer.position
        self.crew.catch_up(position)
        self.inboxes.catch_up(position)

    def step(self) -> Tally:
        self.settle()
        return self.steward.step()

    def steps(self) -> Tally:
        """Let the steward act until it has nothing left to do at this instant."""
        total = Tally()
        for _ in range(20):
            done = self.step()
            total.update(done)
            if not done:
                return total
        raise AssertionError(f"the steward never comes to rest: {total}")

    def topics(self, stream: bytes | None = None) -> list[str]:
        return [s.topic for s in self.store.read(0, 1_000_000) if stream is None or s.stream == stream]

    def legs(self, dispute: bytes) -> list[dict[str, Any]]:
        self.settle()
        legs: list[dict[str, Any]] = self.views.custody.chain(dispute).items[0]["legs"]
        return legs


def chuxiong(folder: Path, agencies: Iterable[tuple[str, str, str, str, str | None]]) -> Desk:
    """Agencies with their levels, under the pack that comes with the hub."""
    desk = Desk(folder, rules=shipped_policy("532301").at(START))
    desk.found(agencies)
    return desk
