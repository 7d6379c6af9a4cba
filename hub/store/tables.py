"""The store's own tables, as SQLAlchemy sees them. Made by the migrations, never from here.

Ids are 16 bytes everywhere in Python: ``uuid`` columns on PostgreSQL, BLOBs on SQLite (the event table keeps the
library's own text form there). Instants are UTC microseconds.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

metadata = MetaData()
AGENCY_TOPICS = "topic >= 'agency.' AND topic < 'agency/'"  # every registry event, and nothing else


class Id(TypeDecorator[bytes]):
    """A 16-byte id: ``uuid`` on PostgreSQL, a BLOB on SQLite; always ``bytes`` in Python."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the database at hand."""
        return dialect.type_descriptor(postgresql.UUID() if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        """psycopg takes a UUID, sqlite3 the bytes."""
        return uuid.UUID(bytes=value) if value is not None and dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Bytes, whatever the driver gave."""
        return value.bytes if isinstance(value, uuid.UUID) else value


Big = BigInteger().with_variant(Integer(), "sqlite")  # INTEGER PRIMARY KEY must be spelled so on SQLite

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)
answers = Table(
    "answers",
    metadata,
    Column("system", Text, nullable=False),
    Column("command_id", Id, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("field", Text, nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    Column("dispute", Id, nullable=True),
    Column("version", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("system", "command_id", name="answers_command"),
    sqlite_with_rowid=False,
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("system", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("system", "n", name="deliveries_n"),
)
delivery_counters = Table(
    "delivery_counters",
    metadata,
    Column("system", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
)
delivery_followers = Table(
    "delivery_followers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
intake_offsets = Table(
    "intake_offsets",
    metadata,
    Column("outbox", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)
relay_hints = Table(
    "relay_hints",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("topic_id", LargeBinary, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)
numbers = Table(
    "numbers",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
sealed_parties = Table(
    "sealed_parties",
    metadata,
    Column("dispute", Id, nullable=False),
    Column("party", Integer, nullable=False),
    Column("masked", Text, nullable=True),
    Column("salt", LargeBinary, nullable=True),
    PrimaryKeyConstraint("dispute", "party", name="sealed_parties_pkey"),
)
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("system", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("at_offset", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=True),
    Index("quarantine_system", "system", "id"),
)
systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger, nullable=True),
)
system_agencies = Table(
    "system_agencies",
    metadata,
    Column("system", Text, nullable=False),
    Column("agency", Id, nullable=False),
    PrimaryKeyConstraint("system", "agency", name="system_agencies_pkey"),
)
system_keys = Table(
    "system_keys",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("system", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
)
credential_changes = Table(
    "credential_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("changes", BigInteger, nullable=False),
)
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("alive_at", BigInteger, nullable=False),
)
outages = Table(
    "outages",
    metadata,
    Column("down_at", BigInteger, primary_key=True, autoincrement=False),
    Column("up_at", BigInteger, nullable=False),
)
people = Table(
    "people",
    metadata,
    Column("user", Text, primary_key=True),
    Column("shown", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency", Id, nullable=False),
    Column("duty", Text, nullable=False),
    Column("password", Text, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger, nullable=True),
)
people_links = Table(
    "people_links",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("user", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Index("people_links_user", "user"),
)
people_sessions = Table(
    "people_sessions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("user", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    Index("people_sessions_user", "user"),
)
people_commands = Table(
    "people_commands",
    metadata,
    Column("command_id", Id, primary_key=True),
    Column("user", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("people_commands_user", "user"),
)
people_browsers = Table(
    "people_browsers",
    metadata,
    Column("hash", LargeBinary, nullable=False),
    Column("user", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("hash", "user", name="people_browsers_pkey"),
    Index("people_browsers_user", "user"),
)
sign_in_slots = Table(
    "sign_in_slots",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("tries", Integer, nullable=False),
    Column("tried_at", BigInteger, nullable=False),
)
