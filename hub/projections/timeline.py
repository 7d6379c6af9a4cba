"""The timeline view 流转记录: every event by its dispute or agency: position, version, type, instants, author, leaf
hash.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hub.aggregates.agency.names import EVENTS
from hub.aggregates.dispute.events import CLASSES

from .reading import Item, Page, Reads, page
from .sheet import By, Case, Now, Row, Sheet, View, digest, id_, number, words


@dataclass(slots=True, eq=False)
class Entry(Row):
    """One event."""

    position: int
    stream: bytes
    version: int
    topic: str
    recorded_at: int
    occurred_at: int
    agency: bytes
    system: str
    duty: str
    command_id: bytes
    leaf: bytes


ENTRIES = Sheet(
    "", Entry,
    lambda: [
        number("position", key=True), id_("stream"), number("version"), words("topic"), number("recorded_at"),
        number("occurred_at"), id_("agency"), words("system"), words("duty"), id_("command_id"), digest("leaf"),
    ],
    within="stream", loads=False, by=[By("stream", "version", unique=True)],
)  # fmt: skip


class Line(Case):
    """Nothing needs to be remembered: every event is a row of its own."""

    __slots__ = ()

    def adopt(self, row: Entry) -> None:
        """Earlier entries do not change."""

    def done(self) -> bool:
        return True


VIEW = View("timeline", 1, Line, (ENTRIES,))
FIELDS = ("occurred_at", "system", "duty", "command_id")


def entry(case: Line, now: Now, occurred_at: int, system: str, duty: str, command_id: bytes) -> None:
    case.keep(
        Entry(
            now.position, now.stream, now.version, now.topic, now.at, occurred_at, now.agency, system, duty, command_id,
            now.leaf(),
        )
    )  # fmt: skip


for topic in (*CLASSES, *EVENTS):
    VIEW.on(topic, *FIELDS)(entry)


class TimelineReads(Reads):
    """Everything that happened to one dispute or agency."""

    def events(self, stream: bytes, *, cursor: str | None = None, limit: int = 100) -> Page[Item]:
        """Its events in order, the author's name joined."""
        with self.sight() as s:
            t = s.table()
            found = page(s, select(t).where(t.c.stream == stream), (t.c.version,), cursor, limit)
            self.named(s, found.items, "agency")
            return found

    def latest(self, *, topic: str | None = None, cursor: str | None = None, limit: int = 100) -> Page[Item]:
        """All events in position order."""
        with self.sight() as s:
            t = s.table()
            query = select(t) if topic is None else select(t).where(t.c.topic == topic)
            found = page(s, query, (t.c.position,), cursor, limit)
            self.named(s, found.items, "agency")
            return found
