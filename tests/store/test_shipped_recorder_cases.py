"""The event-sourcing library's own recorder tests, run against our recorders on both databases."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.tests import persistence as shipped
from sqlalchemy import make_url

from hub.store import open_store
from hub.store.factory import make_recorder


def close(recorders: list[Any]) -> None:
    """The library's test of concurrency leaves its readers behind: a connection closed under one ends the process."""
    for thread in threading.enumerate():
        if "read_continuously" in thread.name:
            thread.join(30)
    for recorder in recorders:
        recorder.datastore.close()


class OnSQLite:
    """Recorders on a new file per test."""

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.url = f"sqlite:///{tmp_path / 'hub.db'}"
        self.recorders: list[Any] = []
        yield
        close(self.recorders)

    def create_recorder(self) -> Any:
        open_store(self.url).close()
        self.recorders.append(make_recorder(make_url(self.url)))
        return self.recorders[-1]


class OnPostgres(OnSQLite):
    """Recorders on a new database per test."""

    @pytest.fixture(autouse=True)
    def _database(self, pg_url: Callable[[], str]) -> Iterator[None]:
        self.url = pg_url()
        self.recorders = []
        yield
        close(self.recorders)


class TestSQLiteRecorder(OnSQLite, shipped.ApplicationRecorderTestCase):
    pass


class TestSQLiteNotInterleaving(OnSQLite, shipped.NonInterleavingNotificationIDsBaseCase):
    pass


@pytest.mark.postgres
class TestPostgresRecorder(OnPostgres, shipped.ApplicationRecorderTestCase):
    pass


@pytest.mark.postgres
class TestPostgresNotInterleaving(OnPostgres, shipped.NonInterleavingNotificationIDsBaseCase):
    pass
