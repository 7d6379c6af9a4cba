"""疑似复发 on pages and over HTTP: who may see the earlier dispute is told, nobody else; it is decided by a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.words import DAY, agency_id, text
from tests.pages.city import CENTRE, CIVIL, COURT, HIDDEN, TOWN, VILLAGE, City
from tests.pages.listing import numbers, plain
from tests.people.signed import Signed
from tests.web.hubs import Peer

LINK = re.compile(r'href="(/act/decide_relapse\?[^"]*)"')
PANEL = 'id="relapse"'


class Again(City):
    """The village closed a dispute; the town has the same one again and handed it to the court."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.village, self.town, self.court = (
            self.peer(f"only-{n}", code) for n, code in enumerate((VILLAGE, TOWN, COURT))
        )
        self.auditor = self.peer("auditor", role="auditor")
        self.earlier = self.case(VILLAGE, category=CIVIL)
        self.do("reach_agreement", VILLAGE, dispute=self.earlier, form="oral", amount=None, due_on=None)
        self.do("break_agreement", VILLAGE, dispute=self.earlier, reason="")
        self.do("close", VILLAGE, dispute=self.earlier, outcome="no_deal", summary="", rights_notice=True)
        self.clock.advance(DAY)
        self.again = self.case(TOWN, category=CIVIL)
        self.hub.step()
        self.hub.settle()

    def pairs(self, peer: Peer) -> list[dict[str, Any]]:
        answer = peer.get(f"/v1/disputes/{self.again}/relapses")
        assert answer.status_code == 200, answer.json()
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def told(self, peer: Peer) -> list[dict[str, Any]]:
        """The events about relapses as a system reads them."""
        items = peer.get(f"/v1/disputes/{self.again}/events").json()["items"]
        return [item["event"] for item in items if item["event"]["type"].startswith("relapse.")]

    def inbox(self, peer: Peer) -> set[str]:
        return {m.get("event_type", "") for m in peer.get("/v1/inbox").json()["items"]}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Again]:
    made = Again(tmp_path)
    yield made
    made.close()


@pytest.fixture
def handed(city: Again) -> Again:
    """The court has it now."""
    city.offer(city.again, TOWN, COURT, channel="court", upto="accepted")
    city.hub.settle()
    return city


def page(city: Again, person: Signed) -> str:
    answer = person.get(f"/disputes/{city.number(city.again)}")
    assert answer.status_code == 200
    return answer.text


def test_the_custodian_is_told(city: Again) -> None:
    (pair,) = city.pairs(city.town)
    assert (pair["earlier"], pair["number"], pair["state"]) == (city.earlier, city.number(city.earlier), "suspected")
    assert pair["grounds"] == ["same_place_and_category", "same_parties", "agreement_broken"]
    assert (pair["outcome"], pair["broken"], pair["exhausted"]) == ("no_deal", True, False)
    assert "relapse.suspected" in city.inbox(city.town)
    shown = plain(page(city, city.clerk(TOWN)))
    assert "疑似复发（1）" in shown
    assert "规定天数内，同一地点、同一类别；当事人的人数、地位、性质相同；原纠纷协议反悔" in shown
    assert "不另起首调，先督促履行，再告知可向人民法院起诉（人民调解法第31、32条）" in shown


def test_whoever_may_not_see_the_earlier_one_is_told_nothing(handed: Again) -> None:
    city = handed
    assert city.pairs(city.court) == [] and len(city.pairs(city.town)) == len(city.pairs(city.auditor)) == 1
    (event,) = city.told(city.court)
    assert (event["earlier"], event["grounds"]) == (None, [])
    assert city.told(city.town)[0]["earlier"] == city.earlier
    assert not {t for t in city.inbox(city.court) if t.startswith("relapse.")}
    clerk = city.clerk(COURT)
    seen = page(city, clerk)
    assert PANEL not in seen and "decide_relapse" not in seen and city.number(city.earlier) not in seen
    position = next(r.position for r in city.hub.store.read(0, 1_000) if r.topic == "relapse.suspected")
    assert clerk.get(f"/events/{position}").status_code == 404
    assert city.clerk(TOWN).get(f"/events/{position}").status_code == 200
    for kind in ("suspected", "same", "other"):
        assert numbers(clerk.get(f"/disputes?relapse={kind}").text) == []
    assert numbers(city.clerk(TOWN).get("/disputes?relapse=suspected").text) == [city.number(city.again)]


def test_a_dispute_one_has_no_part_in_has_no_relapses(city: Again) -> None:
    answer = city.village.get(f"/v1/disputes/{city.again}/relapses")
    assert (answer.status_code, answer.json()["code"]) == (404, "dispute.unknown")


@pytest.mark.parametrize(("button", "same", "kind", "said"), [
    ("系复发", True, "same", "复发核对：系复发"), ("不系复发", False, "other", "复发核对：不系复发"),
])  # fmt: skip
def test_it_is_decided_by_one_of_two_buttons(city: Again, button: str, same: bool, kind: str, said: str) -> None:
    clerk = city.clerk(TOWN)
    links = {plain(link[1]): link[0].replace("&amp;", "&") for link in
             re.findall(r'href="(/act/decide_relapse\?[^"]*same=[^"]*)">([^<]*)</a>', page(city, clerk))}  # fmt: skip
    assert set(links) == {"系复发", "不系复发"}
    form = clerk.get(links[button]).text
    answer = "yes" if same else "no"
    hidden = dict(HIDDEN.findall(form))
    sent = clerk.post("/act/decide_relapse", hidden | {"earlier": city.earlier, "same": answer, "note": "同一宅基地"})
    assert sent.status_code == 303, plain(sent.text)
    topic, body = city.last(city.again)
    assert (topic, body.same, body.note) == ("relapse.decided", same, "同一宅基地")
    after = page(city, clerk)
    assert said in plain(after) and f"{button} 同一宅基地" in plain(after), "before the view has caught up"
    city.hub.settle()
    assert len(LINK.findall(after)) == 1, "what is decided can be corrected"
    assert numbers(clerk.get(f"/disputes?relapse={kind}").text) == [city.number(city.again)]
    assert city.pairs(city.town)[0]["state"] == kind
    english = plain(clerk.get(f"/disputes/{city.number(city.again)}?lang=en").text)
    assert "Suspected relapses (1)" in english


def test_only_the_custodian_decides(city: Again, handed: Again) -> None:
    links = LINK.findall(page(city, city.clerk(CENTRE, role="supervisor")))
    assert links == [], "the centre sees it and does not hold it"
    assert PANEL in page(city, city.clerk(CENTRE, role="supervisor"))
    assert LINK.findall(page(city, city.clerk(TOWN))) == []


def test_over_http_only_what_is_suspected_can_be_decided(city: Again) -> None:
    head = {"type": "decide_relapse", "command_id": "01890a5d-ac96-774b-bcce-b302099a8057"}
    body = head | {"occurred_at": "2026-11-25T00:12:36.000000Z", "agency": text(agency_id(TOWN)), "dispute": city.again}
    refused = city.town.post(body | {"earlier": city.again, "same": True, "note": ""})
    assert (refused.status_code, refused.json()["code"]) == (404, "relapse.unknown")
