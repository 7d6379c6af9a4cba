"""``bench pages``: a city with 100,000 open disputes, one serving process, 20 people at its pages, work going on.

The store is filled with the histories of ``town``, the views are built, ``hub serve`` runs as a process of its own. 20
people (supervisors of the city and of townships, clerks) walk through board, lists, desk and disputes, each with a
pause of about two seconds between two pages; meanwhile two referrals a second are signed by their receivers over HTTP,
so that no figure stays true for long. Everybody has opened each page once before. Per page: time to the last byte,
floor p95 200 ms, and bytes as packed, page and all it loads, floor 60 kB. Beside them somebody has the live board open:
from the sending of a signature until the board's renewed part, in which it is counted, has arrived, floor p99 1 s (a
browser then needs some milliseconds to draw).
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from sqlalchemy import select

from hub.contract import load
from hub.contract.jsonform import instant
from hub.log import TableLog
from hub.projections import Views
from hub.projections.deliveries import Deliveries
from hub.settings import Settings
from hub.store import Store, open_store
from hub.words import MOVING, SIGN, agency_id, text
from ops.bench.common import Result, databases, report
from ops.bench.town import fill
from ops.bench.workload import bench_pack
from ops.ports import free_port

P95, SCREEN, BYTES = 200.0, 1_000.0, 60_000.0  # ms, ms, bytes
SIGNS = 2.0  # a second
PEOPLE = (
    *((f"boss{n}", "supervisor", "532301.centre") for n in range(6)),
    *((f"town{n}", "supervisor", f"53230110{n}.pmc") for n in range(1, 4)),
    *((f"clerk{n}", "clerk", f"53230110{n % 9 + 1}.pmc") for n in range(6)),
    *((f"village{n}", "clerk", f"53230110{n + 1}001.pmc") for n in range(3)),
    ("court", "clerk", "532301.court"), ("auditor", "auditor", "532301.centre"),
)  # fmt: skip
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


class Run(NamedTuple):
    """How much of everything."""

    disputes: int
    users: int
    seconds: float


def main(argv: list[str]) -> int:
    """0 when the floors were kept on every database."""
    parser = argparse.ArgumentParser(prog="bench pages", description=__doc__)
    parser.add_argument("--disputes", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--quick", action="store_true", help="5,000 disputes, ten seconds")
    asked = parser.parse_args(argv)
    run = Run(5_000 if asked.quick else asked.disputes, asked.users, 10.0 if asked.quick else asked.seconds)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    results: list[Result] = []
    with databases(asked.database or ("sqlite", "postgres")) as makers:
        for kind, make in makers.items():
            with tempfile.TemporaryDirectory(prefix="hub-bench-pages-") as folder:
                results += measure(kind, Settings(home=Path(folder), database=make()), run)
    return report(results)


def measure(kind: str, settings: Settings, run: Run) -> list[Result]:
    """One database."""
    store, contract = open_store(settings.store_url), load()
    began = time.monotonic()
    events = fill(store, contract, bench_pack(""), run.disputes, time.time_ns() // 1_000)
    views = Views(settings.views_url, contract)
    for name in views.all:
        views.rebuild(name, TableLog(store))
    unsigned = _unsigned(views)
    print(
        f"{kind}: {run.disputes:,} disputes, {events:,} events, {len(unsigned):,} unsigned, made in "
        f"{time.monotonic() - began:.0f} s"
    )  # fmt: skip
    numbers = _numbers(views, 400)
    views.close()
    cookies = [_session(store, *PEOPLE[n % len(PEOPLE)]) for n in range(run.users + 1)]
    key = _system(store, {row["debtor"] for row in unsigned})
    Deliveries(store, contract, TableLog(store), lambda: None).catch_up(events)  # a new system's inbox is no daily work
    store.close()
    with serving(settings) as port:
        walkers = [Walker(port, cookie, numbers, random.Random(n)) for n, cookie in enumerate(cookies[:-1])]
        live = Live(port, cookies[-1])
        signer = Signer(port, key, unsigned, live)
        for walker in walkers:
            walker.look_round()
        _at_once([*(walker.walk for walker in walkers), signer.work], run.seconds)
        live.settle()
        sizes = _sizes(Walker(port, cookies[0], numbers, random.Random(0)))
    return judge(kind, walkers, live, sizes)


def judge(kind: str, walkers: Sequence[Walker], live: Live, sizes: dict[str, tuple[int, int]]) -> list[Result]:
    """The lines of the outcome."""
    results = []
    took: dict[str, list[float]] = {}
    for walker in walkers:
        for page, ms in walker.took:
            took.setdefault(page, []).append(ms)
    whole = sum(len(times) for times in took.values())
    print(f"{kind}: {whole:,} pages, {len(live.took):,} signatures seen on the live board")
    for page, times in sorted(took.items()):
        p50, p95 = _quantile(times, 0.5), _quantile(times, 0.95)
        size = f"{sizes[page][0]:7,} B, first load {sizes[page][1]:7,} B" if page in sizes else ""
        print(f"  {page:9} {len(times):6,} pages  p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  {size}")
        results.append(_limit(f"pages {page} p95 {kind}", p95, P95))
    for page, (_, first) in sorted(sizes.items()):
        results.append(_limit(f"pages {page} bytes {kind}", float(first), BYTES))
    p50, p99 = _quantile(live.took, 0.5), _quantile(live.took, 0.99)
    print(f"  signature to screen: p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {max(live.took):.0f} ms")
    results.append(_limit(f"pages sign to screen p99 {kind}", p99, SCREEN))
    return results


def _limit(name: str, value: float, most: float) -> Result:
    return Result(name, value, most, value / most, 1.0, (value / most, value / most), at_most=True)


def _quantile(times: Sequence[float], part: float) -> float:
    return statistics.quantiles(times, n=1_000, method="inclusive")[int(part * 1_000) - 1]


# --- what is there beforehand -----------------------------------------------------------------------------------------


def _unsigned(views: Views) -> list[dict[str, Any]]:
    with views.database.snapshot() as db:
        book = views.database.current(views.all["obligations"], db)
        assert book is not None
        o = book.tables[""]
        query = select(o.c.dispute, o.c.referral, o.c.debtor).where(o.c.name == SIGN, o.c.kind.in_(MOVING))
        return [dict(row._mapping) for row in db.execute(query.order_by(o.c.dispute))]


def _numbers(views: Views, count: int) -> list[str]:
    return [item["number"] for item in views.custody.disputes(limit=count).items]


def _session(store: Store, user: str, role: str, agency: str) -> str:
    now = time.time_ns() // 1_000
    if store.people.person(user) is None:
        store.people.add(user, "张某某", role, agency_id(agency), "值守岗", now)
    return str(store.sessions.open(user, now))


def _system(store: Store, agencies: set[bytes]) -> str:
    now = time.time_ns() // 1_000
    store.credentials.add("receivers", sorted(agencies), ["agency"], now)
    return str(store.credentials.new_key("receivers", now))


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """``hub serve`` in a process of its own, ready and at rest."""
    port = free_port()
    env = os.environ | {
        "HUB_HOME": str(settings.home), "HUB_DATABASE": settings.database, "HUB_LOG_LEVEL": "warning",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "hub", "serve", "--port", str(port)], env=env)
    try:
        deadline = time.monotonic() + 120
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the hub did not start")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


# --- who is at it -----------------------------------------------------------------------------------------------------


class Walker:
    """One person at the pages: ``took`` holds (page, milliseconds to the last byte)."""

    def __init__(self, port: int, cookie: str, numbers: Sequence[str], dice: random.Random) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": f"hub_session={cookie}", "Accept-Encoding": "gzip"}
        self._numbers, self._dice = numbers, dice
        self.took: list[tuple[str, float]] = []

    def get(self, path: str, **headers: str) -> tuple[int, bytes, float]:
        """Status, body as it came, milliseconds."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers | headers)
        answer = self._connection.getresponse()
        body = answer.read()
        return answer.status, body, (time.perf_counter() - began) * 1_000

    def pages(self) -> tuple[tuple[str, str, int], ...]:
        """(page, address, weight) of a round."""
        dice = self._dice
        return (
            ("board", "/board", 12), *(("board", f"/board?channel={c}", 1) for c in ("court", "petition")),
            ("limits", "/limits?light=over", 4), ("list", "/disputes", 6), ("desk", "/desk", 4),
            ("list", "/disputes?status=open&category=02", 2),
            ("dispute", f"/disputes/{dice.choice(self._numbers)}", 10),
        )  # fmt: skip

    def look_round(self) -> None:
        """Every page once, before anything counts: as in a hub that has been running. (What was unsigned on the last 30
        mornings is made when a filter is opened for the first time on a day.)
        """
        for _, path, _ in self.pages():
            self.get(path)

    def step(self) -> None:
        """One page after another, as a morning goes."""
        pages = self.pages()
        page, path, _ = self._dice.choices(pages, weights=[weight for _, _, weight in pages])[0]
        status, _, ms = self.get(path)
        if page == "dispute" and status == 404:  # not in this person's scope: answered as if it were not there
            return
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        self.took.append((page, ms))

    def walk(self, until: float) -> None:
        """Until an instant, with a pause of about two seconds between two pages."""
        time.sleep(2 * self._dice.random())
        while time.monotonic() < until:
            self.step()
            time.sleep(min(6.0, self._dice.expovariate(0.5)))


