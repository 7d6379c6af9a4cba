"""The same seed gives byte-identical events; another seed another month."""

import pytest

from tests.sandbox.months import SEED, month

pytestmark = pytest.mark.slow


def test_twice_the_same_seed() -> None:
    first, second = month(SEED), month(SEED, run=1)
    assert [row.body for row in first.stored] == [row.body for row in second.stored]
    assert first.figures == second.figures
    assert first.told == second.told


def test_another_seed_is_another_month() -> None:
    one, other = (month(seed, days=2, disputes=12) for seed in (SEED, SEED + 1))
    assert one.figures["head_hash"] != other.figures["head_hash"]
