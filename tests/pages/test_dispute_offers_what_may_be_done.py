"""The page offers what the visitor's agency may do on this dispute now, and says why the rest is not possible."""

import re

import pytest

from hub.web.api.examples import DISPUTE, STORY, SYSTEM
from tests.pages.reading import words
from tests.people.signed import sign_in
from tests.web.hubs import Trial


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The story up to its second offer to the police station."""
    made = Trial(tmp_path_factory.mktemp("offered"))
    codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
    peers = {SYSTEM: made.peer(SYSTEM, *codes), "example-operator": made.peer("example-operator", role="operator")}
    for step in STORY[:14]:
        assert peers[step.system].post(step.body).status_code == 201
    made.hub.settle()
    return made


def acts(trial: Trial, user: str, agency: str, role: str = "clerk") -> tuple[set[str], str]:
    """(acts that stand ready, the text of the row)."""
    person = sign_in(trial, user, role, agency)
    html = person.client.get(f"/disputes/{DISPUTE}?lang=zh", follow_redirects=True).text
    row = html.partition('<div class="may">')[2].partition("\n</div>")[0]
    return set(re.findall(r'href="/act/([a-z_]+)\?', row)), words(f"<div>{row}</div>") if row else ""


def test_the_receiver(offered: Trial) -> None:
    ready, said = acts(offered, "police", "532301101.police")
    assert {"sign", "accept", "return"} <= ready and "refer" not in ready and "close" not in ready
    assert "#2" in said


def test_the_custodian_and_why_not(offered: Trial) -> None:
    ready, said = acts(offered, "village", "532301101201.committee")
    assert {"withdraw", "redirect", "attempt"} <= ready and "close" not in ready
    assert "办结 已有一项移交未了结" in said


def test_the_superior(offered: Trial) -> None:
    ready, _ = acts(offered, "centre", "532301.centre", "supervisor")
    assert {"assign", "supervise", "urge"} <= ready and "sign" not in ready


def test_who_only_looks(offered: Trial) -> None:
    ready, said = acts(offered, "audit", "532301.centre", "auditor")
    assert (ready, said) == (set(), "")


def test_the_form_leads_back(offered: Trial) -> None:
    person = sign_in(offered, "police", "clerk", "532301101.police")
    html = person.get("/disputes/532301-2026-00001?lang=zh").text
    (link,) = re.findall(r'href="(/act/sign\?[^"]+)"', html)
    assert "back=%2Fdisputes%2F532301-2026-00001" in link
    assert person.get(link.replace("&amp;", "&")).status_code == 200
