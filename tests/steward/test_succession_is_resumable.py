"""A closing agency's disputes go to its successor, one command each, whenever the steward is stopped and started."""

from __future__ import annotations

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.dispute import commands as c
from hub.steward import steward as module
from tests.steward.desk import Desk
from tests.steward.test_silence_becomes_events import offer


def test_every_role_moves_then_the_agency_can_be_dissolved(desk: Desk, monkeypatch: object) -> None:
    desk.city()
    held = [desk.done("village", c.Register("neighbour", "p", "visit", ())) for _ in range(70)]
    sent = [offer(desk, sender="village") for _ in range(10)]
    received = [offer(desk, receiver="village") for _ in range(10)]
    closed = desk.done("village", c.Register("neighbour", "p", "visit", ()))
    desk.done("village", c.Close("settled", "", True), closed)
    desk.done("hub", names.CloseAgency(w.agency_id("village"), w.agency_id("heir"), ""))
    subject = w.agency_id("village")
    assert desk.do("hub", names.DissolveAgency(subject, "")).code == "agency.still_accountable"
    moved = 0
    for _ in range(100):  # killed after every batch, and views that lag
        desk.settle()
        desk.steward = desk.new_steward()
        done = desk.steward._send([ask for ask, _ in zip(desk.steward._successions(), range(7), strict=False)])
        moved += done["succeed"]
        if not done:
            break
    assert moved == len(held) + len(sent) + len(received) + 1
    desk.settle()
    assert desk.views.custody.roles_of(subject) == (desk.writer.position, [])
    heir = {i["dispute"] for i in desk.views.custody.disputes(custodian=w.agency_id("heir"), limit=500).items}
    assert heir == {*held, *sent, closed}
    desk.done("hub", names.DissolveAgency(subject, ""))
    assert not desk.steps()
    assert module.BATCH == 64
