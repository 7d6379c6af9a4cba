"""Events and inboxes arrive on Kafka in order, with key, headers and value that depend on the stored row alone."""

from __future__ import annotations

from hub.contract import load
from hub.log.kafka import KafkaLog
from hub.log.topics import wanted

from .kafka_parts import access_to, bytes_of, numbers, running, whole
from .rows import CONTRACT, ListStore, answer, events


def test_events_and_inboxes_arrive_in_order(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(5_000))
    store.deliveries.append("court", *[answer(k) for k in range(300)])
    with running(store, access, ["court", "police"]) as relay:
        assert relay.wait_published(5_000, 30)
        assert relay.wait_delivered(30)
        store.rows = events(5_003)
        store.deliveries.append("police", answer(1))
        relay.wake()
        assert relay.wait_published(5_003, 10)
        assert relay.wait_delivered(10)
    assert numbers(access, access.topics.events) == list(range(1, 5_004))
    assert numbers(access, access.topics.inbox("court"), "hub-n") == list(range(1, 301))
    assert numbers(access, access.topics.inbox("police"), "hub-n") == [1]


def test_a_record_is_a_function_of_its_row(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(3))
    store.deliveries.append("court", answer(7))
    with running(store, access, ["court"]) as relay:
        assert relay.wait_published(3, 10) and relay.wait_delivered(10)
    record = whole(access, access.topics.events)[1]
    row = store.rows[1]
    schema = CONTRACT.by_fingerprint[row.body[2:10]]
    assert bytes_of(record) == (
        row.stream,
        b"\x00" + schema.id.to_bytes(4, "big") + row.body[10:],
        [
            ("ce_specversion", b"1.0"),
            ("ce_id", b"2"),
            ("ce_source", b"hub"),
            ("ce_type", b"agency.intake_opened"),
            ("hub-position", b"2"),
        ],
    )
    assert record.timestamp_type == 1  # the broker's time
    inbox = whole(access, access.topics.inbox("court"))[0]
    assert (inbox.key, load().from_kafka(inbox.value)) == (None, store.deliveries.rows["court"][0][2])
    assert ("ce_source", b"hub/inbox/court") in inbox.headers and ("hub-n", b"1") in inbox.headers


def test_a_second_publication_is_byte_identical(kafka: str) -> None:
    first, second = access_to(kafka), access_to(kafka)
    store = ListStore(events(700))
    for access in (first, second):
        store.hints.kept.clear()
        with running(store, access) as relay:
            assert relay.wait_published(700, 20)
    assert [bytes_of(r) for r in whole(first, first.topics.events)] == [
        bytes_of(r) for r in whole(second, second.topics.events)
    ]


def test_a_restart_repeats_nothing_and_needs_no_hint(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(900))
    with running(store, access) as relay:
        assert relay.wait_published(900, 20)
    hint = store.hints.kept[access.topics.events]
    assert (hint.number, hint.offset) == (900, 900)
    for kept in (True, False):
        if not kept:
            store.hints.kept.clear()
        store.rows = events(len(store.rows) + 10)
        with running(store, access) as relay:
            assert relay.position >= 900
            assert relay.wait_published(len(store.rows), 10)
    assert numbers(access, access.topics.events) == list(range(1, 921))


def test_topics_are_made_with_one_partition_and_their_own_retention(kafka: str) -> None:
    access = access_to(kafka)
    with running(ListStore(), access, ["court"]):
        from hub.log.access import Admin

        admin = Admin(access)
        for name, configs in wanted(access.topics, ["court"]).items():
            described = admin.run("describe_topics", [name])[0]
            assert len(described["partitions"]) == 1
            assert configs["message.timestamp.type"] == "LogAppendTime"
            assert configs["retention.ms"] == ("2592000000" if name.endswith("outbox") else "-1")
        admin.close()


def test_a_reader_gets_the_stored_rows_back(kafka: str) -> None:
    access = access_to(kafka)
    store = ListStore(events(1_200))
    with running(store, access) as relay:
        assert relay.wait_published(1_200, 20)
    log = KafkaLog(access, CONTRACT)
    try:
        found = log.read(0, 500, 10)
        while len(found) < 1_200:
            more = log.read(found[-1].position, 500, 10)
            assert more
            found += more
        assert found == store.rows
        assert log.read(1_200, 10, 0.1) == []
        assert [row.position for row in log.read(1_150, 3, 10)] == [1_151, 1_152, 1_153]
        assert log.end() == 1_200
    finally:
        log.close()
