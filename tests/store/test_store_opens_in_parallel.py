"""Many processes may open one new store at once; the tables are what the code believes them to be."""

import contextlib
import subprocess
import sys
from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import hub.store.migrations as migrations
from hub.store import Store, open_store
from hub.store.migrations import HEAD, StoreTooNew
from hub.store.tables import metadata

OPEN = "import sys; from hub.store import open_store; s = open_store(sys.argv[1]); print(s.head().position); s.close()"


def test_parallel_start_up(store_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, store_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(6)
    ]
    said = [process.communicate(timeout=120) for process in started]
    assert [(out.strip(), process.returncode) for (out, _), process in zip(said, started, strict=True)] == [
        (b"0", 0)
    ] * 6, said


def test_the_tables_are_those_of_the_code(store: Store) -> None:
    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        beside = {"stored_events", migrations.VERSION_TABLE}
        return not (kind == "table" and name in beside)

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_the_newest_migration_is_the_one_the_code_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_newer_store_is_refused(opened: Callable[[], Store], store_url: str) -> None:
    with opened().writing() as connection:
        connection.execute(text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match="9999"):
        open_store(store_url)


def test_opening_again_keeps_everything(opened: Callable[[], Store]) -> None:
    first = opened()
    first.acquire(0)
    with contextlib.closing(first):
        assert opened().head().epoch == 1
    assert opened().head().epoch == 1


def test_other_kinds_of_databases_are_refused() -> None:
    for url in ("mysql://localhost/hub", "sqlite://", "postgresql://localhost/hub"):
        with pytest.raises(ValueError, match="a store is"):
            open_store(url)
