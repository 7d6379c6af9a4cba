"""``hub system`` and ``hub parties`` beside a hub: keys shown once, usable at once, revoked for good; names erased."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import cli
from hub.store import SealedRow, open_store
from hub.words import agency_id
from tests.web.hubs import START


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HUB_DATABASE", "HUB_KAFKA", "HUB_PACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_HTTP_PORT", "1")  # nothing answers there
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def town(home: Path) -> Path:
    """A home with agencies."""
    rows = "".join(f"{name},某调委会,committee,city,532301\n" for name in ("a", "b", "c", "532301.court"))
    (home / "city.csv").write_text("code,name,kind,level,region\n" + rows, encoding="utf-8")
    run("city", "load", str(home / "city.csv"))
    return home


def run(*words: str, code: int = 0, **options: Any) -> Result:
    found = CliRunner().invoke(cli, list(words), **options)
    assert found.exit_code == code, found.output
    return found


def test_a_key_is_shown_once_and_is_the_systems(home: Path, town: Path) -> None:
    key = run("system", "add", "court", "--agency", "532301.court", "--role", "agency").stdout.strip()
    store = open_store(f"sqlite:///{home / 'hub.db'}")
    row = store.credentials.authenticate(key)
    assert row is not None and row.name == "court" and row.roles == {"agency"}
    assert row.agencies == {agency_id("532301.court")}
    store.close()
    listed = run("system", "list").output + run("system", "list", "--json").output
    assert "court" in listed and key not in listed and key not in (home / "hub.db").read_bytes().decode("latin-1")
    assert run("system", "add", "court", code=1).output.count("court") == 2
    other = json.loads(run("system", "key", "court", "--label", "second", "--json").stdout)
    assert other["system"] == "court" and other["key"] != key
    found = json.loads(run("system", "list", "--json").output)
    assert [k["label"] for k in found[0]["keys"]] == ["first", "second"]


def test_revoking_ends_one_key_and_disabling_all(home: Path) -> None:
    key = run("system", "add", "police").stdout.strip()
    other = json.loads(run("system", "key", "police", "--json").stdout)["key"]
    fingerprint = json.loads(run("system", "list", "--json").output)[0]["keys"][0]["fingerprint"]
    store = open_store(f"sqlite:///{home / 'hub.db'}")
    run("system", "revoke", "police", fingerprint)
    assert store.credentials.authenticate(key) is None and store.credentials.authenticate(other) is not None
    run("system", "revoke", "police", "00000000", code=1)
    run("system", "revoke", "police", "zz", code=2)
    run("system", "revoke", "police")
    assert store.credentials.authenticate(other) is None
    run("system", "revoke", "nobody", code=1)
    store.close()


def test_agencies_and_roles_can_be_changed(home: Path, town: Path) -> None:
    run("system", "add", "town", "--agency", "a", "--agency", "b")
    run("system", "change", "town", "--agency", "c")
    run("system", "change", "town", "--role", "supervisor", "--role", "agency")
    store = open_store(f"sqlite:///{home / 'hub.db'}")
    row = store.credentials.system("town")
    store.close()
    assert row is not None and row.agencies == {agency_id("c")} and row.roles == {"supervisor", "agency"}
    run("system", "change", "nobody", "--role", "agency", code=1)


@pytest.mark.parametrize("name", ["Court", "a b", "", "-x", "x" * 41, "hub", "法院", "a/b", "a.b"])
def test_a_name_that_cannot_be_a_topic_is_refused(home: Path, name: str) -> None:
    run("system", "add", "--", name, code=2)
    assert json.loads(run("system", "list", "--json").stdout) == []


def test_nobody_serves_the_hubs_own_agency(home: Path) -> None:
    run("system", "add", "thief", "--agency", "hub", code=2)
    run("system", "add", "town")
    run("system", "change", "town", "--agency", "hub", code=2)


def test_an_agency_nobody_registered_is_refused_and_no_key_is_made(home: Path, town: Path) -> None:
    found = run("system", "add", "court", "--agency", "532301.cuort", code=2)
    assert "532301.court" in found.output and "hub_" not in found.output
    run("system", "add", "court", "--agency", "532301.court")
    run("system", "change", "court", "--agency", "nobody", code=2)
    assert json.loads(run("system", "list", "--json").stdout)[0]["agencies"] == ["532301.court"]


def test_a_system_without_agency_is_told_what_that_means(home: Path, town: Path) -> None:
    assert "speaks for nobody" in run("system", "add", "alone").stderr
    assert "speaks for nobody" not in run("system", "add", "reader", "--role", "supervisor").stderr
    assert "speaks for nobody" not in run("system", "add", "court", "--agency", "532301.court").stderr


def test_a_role_there_is_none_of_is_refused(home: Path) -> None:
    run("system", "add", "x", "--role", "king", code=2)


def test_masked_names_are_erased_after_asking(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'hub.db'}")
    dispute = uuid.uuid4()
    from hub.store import Batch

    store.acquire(START)
    rows = [SealedRow(dispute.bytes, 0, "张某某", b"s" * 32), SealedRow(dispute.bytes, 1, "李某某", None)]
    store.append(Batch(0, START, sealed=rows))
    store.release()
    run("parties", "erase", str(dispute), input="n\n", code=1)
    assert [p.masked for p in store.sealed.read(dispute.bytes)] == ["张某某", "李某某"]
    run("parties", "erase", str(dispute), "--party", "1", "--yes")
    assert [p.masked for p in store.sealed.read(dispute.bytes)] == ["张某某", None]
    run("parties", "erase", str(dispute), "--yes")
    assert [(p.masked, p.salt) for p in store.sealed.read(dispute.bytes)] == [(None, None)] * 2
    store.close()
    run("parties", "erase", str(uuid.uuid4()), "--yes", code=1)
    run("parties", "erase", "x", "--yes", code=2)


def test_bad_settings_and_a_missing_database_say_so_in_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE", "postgresql+psycopg://u:secret@127.0.0.1:1/x")
    found = run("system", "list", code=3).output
    assert "secret" not in found and "127.0.0.1:1" in found and len(found.splitlines()) == 1
    monkeypatch.setenv("HUB_DATABASE", "mysql://secret")
    found = run("system", "list", code=2).output
    assert "database" in found and "secret" not in found
