"""Who is proposed for a dispute and a report: by place, by trade, simple types in the grid, across villages."""

from __future__ import annotations

import pytest

from hub import words as w
from hub.aggregates.agency.registry import Agency
from hub.policy import PackRefused, read_pack, shipped_policy
from hub.policy.codes import read_codes
from hub.policy.ladder_clocks import CLOCKS
from hub.policy.pack_reading import BASE, WITH, _text
from hub.policy.routing import About, receivers, recipients

PACK = shipped_policy("532301").packs[-1]
PLACE = "532301101001"
CIVIL = ("02", "06")
ROWS = (
    # code, kind, level, region, competences
    ("group", "group", "group", PLACE, ()),
    ("village", "committee", "village", PLACE, CIVIL),
    ("other", "committee", "village", "532301101002", CIVIL),
    ("town", "committee", "township", "532301101", CIVIL),
    ("city", "committee", "city", "532301", ()),
    ("medical", "industry_committee", "city", "532301", ("15",)),
    ("health", "department_committee", "city", "532301", ("15",)),
    ("centre", "centre", "city", "532301", ()),
    ("prefecture", "centre", "prefecture", "5323", ()),
    ("station", "police", "township", "532301101", ()),
    ("police", "police", "city", "532301", ()),
    ("petition", "petition", "city", "532301", ()),
    ("government", "party_government", "city", "532301", ()),
)
AGENCIES = [Agency(w.agency_id(c), c, c, k, lv, r, None, comp, 0, False) for c, k, lv, r, comp in ROWS]
NAMES = {a.id: a.code for a in AGENCIES}
GRID = {entry.more["category"] for entry in read_codes("grid_categories").entries.values()}


def propose(category: str, place: str = PLACE, spread: str = "", custodian: str = "nobody") -> list[tuple[str, str]]:
    about = About(category, place, spread, w.agency_id(custodian))
    return [(NAMES[p.agency], p.reasons[0]) for p in receivers(PACK.routing, about, GRID, AGENCIES)]


def tell(
    *triggers: str, grade: str = "", place: str = PLACE, custodian: str = "nobody"
) -> list[tuple[str, tuple[str, ...]]]:
    found = recipients(PACK.recipients, triggers, grade, place, w.agency_id(custodian), AGENCIES)
    return [(NAMES[p.agency], p.reasons) for p in found]


@pytest.mark.parametrize("category", sorted(GRID & set(CIVIL)))
def test_simple_types_stay_in_the_grid(category: str) -> None:
    assert propose(category)[:2] == [("group", "grid"), ("village", "grid")]


def test_who_runs_the_trade_comes_before_the_place() -> None:
    assert propose("15") == [
        ("health", "competent"), ("medical", "competent"), ("group", "territorial"), ("city", "territorial"),
    ]  # fmt: skip


def test_nearest_first_and_never_another_village() -> None:
    found = propose("02")
    assert [name for name, _ in found] == ["group", "village", "town"] and "other" not in dict(found)


def test_across_villages_where_it_happened() -> None:
    assert propose("02", spread="village")[:2] == [("village", "across_villages"), ("town", "across_villages")]


def test_across_counties_the_common_superior() -> None:
    assert propose("02", spread="county") == [("centre", "across_counties"), ("city", "across_counties")]


def test_a_place_in_words_proposes_nobody() -> None:
    assert propose("02", place="东兴社区") == [] and propose("02", place="") == []


@pytest.mark.parametrize("change", [{"state": w.CLOSING}, {"intake_open": False}])
def test_who_takes_nothing_in_is_not_proposed(change: dict[str, object]) -> None:
    agencies = [a._replace(**change) if a.code == "group" else a for a in AGENCIES]  # type: ignore[arg-type]
    about = About("02", PLACE, "", w.agency_id("nobody"))
    assert NAMES[receivers(PACK.routing, about, GRID, agencies)[0].agency] == "village"


def test_the_custodian_is_not_proposed_to_itself() -> None:
    assert "village" not in dict(propose("02", custodian="village"))


def test_a_report_goes_to_whom_the_trigger_names() -> None:
    assert tell() == []
    assert tell("violence") == [("station", ("violence",))]
    assert tell("minors") == [("station", ("minors",))]
    assert tell("crowd") == [("government", ("crowd",)), ("petition", ("crowd",))]
    assert tell(grade="red") == [("centre", ("red",)), ("government", ("red",))]
    assert tell(grade="yellow") == []


def test_each_is_told_once_with_every_reason() -> None:
    found = dict(tell("crowd", "media", grade="red"))
    assert found == {"government": ("crowd", "media", "red"), "petition": ("crowd",), "centre": ("media", "red")}
    assert "station" not in dict(tell("violence", custodian="station"))


def test_every_trigger_has_somebody_to_tell() -> None:
    known = {trigger for row in PACK.recipients for trigger in row.triggers}
    assert known == set(read_codes("risk_triggers").entries)


def test_every_reason_has_its_name_and_every_row_its_basis() -> None:
    assert {route.reason for route in PACK.routing} == set(read_codes("routing_reasons").entries)
    assert all(row.basis for row in PACK.routing) and all(row.basis for row in PACK.recipients)
    kinds = set(read_codes("agency_kinds").entries)
    assert all(row.kinds <= kinds for row in PACK.routing) and all(row.kinds <= kinds for row in PACK.recipients)
    assert {*PACK.shown, *CLOCKS} == set(read_codes("shown_clocks").entries)


ROUTE = '[[routing]]\nreason = "grid"\nby = "place"\nkinds = ["group"]\nmost = 1\nbasis = "b"\n'


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (ROUTE.replace("place", "air"), "routing 1: by 'air' is unknown"),
        (ROUTE.replace('basis = "b"', 'basis = ""'), "routing 1: basis is missing"),
        (ROUTE + 'spread = ["moon"]', "routing 1: spread is unknown"),
        (ROUTE + "what = 1", "routing 1: what is unknown"),
        ('[[recipients]]\nkinds = ["police"]\nbasis = "b"', "triggers or grades"),
        ('[[recipients]]\ntriggers = ["death"]\nbasis = "b"', "kinds is missing"),
    ],
)
def test_a_pack_with_a_mistake_is_refused(more: str, why: str) -> None:
    with pytest.raises(PackRefused, match=why):
        read_pack(_text(BASE), *map(_text, WITH["p2026"]), _text("p2026"), more)


def test_a_reason_is_no_trigger() -> None:
    assert not set(read_codes("routing_reasons").entries) & set(read_codes("risk_triggers").entries)
