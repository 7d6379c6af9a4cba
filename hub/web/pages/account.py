"""One's own account (账户): who one is here, the password, and where one is signed in.

Guarantee: the password is changed only by who knows the present one, and a change ends every other session; a session
is ended only by whose it is.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..passwords import SHORTEST, Busy, fault
from ..problems import Problem, document
from .proof import check, let_in, text_of
from .render import render
from .routes import bound_page
from .taste import taste_of
from .visitors import Visitor, visiting

router = APIRouter()
ACCOUNT: Final = "/account"
DONE: Final = ("password", "ended")  # what may stand in ?done=
Owner = Annotated[Visitor, visiting("page.account")]


@router.get(ACCOUNT, **bound_page("page.account"))
def account(request: Request, visitor: Owner) -> Response:
    """The page."""
    return _page(request, visitor)


@router.post(ACCOUNT, **bound_page("page.account"))
def changing(request: Request, visitor: Owner) -> Response:
    """``do``: ``password`` (with ``old``, ``password``, ``again``), ``end`` (with ``session``) or ``end_others``."""
    asked = text_of(visitor.form, "do")
    try:
        if asked == "password":
            return _password(request, visitor)
        if asked not in ("end", "end_others"):
            raise Problem("request.query", "do")
    except Problem as why:
        return _page(request, visitor, why)
    return _end(visitor, asked)


def _password(request: Request, visitor: Visitor) -> Response:
    form, user, parts = visitor.form, visitor.person.user, visitor.parts
    try:
        check(request, user, text_of(form, "old"))
    except Problem as why:
        why.field = "old" if why.code == "sign_in.wrong" else ""
        raise
    password = text_of(form, "password")
    code = fault(password, text_of(form, "again"), user)
    if code:
        raise Problem(code, "again" if code == "password.differs" else "password")
    try:
        with parts.passwords.turn():
            hashed = parts.passwords.hash(password)
    except Busy:
        raise Problem("sign_in.busy") from None
    parts.store.people.set_password(user, hashed, parts.clock.now())
    return let_in(request, user, f"{ACCOUNT}?done=password")


def _end(visitor: Visitor, asked: str) -> Response:
    sessions, user, now = visitor.parts.store.sessions, visitor.person.user, visitor.parts.clock.now()
    if asked == "end_others":
        sessions.end_others(user, visitor.session, now)
    else:
        named = text_of(visitor.form, "session")
        for session in sessions.of_person(user, now):
            if session.hash.hex() == named:
                sessions.end(session.hash, now, user)
    return RedirectResponse(f"{ACCOUNT}?done=ended", 303, {"Cache-Control": "no-store"})


def _page(request: Request, visitor: Visitor, why: Problem | None = None) -> Response:
    problem = document(why, taste_of(request).lang) if why is not None else None
    done = request.query_params.get("done")
    return render(
        request, visitor, "account.html", problem["status"] if problem else 200, why.headers if why else None,
        sessions=visitor.parts.store.sessions.of_person(visitor.person.user, visitor.parts.clock.now()),
        problem=problem, done=done if done in DONE else None, shortest=SHORTEST, here="account",
    )  # fmt: skip
