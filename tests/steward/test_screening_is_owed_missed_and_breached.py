"""排查: the hub says what each agency owes, notes what was missed once it could be heard, and overdue findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.decide import restore
from hub.aggregates.screening import names as s
from hub.policy import Policy, shipped_policy
from hub.policy.calendar import midnight
from hub.steward import Tally
from hub.store import Outage
from tests.projections.books import CITY, START, policy
from tests.steward.desk import CONTRACT, Desk

BOOKS = {code: w.screening_id(w.agency_id(code)) for code, *_ in CITY}


def at(day: str, hour: int = 9) -> int:
    return midnight(date.fromisoformat(day).toordinal()) + hour * w.HOUR


class City(Desk):
    """The desk of a city under Chuxiong's pack."""

    def __init__(self, folder: Path, rules: Policy | None = None) -> None:
        super().__init__(folder, rules=rules or policy(), start=START)  # type: ignore[arg-type]
        self.found(CITY)

    def events(self, code: str) -> list[Any]:
        return [
            restore(CONTRACT, row.body, _same)[1] for row in self.store.read(0, 100_000) if row.stream == BOOKS[code]
        ]

    def kinds(self, code: str) -> list[str]:
        return self.topics(BOOKS[code])

    def to(self, day: str, hour: int = 9) -> Tally:
        self.clock.set(at(day, hour))
        return self.steps()


class _Same:
    """Values as they are."""

    def __call__(self, value: Any) -> Any:
        return value

    def value(self, value: Any) -> Any:
        return value


_same: Any = _Same()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.close()


def test_every_agency_is_told_once_what_it_owes(city: City) -> None:
    assert city.steps() == {"schedule": 6}
    assert city.kinds("city") == []  # Chuxiong's pack asks nothing of the city's own committee
    (told,) = city.events("town")
    assert told.schedules == ("township_month", "analysis", "training", "supervision")
    assert (told.since, told.pack) == ("2026-01-01", "P2026.2+chuxiong.1")
    city.steward = city.new_steward()
    assert not city.steps()


def test_a_round_is_missed_when_its_time_is_up_and_once(city: City) -> None:
    city.steps()
    assert not city.to("2026-01-13", 23)  # the week of the 5th is filed in time until the 13th, 24:00
    assert city.to("2026-01-14", 0) == {"miss": 1}
    missed = city.events("group")[-1]
    assert (missed.schedule, missed.first, missed.last) == ("group_week", "2026-01-05", "2026-01-11")
    assert (missed.due_at, missed.rule) == (at("2026-01-14", 0), "screening.group_week.2w@532301")
    city.steward = city.new_steward()
    assert not city.steps()
    city.done("group", s.FileScreening(None, "group_week", "", "2026-01-05", "2026-01-11", 0, 0, ""))
    assert city.events("group")[-1].late and not city.steps()


def test_what_was_filed_is_not_missed(city: City) -> None:
    city.steps()
    city.clock.set(at("2026-01-12"))
    city.done("group", s.FileScreening(None, "group_week", "", "2026-01-05", "2026-01-11", 0, 0, ""))
    assert not city.to("2026-01-14")


def test_months_of_silence_are_missed_one_by_one(city: City) -> None:
    city.steps()
    assert city.to("2026-07-02")["miss"] > 30
    kinds = city.kinds("town")
    # six months, of them June's time is not up; two quarters, of them the second's is not; one round of supervision
    assert kinds.count("screening.missed") == 5 + 2 * 1 + 1
    supervision = [e for e in city.events("town") if getattr(e, "schedule", "") == "supervision"]
    assert [(e.first, e.last, e.rule) for e in supervision] == [
        ("2026-01-01", "2026-06-30", "screening.supervision.0d"),
    ]  # fmt: skip


