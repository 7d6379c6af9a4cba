"""Store → Kafka: the hub's relay against a bare kafka-python producer.

The peer has every record ready in memory (the same values, keys and headers), is given the partition and the same
producer settings, keeps no receipts and checks nothing. Ours reads the rows from the store, makes the records, keeps
the contiguous cursor and its own bound. Both end when the broker has acknowledged the last record. Every run has a new
topic. ``--tuned-peer`` also gives the peer what the relay does to the garbage collector while a backlog drains.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from hub.contract import Contract, load
from hub.log.access import Access, Admin
from hub.log.kafka import settings_of_producer
from hub.log.relay import BACKLOG_GC, Relay
from hub.log.topics import wanted
from hub.log.wire import Record, Wire
from hub.store import Batch, Store, open_store
from hub.words import SECOND
from ops.bench.common import Result, databases, pair_up, report
from ops.bench.streams import START, events
from ops.kafka.broker import start_broker

FLOOR = 0.75


def main(argv: list[str]) -> int:
    """0 when the floor was reached on every database."""
    parser = argparse.ArgumentParser(prog="bench relay", description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--quick", action="store_true", help="20,000 events, two pairs")
    parser.add_argument("--tuned-peer", action="store_true", help="the peer raises the collector's threshold too")
    asked = parser.parse_args(argv)
    many, pairs = (20_000, 2) if asked.quick else (asked.events, asked.pairs)
    contract = load()
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-kafka-") as folder,
        start_broker(Path(folder), heap_mb=512) as broker,
        databases(asked.database or ("sqlite", "postgres")) as makers,
    ):
        access = Access(broker.bootstrap, replication=1)
        for kind, make in makers.items():
            store = open_store(make())
            fill(store, contract, many)
            wire = Wire(contract)
            records = [wire.event(row) for row in store.read(0, many)]
            size = sum(len(r.value) for r in records) / many
            print(f"{kind}: {many:,} events of {size:.0f} bytes")
            ours: list[float] = []
            peer: list[float] = []
            for k in range(pairs):
                # In turn the first, so that what the machine does over time falls on both.
                for who in ("ours", "peer") if k % 2 else ("peer", "ours"):
                    with _new_topics(access) as target:
                        if who == "ours":
                            rate = _relay(store, contract, target, many)
                        else:
                            rate = _bare(target, records, asked.tuned_peer)
                    (ours if who == "ours" else peer).append(rate)
                print(f"  pair {k + 1}: relay {ours[-1]:,.0f}/s, bare producer {peer[-1]:,.0f}/s")
            results.append(pair_up(f"relay {kind}", ours, peer, floor=FLOOR))
            store.close()
    return report(results)


def fill(store: Store, contract: Contract, many: int) -> None:
    """Puts ``many`` events into an empty store."""
    rows = list(events(contract, many))
    store.acquire(START)
    for at in range(0, many, 2_000):
        store.append(Batch(at, START + at * SECOND, rows[at : at + 2_000]))
    store.release()


class _new_topics:
    """Topics under a prefix of their own, gone at the end."""

    def __init__(self, access: Access) -> None:
        self._access = access._replace(prefix=f"b{uuid.uuid4().hex[:8]}.")
        self._admin = Admin(self._access)

    def __enter__(self) -> Access:
        self._admin.ensure(wanted(self._access.topics, []))
        return self._access

    def __exit__(self, *_: object) -> None:
        self._admin.run("delete_topics", list(wanted(self._access.topics, [])))
        self._admin.close()


def _relay(store: Store, contract: Contract, access: Access, many: int) -> float:
    relay = Relay(store, contract, access, lambda: [])
    problem = relay.check()
    assert problem is None, problem
    begin = time.perf_counter()
    relay.start()
    assert relay.wait_published(many, 300)
    took = time.perf_counter() - begin
    relay.stop()
    return many / took


def _bare(access: Access, records: list[Record], tuned: bool) -> float:
    topic = access.topics.events
    begin = time.perf_counter()  # ours makes its producer within its time too
    producer: Any = KafkaProducer(**settings_of_producer(access))
    ordinary = gc.get_threshold()
    if tuned:
        gc.set_threshold(*BACKLOG_GC)
    for record in records:
        producer.send(topic, record.value, record.key, record.headers, 0)
    producer.flush()
    took = time.perf_counter() - begin
    gc.set_threshold(*ordinary)
    producer.close()
    return len(records) / took
