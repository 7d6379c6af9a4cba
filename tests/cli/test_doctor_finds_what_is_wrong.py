"""``hub doctor``: each check passes on a good machine, and has a machine on which it fails and says what to do."""

import json
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.city import chuxiong
from connectors.client import agency_id
from hub.cli import cli, doctor
from hub.cli.common import now
from hub.cli.demo.trial import Trial
from hub.log.access import Admin
from hub.log.port import UNAUTHORIZED, LogUnavailable, Problem
from hub.settings import Settings
from hub.store import Batch, open_store


def settings(home: Path, **options: object) -> Settings:
    return Settings(home=home, http_port=0, **options)  # type: ignore[arg-type]


def state(home: Path, check: str, **options: object) -> doctor.Finding:
    found = {f.check: f for f in doctor.examine(settings(home, **options))}[check]
    assert found.says and (found.state == doctor.OK or " · " in found.remedy), "what to do, in both languages"
    return found


def test_a_good_machine_has_nothing_wrong(tmp_path: Path) -> None:
    assert {f.check: f.state for f in doctor.examine(settings(tmp_path))} == dict.fromkeys(
        ("python", "schemas", "pack", "home", "database", "clock", "kafka", "port"), doctor.OK
    )
    assert not (tmp_path / "hub.db").exists()  # it changes nothing


def test_an_old_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 9, "final", 0))
    assert state(tmp_path, "python").state == doctor.FAILED


def test_a_pack_that_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('id = "x"\n')
    assert state(tmp_path, "pack", pack=tmp_path / "pack.toml").state == doctor.FAILED
    assert state(tmp_path, "pack", pack=tmp_path / "none.toml").state == doctor.FAILED


def test_a_home_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert state(tmp_path / "file", "home").state == doctor.FAILED


def test_little_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LITTLE_SPACE", 1 << 60)
    assert state(tmp_path, "home").state == doctor.WARNING


def test_an_old_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 30, 0))
    assert state(tmp_path, "database").state == doctor.FAILED


def test_a_postgres_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql+psycopg://hub:secret@127.0.0.1:1/hub"
    found = state(tmp_path, "database", database=url)
    assert found.state == doctor.FAILED and "secret" not in str(found)
    assert state(tmp_path, "clock", database=url).state == doctor.FAILED


def test_a_postgres_that_is_there(tmp_path: Path, pg_url: Callable[[], str]) -> None:
    assert state(tmp_path, "database", database=pg_url()).state == doctor.OK


@pytest.mark.parametrize(("ahead", "expected"), [(1, doctor.OK), (10, doctor.WARNING), (400, doctor.FAILED)])
def test_a_clock_behind_the_last_event(tmp_path: Path, ahead: int, expected: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.acquire(now())
    store.append(Batch(0, now() + ahead * 1_000_000))
    store.close()
    assert state(tmp_path, "clock").state == expected


def test_a_broker_that_does_not_answer(tmp_path: Path) -> None:
    found = state(tmp_path, "kafka", kafka="127.0.0.1:1")
    assert found.state == doctor.FAILED and "HUB_KAFKA_USER" not in found.remedy


def test_a_broker_that_refuses_the_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LogUnavailable(Problem(UNAUTHORIZED, "SaslAuthenticationFailedError as hub"))

    monkeypatch.setattr(Admin, "ids", refuse)
    found = state(tmp_path, "kafka", kafka="127.0.0.1:1")
    assert found.state == doctor.FAILED and "HUB_KAFKA_USER" in found.remedy and "口令" in found.remedy


def test_a_broker_that_holds_more_than_the_database(tmp_path: Path, clean_kafka: str) -> None:
    """A restored copy: what `serve` would refuse to start on is said before."""
    start = 1_790_000_000_000_000
    with Trial(tmp_path / "whole", start, kafka=clean_kafka) as world:
        operator = world.connect("operator", [], ["operator"])
        for agency in chuxiong.build()[:2]:
            operator.submit("register_agency", agency=agency_id("hub"), code=agency.code, **agency.content())
        world.settle()
        operator.close()
        prefix = {"kafka": clean_kafka, "topic_prefix": world.prefix}
        assert state(tmp_path / "whole", "kafka", **prefix).state == doctor.OK
        found = state(tmp_path / "copy", "kafka", **prefix)
    assert found.state == doctor.FAILED and "position 1" in found.says and "hub recover" in found.remedy


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = next(doctor._port(Settings(home=tmp_path, http_port=taken.getsockname()[1])) for _ in (1,))
    assert found.state == doctor.WARNING and "HUB_HTTP_PORT" in found.remedy


def test_a_port_where_a_hub_runs(tmp_path: Path) -> None:
    with Trial(tmp_path, 1_790_000_000_000_000) as world:
        port = int(world.url.rpartition(":")[2])
        found = doctor._port(Settings(home=tmp_path, http_port=port))
        assert found.state == doctor.OK and "takes commands" in found.says
        world.hub.stop()
        found = doctor._port(Settings(home=tmp_path, http_port=port))
        assert found.state == doctor.WARNING and "hub.not_writer" in found.says


def test_the_command_ends_with_one_when_a_check_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_HTTP_PORT", "0")
    good = CliRunner().invoke(cli, ["doctor", "--json"])
    assert good.exit_code == 0 and {f["state"] for f in json.loads(good.output)} == {"ok"}
    monkeypatch.setenv("HUB_KAFKA", "127.0.0.1:1")
    bad = CliRunner().invoke(cli, ["doctor"])
    assert bad.exit_code == 1 and "✗ kafka" in bad.output and "→" in bad.output
