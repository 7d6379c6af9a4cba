"""The views' database: ``views.db`` or the schema ``views`` of PostgreSQL; deleting it is safe, it is rebuilt from
the log.

Readers have a pool (``Readers``), runners a connection of their own (``Channel``).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from hub.store.checkpoint import Checkpointer

from .channel import Channel
from .postgres import PostgresChannel, PostgresLine
from .readers import PLANNING, POOL, Readers
from .sheet import View
from .sqlite import CHECKPOINT_ROWS, SqliteChannel, SqliteLine, tune
from .tables import POSTGRES_SCHEMA, Book, book, shared, table_name

LOCK = 0x68756276  # advisory lock of whoever changes the layout ("hubv")


class Missing(LookupError):
    """The view is not there (yet): it is being built by another version of the hub, or by nobody."""


class Busy(RuntimeError):
    """Another process is rebuilding this view."""


class Database:
    """``url``: ``sqlite:///path`` or ``postgresql+psycopg://…``."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.schema = None if self.sqlite else POSTGRES_SCHEMA
        self.shared = shared(self.schema)
        self._generations: dict[tuple[str, int, int], Book] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._checkpointer: Checkpointer | None = None  # of a process that writes views
        if self.sqlite:
            self.path = Path(self.url.database or "")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(self.url, connect_args={"timeout": 10}, **POOL)
            event.listen(self.engine, "connect", _tuned)
            event.listen(self.engine, "begin", _begin)
        else:
            self.engine = create_engine(self.url, pool_pre_ping=True, connect_args={"options": PLANNING})
        self._readers = Readers(self.url, self.engine if self.sqlite else None)
        self.rows = self._readers.rows
        self.snapshot = self._readers.snapshot
        self._create()

    def _create(self) -> None:
        with self.layout() as db:
            if self.schema:
                db.execute(CreateSchema(self.schema, if_not_exists=True))
            self.shared.meta.create_all(db)

    @contextmanager
    def layout(self) -> Iterator[Connection]:
        """A transaction that may create and drop tables; one at a time over all processes."""
        with self.engine.connect() as db:
            if self.sqlite:
                db.execution_options(hub_immediate=True)
            with db.begin():
                if not self.sqlite:
                    db.execute(select(func.pg_advisory_xact_lock(LOCK)))
                yield db

    def channel(self, generation: Book) -> Channel:
        """A runner's connection for one generation."""
        return self.channels()(generation)

    def channels(self) -> Callable[[Book], Channel]:
        """Makes channels that share one connection: for the runners of one thread."""
        if self.sqlite:
            with self._lock:
                if self._checkpointer is None:
                    self._checkpointer = Checkpointer(str(self.path), self._writing, CHECKPOINT_ROWS)
            line = SqliteLine(str(self.path), self._writing, self._checkpointer.wrote)
            return lambda generation: SqliteChannel(line, generation)
        one = PostgresLine(self.dsn)
        return lambda generation: PostgresChannel(one, generation)

    @property
    def dsn(self) -> str:
        """The URL as the driver itself takes it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    # --- generations ------------------------------------------------------------------------------------------------

    def book(self, view: View, generation: int) -> Book:
        """The tables of a generation, declared once."""
        key = (view.name, view.version, generation)
        with self._lock:
            if key not in self._generations:
                self._generations[key] = book(view, generation, self.schema)
            return self._generations[key]

    def current(self, view: View, db: Connection) -> Book | None:
        """The generation readers see; None while this version of the view was never switched to."""
        c = self.shared.current
        row = db.execute(select(c.c.version, c.c.generation).where(c.c.view == view.name)).one_or_none()
        if row is None or row.version != view.version:
            return None
        return self.book(view, row.generation)

    def outdated(self, view: View) -> bool:
        """Whether readers were last switched to another version of the view than this one."""
        c = self.shared.current
        with self.engine.connect() as db:
            version = db.execute(select(c.c.version).where(c.c.view == view.name)).scalar()
        return version is not None and version != view.version

    def make(self, view: View, *, current: bool, indexes: bool = True) -> Book:
        """New empty tables and their tracking row at position 0; as the current generation if so asked."""
        t, c = self.shared.tracking, self.shared.current
        with self.layout() as db:
            if current:
                existing = self.current(view, db)
                if existing is not None:
                    return existing
            last = db.execute(
                select(func.max(t.c.generation)).where(t.c.view == view.name, t.c.version == view.version)
            ).scalar()
            made = self.book(view, (last or 0) + 1)
            for table in made.tables.values():
                table.create(db)
            if indexes:
                for index in made.indexes():
                    index.create(db)
            db.execute(
                insert(t).values(
                    view=view.name, version=view.version, generation=made.generation, position=0, revision=0
                )
            )
            if current:
                db.execute(insert(c).values(view=view.name, version=view.version, generation=made.generation))
        return made

    def index(self, made: Book) -> None:
        """Make the indexes of a generation that was filled without them; tell the planner about its size, and that
        indexes alone may answer.
        """
        with self.layout() as db:
            for index in made.indexes():
                index.create(db)
        if not self.sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as auto:
                for table in made.tables.values():
                    auto.execute(text(f"vacuum (analyze) {table.fullname}"))

    def switch(self, made: Book) -> bool:
        """Make a generation the current one, in one transaction; False while it is behind the present one.

        The tracking rows of all others go with it: a runner that still writes to one loses at its next commit.
        """
        c, t = self.shared.current, self.shared.tracking
        view = made.view
        with self.layout() as db:
            present = db.execute(select(c).where(c.c.view == view.name)).one_or_none()
            position = self.position(made, db)
            if position is None:
                raise Missing(view.name)
            if present is None:
                db.execute(insert(c).values(view=view.name, version=view.version, generation=made.generation))
                return True
            old = (t.c.view == view.name, t.c.version == present.version, t.c.generation == present.generation)
            # Locked: its runner must not move it between this look and the switch, or figures would go back.
            ahead = db.execute(select(t.c.position).where(*old).with_for_update()).scalar()
            if ahead is not None and present.version == view.version and ahead > position:
                return False
            for table in (t, self.shared.parked):
                others = (table.c.version != view.version) | (table.c.generation != made.generation)
                db.execute(table.delete().where(table.c.view == view.name, others))
            switched = update(c).where(c.c.view == view.name)
            db.execute(switched.values(version=view.version, generation=made.generation))
            return True

    def drop_others(self, view: View) -> None:
        """Drop every generation of a view that readers do not see: what was replaced, or given up half-way."""
        c = self.shared.current
        with self.layout() as db:
            kept = db.execute(select(c).where(c.c.view == view.name)).one_or_none()
            for shared_table in (self.shared.tracking, self.shared.parked):
                of = shared_table.c.view == view.name
                rows = db.execute(select(shared_table.c.version, shared_table.c.generation).where(of).distinct()).all()
                for version, generation in rows:
                    if kept is None or (version, generation) != (kept.version, kept.generation):
                        db.execute(
                            shared_table.delete().where(
                                of, shared_table.c.version == version, shared_table.c.generation == generation
                            )
                        )
            kept_tail = table_name("", "", kept.version, kept.generation)[2:] if kept is not None else ""
            for name in self._tables_of(view, db):
                if name.rsplit("_v", 1)[1] != kept_tail:
                    db.execute(text(f"drop table if exists {self._full(name)}"))

    def _full(self, name: str) -> str:
        return f"{self.schema}.{name}" if self.schema else name

    def _tables_of(self, view: View, db: Connection) -> list[str]:
        if self.sqlite:
            found = db.execute(text("select name from sqlite_master where type = 'table'")).scalars()
        else:
            found = db.execute(
                text("select tablename from pg_tables where schemaname = :s").bindparams(s=self.schema)
            ).scalars()
        named = [s.part for s in view.sheets] + [t.part for t in view.tallies]
        parts = {view.name} | {f"{view.name}_{part}" for part in named if part}
        return [name for name in found if name.rsplit("_v", 1)[0] in parts and "_v" in name]

    def position(self, made: Book, db: Connection) -> int | None:
        """The position of a generation; None when it is no more."""
        t = self.shared.tracking
        found: int | None = db.execute(
            select(t.c.position).where(
                t.c.view == made.view.name, t.c.version == made.view.version, t.c.generation == made.generation
            )
        ).scalar()
        return found

    def mark_stopped(self, made: Book, why: str) -> None:
        """Note for everybody why a view's runner stopped; "" when it runs again."""
        t = self.shared.tracking
        with self.layout() as db:
            db.execute(
                update(t)
                .where(t.c.view == made.view.name, t.c.version == made.view.version, t.c.generation == made.generation)
                .values(stopped=why[:1000])
            )

    @contextmanager
    def rebuilding(self, view: View) -> Iterator[None]:
        """Hold the right to rebuild a view: one process at a time. Busy."""
        if self.sqlite:
            with _file_lock(self.path.with_name(f"{self.path.name}.{view.name}.rebuild")):
                yield
            return
        with psycopg.connect(self.dsn, autocommit=True) as held:
            key = f"views.rebuild.{view.name}"
            got = held.execute("select pg_try_advisory_lock(hashtext(%s))", (key,)).fetchone()
            if not got or not got[0]:
                raise Busy(view.name)
            try:
                yield
            finally:  # at once: the end of the session alone would free it only when the server gets to it
                with suppress(psycopg.Error):
                    held.execute("select pg_advisory_unlock(hashtext(%s))", (key,))

    def close(self) -> None:
        """Give up all connections of readers."""
        if self._checkpointer is not None:
            self._checkpointer.close()
            self._checkpointer = None
        self.engine.dispose()
        self._readers.close()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise Busy(path.name) from held
        yield


def _tuned(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = (
        None  # we say BEGIN ourselves: the driver's own guess leaves reads outside transactions
    )
    tune(connection)


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("hub_immediate", False)
    connection.exec_driver_sql("begin immediate" if immediate else "begin")


def passing(why: Exception) -> bool:
    """Whether a reader's error may pass by itself (for 503 and a retry)."""
    return isinstance(why, DBAPIError) and isinstance(why.orig, sqlite3.OperationalError | psycopg.OperationalError)


__all__ = ["Busy", "Database", "Engine", "Missing", "passing"]
