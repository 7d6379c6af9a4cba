"""Open disputes on a ladder whose file is gone: the hub says so, instead of leaving them where they are in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.policy.test_a_ladder_file_is_checked import OWN
from tests.web.hubs import Trial, command

PLACE = "532301101201"


def warned(trial: Trial) -> list[Any]:
    return [(reason.code, reason.detail) for reason in trial.hub.health().warnings]


def test_it_is_a_warning_until_the_file_is_back(tmp_path: Path) -> None:
    file = tmp_path / "ladder.toml"
    file.write_text(OWN, encoding="utf-8")
    trial = Trial(tmp_path / "var", pack=file)
    operator, village = trial.peer("operator", role="operator"), trial.peer("village-system", "v")
    own = {"code": "v", "name": "v", "kind": "committee", "level": "village", "region": PLACE}
    assert operator.post(command("register_agency", "hub", superior=None, **own)).status_code == 201
    made = village.post(command("register", "v", category="02", place=PLACE, source="application", parties=[]))
    assert made.status_code == 201
    trial.hub.settle()
    assert trial.hub.views.ladder.schemes() == ["ours.1"] and warned(trial) == []
    trial.close()

    trial = Trial(tmp_path / "var")
    assert warned(trial) == [("ladder.missing", "ours.1")]
    assert trial.hub.health().reasons == [], "the hub may be used"
    trial.close()

    trial = Trial(tmp_path / "var", pack=file)
    assert warned(trial) == []
    trial.close()
