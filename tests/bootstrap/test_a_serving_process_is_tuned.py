"""A serving process is scheduled as a batch of threads, later ones too; where that is refused, it serves as well."""

import os
import subprocess
import sys

import pytest

SAY = """
import os, threading
{before}
from hub.bootstrap.serving import tune
tune()
said = []
made = threading.Thread(target=lambda: said.append(os.sched_getscheduler(0)))
made.start(); made.join()
print(os.sched_getscheduler(0), *said)
"""
REFUSED = "def no(*_): raise PermissionError\nos.sched_setscheduler = no"


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="Linux: its scheduler has batches")
def test_its_threads_do_not_push_each_other_off_the_processor() -> None:
    for before, policy in (("", os.SCHED_BATCH), (REFUSED, os.sched_getscheduler(0))):
        said = subprocess.run(
            [sys.executable, "-c", SAY.format(before=before)], capture_output=True, text=True, check=True
        )
        assert said.stdout.split() == [str(policy)] * 2
