"""Reading makes nothing; a folder or a disk that cannot be used is said in one line; `serve` says whose data it is."""

import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import OperationalError

from connectors.city.chuxiong import build as build_city
from connectors.city.file import write
from hub.bootstrap import build
from hub.bootstrap.serving import Background
from hub.cli import cli
from hub.cli.serve import remarks
from hub.settings import Settings
from hub.store import open_store


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_HTTP_PORT", "1")  # nothing answers there
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    found = CliRunner().invoke(cli, list(words))
    assert found.exit_code == code, found.output
    assert "Traceback" not in found.output
    return found


def small(folder: Path) -> Path:
    file = folder / "city.csv"
    file.write_bytes(write([a for a in build_city() if a.region == "532301"][:3]))
    return file


@pytest.mark.parametrize(
    "words",
    [
        "user list", "user list --json", "system list", "city show", "city show --csv", "views status",
        "views parked list", "quarantine list", "city load chuxiong --dry-run",
    ],
)  # fmt: skip
def test_reading_makes_nothing(here: Path, words: str) -> None:
    run(*words.split())
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("words", ["city load chuxiong", "user list", "serve", "system add x --role operator"])
def test_a_home_that_is_a_file_is_named(here: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    (here / "letter").write_text("keep")
    monkeypatch.setenv("HUB_HOME", str(here / "letter"))
    monkeypatch.setenv("HUB_HTTP_PORT", "0")
    last = run(*words.split(), code=3).output.splitlines()[-1]
    assert f"{here / 'letter'}: 不是文件夹 · not a folder" in last and "pack" not in last


@pytest.mark.parametrize("words", ["city load chuxiong", "serve", "system add x --role operator"])
def test_a_home_that_cannot_be_made_is_named(here: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("HUB_HOME", "/proc/none")
    monkeypatch.setenv("HUB_HTTP_PORT", "0")
    last = run(*words.split(), code=3).output.splitlines()[-1]
    assert "/proc/none: No such file or directory" in last and "pack" not in last


def test_a_database_that_is_none_is_named_with_its_cause(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "var").mkdir()
    (here / "var" / "hub.db").write_text("no database, but long enough to be looked at as one " * 20)
    for words in ("user list", "serve"):
        monkeypatch.setenv("HUB_HTTP_PORT", "0")
        assert "file is not a database" in run(*words.split(), code=3).output


def test_a_folder_nobody_may_write_to_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "var").mkdir()
    (here / "var" / "hub.db").touch()
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != here / "var" and Path(path) != Path("var"))
    monkeypatch.setattr("hub.cli.common.open_store", _cannot)
    assert "read-only, or no right to write there" in run("user", "list", code=3).output


def _cannot(url: str) -> None:
    raise OperationalError("", {}, sqlite3.OperationalError("unable to open database file"))


@pytest.mark.slow
def test_a_disk_that_takes_no_more_is_said_with_its_place(here: Path) -> None:
    run("city", "load", str(small(here)))

    def full() -> None:  # a bound of the process stands for a full disk: whatever makes a file longer fails
        resource.setrlimit(resource.RLIMIT_FSIZE, (140_000, 140_000))

    done = subprocess.run(
        [sys.executable, "-m", "hub", "city", "load", "chuxiong"], preexec_fn=full, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
    (last,) = [line for line in done.stderr.splitlines() if line.strip()]
    assert "var" in last and "MiB" in last and "incident" not in last


def test_another_folders_hub_gets_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = build(Settings(home=here / "other"))
    try:
        assert other.start()
        server = Background(other.app)
        monkeypatch.setenv("HUB_HTTP_PORT", server.start().rpartition(":")[2])
        found = run("city", "load", str(small(here)))
        assert "another folder's hub" in found.output and other.desk.position == 1  # its rules
        server.stop()
    finally:
        other.stop()
    store = open_store(Settings().store_url)
    assert store.position() == 4
    store.close()


def test_a_taken_port_is_named_with_what_to_do(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = run("serve", "--port", port, code=3).output
    assert f"127.0.0.1:{port}" in said and "HUB_HTTP_PORT" in said


def test_serve_remarks_where_the_demonstration_lies(here: Path) -> None:
    assert list(remarks(Settings(), [])) == []
    mark = here / "out" / "hub" / "demo.json"
    mark.parent.mkdir(parents=True)
    mark.write_text(json.dumps({"clock_shift_micros": 0}))
    assert list(remarks(Settings(), [])) == [("serve.nothing_here_yet", {"demonstration": "HUB_HOME=out/hub"})]
    assert list(remarks(Settings(), ["532301"])) == [] == list(remarks(Settings(home=Path("out/hub")), []))


def test_a_city_elsewhere_is_refused_until_one_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = here / "city.csv"
    file.write_text(
        "code,name,kind,level,region\n510703.pmc,某调委会,committee,city,510703\n"
        "510703001.pmc,某调委会,committee,township,510703001\n5107.court,某法院,court,prefecture,5107\n", "utf-8",
    )  # fmt: skip
    said = run("city", "load", str(file), code=1).output
    assert "HUB_CITY=510703" in said and not (here / "var").exists()
    monkeypatch.setenv("HUB_CITY", "510700")  # the whole prefecture
    run("city", "load", str(file), "--dry-run")
    monkeypatch.setenv("HUB_CITY", "510703")
    run("city", "load", str(file))
    monkeypatch.setenv("HUB_CITY", "532301")
    run("city", "load", str(file), code=1)
    run("city", "load", str(file), "--city-elsewhere")
    told = list(remarks(Settings(), ["510703", "510703001", "532301"]))
    assert [name for name, _ in told] == ["serve.city_elsewhere"] and told[0][1]["remedy"] == "HUB_CITY=510703"
    assert list(remarks(Settings(city="510700"), ["510703", "510703001"])) == []
