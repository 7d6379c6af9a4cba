"""What a system writes into its outbox is decided once and answered in its inbox; its offset is stored with that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from structlog.testing import capture_logs

from hub.words import CommandId, agency_id, dispute_id
from tests.log.kafka_parts import access_to, raw_producer
from tests.parts.waiting import eventually

from .hub_parts import COURT, POLICE, command_id, register, running, taking_in

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_each_record_takes_effect_once_and_is_answered(
    kafka: str, tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    access = access_to(kafka)
    url = request.getfixturevalue("pg_url")() if database == "postgres" else ""
    with running(tmp_path, url=url) as parts, taking_in(parts, access) as intake:
        with raw_producer(access) as producer:
            for k in range(150):
                producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
            value = register("p0", POLICE)
            for _ in range(3):
                producer.send(access.topics.outbox("police"), value, partition=0)
            producer.flush(10)
        assert intake.barrier(20)
        court = parts.inbox("court")
        assert [kind for kind, _ in court] == ["answer"] * 150
        assert {message["outcome"] for _, message in court} == {"done"}
        assert [message["command_id"] for _, message in court] == [command_id(f"c{k}") for k in range(150)]
        police = parts.inbox("police")
        assert [message["dispute"] for _, message in police] == [dispute_id("police", CommandId(command_id("p0")))] * 3
        assert len({message["position"] for _, message in police}) == 1, "the repeats are answered, not decided"
        topic, offset = parts.store.offset("court")
        assert offset == 150 and len(topic) == 32
        assert parts.store.offset("police")[1] == 3


def test_the_topic_says_who_speaks(kafka: str, tmp_path: Path) -> None:
    """The police's system asks in the court's name: refused, whatever the record says."""
    access = access_to(kafka)
    with running(tmp_path) as parts, taking_in(parts, access) as intake:
        with raw_producer(access) as producer:
            producer.send(access.topics.outbox("police"), register("x", COURT), partition=0).get(10)
        assert intake.barrier(20)
        kind, message = parts.inbox("police")[0]
        assert (kind, message["outcome"], message["code"], message["field"]) == (
            "answer", "refused", "access.denied", "agency",
        )  # fmt: skip
        assert parts.inbox("court") == []


def test_a_new_systems_outbox_is_taken_up_while_running(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hub.intake.intake as module

    monkeypatch.setattr(module, "WATCH_SECONDS", 1_000.0)  # only because the barrier asks
    access = access_to(kafka)
    with running(tmp_path) as parts, taking_in(parts, access) as intake:
        assert intake.barrier(20)
        assert set(intake.caught_up_at) == {"court", "police"}
        from .hub_parts import ADDED, make_topics

        parts.store.credentials.add("centre", [agency_id("t.centre")], ["agency"], ADDED)
        make_topics(access, ["centre"])
        with raw_producer(access) as producer:
            producer.send(access.topics.outbox("centre"), register("n", agency_id("t.centre")), partition=0).get(10)
        assert intake.barrier(20)
        assert [message["outcome"] for _, message in parts.inbox("centre")] == ["done"]


def test_a_reply_without_a_new_topic_is_no_failure(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's answer to "where do they end" then lacks a key."""
    real, asked = KafkaConsumer.end_offsets, []

    def end_offsets(self: KafkaConsumer, partitions: list[TopicPartition], **options: Any) -> Any:
        asked.append(len(partitions))
        if len(asked) < 3:
            raise KeyError(partitions[0])
        return real(self, partitions, **options)

    monkeypatch.setattr(KafkaConsumer, "end_offsets", end_offsets)
    access = access_to(kafka)
    with running(tmp_path) as parts, capture_logs() as logs, taking_in(parts, access) as intake:
        with raw_producer(access) as producer:
            producer.send(access.topics.outbox("court"), register("k"), partition=0).get(10)
        assert intake.barrier(20) and len(asked) >= 3
        assert [message["outcome"] for _, message in parts.inbox("court")] == ["done"]
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []


def test_caught_up_says_until_when_an_outbox_was_read(kafka: str, tmp_path: Path) -> None:
    access = access_to(kafka)
    with running(tmp_path) as parts:
        with taking_in(parts, access) as intake:
            start = parts.clock.now()
            eventually(
                lambda: all(at >= start for at in intake.caught_up_at.values()) and len(intake.caught_up_at) == 2,
                what="both outboxes are known to be read to their ends",
            )
        with taking_in(parts, access) as again:
            assert set(again.caught_up_at) == {"court", "police"}, "both are awaited from the first moment"


def test_a_deleted_outbox_is_read_from_its_beginning(kafka: str, tmp_path: Path) -> None:
    from tests.log.kafka_parts import delete_topic

    from .hub_parts import make_topics

    access = access_to(kafka)
    with running(tmp_path) as parts, taking_in(parts, access) as intake:
        with raw_producer(access) as producer:
            for k in range(10):
                producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
            producer.flush(10)
        assert intake.barrier(20)
        before = parts.store.offset("court")
        delete_topic(access, access.topics.outbox("court"))
        make_topics(access, ["court"])
        with raw_producer(access) as producer:
            for k in (3, *range(11, 26)):  # more than the old one held: its offset exists in the new one too
                producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
            producer.flush(10)

        def read_from_its_beginning() -> bool:
            topic, offset = parts.store.offset("court")
            return topic != before[0] and offset == 16

        eventually(read_from_its_beginning, what="the new topic was read", within=30)
        answers = [message for _, message in parts.inbox("court")]
        fresh = answers[-16:]  # what was read before the change was noticed is answered twice, and decided once
        assert [a["command_id"] for a in fresh] == [command_id(f"c{k}") for k in (3, *range(11, 26))]
        # The same id with another occurred_at is another command: it is refused, and nothing is registered twice.
        assert [a["code"] for a in fresh] == ["command.reused"] + [""] * 15


def test_records_that_expired_are_passed_over(kafka: str, tmp_path: Path) -> None:
    from kafka import TopicPartition

    from hub.log.access import Admin

    access = access_to(kafka)
    with running(tmp_path) as parts:
        with taking_in(parts, access), raw_producer(access) as producer:
            for k in range(5):
                producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
            producer.flush(10)
            eventually(lambda: parts.store.offset("court")[1] == 5, what="five are taken in")
        with raw_producer(access) as producer:
            for k in range(5, 12):
                producer.send(access.topics.outbox("court"), register(f"c{k}"), partition=0)
            producer.flush(10)
        admin = Admin(access)
        admin.run("delete_records", {TopicPartition(access.topics.outbox("court"), 0): 9})
        admin.close()
        with taking_in(parts, access) as intake:
            assert intake.barrier(20)
        assert [m["command_id"] for _, m in parts.inbox("court")][5:] == [command_id(f"c{k}") for k in (9, 10, 11)]
        assert parts.store.offset("court")[1] == 12
