"""A receiver accepted in time for its part, while the hub was down: its acceptance wins over the limit that ran out."""

from __future__ import annotations

from pathlib import Path

from connectors.client import Client
from hub.words import DAY, HOUR, ident
from hub.writer import SimulatedClock
from tests.parts.waiting import eventually

from .clerks import over_kafka
from .town import SYSTEMS, check_all, found, running, settings_of

START = 1_767_225_600_000_000


def test_the_acceptance_wins(kafka: str, tmp_path: Path) -> None:
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
    from connectors.client import agency_id

    sent = receiver.send(
        "accept", agency=agency_id(SYSTEMS["s2"][0]), dispute=waiting[0], referral=waiting[1], handler="duty"
    )
    clock.set(due + DAY)  # the hub was down across the limit
    with running(settings, clock, by_steps=True) as hub:
        assert hub.steward is not None and hub.intake is not None
        # Held: however often the steward looks, and whatever has been read of the outbox yet.
        for _ in range(3):
            hub.settle()
            assert not hub.steward.step()["lapse"]
        # The hold is over; the outbox may still be unread.
        clock.advance(2 * DAY)
        hub.settle()
        hub.steward.step()
        receipt = receiver.answer(sent.command_id, 30)
        assert (receipt.outcome, receipt.code) == ("done", "")
        hub.step()

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
    from connectors.client import agency_id

    own = agency_id(SYSTEMS["s1"][0])
    case = client.submit("register", agency=own, category="02", source="application")
    assert case.dispute is not None
    sent = client.submit(
        "refer", agency=own, dispute=case.dispute, kind="transfer", channel="mediation",
        receiver=agency_id(SYSTEMS[system][0]),
    )  # fmt: skip
    assert sent.accepted and sent.referral is not None, sent
    return case.dispute, sent.referral
