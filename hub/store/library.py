"""What we take from the ``eventsourcing`` library, imported in one place and with its side effects undone.

Guarantee: importing this module leaves the levels of all loggers and the ``dataclasses`` module as they were. The
library sets psycopg's loggers to ERROR (which would hide lost connections from our log) and replaces
``dataclasses._process_class`` for the whole process; neither is needed for its recorders.
"""

from __future__ import annotations

import dataclasses
import logging

import psycopg  # noqa: F401  (sets levels of its own, which are meant)
import psycopg_pool  # noqa: F401

_MUTED = ("psycopg", "psycopg.pool")
_levels = {name: logging.getLogger(name).level for name in _MUTED}
_process_class = dataclasses.__dict__["_process_class"]

from eventsourcing.persistence import (  # noqa: E402
    IntegrityError,
    Notification,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore  # noqa: E402
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore  # noqa: E402

for _name, _level in _levels.items():
    logging.getLogger(_name).setLevel(_level)
setattr(dataclasses, "_process_class", _process_class)  # noqa: B010

__all__ = [
    "IntegrityError",
    "Notification",
    "OperationalError",
    "PostgresApplicationRecorder",
    "PostgresDatastore",
    "SQLiteApplicationRecorder",
    "SQLiteCursor",
    "SQLiteDatastore",
    "StoredEvent",
]
