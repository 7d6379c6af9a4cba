"""The connections of those who read views: lent from a pool, each answer from one snapshot.

A lent connection to PostgreSQL may be older than the server's last restart. The first thing asked on it shows that, and
is asked once more; a sign of life before each would be a round trip more, and so would a transaction around a single
question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row, Select, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

# Answers of milliseconds, many at once: starting workers for one of them costs more than it saves, and takes their
# cores from the others (measured: a board's counts take half as long without them).
PLANNING: Final = "-c jit=off -c max_parallel_workers_per_gather=0"
SNAPSHOT: Final = "begin isolation level repeatable read, read only"
POOL: Final[dict[str, int]] = {"pool_size": 10, "max_overflow": 20}


class Readers:
    """Of a database of views. ``own``: the engine of SQLite's; PostgreSQL's readers have one of their own."""

    def __init__(self, url: URL, own: Engine | None = None) -> None:
        self._sqlite = own is not None
        options = {"options": PLANNING}
        self._engine = own or create_engine(url, isolation_level="AUTOCOMMIT", connect_args=options, **POOL)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Everything read inside is of one instant. Raises SQLAlchemy's DBAPIError."""
        if self._sqlite:
            with self._engine.connect() as db, db.begin():
                yield db
            return
        db, _ = self._asked(text(SNAPSHOT))
        with db:  # whose end ends the transaction
            yield db

    def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """The answer to a single question. Raises SQLAlchemy's DBAPIError."""
        db, found = self._asked(query)
        with db:
            return found.all()

    def _asked(self, first: Executable) -> tuple[Connection, CursorResult[Any]]:
        """A connection, and the answer to what is asked first on it."""
        try:
            return self._ask(first)
        except DBAPIError as why:
            if not why.connection_invalidated:
                raise
            return self._ask(first)

    def _ask(self, first: Executable) -> tuple[Connection, CursorResult[Any]]:
        db = self._engine.connect()
        try:
            return db, db.execute(first)
        except BaseException:
            db.close()
            raise

    def close(self) -> None:
        """Give the connections up."""
        self._engine.dispose()
