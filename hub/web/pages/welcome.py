"""A one-time link (一次性链接): whoever holds it chooses the password of the person it is for, and is signed in.

Guarantee: looking at the page uses nothing (mail and chat programs look at links); the password is taken once, within
the link's time. An unknown, used or old link and one of a disabled person are answered alike (``sign_in.link``).
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.store.people import Person
from hub.words import AgencyId

from ..callers import parts_of
from ..passwords import SHORTEST, Busy, fault
from ..problems import Problem, document
from .proof import let_in, text_of
from .render import render
from .routes import open_page
from .taste import taste_of
from .there import START
from .visitors import Typed, from_our_page

router = APIRouter()


@router.get("/welcome/{token}", **open_page("page.sign_in"))
def welcome(request: Request, token: str) -> Response:
    """The form for the first password, or the next."""
    return _form(request, _person(request, token))


@router.post("/welcome/{token}", **open_page("page.sign_in"))
def welcomed(request: Request, token: str, form: Typed) -> Response:
    """Takes the password and uses the link."""
    from_our_page(request)
    parts = parts_of(request)
    person = _person(request, token)
    password = text_of(form, "password")
    code = fault(password, text_of(form, "again"), person.user)
    if code:
        return _form(request, person, Problem(code, "again" if code == "password.differs" else "password"))
    try:
        with parts.passwords.turn():
            hashed = parts.passwords.hash(password)
    except Busy:
        return _form(request, person, Problem("sign_in.busy"))
    if parts.store.people.use_link(token, hashed, parts.clock.now()) is None:
        raise Problem("sign_in.link")
    return let_in(request, person.user, START)


def _person(request: Request, token: str) -> Person:
    parts = parts_of(request)
    person = parts.store.people.link(token, parts.clock.now())
    if person is None:
        raise Problem("sign_in.link")
    return person


def _form(request: Request, person: Person, why: Problem | None = None) -> Response:
    problem = document(why, taste_of(request).lang) if why is not None else None
    known = parts_of(request).registry().agency(AgencyId(person.agency))
    return render(
        request, None, "welcome.html", problem["status"] if problem else 200, person=person,
        agency=known.name if known is not None else "", problem=problem, shortest=SHORTEST,
    )  # fmt: skip
