"""The test server: databases are new and apart, what was committed survives a kill, fsync is on."""

from collections.abc import Callable

import sqlalchemy as sa

from ops.postgres import PostgresServer


def test_each_call_gives_a_new_database(pg_url: Callable[[], str]) -> None:
    one, two = sa.create_engine(pg_url()), sa.create_engine(pg_url())
    with one.begin() as connection:
        connection.execute(sa.text("CREATE TABLE only_here (n int)"))
    assert sa.inspect(one).get_table_names() == ["only_here"]
    assert sa.inspect(two).get_table_names() == []
    one.dispose()
    two.dispose()


def test_committed_rows_survive_a_kill(own_postgres: PostgresServer) -> None:
    engine = sa.create_engine(own_postgres.database())
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept (n int)"))
        connection.execute(sa.text("INSERT INTO kept VALUES (1)"))
    own_postgres.kill()
    own_postgres.start()
    engine.dispose()
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT n FROM kept")).scalars().all() == [1]
    engine.dispose()


def test_server_is_new_enough_and_writes_through(pg_url: Callable[[], str]) -> None:
    engine = sa.create_engine(pg_url())
    with engine.connect() as connection:
        version = connection.execute(sa.text("SHOW server_version_num")).scalar_one()
        settings = [
            connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in ("fsync", "synchronous_commit")
        ]
    engine.dispose()
    assert int(version) >= 150_000
    assert settings == ["on", "on"]
