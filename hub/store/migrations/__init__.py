"""The store's own tables are made and changed here, by alembic, when a store is opened.

Guarantee: any number of processes may open the same new or old store at once; one of them migrates under a lock, the
others wait and then find the work done. A store that is newer than this code is refused (``StoreTooNew``). The usual
case, nothing to do, costs one SELECT and does not even import alembic.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0002"  # the newest revision below ``versions``; a test holds it to alembic's own opinion
VERSION_TABLE = "store_version"
_LOCK = 0x6875_622E_6D69_6772  # "hub.migr", the advisory lock of PostgreSQL


class StoreTooNew(RuntimeError):
    """The store was migrated by a newer hub."""


def migrate(engine: Engine) -> None:
    """Brings the store to ``HEAD``. Raises StoreTooNew for a revision this code does not know."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with _locked(engine) as connection:
        found = _version(connection)
        if found is not None and found > HEAD:
            raise StoreTooNew(f"the store has version {found}, this hub knows {HEAD}: install the newer one")
        if found != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextlib.contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """One migration at a time, also between processes: the second one must find the first one's work done.

    Without it two processes that start together both see an empty database and both create its tables
    (PostgreSQL: "tuple concurrently updated", or a unique violation in the catalogue).
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
                connection.commit()
        return
    assert engine.url.database is not None
    with Path(engine.url.database + ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with engine.connect() as connection:
            yield connection
