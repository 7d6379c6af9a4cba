"""A sentence for every type of event, in both languages: ``messages/case.toml`` under the event's type.

Guarantee: total over ``events.CLASSES`` (tested). Agencies and everything typed stay as registered or typed, marked as
Chinese; markup in them is text. A function gives the values of its sentence, and where it is another one than the
plain: ``head`` and ``more`` (their endings), ``icon``, ``typed``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from hub import words as w

from .. import when
from ..messages import say
from .marking import marked

if TYPE_CHECKING:
    from .teller import Teller

Fields = Mapping[str, Any]
Values = dict[str, Any]
Short = Callable[[bytes | None], Markup]


class Leg(NamedTuple):
    """What sentences know of a referral so far."""

    n: int
    kind: str
    sender: bytes
    receiver: bytes
    signed: bool = False
    asker: bytes = b""  # who made the open proposal


def _registered(t: Teller, f: Fields) -> Values:
    return {"agency": t.short(f["custodian"]), "source": t.code("sources", f["source"])}


def _offered(t: Teller, f: Fields) -> Values:
    before = t.legs.get(f["in_place_of"] or b"")
    t.legs[f["referral"]] = Leg(len(t.legs) + 1, f["kind"], f["sender"], f["receiver"])
    made = t.leg(f) | {"kind": t.words.kinds.get(f["kind"], f["kind"]), "channel": t.code("channels", f["channel"])}
    again = {"more": "+again", "m": before.n} if before else {}
    return made | again | {"typed": f["reason"]}


def _assigned(t: Teller, f: Fields) -> Values:
    t.legs[f["referral"]] = Leg(len(t.legs) + 1, w.ASSIGNMENT, f["sender"], f["receiver"])
    return t.leg(f) | {"typed": f["reason"]}


def _delivered(t: Teller, f: Fields) -> Values:
    return t.leg(f)


def _signed(t: Teller, f: Fields) -> Values:
    return t.leg(f) | {"more": "+binding" if t.legs[f["referral"]].kind == w.ASSIGNMENT else "+"}


def _accepted(t: Teller, f: Fields) -> Values:
    help_ = {} if t.legs[f["referral"]].kind in w.MOVING else {"head": "~help", "more": "+help"}
    return t.leg(f) | {"handler": marked(t.lang, f["handler"])} | help_


def _proposed(t: Teller, f: Fields) -> Values:
    withdrawal = {"head": "~withdrawal", "more": "+withdrawal"} if f["proposal"] == w.WITHDRAWAL else {}
    return t.leg(f) | {"reason": t.code("return_reasons", f["reason_code"]), "typed": f["reason"]} | withdrawal


def _declined(t: Teller, f: Fields) -> Values:
    made, leg = t.leg(f) | {"agency": t.short(f["agency"])}, t.legs[f["referral"]]
    if f["reason"] == "superseded" and f["agency"] not in (leg.sender, leg.receiver):
        return made | {"head": "~superseded"}
    return made | {"typed": f["reason"]} | ({"head": "~back"} if f["agency"] == leg.asker else {})


def _returned(t: Teller, f: Fields) -> Values:
    made = t.leg(f) | {"reason": t.code("return_reasons", f["reason_code"]), "typed": f["reason"]}
    if t.moved or f["reason_code"] == "consented":
        return made | {"more": "+moved"} | ({"head": "~moved"} if t.moved else {})
    return made | ({"more": "+suggested", "suggested": t.short(f["suggested"])} if f["suggested"] else {})


def _withdrawn(t: Teller, f: Fields) -> Values:
    made = t.leg(f) | {"cause": t.code("withdrawal_causes", f["cause"]), "typed": f["reason"]}
    return made | ({"head": "~redirected", "icon": "redirect"} if f["cause"] == "redirected" else {})


def _contested(t: Teller, f: Fields) -> Values:
    return t.leg(f) | {"settler": t.short(f["settler"]), "typed": f["grounds"]}


def _settled(t: Teller, f: Fields) -> Values:
    return t.leg(f) | {"outcome": t.code("settlements", f["outcome"]), "typed": f["reason"]}


def _lapsed(t: Teller, f: Fields) -> Values:
    return t.leg(f) | {"more": "+signed" if t.legs[f["referral"]].signed else "+"}


def _feedback(t: Teller, f: Fields) -> Values:
    return t.leg(f) | {"agency": t.short(f["agency"]), "typed": f["content"]}


def _concluded(t: Teller, f: Fields) -> Values:
    made = t.leg(f) | {"cause": t.code("conclusion_causes", f["cause"]), "typed": f["content"]}
    return made | ({"head": "~moved"} if t.moved else {})


def _attempt(t: Teller, f: Fields) -> Values:
    t.attempts += bool(f["counted"])
    typed = "，".join(part for part in (f["place"], f["mediator"], f["why_not"]) if part)
    made = {"k": t.attempts, "agency": t.short(f["agency"]), "at": when.dated(t.lang, f["at"]), "typed": typed}
    return made if f["counted"] else made | {"head": "~void"}


def _reached(t: Teller, f: Fields) -> Values:
    gap = t.words.say("comma")
    amount = "" if f["amount"] is None else gap + money(t.lang, f["amount"])
    due = "" if f["due_on"] is None else gap + say(t.lang, "case.due_before", at=f["due_on"])
    return {"form": t.code("agreement_forms", f["form"]), "amount": amount, "due": due}


def _note(name: str) -> Callable[[Teller, Fields], Values]:
    return lambda t, f: {"more": "", "typed": f[name]}


def _graded(t: Teller, f: Fields) -> Values:
    typed = " ".join(part for part in (f["scheme"], f["grade"]) if part)
    return {"grade": t.code("grades", str(f["ordinal"])), "agency": t.short(f["agency"]), "typed": typed}


def _reported(t: Teller, f: Fields) -> Values:
    recipients = Markup(t.words.say("and")).join(t.short(recipient) for recipient in f["recipients"])
    return {"recipients": recipients, "due": t.until(f["ack_due_at"]), "typed": f["content"]}


def _acknowledged(t: Teller, f: Fields) -> Values:
    return {"recipient": t.short(f["recipient"]), "typed": f["instruction"]}


def _supervised(t: Teller, f: Fields) -> Values:
    """The hub's own demand is the name of what is owed; a supervisor's is a sentence."""
    demand = f["demand"]
    made = {"supervised": t.short(f["supervised"]), "supervisor": t.short(f["supervisor"])}
    typed = say("zh", f"case.o_{demand}") if demand in w.OBLIGATIONS else demand
    return made | {"due": t.until(f["answer_due_at"]), "typed": typed}


def _answered(t: Teller, f: Fields) -> Values:
    return {"supervised": t.short(f["supervised"]), "typed": f["content"]}


def _urged(t: Teller, f: Fields) -> Values:
    by = say(t.lang, "case.by_hub") if f["agency"] == w.HUB_AGENCY else t.short(f["agency"])
    return _owed(t, f) | {"by": by, "typed": f["content"]}


def _owed(t: Teller, f: Fields) -> Values:
    made = {"what": t.on(f["obligation"], f["referral"]), "debtor": t.short(f["debtor"])}
    made |= {"due": t.until(f["due_at"])} if "due_at" in f else {}
    return made | ({"old": t.until(f["old_due_at"])} if "old_due_at" in f else {})


def _closed(t: Teller, f: Fields) -> Values:
    made = {"outcome": t.code("outcomes", f["outcome"]), "agency": t.short(f["agency"]), "typed": f["summary"]}
    return made | ({"more": "+rights"} if f["rights_notice"] else {})


def _reopened(t: Teller, f: Fields) -> Values:
    return {"typed": f["grounds"]} | ({"more": "+relapse"} if f["relapse"] else {})


def _voided(t: Teller, f: Fields) -> Values:
    return {"agency": t.short(f["agency"]), "typed": f["reason"]}


def _succeeded(t: Teller, f: Fields) -> Values:
    made = {"closing": t.short(f["closing"]), "successor": t.short(f["successor"])}
    return made | ({"head": "~moved"} if t.moved else {})


def _informed(t: Teller, f: Fields) -> Values:
    answer = t.words.say("comma") + t.code("consents", f["answer"]) if f["answer"] else ""
    made = {"subject": t.code("notices", f["subject"]), "answer": answer}
    return made | {"agency": t.short(f["agency"]), "typed": f["note"]}


def _particulars(t: Teller, f: Fields) -> Values:
    parts = [say(t.lang, f"case.fact_{name}", n=f[name]) for name in ("people", "deaths") if f[name]]
    parts += [] if f["claimed"] is None else [money(t.lang, f["claimed"])]
    parts += [t.code("risk_triggers", code) for code in f["triggers"]]
    parts += [say(t.lang, "case.fact_emergency")] if f["emergency"] else []
    return {"facts": Markup(t.words.say("comma")).join(parts), "agency": t.short(f["agency"]), "typed": f["note"]}


def _stepped(t: Teller, f: Fields) -> Values:
    made = {"procedure": t.code("procedures", f["machine"]), "step": t.code("steps", f"{f['machine']}/{f['step']}")}
    document = Markup(t.words.say("comma")) + marked(t.lang, f["document"]) if f["document"] else ""
    return made | {"document": document, "agency": t.short(f["agency"]), "typed": f["note"]}


def _visited(t: Teller, f: Fields) -> Values:
    satisfied = t.words.say("comma") + t.code("satisfaction", f["satisfaction"]) if f["satisfaction"] else ""
    made = {"performance": t.code("performances", f["performance"]), "satisfaction": satisfied}
    return made | {"agency": t.short(f["agency"]), "typed": f["note"]}


def _extended(t: Teller, f: Fields) -> Values:
    made = {"cause": t.code("extension_causes", f["cause"]), "days": f["days"], "typed": f["reason"]}
    return _owed(t, f) | made | ({"more": "+agreed"} if f["consent"] else {})


def _stood(t: Teller, f: Fields) -> Values:
    made = {"level": t.code("ladder_levels", f["level"]), "state": t.code("ladder_states", f["state"])}
    made |= {"next": t.code("ladder_nexts", f["next"]), "typed": f["reason"]}
    return made | {name: f[name] for name in ("tries", "total", "required")}


def _suspected(t: Teller, f: Fields) -> Values:
    """Neither which dispute nor why: the panel says that to those who may see it."""
    return {}


def _decided(t: Teller, f: Fields) -> Values:
    made = {"agency": t.short(f["agency"]), "typed": f["note"]}
    return made if f["same"] else made | {"head": "~other"}


def money(lang: str, fen: int) -> str:
    """¥12,000.00."""
    return say(lang, "case.amount", yuan=f"{fen // 100:,}.{fen % 100:02d}")


SENTENCES: Final[Mapping[str, tuple[str, Callable[[Teller, Fields], Values]]]] = {
    "dispute.registered": ("closed", _registered),
    "referral.offered": ("send", _offered),
    "referral.assigned": ("designate", _assigned),
    "referral.delivered": ("send", _delivered),
    "referral.signed": ("signed", _signed),
    "referral.accepted": ("accept", _accepted),
    "referral.proposed": ("say", _proposed),
    "referral.declined": ("off", _declined),
    "referral.returned": ("return", _returned),
    "referral.withdrawn": ("withdraw", _withdrawn),
    "referral.contested": ("say", _contested),
    "referral.settled": ("signed", _settled),
    "referral.lapsed": ("lapse", _lapsed),
    "feedback.given": ("say", _feedback),
    "referral.concluded": ("closed", _concluded),
    "attempt.held": ("try", _attempt),
    "agreement.reached": ("note", _reached),
    "agreement.performed": ("ok", _note("note")),
    "agreement.broken": ("off", _note("reason")),
    "dispute.graded": ("note", _graded),
    "dispute.reported": ("note", _reported),
    "report.acknowledged": ("signed", _acknowledged),
    "supervision.issued": ("late", _supervised),
    "supervision.answered": ("say", _answered),
    "obligation.urged": ("urge", _urged),
    "obligation.breached": ("late", _owed),
    "obligation.warned": ("soon", _owed),
    "obligation.recomputed": ("soon", _owed),
    "dispute.closed": ("closed", _closed),
    "dispute.reopened": ("open", _reopened),
    "dispute.voided": ("off", _voided),
    "custody.succeeded": ("redirect", _succeeded),
    "parties.informed": ("note", _informed),
    "dispute.particulars": ("note", _particulars),
    "procedure.stepped": ("note", _stepped),
    "followup.visited": ("say", _visited),
    "obligation.extended": ("soon", _extended),
    "ladder.stood": ("note", _stood),
    "relapse.suspected": ("redirect", _suspected),
    "relapse.decided": ("redirect", _decided),
}
