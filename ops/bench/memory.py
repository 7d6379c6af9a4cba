"""Resident set of a serving hub with 10 k and with 100 k open disputes in the writer's cache.

Each size is measured in a process of its own, wired as ``serve`` is (embedded: SQLite, table log, views, inboxes, HTTP
application), started on one prepared store; one refused command per dispute brings its state into the cache.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hub.aggregates.command import Command
from hub.aggregates.dispute import commands as c
from hub.bootstrap import Hub, build
from hub.contract import load
from hub.settings import Settings
from hub.store import open_store
from hub.words import HUB_AGENCY, HUB_SYSTEM, SECOND, DisputeId
from hub.words import derived_id as command_id
from hub.writer import BATCH, SystemClock, Writer
from ops.bench.common import Result, report
from ops.bench.workload import agencies, bench_pack, lives

SMALL, LARGE = 10_000, 100_000
BYTES_EACH = 1_024
ROOM = 100 * 1_024 * 1_024
STEPS = 5  # lives are left open after 1 to 5 commands: registered, offered, signed, accepted, worked on


def prepare(folder: Path, many: int) -> None:
    """A store with that many open disputes, at all stages of their lives."""
    store = open_store(Settings(home=folder).store_url)
    clock = SystemClock()
    writer = Writer(store, load(), bench_pack(), clock, lambda command: None, city="532301")
    writer.start()
    now = clock.now()
    writer.ask(agencies(now))
    for start in range(0, many, BATCH):
        begun = [lives(start + i, now) for i in range(min(BATCH, many - start))]
        for step in range(1, STEPS + 1):
            writer.ask([next(life) for i, life in enumerate(begun) if i % STEPS >= step - 1])
    writer.stop()
    store.close()


def child(folder: Path, many: int) -> None:
    """A serving hub with ``many`` disputes cached; prints its resident set and how many it holds."""
    hub = build(Settings(home=folder))
    assert hub.start(wait=60)
    _views_at(hub, hub.desk.position)
    clock = SystemClock()
    disputes = itertools.islice(_disputes(hub.store.url.database or ""), many)
    numbered = enumerate(disputes)
    while batch := list(itertools.islice(numbered, BATCH)):
        hub.desk.ask([_touch(clock.now(), number, DisputeId(dispute)) for number, dispute in batch])
    gc.collect()
    assert hub.desk.writer is not None
    print(json.dumps({"resident": resident(), "cached": hub.desk.writer.cached}))
    hub.stop()


def _views_at(hub: Hub, position: int) -> None:
    """Waits until the views have caught up: building them takes memory of its own, which is not the cache's."""
    end = time.monotonic() + 600
    while hub.crew is None or min(hub.crew.positions.values(), default=0) < position:
        if time.monotonic() > end:
            raise TimeoutError("the views did not catch up")
        time.sleep(0.2)


def _disputes(path: str) -> list[bytes]:
    with sqlite3.connect(path) as connection:
        query = "SELECT originator_id FROM stored_events WHERE topic = 'dispute.registered' ORDER BY notification_id"
        return [bytes.fromhex(row[0]) for row in connection.execute(query)]


def _touch(now: int, number: int, dispute: DisputeId) -> Command:
    """A command that needs the dispute's state and is refused: it comes from a clock an hour ahead."""
    body = c.Urge("progress", None, None, "")
    ident = command_id(f"touch/{now}/{number}")
    return Command(HUB_SYSTEM, ident, bytes(32), HUB_AGENCY, "", now + 3_600 * SECOND, dispute, None, body)


def resident() -> int:
    """Bytes of this process in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1_024


def measure(folder: Path, many: int) -> tuple[int, int]:
    """(resident set, disputes cached) of a hub that was asked about ``many``; its steward may have asked about some."""
    command = [sys.executable, "-m", "ops.bench.memory", "--child", str(folder), str(many)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    said = json.loads(done.stdout.strip().splitlines()[-1])
    if said["cached"] < many:
        raise RuntimeError(f"{said['cached']} disputes are cached, not {many}")
    return int(said["resident"]), int(said["cached"])


def main(arguments: Sequence[str]) -> int:
    """0 when both bounds hold."""
    parser = argparse.ArgumentParser(prog="bench memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the disputes")
    options = parser.parse_args(arguments)
    small, large = (SMALL // 10, LARGE // 10) if options.quick else (SMALL, LARGE)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        prepare(folder, large)
        measure(folder, 0)  # builds the views
        (low, few), (high, many) = measure(folder, small), measure(folder, large)
    each = (high - low) / (many - few)
    print(f"{few:,} cached: {low / 2**20:.1f} MB; {many:,} cached: {high / 2**20:.1f} MB; {each:.0f} bytes each")
    ends = (0.0, 0.0)
    results = [
        Result("memory bytes per cached dispute", each, BYTES_EACH, each / BYTES_EACH, 1.0, ends, True),
        Result(f"memory MB at {large:,}", high / 2**20, (low + ROOM) / 2**20, high / (low + ROOM), 1.0, ends, True),
    ]
    return report([r._replace(spread=(r.ratio, r.ratio)) for r in results])


if __name__ == "__main__":
    child(Path(sys.argv[2]), int(sys.argv[3]))
