"""The threads of the data path share one processor, those they start too; where that is refused, they run elsewhere."""

import os
import subprocess
import sys

import pytest

SAY = """
import os, threading
{before}
from hub.bootstrap.serving import on_one_processor
many = os.sched_getaffinity(0)
said = []
def last():
    said.append(os.sched_getaffinity(0))
def first():
    made.start()
    made.join()
made = threading.Thread(target=last)
with on_one_processor():
    one = threading.Thread(target=first)
    one.start()
one.join()
free = threading.Thread(target=last)
free.start()
free.join()
assert os.sched_getaffinity(0) == many == said[1], "whoever started them is as before, and so are threads made later"
print(len(said[0]), len(many), said[0] <= many)
"""
REFUSED = "def no(*_): raise PermissionError\nos.sched_setaffinity = no"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux: threads can be told where to run")
@pytest.mark.parametrize(("before", "kept"), [("", True), (REFUSED, False)])
def test_they_share_one_processor(before: str, kept: bool) -> None:
    said = subprocess.run([sys.executable, "-c", SAY.format(before=before)], capture_output=True, text=True, check=True)
    shared, many, among = said.stdout.split()
    assert (shared, among) == ("1" if kept else many, "True")