class Live:
    """The live board of a supervisor: hears of positions, fetches the part that changed, notes what it then shows."""

    def __init__(self, port: int, cookie: str) -> None:
        self.took: list[float] = []
        self._sent: dict[int, float] = {}  # position → when its signature was sent
        self._lock = threading.Lock()
        self._walker = Walker(port, cookie, (), random.Random(0))
        self._stream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._stream.request("GET", "/live", headers={"Cookie": f"hub_session={cookie}"})
        self._answer = self._stream.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"/live: {self._answer.status}")
        self._told = 0
        self._shown = 0
        self._news = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._renew, daemon=True).start()

    def sent(self, position: int, at: float) -> None:
        """A signature stands in the log."""
        with self._lock:
            self._sent[position] = at
        self._note(time.perf_counter())  # the screen may have been quicker than the answer to its author

    def settle(self) -> None:
        """What is under way arrives."""
        time.sleep(2)
        if self._sent:
            raise RuntimeError(f"{len(self._sent)} signatures never came on the screen")

    def _listen(self) -> None:
        for line in self._answer:
            if line.startswith(b"data: {"):
                self._told = json.loads(line[6:])["position"]
                self._news.set()

    def _renew(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            if self._told <= self._shown:
                continue
            connection = self._walker._connection
            connection.request("GET", "/board", headers=self._walker._headers | {"X-Live": str(self._told)})
            answer = connection.getresponse()
            answer.read()
            self._shown = int(answer.headers["X-Position"])
            self._note(time.perf_counter())

    def _note(self, at: float) -> None:
        with self._lock:
            for position in [p for p in self._sent if p <= self._shown]:
                self.took.append((at - self._sent.pop(position)) * 1_000)


class Signer:
    """The receivers' system: signs what waits, at a steady rate with uneven gaps."""

    def __init__(self, port: int, key: str, unsigned: Sequence[dict[str, Any]], live: Live) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._waiting = iter(unsigned)
        self._live = live
        self._dice = random.Random(7)

    def work(self, until: float) -> None:
        """Until an instant."""
        while time.monotonic() < until:
            time.sleep(self._dice.uniform(0.2, 1.8) / SIGNS)
            row = next(self._waiting, None)
            if row is None:
                return
            body = {
                "type": "sign", "command_id": str(uuid.uuid4()), "occurred_at": instant(time.time_ns() // 1_000),
                "agency": text(row["debtor"]), "dispute": text(row["dispute"]), "referral": text(row["referral"]),
            }  # fmt: skip
            began = time.perf_counter()
            self._connection.request("POST", "/v1/submissions", json.dumps(body), self._headers)
            answer = self._connection.getresponse()
            said = json.loads(answer.read())
            if answer.status == 201:
                self._live.sent(said["position"], began)


def _at_once(works: Sequence[Callable[[float], None]], seconds: float) -> None:
    until = time.monotonic() + seconds
    failed: list[BaseException] = []

    def run(work: Callable[[float], None]) -> None:
        try:
            work(until)
        except BaseException as why:
            failed.append(why)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _sizes(walker: Walker) -> dict[str, tuple[int, int]]:
    """Per page: bytes of the page as packed, and of it with all it loads the first time."""
    found = {}
    pages = {"board": "/board", "limits": "/limits?light=over", "list": "/disputes", "desk": "/desk"}
    pages["dispute"] = f"/disputes/{walker._numbers[0]}"
    for page, path in pages.items():
        status, body, _ = walker.get(path)
        if status != 200:
            continue
        html = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        more = [len(walker.get(asset)[1]) for asset in dict.fromkeys(ASSET.findall(html))]
        found[page] = (len(body), len(body) + sum(more))
    return found
