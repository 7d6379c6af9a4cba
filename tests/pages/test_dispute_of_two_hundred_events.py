"""A long dispute: the newest sixty events, the rest behind links, one page never above sixty kilobytes."""

import gzip
import re
import time

from hub.web.api.examples import DISPUTE, STORY, SYSTEM
from hub.words import DAY, agency_id, ident, text
from tests.people.signed import Signed, sign_in
from tests.web.hubs import Trial, command

SHOWN = re.compile(r'class="pos" href="/events/(\d+)"')
MORE = re.compile(r'class="btn small" href="([^"]*from=[^"]*)"')


def test_all_of_it_can_be_read(trial: Trial) -> None:
    codes = [s.body["code"] for s in STORY if s.body["type"] == "register_agency"]
    peers = {SYSTEM: trial.peer(SYSTEM, *codes), "example-operator": trial.peer("example-operator", role="operator")}
    for step in STORY[:10]:
        assert peers[step.system].post(step.body).status_code == 201
    village, station = "532301101201.committee", "532301101.police"
    for n in range(40):
        trial.clock.advance(DAY // 2)
        sent = peers[SYSTEM].post(
            command("refer", village, dispute=DISPUTE, kind="assistance", channel="police",
                    receiver=text(agency_id(station)), reason=f"第 {n} 次请求协助，情况如前所述")
        ).json()  # fmt: skip
        for agency, act, more in (
            (station, "accept", {"handler": "值班岗"}), (village, "attempt", {}), (village, "grade", {}),
            (station, "feedback", {"final": True, "content": "现场平稳，已劝离，双方同意择日再谈"}),
        ):  # fmt: skip
            own = {
                "attempt": {"counted": True, "at": "2026-11-25T00:12:36Z", "place": "", "mediator": ""},
                "grade": {"scheme": "四色", "grade": "蓝", "ordinal": 4},
            }.get(act, {"referral": sent["referral"]})
            answer = peers[SYSTEM].post(command(act, agency, dispute=DISPUTE, **own, **more))
            assert answer.status_code == 201, answer.json()
    trial.hub.settle()
    stored = trial.hub.store.events([ident(DISPUTE)])
    assert len(stored) >= 200
    person = sign_in(trial, "s", "supervisor", "532301.centre")
    for first, order in (("", -1), ("feed=asc", 1)):
        found = walk(person, f"/disputes/532301-2026-00001?lang=zh&{first}")
        assert found == [row.position for row in stored][::order]


def walk(person: Signed, path: str) -> list[int]:
    """Every event from page to page by the last link; each page is small and made quickly."""
    found: list[int] = []
    while path:
        begun = time.process_time()
        answer = person.get(path)
        assert answer.status_code == 200 and time.process_time() - begun < 0.5
        assert len(gzip.compress(answer.content, 5)) < 60_000
        shown = list(map(int, SHOWN.findall(answer.text)))
        assert 0 < len(shown) <= 60
        found += shown
        links = [link.replace("&amp;", "&") for link in MORE.findall(answer.text.partition('id="feed"')[2])]
        onward = answer.text.rpartition('class="pos"')[2].count("from=")
        path = links[-1].partition("#")[0] if onward else ""
    return found
