"""Silence counts only when the hub could have heard an answer: outboxes unread, and the hub's own outages."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from tests.steward.desk import Desk
from tests.steward.test_silence_becomes_events import offer


def test_an_offer_waits_for_the_receivers_outbox(desk: Desk) -> None:
    desk.city({"police": ("station",), "second": ("station",), "web-only": ("station",), "other": ("court",)})
    dispute = offer(desk)
    due = desk.legs(dispute)[0]["accept_due_at"]
    desk.caught_up = {"police": due - 1, "second": due + w.HOUR, "other": 0}
    desk.clock.set(due + 2 * w.DAY)
    assert "lapse" not in desk.steps()  # one of the receiver's outboxes was last read to its end before the limit
    desk.caught_up["police"] = due
    assert desk.steps()["lapse"] == 1


@pytest.mark.parametrize("down_before_due", [w.HOUR, 3 * w.DAY])
def test_a_limit_that_ran_out_during_an_outage_is_held_as_long_as_it_was(tmp_path: Path, down_before_due: int) -> None:
    desk = Desk(tmp_path).city()
    dispute = offer(desk)
    due = desk.legs(dispute)[0]["accept_due_at"]
    desk.clock.set(due - down_before_due)
    desk.do("court", c.Register("other", "p", "visit", ()))  # a sign of life
    desk.shut()
    desk.clock.set(due + w.DAY)
    desk.open()
    outage = down_before_due + w.DAY
    (noted,) = desk.store.outages(0)
    assert noted.up_at - noted.down_at == pytest.approx(outage, abs=w.SECOND)
    until = due + (noted.up_at - noted.down_at)
    desk.clock.set(until - 1)
    assert "lapse" not in desk.steps()
    desk.clock.set(until)
    assert desk.steps()["lapse"] == 1
    assert dispute
    desk.close()


def test_a_limit_that_ran_out_before_the_outage_is_not_held(tmp_path: Path) -> None:
    desk = Desk(tmp_path).city()
    dispute = offer(desk)
    due = desk.legs(dispute)[0]["accept_due_at"]
    desk.clock.set(due + w.SECOND)
    desk.do("court", c.Register("other", "p", "visit", ()))
    desk.shut()
    desk.clock.set(due + w.DAY)
    desk.open()
    assert desk.steps()["lapse"] == 1
    desk.close()
