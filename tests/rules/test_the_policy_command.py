"""``hub policy`` and ``hub dispute why``: packs shown, files checked before they are loaded, dates explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.bootstrap.serving import Background
from hub.cli import cli
from hub.store import open_store
from hub.words import DAY
from tests.parts.days_off import YI_NEW_YEAR
from tests.rules.court import Court
from tests.web.hubs import Trial

BAD = """
id = "X.1"
colour = "red"
since = 2026-01-01
[limits.accept]
amount = 0
unit = "week"
start = "referral.offerd"
warn_hours = 24
basis = "信访工作条例"
basis_kind = "law"
pauses = ["weather"]
[[special]]
obligation = "accept"
channel = "post"
amount = 5
unit = "workday"
start = "referral.offered"
warn_hours = 24
basis = "x"
basis_kind = "default"
[channels.court]
return = "never"
[procedures.exorcism]
channel = "court"
basis = "x"
[procedures.exorcism.steps]
begun = { after = [""], basis = "x" }
"""
OVERLAY = """
id = "office.1"
[limits.accept]
amount = 5
unit = "workday"
start = "referral.offered"
warn_hours = 24
basis = "本市规定 第三条"
basis_kind = "seed"
"""
NEXT_YEAR = OVERLAY.replace("office.1", "P2027.1").replace("[limits", "since = 2027-01-01\n[limits")


def run(*words: str, code: int = 0) -> Result:
    found = CliRunner().invoke(cli, list(words))
    assert found.exit_code == code, found.output
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HUB_DATABASE", "HUB_KAFKA", "HUB_PACK", "HUB_DAYS_OFF", "HUB_CITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lived(home: Path) -> Iterator[tuple[Path, Court]]:
    """A store in which a court has just offered a case; nothing writes to it any more."""
    trial = Trial(home / "var")
    court = Court(trial)
    trial.hub.settle()
    trial.close()
    yield home, court


def written(home: Path, name: str, text: str) -> str:
    (home / name).write_text(text, encoding="utf-8")
    return str(home / name)


def test_list_and_show_name_every_pack_and_limit(home: Path) -> None:
    listed = run("policy", "list").output
    assert all(ident in listed for ident in ("P2023.1+chuxiong.1", "P2025.1+chuxiong.1", "* P2026.2+chuxiong.1"))
    shown = run("policy", "show", "P2023.1").output
    assert "legal.court.delegation.30d" in shown and "特邀调解规定 §27" in shown and "信访工作条例 §23" in shown
    rows = json.loads(run("policy", "list", "--json").stdout)
    assert [row["limits"] for row in rows] == [
        len(json.loads(run("policy", "show", row["id"], "--json").stdout)["limits"]) for row in rows
    ]
    assert "P2023.1" in run("policy", "show", "P1999", code=2).output


def test_every_fault_is_named_by_key_and_field(home: Path) -> None:
    file = written(home, "bad.toml", BAD)
    answer = json.loads(run("policy", "check", file, "--json", code=1).stdout)
    found = {(fault["key"], fault["field"]) for fault in answer["faults"]}
    assert found == {
        ("colour", ""), ("since", ""), ("limits.accept", "amount"), ("limits.accept", "unit"),
        ("limits.accept", "basis"), ("limits.accept", "pauses"), ("limits.accept", "start"),
        ("special 1 accept post", "channel"), ("channels.court", "return"), ("channels.court", "basis"),
        ("procedures.exorcism", ""), ("procedures.exorcism", "steps.begun"),
    }  # fmt: skip
    said = run("policy", "check", file, code=1).output
    assert "limits.accept: start: no event is called referral.offerd" in said and "12 处有误" in said


@pytest.mark.parametrize(("text", "key"), [("id = ", "not TOML"), ("version = 'x'\nsource = ''", "the calendar")])
def test_a_file_that_cannot_be_read_is_a_fault(home: Path, text: str, key: str) -> None:
    answer = json.loads(run("policy", "check", written(home, "f.toml", text), "--json", code=1).stdout)
    assert [fault["key"] for fault in answer["faults"]] == [key]


def test_what_comes_with_the_hub_would_pass_but_is_there_already(home: Path) -> None:
    from importlib.resources import files

    for name in ("p2023", "p2025", "p2026"):
        own = files("hub.policy").joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")
        answer = json.loads(run("policy", "check", written(home, "p.toml", own), "--json", code=1).stdout)
        assert {fault["key"] for fault in answer["faults"]} == {"id", "since"}, answer


def test_an_overlay_changes_only_what_starts_anew(lived: tuple[Path, Court]) -> None:
    home, _ = lived
    before = positions(home)
    answer = json.loads(run("policy", "check", written(home, "over.toml", OVERLAY), "--json").stdout)
    assert answer["files"] == {str(home / "over.toml"): "overlay"} and answer["running"] == 3
    (change,) = answer["changes"]
    assert (change["limit"], change["how"]) == ("accept", "anew")
    assert (change["old_due_at"][:10], change["due_at"][:10]) == ("2026-11-30", "2026-12-02")
    assert change["number"] == "532301-2026-00001" and positions(home) == before
    said = run("policy", "check", str(home / "over.toml")).output
    assert "532301-2026-00001" in said and "2026-11-30 24:00 → 2026-12-02 24:00" in said and "重算 moved 0" in said


def test_days_off_move_what_is_provisional(lived: tuple[Path, Court], monkeypatch: pytest.MonkeyPatch) -> None:
    home, court = lived
    file = written(home, "yi.toml", YI_NEW_YEAR)
    answer = json.loads(run("policy", "check", file, "--json").stdout)
    moved = {change["limit"]: change for change in answer["changes"]}
    assert set(moved) == {"accept"} and moved["accept"]["how"] == "moved"
    assert moved["accept"]["due_at"][:10] == "2026-12-02", "two of its three working days are off"
    trial = Trial(home / "var", days_off=Path(file))
    try:
        trial.hub.settle()
        trial.hub.step()
        peer = trial.peer("watcher", role="auditor")
        items = peer.get(f"/v1/disputes/{court.dispute}/limits").json()["items"]
        due = {item["obligation"]: item["due_at"] for item in items}
        assert due["accept"] == moved["accept"]["due_at"], "what was foretold is what the hub then does"
    finally:
        trial.close()


def test_a_part_with_a_day_holds_from_then_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(home, "next.toml", NEXT_YEAR)
    answer = json.loads(run("policy", "check", file, "--json").stdout)
    assert answer["packs"][-1] == "P2026.2+chuxiong.1+P2027.1" and answer["running"] is None
    monkeypatch.setenv("HUB_PACK", file)
    rows = json.loads(run("policy", "list", "--json").stdout)
    assert [row["since"] for row in rows] == ["2023-01-01", "2025-01-01", "2026-01-01", "2027-01-01"]
    limits = json.loads(run("policy", "show", rows[-1]["id"], "--json").stdout)["limits"]
    assert [limit["amount"] for limit in limits if limit["rule"].startswith("accept.5w")] == [5]


def test_coverage_has_no_empty_cell(home: Path) -> None:
    found = json.loads(run("policy", "coverage", "--json").stdout)
    cells = [cell for scheme in found["ladders"].values() for cell in scheme]
    assert set(found["ladders"]) >= {"chuxiong.1"} and all(cell["outcomes"] for cell in cells)
    steps = [cell for procedure in found["procedures"].values() for cell in procedure]
    assert {cell["outcome"] for cell in steps} == {"taken", "nothing", "refused/procedure.not_now"}
    said = run("policy", "coverage").output
    assert "nothing leads to" not in said, "every step of every procedure can be reached"
    assert "✗not_climbing" in said and "✗procedure.not_now" in said


def test_why_is_the_same_from_the_store_and_over_http(home: Path) -> None:
    trial = Trial(home / "var")
    court = Court(trial)
    trial.clock.advance(DAY)
    court.sign()
    trial.hub.settle()
    server = Background(trial.hub.app)
    url = server.start()
    try:
        key = written(home, "key", trial.peer("auditor", role="auditor").key)
        for asked in (court.dispute, "532301-2026-00001", "2026-00001"):
            here = json.loads(run("dispute", "why", asked, "--json").stdout)
            there = json.loads(run("dispute", "why", asked, "--json", "--url", url, "--key-file", key).stdout)
            assert here == there and {item["key"] for item in here["items"]} == {"accept-1", "progress"}
        zh = run("dispute", "why", court.dispute, "--limit", "accept").output
        assert "2026-11-28 周六  休" in zh and "法定时限" in zh and "progress" not in zh
        other = run("dispute", "why", court.dispute, "--limit", "progress").output
        assert "枢纽默认值：上位规定没有定数" in other and "hub default" not in other
        en = run("dispute", "why", court.dispute, "--lang", "en", "--url", url, "--key-file", key).output
        assert "Computed again by the rule" in en and "Legal limit" in en and "provisional" in en
        assert "accept-1, progress" in run("dispute", "why", court.dispute, "--limit", "love", code=1).output
        assert "dispute.unknown" in run("dispute", "why", "532301-2026-99999", code=1).output
        assert "access.key" in run(
            "dispute", "why", court.dispute, "--url", url, "--key-file", written(home, "k", "x"), code=1
        ).output  # fmt: skip
    finally:
        server.stop()
        trial.close()


def positions(home: Path) -> Any:
    store = open_store(f"sqlite:///{home / 'var' / 'hub.db'}")
    try:
        return store.position()
    finally:
        store.close()


@pytest.mark.parametrize(("text", "says"), [("[grades]\n", "id"), ('id = "own.1"\n', "own.1: it holds nothing")])
def test_a_pack_without_id_or_content_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    file = written(home, "own.toml", text)
    assert says in run("policy", "check", file, code=1).output
    monkeypatch.setenv("HUB_PACK", file)
    assert says in run("policy", "list", code=3).output
