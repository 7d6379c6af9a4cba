"""Given, when, refused: every guard of every command, in the order of the custody rules, and with it every code."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from hub import words as w
from hub.access import System, may_speak
from hub.access.policy import AGENCY
from tests.custody import say
from tests.custody import stories as s
from tests.custody.stories import Act, offer, play, town
from tests.custody.town import HOURS

Case = tuple[str, str, tuple[Act | int, ...], str, Any]


def refer(kind: str = "transfer", receiver: str = "station", in_place_of: str | None = None) -> Any:
    return say.refer(kind, receiver, in_place_of=in_place_of)


CASES: list[Case] = [
    # before every guard
    ("agency", "access.denied", (), "committee", say.register_agency("new", "committee", "330302")),
    ("any", "dispute.unknown", (), "committee", say.attempt()),
    ("any", "dispute.unknown", s.REGISTERED, "station", say.attempt()),
    ("any", "referral.unknown", s.REGISTERED, "committee", say.withdraw("1")),
    ("any", "referral.unknown", s.REGISTERED, "committee", refer(in_place_of="1")),
    ("any", "referral.unknown", s.REGISTERED, "committee", say.urge("sign", "1")),
    # register
    ("register", "agency.closing", (s.CLOSING,), "station", say.register()),
    ("register", "agency.dissolved", s.DISSOLVED, "station", say.register()),
    ("register", "agency.unknown", (), "nobody", say.register()),
    # refer
    ("refer", "dispute.closed", s.CLOSED, "committee", refer()),
    ("refer", "dispute.void", s.VOID, "committee", refer()),
    ("refer", "referral.kind", s.REGISTERED, "committee", refer("assignment")),
    ("refer", "dispute.not_custodian", s.OFFERED, "station", refer()),
    ("refer", "agency.unknown", s.REGISTERED, "committee", refer(receiver="nobody")),
    ("refer", "referral.to_self", s.REGISTERED, "committee", refer(receiver="committee")),
    ("refer", "agency.dissolved", (*s.REGISTERED, *s.DISSOLVED), "committee", refer()),
    ("refer", "agency.closing", (*s.REGISTERED, s.CLOSING), "committee", refer()),
    ("refer", "agency.intake_closed", (*s.REGISTERED, s.INTAKE_CLOSED), "committee", refer()),
    ("refer", "referral.not_sender", s.ACCEPTED, "station", refer(receiver="police", in_place_of="1")),
    ("refer", "referral.binding", (*s.ASSIGNED, offer(receiver="office", label="2", by="neighbours"),
        ("office", say.accept("2"))), "office", refer(in_place_of="1")),
    ("refer", "referral.signed", s.SIGNED, "committee", refer(receiver="police", in_place_of="1")),
    ("refer", "referral.accepted", s.HELPED, "committee", refer(receiver="police", in_place_of="1")),
    ("refer", "referral.concluded", s.DELEGATION_DONE, "committee", refer(receiver="police", in_place_of="1")),
    ("refer", "dispute.handover_open", s.OFFERED, "committee", refer(receiver="police")),
    ("refer", "dispute.handover_open", s.RETURN_PROPOSED, "station", refer(receiver="police")),
    ("refer", "delegation.no_onward", s.DELEGATED, "neighbours", refer()),
    ("refer", "referral.returned_before", s.RETURNED, "committee", refer()),
    ("refer", "referral.needs_assignment", s.RETURNED_TWICE, "committee", refer(receiver="police")),
    # assign
    ("assign", "dispute.closed", s.CLOSED, "office", say.assign("neighbours")),
    ("assign", "assignment.not_superior", s.OFFERED, "station", say.assign("neighbours")),
    ("assign", "assignment.not_superior", s.OFFERED, "police", say.assign("station")),  # not above the custodian
    ("assign", "agency.unknown", s.REGISTERED, "office", say.assign("nobody")),
    ("assign", "agency.closing", (*s.REGISTERED, s.CLOSING), "office", say.assign("station")),
    ("assign", "agency.dissolved", (*s.REGISTERED, *s.DISSOLVED), "office", say.assign("station")),
    ("assign", "agency.intake_closed", (*s.REGISTERED, s.INTAKE_CLOSED), "office", say.assign("station")),
    ("assign", "assignment.already_custodian", s.REGISTERED, "office", say.assign("committee")),
    ("assign", "assignment.not_superior", s.REGISTERED, "office", say.assign("station")),
    ("assign", "assignment.not_superior", s.REGISTERED, "centre", say.assign("court")),  # independent by law
    # sign
    ("sign", "referral.not_receiver", s.OFFERED, "committee", say.sign("1")),
    ("sign", "referral.returned", s.RETURNED, "station", say.sign("1")),
    ("sign", "referral.withdrawn", s.WITHDRAWN, "station", say.sign("1")),
    ("sign", "referral.lapsed", s.LAPSED, "station", say.sign("1")),
    # accept
    ("accept", "referral.not_receiver", s.OFFERED, "committee", say.accept("1")),
    ("accept", "referral.kind", s.NOTIFIED, "station", say.accept("1")),
    ("accept", "referral.kind", s.ASSIGNED, "neighbours", say.accept("1")),
    ("accept", "referral.lapsed", s.LAPSED, "station", say.accept("1")),
    ("accept", "agency.closing", (*s.OFFERED, s.CLOSING), "station", say.accept("1")),
    # return
    ("return", "referral.not_receiver", s.OFFERED, "committee", say.return_("1")),
    ("return", "referral.concluded", s.BACK_WITH_THE_FIRST, "station", say.return_("1")),
    ("return", "referral.binding", s.ASSIGNED, "neighbours", say.return_("1")),
    ("return", "referral.signed", s.SIGNED_NOTICE, "station", say.return_("1")),
    ("return", "referral.conclude_instead", s.DELEGATED, "neighbours", say.return_("1")),
    ("return", "referral.conclude_instead", s.HELPED, "station", say.return_("1")),
    ("return", "dispute.not_custodian", (*s.ACCEPTED, offer(receiver="police", label="2", by="station"),
        ("police", say.accept("2"))), "station", say.return_("1")),
    ("return", "delegation.no_onward", s.DELEGATE_RECEIVED_BEFORE, "neighbours", say.return_("1")),
    ("return", "dispute.handover_open", (*s.ACCEPTED, offer(receiver="police", label="2", by="station")),
        "station", say.return_("1")),
    ("return", "referral.not_signed", s.BY_CONSENT_OFFERED, "station", say.return_("1")),
    ("return", "referral.withdrawal_proposed", (*s.BY_CONSENT_SIGNED, ("committee", say.withdraw("1"))),
        "station", say.return_("1")),
    # withdraw
    ("withdraw", "referral.not_sender", s.OFFERED, "station", say.withdraw("1")),
    ("withdraw", "referral.not_sender", (*s.HELPED, offer(receiver="police", label="2"), ("police", say.accept("2"))),
        "committee", say.withdraw("1")),
    ("withdraw", "referral.returned", s.RETURNED, "committee", say.withdraw("1")),
    ("withdraw", "referral.binding", s.ASSIGNED, "office", say.withdraw("1")),
    ("withdraw", "referral.signed", s.SIGNED_NOTICE, "committee", say.withdraw("1")),
    ("withdraw", "referral.accepted", s.RETURN_PROPOSED, "committee", say.withdraw("1")),
    ("withdraw", "referral.return_proposed", s.RETURN_PROPOSED_ON_OFFER, "committee", say.withdraw("1")),
    # consent, decline
    ("consent", "referral.nothing_proposed", s.SIGNED, "station", say.consent("1")),
    ("consent", "referral.not_receiver", s.WITHDRAWAL_PROPOSED, "committee", say.consent("1")),
    ("consent", "referral.not_sender", s.RETURN_PROPOSED, "station", say.consent("1")),
    ("decline", "referral.nothing_proposed", s.SIGNED, "station", say.decline("1")),
    ("decline", "referral.not_receiver", s.WITHDRAWAL_PROPOSED, "committee", say.decline("1")),
    ("decline", "referral.not_sender", s.RETURN_PROPOSED, "station", say.decline("1")),
    # contest
    ("contest", "dispute.closed", (*s.RETURNED, ("committee", say.close())), "committee", say.contest("1")),
    ("contest", "referral.not_sender", s.RETURNED, "station", say.contest("1")),
    ("contest", "referral.kind", s.NOTIFIED, "committee", say.contest("1")),
    ("contest", "referral.not_returned", s.OFFERED, "committee", say.contest("1")),
    ("contest", "dispute.not_custodian", (*s.RETURNED, ("office", say.assign("neighbours"), "2")),
        "committee", say.contest("1")),
    ("contest", "dispute.handover_open", (*s.RETURNED, offer(receiver="police", label="2")),
        "committee", say.contest("1")),
    ("contest", "referral.contested", (*s.RETURNED_TWICE, ("committee", say.contest("1"))),
        "committee", say.contest("2")),
    ("contest", "referral.no_common_superior", (*s.REGISTERED, offer(receiver="court"), ("court", say.return_("1"))),
        "committee", say.contest("1")),
    # settle
    ("settle", "dispute.closed", (*s.RETURNED, ("committee", say.close())), "town_centre", say.settle("1")),
    ("settle", "referral.not_contested", s.RETURNED, "town_centre", say.settle("1")),
    ("settle", "assignment.not_superior", s.CONTESTED, "centre", say.settle("1")),
    # lapse
    ("lapse", "referral.kind", s.NOTIFIED, "hub", say.lapse("1")),
    ("lapse", "referral.kind", s.ASSIGNED, "hub", say.lapse("1")),
    ("lapse", "referral.not_due", (*s.OFFERED, HOURS["accept"] - 1), "hub", say.lapse("1")),
    # feedback
    ("feedback", "referral.withdrawn", s.WITHDRAWN, "station", say.feedback("1")),
    ("feedback", "referral.not_accepted", s.SIGNED, "station", say.feedback("1")),
    ("feedback", "feedback.not_debtor", s.ACCEPTED, "committee", say.feedback("1")),
    ("feedback", "feedback.not_debtor", s.HELPED, "committee", say.feedback("1", final=True)),
    ("feedback", "feedback.close_instead", s.ACCEPTED, "station", say.feedback("1", final=True)),
    ("feedback", "feedback.close_instead", s.SIGNED_ASSIGNMENT, "neighbours", say.feedback("1", final=True)),
    # recall
    ("recall", "referral.kind", s.ACCEPTED, "committee", say.recall("1")),
    ("recall", "referral.not_sender", s.DELEGATED, "neighbours", say.recall("1")),
    ("recall", "referral.concluded", s.DELEGATION_DONE, "committee", say.recall("1")),
    ("recall", "referral.not_accepted", (*s.REGISTERED, offer("delegation")), "committee", say.recall("1")),
    ("recall", "referral.not_due", (*s.DELEGATED, HOURS["feedback"] - 1), "committee", say.recall("1")),
    # attempt, agreement, grade
    ("attempt", "dispute.void", s.VOID, "committee", say.attempt()),
    ("attempt", "dispute.not_custodian", s.OFFERED, "station", say.attempt()),
    ("agreement", "dispute.closed", s.CLOSED, "committee", say.agreement("reached")),
    ("agreement", "dispute.not_custodian", s.OFFERED, "station", say.agreement("reached")),
    ("agreement", "dispute.void", s.VOID, "committee", say.agreement("performed")),
    ("agreement", "dispute.not_custodian", (*s.REACHED, offer()), "station", say.agreement("performed")),
    ("agreement", "dispute.closed", s.CLOSED, "committee", say.agreement("broken")),
    ("agreement", "dispute.not_custodian", (*s.REACHED, offer()), "station", say.agreement("broken")),
    ("agreement", "agreement.stands", s.PERFORMED, "committee", say.agreement("reached")),
    ("agreement", "agreement.none", s.REGISTERED, "committee", say.agreement("performed")),
    ("agreement", "agreement.none", s.REGISTERED, "committee", say.agreement("broken")),
    ("grade", "dispute.closed", s.CLOSED, "committee", say.grade()),
    ("grade", "dispute.not_custodian", s.OFFERED, "station", say.grade()),
    # report, acknowledge
    ("report", "dispute.closed", s.CLOSED, "committee", say.report("station")),
    ("report", "dispute.not_custodian", s.OFFERED, "station", say.report("police")),
    ("report", "agency.unknown", s.REGISTERED, "committee", say.report("police", "nobody")),
    ("report", "agency.closing", (*s.REGISTERED, s.CLOSING), "committee", say.report("station")),
    ("report", "agency.dissolved", (*s.REGISTERED, *s.DISSOLVED), "committee", say.report("station")),
    ("report", "referral.to_self", s.REGISTERED, "committee", say.report("committee")),
    ("acknowledge", "report.none", s.OFFERED, "station", say.acknowledge()),
    # supervise, answer, urge
    ("supervise", "dispute.closed", s.CLOSED, "office", say.supervise("committee")),
    ("supervise", "assignment.not_superior", s.OFFERED, "station", say.supervise("committee")),
    ("supervise", "supervision.owes_nothing", s.RETURNED, "police", say.supervise("station")),
    ("answer", "supervision.none", s.REGISTERED, "committee", say.answer()),
    ("urge", "obligation.none", s.SIGNED, "committee", say.urge("sign", "1")),
    ("urge", "obligation.none", s.OFFERED, "station", say.urge("progress")),
    # close, reopen, void
    ("close", "dispute.void", s.VOID, "committee", say.close()),
    ("close", "dispute.not_custodian", s.OFFERED, "station", say.close()),
    ("close", "dispute.closed", s.CLOSED, "committee", say.close()),
    ("close", "referral.conclude_instead", s.DELEGATED, "neighbours", say.close()),
    ("close", "dispute.handover_open", s.OFFERED, "committee", say.close()),
    ("close", "referral.contested", s.CONTESTED, "committee", say.close()),
    ("close", "dispute.assistance_open", s.ASKED_FOR_HELP, "committee", say.close()),
    ("close", "dispute.supervision_open", s.SUPERVISED, "committee", say.close()),
    ("close", "agreement.not_performed", s.REACHED, "committee", say.close("performed")),
    ("close", "agreement.stands", s.PERFORMED, "committee", say.close("no_deal")),
    ("reopen", "dispute.open", s.REGISTERED, "committee", say.reopen()),
    ("reopen", "dispute.void", s.VOID, "committee", say.reopen()),
    ("reopen", "dispute.not_custodian", (*s.RETURNED, ("committee", say.close())), "station", say.reopen()),
    ("reopen", "agency.closing", (*s.CLOSED, ("hub", say.close_agency("committee", "neighbours"))),
        "committee", say.reopen()),
    ("void", "dispute.void", s.VOID, "committee", say.void()),
    ("void", "dispute.not_custodian", s.OFFERED, "station", say.void()),
    ("void", "dispute.referrals_open", s.NOTIFIED, "committee", say.void()),
    ("void", "referral.contested", s.CONTESTED, "committee", say.void()),
    ("void", "dispute.supervision_open", s.SUPERVISED, "committee", say.void()),
    ("void", "agreement.stands", s.REACHED, "committee", say.void()),
    # the hub's clockwork
    ("breach", "obligation.not_due", (*s.OFFERED, HOURS["sign"] - 1), "hub", say.breach("sign", "1")),
    ("warn", "obligation.not_due", s.OFFERED, "hub", say.warn("sign", "1")),
    ("succeed", "agency.unknown", s.OFFERED, "hub", say.succeed("nobody")),
    ("succeed", "agency.not_closing", s.OFFERED, "hub", say.succeed("station")),
    # agencies
    ("agency", "agency.exists", (), "hub", say.register_agency("court", "committee", "330302")),
    ("agency", "agency.cycle", (), "hub", say.amend_agency("bureau", "justice", "330302", "committee")),
    ("agency", "agency.cycle", (), "hub", say.amend_agency("bureau", "justice", "330302", "bureau")),
    ("agency", "agency.unknown", (), "hub", say.register_agency("new", "committee", "330302", "nobody")),
    ("agency", "agency.unknown", (), "hub", say.open_intake("nobody")),
    ("agency", "agency.unknown", (), "hub", say.close_agency("station", "nobody")),
    ("agency", "agency.closing", (s.CLOSING,), "hub", say.close_agency("station", "department")),
    ("agency", "agency.closing", (s.CLOSING,), "hub", say.register_agency("new", "committee", "330302", "station")),
    ("agency", "agency.dissolved", s.DISSOLVED, "hub", say.amend_agency("station", "police", "330302")),
    ("agency", "agency.dissolved", s.DISSOLVED, "station", say.close_intake("station")),
    ("agency", "agency.closing", (s.CLOSING,), "hub", say.close_agency("department", "station")),
    ("agency", "agency.dissolved", s.DISSOLVED, "hub", say.close_agency("department", "station")),
    ("agency", "agency.own_successor", (), "hub", say.close_agency("station", "station")),
    ("agency", "agency.is_successor", (s.CLOSING,), "hub", say.close_agency("police", "department")),
    ("agency", "agency.has_subordinates", (), "hub", say.close_agency("police", "department")),
    ("agency", "agency.not_closing", (), "hub", say.dissolve_agency("station")),
    ("agency", "agency.still_accountable", (*s.OFFERED, s.CLOSING), "hub", say.dissolve_agency("station")),
]  # fmt: skip

CODES = """
access.denied agency.closing agency.cycle agency.dissolved agency.exists agency.has_subordinates agency.intake_closed
agency.is_successor agency.not_closing agency.own_successor agency.still_accountable agency.unknown agreement.none
agreement.not_performed agreement.stands assignment.already_custodian assignment.not_superior delegation.no_onward
dispute.ahead dispute.assistance_open dispute.closed dispute.handover_open dispute.moved dispute.not_custodian
dispute.open dispute.referrals_open dispute.supervision_open dispute.unknown dispute.void feedback.close_instead
feedback.not_debtor obligation.none obligation.not_due referral.accepted referral.binding referral.conclude_instead
referral.concluded referral.contested referral.kind referral.lapsed referral.needs_assignment
referral.no_common_superior referral.not_accepted referral.not_contested referral.not_due referral.not_receiver
referral.not_returned referral.not_sender referral.not_signed referral.nothing_proposed referral.return_proposed
referral.returned referral.returned_before referral.signed referral.to_self referral.unknown
referral.withdrawal_proposed referral.withdrawn report.none supervision.none supervision.owes_nothing
"""  # every refusal code the custody rules name


@pytest.mark.parametrize(("verb", "code", "given", "by", "command"), CASES, ids=[" ".join(case[:2]) for case in CASES])
def test_refused(verb: str, code: str, given: tuple[Act | int, ...], by: str, command: Any) -> None:
    hub = play(town(), given)
    before = dict(hub.disputes), hub.registry.agencies
    hub.when(by, command).refused(code)
    assert (hub.disputes, hub.registry.agencies) == before


def test_based_on_an_older_hand_over_or_a_later_version() -> None:
    hub = play(town(), s.OFFERED)
    hub.when("committee", say.grade(), based_on=1).refused("dispute.moved")
    hub.when("committee", say.grade(), based_on=3).refused("dispute.ahead")
    hub.when("committee", say.grade(), based_on=2).then("dispute.graded")
    hub.when("committee", say.grade(), based_on=2).then("dispute.graded")  # neither custody nor hand-over moved


def test_what_is_the_hubs_is_denied_to_others() -> None:
    desk = System("desk", frozenset({w.agency_id("committee")}), frozenset({AGENCY}))
    for command in ("deliver", "lapse", "breach", "warn", "recompute", "succeed"):
        assert may_speak(desk, command, w.agency_id("committee")) != ""
    assert may_speak(desk, "accept", w.agency_id("station")) != ""
    assert may_speak(desk, "accept", w.agency_id("committee")) == ""


@pytest.mark.parametrize("given", [(*s.REGISTERED, s.CLOSING), (*s.REGISTERED, *s.DISSOLVED)])
def test_a_closing_receiver_is_refused_with_its_successor(given: tuple[Act, ...]) -> None:
    answer = play(town(), given).when("committee", refer()).answer
    assert isinstance(answer, w.Refusal) and "police" in answer.detail


def test_every_code_has_its_case_and_its_words() -> None:
    codes = set(CODES.split())
    shown = {code for _, code, *_ in CASES} | {"dispute.moved", "dispute.ahead"}
    assert shown == codes
    raw = json.loads(files("schemas").joinpath("codes", "problems.json").read_text(encoding="utf-8"))
    assert codes <= {item["code"] for item in raw}
