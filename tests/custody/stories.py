"""How a dispute of the committee's gets somewhere: short given-parts that many tests share. Referrals are "1", "2" …"""

from __future__ import annotations

from typing import Any

from hub import words as w
from tests.custody import say
from tests.custody.town import AGENCIES, BY_CONSENT, HOURS, PACK
from tests.given import Given, agencies

Act = tuple[Any, ...]


def town() -> Given:
    return Given(agencies(*AGENCIES), PACK)


def play(hub: Given, acts: tuple[Act | int, ...]) -> Given:
    """Acts that are accepted; a number lets so many hours pass."""
    for act in acts:
        if isinstance(act, int):
            hub.now += act * w.HOUR
        else:
            hub.given(act)
    return hub


def offer(kind: str = "transfer", receiver: str = "station", label: str = "1", by: str = "committee") -> Act:
    return by, say.refer(kind, receiver), label


REGISTERED: tuple[Act, ...] = (("committee", say.register()),)
OFFERED = (*REGISTERED, offer())
SIGNED = (*OFFERED, ("station", say.sign("1")))
ACCEPTED = (*OFFERED, ("station", say.accept("1")))
RETURNED = (*OFFERED, ("station", say.return_("1")))
CONTESTED = (*RETURNED, ("committee", say.contest("1")))
RETURN_PROPOSED = (*ACCEPTED, ("station", say.return_("1")))
WITHDRAWAL_PROPOSED = (*SIGNED, ("committee", say.withdraw("1")))
WITHDRAWN = (*WITHDRAWAL_PROPOSED, ("station", say.consent("1")))
DELEGATED = (*REGISTERED, offer("delegation", "neighbours"), ("neighbours", say.accept("1")))
DELEGATION_DONE = (*DELEGATED, ("neighbours", say.feedback("1", final=True)))
ASKED_FOR_HELP = (*REGISTERED, offer("assistance", "station"))
HELPED = (*ASKED_FOR_HELP, ("station", say.accept("1")))
NOTIFIED = (*REGISTERED, offer("notice", "station"))
BY_CONSENT_OFFERED = (*REGISTERED, ("committee", say.refer("transfer", "station", BY_CONSENT), "1"))
BY_CONSENT_SIGNED = (*BY_CONSENT_OFFERED, ("station", say.sign("1")))
CLOSED = (*REGISTERED, ("committee", say.close()))
VOID = (*REGISTERED, ("committee", say.void()))
SUPERVISED = (*REGISTERED, ("office", say.supervise("committee")))
REACHED = (*REGISTERED, ("committee", say.agreement("reached")))
PERFORMED = (*REACHED, ("committee", say.agreement("performed")))
ASSIGNED = (*REGISTERED, ("office", say.assign("neighbours"), "1"))
SIGNED_ASSIGNMENT = (*ASSIGNED, ("neighbours", say.sign("1")))
SIGNED_NOTICE = (*NOTIFIED, ("station", say.sign("1")))
RETURNED_TWICE = (*RETURNED, offer(receiver="neighbours", label="2"), ("neighbours", say.return_("2")))
RETURN_PROPOSED_ON_OFFER = (*BY_CONSENT_SIGNED, ("station", say.return_("1")))
CLOSING = ("hub", say.close_agency("station", "police"))
DISSOLVED: tuple[Act, ...] = (CLOSING, ("hub", say.dissolve_agency("station")))
INTAKE_CLOSED = ("station", say.close_intake("station"))
LAPSED: tuple[Act | int, ...] = (*OFFERED, HOURS["accept"], ("hub", say.lapse("1")))
BACK_WITH_THE_FIRST = (  # a transfer, then back by another: the first is concluded, "came back"
    *ACCEPTED, offer(receiver="committee", label="2", by="station"), ("committee", say.accept("2")),
)  # fmt: skip
DELEGATE_RECEIVED_BEFORE = (  # the neighbours hold an accepted transfer and, further down, a delegation
    *REGISTERED, offer(receiver="neighbours"), ("neighbours", say.accept("1")),
    offer(receiver="station", label="2", by="neighbours"), ("station", say.accept("2")),
    offer("delegation", "neighbours", "3", by="station"), ("neighbours", say.accept("3")),
)  # fmt: skip
