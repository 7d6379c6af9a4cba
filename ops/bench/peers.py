"""The peer of the ``views`` benchmark: the event-sourcing library's projection pattern, one transaction per event.

Its TrackingRecorder (tracking row and view rows in one transaction) on its own datastore, the view's own handlers,
the rows read and written one by one, pages of 100 from the same log. Both sides run with the same durability
settings.
"""

from __future__ import annotations

from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder
from sqlalchemy.engine import make_url

from hub.contract import Contract
from hub.log import Log
from hub.projections.sheet import Changes, Now, View
from hub.projections.sqlite import CACHE_KIB, CHECKPOINT_PAGES
from hub.projections.tables import Book, upsert_tail

PAGE = 100
NAME = "peer"


class Peer:
    """Applies events one at a time. ``mark`` is the driver's placeholder."""

    def __init__(self, book: Book, contract: Contract, recorder: Any, mark: str) -> None:
        self.position = 0
        self._view: View = book.view
        self._pick = contract.picker(self._view.fields)
        self._recorder = recorder
        self._now = Now()
        self._changes = Changes(self._view.sheets, self._view.tallies)
        self._plans = []
        for sheet in self._view.sheets:
            table = book.tables[sheet.part]
            name = table.fullname
            load = f"select {', '.join(sheet.names)} from {name} where {sheet.within} = {mark}"
            marks, tail = ", ".join([mark] * len(sheet.names)), upsert_tail(table, fixed=sheet.fixed)
            save = f"insert into {name} values ({marks}) {tail}"
            where = " and ".join(f"{c} = {mark}" for c in sheet.names[: sheet.width])
            touch = f"update {name} set {', '.join(f'{c} = {mark}' for c in sheet.hot)} where {where}"
            self._plans.append((sheet, load, save, touch))

    def follow(self, log: Log, until: int) -> None:
        """Apply the log up to a position, a page at a time."""
        while self.position < until:
            for event in log.read(self.position, min(PAGE, until - self.position), 0.0):
                self._process(event.position, event.stream, event.version, event.body)
                self.position = event.position

    def _process(self, position: int, stream: bytes, version: int, body: bytes) -> None:
        picked = self._pick(body)
        if picked is None:
            return
        now, view, changes = self._now, self._view, self._changes
        with self._recorder.datastore.transaction(commit=True) as cursor:
            self._recorder._insert_tracking(cursor, Tracking(NAME, position))
            case = view.case(stream, changes)
            if version > 1:
                for sheet, load, _, _ in self._plans:
                    if sheet.loads:
                        cursor.execute(load, (stream,))
                        for row in cursor.fetchall():
                            case.adopt(sheet.row(*_values(row)))
            now.topic, values = picked
            now.position, now.body, now.referral = position, body, None
            now.stream, now.version, now.at, now.agency, now.custodian = values[:5]
            own = len(view.common)
            now.extra = values[5:own]
            handler = view.handlers[now.topic]
            if handler is not None:
                handler(case, now, *values[own:])
            if view.after is not None:
                view.after(case, now)
            for sheet, _, save, touch in self._plans:
                for row, whole in changes.kept[sheet.row].items():
                    if whole or not sheet.hot:
                        cursor.execute(save, sheet.values(row))
                    else:
                        cursor.execute(touch, sheet.hot_values(row))
        changes.clear()

    def close(self) -> None:
        """Give up its connections."""
        self._recorder.datastore.close()


def _values(row: Any) -> Any:
    return row.values() if isinstance(row, dict) else row


def sqlite_peer(url: str, book: Book, contract: Contract) -> Peer:
    """On the file of ``url``, with the views' own settings: WAL, ``synchronous=NORMAL``, the same page cache."""
    datastore = SQLiteDatastore(make_url(url).database or "")
    recorder = SQLiteTrackingRecorder(datastore)
    recorder.create_table()
    with datastore.get_connection(commit=True) as connection:
        for pragma in (
            "synchronous = normal",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            f"cache_size = -{CACHE_KIB}",
        ):
            connection.cursor().execute(f"pragma {pragma}")
    return Peer(book, contract, recorder, "?")


def postgres_peer(url: str, book: Book, contract: Contract) -> Peer:
    """In the database of ``url``, with the projection connection's settings (``ALTER DATABASE`` sets them before)."""
    at = make_url(url)
    datastore = PostgresDatastore(
        at.database or "", at.host or "", at.port or 5432, at.username or "", at.password or "", pool_size=1
    )
    recorder = PostgresTrackingRecorder(datastore)
    recorder.create_table()
    return Peer(book, contract, recorder, "%s")
