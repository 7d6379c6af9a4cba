"""Every act of custody a person may do: its form opens, it is done once however often it is sent, one comes back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from hub.access import person as as_person
from hub.web.pages.acts_available import available
from hub.web.pages.forms import FORMS
from hub.web.pages.visitors import Visitor
from hub.words import DAY, agency_id, text
from tests.pages.city import (
    CENTRE,
    CIVIL,
    COURT,
    HAMLET,
    HOUSING,
    POLICE,
    TOWN,
    VILLAGE,
    City,
    form_of,
    send,
)

pytestmark = pytest.mark.usefixtures("no_waiting")


class Told(NamedTuple):
    """Who does it, on what, what is typed, which event comes of it, and who holds the dispute then."""

    who: str
    dispute: str
    referral: str
    typed: dict[str, Any]
    topic: str
    custodian: str


Scene = Callable[[City], Told]


def refer(city: City) -> Told:
    case = city.case(TOWN)
    typed = {"kind": "transfer", "channel": "police", "receiver": "鹿城派出所", "reason": "现场有冲突"}
    return Told(TOWN, case, "", typed, "referral.offered", TOWN)


def redirect(city: City) -> Told:
    case = city.case(TOWN)
    offer = city.offer(case, TOWN, HAMLET)
    typed = {"kind": "transfer", "channel": "mediation", "receiver": VILLAGE, "reason": "送错了"}
    return Told(TOWN, case, offer, typed, "referral.offered", TOWN)


def assign(city: City) -> Told:
    case = city.case(VILLAGE)
    typed = {"channel": "mediation", "receiver": "永安社区调委会", "reason": "就近"}
    return Told(TOWN, case, "", typed, "referral.assigned", HAMLET)


def sign(city: City) -> Told:
    case = city.case(VILLAGE)
    return Told(TOWN, case, city.offer(case, VILLAGE, TOWN), {}, "referral.signed", VILLAGE)


def accept(city: City) -> Told:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, upto="signed")
    return Told(TOWN, case, offer, {"handler": "专职调解员岗"}, "referral.accepted", TOWN)


def return_(city: City) -> Told:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, upto="signed")
    typed = {"reason_code": "not_competent", "suggested": "楚雄市住房和城乡建设局人民调解委员会", "reason": "属房屋"}
    return Told(TOWN, case, offer, typed, "referral.returned", VILLAGE)


def withdraw(city: City) -> Told:
    case = city.case(TOWN)
    return Told(TOWN, case, city.offer(case, TOWN, POLICE), {"reason": "已平静"}, "referral.withdrawn", TOWN)


def _asked_back(city: City) -> tuple[str, str]:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, upto="signed")
    city.do("withdraw", VILLAGE, dispute=case, referral=offer, reason="双方要求")
    return case, offer


def consent(city: City) -> Told:
    return Told(TOWN, *_asked_back(city), {}, "referral.withdrawn", VILLAGE)


def decline(city: City) -> Told:
    return Told(TOWN, *_asked_back(city), {"reason": "已排期"}, "referral.declined", VILLAGE)


def _returned(city: City) -> tuple[str, str]:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, HAMLET)
    city.do("return", HAMLET, dispute=case, referral=offer, reason_code="other", reason="不属")
    return case, offer


def contest(city: City) -> Told:
    return Told(VILLAGE, *_returned(city), {"grounds": "属其辖区"}, "referral.contested", VILLAGE)


def settle(city: City) -> Told:
    case, offer = _returned(city)
    city.do("contest", VILLAGE, dispute=case, referral=offer, grounds="属其辖区")
    return Told(TOWN, case, offer, {"reason": "维持"}, "referral.settled", VILLAGE)


def feedback(city: City) -> Told:
    case = city.case(VILLAGE)
    offer = city.offer(case, VILLAGE, TOWN, upto="accepted")
    return Told(TOWN, case, offer, {"content": "已联系双方"}, "feedback.given", TOWN)


def recall(city: City) -> Told:
    case = city.case(TOWN)
    offer = city.offer(case, TOWN, VILLAGE, "delegation", upto="accepted")
    city.clock.advance(60 * DAY)
    return Told(TOWN, case, offer, {"reason": "逾期未反馈"}, "referral.concluded", TOWN)


def attempt(city: City) -> Told:
    typed = {
        "result": "no_deal", "mode": "face_to_face", "at": "2026-11-25T08:00", "place": "调解室", "mediator": "调解岗",
    }  # fmt: skip
    return Told(TOWN, city.case(TOWN, category=CIVIL), "", typed, "ladder.stood", TOWN)


def inform(city: City) -> Told:
    typed = {"subject": "mediation", "answer": "all", "note": "双方到场"}
    return Told(TOWN, city.case(TOWN), "", typed, "parties.informed", TOWN)


def particulars(city: City) -> Told:
    typed = {
        "people": "31", "deaths": "", "claimed": "12,000.50", "triggers": ["crowd", "media"], "emergency": "yes",
        "note": "三户",
    }  # fmt: skip
    return Told(TOWN, city.case(TOWN), "", typed, "dispute.particulars", TOWN)


def step(city: City) -> Told:
    typed = {"step": "confirmation|applied|", "document": "", "note": "双方共同申请"}
    return Told(TOWN, _agreed(city), "", typed, "procedure.stepped", TOWN)


def visit(city: City) -> Told:
    case = city.case(TOWN)
    city.do("close", TOWN, dispute=case, outcome="no_deal", summary="", rights_notice=True)
    typed = {"performance": "no_agreement", "satisfaction": "mostly_satisfied", "note": "电话回访"}
    return Told(TOWN, case, "", typed, "followup.visited", TOWN)


def decide_relapse(city: City) -> Told:
    earlier, case = city.case(TOWN), city.case(TOWN)
    city.suspect(case, earlier)
    city.hub.settle()
    return Told(TOWN, case, "", {"earlier": earlier, "same": "yes", "note": "同一宅基地"}, "relapse.decided", TOWN)


def extend(city: City) -> Told:
    case = city.case(TOWN)
    offer = city.offer(case, TOWN, POLICE)
    typed = {
        "obligation": f"sign|{offer}|{text(agency_id(POLICE))}", "cause": "obstacle", "days": "3", "consent": "",
        "reason": "道路中断",
    }  # fmt: skip
    return Told(TOWN, case, "", typed, "obligation.extended", TOWN)


def exempt(city: City) -> Told:
    typed = {"exemption": "R2", "level": "", "approver": "市化解中心", "reason": "调解员系当事人亲属"}
    return Told(TOWN, city.case(TOWN, category=CIVIL), "", typed, "ladder.stood", TOWN)


def change_branch(city: City) -> Told:
    return Told(
        TOWN,
        city.case(TOWN, category=CIVIL),
        "",
        {"branch": "industry", "reason": "涉及房屋质量"},
        "ladder.stood",
        TOWN,
    )


def end_ladder(city: City) -> Told:
    return Told(TOWN, city.case(TOWN, category=CIVIL), "", {"reason": "一方要起诉"}, "ladder.stood", TOWN)


def _ended(city: City) -> str:
    case = city.case(TOWN, category=CIVIL)
    ladder = {"act": "end", "exemption": "", "level": "", "branch": "", "consent": False, "approver": None}
    city.do("ladder", TOWN, dispute=case, reason="一方要起诉", **ladder)
    return case


def resume_ladder(city: City) -> Told:
    return Told(TOWN, _ended(city), "", {"consent": "yes", "reason": "双方愿意再谈"}, "ladder.stood", TOWN)


def reach(city: City) -> Told:
    typed = {"form": "written", "amount": "12,000.50", "due_on": "2027-01-31"}
    return Told(TOWN, city.case(TOWN), "", typed, "agreement.reached", TOWN)


def _agreed(city: City) -> str:
    case = city.case(TOWN)
    city.do("reach_agreement", TOWN, dispute=case, form="written", amount=None, due_on=None)
    return case


def perform(city: City) -> Told:
    return Told(TOWN, _agreed(city), "", {"note": "当场付清"}, "agreement.performed", TOWN)


def break_(city: City) -> Told:
    return Told(TOWN, _agreed(city), "", {"reason": "一方反悔"}, "agreement.broken", TOWN)


def grade(city: City) -> Told:
    typed = {"ordinal": "3", "scheme": "三级", "grade": "中"}
    return Told(TOWN, city.case(TOWN), "", typed, "dispute.graded", TOWN)


def report(city: City) -> Told:
    typed = {"recipients": ["市化解中心", POLICE], "grade": "中", "content": "涉及三户"}
    return Told(TOWN, city.case(TOWN), "", typed, "dispute.reported", TOWN)


def acknowledge(city: City) -> Told:
    case = city.case(TOWN)
    city.do("report", TOWN, dispute=case, recipients=[text(agency_id(CENTRE))], grade="", content="三户")
    return Told(CENTRE, case, "", {"instruction": "注意防范"}, "report.acknowledged", TOWN)


def supervise(city: City) -> Told:
    typed = {"supervised": text(agency_id(TOWN)), "demand": "五日内报告"}
    return Told(CENTRE, city.case(TOWN), "", typed, "supervision.issued", TOWN)


def answer(city: City) -> Told:
    case = city.case(TOWN)
    city.do("supervise", CENTRE, dispute=case, supervised=text(agency_id(TOWN)), demand="五日内报告")
    return Told(TOWN, case, "", {"content": "已排定"}, "supervision.answered", TOWN)


def urge(city: City) -> Told:
    case = city.case(TOWN)
    offer = city.offer(case, TOWN, POLICE)
    typed = {"obligation": f"sign|{offer}|{text(agency_id(POLICE))}", "content": "请签收"}
    return Told(TOWN, case, "", typed, "obligation.urged", TOWN)


def close(city: City) -> Told:
    typed = {"outcome": "no_deal", "summary": "分歧大", "rights_notice": "yes"}
    return Told(TOWN, city.case(TOWN), "", typed, "dispute.closed", TOWN)


def reopen(city: City) -> Told:
    case = city.case(TOWN)
    city.do("close", TOWN, dispute=case, outcome="no_deal", summary="", rights_notice=True)
    return Told(TOWN, case, "", {"grounds": "复发", "relapse": "yes"}, "dispute.reopened", TOWN)


def void(city: City) -> Told:
    other = city.number(city.case(TOWN))
    city.hub.settle()
    return Told(TOWN, city.case(TOWN), "", {"reason": "重复登记", "duplicate_of": other}, "dispute.voided", TOWN)


SCENES: dict[str, Scene] = {
    "refer": refer, "redirect": redirect, "assign": assign, "sign": sign, "accept": accept, "return": return_,
    "withdraw": withdraw, "consent": consent, "decline": decline, "contest": contest, "settle": settle,
    "feedback": feedback, "recall": recall, "attempt": attempt, "reach_agreement": reach,
    "perform_agreement": perform, "break_agreement": break_, "grade": grade, "report": report,
    "acknowledge": acknowledge, "supervise": supervise, "answer": answer, "urge": urge, "close": close,
    "reopen": reopen, "void": void, "inform": inform, "particulars": particulars, "step": step, "visit": visit,
    "extend": extend, "exempt": exempt, "change_branch": change_branch, "end_ladder": end_ladder,
    "resume_ladder": resume_ladder, "decide_relapse": decide_relapse,
}  # fmt: skip
ELSEWHERE = {"register", "open_intake", "close_intake"}  # they are about no dispute; below


def test_no_act_is_left_out() -> None:
    assert set(SCENES) | ELSEWHERE == set(FORMS)


@pytest.mark.parametrize("act", SCENES)
def test_an_act_is_done_and_one_comes_back(city: City, act: str) -> None:
    told = SCENES[act](city)
    person = city.clerk(told.who)
    back = f"/disputes/{city.number(told.dispute)}?x=1"
    form = form_of(person, act, told.dispute, told.referral, back=back)
    answer = person.post(f"/act/{act}", form | told.typed)
    assert answer.status_code == 303, answer.text
    there = answer.headers["location"]
    assert there.startswith(f"{back}&act={act}&did=")
    topic, _ = city.last(told.dispute)
    assert topic == told.topic
    assert city.custodian(told.dispute) == told.custodian

    before = len(city.events(told.dispute))
    again = person.post(f"/act/{act}", form | told.typed)
    assert again.status_code == 303 and again.headers["location"] == there
    assert len(city.events(told.dispute)) == before  # the same form is the same command


@pytest.mark.parametrize("act", SCENES)
def test_the_dispute_offers_what_may_be_done(city: City, act: str) -> None:
    """What ``available`` says agrees with what the writer then does."""
    told = SCENES[act](city)
    who = city.clerk(told.who)
    known = city.hub.store.people.person(who.user)
    assert known is not None
    visitor = Visitor(known, as_person(known.agency, known.role), city.hub.parts, "")
    offers = {
        (o.act, o.referral.hex() if o.referral else "")
        for o in available(visitor, city.state(told.dispute))
        if not o.code
    }
    referral = told.referral.replace("-", "")
    assert (act, referral) in offers


def test_values_reach_the_event(city: City) -> None:
    told = reach(city)
    assert send(city.clerk(), "reach_agreement", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.form, event.amount, event.due_on) == ("written", 1_200_050, "2027-01-31")

    told = return_(city)
    assert send(city.clerk(), "return", told.dispute, told.referral, told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.reason_code, event.reason, event.suggested) == ("not_competent", "属房屋", agency_id(HOUSING))

    told = redirect(city)
    assert send(city.clerk(), "redirect", told.dispute, told.referral, told.typed).status_code == 303
    (before, gone), (_, event) = city.events(told.dispute)[-2:]
    assert before == "referral.withdrawn" and gone.cause == "redirected"
    assert text(event.in_place_of) == told.referral and event.receiver == agency_id(VILLAGE)

    told = report(city)
    assert send(city.clerk(), "report", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert event.recipients == (agency_id(CENTRE), agency_id(POLICE))

    told = attempt(city)
    assert send(city.clerk(), "attempt", told.dispute, typed=told.typed).status_code == 303
    (_, event), (_, stood) = city.events(told.dispute)[-2:]
    assert event.at == 1_795_564_800_000_000 and event.counted  # 08:00 in Shanghai is midnight UTC
    assert (event.result, event.mode, stood.tries, stood.total) == ("no_deal", "face_to_face", 1, 1)

    told = particulars(city)
    assert send(city.clerk(), "particulars", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.people, event.deaths, event.claimed) == (31, 0, 1_200_050)
    assert (event.triggers, event.emergency, event.note) == (("crowd", "media"), True, "三户")

    told = step(city)
    assert send(city.clerk(), "step", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.machine, event.step, event.referral, event.note) == ("confirmation", "applied", None, "双方共同申请")

    told = extend(city)
    assert send(city.clerk(), "extend", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.obligation, event.debtor, event.cause, event.days) == ("sign", agency_id(POLICE), "obstacle", 3)
    assert event.due_at > event.old_due_at and not event.consent

    told = exempt(city)
    assert send(city.clerk(), "exempt", told.dispute, typed=told.typed).status_code == 303
    _, event = city.last(told.dispute)
    assert (event.level, event.skipped, event.exemption) == ("city", ("township",), "R2")
    assert (event.reason, event.approver) == ("调解员系当事人亲属", agency_id(CENTRE))


def test_final_feedback_of_a_delegation_gives_custody_back(city: City) -> None:
    case = city.case(TOWN)
    offer = city.offer(case, TOWN, VILLAGE, "delegation", upto="accepted")
    page = city.clerk(VILLAGE).client.get("/act/feedback", params={"dispute": case, "referral": offer})
    assert 'type="radio" name="final" value="yes"' in page.text
    sent = send(city.clerk(VILLAGE), "feedback", case, offer, {"final": "yes", "content": "已调成"})
    assert sent.status_code == 303 and city.custodian(case) == TOWN


def test_a_court_delegates_through_its_own_channel(city: City) -> None:
    case = city.case(COURT)
    page = city.clerk(COURT).client.get("/act/refer", params={"dispute": case})
    assert '<option value="court" selected>' in page.text


def test_registering_makes_a_dispute_of_ones_own(city: City) -> None:
    person = city.clerk(TOWN)
    form = form_of(person, "register")
    typed = {
        "category": "02", "place": "东兴社区", "source": "application", "party_name_0": "张三",
        "party_role_0": "applicant", "party_kind_0": "person", "party_name_1": "鑫源商贸公司",
        "party_role_1": "respondent", "party_kind_1": "legal_person",
    }  # fmt: skip
    answer = person.post("/act/register", form | typed)
    assert answer.status_code == 303, answer.text
    again = person.post("/act/register", form | typed)
    assert again.headers["location"].partition("?")[2] == answer.headers["location"].partition("?")[2]
    city.hub.settle()
    found = [d for d in city.hub.views.custody.disputes(custodian=agency_id(TOWN), limit=500).items]
    newest = max(found, key=lambda d: d["registered_at"] * 10_000 + d["position"])
    _, event = city.events(text(newest["dispute"]))[0]
    assert (event.place, event.category, len(event.parties)) == ("532301101001", "02", 2)
    assert city.hub.store.sealed.masks([newest["dispute"]])[newest["dispute"]] == ["张某某", "鑫某公司"]
    assert "张三".encode() not in b"".join(row.body for row in city.hub.store.events([newest["dispute"]]))


def test_intake_is_closed_and_opened_by_the_agency_itself(city: City) -> None:
    person = city.clerk(HOUSING)
    for act, state in (("close_intake", False), ("open_intake", True)):
        assert send(person, act, typed={"reason": "换届"}).status_code == 303
        agency = city.hub.desk.registry().agency(agency_id(HOUSING))
        assert agency is not None and agency.intake_open is state
