"""Random histories over HTTP against an independent reading of the custody rules, outcome by outcome: no difference.

Compared after every command: done, nothing or the code; events; the dispute as the hub shows it (custodian, version,
states, what is owed until when). What the hub does by itself is compared too, and that it leaves nothing undone.
A longer look than this test's: ``python -m tests.api.test_random_histories_over_http 100``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

from hub.bootstrap import configure_logging
from tests.api.over_http import OverHttp

WALKS, LENGTH = 4, 100


def compare(seed: int, length: int, folder: Path) -> tuple[Counter[str], str]:
    """One history: how its commands ended, and what differed ("" = nothing)."""
    endings: Counter[str] = Counter()
    with OverHttp(seed, folder) as history:
        for number in range(length):
            act, ended, differences = history.play()
            endings[ended] += 1
            if differences:
                return endings, "\n".join([f"seed {seed}, command {number}: {act}", *differences])
        return endings, "\n".join(history.views_differences())


@pytest.mark.slow
def test_api_equals_model(tmp_path: Path) -> None:
    endings: Counter[str] = Counter()
    for seed in range(WALKS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found, differences = compare(seed, LENGTH, folder)
        assert not differences
        endings += found
    assert endings["done"] >= 60 and endings["by the hub"] >= 30 and len(endings) >= 25, endings


if __name__ == "__main__":
    configure_logging("console", "error")
    total: Counter[str] = Counter()
    for walk in range(int(sys.argv[1])):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as where:
            found, wrong = compare(1_000 + walk, 150, Path(where))
        total += found
        print(walk, total.total(), f"{time.monotonic() - began:.1f} s", wrong, flush=True)
    print(total.most_common())
