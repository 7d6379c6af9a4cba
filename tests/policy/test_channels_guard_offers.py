"""What the pack asks of an offer on its channel: consent first, nothing while a court has the case, its kinds only."""

from __future__ import annotations

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.policy import Pack, read_pack, shipped_policy
from hub.policy.pack_reading import BASE, WITH, _text
from tests.custody.town import AGENCIES
from tests.given import Given, agencies, referral

PACK = shipped_policy().packs[-1]


def hub(by: str, pack: Pack = PACK) -> Given:
    return Given(agencies(*AGENCIES), pack).given((by, c.Register("15", "", "application", ()), "d"))


def offer(to: str, channel: str, kind: str = w.TRANSFER) -> c.Refer:
    return c.Refer(kind, channel, w.agency_id(to), None, "")


ASKING = [("court", "court", w.DELEGATION), ("centre", "petition", w.TRANSFER), ("centre", "petition", w.DELEGATION)]


@pytest.mark.parametrize(("by", "channel", "kind"), ASKING)
class TestConsent:
    def test_none_recorded(self, by: str, channel: str, kind: str) -> None:
        hub(by).when(by, offer("committee", channel, kind)).refused("channel.no_consent")

    @pytest.mark.parametrize("subject", ["mediation", "delegation"])
    def test_all_agree(self, by: str, channel: str, kind: str, subject: str) -> None:
        made = hub(by).given((by, c.Inform(subject, "all", "")))
        made.when(by, offer("committee", channel, kind)).then("referral.offered")

    @pytest.mark.parametrize("answer", ["part", "refused"])
    def test_one_does_not_or_no_longer(self, by: str, channel: str, kind: str, answer: str) -> None:
        made = hub(by).given((by, c.Inform("mediation", answer, "")))
        made.when(by, offer("committee", channel, kind)).refused("channel.no_consent")
        made.given((by, c.Inform("mediation", "all", "")), (by, c.Inform("mediation", answer, "")))
        made.when(by, offer("committee", channel, kind)).refused("channel.no_consent")

    def test_of_something_else(self, by: str, channel: str, kind: str) -> None:
        made = hub(by).given((by, c.Inform("options", "all", "")), (by, c.Inform("mediation", "none", "")))
        made.when(by, offer("committee", channel, kind)).refused("channel.no_consent")

    def test_switched_off_in_a_pack(self, by: str, channel: str, kind: str) -> None:
        off = f'[offers.{channel}]\nconsent = false\nbasis = "hub default"'
        pack = read_pack(_text(BASE), *map(_text, WITH["p2026"]), _text("p2026"), off)
        hub(by, pack).when(by, offer("committee", channel, kind)).then("referral.offered")


def test_no_consent_is_needed_to_reach_the_petition_office_or_the_police() -> None:
    hub("committee").when("committee", offer("police", "petition")).then("referral.offered")
    hub("committee").when("committee", offer("police", "police")).then("referral.offered")
    hub("centre").when("centre", offer("committee", "petition", w.NOTICE)).then("referral.offered")


def test_custody_is_asked_before_the_channel() -> None:
    made = hub("court").given(("court", offer("police", "police"), "r"))
    made.when("court", offer("committee", "petition")).refused("dispute.handover_open")


FILED = (
    ("committee", c.Step("filing", "applied", None, "", "")),
    ("committee", c.Step("filing", "registered", None, "(2026)川0703民初1号", "")),
)


class TestLock:
    @pytest.mark.parametrize("channel", ["mediation", "police", "petition", "procuratorate"])
    def test_mediation_is_closed_while_a_court_has_the_case(self, channel: str) -> None:
        made = hub("committee").given(("committee", c.Inform("mediation", "all", "")), *FILED)
        made.when("committee", offer("neighbours", channel)).refused("channel.locked")
        assert isinstance(made.answer, w.Refusal) and made.answer.detail == "filing/registered"
        made.when("committee", offer("neighbours", channel, w.DELEGATION)).refused("channel.locked")
        made.when("committee", offer("neighbours", channel, w.NOTICE)).then("referral.offered")

    def test_what_does_not_mediate_is_open(self) -> None:
        made = hub("committee").given(*FILED)
        made.when("committee", offer("court", "exit")).then("referral.offered")

    def test_a_suit_withdrawn_opens_it(self) -> None:
        made = hub("committee").given(*FILED, ("committee", c.Step("filing", "withdrawn", None, "", "")))
        made.when("committee", offer("neighbours", "mediation")).then("referral.offered")

    def test_the_courts_own_is_not_closed(self) -> None:
        made = hub("court").given(("court", c.Inform("delegation", "all", "")))
        made.given(("court", offer("police", "court", w.NOTICE), "r"))
        for step in ("registered", "consented", "entrusted"):
            made.given(("court", c.Step("entrust", step, referral("r"), "1", "")))
        made.when("court", offer("committee", "mediation")).refused("channel.locked")
        made.when("court", offer("committee", "court", w.DELEGATION)).then("referral.offered")

    def test_switched_off_in_a_pack(self) -> None:
        pack = read_pack(_text(BASE), *map(_text, WITH["p2026"]), _text("p2026"), "[offers]\nlock = false")
        made = hub("committee", pack).given(*FILED)
        made.when("committee", offer("neighbours", "mediation")).then("referral.offered")


@pytest.mark.parametrize("channel", ["court", "police", "petition", "procuratorate", "exit"])
def test_an_escalation_is_the_ladders(channel: str) -> None:
    made = hub("committee")
    made.when("committee", offer("neighbours", channel, w.ESCALATION)).refused("channel.kind")
    assert isinstance(made.answer, w.Refusal) and made.answer.field == "kind"


def test_nothing_comes_back_from_an_exit() -> None:
    hub("committee").when("committee", offer("court", "exit", w.DELEGATION)).refused("channel.kind")


def test_equal_consents_are_one_object() -> None:
    one, other = (hub("court").given(("court", c.Inform("mediation", "all", "")))["d"] for _ in range(2))
    assert one.marks == ("consent/mediation",) and one.marks is other.marks


def test_a_pack_without_the_table_refuses_nothing() -> None:
    bare = Pack("x", PACK.calendar, PACK.limits, frozenset(), 30, 0)
    assert bare.offers.refuses("escalation", "exit", "group", ("filing/registered",)) == ("", "")
