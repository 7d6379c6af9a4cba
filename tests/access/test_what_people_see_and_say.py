"""People in the policy table, without any web: whom each role sees, for whom it speaks, and that nobody is the hub."""

import pytest

from hub.access import ACTIONS, PEOPLE, PUBLIC, is_person, may, may_speak, person, scope
from hub.access.speech import HUB_COMMANDS, INTAKE_COMMANDS, REGISTRY_COMMANDS, System
from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.dispute import commands
from hub.words import CENTRE, COURT, HUB_AGENCY, HUB_SYSTEM, AgencyId, agency_id


def agency(code: str, region: str, kind: str = "committee", superior: str = "") -> Agency:
    above = agency_id(superior) if superior else None
    return Agency(agency_id(code), code, code, kind, "township", region, above, (), 1, True)


CITY = [
    agency("centre", "532301", CENTRE),
    agency("court", "532301", COURT),
    agency("east", "532301102"),
    agency("east.centre", "532301102", CENTRE, "centre"),
    agency("east.village", "532301102201", superior="east"),
    agency("east.court", "532301102", COURT, "court"),
    agency("west", "532301101"),
    agency("west.village", "532301101201", superior="west"),
]
REGISTRY = Registry({a.id: a for a in CITY})


def sees(code: str, role: str, registry: Registry = REGISTRY) -> set[str] | None:
    found = scope(person(agency_id(code), role), registry)
    return None if found is None else {a.code for a in registry.agencies.values() if a.id in found}


def test_a_supervisor_sees_the_region_of_their_agency_courts_too() -> None:
    assert sees("east", "supervisor") == {"east", "east.centre", "east.village", "east.court"}
    assert sees("east.village", "supervisor") == {"east.village"}
    assert sees("west", "supervisor") == {"west", "west.village"}


def test_who_supervises_the_whole_city_sees_all() -> None:
    assert sees("centre", "supervisor") is None and sees("court", "supervisor") is None
    beyond = Registry({a.id: a for a in [*CITY, agency("prefecture", "5323")]})
    assert sees("centre", "supervisor", beyond) == {a.code for a in CITY}
    assert sees("prefecture", "supervisor", beyond) is None


def test_a_clerk_sees_their_agency_and_what_stands_below() -> None:
    assert sees("west", "clerk") == {"west", "west.village"} and sees("west.village", "clerk") == {"west.village"}
    assert sees("east.centre", "clerk") == {"east.centre", "east", "east.village"}
    assert sees("court", "clerk") == {"court", "east.court"}


def test_an_auditor_sees_all_and_an_operator_no_dispute() -> None:
    assert sees("west.village", "auditor") is None
    assert scope(person(agency_id("centre"), "operator"), REGISTRY) == frozenset()
    for line in ("read.dispute", "read.queue", "read.obligation", "read.parties", "page.board", "page.disputes"):
        assert not may({"operator"}, line)


@pytest.mark.parametrize("region", ["", None])
def test_an_agency_that_is_unknown_or_without_region_supervises_itself_only(region: str | None) -> None:
    known = [] if region is None else [agency("lost", region)]
    registry = Registry({a.id: a for a in [*CITY, *known]})
    assert scope(person(agency_id("lost"), "supervisor"), registry) == frozenset({bytes(agency_id("lost"))})


def test_in_an_empty_registry_nobody_supervises_everything() -> None:
    assert scope(person(agency_id("centre"), "supervisor"), Registry()) == frozenset({bytes(agency_id("centre"))})


MINE, OTHER = AgencyId(b"m" * 16), AgencyId(b"o" * 16)


@pytest.mark.parametrize("role", PEOPLE)
def test_no_person_speaks_as_the_hub(role: str) -> None:
    who = person(MINE, role)
    assert is_person(who) and who.name == HUB_SYSTEM
    for command in HUB_COMMANDS:
        assert may_speak(who, command, MINE) == "type"
    for command in set(commands.CLASSES) - HUB_COMMANDS:
        acts = role in ("clerk", "supervisor")
        assert may_speak(who, command, MINE) == ("" if acts else "type")
        assert may_speak(who, command, OTHER) == may_speak(who, command, HUB_AGENCY) == ("agency" if acts else "type")
    for command in REGISTRY_COMMANDS:
        assert (may_speak(who, command, MINE, MINE) == "") == (role == "operator")
    for command in INTAKE_COMMANDS:
        assert (may_speak(who, command, MINE, MINE) == "") == (role != "auditor")
        assert (may_speak(who, command, OTHER, OTHER) == "") == (role == "operator")


def test_the_hub_itself_is_no_person_and_no_person_is_without_a_role() -> None:
    hub = System(HUB_SYSTEM, frozenset(), frozenset())
    assert not is_person(hub) and may_speak(hub, "lapse", HUB_AGENCY) == ""
    for role in ("", "agency", "king"):
        with pytest.raises(ValueError, match="no role of people"):
            person(MINE, role)


def test_auditors_act_on_nothing_and_see_no_names() -> None:
    acts = {name for name in ACTIONS if name.startswith("act.") or name == "submit"}
    assert not any(may({"auditor"}, name) for name in acts | {"read.parties"})
    assert all(line.roles is PUBLIC or line.roles for line in ACTIONS.values())
