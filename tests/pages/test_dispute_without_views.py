"""A hub whose views have read nothing yet: a number may not be known, an id leads to the page all the same."""

import pytest

from hub.projections.database import Missing
from hub.web.api.examples import DISPUTE, STORY, SYSTEM
from tests.pages.reading import code_of, words
from tests.people.signed import sign_in
from tests.web.hubs import Trial


def test_a_view_that_is_being_built(told: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def numbered(number: str) -> bytes | None:
        raise Missing("custody")

    monkeypatch.setattr(told.hub.views.custody, "numbered", numbered)
    person = sign_in(told, "s", "supervisor", "532301.centre")
    answer = person.get("/disputes/532301-2026-00001?lang=zh")
    assert (answer.status_code, code_of(answer)) == (503, "view.behind")
    assert "532301-2026-00001" in words(person.get(f"/disputes/{DISPUTE}?lang=zh").text)


def test_views_that_are_behind(trial: Trial) -> None:
    codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
    peers = {SYSTEM: trial.peer(SYSTEM, *codes), "example-operator": trial.peer("example-operator", role="operator")}
    for step in STORY[:20]:
        assert peers[step.system].post(step.body).status_code == 201
    person = sign_in(trial, "s", "supervisor", "532301.centre")
    for number in ("532301-2026-00001", "532301-2026-00099"):
        answer = person.get(f"/disputes/{number}?lang=zh")
        assert (answer.status_code, code_of(answer)) == (503, "view.behind"), "the same for one that is not there"
        assert answer.headers["retry-after"]
    page = person.get(f"/disputes/{DISPUTE}?lang=zh")
    assert page.status_code == 200 and "532301-2026-00001" in words(page.text)
    trial.hub.settle()
    assert person.get("/disputes/532301-2026-00001").status_code == 200
    assert person.get("/disputes/532301-2026-00099").status_code == 404
    assert person.get(f"/disputes/{DISPUTE}").status_code == 303
