"""A client may take the contract from the running hub instead of its own package: the same types under the same ids."""

from pathlib import Path
from typing import Any

import pytest

from connectors.client import Client, Unreachable, agency_id
from connectors.framing import Schemas, wire_name
from hub.cli.demo.trial import Trial


def test_every_full_name_leads_to_its_wire_name() -> None:
    for record in Schemas.packaged().by_id.values():
        assert wire_name(record.parsed["name"]) == (record.role, record.name)


def test_taken_from_a_hub_they_work(tmp_path: Path) -> None:
    with Trial(tmp_path, 1_790_000_000_000_000) as world:
        taken, own = Schemas.from_registry(f"{world.url}/registry"), Schemas.packaged()
        assert {i: (r.role, r.name, r.version, r.fields) for i, r in taken.by_id.items()} == {
            i: (r.role, r.name, r.version, r.fields) for i, r in own.by_id.items()
        }
        world.connect("operator", [], ["operator"]).close()
        with Client(world.http("operator"), schemas=taken, clock=world.clock.now) as client:
            place: dict[str, Any] = {"level": "city", "region": "532301"}
            content: dict[str, Any] = {"code": "x.pmc", "name": "甲", "kind": "committee", **place}
            assert client.submit("register_agency", agency=agency_id("hub"), **content).outcome == "done"


def test_nobody_there() -> None:
    with pytest.raises(Unreachable, match="registry"):
        Schemas.from_registry("http://127.0.0.1:1/registry", timeout=1.0)
