"""The values that fill a form: one small function each, by the name forms use. None = not known: a line to fill in.

Guarantee: a value says only what stands in the events, in the registry or in a code list. ``typed`` values hold free
text of people; a packet that may carry certain things only leaves them out, because nobody can say what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from hub.aggregates.agency.registry import Registry
from hub.words import BROKEN, PERFORMED, REACHED

from ..exports.ledger import words
from . import text as t
from .form import number_of
from .record import Fields, Happened, Record

AGREEMENT: Final = {
    "agreement.reached": REACHED, "agreement.performed": PERFORMED, "agreement.broken": BROKEN,
}  # fmt: skip
DECISIONS: Final = {"referral.accepted": "已受理", "referral.returned": "退回"}
TAKEN_UP: Final = ("registered", "filed", "received")  # steps of docking procedures whose document numbers the case
NUMBER: Final = re.compile(r"[^\s]{0,20}[(（〔\[［](19|20)\d{2}[)）〕\]］][^\s]{1,30}号")
PLACES: Final = {"village": 12, "township": 9}  # digits of the regions of committees


class Value(NamedTuple):
    """How a value is found; ``typed``: it holds free text."""

    of: Callable[[Record], str | None]
    typed: bool = False


def label(codes: str, code: object) -> str | None:
    """A code's word; a code that is not in its list reads as itself."""
    return words(codes).get(str(code), str(code)) if code not in (None, "") else None


def agreement_state(record: Record) -> str:
    """ "", reached, performed or broken; a case opened again begins without."""
    last = record.latest(*AGREEMENT, "dispute.reopened")
    return AGREEMENT.get(last.topic, "") if last is not None else ""


def place(registry: Registry, code: str) -> str:
    """A region code as forms write it: the place in the registered name of its committee or centre; else as it is."""
    for agency in sorted(registry.agencies.values(), key=lambda a: a.code):
        if agency.region != code:
            continue
        if agency.kind == "committee" and len(code) == PLACES.get(agency.level):
            return agency.name.removesuffix("人民调解委员会").removesuffix("调委会")
        if agency.kind == "centre":
            return agency.name.partition("矛盾纠纷")[0]
    return code


def _field(name: str) -> Callable[[Record], str | None]:
    return lambda r: t.text(str(r.fields.get(name) or "")) or None


def _sent(name: str) -> Callable[[Record], str | None]:
    return lambda r: t.text(str(r.leg.get(name) or "")) or None


def _word(codes: str, field: str) -> Callable[[Record], str | None]:
    return lambda r: label(codes, r.fields.get(field))


def _leg_word(codes: str, field: str) -> Callable[[Record], str | None]:
    return lambda r: label(codes, r.leg.get(field))


def _named(field: str) -> Callable[[Record], str | None]:
    return lambda r: r.name(r.fields.get(field) or r.leg.get(field))


def _limit(name: str) -> Callable[[Record], str | None]:
    def found(r: Record) -> str | None:
        for f in (r.fields, r.leg):
            if f.get(f"{name}_due_at") is not None:
                return t.until(f[f"{name}_due_at"], f[f"{name}_rule"])
        return None

    return found


def _category(r: Record) -> str | None:
    return label("categories", r.first["category"])


def _place(r: Record) -> str | None:
    code = t.text(r.first["place"])
    return place(r.registry, code) if code else None


def _grade(r: Record) -> str | None:
    found = r.latest("dispute.graded")
    if found is None:
        return None
    raw = " ".join(part for part in (t.text(found.fields["scheme"]), t.text(found.fields["grade"])) if part)
    return f"{label('grades', found.fields['ordinal'])}" + (f"（{raw}）" if raw else "")


def _consent(r: Record) -> str | None:
    asked = [e for e in r.all("parties.informed") if e.fields["subject"] in ("mediation", "delegation")]
    if not asked:
        return None
    return "；".join(_answer(e.fields) for e in asked)


def _answer(f: Fields) -> str:
    return f"{t.day(f['occurred_at'])}{label('notices', f['subject'])}：{label('consents', f['answer']) or ''}"


def _attempts(r: Record) -> str | None:
    """Number, days and ways of the sessions: nothing that was said in them."""
    held = r.all("attempt.held")
    if not held:
        return None
    counted = sum(bool(e.fields["counted"]) for e in held)
    said = "、".join(f"{t.day(e.fields['at'])}{_mode(e)}" for e in held)
    return f"共{len(held)}次，计入{counted}次：{said}"


def _mode(e: Happened) -> str:
    mode = label("attempt_modes", e.fields.get("mode"))
    return f"（{mode}）" if mode else ""


def _agreement_number(r: Record) -> str | None:
    found = r.latest("agreement.reached")
    return number_of("agreement", r.first["number"], found.version) if found is not None else None


def _performance(r: Record) -> str | None:
    return {REACHED: "已达成协议，尚未登记履行", PERFORMED: "已履行", BROKEN: "一方反悔"}.get(agreement_state(r))


