"""An address where nobody listens is told at once; one that keeps silent is left to the client's own patience."""

import socket
import time
from typing import NoReturn

import pytest
from kafka import KafkaConsumer

from hub.contract import load
from hub.log import access as module
from hub.log.access import Access, Admin, check_access
from hub.log.kafka import KafkaLog
from hub.log.port import UNREACHABLE, LogUnavailable
from hub.log.topics import wanted
from ops.ports import free_port
from tests.log.kafka_parts import access_to


def test_a_refused_connection_is_told_at_once() -> None:
    begun = time.monotonic()
    problem = check_access(Access(f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"))
    assert problem is not None and problem.code == UNREACHABLE and "refused" in problem.detail
    assert time.monotonic() - begun < module.CONNECT_MS / 1_000 / 2


def test_one_address_that_listens_is_enough_to_ask() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not module._nobody_listens(Access(f"127.0.0.1:{free_port()},127.0.0.1:{port}"))
    assert module._nobody_listens(Access(f"[::1]:{free_port()},127.0.0.1:{port}"))
    assert not module._nobody_listens(Access("no.such.name.invalid:9092"))


def test_a_reply_without_the_topic_is_no_answer(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a topic made a moment ago the client may know no end, and says so by a missing key."""

    def lacks(*_: object, **__: object) -> NoReturn:
        raise KeyError("topic")

    access = access_to(kafka)
    admin, log = Admin(access), KafkaLog(access, load())
    admin.ensure(wanted(access.topics, []))
    try:
        assert log.end() == 0
        monkeypatch.setattr(KafkaConsumer, "end_offsets", lacks)
        with pytest.raises(LogUnavailable):
            log.end()
    finally:
        log.close()
        admin.close()
