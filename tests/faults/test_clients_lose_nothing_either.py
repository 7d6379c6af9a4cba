"""The client library and callers that hang up: what goes wrong on their side of the wire."""

from __future__ import annotations

import json
import socket
import uuid
from pathlib import Path

import pytest

from connectors.client import Client, HttpTransport, KafkaTransport, Receipt, agency_id
from hub.log.access import Access, Admin
from hub.log.topics import wanted
from tests.log.kafka_parts import access_to, delete_topic, raw_producer
from tests.log.rows import answer
from tests.parts.waiting import eventually

from .facts import on_kafka
from .process import serving
from .town import SYSTEMS, found, settings_of


@pytest.mark.parametrize("refilled", [6, 9], ids=["as long", "longer"])
def test_an_inbox_with_repeats_is_deleted_and_filled_again(kafka: str, refilled: int) -> None:
    """Repeats have moved the reader beyond offset n; in the new topic its next message lies before that place."""
    access = access_to(kafka)
    fill(access, [1, 2, 3, 1, 2, 3])
    transport = KafkaTransport(kafka, "s1", topic_prefix=access.prefix)
    with Client(transport, check=False) as client:
        seen = [m.n for m in eventually(lambda: client.inbox(timeout=1.0), what="the first messages")]
        while client.position < 3:
            seen += [m.n for m in client.inbox(timeout=1.0)]
        transport.catch_up(10)
        delete_topic(access, access.topics.inbox("s1"))
        fill(access, list(range(1, refilled + 1)))

        def read_on() -> bool:
            seen.extend(m.n for m in client.inbox(timeout=0.5))
            return client.position >= refilled

        eventually(read_on, what=f"message {refilled}", within=30)
    assert seen == list(range(1, max(refilled, 3) + 1))


def fill(access: Access, numbers: list[int]) -> None:
    """Make the topic and put these messages into it."""
    admin = Admin(access)
    eventually(lambda: admin.ensure(wanted(access.topics, ["s1"])) or True, what="the topic is made")
    admin.close()
    with raw_producer(access) as producer:
        for n in numbers:
            value, headers = on_kafka(answer(n)), [("hub-n", b"%d" % n)]
            producer.send(access.topics.inbox("s1"), value, None, headers, 0).get(10)


def test_a_command_sent_again_under_its_id_is_the_same_command(tmp_path: Path) -> None:
    """Whoever gets no answer sends the id again; the instant it occurred is part of the command."""
    settings = settings_of(tmp_path)
    keys = found(settings)
    with serving(settings) as hub, Client(HttpTransport(hub.url, "s1", keys["s1"])) as client:
        command = str(uuid.uuid4())

        def register() -> Receipt:
            return client.submit(
                "register", command_id=command, agency=agency_id(SYSTEMS["s1"][0]), category="02", source="application"
            )

        first = register()
        assert first.outcome == "done" and register() == first


def test_a_caller_that_hangs_up_is_no_incident(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    keys = found(settings)
    with serving(settings) as hub:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", hub.port)) as door:
                head = f"POST /v1/submissions HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {keys['s1']}\r\n"
                head += "content-type: application/json\r\ncontent-length: 400\r\n\r\n{"
                door.sendall(head.encode())
        eventually(lambda: hub.said().count('"/v1/submissions"') >= 5, what="all five are logged")
        assert hub.is_ready()
        lines = [json.loads(line) for line in hub.said().splitlines() if '"/v1/submissions"' in line]
    assert {line["event"] for line in lines} == {"http.request"}
    assert {line["status"] for line in lines} == {499}
