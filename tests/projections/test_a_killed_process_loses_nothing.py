"""SIGKILL in mid-batch, again and again: the views go on where they were and equal the fold of the log in the end."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from hub.contract import Contract
from hub.projections import Views
from tests.parts.waiting import eventually
from tests.projections.comparing import content, expected
from tests.projections.histories import History
from tests.projections.parts import pack

CHILD = """
import random, sys
from hub.contract import load
from hub.projections import Views
from tests.projections.histories import History, ListLog
from tests.projections.parts import pack
contract = load()
log = History(contract, pack(), random.Random(9)).play(700).log
crew = Views(sys.argv[1], contract).crew(ListLog(log))
print("ready", flush=True)
while crew.step():
    pass
"""


@pytest.mark.slow
def test_views_after_kills(url: str, contract: Contract, tmp_path: Path) -> None:
    log = History(contract, pack(), random.Random(9)).play(700).log
    views = Views(url, contract)
    dice = random.Random(2)
    killed = 0
    for _ in range(3):
        start = min(s.position for s in views.status())
        child = subprocess.Popen([sys.executable, "-c", CHILD, url], stdout=subprocess.PIPE)
        assert child.stdout is not None
        goal = min(len(log), start + dice.randint(1, len(log) // 4))
        eventually(
            lambda c=child, g=goal: c.poll() is not None or max(s.position for s in views.status()) >= g,  # type: ignore[misc]
            what="the child gets on", within=60, every=0.001,
        )  # fmt: skip
        killed += child.poll() is None
        child.kill()
        child.wait()
        child.stdout.close()
    assert killed > 0
    done = subprocess.run([sys.executable, "-c", CHILD, url], stdout=subprocess.DEVNULL, timeout=120, check=False)
    assert done.returncode == 0
    for name in views.all:
        assert content(views, name) == expected(tmp_path, log, name), name
    views.close()
