"""For whom a system speaks, as the writer asks: new ones at once, changed ones soon, no false answer meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from hub.bootstrap.speakers import FRESH, Speakers
from hub.store import open_store
from tests.web.hubs import Trial, command
from tests.web.test_bad_bodies_are_refused import problem

VILLAGE = "532301101201.committee"


def test_new_systems_are_known_at_once_changed_ones_soon(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    now = [100.0]
    speakers = Speakers(store.credentials, lambda: now[0])
    assert speakers.system("a") is None
    store.credentials.add("a", [b"x" * 16], ["agency"], 1)
    found = speakers.system("a")
    assert found is not None and found.agencies == {b"x" * 16}
    store.credentials.change("a", agencies=[b"y" * 16])
    now[0] += FRESH
    found = speakers.system("a")
    assert found is not None and found.agencies == {b"y" * 16}
    store.credentials.disable("a", 2)
    assert speakers.system("a") is not None
    now[0] += FRESH
    assert speakers.system("a") is None and speakers.all() == [] and speakers.names() == []
    store.close()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    made = Trial(tmp_path)
    yield made
    made.close()


def test_without_the_table_known_systems_go_on_and_others_get_no_answer(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = trial.play()["example-city"]
    other = trial.peer("newcomer", VILLAGE)
    body = command("register", VILLAGE, category="01", source="proactive")
    speakers = trial.hub.speakers

    class Gone:
        def changes(self) -> int:
            raise OperationalError("select", {}, Exception("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(speakers, "_credentials", Gone())
        patched.setattr(speakers, "_looked", float("-inf"))
        assert peer.post(command("register", VILLAGE, category="01", source="proactive")).status_code == 201
        problem(other.post(body), 500, "hub.incident")
    assert other.post(body).status_code == 201  # the same id: what failed was not an answer
