"""`hub demo`: ends by itself, prints the supervisor's table, leaves lanes, ledger and figures, says what is next."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from hub.cli import cli
from hub.cli.demo.stage import clock_of
from hub.settings import Settings
from hub.words import DAY
from hub.writer import SystemClock


def run(out: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--out", str(out), "--days", "3", "--disputes", "12", *words])


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


@pytest.mark.parametrize("address", ["127.0.0.1:1"])
def test_a_broker_that_is_not_there_is_said_in_one_line(tmp_path: Path, address: str) -> None:
    found = run(tmp_path / "out", "--kafka", address)
    assert found.exit_code == 3
    assert address in found.output and "Traceback" not in found.output
