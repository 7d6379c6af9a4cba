"""Systems and their keys: hashed, revocable, and never found again in the database."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.store import Store

ONE, TWO = os.urandom(16), os.urandom(16)


def test_a_key_opens_its_system_only(store: Store) -> None:
    c = store.credentials
    c.add("court", [ONE, TWO], ["agency"], 1)
    c.add("police", [TWO], ["agency", "supervisor"], 2)
    key, other = c.new_key("court", 3, "front desk"), c.new_key("police", 4)
    assert len(key) > 40
    found = c.authenticate(key)
    assert found is not None
    assert (found.name, found.agencies, found.roles) == ("court", frozenset({ONE, TWO}), frozenset({"agency"}))
    police = c.authenticate(other)
    assert police is not None
    assert (police.name, police.roles) == ("police", frozenset({"agency", "supervisor"}))
    for wrong in ("", key[:-1], key + "A", key.swapcase(), "hub_" + "A" * 43, "\ud800", "钥匙"):
        assert c.authenticate(wrong) is None
    assert [(k.system, k.label, k.revoked_at) for k in c.keys("court")] == [("court", "front desk", None)]
    assert c.keys("court")[0].fingerprint not in key


def test_a_revoked_key_and_a_disabled_system_end(store: Store) -> None:
    c = store.credentials
    c.add("court", [ONE], ["agency"], 1)
    old, new = c.new_key("court", 2), c.new_key("court", 3)
    assert c.revoke_key("court", c.keys("court")[0].fingerprint, 4) == 1
    assert c.revoke_key("court", c.keys("court")[0].fingerprint, 4) == 0
    assert c.authenticate(old) is None
    assert c.authenticate(new) is not None
    c.disable("court", 5)
    assert c.authenticate(new) is None
    with pytest.raises(ValueError, match="exists"):
        c.add("court", [], [], 6)


def test_every_change_is_noticed_by_other_processes(opened: Callable[[], Store]) -> None:
    ours, theirs = opened().credentials, opened().credentials
    seen = [theirs.changes()]
    ours.add("court", [ONE], ["agency"], 1)
    seen.append(theirs.changes())
    ours.new_key("court", 2)
    seen.append(theirs.changes())
    ours.change("court", agencies=[TWO])
    seen.append(theirs.changes())
    ours.change("court", roles=["auditor"])
    seen.append(theirs.changes())
    ours.revoke_key("court", ours.keys("court")[0].fingerprint, 3)
    seen.append(theirs.changes())
    ours.disable("court", 4)
    seen.append(theirs.changes())
    assert seen == sorted(set(seen))
    court = theirs.system("court")
    assert court is not None
    assert (court.agencies, court.roles, court.disabled_at) == (frozenset({TWO}), frozenset({"auditor"}), 4)


def test_unknown_systems(store: Store) -> None:
    with pytest.raises(KeyError):
        store.credentials.new_key("nobody", 1)
    with pytest.raises(KeyError):
        store.credentials.change("nobody", roles=[])
    assert store.credentials.system("nobody") is None


def test_the_database_does_not_hold_the_key(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    store = Store(f"sqlite:///{path}")
    store.credentials.add("court", [ONE], ["agency"], 1)
    key = store.credentials.new_key("court", 2)
    store.close()
    for file in tmp_path.iterdir():
        raw = file.read_bytes()
        assert key.encode() not in raw
        assert key[4:24].encode() not in raw
