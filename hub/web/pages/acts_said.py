"""What came of the acts one has just sent, on the page one comes back to: ``?act=sign&did=…``.

Guarantee: the words are made from the stored answers of commands this person stands behind; nothing from the address
is shown, and an address somebody else made up says nothing about anybody's commands.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from hub.aggregates.dispute import events
from hub.aggregates.dispute.obligations import find
from hub.words import ANSWER, DONE, HUB_SYSTEM, NOTHING, Answer, text

from ..problems import Problem, document
from .acts_about import look
from .forms import BULK, FORMS
from .messages import say, texts
from .there import START, safe
from .visitors import Visitor

MOST: Final = 100  # acts of one address
OWN_NAMES: Final = ("act", "did", "was", "left")
CALLING: Final = ("urge", "supervise")  # what calls upon another agency; custody says nothing about it
ALREADY, NONE, MANY = "already", "none", "many"  # done before; nothing was picked; too much was picked


class Owes(NamedTuple):
    """Who was urged (催办) or supervised (督办), what they owe (code list ``obligations``) and by when."""

    debtor: bytes
    obligation: str
    due_at: int


class Line(NamedTuple):
    """What came of one command. ``why`` and ``advice`` where it was refused; ``owes`` where somebody else must act."""

    outcome: str
    number: str
    custodian: bytes | None
    code: str = ""
    field: str = ""
    why: str = ""
    advice: str = ""
    owes: Owes | None = None


class Said(NamedTuple):
    """What came of all of them. ``was``: why nothing new was recorded; ``left``: rows that do not take the act."""

    act: str
    lines: Sequence[Line]
    was: str
    many: bool
    left: int = 0

    @property
    def done(self) -> int:
        """How many were done, or had been before."""
        return sum(line.outcome in (DONE, NOTHING) for line in self.lines)

    @property
    def rest(self) -> list[Line]:
        """Those that were not."""
        return [line for line in self.lines if line.outcome not in (DONE, NOTHING)]

    @property
    def fine(self) -> bool:
        """Whether nothing is left to say about refusals."""
        return self.was == ALREADY or not (self.rest or self.left or self.was)

    @property
    def most(self) -> int:
        """Rows of one act at most."""
        return MOST


def leading_back(back: str, act: str, ids: Sequence[bytes], was: str = "", *, many: bool = False, left: int = 0) -> str:
    """``back`` with what came of these commands. Problem-free: an address that is not ours becomes the start page."""
    split = urlsplit(safe(back) if back else START)
    query = [(k, v) for k, v in parse_qsl(split.query, keep_blank_values=True) if k not in OWN_NAMES]
    named = {"act": f"{act}.all" if many else act, "did": packed(ids), "was": was, "left": str(left) if left else ""}
    return f"{split.path}?{urlencode(query + [(k, v) for k, v in named.items() if v])}"


def said(request: Request, visitor: Visitor | None, lang: str) -> Said | None:
    """What to say on this page; None for nothing."""
    act, _, many = request.query_params.get("act", "").partition(".")
    if visitor is None or act not in FORMS or (many and act not in BULK):
        return None
    was, left = request.query_params.get("was", ""), request.query_params.get("left", "")
    more = int(left) if left.isascii() and left.isdigit() and len(left) < 5 else 0
    ids = unpacked(request.query_params.get("did", ""))
    if not ids:
        return Said(act, [], was, True, more) if many and was in (NONE, MANY) else None
    store = visitor.parts.store
    own = store.people.stood_behind(visitor.person.user, ids)
    if not own:
        return None
    answers = {ident: store.answers.get(HUB_SYSTEM, ident) for ident in ids if ident in own}
    disputes = {answer.dispute for answer in answers.values() if answer is not None and answer.dispute}
    heads = visitor.parts.views.desk.heads(disputes) if disputes else {}
    lines = []
    for answer in answers.values():
        if answer is None:
            lines.append(Line("unknown", "", None))
            continue
        head: dict[str, Any] = heads.get(answer.dispute or b"", {})
        why, advice = _reasons(lang, answer.code) if answer.code else ("", "")
        told = (answer.code, answer.field, why, advice)
        owes = _owes(visitor, answer) if act in CALLING and not many else None
        lines.append(Line(answer.outcome, head.get("number", ""), head.get("custodian"), *told, owes=owes))
    return Said(act, lines, was if was == ALREADY else "", bool(many), more)


def _owes(visitor: Visitor, answer: Answer) -> Owes | None:
    """Whom the event of this answer calls upon, and until when; None once nothing of it is owed any more."""
    try:
        seen = look(visitor, text(answer.dispute)) if answer.dispute and answer.outcome == DONE else None
    except Problem:
        return None
    if seen is None or not 0 < answer.version <= len(seen.history):
        return None
    body = seen.history[answer.version - 1][1].body
    if isinstance(body, events.SupervisionIssued):
        return Owes(body.supervised, ANSWER, body.answer_due_at)
    if isinstance(body, events.Urged):
        owed = find(seen.state, body.obligation, body.referral, body.debtor)
        return Owes(body.debtor, body.obligation, owed[0].due_at) if owed else None
    return None


def _reasons(lang: str, code: str) -> tuple[str, str]:
    shown = document(Problem(code), lang)
    advice = f"act.do_{code.replace('.', '_')}"
    return shown["title"], say(lang, advice) if advice in texts() else shown["advice"]


def packed(ids: Sequence[bytes]) -> str:
    """Command ids in an address."""
    return base64.urlsafe_b64encode(b"".join(ids)).decode().rstrip("=")


def unpacked(joined: str) -> list[bytes]:
    """Those of an address; none where it holds anything else, or more than ``MOST``."""
    try:
        raw = base64.urlsafe_b64decode(joined + "=" * (-len(joined) % 4))
    except (ValueError, binascii.Error):
        return []
    ids = [raw[at : at + 16] for at in range(0, len(raw), 16)]
    return list(dict.fromkeys(ids)) if ids and len(ids) <= MOST and len(ids[-1]) == 16 else []
