"""The tree of agencies: who stands above whom, and every refusal of the registry's own commands."""

from __future__ import annotations

from typing import Any

import pytest

from hub.aggregates.agency import names
from hub.aggregates.agency.decide import decide
from hub.aggregates.agency.registry import Registry
from hub.words import HUB_AGENCY, AgencyId, Refusal, agency_id


class City:
    """A small city; commands by the operator unless said otherwise."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.accountable: set[AgencyId] = set()
        for code, kind, region, superior in (
            ("centre", "centre", "532301", None),
            ("city", "committee", "532301", None),
            ("town", "committee", "532301101", "city"),
            ("village", "committee", "532301101201", "town"),
            ("other", "committee", "532301102", "city"),
            ("court", "court", "532301", None),
            ("bureau", "police", "532301", None),
            ("station", "police", "532301101", "bureau"),
        ):
            assert self.register(code, kind=kind, region=region, superior=superior) == ["agency.registered"]

    def do(self, body: names.Command, author: AgencyId = HUB_AGENCY) -> list[str] | str:
        decided = decide(body, author, self.registry, lambda a: a in self.accountable)
        if isinstance(decided, Refusal):
            return decided.code
        stream, events = decided
        for event in events:
            self.registry = self.registry.evolve(stream, event)
        return [names.EVENT_TYPES[type(event)] for event in events]

    def register(self, code: str, **given: Any) -> list[str] | str:
        superior = given.pop("superior", None)
        fields: dict[str, Any] = {"kind": "committee", "region": "532301", **given}
        return self.do(
            names.RegisterAgency(
                code,
                code,
                fields["kind"],
                "city",
                fields["region"],
                agency_id(superior) if superior else None,
                (),
                1,
                True,
            )
        )

    def close(self, code: str, successor: str) -> list[str] | str:
        return self.do(names.CloseAgency(agency_id(code), agency_id(successor), ""))

    def amend(self, code: str, superior: str | None) -> list[str] | str:
        a = self.registry.agencies[agency_id(code)]
        up = agency_id(superior) if superior else None
        return self.do(
            names.AmendAgency(a.id, a.name, a.kind, a.level, a.region, up, a.competences, a.mediators, a.seal)
        )

    def above(self, code: str) -> list[str]:
        return [self.registry.agencies[a].code for a in self.registry.above(agency_id(code))]


@pytest.fixture
def city() -> City:
    return City()


def test_the_tree_comes_first_then_the_centre_of_the_region(city: City) -> None:
    assert city.above("village") == ["town", "city", "centre"]
    assert city.above("station") == ["bureau", "centre"]
    assert city.above("centre") == []
    assert city.registry.above(agency_id("nobody")) == ()


def test_courts_and_procuratorates_stand_under_nobody(city: City) -> None:
    assert city.above("court") == []
    assert city.registry.common_superior(agency_id("court"), agency_id("village")) is None


def test_common_superior_is_the_nearest_above_both_and_equal_to_neither(city: City) -> None:
    def common(one: str, other: str) -> AgencyId | None:
        return city.registry.common_superior(agency_id(one), agency_id(other))

    assert common("village", "other") == agency_id("city")
    assert common("village", "town") == agency_id("city")
    assert common("village", "station") == agency_id("centre")
    assert common("town", "city") == agency_id("centre")


def test_a_nearer_centre_comes_before_the_citys(city: City) -> None:
    city.register("towncentre", kind="centre", region="532301101")
    assert city.above("village") == ["town", "city", "towncentre", "centre"]
    assert city.above("towncentre") == ["centre"]


def test_registering_again_does_nothing_and_with_other_content_is_refused(city: City) -> None:
    assert city.register("town", region="532301101", superior="city") == []
    assert city.register("town", region="532301109", superior="city") == "agency.exists"


def test_superiors_must_be_known_active_and_no_circle(city: City) -> None:
    assert city.register("new", superior="nobody") == "agency.unknown"
    assert city.amend("town", "nobody") == "agency.unknown"
    assert city.amend("city", "village") == "agency.cycle"
    assert city.amend("town", "town") == "agency.cycle"
    city.close("other", "town")
    assert city.register("new", superior="other") == "agency.closing"
    assert city.amend("village", None) == ["agency.amended"]
    assert city.above("village") == ["centre"]
    assert city.amend("village", None) == []


def test_closing(city: City) -> None:
    assert city.close("nobody", "town") == "agency.unknown"
    assert city.close("village", "nobody") == "agency.unknown"
    assert city.close("village", "village") == "agency.own_successor"
    assert city.close("town", "other") == "agency.has_subordinates"
    assert city.close("village", "other") == ["agency.closing"]
    assert city.close("village", "other") == []
    assert city.close("village", "station") == "agency.closing"
    assert city.close("station", "village") == "agency.closing"
    assert city.close("other", "station") == "agency.is_successor"
    assert city.close("town", "other") == "agency.has_subordinates"  # the closing village still lives


def test_dissolving_waits_for_the_last_role(city: City) -> None:
    village = agency_id("village")
    dissolve = names.DissolveAgency(village, "")
    assert city.do(dissolve) == "agency.not_closing"
    city.close("village", "other")
    city.accountable = {village}
    assert city.do(dissolve) == "agency.still_accountable"
    city.accountable = set()
    assert city.do(dissolve) == ["agency.dissolved"]
    assert city.do(dissolve) == "agency.not_closing"
    assert city.register("new", superior="village") == "agency.dissolved"
    assert city.close("town", "other") == ["agency.closing"]


def test_intake_is_the_operators_and_the_agencys_own(city: City) -> None:
    town = agency_id("town")
    assert city.do(names.CloseIntake(town, ""), town) == ["agency.intake_closed"]
    assert city.do(names.CloseIntake(town, "")) == []
    assert city.do(names.OpenIntake(town, ""), agency_id("other")) == "access.denied"
    assert city.do(names.OpenIntake(town, "")) == ["agency.intake_opened"]
    assert city.do(names.CloseAgency(town, agency_id("other"), ""), town) == "access.denied"


def test_a_centre_that_hands_over_is_replaced_by_its_successor(city: City) -> None:
    city.register("newcentre", kind="centre")
    assert city.close("centre", "newcentre") == ["agency.closing"]
    assert city.above("station") == ["bureau", "newcentre"]


def test_the_heir_is_who_lives_in_a_dissolved_agency_s_place(city: City) -> None:
    def heir(code: str) -> str | None:
        found = city.registry.heir(agency_id(code))
        return found.code if found is not None else None

    city.close("village", "other")
    assert (heir("village"), heir("other"), heir("nobody")) == (None, None, None)  # closing, it still acts itself
    for code, successor in (("village", "other"), ("other", "city")):
        ident = agency_id(code)
        city.registry = city.registry.evolve(ident, names.Closing(agency_id(successor), ""))
        city.registry = city.registry.evolve(ident, names.Dissolved(""))
    assert (heir("village"), heir("other"), heir("city")) == ("city", "city", None)