def _amount(r: Record) -> str | None:
    found = r.latest("agreement.reached")
    amount = found.fields["amount"] if found is not None else None
    return t.money(amount) if amount is not None else None


def _due_on(r: Record) -> str | None:
    found = r.latest("agreement.reached")
    due = found.fields["due_on"] if found is not None else None
    return f"{t.day_of(due)}前" if due else None


def _feedback_result(r: Record) -> str | None:
    """What came of it as far as the events say."""
    if r.event.topic == "feedback.given":
        return "阶段反馈：仍在办理"
    state = agreement_state(r)
    return {REACHED: "达成调解协议", PERFORMED: "达成调解协议并已履行", BROKEN: "达成协议后一方反悔"}.get(state)


def _decision(r: Record) -> str | None:
    return DECISIONS.get(r.event.topic, "已签收")


def _origin_number(r: Record) -> str | None:
    """The numbers under which a court, the police or a petition office have the case: of the steps by which each took
    it up, and only what is a number with its year, so that nothing else that was typed is printed.
    """
    took = (e.fields["document"] for e in r.all("procedure.stepped") if e.fields["step"] in TAKEN_UP)
    return "、".join(dict.fromkeys(number for number in took if NUMBER.fullmatch(number))) or None


def _copies(r: Record) -> str | None:
    """One for each party and one for the organ; how many parties there are is known where both sides are recorded."""
    parties = r.first["parties"]
    both = {"applicant", "respondent"} <= {party.role for party in parties}
    return f"本协议一式{len(parties) + 1 if both else '＿＿'}份，各方当事人、调解组织各持一份。"


def _particulars(name: str) -> Callable[[Record], str | None]:
    def found(r: Record) -> str | None:
        last = r.latest("dispute.particulars")
        value = last.fields.get(name) if last is not None else None
        if value is None:
            return None
        return t.money(value) if name == "claimed" else f"{value}人"

    return found


def _referral(r: Record) -> str | None:
    sent = [e.fields["referral"] for e in r.entries if e.topic in ("referral.offered", "referral.assigned")]
    referral = r.fields.get("referral")
    return f"第{sent.index(referral) + 1}次移送" if referral in sent else None


def _letter_number(r: Record) -> str | None:
    """The number of the letter the receiver answers."""
    for e in r.entries:
        if e.topic in ("referral.offered", "referral.assigned") and e.fields["referral"] == r.fields.get("referral"):
            form = "delegation_letter" if e.fields.get("kind") == "delegation" else "referral_letter"
            return number_of(form, r.first["number"], e.version)
    return None


VALUES: Final[dict[str, Value]] = {
    # the case
    "dispute_number": Value(lambda r: r.first["number"]),
    "category": Value(_category),
    "place": Value(_place),
    "recorded_on": Value(lambda r: t.day(r.fields["recorded_at"])),
    "happened_on": Value(lambda r: t.day(r.fields["occurred_at"])),
    "grade": Value(_grade),
    "people": Value(_particulars("people")),
    "claimed": Value(_particulars("claimed")),
    "consent": Value(_consent),
    "agency": Value(_named("agency")),
    # the referral
    "referral": Value(_referral),
    "letter_number": Value(_letter_number),
    "channel": Value(_leg_word("channels", "channel")),
    "sender": Value(lambda r: r.name(r.leg.get("sender"))),
    "sent_on": Value(lambda r: t.day(r.leg["recorded_at"]) if r.leg else None),
    "sent_reason": Value(_sent("reason"), typed=True),
    "sign_limit": Value(_limit("sign")),
    "accept_limit": Value(_limit("accept")),
    "feedback_limit": Value(_limit("feedback")),
    "decision": Value(_decision),
    "origin_number": Value(_origin_number),
    "handler": Value(_field("handler")),
    "return_reason": Value(_word("return_reasons", "reason_code")),
    "reason": Value(_field("reason"), typed=True),
    "suggested": Value(lambda r: r.name(r.fields.get("suggested"))),
    # the work
    "attempts": Value(_attempts),
    "result": Value(_feedback_result),
    "content": Value(_field("content"), typed=True),
    "agreement_number": Value(_agreement_number),
    "performance": Value(_performance),
    "amount": Value(_amount),
    "due_on": Value(_due_on),
    "copies": Value(_copies),
    "outcome": Value(_word("outcomes", "outcome")),
    "note": Value(_field("note"), typed=True),
}  # fmt: skip


def facts(record: Record) -> Iterator[tuple[str, object]]:
    """What forms choose by (``where``): fields of referral and event, kinds of the agencies, category, agreement."""
    leg, fields = record.leg, record.fields
    for name in ("kind", "channel", "cause", "outcome", "form", "rights_notice"):
        yield name, fields[name] if name in fields else leg.get(name)
    for name in ("agency", "sender", "receiver"):
        found = record.agency(fields.get(name) or leg.get(name))
        yield f"{name}_kind", found.kind if found is not None else ""
    yield "category", record.first["category"]
    yield "agreement", agreement_state(record)
