"""The rows of a desk as they are drawn: how long is left, what it is, from whom, and the buttons that deal with it.

Guarantee: a button stands only where the rules know the act for this limit and the person may send it; masked names
only for those who may see them. What comes after an act is the same row in its new state, so that nothing moves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.projections.obligations.desk import SENT
from hub.projections.reading import Item
from hub.words import AgencyId, text

from ..problems import Problem, entry
from . import items, when
from .items import Owed
from .messages import say, texts
from .places import place_name
from .render import label, render
from .visitors import Visitor
from .when import Due

KEYS: Final = {"sign": "s", "accept": "a", "return": "r", "redirect": "g", "feedback": "f"}
DIRECT: Final = frozenset({"sign", "urge"})  # one press is enough
BY_LIMIT: Final = {
    w.FEEDBACK: ("feedback",), w.CONSENT: ("consent", "decline"), w.SETTLE: ("settle", "assign"),
    w.ANSWER: ("answer",), w.ACKNOWLEDGE: ("acknowledge",), w.PERFORM: ("perform_agreement", "break_agreement"),
    w.PROGRESS: ("attempt", "refer", "close"),
}  # fmt: skip


class Button(NamedTuple):
    """One act on a row. ``go``: the one that deals with it; ``direct``: sent at once, without a form; ``blocked``: why
    it is not possible now.
    """

    act: str
    label: str
    key: str
    go: bool
    direct: bool
    blocked: str = ""


class Row(NamedTuple):
    """One running limit. ``still``: the custodian is who it comes from. ``to``: it goes to ``other``."""

    id: str
    token: str
    group: str
    due: Due
    date: str
    dispute: str
    number: str
    parties: str
    category: str
    place: str
    kind: str
    channel: str
    custodian: bytes | None
    other: bytes | None
    to: bool
    still: bool
    urges: int
    buttons: tuple[Button, ...]


def row_id(owed: Owed) -> str:
    """The id of a limit's row on a page."""
    tail = owed.referral.hex()[:12] if owed.referral else owed.debtor.hex()[:6]
    return f"r-{owed.dispute.hex()}-{tail}-{owed.obligation}"


def made(visitor: Visitor, lang: str, agency: bytes, found: Sequence[Item]) -> list[Row]:
    """The rows of ``agency``'s desk, as this person sees them."""
    names: dict[bytes, list[str]] = {}
    if visitor.may("read.parties") and found:
        names = visitor.parts.store.sealed.masks({item["dispute"] for item in found})
    return [_row(visitor, lang, agency, item, names.get(item["dispute"], [])) for item in found]


def _row(visitor: Visitor, lang: str, agency: bytes, item: Item, names: Sequence[str]) -> Row:
    now, pack = visitor.parts.clock.now(), visitor.parts.pack
    due = when.due(lang, now, item["since_at"], item["due_at"], pack.limits[item["name"]].warn)
    token = items.token(item)
    sent = item["debtor"] != agency
    channel = item["channel"] or item["last_channel"]
    other = item["debtor"] if sent else item["creditor"]
    kind = label(lang, "kinds", item["kind"]) if item["kind"] else label(lang, "obligations", item["name"])
    if item["name"] in (w.CONSENT, w.SETTLE):
        kind = label(lang, "obligations", item["name"])
    return Row(
        row_id(items.read(token)), token, SENT if sent else item["group"], due, until_short(lang, item["due_at"]),
        text(item["dispute"]), item["number"], say(lang, "act.parties_and").join(names[:2]),
        label(lang, "categories", item["category"]) if item["category"] else "",
        place_name(visitor.registry, item["place"]), short(lang, "kind", item["kind"]) or kind,
        short(lang, "channel", channel), item["custodian"], other,
        sent or item["name"] == w.FEEDBACK, item["custodian"] is not None and item["custodian"] == other,
        item["urges"], tuple(_buttons(visitor, lang, agency, item)),
    )  # fmt: skip


