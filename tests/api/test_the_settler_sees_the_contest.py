"""Who must settle a contest sees the dispute by every way in, also when it stands above nobody in it any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.words import agency_id, text
from tests.web.hubs import Peer, Trial, command

TOWN = {"centre": ("centre", "530102"), "village": ("committee", "530102001"), "station": ("police", "530102001")}


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    made = Trial(tmp_path)
    yield made
    made.close()


def act(peer: Peer, type_: str, agency: str, **fields: object) -> dict[str, str]:
    answer = peer.post(command(type_, agency, **fields))
    assert answer.status_code == 201, answer.json()
    found: dict[str, str] = answer.json()
    return found


def content(code: str, region: str) -> dict[str, str]:
    return {"name": code, "kind": TOWN[code][0], "level": "city", "region": region}


def contested(trial: Trial, operator: Peer) -> tuple[str, str]:
    """A dispute and its referral, returned and contested."""
    for code, (_, region) in TOWN.items():
        act(operator, "register_agency", "hub", code=code, **content(code, region))
    desk = trial.peer("desk", "village", "station")
    about = {"dispute": act(desk, "register", "village", category="03", source="application")["dispute"]}
    offer = {"kind": "transfer", "channel": "police", "receiver": text(agency_id("station"))}
    about |= {"referral": act(desk, "refer", "village", **about, **offer)["referral"]}
    act(desk, "return", "station", **about, reason_code="not_competent")
    act(desk, "contest", "village", **about, grounds="属于其辖区")
    return about["dispute"], about["referral"]


def test_the_settler_and_nobody_else(trial: Trial) -> None:
    operator = trial.peer("operator", role="operator")
    settler, stranger = trial.peer("centre-desk", "centre"), trial.peer("stranger", "elsewhere")
    dispute, referral = contested(trial, operator)
    for code in ("village", "station"):  # out of the centre's region: it is nobody's superior here any more
        act(operator, "amend_agency", "hub", subject=text(agency_id(code)), **content(code, "530103001"))
    trial.hub.settle()
    for path in (f"/v1/disputes/{dispute}", f"/v1/disputes/{dispute}/chain", f"/v1/disputes/{dispute}/events"):
        assert settler.get(path).status_code == 200, path
        assert stranger.get(path).json()["code"] == "dispute.unknown"
    assert [row["dispute"] for row in settler.get("/v1/disputes").json()["items"]] == [dispute]
    assert stranger.get("/v1/disputes").json()["items"] == []
    owed = [(dispute, referral, "settle", "centre")]
    for path in ("/v1/obligations?name=settle", "/v1/queues/centre?kind=act"):
        rows = settler.get(path).json()["items"]
        assert [(r["dispute"], r["referral"], r["obligation"], r["debtor"]["code"]) for r in rows] == owed, path
    messages = settler.get("/v1/inbox").json()["items"]
    assert [m["event_type"] for m in messages if m["stream"] == dispute] == ["referral.contested"]
    act(settler, "settle", "centre", dispute=dispute, referral=referral, reason="维持退回")
