"""Copies SQLite's write-ahead log back into its database beside whoever writes, not in one of its commits.

Guarantee: a commit waits for a copy at most as long as the few pages take that were written while the bulk was copied.
Were this thread to fail, SQLite's own checkpoint still bounds the log (40 MB of the store, 120 MB of the views), in a
commit.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Final

import structlog

log = structlog.get_logger(__name__)

ROWS: Final = 6_000  # rows of the store after which it is worth it: about 20 MB of log
LOOK_SECONDS: Final = 0.2
READERS_SECONDS: Final = 0.05  # how long the second step may wait for readers of old pages before it gives up


class Checkpointer:
    """A thread with a connection of its own. Who writes holds ``mutex`` while it does, and calls ``wrote`` after each
    commit; a copy begins ``every`` so many rows.
    """

    def __init__(self, path: str, mutex: threading.Lock, every: int | None = None) -> None:
        self._path = path
        self._mutex = mutex
        self._every = every or ROWS
        self._rows = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
        self._thread.start()

    def wrote(self, rows: int) -> None:
        """So many rows more are in the log."""
        self._rows += rows

    def close(self) -> None:
        """Ends the thread after a copy that runs."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while not self._stop.wait(LOOK_SECONDS):
            if self._rows < self._every:
                continue
            self._rows = 0
            try:
                if connection is None:
                    connection = sqlite3.connect(self._path, timeout=READERS_SECONDS, isolation_level=None)
                    connection.execute("PRAGMA synchronous = FULL")
                self._copy(connection)
            except sqlite3.Error as error:
                log.warning("store.checkpoint_failed", error=getattr(error, "sqlite_errorname", type(error).__name__))
        if connection is not None:
            connection.close()

    def _copy(self, connection: sqlite3.Connection) -> None:
        # First the bulk, while the writer goes on, then what it wrote meanwhile. It goes on writing behind what is
        # copied, so by itself this would never reach the log's end and the log would grow for ever.
        for _ in range(2):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        # Then the rest, with the writer held back: the log is copied to its end and begins anew.
        with self._mutex:
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
