"""The consumer's rule on an inbox: n = last + 1 is taken, lower is a repeat, higher waits for what is missing."""

import uuid

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from connectors.client import Client, KafkaTransport, NoAnswer, Receipt
from connectors.framing import Schemas

pytestmark = pytest.mark.kafka
ANSWER = Schemas.packaged().get("inbox", "answer")


class Inbox:
    """An inbox topic of one's own, written by the test in the hub's place."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = f"t{uuid.uuid4().hex[:8]}."
        self.topic = f"{self.prefix}agency.town.inbox"
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        topics = [self.topic, f"{self.prefix}agency.town.outbox"]
        admin.create_topics({t: {"num_partitions": 1, "replication_factor": 1} for t in topics}, wait_for_metadata=True)
        admin.close()
        self.producer = KafkaProducer(bootstrap_servers=bootstrap)

    def write(self, *numbers: int) -> None:
        for n in numbers:
            fields = {
                "command_id": str(uuid.UUID(int=n)),
                "outcome": "done",
                "version": n,
                "position": n,
                "recorded_at": 0,
            }
            headers = [("hub-n", str(n).encode())]
            self.producer.send(self.topic, value=ANSWER.kafka(fields), headers=headers, partition=0)
        self.producer.flush()

    def client(self) -> Client:
        return Client(KafkaTransport(self.bootstrap, "town", topic_prefix=self.prefix))


@pytest.fixture
def inbox(kafka: str) -> Inbox:
    return Inbox(kafka)


def numbers(client: Client) -> list[int]:
    client.catch_up(20)
    return [message.n for message in client.inbox()]


def test_repeats_are_skipped_and_gaps_waited_for(inbox: Inbox) -> None:
    with inbox.client() as client:
        inbox.write(1, 2, 2, 1)
        assert numbers(client) == [1, 2]
        inbox.write(4, 5)  # a failed batch: its successors are in the topic already
        assert numbers(client) == []
        inbox.write(3, 4, 5, 6)
        assert numbers(client) == [3, 4, 5, 6]
        assert client.position == 6


def test_reading_goes_on_after_a_restart_and_from_any_place(inbox: Inbox) -> None:
    inbox.write(1, 2, 1, 2, 3, 4)
    with inbox.client() as client:
        assert [m.n for m in client.inbox(after=2, timeout=20)] == [3, 4]
        assert [m.n for m in client.inbox(after=0, timeout=20)] == [1, 2, 3, 4]
        assert [m.n for m in client.inbox(after=3, timeout=20)] == [4]
        assert [m.n for m in client.inbox(after=0, limit=2, timeout=20)] == [1, 2]


def test_waiting_for_an_answer_loses_no_message(inbox: Inbox) -> None:
    inbox.write(1, 2, 3)
    with inbox.client() as client:
        answer = client.answer(str(uuid.UUID(int=3)), timeout=20)
        assert (answer.outcome, answer.position) == ("done", 3)
        found = client.inbox()
        assert [m.n for m in found] == [1, 2, 3]
        assert all(isinstance(m.content, Receipt) for m in found)
        with pytest.raises(NoAnswer, match=r"answer\.missing"):
            client.answer(str(uuid.UUID(int=99)), timeout=0.3)


def test_a_re_created_topic_does_no_harm(inbox: Inbox) -> None:
    """Shorter than what was read: the position is kept, what comes again is skipped."""
    inbox.write(1, 2)
    with inbox.client() as client:
        assert [m.n for m in client.inbox(after=5, timeout=0.5)] == []
        inbox.write(3, 4, 5, 6)
        assert [m.n for m in client.inbox(after=5, timeout=20)] == [6]
