"""The acts of custody a person may do (办理), as data: act → command, what is filled in, and what it is about.

Guarantee: what is not in ``FORMS`` cannot be sent from a page; the hub's own commands are not. Fields bear the names of
``schemas/commands``; a field that the record needs is required here too, and so are the words without which an act says
nothing (feedback without content). Texts: ``messages/act.toml``, ``title_…``, ``button_…``, ``effect_…``, ``not_…``,
``said_…`` by act, ``field_…`` by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from hub import words as w
from hub.aggregates.wire import LONG_TEXTS, SHORT, TEXT

# Kinds of input
LINE = "line"  # a short text
AREA = "area"  # a long text
CODE = "code"  # one of a code list
AGENCY = "agency"  # an agency by name or code
AGENCIES = "agencies"  # several
PLACE = "place"  # a village or community of the city, or words
DATE = "date"  # a local date
INSTANT = "instant"  # a local date and time
MONEY = "money"  # yuan, sent as fen
FLAG = "flag"  # yes when ticked
CHOICE = "choice"  # yes or no, one of them chosen
NUMBER = "number"  # a dispute by its number
ORDINAL = "ordinal"  # one of a code list of numbers
OWED = "owed"  # one running limit of this dispute
OWING = "owing"  # an agency that owes something here
PARTIES = "parties"  # parties by name; only masks and commitments are sent

# What an act is about
REFERRAL = "referral"
DISPUTE = "dispute"
NEW = "new"  # nothing yet: registers a dispute
OWN = "own"  # the person's own agency


class Input(NamedTuple):
    """One field. ``codes``: its code list; ``only``: the codes offered, () = all. ``hint``: a text's key.
    ``duty``: filled with the person's duty role.
    """

    name: str
    kind: str = AREA
    required: bool = False
    codes: str = ""
    only: tuple[str, ...] = ()
    hint: str = ""
    duty: bool = False

    @property
    def most(self) -> int:
        """Characters at most; 0 where that is not counted."""
        if self.kind not in (LINE, AREA):
            return 0
        return TEXT if self.name in LONG_TEXTS else SHORT


class Form(NamedTuple):
    """One act. ``command``: its name on the wire. ``about``: what it is about."""

    act: str
    command: str
    about: str
    inputs: tuple[Input, ...] = ()

    @property
    def direct(self) -> bool:
        """Whether there is nothing to fill in: one press is enough."""
        return not self.inputs


def _code(name: str, codes: str, *only: str, hint: str = "") -> Input:
    return Input(name, CODE, True, codes, only, hint)


REASON: Final = Input("reason")
RECEIVER: Final = Input("receiver", AGENCY, True)
CHANNEL: Final = _code("channel", "channels")
CONTENT: Final = Input("content", required=True)
OFFERED_KINDS: Final = tuple(kind for kind in w.KINDS if kind != w.ASSIGNMENT)  # an assignment has a command of its own

_ALL: Final = (
    Form("register", "register", NEW, (
        _code("category", "categories"), Input("place", PLACE, hint="place"), _code("source", "sources"),
        Input("parties", PARTIES, hint="parties"),
    )),
    Form("refer", "refer", DISPUTE, (_code("kind", "kinds", *OFFERED_KINDS), CHANNEL, RECEIVER, REASON)),
    Form("redirect", "refer", REFERRAL, (_code("kind", "kinds", *OFFERED_KINDS), CHANNEL, RECEIVER, REASON)),
    Form("assign", "assign", DISPUTE, (CHANNEL, RECEIVER, REASON)),
    Form("sign", "sign", REFERRAL),
    Form("accept", "accept", REFERRAL, (Input("handler", LINE, hint="handler", duty=True),)),
    Form("return", "return", REFERRAL, (
        _code("reason_code", "return_reasons"), Input("suggested", AGENCY, hint="suggested"), REASON,
    )),
    Form("withdraw", "withdraw", REFERRAL, (REASON,)),
    Form("consent", "consent", REFERRAL),
    Form("decline", "decline", REFERRAL, (REASON,)),
    Form("contest", "contest", REFERRAL, (Input("grounds", required=True),)),
    Form("settle", "settle", REFERRAL, (REASON,)),
    Form("feedback", "feedback", REFERRAL, (Input("final", CHOICE, True), CONTENT)),
    Form("recall", "recall", REFERRAL, (REASON,)),
    Form("attempt", "attempt", DISPUTE, (
        Input("at", INSTANT, True), Input("place", LINE), Input("mediator", LINE, hint="handler", duty=True),
        Input("counted", CHOICE, True), Input("why_not", AREA, hint="why_not"),
    )),
    Form("reach_agreement", "reach_agreement", DISPUTE, (
        _code("form", "agreement_forms"), Input("amount", MONEY, hint="amount"), Input("due_on", DATE, hint="due_on"),
    )),
    Form("perform_agreement", "perform_agreement", DISPUTE, (Input("note"),)),
    Form("break_agreement", "break_agreement", DISPUTE, (REASON,)),
    Form("grade", "grade", DISPUTE, (
        Input("ordinal", ORDINAL, True, "grades"), Input("scheme", LINE, True, hint="scheme"),
        Input("grade", LINE, True),
    )),
    Form("report", "report", DISPUTE, (
        Input("recipients", AGENCIES, True), Input("grade", LINE), CONTENT,
    )),
    Form("acknowledge", "acknowledge", DISPUTE, (Input("instruction"),)),
    Form("supervise", "supervise", DISPUTE, (Input("supervised", OWING, True), Input("demand", required=True))),
    Form("answer", "answer", DISPUTE, (CONTENT,)),
    Form("urge", "urge", DISPUTE, (Input("obligation", OWED, True), Input("content"))),
    Form("close", "close", DISPUTE, (
        _code("outcome", "outcomes"), Input("summary"), Input("rights_notice", FLAG),
    )),
    Form("reopen", "reopen", DISPUTE, (Input("grounds"), Input("relapse", FLAG))),
    Form("void", "void", DISPUTE, (REASON, Input("duplicate_of", NUMBER))),
    Form("open_intake", "open_intake", OWN, (REASON,)),
    Form("close_intake", "close_intake", OWN, (REASON,)),
)  # fmt: skip

FORMS: Final[Mapping[str, Form]] = MappingProxyType({form.act: form for form in _ALL})
BULK: Final = ("sign", "urge", "acknowledge")  # sent for many items at once; none of them moves custody

SYMBOLS: Final[Mapping[str, str]] = MappingProxyType({
    "sign": "signed", "accept": "accept", "return": "return", "withdraw": "withdraw", "redirect": "redirect",
    "refer": "send", "assign": "designate", "attempt": "try", "feedback": "say", "urge": "urge", "close": "closed",
})  # fmt: skip
