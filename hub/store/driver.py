"""The databases' own drivers, where a statement runs many times a second and its making would cost more than it does.

SQLite's is told once that bytes and None are bound as they are. Without an adapter it looks for one at every such
value, by attributes nobody has: 0.29 and 0.20 µs each, with these two 0.11 and 0.07 (CPython 3.11). They hold for the
whole process and change no value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from types import NoneType
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from .pack import register

ROWS: Final = (32, 16, 8, 4, 2, 1)  # how many one statement inserts, as long as there are not many

_NONE: dict[None, None] = {}

sqlite3.register_adapter(bytes, bytes.__bytes__)
sqlite3.register_adapter(NoneType, _NONE.get)


def plain(engine: Engine, sql: str, *values: Any) -> list[Any]:
    """The rows of a read, ``?`` for each value; SQLAlchemy lends the connection alone.

    A lent connection to PostgreSQL may be older than the server's last restart: a read that fails for that is done
    again, which costs nothing while all is well; asking for a sign of life before each would be a round trip more.
    Raises SQLAlchemy's OperationalError.
    """
    for last in (False, True):
        with engine.connect() as connection:
            try:
                return _fetch(connection, sql, values)
            except (psycopg.OperationalError, psycopg.InterfaceError) as gone:
                connection.invalidate()
                if last:
                    raise OperationalError(sql, None, gone) from gone
            except sqlite3.OperationalError as why:
                raise OperationalError(sql, None, why) from why
    raise AssertionError


def _fetch(connection: Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    cursor: Any = connection.connection.cursor()
    if isinstance(cursor, sqlite3.Cursor):
        return cursor.execute(sql, values).fetchall()
    register(cursor)
    return list(cursor.execute(sql.replace("?", "%s"), values, binary=True).fetchall())


def insert(db: sqlite3.Connection | sqlite3.Cursor, sql: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """``sql`` inserts one row of ``width`` values. Each statement lets other threads in: few wait less often."""
    if len(rows) > 2 * ROWS[0]:
        db.executemany(sql, rows)
        return
    at = 0
    while at < len(rows):
        size = next(n for n in ROWS if n <= len(rows) - at)
        db.execute(_of(sql, width, size), list(chain.from_iterable(rows[at : at + size])))
        at += size


@cache
def _of(sql: str, width: int, size: int) -> str:
    one = f"({', '.join('?' * width)})"
    assert one in sql, sql
    return sql.replace(one, ", ".join([one] * size), 1)
