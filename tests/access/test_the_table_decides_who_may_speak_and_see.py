"""The policy table and what follows from it, without any web: who speaks for whom, and who sees what."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files

import pytest

from hub.access import ACTIONS, CITY_WIDE, PEOPLE, PUBLIC, ROLES, System, may, may_speak, scope, sees
from hub.access.speech import HUB_COMMANDS, INTAKE_COMMANDS, REGISTRY_COMMANDS, SCREENING_COMMANDS
from hub.aggregates import loading
from hub.aggregates.agency import names
from hub.aggregates.dispute import commands
from hub.aggregates.screening import names as screening
from hub.words import HUB_AGENCY, HUB_SYSTEM

MINE, OTHER, TOP = b"m" * 16, b"o" * 16, b"t" * 16
ALL = [*commands.CLASSES, *names.COMMANDS, *screening.COMMANDS, *loading.COMMANDS]


def system(*roles: str, name: str = "x", agencies: Iterable[bytes] = (MINE,)) -> System:
    return System(name, frozenset(agencies), frozenset(roles))


class Tree:
    """OTHER is not below anything; MINE is below TOP."""

    agencies: Mapping[bytes, None] = dict.fromkeys((MINE, OTHER, TOP))

    def above(self, ident: bytes) -> tuple[bytes, ...]:
        return (TOP,) if ident == MINE else ()


def test_the_roles_are_the_published_ones() -> None:
    published = json.loads(files("schemas").joinpath("codes", "system_roles.json").read_text(encoding="utf-8"))
    assert [item["code"] for item in published] == list(ROLES)
    published = json.loads(files("schemas").joinpath("codes", "people_roles.json").read_text(encoding="utf-8"))
    assert [item["code"] for item in published] == list(PEOPLE)
    for line in ACTIONS.values():
        assert line.roles is PUBLIC or (line.roles and line.roles <= {*ROLES, *PEOPLE})
        assert line.zh and line.en


def test_what_is_not_in_the_table_nobody_may() -> None:
    assert not may(ROLES, "read.minds") and not may([], "read.position") and not may(["anyone"], "submit")
    assert may([], "read.health")


def test_the_kinds_of_commands_are_the_aggregates_own() -> None:
    of_disputes = {commands.TYPES[c] for c in commands.HUB_ONLY}
    of_books = {screening.COMMAND_TYPES[c] for c in screening.HUB_ONLY}
    assert of_disputes | of_books | set(loading.COMMANDS) == HUB_COMMANDS
    assert set(screening.COMMANDS) - HUB_COMMANDS == SCREENING_COMMANDS
    assert set(names.COMMANDS) == REGISTRY_COMMANDS | INTAKE_COMMANDS


@pytest.mark.parametrize("command", ALL)
def test_the_hub_may_say_everything_and_the_auditor_nothing(command: str) -> None:
    assert may_speak(system(name=HUB_SYSTEM), command, HUB_AGENCY) == ""
    assert may_speak(system("auditor"), command, MINE, MINE) == "type"
    assert may_speak(system(), command, MINE, MINE) == "type"


@pytest.mark.parametrize("command", sorted({*commands.CLASSES, *screening.COMMANDS} - HUB_COMMANDS))
@pytest.mark.parametrize("role", ["agency", "supervisor"])
def test_commands_on_disputes_and_books_need_an_agency_one_serves(command: str, role: str) -> None:
    assert may_speak(system(role), command, MINE) == ""
    assert may_speak(system(role), command, OTHER) == "agency"
    assert may_speak(system(role), command, HUB_AGENCY) == "agency"
    assert may_speak(system("operator"), command, MINE) == "type"
    assert may_speak(system("operator", role), command, MINE) == ""


@pytest.mark.parametrize("command", sorted(HUB_COMMANDS))
def test_the_hubs_own_commands_are_the_hubs(command: str) -> None:
    assert may_speak(system(*ROLES), command, MINE) == "type"


@pytest.mark.parametrize("command", sorted(REGISTRY_COMMANDS))
def test_the_operator_keeps_the_registry(command: str) -> None:
    assert may_speak(system("operator"), command, HUB_AGENCY, OTHER) == ""
    assert may_speak(system("agency", "supervisor"), command, MINE, MINE) == "type"


@pytest.mark.parametrize("command", sorted(INTAKE_COMMANDS))
def test_intake_is_the_agencys_own_or_the_operators(command: str) -> None:
    assert may_speak(system("agency"), command, MINE, MINE) == ""
    assert may_speak(system("agency"), command, MINE, OTHER) == "subject"
    assert may_speak(system("agency"), command, OTHER, OTHER) == "agency"
    assert may_speak(system("operator"), command, HUB_AGENCY, OTHER) == ""


def test_one_sees_what_one_serves_and_what_is_below() -> None:
    assert scope(system("agency"), Tree()) == frozenset({MINE})
    assert scope(system("agency", agencies=[TOP]), Tree()) == frozenset({TOP, MINE})
    assert scope(system("agency", agencies=[]), Tree()) == frozenset()
    for role in CITY_WIDE:
        assert scope(system(role, agencies=[]), Tree()) is None
    assert scope(system("operator", agencies=[]), Tree()) == frozenset()


def test_a_dispute_is_seen_by_any_of_its_roles() -> None:
    assert sees(frozenset({MINE}), [OTHER, MINE]) and not sees(frozenset({MINE}), [OTHER])
    assert sees(None, []) and not sees(frozenset(), [MINE])
