"""疑似复发: which closed disputes an open one may be again, who is told of them; once, and nothing is merged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Party
from hub.steward import relapses
from hub.words import DisputeId
from tests.steward.desk import Desk, chuxiong

AGENCIES = (
    ("centre", "centre", "", "532301", None),
    ("town", "committee", "township", "532301101", "centre"),
    ("village", "committee", "village", "532301101201", "town"),
    ("station", "police", "", "532301101", None),
    ("court", "court", "", "532301", None),
)
PLACE, NEXT_PLACE = "532301101201", "532301101202"
COUNTERPARTS = (Party("applicant", "person", bytes(32)), Party("respondent", "person", bytes(range(32))))
OTHERS = (Party("applicant", "person", bytes(32)), Party("respondent", "company", bytes(32)))
NUMBER = "（2026）云2301民初88号"
ALIKE = "same_place_and_category、same_parties"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = chuxiong(tmp_path, AGENCIES)
    yield made
    made.close()


def registered(desk: Desk, by: str = "village", category: str = "02", place: str = PLACE, who: Any = None) -> bytes:
    desk.clock.advance(w.HOUR)
    return desk.done(by, c.Register(category, place, "application", COUNTERPARTS if who is None else who))


def ended(desk: Desk, dispute: bytes, by: str = "village") -> bytes:
    desk.clock.advance(w.HOUR)
    desk.done(by, c.Close("other", "", True), dispute)
    return dispute


def pairs(desk: Desk, dispute: bytes) -> list[tuple[bytes, str]]:
    """(earlier, grounds) on record."""
    desk.settle()
    return [(p["earlier"], "、".join(p["grounds"])) for p in desk.views.relapse.of(dispute).items]


def test_the_same_place_category_and_parties_within_the_days_of_the_pack(desk: Desk) -> None:
    earlier = ended(desk, registered(desk))
    desk.clock.advance(179 * w.DAY)
    again = registered(desk)
    assert desk.steps()["suspect"] == 1
    assert pairs(desk, again) == [(earlier, ALIKE)]
    desk.clock.advance(3 * w.DAY)
    late = registered(desk, category="02")
    ended(desk, again)
    assert desk.step()["suspect"] == 0 and pairs(desk, late) == [], "181 days after the first, and before the second"


@pytest.mark.parametrize(
    "differing", [{"category": "03"}, {"place": NEXT_PLACE}, {"place": "532301"}, {"who": OTHERS}, {"who": ()}]
)
def test_another_category_place_or_parties_is_another_dispute(desk: Desk, differing: dict[str, Any]) -> None:
    ended(desk, registered(desk, **({"place": "532301"} if differing.get("place") == "532301" else {})))
    again = registered(desk, **differing)
    assert desk.steps()["suspect"] == 0
    assert pairs(desk, again) == []


def test_an_open_or_void_one_is_no_earlier_one(desk: Desk) -> None:
    registered(desk)
    desk.done("village", c.Voiding("", None), registered(desk))
    assert desk.steps()["suspect"] == 0
    registered(desk)
    assert desk.steps()["suspect"] == 0


def test_a_broken_agreement_and_used_up_tries_are_grounds(desk: Desk) -> None:
    broken = registered(desk, who=OTHERS)
    desk.done("village", c.ReachAgreement("oral", None, None), broken)
    desk.done("village", c.BreakAgreement(""), broken)
    ended(desk, broken)
    again = registered(desk)
    assert desk.steps()["suspect"] == 1
    assert pairs(desk, again) == [(broken, "same_place_and_category、agreement_broken")]


def stepped(desk: Desk, dispute: bytes, document: str) -> None:
    referral = desk.legs(dispute)[0]["referral"]
    desk.done("court", c.Step("entrust", "registered", referral, document, ""), dispute)


def from_court(desk: Desk, category: str, document: str) -> bytes:
    """A dispute that the court entrusted to the village, under a number of its own."""
    dispute = registered(desk, "court", category)
    desk.done("court", c.Inform("mediation", "all", ""), dispute)
    desk.done("court", c.Refer(w.TRANSFER, "court", w.agency_id("village"), None, ""), dispute)
    stepped(desk, dispute, document)
    desk.done("village", c.Accept(desk.legs(dispute)[0]["referral"], ""), dispute)
    return dispute


def test_the_same_case_number_however_it_is_typed(desk: Desk) -> None:
    earlier = ended(desk, from_court(desk, "02", NUMBER))
    desk.clock.advance(400 * w.DAY)
    again = from_court(desk, "04", "(2026)云2301民初 88号")
    assert desk.steps()["suspect"] == 1
    assert pairs(desk, again) == [(earlier, "same_number、same_parties")]


def test_a_number_without_a_year_tells_nothing_apart(desk: Desk) -> None:
    ended(desk, from_court(desk, "02", "1号"))
    from_court(desk, "04", "1号")
    assert desk.steps()["suspect"] == 0


def test_nobody_is_told_of_a_dispute_they_may_not_see(desk: Desk) -> None:
    earlier = ended(desk, registered(desk, "station"), "station")
    again = registered(desk)
    assert desk.steps()["suspect"] == 0, "the village had no part in what the police closed"
    desk.done("village", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), again)
    assert desk.steps()["suspect"] == 0, "an offer is not custody"
    desk.done("station", c.Accept(desk.legs(again)[0]["referral"], ""), again)
    assert desk.steps()["suspect"] == 1, "the police closed the earlier one and hold this one"
    assert pairs(desk, again) == [(earlier, ALIKE)]


def test_a_superior_sees_what_those_below_it_closed(desk: Desk) -> None:
    earlier = ended(desk, registered(desk))
    again = registered(desk, "town")
    assert desk.steps()["suspect"] == 1
    assert pairs(desk, again) == [(earlier, ALIKE)]


def test_the_nearest_first_and_no_more_than_the_pack_says(desk: Desk) -> None:
    closed = [ended(desk, registered(desk)) for _ in range(5)]
    assert desk.steps()["suspect"] == 0, "each was looked at after it was closed"
    again = registered(desk)
    assert desk.steps()["suspect"] == 3
    assert [earlier for earlier, _ in pairs(desk, again)] == closed[:1:-1]
    desk.done("village", c.DecideRelapse(DisputeId(closed[4]), False, ""), again)
    assert desk.steps()["suspect"] == 0, "what was decided makes no room"


def test_a_pair_is_asked_for_once_and_never_after_it_was_decided(desk: Desk) -> None:
    earlier = ended(desk, registered(desk))
    again = registered(desk)
    desk.settle()
    assert desk.new_steward().step()["suspect"] == 1
    desk.new_steward().step()
    assert desk.topics(again).count("relapse.suspected") == 1, "though the view does not know of it yet"
    assert desk.step()["suspect"] == 0
    desk.done("village", c.DecideRelapse(DisputeId(earlier), False, ""), again)
    desk.settle()
    assert desk.new_steward().step()["suspect"] == 0
    assert desk.topics(again) == ["dispute.registered", "ladder.stood", "relapse.suspected", "relapse.decided"]


def test_nothing_is_merged_and_no_ladder_moves(desk: Desk) -> None:
    earlier = ended(desk, registered(desk))
    again = registered(desk)
    desk.settle()
    before, ladder = desk.views.custody.chain(earlier).items[0], desk.views.ladder.of(again)
    desk.steps()
    desk.done("village", c.DecideRelapse(DisputeId(earlier), True, ""), again)
    desk.settle()
    assert desk.views.custody.chain(earlier).items[0] == before
    after = desk.views.ladder.of(again)
    assert (after or {}) | {"version": 0} == (ladder or {}) | {"version": 0}


def test_however_many_are_to_be_looked_at_each_is_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few per step, the rest in the next ones: after a restart every open dispute is looked at."""
    monkeypatch.setattr(relapses, "PAGE", 3)
    monkeypatch.setattr(relapses, "MOST", 2)
    earlier = ended(desk, registered(desk))
    again = [registered(desk, category=category) for category in ("03", "02", "02", "02", "03", "02", "04")]
    desk.settle()
    steward = desk.new_steward()
    asked = []
    for _ in range(6):
        asked.append(steward.step()["suspect"])
        desk.settle()
    assert asked == [2, 2, 0, 0, 0, 0]
    assert [len(pairs(desk, dispute)) for dispute in again] == [0, 1, 1, 1, 0, 1, 0]
    assert all(pair == [(earlier, ALIKE)] for pair in (pairs(desk, dispute) for dispute in again) if pair)
