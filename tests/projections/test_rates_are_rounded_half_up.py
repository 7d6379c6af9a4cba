"""Indicators: decimal half-up, the decimals a report asks for, "—" without a whole. Cases of the sources."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from hub.projections.statistics import INDICATORS, rounded, value, wan, yuan
from hub.projections.statistics.committees import committee_type, read_committees

BY = {indicator.key: indicator for indicator in INDICATORS}


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "text"),
    [
        (1854, 1854, 0, "100%"), (1757, 1854, 0, "95%"), (1757, 1854, 2, "94.77%"), (255, 279, 2, "91.40%"),
        (4345, 4634, 2, "93.76%"), (842, 869, 1, "96.9%"), (376, 386, 2, "97.41%"), (6217, 6368, 1, "97.6%"),
        (7913, 8438, 2, "93.78%"), (1, 8, 0, "13%"), (1, 200, 0, "1%"), (5, 1000, 0, "1%"), (0, 7, 2, "0.00%"),
        (0, 0, 2, "—"), (1, 3, 0, "33%"), (2, 3, 4, "66.6667%"),
    ],
)  # fmt: skip
def test_rates(part: int, whole: int, decimals: int, text: str) -> None:
    assert value(BY["success"], Counter(success=part, decided=whole), decimals).text == text


def test_half_goes_up_and_nothing_is_rounded_twice() -> None:
    assert rounded(1, 8, 2) == Decimal("0.13") and rounded(125, 1000, 2) == Decimal("0.13")
    below = 10**40 + 1  # the next smaller value would round down
    assert rounded(below, 2 * below - 1, 0) == 1 and rounded(below, 2 * below + 1, 0) == 0


def test_days_and_money() -> None:
    days = value(BY["days"], Counter(days=25, closed=2))
    assert (days.text, days.unit) == ("12.5", "days")
    assert (f"{wan(3_760_470_000)}", f"{yuan(1)}", f"{wan(4_999)}") == ("3760.47", "0.01", "0.00")


def test_every_indicator_names_sums_that_exist() -> None:
    from hub.projections.statistics import COUNTS

    assert {i.part for i in INDICATORS} | {i.whole for i in INDICATORS} <= set(COUNTS)


@pytest.mark.parametrize(
    ("kind", "level", "region", "type"),
    [
        ("committee", "village", "532301101001", "residents"), ("committee", "village", "532301101201", "village"),
        ("group", "group", "532301101002", "residents"), ("group", "group", "532301101200", "village"),
        ("committee", "township", "532301101", "township"), ("committee", "township", "510703001", "street"),
        ("committee", "city", "532301", "social"), ("industry_committee", "city", "532301", "social"),
        ("court", "city", "532301", ""), ("committee", "village", "", "village"),
    ],
)  # fmt: skip
def test_types_of_committees(kind: str, level: str, region: str, type: str) -> None:
    assert committee_type(read_committees(), kind, level, region) == type


def test_every_committee_of_the_city_has_the_type_its_name_says() -> None:
    from connectors.city.chuxiong import build

    rules = read_committees()
    found = Counter(committee_type(rules, a.kind, a.level, a.region) for a in build() if a.seal)
    assert found == {"residents": 31, "village": 123, "township": 15, "social": 1}
