"""Inboxes (收件箱): one append-only table (system, n, position, body); n is gapless per system, from 1.

Guarantee: a message that was appended stays, and keeps its n; a counter row per system, locked in the appending
transaction, makes n gapless whoever appends (the writer its answers, the follower what events release). A follower
moves its position by compare-and-set in the same transaction: a repeated or overlapping batch changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .batch import Conflict, Delivery
from .driver import plain
from .pack import blobs, longs, register, texts
from .sqlite import deliver

Message = tuple[int, int, bytes]  # n, position (0 = not about one event), body in stored form


class Deliveries:
    """The table of all inboxes."""

    def __init__(self, engine: Engine, writing: Callable[[], Any], tails: Engine) -> None:
        self._engine = engine
        self._tails = tails
        self._writing = writing

    def append(self, rows: Sequence[Delivery]) -> None:
        """Appends messages of one kind or another, outside the writer and the follower (tools, tests)."""
        with self._writing() as connection:
            self._deliver(connection.connection, rows)

    def follow(self, name: str, expected: int, position: int, rows: Sequence[Delivery]) -> None:
        """Appends what the events in (``expected``, ``position``] release and moves the follower, in one transaction.

        Raises Conflict when the follower is not at ``expected``: another process, or a repeat of a stored batch.
        The compare-and-set comes first: of two followers with one batch the second waits for the row, then finds
        it moved and appends nothing.
        """
        f = t.delivery_followers
        try:
            with self._writing() as connection:
                if expected == 0:
                    kind = postgresql if self._engine.dialect.name == "postgresql" else sqlite
                    first = kind.insert(f).values(name=name, position=0).on_conflict_do_nothing()
                    connection.execute(first)
                moved = update(f).where(f.c.name == name, f.c.position == expected).values(position=position)
                if connection.execute(moved).rowcount != 1:
                    raise Conflict("follower")
                if rows:
                    self._deliver(connection.connection, rows)
        except IntegrityError as error:
            raise Conflict("follower") from error

    def position(self, name: str) -> int:
        """How far a follower has come; 0 before its first batch."""
        f = t.delivery_followers
        with self._engine.connect() as connection:
            return connection.execute(select(f.c.position).where(f.c.name == name)).scalar() or 0

    def read(self, system: str, after: int, limit: int) -> list[Message]:
        """Messages n > ``after`` of one inbox, in order."""
        query = "SELECT n, position, body FROM deliveries WHERE system = ? AND n > ? ORDER BY n LIMIT ?"
        return [(n, position, bytes(body)) for n, position, body in plain(self._tails, query, system, after, limit)]

    def places(self, system: str, after: int, limit: int) -> list[tuple[int, int]]:
        """(n, position) of messages n > ``after`` of one inbox that name an event, in order."""
        d = t.deliveries
        query = (
            select(d.c.n, d.c.position)
            .where(d.c.system == system, d.c.n > after, d.c.position > 0)
            .order_by(d.c.n)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [(n, position) for n, position in connection.execute(query)]

    def last(self, system: str) -> int:
        """The newest n of an inbox, 0 when it is empty."""
        c = t.delivery_counters
        with self._engine.connect() as connection:
            return connection.execute(select(c.c.n).where(c.c.system == system)).scalar() or 0

    def lasts(self) -> dict[str, int]:
        """The newest n of every inbox that ever got a message: what a relay looks at."""
        return dict(plain(self._tails, "SELECT system, n FROM delivery_counters"))

    def restore(self, rows: Iterable[tuple[str, int, int, bytes]]) -> int:
        """Puts back (system, n, position, body) read from inbox topics, where they are missing; how many were new.

        Raises ValueError when this would leave a gap or when a stored message differs from the one given.
        """
        d, c = t.deliveries, t.delivery_counters
        new = 0
        with self._writing() as connection:
            lasts = {row.system: row.n for row in connection.execute(select(c.c.system, c.c.n))}
            for system, n, position, body in rows:
                last = lasts.get(system, 0)
                if n <= last:
                    known = select(d.c.position, d.c.body).where(d.c.system == system, d.c.n == n)
                    row = connection.execute(known).one()
                    if (row.position, bytes(row.body)) != (position, body):
                        raise ValueError(f"message {n} of inbox {system} differs from the stored one")
                    continue
                if n != last + 1:
                    raise ValueError(f"inbox {system}: message {last + 1} is missing, {n} was given")
                connection.execute(insert(d).values(system=system, n=n, position=position, body=body))
                lasts[system] = n
                new += 1
            for system, n in lasts.items():
                if connection.execute(update(c).where(c.c.system == system).values(n=n)).rowcount == 0:
                    connection.execute(insert(c).values(system=system, n=n))
        return new

    def _deliver(self, raw: Any, rows: Sequence[Delivery]) -> None:
        cursor = raw.cursor()
        if isinstance(raw.driver_connection, sqlite3.Connection):
            deliver(cursor, rows)
            return
        register(cursor)
        cursor.execute(
            "SELECT hub_deliver(%b, %b, %b)",
            (texts([r.system for r in rows]), longs([r.position for r in rows]), blobs([r.body for r in rows])),
        )
