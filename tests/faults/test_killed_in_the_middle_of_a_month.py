"""The hub is killed again and again while a whole city works with it: the month comes out as if nothing had been."""

from pathlib import Path

import pytest

from tests.sandbox.months import DAYS, DISPUTES

from .month import compare, live

pytestmark = pytest.mark.slow


def test_over_http(tmp_path: Path, seed: int) -> None:
    lived = live(tmp_path, seed, kills=10, days=DAYS, disputes=DISPUTES)
    compare(lived, days=DAYS, disputes=DISPUTES)
    assert len(lived.killed) == 10
    assert lived.lost, "no kill met a request"


def test_over_kafka(kafka: str, tmp_path: Path, seed: int) -> None:
    """Shorter: each step waits for thirty outboxes and inboxes. ``python -m tests.faults.month --kafka`` for more."""
    lived = live(tmp_path, seed, kills=3, days=2, disputes=12, kafka=kafka)
    compare(lived, days=2, disputes=12)
    assert len(lived.killed) == 3
