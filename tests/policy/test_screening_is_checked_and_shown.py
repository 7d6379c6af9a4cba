"""``hub policy check`` names every fault of a schedule by entry and field; ``show`` and the interface tell all rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.aggregates.dispute.events import TYPES
from hub.cli import cli
from hub.policy import shipped_policy
from hub.policy.checking import Codes, faults
from hub.policy.pack_reading import _text
from hub.web.api.codes import lists
from hub.web.api.explained import pack_told
from hub.web.api.models.rules import PolicyPack

CODES = Codes(
    {name: {item["code"] for item in items} for name, items in lists().items()}, {*TYPES.values(), "finding.raised"}
)
CHUXIONG = shipped_policy("532301").packs[-1]
BAD = """
id = "X.1"
[[screening]]
key = "mine"
zh = ""
en = "mine"
kind = "seance"
owes = { level = "hamlet", kinds = ["committee", "coven"] }
every = "fortnight"
within = { amount = 0, unit = "week", basis = "x", basis_kind = "law" }
basis_kind = "seed"
colour = "red"
[[screening]]
key = "mine"
zh = "我"
en = "mine"
kind = "regular"
owes = { level = "village", kinds = ["committee"] }
every = "week"
within = 2
basis = "x"
basis_kind = "seed"
[rectify]
amount = 30
unit = "day"
start = "finding.lost"
warn_hours = 72
basis = "x"
basis_kind = "default"
"""


def test_every_fault_by_entry_and_field() -> None:
    found = {(fault.key, fault.field) for fault in faults(BAD, CODES)}
    one, two = "screening 1 mine", "screening 2 mine"
    assert found == {
        (one, "zh"), (one, "kind"), (one, "owes"), (one, "every"), (one, "within.amount"), (one, "within.unit"),
        (one, "within.basis"), (one, "basis"), (one, "colour"), (two, "key"), (two, "within"), ("rectify", "start"),
    }  # fmt: skip
    said = [fault.why for fault in faults(BAD, CODES) if (fault.key, fault.field) == (one, "owes")]
    assert said == [
        "hamlet is in no code list (schemas/codes/agency_levels.json)",
        "coven is in no code list (schemas/codes/agency_kinds.json)",
    ]


@pytest.mark.parametrize("text", ['id = "X.1"\nscreening = 3', 'id = "X.1"\nscreening = [3]'])
def test_a_list_that_is_none_is_one_fault(text: str) -> None:
    (found,) = faults(text, CODES)
    assert found.key.startswith("screening")


@pytest.mark.parametrize("name", ["chuxiong", "mianyang"])
def test_what_comes_with_the_hub_has_no_fault(name: str) -> None:
    assert faults(_text(name), CODES) == []


def test_show_prints_every_row_with_its_basis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUB_DATABASE", "HUB_KAFKA", "HUB_PACK", "HUB_DAYS_OFF", "HUB_CITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    said = CliRunner().invoke(cli, ["policy", "show"]).output
    for row in CHUXIONG.screening:
        assert row.key in said and row.zh in said and row.basis in said and row.within.basis in said
    assert CHUXIONG.rectify.basis in said and "每半年 half-year" in said
    told = json.loads(CliRunner().invoke(cli, ["policy", "show", "--json"]).stdout)
    assert [row["schedule"] for row in told["screening"]] == [row.key for row in CHUXIONG.screening]


def test_the_interface_tells_them_as_described() -> None:
    told = PolicyPack.model_validate(pack_told(CHUXIONG, True))
    week, *_, supervision = told.screening
    assert (week.schedule, week.every, week.by, week.within, week.unit) == (
        "group_week", "week", "itself", 2, "workday",
    )  # fmt: skip
    assert (supervision.by, supervision.within, supervision.kinds) == ("superior", 0, ["committee"])
    assert (told.rectify.amount, told.rectify.start) == (30, "finding.raised")
