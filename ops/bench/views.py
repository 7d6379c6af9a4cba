"""``bench views``: rebuilding the custody view, and keeping it up live, against the library's projection pattern.

Rebuild: ours builds a new generation beside nothing from the whole log, indexes and switch included; the peer works
through a slice of the same log (its rate does not depend on how much follows). Live: ours takes batches of at most
100 on a view that already holds half the log; so does the peer, one event per transaction, on a slice. Both are
measured once they run evenly: caches filled, indexes no longer freshly packed.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence

import psycopg
from sqlalchemy.engine import make_url

from hub.contract import Contract, load
from hub.projections.custody import VIEW
from hub.projections.database import Database
from hub.projections.postgres import SETTINGS
from hub.projections.rebuild import rebuild
from hub.projections.runner import Runner
from hub.words import Stored
from ops.bench import common
from ops.bench.peers import Peer, postgres_peer, sqlite_peer
from ops.bench.streams import events

FLOORS = {"sqlite": (10.0, 6.0), "postgres": (15.0, 8.0)}
LIVE = 100
WARM = 2  # slices of live events before ours is measured; the peer runs evenly after half a slice
WINDOW = 6  # slices of ours measured, half a slice of the peer's in as many parts
REST = 0.5  # seconds in which what runs beside ours (copying its log back) ends, before it is the peer's turn


class MemoryLog:
    """The log as a list: neither side waits for reading."""

    def __init__(self, log: Sequence[Stored]) -> None:
        self._log = log

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        """A slice."""
        return list(self._log[after : after + limit])

    def end(self) -> int:
        """Its length."""
        return len(self._log)

    def close(self) -> None:
        """Nothing to close."""


class Bench:
    """One kind of database; every measurement gets a new empty one."""

    def __init__(self, kind: str, new: Callable[[], str], contract: Contract, log: Sequence[Stored], peer: int) -> None:
        self.kind, self.new, self.contract, self.log, self.slice = kind, new, contract, log, peer

    def database(self) -> tuple[str, Database]:
        """A new one; on PostgreSQL everybody's sessions get the projection connection's settings."""
        url = self.new()
        if self.kind == "postgres":
            plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(plain, autocommit=True) as admin:
                for setting in SETTINGS.replace("-c ", "").split():
                    name, _, value = setting.partition("=")
                    admin.execute(f"alter database \"{make_url(url).database}\" set {name} = '{value}'")
        return url, Database(url)

    def peer(self, url: str, database: Database) -> Peer:
        """The peer on a database that has our tables."""
        book = database.make(VIEW, current=True)
        return (sqlite_peer if self.kind == "sqlite" else postgres_peer)(url, book, self.contract)

    def rebuild(self) -> float:
        """Events per second, the whole log."""
        _, database = self.database()
        began = time.perf_counter()
        reached = rebuild(database, self.contract, VIEW, MemoryLog(self.log))
        took = time.perf_counter() - began
        assert reached == len(self.log)
        database.close()
        return reached / took

    def peer_rebuild(self) -> float:
        """The peer's events per second, on a slice from the beginning."""
        url, database = self.database()
        peer = self.peer(url, database)
        began = time.perf_counter()
        peer.follow(MemoryLog(self.log), self.slice)
        took = time.perf_counter() - began
        peer.close()
        database.close()
        return self.slice / took

    def half_full(self) -> tuple[str, Database]:
        """A database whose view holds the first half of the log, and is known to the planner."""
        url, database = self.database()
        rebuild(database, self.contract, VIEW, MemoryLog(self.log[: len(self.log) // 2]))
        return url, database

    def live(self) -> tuple[float, float]:
        """Events per second of ours, in batches of at most 100, and of the peer, each on a database of its own.

        They take turns, so that what else the machine does falls on both alike.
        """
        _, database = self.half_full()
        book = database.make(VIEW, current=True)
        runner = Runner(book, database.channel(book), self.contract)
        runner.refresh()
        peer_url, peer_database = self.half_full()
        peer, log = self.peer(peer_url, peer_database), MemoryLog(self.log)
        peer.position = runner.position

        def ours_on(many: int) -> float:
            until = min(len(self.log), runner.position + many)
            began = time.perf_counter()
            while runner.position < until:
                runner.take(self.log[runner.position : min(until, runner.position + LIVE)])
            return time.perf_counter() - began

        def peer_on(many: int) -> float:
            began = time.perf_counter()
            peer.follow(log, peer.position + many)
            return time.perf_counter() - began

        ours_on(WARM * self.slice)
        peer_on(self.slice // 2)
        start, peer_start = runner.position, peer.position
        ours = theirs = 0.0
        for _ in range(WINDOW):
            ours += ours_on(self.slice)
            time.sleep(REST)
            theirs += peer_on(self.slice // 2 // WINDOW)
        runner.close()
        peer.close()
        database.close()
        peer_database.close()
        return (runner.position - start) / ours, (peer.position - peer_start) / theirs


def measure(bench: Bench, pairs: int) -> list[common.Result]:
    """Both measurements of one database."""
    floor, live_floor = FLOORS[bench.kind]
    rebuilt = common.interleave(
        f"views rebuild {bench.kind}", bench.rebuild, bench.peer_rebuild, floor=floor, pairs=pairs
    )
    ours, peers = zip(*[bench.live() for _ in range(pairs)], strict=True)
    return [rebuilt, common.pair_up(f"views live {bench.kind}", ours, peers, floor=live_floor)]


def main(argv: Sequence[str] = ()) -> int:
    """Measure the custody view; 0 when all floors were reached."""
    parser = argparse.ArgumentParser(prog="bench views", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="of the whole log")
    parser.add_argument("--slice", type=int, default=20_000, help="events the peer works through")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--quick", action="store_true", help="a tenth of the log, one pair: does it run?")
    asked = parser.parse_args(argv)
    count, pairs = (asked.events // 10, 1) if asked.quick else (asked.events, asked.pairs)
    contract = load()
    log = list(events(contract, count))
    gc.collect()
    gc.freeze()  # the log itself is not the collector's business
    results = []
    with common.databases(asked.database or ("sqlite", "postgres")) as makers:
        for kind, new in makers.items():
            results += measure(Bench(kind, new, contract, log, min(asked.slice, count // 4)), pairs)
    return common.report(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
