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


class Ours:
    """A writer on a store, and callers for it."""

    def __init__(self, url: str) -> None:
        self._store = open_store(url)
        self._clock = SystemClock()
        self._writer = Writer(self._store, load(), bench_pack(), self._clock, lambda command: None, city="532301")
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


def measure(kind: str, ours: Ours, peer: Peer, pairs: int, seconds: float) -> list[Result]:
    """All comparisons on one kind of database; the first pair warms up and does not count."""
    many: list[float] = []
    alone: list[float] = []
    late: list[float] = []
    peer_best: list[float] = []
    peer_alone: list[float] = []
    peer_late: list[float] = []
    for pair in range(pairs + 1):
        rate, times = ours.coroutines(CALLERS, seconds)
        peers = {n: peer.run(n, seconds) for n in (CALLERS, 4, 1)}
        single, _ = ours.threads(1, seconds)
        threads, thread_times = ours.threads(CALLERS, seconds)
        rates = {n: found[0] for n, found in peers.items()}
        p99 = percentile(times, 0.99), percentile(peers[CALLERS][1], 0.99)
        theirs = ", ".join(f"{n}: {r:,.0f}/s" for n, r in sorted(rates.items()))
        print(
            f"{kind} {'warm-up' if pair == 0 else pair}: ours {CALLERS} coroutines {rate:,.0f}/s"
            f" (p50 {percentile(times, 0.5):.1f}, p99 {p99[0]:.1f} ms), {CALLERS} threads {threads:,.0f}/s"
            f" (p99 {percentile(thread_times, 0.99):.1f} ms), 1 caller {single:,.0f}/s;"
            f" peer {theirs} (p99 at {CALLERS} {p99[1]:.1f} ms)",
            flush=True,
        )
        if pair == 0:
            continue
        many.append(rate)
        alone.append(single)
        late.append(p99[0])
        peer_best.append(max(rates.values()))
        peer_alone.append(rates[1])
        peer_late.append(p99[1])
    floor, floor_alone = FLOORS[kind]
    return [
        pair_up(f"writer {kind} {CALLERS} callers", many, peer_best, floor=floor),
        pair_up(f"writer {kind} 1 caller", alone, peer_alone, floor=floor_alone),
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
    parser.add_argument("--seconds", type=float, default=1.5, help="of each single run")
    parser.add_argument("--quick", action="store_true", help="one short pair: does it run at all")
    options = parser.parse_args(arguments)
    pairs, seconds = (1, 0.3) if options.quick else (options.pairs, options.seconds)
    results: list[Result] = []
    with databases(options.database or ("sqlite", "postgres")) as makers:
        for kind, new in makers.items():
            with contextlib.closing(Ours(new())) as ours, contextlib.closing(Peer(new())) as peer:
                results += measure(kind, ours, peer, pairs, seconds)
    return report(results) if results else 1
