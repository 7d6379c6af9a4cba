"""规则装载: an event when a hub takes the lease under other rules than the last such event names, and only then."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from hub import words as w
from hub.aggregates import loading
from hub.aggregates.command import Command
from hub.aggregates.decide import Interner, fold, restore
from hub.bootstrap.loaded import loading_of, loadings, record
from hub.policy import Pack, Policy, shipped_policy
from hub.policy.fingerprint import fingerprint
from hub.store import open_store
from tests.rules.test_the_policy_command import OVERLAY, home, run, written
from tests.web.hubs import Trial, command
from tests.writer.parts import one

__all__ = ["home"]


def lived(home: Path, **options: Any) -> Trial:
    return Trial(home / "var", **options)


def test_a_start_under_other_rules_is_an_event_and_one_under_the_same_is_none(home: Path) -> None:
    own = Path(written(home, "own.toml", OVERLAY))
    expected: list[loading.LoadPolicy] = []
    for options in ({}, {}, {"pack": own}, {"pack": own}, {}, {"city": "510700"}):
        trial = lived(home, **options)
        body = loading_of(trial.hub.policy)
        if not expected or expected[-1] != body:
            expected.append(body)
        told = loadings(trial.hub.store, trial.hub.contract)
        assert [tuple(entry.rules) for entry in told] == [tuple(known) for known in expected]
        assert trial.hub.store.position() == len(expected)
        assert told[-1].at == trial.hub.store.head().recorded_at
        trial.close()
    assert len(expected) == 4 and expected[0] == expected[2] and "office.1" in expected[1].packs[-1]
    store = open_store(f"sqlite:///{home / 'var' / 'hub.db'}")
    rows = store.events([w.POLICY_STREAM])
    assert [row.position for row in rows] == [1, 2, 3, 4]
    events = [restore(trial.hub.contract, row.body, Interner())[1] for row in rows]
    assert fold(events, w.POLICY_STREAM) == loading.InForce(4, expected[-1].fingerprint)
    with store.engine.connect() as connection:
        answers = connection.exec_driver_sql("SELECT count(*) FROM answers").scalar()
    assert answers == 4, "a start that changes nothing leaves nothing"
    store.close()


def test_asked_again_the_writer_records_nothing(home: Path) -> None:
    trial = lived(home)
    hub = trial.hub
    writer = hub.desk.writer
    assert writer is not None
    end = writer.position
    record(writer, hub.store, hub.contract, hub.policy, trial.clock.now())
    body = loading_of(hub.policy)
    said = Command(w.HUB_SYSTEM, w.derived_id("again"), b"", w.HUB_AGENCY, "", trial.clock.now(), None, None, body)
    answer = one(writer, said)
    assert (answer.outcome, answer.version, writer.position) == ("nothing", 1, end)
    denied = one(writer, said._replace(command_id=w.derived_id("other"), agency=w.agency_id("x")))
    assert (denied.code, denied.field) == ("access.denied", "agency")
    trial.close()


def test_nobody_is_told_and_nobody_takes_the_stream_for_a_dispute(home: Path) -> None:
    trial = lived(home)
    operator, peer = trial.peer("operator", role="operator"), trial.peer("x-system", "x")
    own = {"code": "x", "name": "x", "kind": "committee", "level": "village", "region": "532301101201"}
    assert operator.post(command("register_agency", "hub", superior=None, **own)).status_code == 201
    trial.hub.settle()
    assert [item["event"]["type"] for item in peer.get("/v1/inbox").json()["items"]] == ["agency.registered"]
    for body in (command("close", "x", outcome="performed", dispute=w.text(w.POLICY_STREAM)),):
        answer = peer.post(body)
        assert (answer.status_code, answer.json()["code"]) == (404, "dispute.unknown")
    assert peer.get(f"/v1/disputes/{w.text(w.POLICY_STREAM)}").json()["code"] == "dispute.unknown"
    loaded = peer.post(command("load_policy", "x", packs=[], calendar="", fingerprint=""))
    assert (loaded.json()["code"], loaded.json()["field"]) == ("schema.unknown", "type")
    trial.close()


@pytest.mark.slow
def test_the_command_shows_what_was_loaded_and_what_would_be(home: Path) -> None:
    file = written(home, "own.toml", OVERLAY)
    nothing = run("policy", "list").output
    assert "装载" not in nothing and not (home / "var").exists()
    trial = lived(home)
    body = loading_of(trial.hub.policy)
    trial.close()
    listed = run("policy", "list").output
    assert f"* 装载 loaded 2026-11-25 00:12 UTC  序号 position 1  {', '.join(body.packs)}" in listed
    rows = json.loads(run("policy", "list", "--json").stdout)
    assert [row["loaded"] for row in rows] == [{"position": 1, "at": "2026-11-25T00:12:36.000000Z"}] * 3
    later = written(home, "later.toml", OVERLAY.replace("office.1", "Z.1"))
    for own in (file, later):
        would = json.loads(run("policy", "check", own, "--json").stdout)["recorded"]
        assert would["fingerprint"] != body.fingerprint
        assert would["fingerprint"] in run("policy", "check", own).output
    trial = lived(home, pack=Path(file))
    trial.close()
    assert json.loads(run("policy", "check", file, "--json").stdout)["recorded"] is None
    assert "与上次装载相同" in run("policy", "check", file).output
    listed = run("policy", "list").output  # the settings name no pack of one's own: the last is not this process's
    assert listed.count("装载 loaded") == 2 and listed.count("* 装载") == 1


PACK = shipped_policy("532301").packs[-1]


def print_of(pack: Pack) -> str:
    return fingerprint(Policy.of([pack]))


def test_the_fingerprint_changes_with_every_field_and_with_nothing_else() -> None:
    whole = print_of(PACK)
    assert print_of(PACK._replace(memo=None)) == whole == print_of(PACK._replace(memo={}))
    turned = MappingProxyType(dict(reversed(list(PACK.limits.items()))))
    assert print_of(PACK._replace(limits=turned)) == whole
    seen = {whole}
    accept = PACK.limits["accept"]
    changes: list[dict[str, Any]] = [
        {"id": "x"}, {"agreement_days": 1}, {"supervise_after": 1}, {"ladder": None}, {"screening": ()},
        {"consent_channels": frozenset({"court"})}, {"title": ("x", "")}, {"procedures": MappingProxyType({})},
        {"calendar": PACK.calendar._replace(version="other")}, {"rectify": PACK.rectify._replace(amount=31)},
        {"limits": MappingProxyType({**PACK.limits, "accept": accept._replace(amount=accept.amount + 1)})},
        {"limits": MappingProxyType({**PACK.limits, "accept": accept._replace(basis="another")})},
    ]  # fmt: skip
    for change in changes:
        made = print_of(PACK._replace(**change))
        assert made not in seen, change
        seen.add(made)


def test_a_rule_without_a_fixed_form_is_not_left_out() -> None:
    with pytest.raises(TypeError, match="object"):
        print_of(PACK._replace(title=(object(), "")))  # type: ignore[arg-type]
