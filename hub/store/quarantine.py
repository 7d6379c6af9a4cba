"""What the hub could not read or decide: kept for a while in a capped, erasable table (隔离区).

Guarantee: never more than ``KEEP`` records per system and ``CUT`` bytes per record; no topic ever carries them, because
unread bytes may be personal data. Rows enter in the writer's transaction, together with the outbox offset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, select, update

from . import tables as t

KEEP = 1_000  # records per system; older ones go first
CUT = 65_536  # bytes kept of one record


class Kept(NamedTuple):
    """One quarantined record; ``size``: of the original, ``raw``: at most ``CUT`` bytes of it, None once erased."""

    id: int
    system: str
    topic: str
    offset: int
    received_at: int
    code: str
    field: str
    detail: str
    size: int
    raw: bytes | None


def cut(raw: bytes) -> bytes:
    """The part of a record that is kept."""
    return raw[:CUT]


class Quarantine:
    """Reading and erasing."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def list(self, system: str | None = None, after: int = 0, limit: int = 100) -> Sequence[Kept]:
        """Records with an id above ``after``, oldest first."""
        q = t.quarantine
        query = select(q).where(q.c.id > after).order_by(q.c.id).limit(limit)
        if system is not None:
            query = query.where(q.c.system == system)
        with self._engine.connect() as connection:
            return [Kept(*row) for row in connection.execute(query)]

    def erase(self, ident: int) -> bool:
        """Removes the bytes of one record and keeps the fact; False when there is no such record."""
        connection: Connection
        with self._writing() as connection:
            found = connection.execute(update(t.quarantine).where(t.quarantine.c.id == ident).values(raw=None))
            return bool(found.rowcount)

    def clear(self, system: str) -> int:
        """Removes all records of one system; how many."""
        connection: Connection
        with self._writing() as connection:
            return connection.execute(delete(t.quarantine).where(t.quarantine.c.system == system)).rowcount
