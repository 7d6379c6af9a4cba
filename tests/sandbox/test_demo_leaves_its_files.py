"""`hub demo`: ends by itself, prints the supervisor's table, leaves lanes, ledger and figures, says what is next."""

import contextlib
import json
import os
import zipfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from hub.cli import cli
from hub.cli.demo import _next
from hub.cli.demo.stage import clock_of
from hub.cli.demo.table import _worst
from hub.settings import Settings
from hub.store import open_store
from hub.words import DAY
from hub.writer import SystemClock


def run(out: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--out", str(out), "--days", "3", "--disputes", "12", *words])


@pytest.mark.slow
def test_its_files_and_its_words(tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = run(out, "--seed", "7")
    assert found.exit_code == 0, found.output
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert {"seed", "events", "disputes", "open", "unowned", "completeness", "head_hash"} <= set(figures)
    assert set(figures["completeness"]) == {
        "sent", "signed", "returned", "withdrawn", "lapsed", "pending", "difference",
    }  # fmt: skip
    assert (figures["seed"], figures["agencies"], figures["unowned"]) == (7, 405, 0)
    assert len(bytes.fromhex(figures["head_hash"])) == 32
    ElementTree.parse(out / "lanes.svg")
    board = (out / "board.html").read_text("utf-8")
    assert f"{figures['events']:,}" in board and "闭环看板" in board and ":root" in board  # its figures, its styles
    assert "<script" not in board and "/static/" not in board and 'href="/' not in board  # and nothing from elsewhere
    with zipfile.ZipFile(out / "ledger.xlsx") as book:
        assert book.testzip() is None
    for words in ("405 个单位", "未签收 unsigned", "各环节超期", "差额 0", "无主案件 0", "worst agencies", "what next"):
        assert words in found.output, words
    stand_in = Settings(home=out / "hub")
    assert clock_of(stand_in).now() < SystemClock().now() - DAY  # a hub on this folder goes on from the month's end
    assert type(clock_of(Settings(home=tmp_path))) is SystemClock
    again = run(out, "--seed", "7")  # over its own earlier folder
    assert again.exit_code == 0
    assert json.loads((out / "figures.json").read_text("utf-8")) == figures


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    theirs = tmp_path / "hub" / "letters.txt"
    theirs.parent.mkdir()
    theirs.write_text("keep")
    found = run(tmp_path)
    assert found.exit_code == 2
    assert theirs.read_text() == "keep"


@pytest.mark.slow
def test_an_earlier_month_stays_whole_until_a_new_one_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, "--days", "1").exit_code == 0
    before = {p.name: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and not p.name.endswith(("-shm",))}
    assert run(tmp_path, "--kafka", "127.0.0.1:1").exit_code == 3

    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("connectors.sandbox.month.Month.run", interrupted)
    assert run(tmp_path, "--days", "1").exit_code == 1
    after = {p.name: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and not p.name.endswith(("-shm",))}
    assert after == before


@pytest.mark.parametrize("name", ["kafka/topics", "letters.txt"])
def test_what_no_demonstration_left_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "hub" / name).mkdir(parents=True)
    (tmp_path / "hub" / "hub.db").touch()
    found = run(tmp_path)
    assert found.exit_code == 2 and name.split("/")[0] in found.output
    assert (tmp_path / "hub" / name).is_dir()


def test_data_a_hub_runs_on_is_not_replaced(tmp_path: Path) -> None:
    home = tmp_path / "hub"
    with contextlib.closing(open_store(f"sqlite:///{home / 'hub.db'}")) as store:
        store.acquire(1)
        found = run(tmp_path)
    assert found.exit_code == 2 and "stop it first" in found.output and (home / "hub.db").exists()


def test_it_names_its_folder_where_serve_would_take_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out" / "hub").mkdir(parents=True)
    (tmp_path / "out" / "hub" / "demo.json").write_text("{}")

    def said() -> str:
        with StringIO() as out, redirect_stdout(out):
            _next(Path("out"))
            return out.getvalue()

    assert "HUB_HOME" not in said()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "hub.db").touch()
    assert "HUB_HOME=out/hub python3 run.py serve" in said()
    monkeypatch.setenv("HUB_DATABASE", "sqlite:///elsewhere.db")
    assert "HUB_DATABASE= HUB_HOME=out/hub python3 run.py serve" in said()


def test_the_worst_agencies_are_those_with_the_longest_wait() -> None:
    def row(code: str, unsigned: int, oldest: str | None) -> dict[str, object]:
        return {
            "agency": {"code": code, "name": code}, "received": 9, "signed": 9 - unsigned, "unsigned": unsigned,
            "oldest_unsigned_at": oldest, "median_seconds": 60, "return_rate": None,
        }  # fmt: skip

    rows = [row("b", 5, "2026-03-03T00:00:00Z"), row("c", 0, None), row("a", 1, "2026-03-01T00:00:00Z")]
    shown = list(_worst(rows, 1_790_000_000_000_000))[1:]
    assert [line.split()[0] for line in shown] == ["a", "b", "c"]


@pytest.mark.parametrize("address", ["127.0.0.1:1"])
def test_a_broker_that_is_not_there_is_said_in_one_line(tmp_path: Path, address: str) -> None:
    found = run(tmp_path / "out", "--kafka", address)
    assert found.exit_code == 3
    assert address in found.output and "Traceback" not in found.output
