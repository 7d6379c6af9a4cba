"""A generated history has the counts that go in, no more and no less, and is the same each time."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.city.chuxiong import build
from ops.history.cases import cases, split
from ops.history.counts import Counts, CountsRefused, Part, chuxiong

CITY = build()


def test_parts_inside_others_are_taken_off_them() -> None:
    counts = chuxiong()
    early, late, others = counts.apart()
    assert (early.accepted + late.accepted, late.accepted + others.accepted) == (4634, 1854)
    assert early.last == date(2022, 12, 31) and others.amount == 0
    made = cases(counts, CITY)
    committee = [case for case in made if case.organ == "532301.pmc"]
    year = [case for case in made if case.opened.year == 2023]
    assert (len(committee), len(year), sum(case in committee for case in year)) == (4634, 1854, 279)
    assert (sum(c.agreed for c in committee), sum(c.agreed for c in year)) == (4345, 1757)
    assert (sum(c.dead > 0 for c in committee), sum(c.dead > 0 for c in year)) == (713, 34)
    assert sum(c.amount or 0 for c in committee) == 44_800_000_000
    assert {date(2011, 3, 1) <= c.opened <= date(2023, 8, 31) for c in made} == {True}
    assert made == cases(counts, CITY)


def test_other_counts_give_other_cases() -> None:
    part = Part("one", "532301.pmc", date(2024, 1, 1), date(2024, 1, 31), 20, 13, 11, 2, 999)
    made = cases(Counts(1, "532301", (part,)), CITY)
    assert (len(made), sum(c.agreed for c in made), sum(c.performed for c in made)) == (20, 13, 11)
    assert (sum(c.dead > 0 for c in made), sum(c.amount or 0 for c in made)) == (2, 999)
    assert made != cases(Counts(2, "532301", (part,)), CITY)


def test_more_inside_than_there_is() -> None:
    outer = Part("outer", "", date(2024, 1, 1), date(2024, 1, 31), 20, 13, 11, 2, 999)
    inner = outer._replace(name="inner", organ="532301.pmc", accepted=21, inside=("outer",))
    with pytest.raises(CountsRefused, match="outer: accepted -1"):
        Counts(1, "532301", (outer, inner)).apart()


def test_shares_add_up() -> None:
    assert sum(split(1_000_001, [3, 1, 7])) == 1_000_001 and split(7, [1, 1]) == [4, 3]
