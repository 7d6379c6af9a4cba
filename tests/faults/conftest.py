"""What fault tests share: quiet logs, and a seed that is printed when a test fails."""

from __future__ import annotations

import logging
import os
import random

import pytest

from hub.bootstrap import configure_logging


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    configure_logging("console", "error")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # of brokers stopped on purpose


@pytest.fixture
def seed() -> int:
    """A new seed each time (or HUB_SEED); it stands in the output of a test that fails."""
    chosen = int(os.environ.get("HUB_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"HUB_SEED={chosen}")
    return chosen
