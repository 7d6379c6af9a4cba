"""上转: when the tries of a level are used up the hub passes the dispute on itself, once, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.dispute import commands as c
from tests.steward.desk import Desk, chuxiong

AGENCIES = (
    ("centre", "centre", "", "532301", None),
    ("city", "committee", "city", "532301", "centre"),
    ("town", "committee", "township", "532301101", "city"),
    ("other-town", "committee", "township", "532301102", "city"),
    ("village", "committee", "village", "532301101201", "town"),
    ("court", "court", "", "532301", None),
)
PLACE = "532301101201"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = chuxiong(tmp_path, AGENCIES)
    yield made
    made.close()


def tried(desk: Desk, by: str, dispute: bytes, times: int = 2) -> None:
    for _ in range(times):
        desk.clock.advance(25 * w.HOUR)
        desk.done(by, c.Attempt(True, "", desk.clock.now(), "", "", "no_deal", "face_to_face"), dispute)


def registered(desk: Desk) -> bytes:
    return desk.done("village", c.Register("02", PLACE, "application", ()))


def test_after_two_tries_to_the_next_level_of_the_place(desk: Desk) -> None:
    dispute = registered(desk)
    tried(desk, "village", dispute, 1)
    assert desk.step()["escalate"] == 0, "one try is left"
    tried(desk, "village", dispute, 1)
    assert desk.step()["escalate"] == 1
    (leg,) = desk.legs(dispute)
    assert (leg["kind"], leg["sender"], leg["receiver"]) == (
        "escalation", w.agency_id("village"), w.agency_id("town"),
    )  # fmt: skip
    last = desk.store.read(desk.store.position() - 1, 1)[0]
    assert last.topic in ("referral.offered", "referral.delivered")
    assert desk.step()["escalate"] == 0, "an open offer is enough"
    assert desk.views.ladder.to_escalate(10) == [], "and nothing is asked for meanwhile"


def test_all_the_way_up_and_then_it_stays_with_the_last(desk: Desk) -> None:
    dispute = registered(desk)
    for by, to in (("village", "town"), ("town", "city")):
        tried(desk, by, dispute)
        assert desk.step()["escalate"] == 1
        desk.done(to, c.Accept(desk.legs(dispute)[-1]["referral"], ""), dispute)
    tried(desk, "city", dispute)
    assert desk.step()["escalate"] == 0
    row = desk.views.ladder.of(dispute)
    assert row is not None and (row["state"], row["due"], row["custodian"]) == (
        "exhausted",
        "exit",
        w.agency_id("city"),
    )


def test_a_lapsed_escalation_is_offered_again_and_a_returned_one_is_for_a_superior(desk: Desk) -> None:
    dispute = registered(desk)
    tried(desk, "village", dispute)
    desk.steps()
    desk.clock.set(desk.legs(dispute)[0]["accept_due_at"])
    done = desk.steps()
    assert (done["lapse"], done["escalate"]) == (1, 1)
    second = desk.legs(dispute)[-1]["referral"]
    desk.done("town", c.Return(second, "missing_record", "", None), dispute)
    assert desk.steps()["escalate"] == 0
    assert desk.views.ladder.to_escalate(10) == []
    desk.done("centre", c.Assign("mediation", w.agency_id("town"), ""), dispute)
    desk.settle()
    row = desk.views.ladder.of(dispute)
    assert row is not None and (row["level"], row["state"]) == ("township", "climbing")


def test_without_an_organ_above_it_stays(desk: Desk) -> None:
    dispute = registered(desk)
    desk.done("town", names.CloseIntake(w.agency_id("town"), ""))
    tried(desk, "village", dispute)
    assert desk.steps()["escalate"] == 0
    desk.done("town", names.OpenIntake(w.agency_id("town"), ""))
    assert desk.steps()["escalate"] == 1


def test_a_restarted_steward_asks_for_the_same_thing(desk: Desk) -> None:
    dispute = registered(desk)
    tried(desk, "village", dispute)
    desk.settle()
    assert desk.new_steward().step()["escalate"] == 1
    assert desk.new_steward().step()["escalate"] <= 1
    assert len(desk.legs(dispute)) == 1


def test_a_closed_dispute_climbs_no_more(desk: Desk) -> None:
    dispute = registered(desk)
    tried(desk, "village", dispute)
    desk.done("village", c.Close("unwilling", "", True), dispute)
    assert desk.steps()["escalate"] == 0
