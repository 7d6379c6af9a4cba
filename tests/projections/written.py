"""What a writer would have written: commands one after another, and their events in order."""

from __future__ import annotations

from typing import Any

from hub import words as w
from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.aggregates.decide import encode_event
from hub.contract import Contract, leaf_hash
from hub.words import AgencyId, CommandId, Stored


class Written:
    """``log`` is what the store would hold, ``registry`` what the writer would know; ``now`` is moved by the test."""

    def __init__(self, contract: Contract, now: int) -> None:
        self.contract, self.now = contract, now
        self.log: list[Stored] = []
        self.registry = Registry()
        self._heads: dict[bytes, tuple[int, bytes]] = {}
        self._commands = 0

    def command(self, author: AgencyId, body: Any, dispute: bytes | None = None) -> Command:
        """The next command."""
        self._commands += 1
        ident = CommandId(w.derived_id(f"{self._commands}"))
        return Command("desk", ident, b"", author, "duty", self.now, dispute, None, body)

    def append(self, stream: bytes, event: Any, of: Command) -> None:
        """An event that a command made."""
        version, predecessor = self._heads.get(stream, (0, w.ZERO_HASH))
        who = (of.agency, of.system, of.duty, of.command_id)
        topic, body = encode_event(
            self.contract, w.Envelope(stream, version + 1, predecessor, self.now, self.now, *who), event
        )
        self._heads[stream] = (version + 1, leaf_hash(body))
        self.log.append(Stored(len(self.log) + 1, stream, version + 1, topic, body))
        if topic.startswith("agency."):
            self.registry = self.registry.evolve(AgencyId(stream), event)