def test_an_inspection_is_the_supervision_of_its_half_year(city: City) -> None:
    city.steps()
    city.done("city", s.Inspect(w.agency_id("town"), "", ()))
    city.to("2026-07-02")
    keys = {code: [e.schedule for e in city.events(code) if isinstance(e, s.Missed)] for code in ("town", "town-2")}
    assert "supervision" not in keys["town"] and "supervision" in keys["town-2"]


def test_an_agency_that_closes_owes_nothing_more(city: City) -> None:
    city.steps()
    city.done("hub", names.CloseAgency(w.agency_id("village-2"), w.agency_id("heir"), ""))
    assert city.steps() == {"schedule": 1}
    assert city.events("village-2")[-1].schedules == ()
    city.to("2026-03-20")
    assert "screening.missed" not in city.kinds("village-2") and "screening.missed" in city.kinds("heir")


def test_an_agency_of_another_kind_owes_other_rounds(city: City) -> None:
    city.steps()
    subject = w.agency_id("village")
    for kind, level in (("group", "group"), ("committee", "village"), ("group", "group")):
        city.done("hub", names.AmendAgency(subject, "v", kind, level, "532301101001", None, (), 1, False))
        assert city.steps() == {"schedule": 1}
    told = [e.schedules for e in city.events("village")]
    assert told == [("village_month",), ("group_week",), ("village_month",), ("group_week",)]


def test_rules_that_are_loaded_again_are_told_again(city: City) -> None:
    city.steps()
    for rules in (shipped_policy("110101"), policy()):
        city.shut()
        city.rules = rules  # type: ignore[assignment]
        city.open()
        assert city.steps() == {"schedule": 6}
    assert [e.schedules for e in city.events("group")] == [("group_week",), (), ("group_week",)]


def test_nobody_is_silent_who_was_not_heard(city: City) -> None:
    city.store.credentials.add("vill", [w.agency_id("group")], ["agency"], city.clock.now())
    city.steps()
    city.caught_up = {"vill": at("2026-01-13")}
    assert not city.to("2026-01-15")
    city.caught_up = {"vill": at("2026-01-14", 0)}
    assert city.steps() == {"miss": 1}


def test_an_inspection_is_not_missed_before_the_superior_was_heard(city: City) -> None:
    city.store.credentials.add("bureau", [w.agency_id("city")], ["agency"], city.clock.now())
    city.caught_up = {"bureau": at("2026-06-30")}
    city.steps()
    city.to("2026-07-02")
    assert all(e.schedule != "supervision" for e in city.events("town") if isinstance(e, s.Missed))
    city.caught_up = {"bureau": at("2026-07-01", 0)}
    assert city.steps() == {"miss": 2}


def test_a_round_that_ran_out_while_the_hub_was_down_is_held(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.steps()
    down = Outage(at("2026-01-13", 12), at("2026-01-14", 12))
    monkeypatch.setattr(city.store, "outages", lambda _: [down])
    assert not city.to("2026-01-14", 13)
    assert city.to("2026-01-15", 0) == {"miss": 1}


def test_a_finding_is_breached_once_and_anew_when_it_is_open_again(city: City) -> None:
    city.steps()
    subject = w.agency_id("town")
    city.done("city", s.Inspect(subject, "", ("mend it",)))
    raised = city.events("town")[-1]
    assert city.to("2026-01-31").get("breach_finding") is None
    assert city.to("2026-02-03")["breach_finding"] == 1  # thirty days: the 31st is a Saturday
    assert city.events("town")[-1] == s.FindingBreached(subject, raised.finding, raised.due_at)
    city.done("town", s.Rectify(None, raised.finding, "mended"))
    city.done("city", s.ReviewFinding(subject, raised.finding, False, "not yet"))
    assert not city.steps() and city.to("2026-03-10")["breach_finding"] == 1


def test_another_city_schedules_nothing(tmp_path: Path) -> None:
    made = City(tmp_path, shipped_policy("110101"))
    assert not made.steps()
    made.close()
