"""At a broker with users and rules: a system writes its own outbox, reads its own inbox, and touches nothing else."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAuthorizationFailedError

from hub.log.access import Access, Admin, check_access
from hub.log.kafka import KafkaLog
from hub.log.port import UNAUTHORIZED, UNREACHABLE, LogUnavailable
from hub.log.rights import SystemRights, apply
from ops.kafka.broker import Broker
from tests.conftest import StartBroker

from .kafka_parts import running
from .rows import CONTRACT, ListStore, answer, events

AGENCY, AUDITOR = frozenset({"agency"}), frozenset({"auditor"})
SYSTEMS = [
    SystemRights("court", AGENCY, True),
    SystemRights("police", AGENCY, True),
    SystemRights("audit", AUDITOR, True),
]


class Secured(NamedTuple):
    broker: Broker
    hub: Access
    passwords: dict[str, str]

    def as_(self, system: str, password: str = "") -> Access:
        return self.hub._replace(user=system, password=password or self.passwords[system])


@pytest.fixture
def secured(sasl_broker: StartBroker) -> Secured:
    """Three systems, five events published by the hub as super user, one message in each inbox."""
    broker = sasl_broker()
    assert broker.sasl is not None
    hub = Access(broker.sasl_bootstrap, broker.sasl.user, broker.sasl.password, prefix="city.", replication=1)
    applied = apply(hub, SYSTEMS)
    assert applied.secured and len(applied.topics) == 2 + 2 * 3 and applied.rules == 3 * 3 + 2
    store = ListStore(events(5))
    for system in ("court", "police"):
        store.deliveries.append(system, answer(1))
    with running(store, hub, ["court", "police", "audit"]) as relay:
        assert relay.wait_published(5, 20) and relay.wait_delivered(20)
    return Secured(broker, hub, applied.passwords)


def write(access: Access, topic: str) -> None:
    producer = KafkaProducer(**access.client(max_block_ms=5_000))
    try:
        producer.send(topic, b"x", partition=0).get(10)
    finally:
        producer.close(timeout=1)


def read(access: Access, topic: str) -> list[Any]:
    consumer = KafkaConsumer(**access.client(auto_offset_reset="earliest", enable_auto_commit=False, group_id=None))
    try:
        consumer.assign([TopicPartition(topic, 0)])
        return [record for batch in consumer.poll(timeout_ms=1_500).values() for record in batch]
    finally:
        consumer.close()


@pytest.mark.slow
def test_each_system_has_its_own_two_topics_and_no_other(secured: Secured) -> None:
    topics = secured.hub.topics
    court = secured.as_("court")
    assert set(secured.passwords) == {"court", "police", "audit"}
    write(court, topics.outbox("court"))
    assert len(read(court, topics.inbox("court"))) == 1
    for topic in (topics.outbox("police"), topics.inbox("court"), topics.events, topics.checkpoints):
        with pytest.raises(TopicAuthorizationFailedError):
            write(court, topic)
    for topic in (topics.inbox("police"), topics.outbox("police"), topics.events):
        assert read(court, topic) == [], "a client without rights reads nothing, and says nothing"
    with pytest.raises(TopicAuthorizationFailedError):
        read(court, topics.outbox("court"))  # it may see that this one exists
    assert read(secured.hub, topics.outbox("police")) == []
    assert len(read(secured.as_("audit"), topics.events)) == 5
    # What the silence above means is found out by asking.
    log = KafkaLog(court, CONTRACT)
    with pytest.raises(LogUnavailable) as refused:
        log.read(0, 10, 1.0)
    assert refused.value.problem.code == UNAUTHORIZED
    auditor = KafkaLog(secured.as_("audit"), CONTRACT)
    assert [row.position for row in auditor.read(0, 10, 10.0)] == [1, 2, 3, 4, 5]
    auditor.close()
    _wrong_password_rights_and_absence_are_told_apart(secured)
    _repeating_renewing_and_disabling(secured)


def _wrong_password_rights_and_absence_are_told_apart(secured: Secured) -> None:
    assert check_access(secured.hub) is None
    wrong = check_access(secured.as_("court", "wrong"))
    assert wrong is not None and wrong.code == UNAUTHORIZED and "wrong" not in wrong.detail
    with pytest.raises(LogUnavailable) as refused:
        apply(secured.as_("court"), SYSTEMS)  # a system does not administer the broker
    assert refused.value.problem.code == UNAUTHORIZED
    secured.broker.freeze()
    try:
        frozen = check_access(secured.hub)
    finally:
        secured.broker.thaw()
    assert frozen is not None and frozen.code == UNREACHABLE, "a frozen broker accepts connections and refuses nobody"


def _repeating_renewing_and_disabling(secured: Secured) -> None:
    again = apply(secured.hub, SYSTEMS)
    assert again == ([], {}, 0, 0, True)
    renewed = apply(secured.hub, SYSTEMS, frozenset({"court"})).passwords
    assert set(renewed) == {"court"}
    old = check_access(secured.as_("court"))
    assert old is not None and old.code == UNAUTHORIZED
    court = secured.as_("court", renewed["court"])
    write(court, secured.hub.topics.outbox("court"))
    disabled = [system._replace(active=False) if system.name == "court" else system for system in SYSTEMS]
    assert apply(secured.hub, disabled).removed == 3 + 1
    gone = check_access(court)
    assert gone is not None and gone.code == UNAUTHORIZED
    admin = Admin(secured.hub)
    assert set(admin.run("describe_user_scram_credentials")) == {"hub", "police", "audit"}
    admin.close()


def test_a_broker_without_rules_gets_the_topics_only(kafka: str) -> None:
    from .kafka_parts import access_to

    applied = apply(access_to(kafka), SYSTEMS)
    assert (len(applied.topics), applied.passwords, applied.rules, applied.secured) == (8, {}, 0, False)
