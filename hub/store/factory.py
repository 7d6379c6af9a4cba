"""Recorders for a store's URL: imported only by who needs the library's interface, for it is slow to import."""

from __future__ import annotations

from sqlalchemy import URL, create_engine, text

from .library import PostgresDatastore, SQLiteDatastore
from .recorders import HubPostgresRecorder, HubSQLiteRecorder


def make_recorder(url: URL, pool_size: int = 5) -> HubPostgresRecorder | HubSQLiteRecorder:
    """A recorder with a connection pool of its own; close it with ``recorder.datastore.close()``."""
    if url.drivername == "sqlite":
        assert url.database is not None
        return HubSQLiteRecorder(SQLiteDatastore(url.database, lock_timeout=10, pool_size=pool_size))
    engine = create_engine(url)
    with engine.connect() as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    engine.dispose()
    return HubPostgresRecorder(
        PostgresDatastore(
            dbname=url.database or "",
            host=url.host or "",
            port=url.port or 5432,
            user=url.username or "",
            password=url.password or "",
            schema=schema,
            pool_size=1,
            max_overflow=pool_size,
            lock_timeout=10,
            pre_ping=True,
        )
    )
