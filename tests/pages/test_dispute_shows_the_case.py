"""The page of a dispute: head, custody, referrals, events and evidence of the story of the examples, both languages."""

import gzip
import re

import pytest

from hub.contract import leaf_hash
from hub.web.api.examples import DISPUTE, SECOND
from hub.words import ident
from tests.pages.reading import read, words
from tests.people.signed import Signed, sign_in
from tests.web.hubs import Trial

NUMBER = "532301-2026-00001"


def shown(person: Signed, more: str = "", lang: str = "zh") -> str:
    """The page's HTML."""
    answer = person.get(f"/disputes/{NUMBER}?lang={lang}&{more}")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def supervisor(told: Trial) -> Signed:
    return sign_in(told, "supervisor", "supervisor", "532301.centre", "督查岗")


def test_an_id_leads_to_the_number(supervisor: Signed) -> None:
    answer = supervisor.get(f"/disputes/{DISPUTE}?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/disputes/{NUMBER}?lang=en")


@pytest.mark.parametrize(("lang", "says"), [
    ("zh", ["房屋宅基地", "张某某", "来源：依申请", "责任单位（现在）", "市住建局调解委员会", "第 4 任"]),
    ("en", ["houses and homesteads", "张某某", "source: a party applied", "Custodian now", "市住建局调解委员会"]),
])  # fmt: skip
def test_head_and_facts(supervisor: Signed, lang: str, says: list[str]) -> None:
    answer = supervisor.get(f"/disputes/{NUMBER}?lang={lang}")
    assert answer.status_code == 200
    assert len(gzip.compress(answer.content, 5)) < 60_000
    said = words(answer.text)
    for text in says:
        assert text in said, text
    assert len(set(read(answer.text).ids)) == len(read(answer.text).ids), "ids are unique"


def test_the_baton_has_no_gap(supervisor: Signed) -> None:
    html = shown(supervisor)
    (baton,) = re.findall(r'class="baton" d="([^"]+)"', html.partition('<ul class="key"')[0])
    assert baton.count("M") == 1
    assert html.count('href="#leg-') >= 6, "each referral of the picture leads to its row"
    for n in range(1, 7):
        assert f'id="leg-{n}"' in html


def test_a_year_without_data_is_said(supervisor: Signed) -> None:
    assert "2027 年放假安排未载入，只标周末" in shown(supervisor)
    assert "no holiday data for 2027: weekends only" in shown(supervisor, lang="en")


def test_parties_are_masked_and_only_for_those_who_may_see_them(told: Trial, supervisor: Signed) -> None:
    auditor = sign_in(told, "auditor", "auditor", "532301.centre", "审计岗")
    assert "张某某" in words(shown(supervisor))
    seen = shown(auditor)
    assert "张某某" not in words(seen) and "本岗位不可见" in seen
    assert 'class="may"' in shown(supervisor) and 'class="may"' not in seen, "an auditor acts on nothing"


def test_the_table_says_where_custody_is(supervisor: Signed) -> None:
    said = words(shown(supervisor))
    assert "移送 6 次" in said
    table = said.partition("移送 6 次")[2].partition("事件 ")[0]
    one, two, three, four, five, six = re.split("#[1-6] ", table)[1:]
    assert two.startswith("移交") and two.endswith("退回 不属职责 仍在 鹿城镇某村调委会 ")
    assert one.endswith("撤回 移送单位撤回 仍在 鹿城镇某村调委会 ")
    assert three.startswith("指派") and three.endswith("转到 市住建局调解委员会 ")
    assert four.endswith("仍在 市住建局调解委员会 ") and five.endswith("仍在 市住建局调解委员会 ")
    assert six.startswith("委托") and six.endswith("转到 鹿城镇调委会 后回到 市住建局调解委员会 ")


def test_compact_leaves_out_the_small_lines(supervisor: Signed) -> None:
    full = words(shown(supervisor))
    compact = words(shown(supervisor, "density=compact"))
    assert "用时" in full and "用时" not in compact


def test_events_by_day_newest_first_or_oldest_first(told: Trial, supervisor: Signed) -> None:
    stored = told.hub.store.events([ident(DISPUTE)])
    newest = re.findall(r'class="pos" href="/events/(\d+)"', shown(supervisor))
    oldest = re.findall(r'class="pos" href="/events/(\d+)"', shown(supervisor, "feed=asc"))
    assert list(map(int, oldest)) == [row.position for row in stored]
    assert newest == oldest[::-1]


def test_the_evidence_names_the_hashes_of_the_store(told: Trial, supervisor: Signed) -> None:
    stored = told.hub.store.events([ident(DISPUTE)])
    html = shown(supervisor)
    assert f"链完整，{len(stored)} 环逐环核过" in html
    assert leaf_hash(stored[-1].body).hex() in html and leaf_hash(stored[-2].body).hex() in html


def test_a_voided_dispute_has_no_limit_and_no_act(supervisor: Signed) -> None:
    answer = supervisor.client.get(f"/disputes/{SECOND}?lang=zh", follow_redirects=True)
    said = words(answer.text)
    assert "已作废" in said and "没有在走的时限" in said and 'id="why"' not in answer.text


def test_the_picture_and_the_events_as_files(told: Trial, supervisor: Signed) -> None:
    svg = supervisor.get(f"/disputes/{NUMBER}/lanes.svg?lang=en")
    assert svg.headers["content-type"] == "image/svg+xml" and "<style>" in svg.text and "var(--" not in svg.text
    assert f'filename="{NUMBER}.svg"' in svg.headers["content-disposition"]
    sheet = supervisor.get(f"/disputes/{NUMBER}/events.xlsx")
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_a_page_that_stands_open_hears_that_the_dispute_has_moved(told: Trial, supervisor: Signed) -> None:
    version = len(told.hub.store.events([ident(DISPUTE)]))
    quiet = supervisor.get(f"/disputes/{NUMBER}/news?lang=zh&since={version}")
    moved = supervisor.get(f"/disputes/{NUMBER}/news?lang=zh&since={version - 2}")
    assert "条新事件" not in quiet.text and 'id="next"' in quiet.text
    assert "此案有 2 条新事件" in moved.text and 'id="next"' not in moved.text
    assert int(quiet.headers["x-position"]) == told.hub.store.position()
    assert f'data-live-at="/disputes/{NUMBER}/news?since={version}"' in shown(supervisor)


def test_no_style_attribute_and_no_inline_script(supervisor: Signed) -> None:
    for path in (f"/disputes/{NUMBER}", "/events/12"):
        html = supervisor.get(path).text
        assert " style=" not in html and "<style" not in html and " onclick=" not in html
        assert re.findall(r"<script(?![^>]* src=)", html) == []
