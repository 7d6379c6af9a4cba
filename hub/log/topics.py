"""The hub's topics: their names, and the configuration they are made with.

Every topic has one partition: one order, nothing to merge. Times are the broker's (``LogAppendTime``): producer-made
ones are refused, or expire at once, when they lie outside the broker's window.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

FOREVER: Final = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
MONTH: Final = {"cleanup.policy": "delete", "retention.ms": str(30 * 24 * 3_600 * 1_000), "retention.bytes": "-1"}
ALWAYS: Final = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(1_048_576)}
_SYSTEM: Final = re.compile(r"^[a-zA-Z0-9._-]{1,120}$")


class Topics(NamedTuple):
    """The names. ``prefix`` keeps several hubs, or tests, apart on one broker ("" in production)."""

    prefix: str = ""

    @property
    def events(self) -> str:
        """All events in position order."""
        return f"{self.prefix}hub.events"

    @property
    def checkpoints(self) -> str:
        """Signed checkpoints of the ledger."""
        return f"{self.prefix}hub.checkpoints"

    def outbox(self, system: str) -> str:
        """What only ``system`` may write."""
        return f"{self.prefix}agency.{_checked(system)}.outbox"

    def inbox(self, system: str) -> str:
        """What only ``system`` may read."""
        return f"{self.prefix}agency.{_checked(system)}.inbox"

    def system_of_inbox(self, topic: str) -> str | None:
        """The system whose inbox this topic is; None for any other topic."""
        head, tail = f"{self.prefix}agency.", ".inbox"
        if not topic.startswith(head) or not topic.endswith(tail) or len(topic) <= len(head) + len(tail):
            return None
        system = topic[len(head) : -len(tail)]
        return system if fits(system) else None


def fits(system: str) -> bool:
    """Whether a system's name can be part of a topic's name."""
    return _SYSTEM.match(system) is not None


def _checked(system: str) -> str:
    if not fits(system):
        raise ValueError(f"{system!r} cannot name a topic: letters, digits, dot, - and _ only")
    return system


def wanted(topics: Topics, systems: list[str]) -> dict[str, dict[str, str]]:
    """Every topic the hub needs with its configuration."""
    made = {topics.events: FOREVER | ALWAYS, topics.checkpoints: FOREVER | ALWAYS}
    for system in systems:
        made[topics.outbox(system)] = MONTH | ALWAYS
        made[topics.inbox(system)] = FOREVER | ALWAYS
    return made
