"""A Kafka consumer without rights is silent for ever, a wrong password looks like a time-out: the SDK says so."""

from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from connectors.client import Client, ConnectorError, KafkaTransport, NoRights, Unreachable, WrongPassword
from connectors.ids import agency_id
from ops.kafka.broker import Broker
from ops.ports import free_port

pytestmark = pytest.mark.kafka
TOPICS = [f"agency.{system}.{box}" for system in ("full", "mute", "deaf") for box in ("inbox", "outbox")]
RIGHTS = {
    "full": [("agency.full.inbox", ACLOperation.READ), ("agency.full.outbox", ACLOperation.WRITE)],
    "mute": [("agency.mute.inbox", ACLOperation.READ), ("agency.mute.outbox", ACLOperation.DESCRIBE)],
    "deaf": [("agency.deaf.inbox", ACLOperation.DESCRIBE), ("agency.deaf.outbox", ACLOperation.WRITE)],
}


@pytest.fixture
def broker(sasl_broker: Any) -> Iterator[Broker]:
    made: Broker = sasl_broker()
    admin = KafkaAdminClient(bootstrap_servers=made.bootstrap)
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1} for topic in TOPICS})
    admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(name, ScramMechanism.SCRAM_SHA_512, f"{name}-secret") for name in RIGHTS]
    )
    admin.create_acls([
        ACL(f"User:{name}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.TOPIC, topic))
        for name, rights in RIGHTS.items()
        for topic, operation in rights
    ])  # fmt: skip
    admin.close()
    yield made


def transport(broker: Broker, system: str, **options: Any) -> KafkaTransport:
    known: dict[str, Any] = {"user": system, "password": f"{system}-secret", "check_seconds": 4.0}
    return KafkaTransport(broker.sasl_bootstrap, system, **(known | options))


def test_each_fault_has_its_name(broker: Broker) -> None:
    with Client(transport(broker, "full")) as full:
        full.send("register", agency=agency_id("x"), category="02", source="application")  # the broker takes it

    def raised(made: KafkaTransport) -> tuple[type, str, str]:
        with pytest.raises(ConnectorError) as why:
            Client(made)
        return type(why.value), why.value.code, why.value.field

    assert raised(transport(broker, "mute")) == (NoRights, "rights.missing", "agency.mute.outbox")
    assert raised(transport(broker, "deaf")) == (NoRights, "rights.missing", "agency.deaf.inbox")
    other = transport(broker, "mute", user="full", password="full-secret")
    assert raised(other) == (NoRights, "rights.missing", "agency.mute.inbox")
    assert raised(transport(broker, "full", password="wrong")) == (WrongPassword, "credentials.wrong", "password")
    assert raised(transport(broker, "full", user="nobody")) == (WrongPassword, "credentials.wrong", "password")
    gone = KafkaTransport(f"127.0.0.1:{free_port()}", "full", user="full", password="x", check_seconds=1.0)
    assert raised(gone) == (Unreachable, "hub.unreachable", "bootstrap")


def test_writing_without_rights_is_said_on_the_spot(broker: Broker) -> None:
    with Client(transport(broker, "mute"), check=False) as mute, pytest.raises(NoRights) as why:
        mute.send("register", agency=agency_id("x"), category="02", source="application")
    assert why.value.field == "agency.mute.outbox"
