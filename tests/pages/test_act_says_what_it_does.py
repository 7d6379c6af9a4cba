"""Before an act is sent its form says what it does to custody, and shows the words it answers to."""

import re

import pytest

from hub.access import person as as_person
from hub.web.pages.acts_send import Act, new_number
from hub.web.pages.acts_send import send as send_acts
from hub.web.pages.forms import REFERRAL, Form
from hub.web.pages.visitors import Visitor
from hub.web.pages.when import until
from hub.web.problems import Problem
from hub.words import agency_id, ident, text
from tests.pages.city import CENTRE, COURT, HAMLET, PETITION, POLICE, TOWN, VILLAGE, City, send
from tests.pages.reading import words


def form(city: City, who: str, act: str, dispute: str, referral: str = "") -> str:
    """What an act's form says."""
    query = {"dispute": dispute} | ({"referral": referral} if referral else {})
    answer = city.clerk(who).client.get(f"/act/{act}", params=query)
    assert answer.status_code == 200
    return words(answer.text)


@pytest.mark.parametrize(
    ("kind", "upto", "act", "says"),
    [
        ("transfer", "", "sign", "签收只表示收到，责任仍在东兴社区调委会"),
        ("notice", "", "sign", "通报签收后即了结，责任仍在东兴社区调委会"),
        ("transfer", "signed", "accept", "受理后责任从东兴社区调委会转到本单位，反馈时限"),
        ("delegation", "signed", "accept", "最终反馈后回到东兴社区调委会"),
        ("assistance", "signed", "accept", "受理协办后责任不变，仍在东兴社区调委会"),
        ("transfer", "signed", "return", "退回后责任仍在东兴社区调委会，从未离开"),
        ("transfer", "accepted", "return", "退回须东兴社区调委会同意；同意之前责任仍在本单位"),
        ("delegation", "accepted", "feedback", "最终反馈后责任回到东兴社区调委会"),
        ("assistance", "accepted", "feedback", "最终反馈后协办了结，责任仍在东兴社区调委会"),
        ("escalation", "accepted", "feedback", "反馈告知东兴社区调委会，责任仍在本单位"),
    ],
)
def test_by_the_kind_and_the_state_of_the_referral(city: City, kind: str, upto: str, act: str, says: str) -> None:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, kind, upto=upto)
    assert says in form(city, TOWN, act, case, offer)


def test_by_the_channel_and_by_what_is_proposed(city: City) -> None:
    case = city.case(PETITION)
    offer = city.offer(case, PETITION, TOWN, "transfer", "petition", "signed")
    assert "此渠道退回须市信访局同意" in form(city, TOWN, "return", case, offer)
    city.do("return", TOWN, dispute=case, referral=offer, reason_code="not_competent", reason="属住建")
    assert "收回本单位的退回请求" in form(city, TOWN, "withdraw", case, offer)
    shown = form(city, PETITION, "consent", case, offer)
    assert "同意后移送退回，责任仍在本单位" in shown and "不属本单位职责, 属住建" in shown

    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, upto="accepted")
    city.do("return", TOWN, dispute=case, referral=offer, reason_code="other", reason="当事人搬走")
    assert "责任从鹿城镇调委会回到本单位" in form(city, VILLAGE, "consent", case, offer)

    case = city.case(TOWN)
    offer = city.offer(case, TOWN, POLICE, upto="signed")
    assert "对方已签收，撤回须鹿城派出所同意" in form(city, TOWN, "withdraw", case, offer)


def test_an_assignment_has_moved_custody_already(city: City) -> None:
    case = city.case(VILLAGE)
    city.do("assign", TOWN, dispute=case, channel="mediation", receiver=text(agency_id(HAMLET)), reason="就近")
    shown = form(city, HAMLET, "sign", case, text(city.state(case).referrals[0].id))
    assert "指派时责任已转到本单位；签收即受理" in shown and "指派说明，鹿城镇调委会" in shown and "就近" in shown


