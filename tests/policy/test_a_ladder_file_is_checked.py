"""A ladder's own file: every fault by key and field, what it changes for disputes standing on it, and that it loads."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.aggregates.dispute import commands as c
from hub.cli import cli, policy_ladders
from hub.policy import PackRefused, shipped_policy
from hub.policy.checking import Codes, Fault, faults
from hub.policy.ladder_reading import own_scheme
from hub.policy.laying import LADDER, what
from hub.web.api.codes import lists
from tests.steward.desk import Desk

THREE = files("hub.policy").joinpath("ladders", "three_by_three.toml").read_text(encoding="utf-8")
OWN = THREE.replace("three_by_three.1", "ours.1")
CODES = Codes({name: {item["code"] for item in items} for name, items in lists().items()}, frozenset())


def found(text: str) -> list[tuple[str, str]]:
    return [(fault.key, fault.field) for fault in faults(text, CODES)]


def test_a_good_one_has_none_and_becomes_the_ladder_of_every_pack() -> None:
    assert what(OWN) == LADDER and faults(OWN, CODES) == []
    for city, overlay in ("532301", "+chuxiong.1"), ("110101", ""):
        packs = shipped_policy(city, [OWN]).packs
        assert [pack.ladder.id for pack in packs if pack.ladder is not None] == ["ours.1"] * 3
        assert [pack.id for pack in packs] == [f"{name}{overlay}+ours.1" for name in ("P2023.1", "P2025.1", "P2026.2")]


@pytest.mark.parametrize("name", ["chuxiong", "four_levels_seven_days", "three_by_three"])
def test_those_that_come_with_the_hub_are_without_fault_but_there_already(name: str) -> None:
    text = files("hub.policy").joinpath("ladders", f"{name}.toml").read_text(encoding="utf-8")
    (fault,) = faults(text, CODES)
    assert (fault.key, fault.field) == ("id", "") and "another text, another id" in fault.why
    with pytest.raises(PackRefused, match="another id"):
        shipped_policy("110101", [text])


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("max_total = 9", "max_total = 0", ("tries", "max_total")),
        ("per_level = 3", 'per_level = "3"', ("tries", "per_level")),
        ("max_total = 9\n", "", ("tries", "max_total")),
        ("max_total = 9", "max_total = 9\nmore = 1", ("tries", "more")),
        ('unit = "workday"', 'unit = "week"', ("levels.village", "unit")),
        ('sealed_by = "city"', 'sealed_by = "moon"', ("levels.city", "sealed_by")),
        ('kind = "committee", level = "city"', 'kind = "wizard", level = "city"', ("levels.city", "organs")),
        ('kind = "committee", level = "city"', 'kind = "committee", level = "moon"', ("levels.city", "organs")),
        ('path = ["village", "township", "city"]', 'path = ["village", "township"]', ("levels", "city")),
        ('onward = ["escalation"]', 'onward = ["flight"]', ("branches.civil", "onward")),
        ("categories = []", 'categories = ["99"]', ("branches.civil", "categories")),
        ('zh = "三三调解制"', 'zh = ""', ("zh", "")),
        ("[tries]", "colour = 1\n[tries]", ("colour", "")),
        ("[tries]", "[trees]", ("tries", "")),
    ],
)
def test_a_fault_is_named_by_key_and_field(old: str, new: str, where: tuple[str, str]) -> None:
    assert old in OWN
    assert where in found(OWN.replace(old, new, 1))


def test_all_of_them_at_once_not_only_the_first() -> None:
    wrong = (
        OWN.replace("max_total = 9", "max_total = 0")
        .replace('"escalation"', '"flight"')
        .replace("amount = 20", "amount = 0")
    )
    wrong += '\n[alarm]\ngrade = 0\ntell = ["nobody"]\nbasis = "x"\n[gap]\namount = 1\nunit = "day"\nbasis = "x"\n'
    assert set(found(wrong)) == {
        ("tries", "max_total"), ("branches.civil", "onward"), ("levels.city", "amount"), ("alarm", "grade"),
        ("alarm", "tell"), ("gap", "unit"),
    }  # fmt: skip
    assert faults("levels = ", CODES) == [Fault("not TOML", "", faults("levels = ", CODES)[0].why)]


class TestWhatItWouldChange:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Any:
        rules = shipped_policy("532301", [OWN]).packs[-1]
        desk = Desk(tmp_path, rules=rules)
        desk.found((
            ("v", "committee", "village", "532301001001", None), ("t", "committee", "township", "532301001", None),
        ))  # fmt: skip
        for agency in ("v", "v", "t"):
            desk.done(agency, c.Register("02", "", "application", ()))
        closed = desk.done("v", c.Register("02", "", "application", ()))
        desk.done("v", c.Close("no_deal", "", True), closed)
        desk.settle()
        yield desk
        desk.close()

    def test_nothing_where_the_text_is_the_same(self, desk: Desk) -> None:
        assert policy_ladders.effect(desk.views, own_scheme(OWN)) == policy_ladders.Ladders("ours.1", 3, 0, [])

    def test_how_many_tries_would_be_required_by_another_text_of_that_name(self, desk: Desk) -> None:
        told = policy_ladders.effect(desk.views, own_scheme(OWN.replace("per_level = 3", "per_level = 2")))
        assert sorted((row.level, row.old_required, row.required) for row in told.rows) == [
            ("township", 6, 4), ("village", 9, 6), ("village", 9, 6),
        ]  # fmt: skip

    def test_that_a_level_would_be_gone(self, desk: Desk) -> None:
        text = OWN.replace("levels.township", "levels.department").replace(
            '"township", "city"]', '"department", "city"]'
        )
        text = text.replace('sealed_by = "township"', 'sealed_by = "city"')
        told = policy_ladders.effect(desk.views, own_scheme(text))
        assert [(row.level, row.required) for row in told.rows] == [("township", None)]

    def test_nothing_for_disputes_on_a_ladder_of_another_name(self, desk: Desk) -> None:
        told = policy_ladders.effect(desk.views, own_scheme(OWN.replace("ours.1", "ours.2")))
        assert told == policy_ladders.Ladders("ours.2", 0, 3, [])


def test_the_command_names_faults_and_takes_a_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUB_DATABASE", "HUB_KAFKA", "HUB_PACK", "HUB_DAYS_OFF", "HUB_CITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))
    file = tmp_path / "ladder.toml"
    file.write_text(OWN.replace("max_total = 9", "max_total = 0"), encoding="utf-8")
    said = CliRunner().invoke(cli, ["policy", "check", str(file), "--json"])
    assert said.exit_code == 1
    (fault,) = json.loads(said.stdout)["faults"]
    assert (fault["file"], fault["key"], fault["field"]) == (str(file), "tries", "max_total")
    file.write_text(OWN, encoding="utf-8")
    said = CliRunner().invoke(cli, ["policy", "check", str(file), "--json"])
    assert said.exit_code == 0 and json.loads(said.stdout)["files"] == {str(file): "ladder"}
    monkeypatch.setenv("HUB_PACK", str(file))
    listed = json.loads(CliRunner().invoke(cli, ["policy", "list", "--json"]).stdout)
    assert {row["ladder"] for row in listed} == {"ours.1"}
