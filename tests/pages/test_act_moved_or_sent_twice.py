"""Somebody was faster, a form is sent once more, the hub fails for a moment: one event at most, and words that help."""

from typing import Any

import pytest

from hub.aggregates.decide import Interner, restore
from hub.words import HOUR, HUB_SYSTEM, derived_id
from hub.writer.outcome import Busy, Incident, NotWriter
from tests.pages.city import PETITION, POLICE, REASON, TOWN, City, form_of, hidden, send, told, typed_back
from tests.people.signed import Signed, sign_in

pytestmark = pytest.mark.usefixtures("no_waiting")


# --- the state has moved, somebody else was faster --------------------------------------------------------------------


def test_moved_since_the_page_was_drawn(city: City) -> None:
    case, offer = city.handed()
    person = city.clerk(TOWN)
    form = form_of(person, "close", case)
    city.do("accept", POLICE, dispute=case, referral=offer, handler="值班")
    answer = person.post("/act/close", form | {"outcome": "no_deal", "summary": REASON})
    assert told(answer) == (409, "dispute.moved", "based_on")
    assert "现在责任单位是鹿城派出所" in answer.text and "现在办会被拒绝：本单位不是责任单位" in answer.text
    assert typed_back(answer, REASON)
    renewed = hidden(answer.text)
    assert int(renewed["based_on"]) > int(form["based_on"])  # its author has read how it stands
    again = person.post("/act/close", renewed | {"outcome": "no_deal", "summary": REASON})
    assert told(again)[1] == "dispute.not_custodian"


def test_two_clerks_sign_at_once_and_the_second_is_told_kindly(city: City) -> None:
    case, offer = city.received()
    one, other = city.clerk(TOWN, "one"), city.clerk(TOWN, "other")
    first, second = form_of(one, "sign", case, offer), form_of(other, "sign", case, offer)
    assert one.post("/act/sign", first).status_code == 303
    answer = other.post("/act/sign", second)
    assert answer.status_code == 303 and "was=already" in answer.headers["location"]
    assert [topic for topic, _ in city.events(case)].count("referral.signed") == 1
    city.hub.settle()
    page = other.get(answer.headers["location"])
    assert "此前已由本单位办过，无需再办" in page.text


def test_two_clerks_accept_at_once(city: City) -> None:
    """The second one's page is of before custody moved: no refusal, for what they wanted is so."""
    case, offer = city.received(upto="signed")
    one, other = city.clerk(TOWN, "one"), city.clerk(TOWN, "other")
    first, second = form_of(one, "accept", case, offer), form_of(other, "accept", case, offer)
    assert one.post("/act/accept", first | {"handler": "甲岗"}).status_code == 303
    answer = other.post("/act/accept", second | {"handler": "乙岗"})
    assert answer.status_code == 303 and "was=already" in answer.headers["location"]
    assert [topic for topic, _ in city.events(case)].count("referral.accepted") == 1


# --- ids --------------------------------------------------------------------------------------------------------------


def test_a_form_sent_with_other_words_is_another_command_or_none(city: City) -> None:
    case = city.case(TOWN)
    person = city.clerk(TOWN)
    form = form_of(person, "grade", case) | {"ordinal": "3", "scheme": "三级", "grade": "中"}
    first = person.post("/act/grade", form)
    city.clock.advance(HOUR)  # a repeat is the same command however late: it happened when it was first sent
    again = person.post("/act/grade", form)
    assert first.status_code == again.status_code == 303 and again.headers["location"] == first.headers["location"]
    answer = person.post("/act/grade", form | {"grade": "高"})
    assert told(answer)[1] == "command.reused"
    assert [topic for topic, _ in city.events(case)].count("dispute.graded") == 1
    again = person.post("/act/grade", hidden(answer.text) | {"ordinal": "3", "scheme": "三级", "grade": "高"})
    assert again.status_code == 303


