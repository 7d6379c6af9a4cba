"""`hub city load`: what is new is registered, what differs amended, the same again does nothing, a refusal stops it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.city.chuxiong import build
from connectors.city.file import write
from connectors.city.load import LoadRefused, apply, plan
from connectors.messages import Receipt
from hub.cli import cli
from hub.settings import Settings
from hub.store import open_store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("HUB_HTTP_PORT", "1")  # nothing answers there: the command takes the lease itself
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["city", *words])


def events(home: Path) -> int:
    """How many the registry has."""
    store = open_store(Settings(home=home / "var").store_url)
    try:
        return len(store.agencies())
    finally:
        store.close()


def test_load_twice_then_amend(home: Path) -> None:
    small = [a for a in build() if a.region in ("532301", "532301101")]
    file = home / "city.csv"
    file.write_bytes(write(small))
    assert run("load", str(file)).exit_code == 0
    assert events(home) == len(small)
    again = run("load", str(file))
    assert (again.exit_code, events(home)) == (0, len(small))
    assert "register 0" in again.output and "amend 0" in again.output
    changed = [a._replace(mediators=9) if a.code == "532301101.pmc" else a for a in small]
    file.write_bytes(write(changed))
    dry = run("load", str(file), "--dry-run")
    assert "532301101.pmc" in dry.output and "mediators" in dry.output
    assert events(home) == len(small)
    assert run("load", str(file)).exit_code == 0
    assert events(home) == len(small) + 1
    shown = run("show", "--csv")
    assert sorted(shown.stdout_bytes.splitlines()) == sorted(write(changed).splitlines())


def test_a_file_with_a_fault_is_not_loaded_at_all(home: Path) -> None:
    file = home / "city.csv"
    file.write_bytes(write(build()[:3]) + b"x.pmc,some name,ministry,city,532301,,,,\n")
    found = run("load", str(file))
    assert found.exit_code == 1
    assert f"{file}:5: kind: city.kind" in found.output
    assert events(home) == 0


def test_a_missing_file_is_said(home: Path) -> None:
    assert run("load", "nowhere.csv").exit_code == 2


def test_only_what_differs_is_sent() -> None:
    city = build()[:5]
    known = {a.code: a for a in city[:4]} | {city[1].code: city[1]._replace(name="旧名", seal=False)}
    steps = plan(city, known)
    assert [(s.act, s.agency.code, s.changed) for s in steps] == [
        ("amend", city[1].code, ("name", "seal")), ("register", city[4].code, ()),
    ]  # fmt: skip


def test_a_refusal_stops_the_load() -> None:
    sent: list[str] = []

    def submit(type: str, **fields: object) -> Receipt:
        sent.append(type)
        return Receipt("", "refused" if len(sent) == 2 else "done", "agency.exists" if len(sent) == 2 else "")

    with pytest.raises(LoadRefused, match=r"agency\.exists") as refused:
        apply(plan(build()[:4], {}), submit)
    assert len(sent) == 2
    assert refused.value.step.agency == build()[1]


def test_a_prefecture_with_two_counties(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test city of Mianyang: where its cases would get another city's number, the prefecture's is named."""
    file = str(Path(__file__).parents[1] / "data" / "mianyang.csv")
    refused = run("load", file)
    assert refused.exit_code == 1 and "HUB_CITY=510700" in refused.output and events(home) == 0
    monkeypatch.setenv("HUB_CITY", "510703")
    assert run("load", file, "--dry-run").exit_code == 0, "a county that is one of them"
    monkeypatch.setenv("HUB_CITY", "510700")
    loaded = run("load", file)
    assert loaded.exit_code == 0 and f"done: {len(Path(file).read_text().splitlines()) - 1}" in loaded.output
