"""What every benchmark shares: interleaved pairs, medians, a table, and last a line of JSON per database or log.

Interleaving is the whole method: on a shared machine a figure by itself says little (±40 %), a ratio to a peer measured
seconds before and after says much. A result is the median of the pairs' ratios; the table shows the spread.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ops.postgres import PostgresMissing, PostgresServer


class Result(NamedTuple):
    """One line of the outcome. ``floor`` is the least ratio that is good enough, with ``at_most`` the greatest."""

    bench: str
    ours: float
    peer: float
    ratio: float
    floor: float
    spread: tuple[float, float]
    at_most: bool = False

    @property
    def ok(self) -> bool:
        """Whether the floor was reached."""
        return self.ratio <= self.floor if self.at_most else self.ratio >= self.floor


def interleave(
    bench: str,
    ours: Callable[[], float],
    peer: Callable[[], float],
    *,
    floor: float,
    pairs: int = 5,
    at_most: bool = False,
) -> Result:
    """Runs ours and the peer in turn and takes the median of the pairs' ratios."""
    both = [(ours(), peer()) for _ in range(pairs)]
    return pair_up(bench, [o for o, _ in both], [p for _, p in both], floor=floor, at_most=at_most)


def pair_up(bench: str, ours: Sequence[float], peer: Sequence[float], *, floor: float, at_most: bool = False) -> Result:
    """The result of pairs already measured, in their order."""
    ratios = [o / p for o, p in zip(ours, peer, strict=True)]
    ends = (min(ratios), max(ratios))
    return Result(
        bench, statistics.median(ours), statistics.median(peer), statistics.median(ratios), floor, ends, at_most
    )


def report(results: Sequence[Result]) -> int:
    """Prints the table and the JSON lines (the last lines of the output); 0 when all floors were reached, else 1."""
    width = max(len(r.bench) for r in results)
    print(f"\n{'':{width}}  {'ours':>12}  {'peer':>12}  {'ratio min/median/max':>24}  {'floor':>8}")
    for r in results:
        ratio = f"{r.spread[0]:.2f} / {r.ratio:.2f} / {r.spread[1]:.2f}"
        sign = "≤" if r.at_most else "≥"
        verdict = "ok" if r.ok else "MISSED"
        print(f"{r.bench:{width}}  {r.ours:12,.1f}  {r.peer:12,.1f}  {ratio:>24}  {sign}{r.floor:7g}  {verdict}")
    print()
    for r in results:
        line = {
            "bench": r.bench,
            "ours": round(r.ours, 3),
            "peer": round(r.peer, 3),
            "ratio": round(r.ratio, 3),
            "floor": r.floor,
            "ok": r.ok,
        }
        print(json.dumps(line))
    return 0 if all(r.ok for r in results) else 1


@contextmanager
def databases(wanted: Sequence[str] = ("sqlite", "postgres")) -> Iterator[dict[str, Callable[[], str]]]:
    """Makers of new empty databases by kind, all on one disk; PostgreSQL is left out, loudly, where there is none."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        makers: dict[str, Callable[[], str]] = {}
        count = iter(range(1_000_000))
        if "sqlite" in wanted:
            makers["sqlite"] = lambda: f"sqlite:///{Path(folder) / f'{next(count)}.db'}"
        if "postgres" not in wanted:
            yield makers
            return
        try:
            server = PostgresServer()
        except PostgresMissing as why:
            print(f"no PostgreSQL: {why}")
            yield makers
            return
        with server:
            makers["postgres"] = server.database
            yield makers
