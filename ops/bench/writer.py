"""Commands per second through the writer, every commit durable and decided by the real ``decide``.

Callers are asyncio coroutines, as at the HTTP edge; threads are printed for comparison. The peer is the event-sourcing
library's own ``Application.save`` (see ``peer``), at its best of 1, 4 and 32 threads, on the same disk or server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import threading
import time
from collections.abc import Sequence

from hub.bootstrap.serving import tune
from hub.contract import load
from hub.store import open_store
from hub.words import DONE, Answer
from hub.writer import SystemClock, Writer
from ops.bench.common import Result, databases, pair_up, report
from ops.bench.peer import Peer
from ops.bench.workload import agencies, bench_pack, lives

CALLERS = 32
FLOORS = {"postgres": (10.0, 2.0), "sqlite": (2.5, 0.9)}  # 32 callers, one caller
P99 = 1 / 3
SLICES = 5


class Ours:
    """A writer on a store, and callers for it."""

    def __init__(self, url: str, city: str = "") -> None:
        """``city``: whose overlay, with its ladder, the decisions follow; "" = the national pack."""
        self._store = open_store(url)
        self._clock = SystemClock()
        self._writer = Writer(self._store, load(), bench_pack(city), self._clock, lambda command: None, city="532301")
        self._writer.start()
        self._seed = 0
        self._now = self._clock.now()
        for command in agencies(self._now):
            (answer,) = self._writer.ask([command])
            assert isinstance(answer, Answer) and answer.outcome == DONE, answer

    def coroutines(self, callers: int, seconds: float) -> tuple[float, list[float]]:
        """(commands per second, sorted seconds per command) with that many coroutines of one event loop."""
        times: list[float] = []
        self._seed += 1

        async def caller(number: int, end: float) -> None:
            for command in lives(number, self._now, self._seed):
                started = time.perf_counter()
                if started >= end:
                    return
                await self._writer.ask_async([command])
                times.append(time.perf_counter() - started)

        async def all_callers() -> None:
            end = time.perf_counter() + seconds
            await asyncio.gather(*[caller(n, end) for n in range(callers)])

        began = time.perf_counter()
        asyncio.run(all_callers())
        return len(times) / (time.perf_counter() - began), sorted(times)

    def threads(self, callers: int, seconds: float) -> tuple[float, list[float]]:
        """The same with threads."""
        times: list[float] = []
        self._seed += 1

        def caller(number: int, end: float) -> None:
            for command in lives(number, self._now, self._seed):
                started = time.perf_counter()
                if started >= end:
                    return
                self._writer.ask([command])
                times.append(time.perf_counter() - started)

        began = time.perf_counter()
        made = [threading.Thread(target=caller, args=(n, began + seconds)) for n in range(callers)]
        for thread in made:
            thread.start()
        for thread in made:
            thread.join()
        return len(times) / (time.perf_counter() - began), sorted(times)

    def close(self) -> None:
        """Stops the writer; every answer given must be in the store."""
        self._writer.stop()
        self._store.close()


class Tally:
    """Slices of one kind of run, added up."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._times: list[float] = []

    def add(self, run: tuple[float, list[float]]) -> None:
        """One more slice: its rate and its times."""
        rate, times = run
        self._times += times
        self._seconds += len(times) / rate if rate else 0.0

    @property
    def rate(self) -> float:
        """Commands per second over all slices."""
        return len(self._times) / self._seconds if self._seconds else 0.0

    def late(self, share: float = 0.99) -> float:
        """Milliseconds below which that share of the commands was answered."""
        return percentile(sorted(self._times), share)


def measure(kind: str, ours: Ours, peer: Peer, pairs: int, seconds: float) -> list[Result]:
    """All comparisons on one kind of database; the first pair warms up and does not count.

    A pair is made of short slices in turn, so that what else the machine does falls on both sides alike.
    """
    found: list[dict[str, float]] = []
    for pair in range(pairs + 1):
        many, threads, alone = Tally(), Tally(), Tally()
        peers = {n: Tally() for n in (1, 4, CALLERS)}
        for _ in range(SLICES):
            many.add(ours.coroutines(CALLERS, seconds / SLICES))
            for n, tally in peers.items():
                tally.add(peer.run(n, seconds / SLICES))
            alone.add(ours.threads(1, seconds / SLICES))
            threads.add(ours.threads(CALLERS, seconds / SLICES))
        theirs = ", ".join(f"{n}: {tally.rate:,.0f}/s" for n, tally in peers.items())
        print(
            f"{kind} {'warm-up' if pair == 0 else pair}: ours {CALLERS} coroutines {many.rate:,.0f}/s"
            f" (p50 {many.late(0.5):.1f}, p99 {many.late():.1f} ms), {CALLERS} threads {threads.rate:,.0f}/s"
            f" (p99 {threads.late():.1f} ms), 1 caller {alone.rate:,.0f}/s;"
            f" peer {theirs} (p99 at {CALLERS} {peers[CALLERS].late():.1f} ms)",
            flush=True,
        )
        best = max(tally.rate for tally in peers.values())
        line = {"many": many.rate, "best": best, "alone": alone.rate, "peer alone": peers[1].rate}
        found.append(line | {"late": many.late(), "peer late": peers[CALLERS].late()})
    counted = {name: [line[name] for line in found[1:]] for name in found[0]}
    floor, floor_alone = FLOORS[kind]
    late, peer_late = counted["late"], counted["peer late"]
    return [
        pair_up(f"writer {kind} {CALLERS} callers", counted["many"], counted["best"], floor=floor),
        pair_up(f"writer {kind} 1 caller", counted["alone"], counted["peer alone"], floor=floor_alone),
        pair_up(f"writer {kind} p99 ms at {CALLERS}", late, peer_late, floor=round(P99, 3), at_most=True),
    ]


def percentile(times: Sequence[float], share: float) -> float:
    """Milliseconds below which that share of sorted seconds lies."""
    return times[min(len(times) - 1, int(len(times) * share))] * 1_000 if times else 0.0


def main(arguments: Sequence[str]) -> int:
    """0 when every floor was reached."""
    parser = argparse.ArgumentParser(prog="bench writer", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each kind of run in a pair")
    parser.add_argument("--quick", action="store_true", help="one short pair: does it run at all")
    parser.add_argument("--city", default="", help="decide by this city's overlay too: under a ladder, two events each")
    options = parser.parse_args(arguments)
    tune()  # as the serving process does; the peer runs in the same process
    pairs, seconds = (1, 0.5) if options.quick else (options.pairs, options.seconds)
    results: list[Result] = []
    with databases(options.database or ("sqlite", "postgres")) as makers:
        for kind, new in makers.items():
            with contextlib.closing(Ours(new(), options.city)) as ours, contextlib.closing(Peer(new())) as peer:
                results += measure(kind, ours, peer, pairs, seconds)
    return report(results) if results else 1
