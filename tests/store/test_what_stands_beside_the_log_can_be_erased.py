"""Quarantine and sealed parties: capped and erasable, for they may hold personal data."""

import pytest

from hub.store import Batch, Quarantined, SealedRow, Store
from hub.store import quarantine as module
from tests.store.rows import events


def record(system: str, offset: int, size: int = 10) -> Quarantined:
    return Quarantined(system, "topic", offset, "submission.unreadable", "party", "at byte 3", b"x" * size)


def test_quarantine_is_capped_per_system_and_per_record(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.appender.KEEP", 5)
    monkeypatch.setattr("hub.store.sqlite.KEEP", 5)
    store.acquire(0)
    store.append(Batch(0, 7, quarantine=[record("quiet", 1, module.CUT + 100)]))
    store.append(Batch(0, 8, quarantine=[record("noisy", i) for i in range(4)]))
    store.append(Batch(0, 9, quarantine=[record("noisy", i) for i in range(4, 8)]))
    assert [k.offset for k in store.quarantine.list("noisy")] == [3, 4, 5, 6, 7]
    (quiet,) = store.quarantine.list("quiet")
    assert (quiet.size, len(quiet.raw or b""), quiet.received_at, quiet.code) == (
        module.CUT + 100, module.CUT, 7, "submission.unreadable",
    )  # fmt: skip


def test_a_record_can_be_erased_and_a_system_cleared(store: Store) -> None:
    store.acquire(0)
    store.append(Batch(0, 8, quarantine=[record("court", 1), record("court", 2), record("police", 3)]))
    first = store.quarantine.list("court")[0]
    assert store.quarantine.erase(first.id)
    assert store.quarantine.list("court")[0] == first._replace(raw=None)
    assert not store.quarantine.erase(10_000)
    assert store.quarantine.clear("court") == 2
    assert [k.system for k in store.quarantine.list()] == ["police"]
    assert [k.system for k in store.quarantine.list(after=store.quarantine.list()[0].id)] == []


def test_a_masked_name_goes_and_the_log_stays(store: Store) -> None:
    store.acquire(0)
    made = events(0, 1)
    dispute = made[0].stream
    store.append(Batch(0, 8, made, sealed=[SealedRow(dispute, i, f"张某{i}", bytes([i]) * 32) for i in range(3)]))
    assert store.sealed.erase(dispute, 1) == 1
    assert [(p.party, p.masked) for p in store.sealed.read(dispute)] == [(0, "张某0"), (1, None), (2, "张某2")]
    assert store.sealed.erase(dispute) == 3
    assert all(p.masked is None and p.salt is None for p in store.sealed.read(dispute))
    assert store.read(0, 10) == made
