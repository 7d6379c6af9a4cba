"""An act that is not done says why, with code and field, says where custody is, and loses nothing that was typed."""

import html
from typing import Any

import pytest

from hub.words import agency_id, text
from tests.pages.city import (
    BESIDE,
    CENTRE,
    CIVIL,
    COURT,
    HAMLET,
    MARKED,
    POLICE,
    REASON,
    TOWN,
    VILLAGE,
    City,
    form_of,
    hidden,
    send,
    told,
    typed_back,
)

pytestmark = pytest.mark.usefixtures("no_waiting")


# --- refused by the rules: one case for every act ---------------------------------------------------------------------


def _closed(city: City, category: str = BESIDE) -> str:
    case = city.case(TOWN, category=category)
    city.do("close", TOWN, dispute=case, outcome="no_deal", summary="", rights_notice=True)
    return case


def _seen_by_court(city: City) -> str:
    case = city.case(TOWN)
    city.offer(case, TOWN, COURT, "assistance", "court")
    return case


def refused(city: City) -> dict[str, tuple[str, tuple[str, str], dict[str, Any], str, str]]:
    """act → who, on what, what is typed, code and field of the refusal."""
    words = {"reason": REASON}
    withdrawn = city.received()
    city.do("withdraw", VILLAGE, dispute=withdrawn[0], referral=withdrawn[1], reason="")
    assigned = city.case(VILLAGE)
    city.do("assign", TOWN, dispute=assigned, channel="mediation", receiver=text(agency_id(HAMLET)), reason="")
    binding = city.state(assigned).referrals[0].id
    accepted = city.received(upto="accepted")
    delegated = city.case(TOWN)
    delegation = city.offer(delegated, TOWN, VILLAGE, "delegation", upto="accepted")
    plain = {"channel": "mediation", **words}
    return {
        "refer": (TOWN, (city.handed()[0], ""), plain | {"kind": "transfer", "receiver": COURT},
                  "dispute.handover_open", "dispute"),
        "redirect": (VILLAGE, accepted, plain | {"kind": "transfer", "receiver": HAMLET},
                     "dispute.not_custodian", "agency"),
        "assign": (VILLAGE, (city.case(VILLAGE), ""), plain | {"receiver": HAMLET},
                   "assignment.not_superior", "agency"),
        "sign": (TOWN, withdrawn, {}, "referral.withdrawn", "referral"),
        "accept": (TOWN, withdrawn, {"handler": "专职岗"}, "referral.withdrawn", "referral"),
        "return": (HAMLET, (assigned, text(binding)), words | {"reason_code": "other"}, "referral.binding", "referral"),
        "withdraw": (VILLAGE, accepted, words, "referral.accepted", "referral"),
        "consent": (TOWN, city.received(upto="signed"), {}, "referral.nothing_proposed", "referral"),
        "decline": (TOWN, city.received(upto="signed"), words, "referral.nothing_proposed", "referral"),
        "contest": (VILLAGE, city.received(), {"grounds": REASON}, "referral.not_returned", "referral"),
        "settle": (CENTRE, city.received(), words, "referral.not_contested", "referral"),
        "feedback": (TOWN, city.received(), {"content": REASON}, "referral.not_accepted", "referral"),
        "recall": (TOWN, (delegated, delegation), words, "referral.not_due", "referral"),
        "attempt": (CENTRE, (city.case(TOWN), ""),
                    {"result": "no_deal", "mode": "online", "at": "2026-11-25T08:00", "place": REASON},
                    "dispute.not_custodian", "agency"),
        "inform": (TOWN, (_closed(city), ""), {"subject": "rights", "note": REASON}, "dispute.closed", "dispute"),
        "particulars": (CENTRE, (city.case(TOWN), ""), {"people": "12", "claimed": "3500", "note": REASON},
                        "dispute.not_custodian", "agency"),
        "step": (TOWN, (city.case(TOWN), ""), {"step": "confirmation|confirmed|", "document": "（2026）1号",
                 "note": REASON}, "procedure.not_now", "step"),
        "visit": (COURT, (_seen_by_court(city), ""), {"performance": "full", "note": REASON},
                  "dispute.not_custodian", "agency"),
        "decide_relapse": (TOWN, (city.case(TOWN), ""), {"earlier": text(bytes(16)), "same": "no", "note": REASON},
                           "relapse.unknown", "earlier"),
        "extend": (TOWN, (city.case(TOWN), ""), {"obligation": "progress||", "cause": "extension", "days": "5",
                   "reason": REASON}, "obligation.not_extensible", "obligation"),
        "exempt": (TOWN, (city.case(TOWN, category=CIVIL), ""),
                   {"exemption": "R2", "approver": COURT, "reason": REASON},
                   "assignment.not_superior", "approver"),
        "change_branch": (TOWN, (_closed(city, CIVIL), ""), {"branch": "industry", "reason": REASON},
                          "dispute.closed", "dispute"),
        "end_ladder": (POLICE, (city.case(POLICE), ""), {"reason": REASON}, "ladder.none", "dispute"),
        "resume_ladder": (TOWN, (city.case(TOWN, category=CIVIL), ""), {"reason": REASON},
                          "ladder.not_stopped", "dispute"),
        "reach_agreement": (TOWN, (_closed(city), ""), {"form": "oral", "amount": "3500"}, "dispute.closed", "dispute"),
        "perform_agreement": (TOWN, (city.case(TOWN), ""), {"note": REASON}, "agreement.none", "dispute"),
        "break_agreement": (TOWN, (city.case(TOWN), ""), words, "agreement.none", "dispute"),
        "grade": (TOWN, (_closed(city), ""), {"ordinal": "2", "scheme": "三级", "grade": "高"},
                  "dispute.closed", "dispute"),
        "report": (TOWN, (city.case(TOWN), ""), {"recipients": [TOWN], "content": REASON},
                   "referral.to_self", "recipients"),
        "acknowledge": (TOWN, (city.case(TOWN), ""), {"instruction": REASON}, "report.none", "dispute"),
        "supervise": (TOWN, (city.case(TOWN), ""), {"supervised": text(agency_id(TOWN)), "demand": REASON},
                      "assignment.not_superior", "agency"),
        "answer": (TOWN, (city.case(TOWN), ""), {"content": REASON}, "supervision.none", "dispute"),
        "urge": (TOWN, (city.case(TOWN), ""), {"obligation": "sign||", "content": REASON},
                 "obligation.none", "obligation"),
        "close": (TOWN, (city.case(TOWN), ""), {"outcome": "performed", "summary": REASON},
                  "agreement.not_performed", "outcome"),
        "reopen": (TOWN, (city.case(TOWN), ""), {"grounds": REASON}, "dispute.open", "dispute"),
        "void": (TOWN, (city.handed()[0], ""), words, "dispute.referrals_open", "dispute"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def cases(city: City) -> dict[str, tuple[str, tuple[str, str], dict[str, Any], str, str]]:
    return refused(city)


ACTS = (
    "refer", "redirect", "assign", "sign", "accept", "return", "withdraw", "consent", "decline", "contest", "settle",
    "feedback", "recall", "attempt", "reach_agreement", "perform_agreement", "break_agreement", "grade", "report",
    "acknowledge", "supervise", "answer", "urge", "close", "reopen", "void", "inform", "particulars", "step", "visit",
    "extend", "exempt", "change_branch", "end_ladder", "resume_ladder",
    "decide_relapse",
)  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_refused_with_code_and_field_and_keeps_what_was_typed(
    city: City, cases: dict[str, tuple[str, tuple[str, str], dict[str, Any], str, str]], act: str
) -> None:
    who, about, typed, code, field = cases[act]
    person = city.clerk(who)
    form = form_of(person, act, *about)
    before = len(city.events(about[0]))
    answer = person.post(f"/act/{act}", form | typed)
    assert told(answer) == (409, code, field)
    assert len(city.events(about[0])) == before
    assert "责任仍在" in answer.text
    for value in (v for v in typed.values() if isinstance(v, str) and v and "|" not in v):
        assert typed_back(answer, value), value
    renewed = hidden(answer.text)
    assert renewed["nonce"] != form["nonce"]
    assert {**renewed, "nonce": ""} == {**form, "nonce": ""}


# --- refused because of what was typed --------------------------------------------------------------------------------


SESSION = {"result": "no_deal", "mode": "face_to_face", "at": "2026-11-25T08:00"}


@pytest.mark.parametrize(
    ("act", "typed", "code", "field"),
    [
        ("refer", {"receiver": ""}, "field.missing", "receiver"),
        ("refer", {"receiver": "没有这个单位"}, "agency.unknown", "receiver"),
        ("refer", {"receiver": "社区"}, "agency.unknown", "receiver"),
        ("refer", {"receiver": "信访"}, "agency.unknown", "receiver"),
        ("refer", {"kind": "assignment"}, "field.unknown_code", "kind"),
        ("refer", {"channel": "nowhere"}, "field.unknown_code", "channel"),
        ("refer", {"reason": "字" * 10_000}, "field.too_long", "reason"),
        ("refer", {"reason": "a\x00b"}, "field.text", "reason"),
        ("reach_agreement", {"form": "written", "amount": "十二元"}, "field.type", "amount"),
        ("reach_agreement", {"form": "written", "amount": "-5"}, "field.type", "amount"),
        ("reach_agreement", {"form": "written", "amount": "9" * 14}, "field.range", "amount"),
        ("reach_agreement", {"form": "written", "due_on": "2027-02-30"}, "field.type", "due_on"),
        ("attempt", SESSION | {"at": "昨天"}, "field.type", "at"),
        ("attempt", SESSION | {"at": "2027-11-25T08:00"}, "time.future", "at"),
        ("attempt", SESSION | {"result": ""}, "field.missing", "result"),
        ("attempt", SESSION | {"mode": ""}, "field.missing", "mode"),
        ("attempt", SESSION | {"mode": "by_letter"}, "field.unknown_code", "mode"),
        ("inform", {"subject": ""}, "field.missing", "subject"),
        ("particulars", {"people": "三十"}, "field.type", "people"),
        ("particulars", {"people": "1000001"}, "field.range", "people"),
        ("particulars", {"claimed": "一万"}, "field.type", "claimed"),
        ("step", {"step": ""}, "field.missing", "step"),
        ("visit", {"performance": ""}, "field.missing", "performance"),
        ("extend", {"obligation": "", "cause": "extension", "days": "5"}, "field.missing", "obligation"),
        ("extend", {"obligation": "sign||", "cause": "extension", "days": "366"}, "field.range", "days"),
        ("extend", {"obligation": "sign||", "cause": "extension", "days": ""}, "field.missing", "days"),
        ("exempt", {"exemption": "R2", "approver": "", "reason": REASON}, "field.missing", "approver"),
        ("change_branch", {"branch": "sideways"}, "ladder.branch_unknown", "branch"),
        ("exempt", {"exemption": "R2", "approver": CENTRE, "reason": ""}, "field.missing", "reason"),
        (
            "exempt",
            {"exemption": "R2", "level": "village", "approver": CENTRE, "reason": REASON},
            "ladder.not_above",
            "level",
        ),
        ("grade", {"ordinal": "5", "scheme": "三级", "grade": "中"}, "field.range", "ordinal"),
        ("close", {"outcome": ""}, "field.missing", "outcome"),
        ("void", {"duplicate_of": "532301-2026-99999"}, "dispute.unknown", "duplicate_of"),
        ("supervise", {"supervised": "鹿城", "demand": "五日内报告"}, "field.type", "supervised"),
        ("answer", {"content": " "}, "field.missing", "content"),
    ],
)
def test_what_is_typed_wrong_marks_its_field(
    city: City, act: str, typed: dict[str, str], code: str, field: str
) -> None:
    case = city.case(TOWN, category=CIVIL)
    fine = {"kind": "transfer", "channel": "police", "receiver": POLICE, "reason": REASON} if act == "refer" else {}
    before = len(city.events(case))
    answer = send(city.clerk(TOWN), act, case, typed=fine | typed)
    status, said, at = told(answer)
    assert (said, at) == (code, field) and status in (409, 422)
    assert len(city.events(case)) == before
    assert MARKED.search(answer.text)[1] == field  # type: ignore[index]
    for value in fine | typed:
        assert f'name="{value}"' in answer.text
    if "reason" in fine | typed and "\x00" not in (fine | typed)["reason"]:
        assert typed_back(answer, (fine | typed)["reason"])


def test_ten_thousand_characters_are_told_in_numbers(city: City) -> None:
    answer = send(city.clerk(TOWN), "void", city.case(TOWN), typed={"reason": "长" * 10_000})
    assert answer.status_code == 422
    assert "写了 10,000 字，最多 4,000 字" in answer.text
    assert "长" * 10_000 in answer.text


def test_a_name_that_several_bear_says_which_there_are(city: City) -> None:
    typed = {"kind": "transfer", "channel": "mediation", "receiver": "社区"}
    answer = send(city.clerk(TOWN), "refer", city.case(TOWN), typed=typed)
    assert "可能是：" in answer.text
    assert "东兴社区调委会" in answer.text and "永安社区调委会" in answer.text


def test_markup_in_what_was_typed_is_text(city: City) -> None:
    evil = "\"><script>alert(1)</script><img src=x onerror='x'>"
    case = city.case(TOWN)
    answer = send(city.clerk(TOWN), "refer", case, typed={"receiver": evil, "reason": f"</textarea>{evil}"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    assert html.escape(evil, quote=False).replace("'", "&#39;").replace('"', "&#34;") in answer.text
    back = city.clerk(TOWN).client.get("/act/void", params={"dispute": case, "back": '/desk?q="><script>x</script>'})
    assert "<script>x" not in back.text


def test_all_faults_of_a_form_are_shown_at_once(city: City) -> None:
    case, offer = city.received(upto="accepted")
    person = city.clerk(TOWN)
    wrong = {"result": "", "mode": "online", "at": "yesterday", "place": "址" * 201, "mediator": "岗" * 201}
    answer = send(person, "attempt", case, typed=wrong)
    assert answer.status_code == 422
    page = answer.text
    assert [name for name in wrong if f'{name}-err"' in page and "aria-describedby" in page] == [
        "result", "at", "place", "mediator",
    ]  # fmt: skip
    assert "地点也有误" in page and "201" in page and offer


def test_performance_without_an_agreement_is_not_sent_to_a_button_there_is_none_of(city: City) -> None:
    case = city.case(TOWN)
    typed = {"outcome": "performed", "summary": REASON, "rights_notice": "yes"}
    answer = send(city.clerk(TOWN), "close", case, typed=typed)
    assert told(answer)[1] == "agreement.not_performed"
    assert "还没有协议" in answer.text
    city.do("reach_agreement", TOWN, dispute=case, form="written", amount=None, due_on=None)
    answer = send(city.clerk(TOWN), "close", case, typed=typed)
    assert told(answer)[1] == "agreement.not_performed"
    assert "先登记履行完毕" in answer.text and "还没有协议" not in answer.text
