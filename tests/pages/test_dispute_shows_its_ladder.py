"""首调责任制 on a dispute's page: levels, tries, where it stands and what is due; and what else is on record of it."""

import re

from hub.contract.jsonform import instant
from hub.words import HOUR, agency_id, text
from tests.pages.city import CENTRE, CIVIL, POLICE, TOWN, VILLAGE, City
from tests.pages.reading import CHINESE, read, words

FACT = re.compile(r'<div class="fact" id="ladder">.*?</div>', re.DOTALL)


def held(city: City, case: str, who: str, result: str = "no_deal") -> None:
    city.clock.advance(25 * HOUR)
    at = instant(city.clock.now())
    own = {"counted": True, "why_not": "", "at": at, "place": "", "mediator": "", "result": result}
    city.do("attempt", who, dispute=case, mode="face_to_face", **own)


def act(city: City, case: str, who: str, act: str, **fields: object) -> None:
    own = {"exemption": "", "level": "", "branch": "", "consent": False, "reason": "亲属", "approver": None}
    city.do("ladder", who, dispute=case, act=act, **(own | fields))


def page(city: City, case: str, lang: str = "zh") -> str:
    answer = city.clerk(CENTRE).client.get(f"/disputes/{case}?lang={lang}", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert " style=" not in answer.text
    if lang == "en":
        assert [found for spoken, found in read(answer.text).texts if spoken == "en" and CHINESE.search(found)] == []
    return answer.text


def fact(city: City, case: str, lang: str = "zh") -> str:
    (found,) = FACT.findall(page(city, case, lang))
    return str(found)


def levels(html: str) -> list[str]:
    """Each level: filled and empty dots, and its words."""
    found = re.findall(r"<li.*?</li>", html.partition("<ol")[2], re.DOTALL)
    filled, empty = '<i class="f"></i>', "<i></i>"
    return [f"{li.count(filled)}+{li.count(empty)} {words(li)}" for li in found]


def test_tries_are_dots_and_numbers_from_the_lowest_level_up(city: City) -> None:
    case = city.case(VILLAGE, category=CIVIL)
    held(city, case, VILLAGE)
    held(city, case, VILLAGE)
    city.offer(case, VILLAGE, TOWN, "escalation", upto="accepted")
    held(city, case, TOWN)
    shown = fact(city, case)
    assert levels(shown) == [
        "0+0 小组 起点以下，未经", "2+0 村 2/2 已计 2 次，每级 2 次 起点", "1+1 镇 1/2 已计 1 次，每级 2 次 现在",
        "0+2 市 0/2 已计 0 次，每级 2 次",
    ]  # fmt: skip
    assert 'class="on" aria-current="step"><span class="seat" title="乡镇（街道）">镇' in shown
    said = words(shown)
    assert "首调责任制：民间纠纷， 已计 3 次，最多 6 次" in said
    assert "现在乡镇（街道），下一步：本级再调解，还剩 1 次" in said and "本级应于 " in said
    position = next(row.position for row in reversed(city.hub.store.read(0, 500)) if row.topic == "ladder.stood")
    assert f'href="/events/{position}"' in shown
    city.clock.advance(HOUR)
    assert " 起才计入" in words(fact(city, case)), "not before a day after the last one"
    assert "now: township, next: mediate here again, 1 left" in words(fact(city, case, "en"))


def test_a_level_that_was_left_says_by_which_exemption(city: City) -> None:
    case = city.case(VILLAGE, category=CIVIL)
    act(city, case, VILLAGE, "exempt", exemption="R2", approver=text(agency_id(TOWN)))
    shown = fact(city, case)
    assert levels(shown)[1] == "0+0 村 跳过 R2 应当回避、利益冲突 起点"
    assert "<s>村</s>" in shown and "最多 4 次" in words(shown)
    assert "village skipped R2 conflict of interest entry" in words(fact(city, case, "en"))


def test_its_end_is_told_with_a_light(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    act(city, case, TOWN, "end")
    said = words(fact(city, case))
    assert "已终止" in said and "下一步：终止并告知" in said
    assert "本级应于" not in said
    act(city, case, TOWN, "resume", consent=True)
    assert "已终止" not in words(fact(city, case))


def test_a_changed_branch_keeps_what_was_counted(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    held(city, case, TOWN)
    act(city, case, TOWN, "branch", branch="industry")
    said = words(fact(city, case))
    assert "行业性、专业性纠纷" in said and "此前在民间纠纷序列计 1 次" in said and "部门" in said


def test_no_ladder_no_picture(city: City) -> None:
    for case in (city.case(TOWN), city.case(POLICE, category=CIVIL)):
        shown = page(city, case)
        assert 'id="ladder"' not in shown and "尚未调解" in shown and 'class="noted"' not in shown


def test_what_is_on_record_stands_in_a_line_with_its_events(city: City) -> None:
    case = city.case(TOWN)
    plain: dict[str, object] = {"people": 3, "deaths": 0, "claimed": None, "triggers": [], "emergency": False}
    plain["note"] = ""
    city.do("particulars", TOWN, dispute=case, **plain)
    more = {"people": 31, "claimed": 1_200_050, "triggers": ["crowd"], "emergency": True}
    city.do("particulars", TOWN, dispute=case, **(plain | more))
    for subject, answer in (("mediation", "refused"), ("rights", "none"), ("mediation", "all")):
        city.do("inform", TOWN, dispute=case, subject=subject, answer=answer, note="")
    for step, document in (("applied", ""), ("accepted", "诉前调确12号")):
        own = {"machine": "confirmation", "referral": None, "note": ""}
        city.do("step", TOWN, dispute=case, step=step, document=document, **own)
    city.do("visit", TOWN, dispute=case, performance="part", satisfaction="", note="")
    city.do("visit", TOWN, dispute=case, performance="full", satisfaction="satisfied", note="")
    shown = page(city, case)
    line = shown.partition('<ul class="noted"')[2].partition("</ul>")[0]
    assert [words(item) for item in re.findall(r"<li>.*?</li>", line)] == [
        "要素 应急，涉及 31 人，¥12,000.50，三十人以上聚集", "对接程序 司法确认：法院受理 诉前调确12号",
        "告知当事人 权利义务：无须答复", "告知当事人 是否同意调解：均同意", "回访 全部履行，满意，共 2 次",
    ]  # fmt: skip
    linked = [int(n) for n in re.findall(r'href="/events/(\d+)"', line)]
    topics = {row.position: row.topic for row in city.hub.store.read(0, 500)}
    assert [topics[n] for n in linked] == [
        "dispute.particulars", "procedure.stepped", "parties.informed", "parties.informed", "followup.visited",
    ]  # fmt: skip
    assert "judicial confirmation: accepted by the court" in words(page(city, case, "en"))


def test_every_new_event_has_its_page_in_words(city: City) -> None:
    """Of all events of the tests before: every code with its meaning, in both languages."""
    said: dict[str, str] = {}
    person = city.clerk(CENTRE)
    for row in city.hub.store.read(0, 500):
        for lang in ("zh", "en"):
            answer = person.client.get(f"/events/{row.position}?lang={lang}")
            assert answer.status_code == 200, (row.topic, answer.text)
            fields = answer.text.partition('<table class="list fields">')[2].partition("</table>")[0]
            said[f"{row.topic} {lang}"] = said.get(f"{row.topic} {lang}", "") + words(f"<table>{fields}</table>")
    for topic, texts in {
        "ladder.stood": ("（1+4）×2 首调责任制", "民间纠纷，村（社区） 2 次", "应当回避、利益冲突", "逐级调解中"),
        "attempt.held": ("未达成协议", "面对面"), "dispute.particulars": ("三十人以上聚集", "¥12,000.50"),
        "procedure.stepped": ("司法确认", "法院受理"), "parties.informed": ("是否同意调解", "均同意", "告知内容"),
        "followup.visited": ("全部履行", "满意"),
    }.items():  # fmt: skip
        for each in texts:
            assert each in said[f"{topic} zh"], (topic, each)
    assert "civil, village or community: 2" in said["ladder.stood en"]
