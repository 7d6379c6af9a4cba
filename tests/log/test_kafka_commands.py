"""``hub kafka up``, ``hub kafka acl`` and ``hub recover --from-kafka`` as people type them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import cli
from hub.log.access import Access, check_access
from hub.store import open_store
from ops.kafka.broker import BrokerFailed
from ops.ports import free_port
from tests.intake.hub_parts import ADDED, COURT, running
from tests.log.test_recover_from_kafka import City, city, content  # noqa: F401 - a fixture
from tests.parts.waiting import eventually


def hub(env: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(cli, words, env=env, catch_exceptions=False)


def test_a_port_there_is_none_of_is_wrong_usage(tmp_path: Path) -> None:
    for option in ("--port", "--sasl-port"):
        found = hub({"HUB_HOME": str(tmp_path)}, "kafka", "up", option, "99999")
        assert found.exit_code == 2 and "65535" in found.output


def test_a_brokers_data_lies_outside_the_demonstrations_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    demonstration = tmp_path / "out" / "hub"
    demonstration.mkdir(parents=True)
    (demonstration / "demo.json").write_text("{}")
    asked: list[Path] = []

    def start(folder: Path, *more: object, **options: object) -> None:
        asked.append(folder)
        raise BrokerFailed("not here")

    monkeypatch.setattr("ops.kafka.broker.start_broker", start)
    for home in ("", "out/hub", "elsewhere"):
        assert hub({"HUB_HOME": home}, "kafka", "up").exit_code == 3
    assert asked == [Path("var/kafka"), Path("var/kafka"), Path("elsewhere/kafka")]


def test_up_runs_a_broker_until_it_is_told_to_end(kafka: str, tmp_path: Path) -> None:
    port, sasl_port = free_port(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "kafka", "up", f"--port={port}", "--sasl", f"--sasl-port={sasl_port}"],
        env={**os.environ, "HUB_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"HUB_KAFKA=127.0.0.1:{port}"
        settings = dict(part.split("=", 1) for part in process.stdout.readline().split())
        assert settings["HUB_KAFKA"] == f"127.0.0.1:{sasl_port}"
        assert check_access(Access(f"127.0.0.1:{port}")) is None
        user, password = settings["HUB_KAFKA_USER"], settings["HUB_KAFKA_PASSWORD"]
        assert check_access(Access(settings["HUB_KAFKA"], user, password)) is None
        env = {"HUB_HOME": str(tmp_path), **settings}
        store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
        store.credentials.add("court", [COURT], ["agency"], ADDED)
        store.close()
        made = json.loads(hub(env, "kafka", "acl", "--json").output)
        assert set(made["passwords"]) == {"court"} and made["secured"]
        assert check_access(Access(settings["HUB_KAFKA"], "court", made["passwords"]["court"])) is None
        assert "口令" not in hub(env, "kafka", "acl").output, "a second run has no password to show"
        assert hub(env, "kafka", "acl", "--renew", "nobody").exit_code == 2
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert process.returncode == 0
    eventually(lambda: (found := check_access(Access(f"127.0.0.1:{port}"))) and found.code, what="it has ended")


def test_recover_says_what_it_did_and_refuses_beside_a_hub(city: City, tmp_path: Path) -> None:  # noqa: F811
    env = {
        "HUB_HOME": str(city.older),
        "HUB_KAFKA": city.access.bootstrap,
        "HUB_TOPIC_PREFIX": city.access.prefix,
    }
    with running(city.older):
        refused = hub(env, "recover", "--from-kafka")
    assert refused.exit_code == 1 and "recover.running" in refused.output
    done = hub(env, "recover", "--from-kafka")
    older, newest = (open_store(f"sqlite:///{folder / 'hub.db'}") for folder in (city.older, city.newest))
    assert done.exit_code == 0 and f"position {newest.position()};" in done.output, done.output
    assert content(older) == content(newest)
    older.close()
    newest.close()


@pytest.mark.parametrize("words", [("recover", "--from-kafka"), ("kafka", "acl")])
def test_without_a_broker_they_say_what_is_missing(words: tuple[str, ...], tmp_path: Path) -> None:
    home = {"HUB_HOME": str(tmp_path)}
    unset = hub(home, *words)
    assert unset.exit_code == 2 and "HUB_KAFKA" in unset.output
    open_store(f"sqlite:///{tmp_path / 'hub.db'}").close()
    away = hub({**home, "HUB_KAFKA": f"127.0.0.1:{free_port()}"}, *words)
    assert away.exit_code == 3 and "log.unreachable" in away.output
