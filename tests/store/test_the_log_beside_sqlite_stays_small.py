"""The write-ahead log is copied back beside the writer; it begins anew although commits never pause."""

import contextlib
import os
from pathlib import Path

import pytest

from hub.store import open_store
from tests.parts.waiting import eventually
from tests.store.rows import batch


def test_the_log_begins_anew_under_steady_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.checkpoint.ROWS", 200)
    monkeypatch.setattr("hub.store.sqlite._WRITER_PRAGMAS", ("PRAGMA wal_autocheckpoint = 0",))
    monkeypatch.setattr("hub.store.checkpoint.LOOK_SECONDS", 0.01)
    path = tmp_path / "hub.db"
    store = open_store(f"sqlite:///{path}")
    with contextlib.closing(store):
        lease = store.acquire(0)
        written = 0

        def begun_anew() -> bool:
            nonlocal written
            for _ in range(50):
                lease.append(batch(lease.head.position, 5))
                written += 1
            return written > 2_000 and os.path.getsize(f"{path}-wal") < written * 3_000

        eventually(begun_anew, what="the log is smaller than what was written into it", within=30, every=0)
        assert store.position() == written * 5
        assert store.answers.count() == written
    store = open_store(f"sqlite:///{path}")
    with contextlib.closing(store):
        assert [e.position for e in store.read(0, 100_000)] == list(range(1, written * 5 + 1))
