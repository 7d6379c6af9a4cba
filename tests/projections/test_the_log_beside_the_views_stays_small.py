"""SQLite's write-ahead log of the views is copied back beside the runner; it begins anew under steady batches."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.contract import Contract
from hub.projections import Views
from hub.projections.runner import Runner
from tests.projections.comparing import content, expected
from tests.projections.histories import History


def test_the_log_begins_anew_under_steady_batches(
    tmp_path: Path, contract: Contract, history: Callable[..., History], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.projections.database.CHECKPOINT_ROWS", 20)
    monkeypatch.setattr("hub.projections.sqlite.CHECKPOINT_PAGES", 0)  # SQLite's own copying is off
    monkeypatch.setattr("hub.store.checkpoint.LOOK_SECONDS", 0.001)
    log = history(seed=7, commands=900).log
    path = tmp_path / "views.db"
    views = Views(f"sqlite:///{path}", contract)
    try:
        book = views.database.make(views.all["obligations"], current=True)
        runner = Runner(book, views.database.channel(book), contract)
        reused = 0
        while runner.position < len(log):
            before = os.path.getsize(f"{path}-wal")
            runner.take(log[runner.position : runner.position + 1])
            reused += os.path.getsize(f"{path}-wal") == before
        runner.close()
        assert reused, "the log never began anew: every batch made it longer"
        assert content(views, "obligations") == expected(tmp_path, log, "obligations")
    finally:
        views.close()
