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
from hub.policy.ladder import CLAIMS

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
OWED = "owed"  # one running limit of this dispute that may be urged
RUNNING = "running"  # one that may be extended
OWING = "owing"  # an agency that owes something here
PARTIES = "parties"  # parties by name; only masks and commitments are sent
CODES = "codes"  # any number of a code list
COUNT = "count"  # a whole number, none = 0
STEP = "step"  # a step of a docking procedure that may be recorded now
LEVEL = "level"  # a level of the ladder above the present one
BRANCH = "branch"  # another branch of the ladder
COUNTED = "counted"  # whether a session counts; where there is a ladder that says it, and nobody is asked
EARLIER = "earlier"  # an earlier dispute that this one may be again
WHY_NOT = "why_not"  # why it does not count: in words, where there is a ladder one of what only its author knows

# What an act is about
REFERRAL = "referral"
DISPUTE = "dispute"
NEW = "new"  # nothing yet: registers a dispute
OWN = "own"  # the person's own agency


class Input(NamedTuple):
    """One field. ``codes``: its code list; ``only``: the codes offered, () = all. ``hint``: a text's key.
    ``duty``: filled with the person's duty role. ``label``: the key of its label where another act's field bears the
    name; ``unless``: another field and the value of it with which this one may be left out.
    """

    name: str
    kind: str = AREA
    required: bool = False
    codes: str = ""
    only: tuple[str, ...] = ()
    hint: str = ""
    duty: bool = False
    label: str = ""
    unless: tuple[str, str] = ("", "")

    @property
    def most(self) -> int:
        """Characters at most; 0 where that is not counted."""
        if self.kind not in (LINE, AREA, WHY_NOT):
            return 0
        return TEXT if self.name in LONG_TEXTS else SHORT


class Form(NamedTuple):
    """One act. ``command``: its name on the wire. ``about``: what it is about. ``fixed``: fields nobody fills in."""

    act: str
    command: str
    about: str
    inputs: tuple[Input, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()

    @property
    def direct(self) -> bool:
        """Whether there is nothing to fill in: one press is enough."""
        return not self.inputs

    def label(self, name: str) -> str:
        """The key of a field's label."""
        return next((f"act.field_{i.label}" for i in self.inputs if i.name == name and i.label), f"act.field_{name}")


def _code(name: str, codes: str, *only: str, hint: str = "") -> Input:
    return Input(name, CODE, True, codes, only, hint)


REASON: Final = Input("reason")
RECEIVER: Final = Input("receiver", AGENCY, True)
CHANNEL: Final = _code("channel", "channels")
CONTENT: Final = Input("content", required=True)
NOTE: Final = Input("note")
MODE: Final = Input("mode", CODE, True, "attempt_modes", unless=("result", "not_held"))
OFFERED_KINDS: Final = tuple(kind for kind in w.KINDS if kind != w.ASSIGNMENT)  # an assignment has a command of its own

_ALL: Final = (
    Form("register", "register", NEW, (
        _code("category", "categories"), Input("place", PLACE, hint="place"), _code("source", "sources"),
        Input("parties", PARTIES, hint="parties"),
    )),
    Form("refer", "refer", DISPUTE, (_code("kind", "kinds", *OFFERED_KINDS), CHANNEL, RECEIVER, REASON)),
    Form("redirect", "refer", REFERRAL, (_code("kind", "kinds", *OFFERED_KINDS), CHANNEL, RECEIVER, REASON)),
    Form("assign", "assign", DISPUTE, (
        CHANNEL, RECEIVER, _code("basis", "assignment_bases")._replace(required=False), REASON,
    )),
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
        _code("result", "attempt_results"), MODE, Input("at", INSTANT, True), Input("place", LINE),
        Input("mediator", LINE, hint="handler", duty=True), Input("counted", COUNTED, True),
        Input("why_not", WHY_NOT, codes="attempt_not_counted", only=CLAIMS, hint="why_not"),
    )),
    Form("inform", "inform", DISPUTE, (
        _code("subject", "notices")._replace(label="told"), _code("answer", "consents")._replace(required=False), NOTE,
    )),
    Form("particulars", "particulars", DISPUTE, (
        Input("people", COUNT), Input("deaths", COUNT), Input("claimed", MONEY, hint="amount"),
        Input("triggers", CODES, codes="risk_triggers"), Input("emergency", FLAG), NOTE,
    )),
    Form("step", "step", DISPUTE, (Input("step", STEP, True), Input("document", LINE, hint="document"), NOTE)),
    Form("visit", "visit", DISPUTE, (
        _code("performance", "performances"), _code("satisfaction", "satisfaction")._replace(required=False), NOTE,
    )),
    Form("decide_relapse", "decide_relapse", DISPUTE, (
        Input("earlier", EARLIER, True), Input("same", CHOICE, True, label="same_dispute"), NOTE,
    )),
    Form("extend", "extend", DISPUTE, (
        Input("obligation", RUNNING, True, label="limit"), _code("cause", "extension_causes"),
        Input("days", COUNT, True, hint="days"), Input("consent", FLAG), REASON,
    )),
    Form("exempt", "ladder", DISPUTE, (
        _code("exemption", "exemptions"), Input("level", LEVEL, hint="level"), Input("approver", AGENCY, True),
        Input("reason", required=True),
    ), (("act", "exempt"),)),
    Form("change_branch", "ladder", DISPUTE, (Input("branch", BRANCH, True), REASON), (("act", "branch"),)),
    Form("end_ladder", "ladder", DISPUTE, (REASON,), (("act", "end"),)),
    Form("resume_ladder", "ladder", DISPUTE, (Input("consent", FLAG), REASON), (("act", "resume"),)),
    Form("reach_agreement", "reach_agreement", DISPUTE, (
        _code("form", "agreement_forms"), Input("amount", MONEY, hint="amount"), Input("due_on", DATE, hint="due_on"),
    )),
    Form("perform_agreement", "perform_agreement", DISPUTE, (NOTE,)),
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
