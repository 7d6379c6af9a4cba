"""A code list can be asked for as it is on a day: what is offered then."""

from __future__ import annotations

from datetime import date

import pytest

from hub.policy.codes import read_codes
from hub.web.api.codes import in_force, lists
from tests.web.hubs import Trial


def codes(shared: Trial, path: str) -> list[str]:
    return [item["code"] for item in shared.client.get(path).json()["items"]]


@pytest.mark.parametrize(
    ("day", "last"), [("2020-12-31", "18"), ("2021-01-01", "20"), ("2023-12-07", "20"), ("2023-12-08", "22")]
)
def test_the_categories_of_a_day(shared: Trial, day: str, last: str) -> None:
    assert codes(shared, f"/v1/codes/categories?on={day}") == [f"{n:02}" for n in range(1, int(last) + 1)]


def test_a_region_ends_with_the_day_before_its_successor_begins(shared: Trial) -> None:
    for day, there, gone in (("2016-03-19", "510724", "510705"), ("2016-03-20", "510705", "510724")):
        found = codes(shared, f"/v1/codes/regions?on={day}")
        assert there in found and gone not in found


def test_lists_without_dates_are_the_same_on_every_day(shared: Trial) -> None:
    for name in ("kinds", "problems"):
        assert codes(shared, f"/v1/codes/{name}?on=1999-01-01") == codes(shared, f"/v1/codes/{name}")


@pytest.mark.parametrize("day", ["yesterday", "2021-02-30", ""])
def test_what_is_no_day_is_refused(shared: Trial, day: str) -> None:
    answer = shared.client.get("/v1/codes/categories", params={"on": day})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "request.query", "on")


def test_the_rules_and_the_interface_read_the_same_dates() -> None:
    for name in ("categories", "regions", "kinds"):
        for day in (date(2016, 3, 19), date(2016, 3, 20), date(2020, 12, 31), date(2021, 1, 20), date(2026, 11, 29)):
            told = [item["code"] for item in in_force(lists()[name], day)]
            assert told == [entry.code for entry in read_codes(name).on(day)]