def test_the_words_it_answers_to(city: City) -> None:
    case, offer = city.received(upto="signed")
    assert "移送说明，东兴社区调委会" in form(city, TOWN, "accept", case, offer)
    assert "两次未成" in form(city, TOWN, "return", case, offer)

    case = city.case(TOWN)
    city.do("supervise", CENTRE, dispute=case, supervised=text(agency_id(TOWN)), demand="五日内报告进展")
    assert "五日内报告进展" in form(city, TOWN, "answer", case)
    assert "五日内报告进展" not in form(city, TOWN, "close", case)
    city.do("report", TOWN, dispute=case, recipients=[text(agency_id(CENTRE))], grade="", content="涉及三户")
    assert "涉及三户" in form(city, CENTRE, "acknowledge", case)
    city.do("reach_agreement", TOWN, dispute=case, form="written", amount=1_200_050, due_on="2027-01-31")
    assert "书面协议, ¥12,000.50, 2027-01-31" in form(city, TOWN, "perform_agreement", case)


def test_likely_receivers_are_named(city: City) -> None:
    shown = form(city, VILLAGE, "refer", city.case(VILLAGE))
    assert "建议： 鹿城镇调委会 属地管理：纠纷发生地 常用： 市化解中心 鹿城派出所" in shown
    assert "常用：" not in form(city, COURT, "refer", city.case(COURT, ""))


def test_what_may_be_urged_and_supervised_is_offered(city: City) -> None:
    case, _ = city.handed()
    shown = form(city, TOWN, "urge", case)
    assert "签收：鹿城派出所，应于 2026-11-26 周四 08:12" in shown and "推进：" not in shown
    shown = form(city, CENTRE, "supervise", case)
    assert "鹿城派出所" in shown and "鹿城镇调委会" in shown
    assert "没有可选的" in form(city, TOWN, "supervise", city.case(TOWN))


def test_after_urging_it_says_who_must_act_and_by_when(city: City, no_waiting: None) -> None:
    case, offer = city.handed()
    person, police = city.clerk(TOWN), text(agency_id(POLICE))
    answer = send(person, "urge", case, typed={"obligation": f"sign|{offer}|{police}"}, back="/desk")
    shown = words(person.client.get(answer.headers["location"]).text)
    assert "已催办" in shown and "鹿城派出所 须在 2026-11-26 周四 08:12 前签收。" in shown

    centre = city.clerk(CENTRE)
    answer = send(centre, "supervise", case, typed={"supervised": police, "demand": "三日内报告"}, back="/desk")
    shown = words(centre.client.get(answer.headers["location"]).text)
    due = until("zh", city.state(case).supervisions[0].due)
    assert f"鹿城派出所 须在 {due} 前答复督办。" in shown


@pytest.mark.parametrize(("back", "here"), [("/board", "看板"), ("/disputes?q=1", "案件"), ("/desk", "我的待办")])
def test_a_form_stands_under_the_page_it_was_opened_from(city: City, back: str, here: str) -> None:
    person = city.clerk(CENTRE, role="supervisor")
    page = person.client.get("/act/attempt", params={"dispute": city.case(TOWN), "back": back}).text
    assert re.search(r'aria-current="page">([^<]+)<', page)[1] == here  # type: ignore[index]
    assert f'<p class="crumb"><a href="{back}">回到' in page


def test_the_hubs_own_commands_cannot_be_made(city: City) -> None:
    """Not by any form somebody may add by mistake: the writer trusts this system, so it is asked here."""
    case, offer = city.handed()
    known = city.hub.store.people.person(city.clerk(TOWN).user)
    assert known is not None
    visitor = Visitor(known, as_person(known.agency, known.role), city.hub.parts, "")
    for command in ("lapse", "register_agency"):
        act = Act(Form(command, command, REFERRAL), new_number(), {"referral": offer}, ident(case))
        with pytest.raises(Problem) as why:
            send_acts(visitor, [act])
        assert (why.value.code, why.value.field) == ("access.denied", "type")
    assert city.last(case)[0] == "referral.offered"
