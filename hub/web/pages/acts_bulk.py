"""One act for many rows of a desk at once (批量办理).

Guarantee: each row is a command of its own with an answer of its own; a refused one stops none of the others, and what
came of each is told on the page one comes back to. The same rows sent again from the same page are the same commands.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.words import ACKNOWLEDGE, SIGN, text

from ..problems import Problem
from .acts import number_for, typed_in
from .acts_said import MANY, MOST, NONE, leading_back
from .acts_send import Act, await_views, command_id, number_of, send
from .forms import BULK, FORMS
from .forms_read import one
from .items import Owed
from .items import read as read_item
from .routes import bound_page
from .visitors import Visitor, visiting

router = APIRouter()


@router.post("/act/bulk", **bound_page("act.person"))
def bulk(request: Request, visitor: Annotated[Visitor, visiting("act.person")]) -> Response:
    """Send an act for every row that was picked and takes it."""
    typed = typed_in(visitor.form)
    act, back = one(typed, "command"), one(typed, "back")
    if act not in BULK:
        raise Problem("field.unknown_code", "command", status=422)
    number = number_of(one(typed, "nonce"))
    picked = list(dict.fromkeys(typed.get("pick", ())))
    acts = [made for made in (_act(act, number, pick) for pick in picked) if made is not None]
    if not acts or len(acts) > MOST:
        return _to(leading_back(back, act, [], NONE if not acts else MANY, many=True))
    ids = [command_id(visitor, made.number) for made in acts]
    try:
        outcomes = send(visitor, acts)
    except Problem as why:
        if why.code == "access.denied":
            raise
        outcomes = []  # nothing was taken: told row by row as not answered, with that sending again is safe
    await_views(visitor, outcomes)
    return _to(leading_back(back, act, ids, many=True, left=len(picked) - len(acts)))


def _act(act: str, number: str, pick: str) -> Act | None:
    """The command for a row; None when the row does not take this act."""
    try:
        owed = read_item(pick)
    except Problem:
        return None
    fields = _fields(act, owed)
    if fields is None:
        return None
    return Act(FORMS[act], number_for(number, act, pick), fields, owed.dispute)


def _fields(act: str, owed: Owed) -> dict[str, Any] | None:
    referral = text(owed.referral) if owed.referral else None
    if act == "sign":
        return {"referral": referral} if owed.obligation == SIGN and referral else None
    if act == "acknowledge":
        return {} if owed.obligation == ACKNOWLEDGE else None
    return {"obligation": owed.obligation, "referral": referral, "debtor": text(owed.debtor)}


def _to(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
