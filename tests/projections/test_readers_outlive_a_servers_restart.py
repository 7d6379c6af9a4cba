"""Readers of PostgreSQL: a look is one snapshot, leaves no transaction behind, and outlives the server's restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from hub.contract import load
from hub.projections import Views


@pytest.fixture
def read(pg_url: Callable[[], str]) -> Iterator[Views]:
    views = Views(pg_url(), load())
    yield views
    views.close()


def server(views: Views) -> int:
    """The process of the server's that answers."""
    with views.database.snapshot() as db:
        return int(db.execute(text("select pg_backend_pid()")).scalar_one())


def test_a_snapshot_does_not_move_and_does_not_write(read: Views) -> None:
    t = read.database.shared.tracking
    with read.database.snapshot() as db:
        before = db.execute(select(t.c.position).where(t.c.view == "custody")).scalar_one()
        with read.database.layout() as other:
            other.execute(t.update().values(position=before + 7))
        assert db.execute(select(t.c.position).where(t.c.view == "custody")).scalar_one() == before
        with pytest.raises(DBAPIError, match="read-only"):
            db.execute(t.update().values(position=0))
    assert read.position("custody") == before + 7


def test_nothing_stays_open_behind_a_look(read: Views) -> None:
    with pytest.raises(RuntimeError), read.database.snapshot() as db:
        mine = db.execute(text("select pg_backend_pid()")).scalar_one()
        raise RuntimeError("the reader fell over")
    assert server(read) == mine, "lent again"
    with psycopg.connect(read.database.dsn, autocommit=True) as other:
        query = "select state from pg_stat_activity where pid = %s"
        assert other.execute(query, (mine,)).fetchone() == ("idle",)


@pytest.mark.parametrize("question", ["a look", "one question"])
def test_a_connection_that_is_gone_is_no_failure(read: Views, question: str) -> None:
    gone = server(read)
    with psycopg.connect(read.database.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (gone,))
    if question == "a look":
        assert server(read) != gone
    else:
        assert read.positions(["custody", "roles"]) == [0, 0]


def test_a_wrong_question_is_asked_once(read: Views) -> None:
    asked = []

    def note(*_: object) -> None:
        asked.append(1)

    event.listen(read.database._readers._engine, "before_cursor_execute", note)
    with pytest.raises(DBAPIError):
        read.database.rows(select(text("1 / 0")))
    assert len(asked) == 1
