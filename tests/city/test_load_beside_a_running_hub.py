"""`hub city load` while a hub runs: over its HTTP interface, with a key that is revoked afterwards."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.city.chuxiong import build as build_city
from connectors.city.file import write
from hub.bootstrap import build
from hub.bootstrap.serving import Background
from hub.cli import cli
from hub.settings import Settings


def test_it_goes_through_the_running_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hub = build(Settings(home=tmp_path / "var"))
    try:
        assert hub.start()
        server = Background(hub.app)
        port = server.start().rpartition(":")[2]
        monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))
        monkeypatch.setenv("HUB_HTTP_PORT", port)
        file = tmp_path / "city.csv"
        small = [a for a in build_city() if a.region == "532301"][:6]
        file.write_bytes(write(small))
        found = CliRunner().invoke(cli, ["city", "load", str(file)])
        assert (found.exit_code, len(hub.store.agencies())) == (0, len(small)), found.output
        again = CliRunner().invoke(cli, ["city", "load", str(file)])
        assert (again.exit_code, len(hub.store.agencies())) == (0, len(small))
        keys = hub.store.credentials.keys("operator-cli")
        assert keys and all(key.revoked_at is not None for key in keys)
        server.stop()
    finally:
        hub.stop()
