"""``bench statistics``: the statistics view over a million events, against the same sums by SQL over the raw events.

The peer is what one does without a view: every event in one table, its fields as JSON (written there by a foreign Avro
reader), and ``ops/history/statistics.sql``. All sums of both sides are printed and compared before anything is timed,
for the whole and for one organ. *rebuild*: from the log to the figures, in events per second: the view made anew,
indexes and switch included, then asked; the peer makes its table of a slice of the log and asks it. *ask*: figures
asked for once more, per second, over the whole log: the view adds up its rows, the peer reads the events again.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import structlog

from hub.contract import Contract, load
from hub.projections import Views
from hub.projections.statistics import Cohort
from hub.words import Stored
from ops.bench import common
from ops.bench.streams import events
from ops.bench.views import MemoryLog
from ops.history.raw import export, sums

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
REBUILD_FLOORS, ASK_FLOOR = {"sqlite": 2.0, "postgres": 1.5}, 10.0
ASKS = 5
SLICE = 50_000  # events the peer makes its table of; its rate hardly depends on how many


class Bench:
    """One kind of database, and the raw table beside it."""

    def __init__(self, url: str, contract: Contract, log: Sequence[Stored], raw: sqlite3.Connection) -> None:
        self.log, self.raw = log, raw
        self.views = Views(url, contract)
        self.views.rebuild("agencies", MemoryLog(log))

    def rebuild(self) -> float:
        """Events per second."""
        began = time.perf_counter()
        reached = self.views.rebuild("statistics", MemoryLog(self.log))
        assert reached == len(self.log)
        self.views.statistics.report(Cohort(FIRST, LAST), 0)
        return reached / (time.perf_counter() - began)

    def ask(self) -> float:
        """Answers per second."""
        began = time.perf_counter()
        for _ in range(ASKS):
            self.views.statistics.report(Cohort(FIRST, LAST), 0)
        return ASKS / (time.perf_counter() - began)

    def peer_rebuild(self) -> float:
        """The peer's events per second, on a slice from the beginning."""
        piece = self.log[:SLICE]
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            made = export(piece, str(Path(folder) / "raw.db"))
            sums(made, FIRST, LAST)
            made.close()
        return len(piece) / (time.perf_counter() - began)

    def peer_ask(self) -> float:
        """Answers per second of the query."""
        began = time.perf_counter()
        sums(self.raw, FIRST, LAST)
        return 1 / (time.perf_counter() - began)

    def compare(self, kind: str) -> bool:
        """Print the sums of both sides; whether all are equal."""
        groups = self.views.statistics.report(Cohort(FIRST, LAST), 0, ("agency",)).groups["agency"]
        busiest = max(groups, key=lambda g: g.sums["accepted"]).key
        same = True
        for title, organ in (("all", None), ("one organ", bytes.fromhex(busiest))):
            ours = self.views.statistics.report(Cohort(FIRST, LAST, agency=organ), 0).total
            for name, n in sums(self.raw, FIRST, LAST, organ).items():
                same &= ours[name] == n
                print(f"{kind:9} {title:10} {name:10} view {ours[name]:>16,}  sql {n:>16,}")
        return same


def main(argv: Sequence[str] = ()) -> int:
    """0 when all sums are equal and the floors were reached."""
    parser = argparse.ArgumentParser(prog="bench statistics", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--quick", action="store_true", help="a tenth of the log, one pair: does it run?")
    asked = parser.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    count, pairs = (asked.events // 10, 1) if asked.quick else (asked.events, asked.pairs)
    contract = load()
    log = list(events(contract, count))
    gc.collect()
    gc.freeze()  # the log itself is not the collector's business
    results: list[common.Result] = []
    same = True
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        raw = export(log, str(Path(folder) / "raw.db"))
        with common.databases(asked.database or ("sqlite", "postgres")) as makers:
            for kind, new in makers.items():
                bench = Bench(new(), contract, log, raw)
                bench.rebuild()
                same &= bench.compare(kind)
                results += measure(bench, kind, pairs)
                bench.views.close()
        raw.close()
    if not same:
        print("the sums differ")
        return 1
    return common.report(results)


def measure(bench: Bench, kind: str, pairs: int) -> list[common.Result]:
    """Both measurements of one database."""

    def pair(name: str, ours: Callable[[], float], peer: Callable[[], float], floor: float) -> common.Result:
        return common.interleave(f"statistics {name} {kind}", ours, peer, floor=floor, pairs=pairs)

    return [
        pair("rebuild", bench.rebuild, bench.peer_rebuild, REBUILD_FLOORS[kind]),
        pair("ask", bench.ask, bench.peer_ask, ASK_FLOOR),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