def test_the_number_of_one_persons_form_is_nobody_elses_command(city: City) -> None:
    """A copied form, sent by a colleague, is a command of theirs; the ids of the hub's own acts cannot be made."""
    case = city.case(TOWN)
    one, other = city.clerk(TOWN, "one"), city.clerk(TOWN, "other")
    form = form_of(one, "grade", case) | {"ordinal": "3", "scheme": "三级", "grade": "中"}
    assert one.post("/act/grade", form).status_code == 303
    assert other.post("/act/grade", form | {"csrf": other.csrf}).status_code == 303
    assert [topic for topic, _ in city.events(case)].count("dispute.graded") == 2
    noted = city.hub.store.answers.get(HUB_SYSTEM, derived_id(f"person/one/{form['nonce']}"))
    assert noted is not None and noted.outcome == "done"
    for squat in ("../../steward", "a/b" * 8, "x", "", "ü" * 20, "a" * 65):
        assert one.post("/act/grade", form | {"nonce": squat}).status_code == 422
    assert city.hub.store.people.stood_behind("one", [noted.command_id]) == {noted.command_id}


def test_one_comes_back_to_pages_of_this_hub_only(city: City) -> None:
    for back in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "desk"):
        answer = send(city.clerk(TOWN), "void", city.case(TOWN), back=back)
        assert answer.headers["location"].startswith("/?act=void&did="), back
        page = city.clerk(TOWN).client.get("/act/void", params={"dispute": city.case(TOWN), "back": back})
        assert '<a class="btn" href="/" data-cancel>' in page.text and 'name="back" value="/"' in page.text


# --- failures of ours -------------------------------------------------------------------------------------------------


class _Fails:
    """The command side, failing as told."""

    def __init__(self, why: Exception | Incident) -> None:
        self.why = why

    def __call__(self, commands: Any) -> Any:
        if isinstance(self.why, Incident):
            return [self.why for _ in commands]
        raise self.why


@pytest.mark.parametrize(
    ("why", "status", "code"),
    [
        (Busy(), 503, "hub.busy"),
        (NotWriter("hub.not_writer"), 503, "hub.not_writer"),
        (Incident("abc123"), 500, "hub.incident"),
        (Incident("abc123", "hub.store_gone"), 503, "hub.store_gone"),
    ],
)
def test_a_failure_of_ours_says_so_and_the_same_form_may_be_sent_again(
    city: City, monkeypatch: pytest.MonkeyPatch, why: Exception | Incident, status: int, code: str
) -> None:
    case = city.case(TOWN)
    person = city.clerk(TOWN)
    form = form_of(person, "void", case) | {"reason": REASON}
    with monkeypatch.context() as broken:
        broken.setattr(city.hub.desk, "ask", _Fails(why))
        answer = person.post("/act/void", form)
    assert told(answer)[:2] == (status, code) and typed_back(answer, REASON)
    assert "再次提交" in answer.text
    if isinstance(why, Incident):
        assert "事故编号 abc123" in answer.text
    kept = hidden(answer.text)
    assert kept == {k: v for k, v in form.items() if k != "reason"}  # the same number: the same command
    city.clock.advance(HOUR)
    assert person.post("/act/void", kept | {"reason": REASON}).status_code == 303
    assert person.post("/act/void", kept | {"reason": REASON}).status_code == 303
    assert [topic for topic, _ in city.events(case)].count("dispute.voided") == 1


def test_a_person_is_noted_behind_what_they_sent(city: City) -> None:
    person: Signed = sign_in(city, "noted", "clerk", PETITION)
    case = city.case(PETITION)
    send(person, "void", case)
    row = city.hub.store.events([bytes.fromhex(case.replace("-", ""))])[-1]
    envelope, _ = restore(city.hub.contract, row.body, Interner())
    assert city.hub.store.people.behind([envelope.command_id]) == {envelope.command_id: "张某某"}
    assert (envelope.system, envelope.duty) == (HUB_SYSTEM, "值守岗")
