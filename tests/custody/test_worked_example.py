"""A dispute from a township's committee to the court and back down, step by step: who holds it, what is owed."""

from __future__ import annotations

from hub import words as w
from hub.aggregates.dispute.obligations import running
from tests.custody.say import (
    accept,
    agreement,
    assign,
    close,
    contest,
    feedback,
    refer,
    register,
    return_,
    sign,
)
from tests.custody.stories import Act
from tests.custody.town import PACK
from tests.given import Given, agencies

AGENCIES = (
    ("centre", "centre", "330302", None),
    ("committee", "committee", "330302001", None),
    ("station", "police", "330302001", None),
    ("department", "department_committee", "330302", None),
    ("court", "court", "330302", None),
    ("city", "committee", "330302", None),
)
SENDERS = "feedback {0}>centre, feedback {0}>department"
STEPS: list[tuple[str, tuple[Act, ...], list[str], str, str, str]] = [
    # what happens, by which commands, events of the last one, custodian, hand-over, owed (debtor>creditor)
    (
        "registered at the community committee", (("committee", register()),),
        ["dispute.registered"], "committee", "–", "progress committee",
    ),
    (
        "transfer to the police station offered", (("committee", refer("transfer", "station"), "1"),),
        ["referral.offered"], "committee", "offered",
        "sign station>committee, accept station>committee, progress committee",
    ),
    (
        "signed by the station", (("station", sign("1")),),
        ["referral.signed"], "committee", "signed", "accept station>committee, progress committee",
    ),
    (
        "returned, not competent, suggests the department", (("station", return_("1", suggested="department")),),
        ["referral.returned"], "committee", "–", "progress committee",
    ),
    (
        "contested by the committee", (("committee", contest("1")),),
        ["referral.contested"], "committee", "–", "settle centre>committee, progress committee",
    ),
    (
        "assigned by the centre to the department committee", (("centre", assign("department"), "2"),),
        ["referral.settled", "referral.assigned"], "department", "–", "sign department>centre, progress department",
    ),
    (
        "signed, which accepts it", (("department", sign("2")),),
        ["referral.signed"], "department", "–", "feedback department>centre, progress department",
    ),
    (
        "transfer to the court's pre-filing desk, accepted",
        (("department", refer("transfer", "court"), "3"), ("court", accept("3"))),
        ["referral.accepted"], "court", "–", f"{SENDERS.format('court')}, progress court",
    ),
    (
        "delegation to the city committee, accepted",
        (("court", refer("delegation", "city"), "4"), ("city", accept("4"))),
        ["referral.accepted"], "city", "–", f"feedback city>court, {SENDERS.format('city')}, progress city",
    ),
    (
        "agreement reached, due in 30 days", (("city", agreement("reached")),),
        ["agreement.reached"], "city", "–",
        f"feedback city>court, {SENDERS.format('city')}, perform city, progress city",
    ),
    (
        "final feedback on the delegation", (("city", feedback("4", final=True)),),
        ["referral.concluded"], "court", "–", f"{SENDERS.format('court')}, perform court, progress court",
    ),
    (
        "performed, closed by the court", (("court", agreement("performed")), ("court", close("performed"))),
        ["referral.concluded", "referral.concluded", "dispute.closed"], "court", "–", "",
    ),
]  # fmt: skip


def test_worked_example() -> None:
    hub = Given(agencies(*AGENCIES), PACK)
    names = {w.agency_id(code): code for code, *_ in AGENCIES}
    for title, acts, types, custodian, hand_over, owed in STEPS:
        hub.given(*acts).then(*types)
        state = hub["d"]
        assert names[state.custodian] == custodian, title
        assert (state.handover.state if state.handover else "–") == hand_over, title
        seen = [f"{o.name} {names[o.debtor]}" + (f">{names[o.creditor]}" if o.creditor else "") for o in running(state)]
        assert sorted(seen) == sorted(owed.split(", ") if owed else []), title
    assert hub["d"].status == w.CLOSED


def test_the_check_of_the_agreement_starts_30_days_on() -> None:
    hub = Given(agencies(*AGENCIES), PACK).given(("city", register()), ("city", agreement("reached")))
    perform = next(o for o in running(hub["d"]) if o.name == w.PERFORM)
    reached = hub.now + PACK.offset
    last_day_ends = reached - reached % w.DAY + 31 * w.DAY - PACK.offset
    assert perform.due_at == last_day_ends - 1 + PACK.limits[w.PERFORM].amount * w.HOUR


def test_a_suggested_receiver_reaches_the_log() -> None:
    hub = Given(agencies(*AGENCIES), PACK)
    for _, acts, *_ in STEPS[:4]:
        hub.given(*acts)
    assert not isinstance(hub.answer, w.Refusal)
    assert hub.answer[0].body.suggested == w.agency_id("department")  # type: ignore[union-attr]
