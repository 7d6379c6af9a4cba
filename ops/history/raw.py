"""The raw log in a table that any tool can ask, read with a foreign Avro reader; the statistics' sums by plain SQL.

Nothing of the hub's own codec and nothing of its views takes part: schemas from ``schemas/events``, ``fastavro`` for
the bytes, SQLite for the sums (``statistics.sql``).
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.resources import files
from typing import Any, Final

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from hub.words import Stored

HEAD: Final = 10  # C3 01 and the fingerprint


def readers() -> dict[bytes, Any]:
    """Parsed event schemas by fingerprint."""
    found = {}
    for entry in files("schemas").joinpath("events").iterdir():
        schema = json.loads(entry.read_text(encoding="utf-8"))
        mark = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
        found[bytes.fromhex(mark)] = fastavro.parse_schema(schema)
    return found


def export(log: Iterable[Stored], where: str = ":memory:") -> sqlite3.Connection:
    """A new table ``event``: position, stream and topic, and the event's own fields as JSON."""
    db = sqlite3.connect(where)
    db.execute("create table event (position integer primary key, stream text, topic text, fields text)")
    db.executemany("insert into event values (?, ?, ?, ?)", _rows(log, readers()))
    db.execute("create index event_of on event (topic, stream)")
    db.commit()
    return db


def _rows(log: Iterable[Stored], known: dict[bytes, Any]) -> Iterator[tuple[int, str, str, str]]:
    for stored in log:
        schema = known[stored.body[2:HEAD]]
        fields = fastavro.schemaless_reader(
            io.BytesIO(stored.body[HEAD:]), schema, None, handle_unicode_errors="strict"
        )
        yield stored.position, stored.stream.hex(), stored.topic, json.dumps(fields, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return int(value.timestamp()) * 1_000_000 + value.microsecond  # an instant


def sums(db: sqlite3.Connection, first: date, last: date, organ: bytes | None = None) -> dict[str, int]:
    """The sums of a cohort by ``statistics.sql``."""
    query = (files("ops.history") / "statistics.sql").read_text(encoding="utf-8")
    asked = {"first": f"{first}", "last": f"{last}", "organ": None if organ is None else organ.hex()}
    cursor = db.execute(query, asked)
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
