"""`hub parties erase` takes the number people know, as well as the id."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import cli
from hub.words import ident
from tests.pages.city import City


def test_by_the_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    city = City(tmp_path)
    try:
        case, other = city.case(), city.case()
        city.hub.settle()
        erase = ["parties", "erase", "--yes"]
        assert CliRunner().invoke(cli, [*erase, "532301-2026-99999"]).exit_code == 2
        assert CliRunner().invoke(cli, [*erase, city.number(case)]).exit_code == 0
        kept = {name: [p.masked for p in city.hub.store.sealed.read(ident(name))] for name in (case, other)}
        assert kept == {case: [None], other: ["张某某"]}
    finally:
        city.close()
