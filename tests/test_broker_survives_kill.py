"""The trial broker: records outlive a kill, the ports stay, users may do only what a rule allows."""

import socket
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from ops.kafka.broker import Broker, BrokerFailed, answers, start_broker
from ops.kafka.config import server_properties
from ops.ports import free_port
from tests.conftest import StartBroker

TOPIC = "agency.one.outbox"


def create(bootstrap: str, *topics: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, 1, 1) for topic in topics])
    admin.close()


def send(bootstrap: str, topic: str, values: list[bytes], **login: Any) -> list[int]:
    """The offsets of the records, each acknowledged."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, max_block_ms=2_000, **login)
    try:
        sent = [producer.send(topic, value, partition=0, timestamp_ms=1_000) for value in values]
        return [future.get(timeout=20).offset for future in sent]
    finally:
        producer.close(timeout=1)


def read(bootstrap: str, topic: str, count: int) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek_to_beginning()
    found: list[Any] = []
    for _ in range(20):
        for batch in consumer.poll(timeout_ms=1_000).values():
            found += batch
        if len(found) >= count:
            break
    consumer.close()
    return found


def test_records_survive_a_kill_and_a_restart(own_broker: StartBroker) -> None:
    broker = own_broker()
    address = broker.bootstrap
    create(address, TOPIC)
    assert send(address, TOPIC, [b"a", b"b"]) == [0, 1]

    broker.kill()
    assert not broker.running and not answers(address)
    broker.restart()
    assert broker.bootstrap == address
    assert send(address, TOPIC, [b"c"]) == [2]

    broker.stop()
    broker.start()
    records = read(address, TOPIC, 3)
    assert [record.value for record in records] == [b"a", b"b", b"c"]
    # The broker's clock, not the 1970 the producer claimed.
    assert all(record.timestamp_type == 1 and record.timestamp > 1_700_000_000_000 for record in records)


@pytest.fixture(scope="module")
def running(module_broker: StartBroker) -> Broker:
    return module_broker()


def test_frozen_broker_answers_again_after_thaw(running: Broker) -> None:
    running.freeze()
    assert not answers(running.bootstrap, within=1)
    running.thaw()
    assert answers(running.bootstrap, within=20)


def test_no_topic_makes_itself(kafka: str) -> None:
    with pytest.raises((KafkaTimeoutError, UnknownTopicOrPartitionError)):
        send(kafka, "agency.misspelt.outbox", [b"a"])


def test_clean_kafka_holds_no_topic_of_ours(clean_kafka: str) -> None:
    from tests.parts.kafka import remove_our_topics

    create(clean_kafka, TOPIC, "hub.events", "somebody.elses")
    remove_our_topics(clean_kafka)
    admin = KafkaAdminClient(bootstrap_servers=clean_kafka)
    assert {TOPIC, "hub.events"}.isdisjoint(admin.list_topics())
    assert "somebody.elses" in admin.list_topics()
    admin.delete_topics(["somebody.elses"])
    admin.close()


def login(user: str, password: str) -> dict[str, Any]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }


def test_access_is_denied_unless_a_rule_allows_it(sasl_broker: StartBroker) -> None:
    from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

    broker = sasl_broker()
    create(broker.bootstrap, TOPIC, "agency.two.outbox")
    assert broker.sasl is not None
    super_user = login(broker.sasl.user, broker.sasl.password)
    assert send(broker.sasl_bootstrap, TOPIC, [b"from the super user"], **super_user) == [0]

    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.alter_user_scram_credentials([upsert("one", "secret-one")])
    rule = ACL(
        principal="User:one",
        host="*",
        operation=ACLOperation.WRITE,
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(ResourceType.TOPIC, TOPIC),
    )
    admin.create_acls([rule])
    admin.close()

    one = login("one", "secret-one")
    assert send(broker.sasl_bootstrap, TOPIC, [b"own outbox"], **one) == [1]
    with pytest.raises(TopicAuthorizationFailedError):
        send(broker.sasl_bootstrap, "agency.two.outbox", [b"not mine"], **one)
    with pytest.raises(KafkaError):
        send(broker.sasl_bootstrap, TOPIC, [b"x"], **login("one", "wrong"), bootstrap_timeout_ms=3_000)
    assert len(read(broker.bootstrap, TOPIC, 2)) == 2
    assert read(broker.bootstrap, "agency.two.outbox", 0) == []


def upsert(user: str, password: str) -> Any:
    from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

    return UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password)


def test_broker_does_not_take_a_strangers_answer_for_its_own(kafka: str, tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match="something else listens"):
        start_broker(tmp_path, port=int(kafka.rpartition(":")[2]))


def test_one_folder_serves_one_node(running: Broker) -> None:
    before = (running.data / "server.properties").read_text()
    with pytest.raises(BrokerFailed, match="another broker runs on"):
        start_broker(running.data)
    assert (running.data / "server.properties").read_text() == before
    assert answers(running.bootstrap)


@pytest.mark.kafka
def test_broker_that_ends_while_starting_says_why(kafka: str, tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    said = pytest.raises(BrokerFailed, match=r"(?s)the broker ended, status 1: .*Address already in use")
    with socket.create_server(("127.0.0.1", broker.ports.controller)), said:
        broker.start()
    assert not broker.running


@pytest.mark.kafka
def test_broker_that_cannot_start_says_what_its_log_says(kafka: str, tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match=r"voters.*must contain|node\.id|node id"):
        start_broker(tmp_path, settings={"node.id": "2"})


def test_settings_win_over_the_template() -> None:
    text = server_properties(
        listeners=["PLAINTEXT://127.0.0.1:1"],
        advertised=["PLAINTEXT://127.0.0.1:1"],
        controller="127.0.0.1:2",
        topics="/somewhere",
        settings={"num.io.threads": "9"},
    )
    assert [line for line in text.splitlines() if line.startswith("num.io.threads")][-1].endswith("=9")
    assert "authorizer" not in text and "${" not in text


def test_broker_without_users_has_no_address_for_them(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sasl=Sasl"):
        _ = Broker(tmp_path).sasl_bootstrap


def test_free_port_lies_below_what_outgoing_connections_take() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    if first <= 16_000:
        pytest.skip("this machine's outgoing connections start too low to stay below them")
    assert all(15_000 <= free_port() < first for _ in range(50))
