"""Each referral, agreement and closing on the page of a dispute leads to its documents, in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from hub.web.documents import MEDIA_TYPE
from hub.web.pages.visitors import Visitor
from hub.words import Stored, text
from tests.pages.city import CENTRE, COURT, TOWN, VILLAGE, City
from tests.pages.reading import words
from tests.pages.test_dispute_chain_is_checked import altered
from tests.people.signed import Signed

LINK = re.compile(r'<a href="(/disputes/[^"]+/documents/[^"]+)" title="([^"]+)">([^<]+)</a>')
NAMES = {
    "zh": ["委派（委托）调解函", "人民调解受理登记表", "受理回执", "调解终结（不成）报告"],
    "en": ["letter of delegation", "record of acceptance for mediation", "receipt of acceptance",
           "report of a mediation that failed"],
}  # fmt: skip
LATER = {
    "zh": ["终止调解告知书", "人民调解受理登记表"],
    "en": ["notice that mediation has ended", "record of acceptance for mediation"],
}


class Scene(NamedTuple):
    city: City
    number: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A dispute the court's entrusted committee could not settle; closed by its village."""
    city = City(tmp_path_factory.mktemp("papers"))
    try:
        case = city.case(VILLAGE)
        city.offer(case, VILLAGE, COURT, channel="court", upto="accepted")
        down = city.offer(case, COURT, TOWN, kind="delegation", channel="court", upto="accepted")
        city.do("feedback", TOWN, dispute=case, referral=down, final=True, content="未成")
        city.do("close", COURT, dispute=case, outcome="no_deal", summary="未成", rights_notice=True)
        city.hub.settle()
        yield Scene(city, city.number(case))
    finally:
        city.close()


def page(scene: Scene, person: Signed, lang: str, more: str = "") -> str:
    answer = person.get(f"/disputes/{scene.number}?lang={lang}{more}")
    assert answer.status_code == 200
    return answer.text


def row(shown: str, number: int) -> str:
    return shown.partition(f'<tr id="leg-{number}">')[2].partition("</tr>")[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_referral_lists_its_own(scene: Scene, lang: str) -> None:
    shown = page(scene, scene.city.clerk(CENTRE, role="supervisor"), lang)
    found = LINK.findall(row(shown, 2))
    assert [name for _, _, name in found] == NAMES[lang]
    assert ("文书：" if lang == "zh" else "Documents:") in words(
        f"<table>{row(shown, 2)}</tr></table>".replace("</tr>", "")
    )
    for href, _, _ in found:
        answer = scene.city.clerk(CENTRE, role="supervisor").get(html.unescape(href))
        assert answer.status_code == 200 and answer.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_other_events_list_theirs(scene: Scene, lang: str) -> None:
    shown = page(scene, scene.city.clerk(CENTRE, role="supervisor"), lang)
    assert [name for _, _, name in LINK.findall(shown.partition('id="feed"')[2])] == LATER[lang]


def test_the_number_stands_in_the_title_in_chinese_only(scene: Scene) -> None:
    person = scene.city.clerk(CENTRE, role="supervisor")
    assert LINK.findall(row(page(scene, person, "zh"), 2))[0][1] == "楚雄委调〔2026〕1-6号"
    assert LINK.findall(row(page(scene, person, "en"), 2))[0][1] == "a Word file in Chinese"


def test_compact_leaves_them_out(scene: Scene) -> None:
    shown = page(scene, scene.city.clerk(CENTRE, role="supervisor"), "zh", "&density=compact")
    assert LINK.findall(row(shown, 2)) == []


def test_who_gets_no_documents_sees_no_link(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that is refused would be a lie."""
    monkeypatch.setattr(Visitor, "may", lambda self, action: action != "page.documents")
    shown = page(scene, scene.city.clerk(CENTRE, role="supervisor"), "zh")
    assert LINK.findall(shown) == [] and "文书" not in words(shown)


def test_a_broken_chain_has_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not hang together is shown, not interpreted."""
    city, person = scene.city, scene.city.clerk(CENTRE, role="supervisor")
    stream = person.get(f"/disputes/{scene.number}").text
    path = f"/disputes/{scene.number}/documents/registration"
    assert person.get(path).status_code == 200 and LINK.search(stream)
    real = city.hub.store.events

    def events(streams: Sequence[bytes]) -> list[Stored]:
        rows = real(streams)
        if len(streams) == 1:
            rows[1] = altered(city, rows[1], duty="someone else")
        return rows

    monkeypatch.setattr(city.hub.store, "events", events)
    assert not LINK.search(person.get(f"/disputes/{scene.number}").text)
    assert person.get(path).status_code == 404
    case = text(city.hub.views.custody.numbered(scene.number) or b"")
    for more in ("", "/registration"):
        answer = city.system.get(f"/v1/disputes/{case}/documents{more}")
        assert answer.status_code == 500 and answer.json()["code"] == "dispute.unreadable"
