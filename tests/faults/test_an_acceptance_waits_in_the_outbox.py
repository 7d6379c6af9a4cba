"""A receiver accepted in time for its part, while the hub was down: its acceptance wins over the limit that ran out."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from connectors.client import Client, agency_id
from hub.log.access import Access
from hub.settings import Settings
from hub.words import DAY, HOUR, ident
from hub.writer import SimulatedClock
from tests.log.kafka_parts import raw_producer
from tests.parts.waiting import eventually

from .clerks import over_kafka
from .town import SYSTEMS, check_all, found, running, settings_of

START = 1_767_225_600_000_000
CROWD = 2_000


@pytest.mark.parametrize("guard", ["held", "unread"])
def test_the_acceptance_wins(kafka: str, tmp_path: Path, guard: str) -> None:
    """``held``: the limit ran out while the hub was down. ``unread``: the hold is over, the outbox not yet read."""
    clock = SimulatedClock(START)
    settings = settings_of(tmp_path, kafka=kafka)
    found(settings, clock)
    connect = over_kafka(settings)
    with running(settings, clock, by_steps=True) as hub:
        sender, receiver = connect("s1"), connect("s2")
        for client in (sender, receiver):
            client._clock = clock.now
        waiting, silent = offered(sender, "s2"), offered(sender, "s2")
        hub.step()
        (leg,) = hub.views.custody.chain(ident(waiting[0])).items[0]["legs"]
        due = leg["accept_due_at"]
        clock.set(due - HOUR)
        hub.step()
    if guard == "unread":
        crowd(settings, receiver, waiting)
    sent = receiver.send(
        "accept", agency=agency_id(SYSTEMS["s2"][0]), dispute=waiting[0], referral=waiting[1], handler="duty"
    )
    clock.set(due + DAY)  # the hub was down across the limit
    with running(settings, clock, by_steps=True) as hub:
        assert hub.steward is not None and hub.intake is not None
        if guard == "unread":
            clock.advance(2 * DAY)
        for _ in range(3):  # however often the steward looks
            hub.settle()
            lapses = hub.steward.step()["lapse"]
            assert guard == "unread" or not lapses  # there the other offer may lapse as soon as all is read
        receipt = receiver.answer(sent.command_id, 30)
        assert (receipt.outcome, receipt.code) == ("done", "")
        clock.advance(2 * DAY)

        def lapsed() -> bool:
            hub.step()
            (leg,) = hub.views.custody.chain(ident(silent[0])).items[0]["legs"]
            return bool(leg["state"] == "lapsed")

        eventually(lapsed, what="the offer nobody answered lapses")
        (leg,) = hub.views.custody.chain(ident(waiting[0])).items[0]["legs"]
        assert leg["state"] == "accepted"
    sender.close()
    receiver.close()
    check_all(settings, [], tmp_path, clock)


def offered(client: Client, system: str) -> tuple[str, str]:
    """A dispute of s1's first agency, offered to the first agency of ``system``."""
    own = agency_id(SYSTEMS["s1"][0])
    case = client.submit("register", agency=own, category="02", source="application")
    assert case.dispute is not None
    sent = client.submit(
        "refer", agency=own, dispute=case.dispute, kind="transfer", channel="mediation",
        receiver=agency_id(SYSTEMS[system][0]),
    )  # fmt: skip
    assert sent.accepted and sent.referral is not None, sent
    return case.dispute, sent.referral


def crowd(settings: Settings, client: Client, referral: tuple[str, str]) -> None:
    """Many records before the one that counts: reading them takes longer than the steward's first look."""
    record = client.schemas.get("command", "sign")
    fields = {"agency": agency_id(SYSTEMS["s2"][0]), "dispute": referral[0], "referral": referral[1]}
    access = Access(settings.kafka, prefix=settings.topic_prefix)
    with raw_producer(access) as producer:
        for _ in range(CROWD):
            given = {"command_id": str(uuid.uuid4()), "occurred_at": START, **fields}
            producer.send(access.topics.outbox("s2"), record.kafka(record.plain(given)), partition=0)
        producer.flush(30)
