"""How far each topic is known to equal the store: lazily written, so that a relay's start need not read whole topics.

Guarantee: none is needed; a hint that is late or lost costs time. It stands in the store on purpose: a restored copy
brings its own older hints, and what the topics hold beyond them is compared with the copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Engine, delete, insert, select

from . import tables as t


class Hint(NamedTuple):
    """Up to ``number`` the topic ``topic_id`` equals the store, and number + 1 is not before ``offset``."""

    topic_id: bytes
    number: int
    offset: int


class Hints:
    """The hints of all topics."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def get(self) -> dict[str, Hint]:
        """Every hint by topic."""
        with self._engine.connect() as connection:
            return {
                row.topic: Hint(bytes(row.topic_id), row.number, row.next_offset)
                for row in connection.execute(select(t.relay_hints))
            }

    def keep(self, hints: Mapping[str, Hint]) -> None:
        """Replaces the hints of these topics."""
        h = t.relay_hints
        rows = [
            {"topic": topic, "topic_id": hint.topic_id, "number": hint.number, "next_offset": hint.offset}
            for topic, hint in hints.items()
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(delete(h).where(h.c.topic.in_(list(hints))))
                connection.execute(insert(h), rows)
