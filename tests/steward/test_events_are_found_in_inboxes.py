"""Whether an inbox holds an event is answered right, however far back it lies, and with bounded memory."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hub.steward import delivered
from hub.store import Delivery, open_store
from hub.words import Micros


@pytest.mark.parametrize("seed", range(8))
def test_every_event_is_found_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(delivered, "PAGE", 7)
    monkeypatch.setattr(delivered, "REMEMBERED", 12)
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    rng = random.Random(seed)
    store.credentials.add("alpha", [bytes(16)], ["agency"], Micros(1))
    inboxes, there, position = delivered.Inboxes(store), set[int](), 0
    for _ in range(40):
        rows = []
        for _ in range(rng.randrange(9)):
            if rng.random() < 0.4:
                rows.append(Delivery("alpha", 0, b"an answer"))
            position += rng.randrange(1, 4)
            if rng.random() < 0.7:
                rows.append(Delivery("alpha", position, b"an event"))
                there.add(position)
        store.deliveries.append(rows)
        asked = [rng.randrange(1, position + 2) for _ in range(12)] + list(range(max(1, position - 3), position + 1))
        assert {p for p in asked if inboxes.hold("alpha", p)} == there & set(asked)
    assert all(len(tail.positions) <= 12 for tail in inboxes._tails.values())
    assert not inboxes.hold("beta", 1)  # an inbox nothing was ever put into
    store.close()
