"""指派依据: said by who assigns, else what the author is; in the event, and absent from those of version 1."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from hub import words as w
from hub.aggregates.decide import Interner, restore
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.aggregates.wire import to_command
from hub.contract import Unreadable, load
from tests.contract.test_commands_are_checked_at_the_edge import HEAD
from tests.custody.town import AGENCIES, PACK
from tests.given import Given, agencies

CONTRACT = load()


@pytest.mark.parametrize(
    ("by", "said", "found"),
    [
        ("office", "", "common_superior"),
        ("centre", "", "centre"),
        ("town_centre", "", "centre"),
        ("office", "joint_conference", "joint_conference"),
        ("centre", "common_superior", "common_superior"),
    ],
)
def test_the_event_says_it(by: str, said: str, found: str) -> None:
    hub = Given(agencies(*AGENCIES), PACK).given(("committee", c.Register("02", "", "application", ()), "d"))
    hub.when(by, c.Assign("mediation", w.agency_id("neighbours"), "", said)).then("referral.assigned")
    assert not isinstance(hub.answer, w.Refusal)
    body = hub.answer[0].body  # type: ignore[union-attr]
    assert isinstance(body, e.Assigned) and body.basis == found


def read(basis: str) -> c.Assign:
    schema = CONTRACT.schema("command", "assign")
    record = {**HEAD, "channel": "mediation", "receiver": b"b" * 16, "reason": "", "basis": basis}
    body = to_command(CONTRACT, "court", schema, tuple(record[f] for f in schema.fields)).body
    assert isinstance(body, c.Assign)
    return body


def test_a_basis_that_is_no_code_is_refused() -> None:
    assert (read("joint_conference").basis, read("").basis) == ("joint_conference", "")
    with pytest.raises(Unreadable) as refused:
        read("because")
    assert (refused.value.code, refused.value.field) == ("field.unknown_code", "basis")


def test_an_event_of_version_1_has_none() -> None:
    records = json.loads(files("schemas").joinpath("golden", "records.json").read_text(encoding="utf-8"))
    (old,) = [r for r in records if (r["name"], r["version"], r["sample"]) == ("referral.assigned", 1, "full")]
    _, event = restore(CONTRACT, bytes.fromhex(old["stored"]), Interner())
    assert isinstance(event, e.Event) and isinstance(event.body, e.Assigned) and event.body.basis == ""