def _buttons(visitor: Visitor, lang: str, agency: bytes, item: Item) -> list[Button]:
    if not visitor.may("act.person"):
        return []
    acts = _own_acts(visitor, item) if agency == visitor.person.agency else _others_acts(visitor, item)
    found = []
    for n, act in enumerate(acts):
        word = short(lang, "do", act) or say(lang, f"act.button_{act}")
        open_one = item["name"] == w.PROGRESS and item["handover"] and act in ("refer", "close")
        blocked = entry_title(lang, "dispute.handover_open") if open_one else ""
        found.append(Button(act, word, KEYS.get(act, ""), n == 0, act in DIRECT, blocked))
    return found


def entry_title(lang: str, code: str) -> str:
    """What a refusal says, and what to do about it."""
    line = entry(code)
    return (
        f"{line.en if lang == 'en' else line.zh}{say(lang, 'act.colon')}{say(lang, 'act.do_' + code.replace('.', '_'))}"
    )


def _own_acts(visitor: Visitor, item: Item) -> tuple[str, ...]:
    name, kind = item["name"], item["kind"]
    if item["debtor"] != visitor.person.agency:  # one's own offer
        return ("urge",) if kind == w.ASSIGNMENT else ("urge", "withdraw", "redirect")
    if name == w.SIGN:
        if kind == w.ASSIGNMENT:
            return ("sign",)
        if kind == w.NOTICE:
            return ("sign", "return")
        by_consent = kind in w.MOVING and visitor.parts.pack.by_consent(item["channel"])
        return ("sign", "accept") if by_consent else ("sign", "accept", "return")
    if name == w.ACCEPT:
        return ("accept", "return")
    return BY_LIMIT.get(name, ())


def _others_acts(visitor: Visitor, item: Item) -> tuple[str, ...]:
    """What one may do about a limit on another's desk."""
    own, debtor = visitor.person.agency, AgencyId(item["debtor"])
    if own in visitor.registry.above(debtor):
        return ("urge", "supervise")
    return ("urge",) if item["creditor"] == own else ()


def short(lang: str, what: str, code: str) -> str:
    """A shorter word than the code list's, where a desk has one."""
    key = f"desk.{what}_{code}"
    return say(lang, key) if code and key in texts() else ""


def until_short(lang: str, at: int) -> str:
    """11-25 周三 17:30; midnight is 24:00 of the day that ends (民法典 §203)."""
    if when.start_of_day(at) == at:
        return when.dated(lang, at - 1).rsplit(" ", 1)[0] + " 24:00"
    return when.dated(lang, at)


def after_act(
    request: Request, visitor: Visitor, lang: str, owed: Owed, act: str, before: bool, desk: str = ""
) -> Response:
    """What stands in a row's place after an act on it: the same referral's next limit, or that nothing is left.

    ``before``: it had been done before. ``desk``: the code of the agency whose desk it stands on. Counts on the page
    are asked for anew by ``desk-changed``.
    """
    agency = whose(visitor, desk)
    found = [i for i in visitor.parts.views.desk.of_dispute(agency, owed.dispute) if i["referral"] == owed.referral]
    same = act in ("urge", "supervise")
    following = next((i for i in found if not same or i["name"] == owed.obligation), None)
    rows = made(visitor, lang, agency, [following] if following is not None else [])
    head: dict[str, Any] = visitor.parts.views.desk.heads([owed.dispute]).get(owed.dispute, {})
    was = row_id(owed)
    changed = json.dumps({"desk-changed": {"row": was}})
    headers = {"HX-Retarget": f"#{was}", "HX-Reswap": "outerHTML", "HX-Trigger-After-Settle": changed}
    return render(
        request, visitor, "desk_after.html", headers=headers, rows=rows, was=was, act=act, before=before,
        number=head.get("number", ""), custodian=head.get("custodian"),
    )  # fmt: skip


def whose(visitor: Visitor, code: str) -> AgencyId:
    """The agency whose desk is meant: one's own, or another in one's scope. Problem ``agency.unknown``,
    ``access.denied``.
    """
    own = AgencyId(visitor.person.agency)
    if not code:
        return own
    agency = visitor.registry.agency(w.agency_id(code))
    if agency is None:
        raise Problem("agency.unknown", "agency")
    scope = visitor.scope()
    if agency.id != own and scope is not None and agency.id not in scope:
        raise Problem("access.denied", "agency")
    return agency.id
