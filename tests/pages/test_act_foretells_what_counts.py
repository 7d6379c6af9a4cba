"""Before it is sent, an act says what the rules will make of it: whether a session counts, what closing needs."""

from collections.abc import Iterator

import pytest

from hub.words import HOUR
from tests.pages.city import CIVIL, POLICE, TOWN, City, form_of, send, told
from tests.pages.reading import words


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory, no_waiting: None) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("city"))
    yield made
    made.close()


def shown(city: City, act: str, dispute: str, who: str = TOWN, lang: str = "zh") -> str:
    answer = city.clerk(who).client.get(f"/act/{act}", params={"dispute": dispute, "lang": lang})
    assert answer.status_code == 200
    return words(answer.text)


def live(city: City, dispute: str, act: str = "attempt", **typed: str) -> str:
    """What the form's part says while it is being filled in."""
    answer = city.clerk(TOWN).client.get(f"/act/{act}/foretold", params={"dispute": dispute} | typed)
    assert answer.status_code == 200
    return words(answer.text)


def held(city: City, dispute: str, **typed: str) -> None:
    """A session, recorded on the page."""
    at = {"at": "2026-11-25T08:00"} if "at" not in typed else {}
    fields = {"result": "no_deal", "mode": "face_to_face"} | at | typed
    assert send(city.clerk(TOWN), "attempt", dispute, typed=fields).status_code == 303


def test_which_try_a_session_is_and_what_follows(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    assert "计入，乡镇（街道）第 1 次（每级 2 次），合计 1 次，最多 4 次" in shown(city, "attempt", case)
    assert "counts as try 1 of 2 at the level township" in shown(city, "attempt", case, lang="en")
    assert "是否计入调解次数" not in shown(city, "attempt", case)
    held(city, case)
    said = shown(city, "attempt", case)
    assert "不计入，距上次不足 24 小时；2026-11-26 周四 08:00 起才计入" in said
    city.clock.advance(24 * HOUR)
    said = shown(city, "attempt", case)
    assert "第 2 次（每级 2 次）" in said and "随后本级用尽，转上一级：市级" in said
    held(city, case, at="2026-11-26T08:01")
    assert city.last(case)[1].next == "escalate"


def test_by_what_has_been_filled_in(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    assert "按所填内容：不计入（仅电话沟通）" in live(city, case, result="no_deal", mode="phone")
    assert "不计入（首次未到场）" in live(city, case, result="no_show", mode="face_to_face")
    assert "不计入（改期）" in live(city, case, result="not_held", why_not="postponed")
    assert "随后首调终止" in live(city, case, result="refused", mode="online")
    assert "随后首调中止" in live(city, case, result="broken_off", mode="online")
    assert live(city, case, result="no_deal", at="2027-11-25T08:00") == "", "refused anyway: nothing is foretold"
    assert live(city, case, result="no_deal", at="yesterday").startswith("按所填内容：计入")
    assert city.clerk(TOWN).client.get("/act/nothing/foretold").text.strip() == ""
    assert city.clerk(POLICE).client.get("/act/attempt/foretold", params={"dispute": case}).status_code == 404


@pytest.mark.parametrize(("result", "mode", "claim", "counted", "why"), [
    ("no_deal", "online", "", True, ""), ("no_deal", "phone", "", False, "phone_only"),
    ("no_deal", "online", "short_notice", False, "short_notice"), ("not_held", "", "postponed", False, "postponed"),
    ("agreed_all", "phone", "", True, ""),
])  # fmt: skip
def test_what_is_foretold_is_what_is_recorded(
    city: City, result: str, mode: str, claim: str, counted: bool, why: str
) -> None:
    case = city.case(TOWN, category=CIVIL)
    typed = {"result": result, "mode": mode, "why_not": claim}
    assert ("不计入" not in live(city, case, **typed)) is counted
    held(city, case, **typed)
    event = next(event for topic, event in city.events(case) if topic == "attempt.held")
    assert (event.counted, event.why_not, event.result, event.mode) == (counted, why, result, mode)


def test_beside_the_ladder_a_session_counts_by_itself(city: City) -> None:
    assert "计入；主办单位不在首调序列上" in shown(city, "attempt", city.case(TOWN))


def test_closing_says_that_the_notice_is_needed_once_the_ladder_has_ended(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    assert "未勾选告知会被拒绝" not in shown(city, "close", case)
    assert send(city.clerk(TOWN), "end_ladder", case, typed={"reason": "一方要起诉"}).status_code == 303
    said = shown(city, "close", case)
    assert "首调已终止：办结须已告知当事人其他解决途径（仲裁、行政途径" in said and "未勾选告知会被拒绝" in said
    answer = send(city.clerk(TOWN), "close", case, typed={"outcome": "no_deal", "summary": ""})
    assert told(answer) == (409, "ladder.exits_untold", "rights_notice")
    assert "勾选已告知再提交" in answer.text
    typed = {"outcome": "no_deal", "summary": "", "rights_notice": "yes"}
    assert send(city.clerk(TOWN), "close", case, typed=typed).status_code == 303


def test_passing_on_says_whether_it_may_go_up(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    assert "首调：乡镇（街道）还剩 2 次，现在不能上转" in shown(city, "refer", case)
    assert "2 left at the level township" in shown(city, "refer", case, lang="en")
    assert "首调现在：民间纠纷，乡镇（街道）第 0 次" in shown(city, "exempt", case)


def test_the_particulars_on_record_stand_in_the_form_until_it_is_sent(city: City) -> None:
    case, person = city.case(TOWN), city.clerk(TOWN)
    typed = {"people": "31", "claimed": "12,000.50", "triggers": ["crowd", "media"], "emergency": "yes", "note": "三户"}
    assert send(person, "particulars", case, typed=typed).status_code == 303
    page = person.client.get("/act/particulars", params={"dispute": case}).text
    assert 'value="31"' in page and 'value="12,000.50"' in page
    assert page.count(" checked") == 3, "two triggers and the emergency"
    form = form_of(person, "particulars", case)
    again = person.post("/act/particulars", form | {"people": "x"})
    assert again.status_code == 422 and " checked" not in again.text, "what was unticked stays so"


def test_an_offer_that_would_be_refused_says_why(city: City) -> None:
    case = city.case(TOWN, category=CIVIL)
    up = {"kind": "transfer", "channel": "mediation", "receiver": "532301.pmc"}
    assert "首调：乡镇（街道）还剩 2 次" in live(city, case, "refer", **up), "no such agency: nothing to ask yet"
    busy, _ = city.handed()
    said = live(city, busy, "refer", kind="transfer", channel="court", receiver="532301.court")
    assert "按所填内容，现在会被拒绝：已有一项移交未了结" in said
    assert "现在会被拒绝" not in live(city, case, "refer", kind="notice", channel="police", receiver=POLICE)
    assert "现在会被拒绝" not in live(city, busy, "refer", kind="nonsense", channel="court", receiver="532301.court")


def test_what_a_procedure_demands_of_people_is_said_with_its_step(city: City) -> None:
    case = city.case(TOWN)
    assert live(city, case, "step") == "" and live(city, case, "step", step="nothing|at|all") == ""
    assert "双方共同申请" in live(city, case, "step", step="confirmation|applied|")
    assert 'hx-params="dispute,step"' in city.clerk(TOWN).client.get("/act/step", params={"dispute": case}).text
