"""The event-sourcing library's native recorders on our tables: its interface, its tests, its tools; not the hot path.

Guarantee: ``notification_id`` is the position, written explicitly and gapless on both databases, also with several
processes: ``insert_events`` allots positions under the head row's lock, taken first and held to the commit. The
library's own retry is not used: after a COMMIT whose answer was lost it would report a conflict for a stored event.
Tables come from the migrations only; subscriptions are not offered (they can sleep through an event).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from .library import (
    Notification,
    PostgresApplicationRecorder,
    PostgresDatastore,
    SQLiteApplicationRecorder,
    SQLiteCursor,
    SQLiteDatastore,
    StoredEvent,
)
from .pack import blobs, longs, register, texts, uuids

TABLE = "stored_events"


class HubSQLiteRecorder(SQLiteApplicationRecorder):
    """The native SQLite recorder; the position is the table's INTEGER PRIMARY KEY instead of an implicit row id."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore, TABLE)
        self.select_max_notification_id_statement = f"SELECT MAX(notification_id) FROM {TABLE}"

    def construct_create_table_statements(self) -> list[str]:
        """None: the migrations make the tables."""
        return []

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        # The UPDATE comes first: it takes the write lock, so no other writer can be allotted the same positions,
        # and a transaction that only read before it could not be upgraded.
        many = len(stored_events)
        c.execute("UPDATE head SET position = position + ? WHERE id = 1 RETURNING position", (many,))
        first = c.fetchone()[0] - many + 1
        c.executemany(
            f"INSERT INTO {TABLE} (notification_id, originator_id, originator_version, topic, state)"
            " VALUES (?,?,?,?,?)",
            [
                (first + i, _hex(e.originator_id), e.originator_version, e.topic, e.state)
                for i, e in enumerate(stored_events)
            ],
        )
        return list(range(first, first + many))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events from ``start`` in position order; the library's own statement asks for an unnamed row id."""
        where = ["notification_id >= ?" if inclusive_of_start else "notification_id > ?"]
        parameters: list[int | str] = [0 if start is None else start]
        if stop is not None:
            where.append("notification_id <= ?")
            parameters.append(stop)
        if topics:
            where.append(f"topic IN ({','.join('?' * len(topics))})")
            parameters += topics
        statement = f"SELECT * FROM {TABLE} WHERE {' AND '.join(where)} ORDER BY notification_id LIMIT ?"
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, [*parameters, limit])
            return [
                Notification(
                    id=row["notification_id"],
                    originator_id=self.convert_originator_id(row["originator_id"]),
                    originator_version=row["originator_version"],
                    topic=row["topic"],
                    state=row["state"],
                )
                for row in c.fetchall()
            ]


class HubPostgresRecorder(PostgresApplicationRecorder):
    """The native PostgreSQL recorder; one call of our own function, which locks the head row before it inserts."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        if datastore.enable_db_functions:
            # The library's function takes no lock: a reader that tails the log loses events for ever.
            raise ValueError("POSTGRES_ENABLE_DB_FUNCTIONS must stay off")
        super().__init__(datastore, events_table_name=TABLE)
        self.sql_create_statements = []  # the migrations make the tables

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Positions of the new events. IntegrityError for a version that is taken; OperationalError: fate unknown."""
        many = len(stored_events)
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            register(cursor)
            cursor.execute(
                "SELECT hub_insert_events(%b, %b, %b, %b) AS last",
                (
                    uuids([_uuid(e.originator_id).bytes for e in stored_events]),
                    longs([e.originator_version for e in stored_events]),
                    texts([e.topic for e in stored_events]),
                    blobs([e.state for e in stored_events]),
                ),
                prepare=True,
            )
            row = cursor.fetchone()
        assert row is not None
        return list(range(row["last"] - many + 1, row["last"] + 1))

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> NoReturn:
        """Not offered, as on SQLite: LISTEN/NOTIFY can sleep through an event. Readers poll."""
        raise NotImplementedError(f"{type(self).__qualname__} does not support subscriptions")


def _hex(ident: UUID | str) -> str:
    return ident.hex if isinstance(ident, UUID) else ident


def _uuid(ident: UUID | str) -> UUID:
    return ident if isinstance(ident, UUID) else UUID(ident)
