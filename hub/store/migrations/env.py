"""How alembic runs here: on the connection it is given (under the lock of ``migrate``), the store's tables only."""

from alembic import context

from hub.store.migrations import VERSION_TABLE
from hub.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
