"""The first store: the log, its head row, answers, inboxes, and what stands beside the log."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ID = sa.LargeBinary().with_variant(postgresql.UUID(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # so spelled, SQLite makes it the row id
SQL = Path(__file__).parents[2] / "sql"
FUNCTIONS = ("hub_deliver", "hub_append_rest", "hub_append", "hub_insert_events")


def upgrade() -> None:
    """Makes everything; the head row starts at epoch 0, position 0."""
    postgres = op.get_context().dialect.name == "postgresql"
    _log(postgres)
    _answers_and_inboxes()
    _beside_the_log()
    op.execute("INSERT INTO head (id, epoch, position, recorded_at) VALUES (1, 0, 0, 0)")
    op.execute("INSERT INTO credential_changes (id, changes) VALUES (1, 0)")
    if postgres:
        # Both rows change with every commit: room on the page lets PostgreSQL do that without touching an index.
        op.execute("ALTER TABLE head SET (fillfactor = 10)")
        op.execute("ALTER TABLE delivery_counters SET (fillfactor = 50)")
        for name in FUNCTIONS:
            op.execute(sa.text((SQL / f"{name}.sql").read_text(encoding="utf-8").replace(":", r"\:")))


def _log(postgres: bool) -> None:
    # The event-sourcing library's own columns, in its order. notification_id is the position, always written
    # explicitly. On SQLite it is the INTEGER PRIMARY KEY, because implicit row ids may change in a VACUUM.
    op.create_table(
        "stored_events",
        sa.Column("originator_id", postgresql.UUID() if postgres else sa.Text(), nullable=False),
        sa.Column("originator_version", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("notification_id", BIG, primary_key=True, autoincrement=False),
        sa.UniqueConstraint("originator_id", "originator_version", name="stored_events_version"),
    )
    agencies = sa.text("topic >= 'agency.' AND topic < 'agency/'")
    op.create_index(
        "stored_events_agencies",
        "stored_events",
        ["notification_id"],
        postgresql_where=agencies,
        sqlite_where=agencies,
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
    )


def _answers_and_inboxes() -> None:
    op.create_table(
        "answers",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("command_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, server_default=""),
        sa.Column("field", sa.Text(), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.Column("dispute", ID, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        # On SQLite the rows stand in the key's own tree: one page less for each commit of one command.
        sa.PrimaryKeyConstraint("system", "command_id", name="answers_command"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deliveries",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("system", "n", name="deliveries_n"),
    )
    for name, key, value in (
        ("delivery_counters", "system", "n"),
        ("delivery_followers", "name", "position"),
        ("numbers", "series", "last"),
    ):
        op.create_table(
            name,
            sa.Column(key, sa.Text(), primary_key=True),
            sa.Column(value, sa.BigInteger(), nullable=False),
        )
    op.create_table(
        "intake_offsets",
        sa.Column("outbox", sa.Text(), primary_key=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "relay_hints",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("topic_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
    )


def _beside_the_log() -> None:
    op.create_table(
        "sealed_parties",
        sa.Column("dispute", ID, nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("dispute", "party", name="sealed_parties_pkey"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("at_offset", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
    )
    op.create_index("quarantine_system", "quarantine", ["system", "id"])
    op.create_table(
        "systems",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "system_agencies",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("agency", ID, nullable=False),
        sa.PrimaryKeyConstraint("system", "agency", name="system_agencies_pkey"),
    )
    op.create_table(
        "system_keys",
        sa.Column("hash", sa.LargeBinary(), primary_key=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
    )
    for name, value in (("credential_changes", "changes"), ("heartbeat", "alive_at")):
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
            sa.Column(value, sa.BigInteger(), nullable=False),
        )
    op.create_table(
        "outages",
        sa.Column("down_at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("up_at", sa.BigInteger(), nullable=False),
    )
