"""Commands that are well formed and may not be: each gets its code, its status and its field, and changes nothing."""

import uuid
from typing import Any

import pytest

from hub.web.api import models
from hub.web.api.examples import CENTRE, DISPUTE, HOUSING, OPERATOR, SECOND, STATION, SYSTEM, VILLAGE
from tests.web.hubs import Peer, Trial, command
from tests.web.test_bad_bodies_are_refused import problem

HELD_BY = "532301.department.housing"  # the custodian of the story's dispute at its end
NOBODY = str(uuid.UUID(int=7))
GRADE: dict[str, Any] = {"scheme": "s", "grade": "g", "ordinal": 1}


@pytest.fixture(scope="module")
def peers(shared: Trial) -> dict[str, Peer]:
    return shared.play() | {"other": shared.peer("other-city", "532301.department.housing")}


def held(type_: str, **fields: Any) -> dict[str, Any]:
    return command(type_, HELD_BY, dispute=DISPUTE) | fields


def refer(**fields: Any) -> dict[str, Any]:
    own = {"kind": "transfer", "channel": "mediation", "receiver": VILLAGE}
    return held("refer", **own | fields)


CASES: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("an unknown dispute", held("grade", dispute=NOBODY, **GRADE), 404, "dispute.unknown", "dispute"),
    ("an agency where a dispute belongs", held("grade", dispute=CENTRE, **GRADE), 404,
     "dispute.unknown", "dispute"),
    ("no dispute", command("sign", HELD_BY, referral=NOBODY), 400, "field.missing", "dispute"),
    ("an unknown receiver", refer(receiver=NOBODY), 404, "agency.unknown", "receiver"),
    ("itself as receiver", refer(receiver=HOUSING), 409, "referral.to_self", "receiver"),
    ("an assignment by refer", refer(kind="assignment"), 409, "referral.kind", "kind"),
    ("not the custodian", command("close", "532301101.committee", dispute=DISPUTE, outcome="no_deal"), 409,
     "dispute.not_custodian", "agency"),
    ("an unknown referral", held("sign", referral=NOBODY), 404, "referral.unknown", "referral"),
    ("a version ahead of the log", held("attempt", based_on=9_999, counted=False, at="2026-11-25T00:12:36Z", place="",
     mediator="", why_not="x"), 409, "dispute.ahead", "based_on"),
    ("a version before custody moved", held("attempt", based_on=1, counted=False, at="2026-11-25T00:12:36Z", place="",
     mediator="", why_not="x"), 409, "dispute.moved", "based_on"),
    ("reopening what is open", held("reopen", grounds="g", relapse=False), 409, "dispute.open", ""),
    ("performing what was not agreed", held("perform_agreement", note=""), 409, "agreement.none", ""),
    ("closing as performed", held("close", outcome="performed"), 409, "agreement.not_performed", "outcome"),
    ("acting on a void dispute", command("grade", "532301101201.committee", dispute=SECOND, **GRADE), 409,
     "dispute.void", ""),
    ("urging what does not run", held("urge", obligation="perform", content=""), 409, "obligation.none", "obligation"),
    ("no obligation at all", held("urge", obligation="love", content=""), 400, "field.unknown_code", "obligation"),
    ("a dissolved agency", command("register", "532301101202.committee", category="01", source="proactive"), 409,
     "agency.dissolved", "agency"),
    ("a session in the future", held("attempt", counted=True, at="2030-01-01T00:00:00Z", place="", mediator=""),
     400, "time.future", "at"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "field"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_refused_command_changes_nothing(
    shared: Trial, peers: dict[str, Peer], body: dict[str, Any], status: int, code: str, field: str
) -> None:
    before = shared.hub.desk.position
    found = problem(peers[SYSTEM].post(body), status, code)
    assert shared.hub.desk.position == before
    if "outcome" in found:
        # Decided: the refusal is an answer, kept and given again.
        assert found["command_id"] == body["command_id"] and found["outcome"] == "refused"
        kept = models.Answer.model_validate(peers[SYSTEM].get(f"/v1/answers/{body['command_id']}").json())
        assert (kept.outcome, kept.code, kept.field) == ("refused", code, found["field"])
        assert problem(peers[SYSTEM].post(body), status, code) == found
    if field:
        assert found["field"] == field


def test_a_closed_dispute_takes_no_acts_until_it_is_reopened(shared: Trial, peers: dict[str, Peer]) -> None:
    mine = "532301101201.committee"
    made = peers[SYSTEM].post(command("register", mine, category="01", source="proactive")).json()
    about = {"dispute": made["dispute"]}
    assert peers[SYSTEM].post(command("close", mine, **about, outcome="no_deal")).status_code == 201
    before = shared.hub.desk.position
    for body in (
        command("refer", mine, **about, kind="transfer", channel="police", receiver=STATION),
        command("grade", mine, **about, **GRADE),
        command("attempt", mine, **about, counted=False, at="2026-11-25T00:12:36Z", place="", mediator=""),
        command("close", mine, **about, outcome="no_deal"),
        command("void", mine, **about, reason="r"),
    ):
        problem(peers[SYSTEM].post(body), 409, "dispute.closed")
    assert shared.hub.desk.position == before
    reopened = peers[SYSTEM].post(command("reopen", mine, **about, grounds="g", relapse=False))
    assert reopened.status_code == 201
    assert peers[SYSTEM].post(command("grade", mine, **about, **GRADE)).status_code == 201


def test_a_repeat_gets_the_same_answer_and_records_nothing(shared: Trial, peers: dict[str, Peer]) -> None:
    body = held("grade", scheme="四级", grade="高", ordinal=1)
    first = peers[SYSTEM].post(body)
    before = shared.hub.desk.position
    again = peers[SYSTEM].post(body)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert shared.hub.desk.position == before


def test_the_same_id_with_another_body_is_refused(shared: Trial, peers: dict[str, Peer]) -> None:
    body = held("grade", scheme="四级", grade="高", ordinal=1)
    first = peers[SYSTEM].post(body).json()
    before = shared.hub.desk.position
    problem(peers[SYSTEM].post(body | {"ordinal": 2}), 409, "command.reused", "command_id")
    assert shared.hub.desk.position == before
    assert peers[SYSTEM].get(f"/v1/answers/{body['command_id']}").json() == first


def test_the_same_id_of_another_system_is_another_command(shared: Trial, peers: dict[str, Peer]) -> None:
    body = held("grade", scheme="四级", grade="高", ordinal=1)
    mine, theirs = peers[SYSTEM].post(body), peers["other"].post(body | {"ordinal": 2})
    assert mine.status_code == theirs.status_code == 201
    assert theirs.json()["position"] == mine.json()["position"] + 1
    assert peers[SYSTEM].get(f"/v1/answers/{body['command_id']}").json()["position"] == mine.json()["position"]


def test_nothing_to_do_is_200_and_no_event(shared: Trial, peers: dict[str, Peer]) -> None:
    sent = peers[SYSTEM].post(refer(kind="notice", receiver=STATION)).json()
    sign = command("sign", "532301101.police", dispute=DISPUTE, referral=sent["referral"])
    assert peers[SYSTEM].post(sign).status_code == 201
    before = shared.hub.desk.position
    again = peers[SYSTEM].post(sign | {"command_id": str(uuid.uuid4())})
    assert (again.status_code, again.json()["outcome"]) == (200, "nothing")
    models.Answer.model_validate(again.json())
    assert shared.hub.desk.position == before


def test_an_operator_keeps_the_registry_and_acts_on_no_dispute(peers: dict[str, Peer]) -> None:
    problem(peers[OPERATOR].post(held("grade", scheme="s", grade="g", ordinal=1)), 403, "access.denied", "type")
    body = command("amend_agency", "hub", subject=NOBODY, name="n", kind="court", level="city", region="532301")
    problem(peers[OPERATOR].post(body), 404, "agency.unknown", "subject")
    problem(peers[SYSTEM].post(body | {"command_id": str(uuid.uuid4())}), 403, "access.denied", "type")


def test_the_language_follows_the_caller(peers: dict[str, Peer]) -> None:
    body = refer(receiver=HOUSING)
    zh = problem(peers[SYSTEM].post(body), 409, "referral.to_self")
    en = problem(peers[SYSTEM].post(body, **{"accept-language": "fr, en;q=0.8, zh;q=0.3"}), 409, "referral.to_self")
    assert zh["title"] == "不能送给本单位" and en["title"] == "It cannot go to the agency itself"
    assert {k: v for k, v in zh.items() if k not in ("title", "advice")} == {
        k: v for k, v in en.items() if k not in ("title", "advice")
    }
