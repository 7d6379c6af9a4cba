"""What can happen between the store and a topic: failed batches, repeats, deletion, refusal, a broker gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError, OutOfOrderSequenceNumberError

from hub.log.access import Access, Admin
from hub.log.kafka import KafkaLog, KafkaPublisher, Receipt
from hub.log.wire import Record, Wire
from tests.conftest import StartBroker
from tests.parts.waiting import eventually

from .kafka_parts import access_to, delete_topic, numbers, raw_producer, relay_of, running, whole
from .rows import CONTRACT, ListStore, answer, events


class _Broken:
    is_done = True

    def __init__(self, why: BaseException) -> None:
        self.exception = why


class FailsOnce(KafkaPublisher):
    """Fails the records ``fail`` once each, though their successors are written: what an epoch bump does."""

    fail: set[int]
    why: BaseException = OutOfOrderSequenceNumberError()

    def send(self, topic: str, records: Sequence[Record]) -> list[Receipt]:
        return [self.one(topic, record) for record in records]

    def one(self, topic: str, record: Record) -> Receipt:
        if record.number in self.fail and topic.endswith("events"):
            self.fail.discard(record.number)
            return _Broken(self.why)
        return super().send(topic, [record])[0]


def applied(access: Access, last: int) -> list[int]:
    """What a reader applies."""
    log = KafkaLog(access, CONTRACT)
    try:
        found: list[int] = []
        end = time.monotonic() + 20
        while len(found) < last and time.monotonic() < end:
            found += [row.position for row in log.read(found[-1] if found else 0, 1_000, 1.0)]
        return found
    finally:
        log.close()


def test_a_failed_record_is_sent_again_with_all_its_successors(kafka: str) -> None:
    access = access_to(kafka)

    class Publisher(FailsOnce):
        fail = {50, 51, 400}  # noqa: RUF012 - one class per test

    store = ListStore(events(600))
    with running(store, access, publisher=Publisher) as relay:
        assert relay.wait_published(600, 30)
    in_topic = numbers(access, access.topics.events)
    assert in_topic != list(range(1, 601)), "the successors of the failed record were written before it"
    assert in_topic.index(52) < in_topic.index(50)
    assert applied(access, 600) == list(range(1, 601))


def test_a_broker_that_drops_the_connection_is_not_a_refusal(kafka: str) -> None:
    access = access_to(kafka)

    class Publisher(FailsOnce):
        fail = {10}  # noqa: RUF012
        why = KafkaConnectionError()
        times = 0

        def one(self, topic: str, record: Record) -> Receipt:
            if record.number == 10 and Publisher.times < 3:
                Publisher.times += 1
                self.fail.add(10)
            return super().one(topic, record)

    with running(ListStore(events(20)), access, publisher=Publisher) as relay:
        assert relay.wait_published(20, 30)
        assert relay.problem is None


def test_successors_of_a_failed_batch_then_a_kill(kafka: str) -> None:
    """The hub dies after 14–20 were written and 11–13 were not: the next start begins at 11."""
    access = access_to(kafka)
    store = ListStore(events(30))
    wire = Wire(CONTRACT)
    relay_of(store, access).check()  # makes the topics
    with raw_producer(access) as producer:
        for row in (*store.rows[:10], *store.rows[13:20]):
            r = wire.event(row)
            producer.send(access.topics.events, r.value, r.key, r.headers, 0).get(10)
    relay = relay_of(store, access)
    assert relay.check() is None
    assert relay.position == 10
    relay.start()
    assert relay.wait_published(30, 20)
    relay.stop()
    assert numbers(access, access.topics.events) == [*range(1, 11), *range(14, 21), *range(11, 31)]
    assert applied(access, 30) == list(range(1, 31))


def test_a_deleted_topic_is_made_and_filled_again_and_readers_go_on(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(300))
    store.deliveries.append("court", answer(1))
    log = KafkaLog(access, CONTRACT)
    with running(store, access, ["court"]) as relay:
        assert relay.wait_published(300, 20) and relay.wait_delivered(10)
        seen = [row.position for row in log.read(0, 1_000, 10)]
        delete_topic(access, access.topics.events)
        delete_topic(access, access.topics.inbox("court"))
        store.rows = events(310)
        relay.wake()
        eventually(
            lambda: _numbers_or_none(access, access.topics.events)[-1:] == [310],
            what="the new topic is filled from the first event",
            within=40,
        )
        eventually(lambda: _numbers_or_none(access, access.topics.inbox("court"), "hub-n") == [1], what="inbox too")

    def read_on() -> bool:
        seen.extend(row.position for row in log.read(seen[-1], 1_000, 0.5))
        return seen[-1] == 310

    eventually(read_on, what="the reader passes the place where the topic was replaced", within=30)
    log.close()
    assert seen == list(range(1, 311))
    assert applied(access, 310) == list(range(1, 311))


def _numbers_or_none(access: Access, topic: str, header: str = "hub-position") -> list[int]:
    admin = Admin(access)
    there = admin.existing([topic])
    admin.close()
    return numbers(access, topic, header) if there else []


def test_a_record_refused_twice_stops_its_topic_alone(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(5))
    store.deliveries.append("court", answer(1))
    store.deliveries.append("police", answer(1))
    admin = Admin(access)
    inbox = access.topics.inbox("court")
    admin.run(
        "create_topics",
        {inbox: {"num_partitions": 1, "replication_factor": 1, "configs": {"max.message.bytes": "60"}}},
        wait_for_metadata=True,
    )
    admin.close()
    with running(store, access, ["court", "police"]) as relay:
        eventually(lambda: relay.problem is not None, what="an alarm", within=20)
        assert relay.problem is not None and relay.problem.code == "log.refused"
        assert inbox in relay.problem.detail
        store.rows = events(9)
        relay.wake()
        assert relay.wait_published(9, 20)
        eventually(lambda: relay.inbox("police") == 1, what="the other inbox goes on")
        assert relay.inbox("court") == 0
        assert relay.problem.code == "log.refused", "the alarm stays"
    assert whole(access, inbox) == []


def test_foreign_records_in_the_topic_are_skipped(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(5))
    with running(store, access) as relay:
        assert relay.wait_published(5, 10)
        with raw_producer(access) as producer:
            for headers in ([], [("hub-position", b"-1")], [("hub-position", b"6\xff")], [("hub-position", b"0")]):
                producer.send(access.topics.events, b"garbage", None, headers, 0).get(10)
        store.rows = events(8)
        relay.wake()
        assert relay.wait_published(8, 10)
    assert applied(access, 8) == list(range(1, 9))
    assert relay_of(store, access).check() is None


@pytest.mark.slow
def test_a_broker_killed_and_restarted_under_load_has_every_event_once(own_broker: StartBroker) -> None:
    broker = own_broker()
    access = access_to(broker.bootstrap)
    store = ListStore(events(1_000))
    every = events(30_000)
    with running(store, access) as relay:
        assert relay.wait_published(500, 20)
        for round_ in range(1, 4):
            store.rows = every[: round_ * 10_000 - 3_000]
            relay.wake()
            assert relay.wait_published(round_ * 10_000 - 9_000, 30)
            broker.kill()
            store.rows = every[: round_ * 10_000]
            relay.wake()
            broker.start()
        assert relay.wait_published(30_000, 90)
        eventually(lambda: relay.problem is None, what="the relay is well again")
    assert applied(access, 30_000) == list(range(1, 30_001))


def test_a_broker_away_at_the_check_is_reported_and_may_come_later(own_broker: StartBroker) -> None:
    broker = own_broker()
    access = access_to(broker.bootstrap)
    broker.kill()
    relay = relay_of(ListStore(events(3)), access)
    problem = relay.check()
    assert problem is not None and problem.code == "log.unreachable"
    with pytest.raises(RuntimeError):
        relay.start()
    broker.start()
    assert eventually(lambda: relay.check() is None, what="the check succeeds", within=30, every=0.2)
    relay.start()
    assert relay.wait_published(3, 10)
    relay.stop()


def test_the_bound_on_what_is_in_flight_holds_while_nothing_is_acknowledged(monkeypatch: Any) -> None:
    """Without it the client would take the whole store into memory: it knows no bound of its own."""
    monkeypatch.setattr("hub.log.flight.MOST_RECORDS", 100)
    monkeypatch.setattr("hub.log.relay.PAGE", 30)
    sent: list[int] = []

    class Never:
        is_done, exception = False, None

    class Silent:
        def __init__(self, access: Access, on_done: Callable[[], None]) -> None: ...
        def send(self, topic: str, records: Sequence[Record]) -> list[Receipt]:
            sent.extend(record.number for record in records)
            return [Never() for _ in records]

        def wait(self, receipt: Receipt, timeout: float) -> None:
            time.sleep(0.01)

        def close(self, timeout: float) -> None: ...

    relay = relay_of(ListStore(events(1_000)), Access("nowhere:1"), publisher=Silent)
    relay._channels.events.checked = True
    monkeypatch.setattr(relay, "_watch", lambda: None)
    relay.start()
    eventually(lambda: len(sent) >= 100, what="the bound is reached")
    before = len(sent)
    time.sleep(0.1)
    relay.stop()
    assert len(sent) == before <= 100 + 30


def test_a_topic_replaced_while_the_hub_was_down_is_filled_again(kafka: str) -> None:
    """The hint speaks of the old topic; the new one is empty, whatever the hint says."""
    access = access_to(kafka)
    store = ListStore(events(40))
    with running(store, access) as relay:
        assert relay.wait_published(40, 10)
    assert store.hints.kept[access.topics.events].number == 40
    delete_topic(access, access.topics.events)
    with running(store, access) as relay:
        assert relay.position == 0
        assert relay.wait_published(40, 10)
    assert numbers(access, access.topics.events) == list(range(1, 41))


def test_a_check_while_it_runs_goes_on_afterwards(kafka: str) -> None:
    """The writer checks again under each new lease, with the same relay."""
    access = access_to(kafka)
    store = ListStore(events(40))
    with running(store, access) as relay:
        assert relay.wait_published(40, 10)
        store.rows = events(50)
        assert relay.check() is None
        relay.wake()
        assert relay.wait_published(50, 10)
        older, store.rows = store.rows, events(45)
        problem = relay.check()
        assert problem is not None and problem.code == "log.ahead_of_store"
        store.rows = older
        assert relay.check() is None
        store.rows = events(55)
        relay.wake()
        assert relay.wait_published(55, 10), "it goes on by itself"
    assert numbers(access, access.topics.events) == list(range(1, 56))


@pytest.mark.parametrize("grown", [True, False], ids=["longer than before", "shorter than before"])
def test_a_reader_needs_no_topic_ids(kafka: str, monkeypatch: pytest.MonkeyPatch, grown: bool) -> None:
    """With an old broker nothing names the topic's replacement: an offset out of range, or a gap that stays, must do.

    The old topic held 30 records twice, so the reader's offset was 60 at position 30; in the new one that offset lies
    beyond the end, or behind records the reader has not seen.
    """
    from hub.log.tail import Tails

    monkeypatch.setattr(Tails, "_recreated", lambda self, reading: False)
    access = access_to(kafka)
    topic = access.topics.events
    store = ListStore(events(30))
    relay_of(store, access).check()
    wire = Wire(CONTRACT)

    def put(rows: list[Any]) -> None:
        with raw_producer(access) as producer:
            for record in wire.events(rows):
                producer.send(topic, record.value, record.key, record.headers, 0)
            producer.flush(10)

    put(store.rows + store.rows)
    log = KafkaLog(access, CONTRACT)
    seen: list[int] = []

    def read_to(last: int) -> bool:
        seen.extend(row.position for row in log.read(seen[-1] if seen else 0, 1_000, 0.5))
        return seen[-1:] == [last]

    eventually(lambda: read_to(30), what="the old topic is read")
    log.read(30, 1, 0.5)  # past the repeats, to the end of the old topic
    delete_topic(access, topic)
    relay_of(store, access).check()
    put(events(90 if grown else 40))
    eventually(lambda: read_to(90 if grown else 40), what="the new topic is read on", within=30)
    log.close()
    assert seen == list(range(1, (90 if grown else 40) + 1))
