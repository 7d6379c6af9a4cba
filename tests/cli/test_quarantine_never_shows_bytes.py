"""``hub quarantine``: what came and why it was refused is listed; its bytes never are, and can be erased."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import GROUPS, Lazy, cli
from hub.store import Batch, Quarantined, open_store
from tests.web.hubs import START

CANARY = "金丝雀某某"


def run(*words: str, code: int = 0, text: str | None = None) -> str:
    found = CliRunner().invoke(cli, ["quarantine", *words], input=text)
    assert found.exit_code == code, found.output
    return found.output


def test_it_lists_erases_and_clears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.delenv("HUB_DATABASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "nothing" in run("list")
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.acquire(START)
    kept = [Quarantined("town", "agency.town.outbox", n, "schema.unknown", "", "", CANARY.encode()) for n in range(3)]
    store.append(Batch(0, START, quarantine=kept))
    store.release()
    listed = run("list") + run("list", "--json") + run("list", "--system", "town", "--limit", "1")
    assert CANARY not in listed and CANARY.encode().hex() not in listed and "schema.unknown" in listed
    assert "nothing" in run("list", "--system", "other")
    ids = [row["id"] for row in json.loads(run("list", "--json"))]
    run("erase", str(ids[0]))
    assert [row["erased"] for row in json.loads(run("list", "--json"))] == [True, False, False]
    assert store.quarantine.list()[0].raw is None
    run("erase", "999", code=1)
    run("clear", "town", code=1, text="n\n")
    run("clear", "town", "--yes")
    assert store.quarantine.list() == []
    store.close()


def test_every_group_can_be_loaded_and_has_help() -> None:
    assert isinstance(cli, Lazy)
    for name in GROUPS:
        found = CliRunner().invoke(cli, [name, "--help"])
        assert found.exit_code == 0 and len(found.output.splitlines()) > 2, name
    top = CliRunner().invoke(cli, ["--help"]).output
    assert all(name in top for name in GROUPS)
    assert CliRunner().invoke(cli, ["nonsense"]).exit_code == 2
