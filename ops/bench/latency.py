"""From a record in an outbox to the custody view, and to the receiver's inbox, at 100 commands per second.

One system publishes ``refer`` commands over a real broker, another reads its inbox; both are one process of their own,
the hub (intake, writer, deliveries, relay, views) is this one. Parts: published → taken by the intake → durable →
custody view committed, and durable → read from the inbox topic. Clocks are the machine's, the same for both processes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from hub.aggregates.command import Command
from hub.bootstrap.hub import Hub, build
from hub.bootstrap.serving import on_one_processor, tune
from hub.contract import load
from hub.log.access import Access, Admin
from hub.log.topics import Topics
from hub.settings import Settings
from hub.words import CommandId, dispute_id
from hub.writer import Outcome, Poll
from ops.bench.common import Result, databases, report
from ops.bench.workload import agencies, code
from ops.kafka.broker import start_broker

LIMITS = {"p50": 60.0, "p99": 300.0}  # ms
SENDER, RECEIVER = "alpha", "beta"
CONTRACT = load()


class Run(NamedTuple):
    """How much, and how fast."""

    rate: float
    seconds: float
    warm_up: int  # commands that are not counted
    spread: bool = False  # the hub's threads on any processor


def main(argv: list[str]) -> int:
    """0 when the limits were kept on every database."""
    parser = argparse.ArgumentParser(prog="bench latency", description=__doc__)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--quick", action="store_true", help="five seconds")
    parser.add_argument("--spread", action="store_true", help="the hub's threads on any processor, unlike in serve")
    parser.add_argument("--client", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    run = Run(asked.rate, 5.0 if asked.quick else asked.seconds, int(asked.rate * 2), asked.spread)
    if asked.client:
        return client(asked.client[0], asked.client[1], run)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-kafka-") as folder,
        start_broker(Path(folder), heap_mb=512) as broker,
        databases(asked.database or ("sqlite", "postgres")) as makers,
    ):
        control = bare(broker.bootstrap, run)
        print(
            f"control: a bare producer to a bare consumer here and now: p50 {control[0]:.1f}, p99 {control[1]:.1f} ms"
        )
        for kind, make in makers.items():
            results += measure(kind, make(), broker.bootstrap, Path(folder), run)
    return report(results)


def measure(kind: str, url: str, bootstrap: str, folder: Path, run: Run) -> list[Result]:
    """One hub on one database."""
    prefix = f"l{uuid.uuid4().hex[:8]}."
    settings = Settings(home=folder / prefix, database=url, kafka=bootstrap, topic_prefix=prefix)
    hub = build(settings)
    now = hub.clock.now()
    setup = agencies(now)
    hub.store.credentials.add(SENDER, [_id(code(1))], ["agency"], now)
    hub.store.credentials.add(RECEIVER, [_id(code(2))], ["agency"], now)
    with nullcontext() if run.spread else on_one_processor():  # as in a serving process
        assert hub.start(60.0), hub.ready()
    tune()
    try:
        hub.desk.ask(setup)
        assert hub.views.wait_until("custody", hub.desk.position, 30.0)
        clock = _Stopwatch(hub)
        said = subprocess.run(
            [
                sys.executable, "-m", "ops.bench", "latency", f"--rate={run.rate}", f"--seconds={run.seconds}",
                "--client", bootstrap, prefix,
            ],
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        sent, read = (dict(part) for part in json.loads(said.stdout))
        return _judge(kind, clock, sent, read)
    finally:
        hub.stop()


def _id(name: str) -> bytes:
    from hub.words import agency_id

    return agency_id(name)


class _Stopwatch:
    """Notes when each command was taken, was durable, and when its event was in the committed custody view."""

    def __init__(self, hub: Hub) -> None:
        self.taken: dict[str, int] = {}
        self.durable: dict[str, int] = {}
        self.position: dict[str, int] = {}
        self.viewed: list[tuple[int, int]] = []  # (position, when)
        assert hub.intake is not None and hub.crew is not None
        intake: Any = hub.intake
        self._submit = intake._writer.submit
        intake._writer = self
        crew: Any = hub.crew
        self._crew = hub.crew
        self._step = crew.step
        crew.step = self._viewing

    def submit(
        self, commands: Sequence[Command], done: Callable[[list[Outcome]], None], poll: Poll | None = None
    ) -> None:
        now = time.time_ns()
        names = [command.command_id.hex() for command in commands]
        self.taken.update((name, now) for name in names)

        def answered(outcomes: list[Outcome]) -> None:
            then = time.time_ns()
            for name, outcome in zip(names, outcomes, strict=True):
                self.durable[name] = then
                self.position[name] = getattr(outcome, "position", 0)
            done(outcomes)

        self._submit(commands, answered, poll)

    def _viewing(self, timeout: float) -> bool:
        applied = self._step(timeout)
        self.viewed.append((self._crew.positions["custody"], time.time_ns()))
        return bool(applied)

    def seen(self) -> dict[int, int]:
        """When each position was first in the view."""
        found: dict[int, int] = {}
        last = 0
        for reached, when in self.viewed:
            for position in range(last + 1, reached + 1):
                found[position] = when
            last = max(last, reached)
        return found


def _judge(kind: str, clock: _Stopwatch, sent: dict[str, int], read: dict[str, int]) -> list[Result]:
    missing = [name for name in sent if name not in read or name not in clock.durable]
    assert not missing, f"{len(missing)} of {len(sent)} did not arrive"
    seen = clock.seen()
    viewed = {name: seen[clock.position[name]] for name in sent}
    spans: dict[str, tuple[dict[str, int], dict[str, int]]] = {
        "published → taken": (sent, clock.taken),
        "taken → durable": (clock.taken, clock.durable),
        "durable → view": (clock.durable, viewed),
        "durable → inbox": (clock.durable, read),
        "outbox → view": (sent, viewed),
        "outbox → inbox": (sent, read),
    }
    print(f"\n{kind}, {len(sent)} commands{'':10}  {'p50':>8}  {'p99':>8}  {'max':>8}  ms")
    results = []
    for name, (begin, end) in spans.items():
        took = sorted((end[k] - begin[k]) / 1e6 for k in sent)
        figures = {"p50": _quantile(took, 0.50), "p99": _quantile(took, 0.99)}
        print(f"  {name:30}  {figures['p50']:8.1f}  {figures['p99']:8.1f}  {took[-1]:8.1f}")
        if name.startswith("outbox"):
            for quantile, limit in LIMITS.items():
                ms = figures[quantile]
                ratio = ms / limit
                bench = f"latency {kind} {name.removeprefix('outbox → ')} {quantile} ms"
                results.append(Result(bench, ms, limit, ratio, 1.0, (ratio, ratio), at_most=True))
    return results


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def bare(bootstrap: str, run: Run) -> tuple[float, float]:
    """p50 and p99 in ms of one hop at the same rate without any hub: what this machine gives at this hour."""
    access = Access(bootstrap, prefix=f"c{uuid.uuid4().hex[:8]}.", replication=1)
    admin = Admin(access)
    admin.ensure({access.topics.events: {}})
    tp, many = TopicPartition(access.topics.events, 0), int(run.rate * 4)
    took: list[float] = []

    def read() -> None:
        consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None)
        consumer.assign([tp])
        consumer.seek_to_beginning(tp)
        while len(took) < many:
            for record in consumer.poll(timeout_ms=200).get(tp, ()):
                took.append((time.time_ns() - int(record.value)) / 1e6)
        consumer.close()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    producer: Any = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0)
    for _ in range(many):
        producer.send(tp.topic, str(time.time_ns()).encode(), partition=0)
        time.sleep(1.0 / run.rate)
    producer.close()
    reader.join(30.0)
    admin.run("delete_topics", [tp.topic])
    admin.close()
    counted = sorted(took[many // 4 :])
    return _quantile(counted, 0.50), _quantile(counted, 0.99)


def client(bootstrap: str, prefix: str, run: Run) -> int:
    """The two systems: publishes at the rate, reads the inbox, writes [[command, instant], …] twice as JSON."""
    topics = Topics(prefix)
    many = int(run.rate * run.seconds) + run.warm_up
    producer: Any = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0, acks="all")
    read: dict[str, int] = {}
    reader = threading.Thread(target=_read_inbox, args=(bootstrap, topics.inbox(RECEIVER), many, read), daemon=True)
    reader.start()
    begun = [uuid.uuid4().bytes for _ in range(many)]
    for ident in begun:
        fields: dict[str, Any] = {"category": "02", "place": "532301101", "source": "application", "parties": ()}
        producer.send(topics.outbox(SENDER), _record("register", ident, None, fields), partition=0)
    producer.flush()
    time.sleep(3.0 + many / 1_000)  # the disputes are registered before the clock runs
    sent: dict[str, int] = {}
    due = time.monotonic()
    for ident in begun:
        refer = uuid.uuid4().bytes
        fields = {
            "kind": "transfer", "channel": "mediation", "receiver": _id(code(2)), "in_place_of": None, "reason": "",
        }  # fmt: skip
        value = _record("refer", refer, dispute_id(SENDER, CommandId(ident)), fields)
        time.sleep(max(0.0, due - time.monotonic()))
        sent[refer.hex()] = time.time_ns()
        producer.send(topics.outbox(SENDER), value, partition=0)
        due += 1.0 / run.rate
    producer.flush()
    reader.join(30.0)
    counted = list(sent.items())[run.warm_up :]
    print(json.dumps([counted, list(read.items())]))
    return 0


def _record(name: str, ident: bytes, dispute: bytes | None, own: dict[str, Any]) -> bytes:
    schema = CONTRACT.schema("command", name)
    head = {
        "command_id": ident, "occurred_at": time.time_ns() // 1_000, "agency": _id(code(1)), "duty": "",
        "dispute": dispute, "based_on": None,
    }  # fmt: skip
    fields = head | own
    return CONTRACT.to_kafka(CONTRACT.encode(schema, [fields[f] for f in schema.fields]))


def _read_inbox(bootstrap: str, topic: str, many: int, read: dict[str, int]) -> None:
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, group_id=None)
    tp = TopicPartition(topic, 0)
    consumer.assign([tp])
    consumer.seek_to_beginning(tp)
    pick = CONTRACT.picker({"referral.offered": ("command_id",)})
    event = CONTRACT.schema("inbox", "event")
    while len(read) < many:
        for record in consumer.poll(timeout_ms=200).get(tp, ()):
            now = time.time_ns()
            schema, values = CONTRACT.decode(CONTRACT.from_kafka(record.value))
            if schema is event or schema.name == "event":
                body = dict(zip(schema.fields, values, strict=True))["event"]
                picked = pick(CONTRACT.from_kafka(body)) if body else None
                if picked is not None:
                    read[picked[1][0].hex()] = now
    consumer.close()
