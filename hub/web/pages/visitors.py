"""Who looks at a page: the signed-in person, found by the session cookie before anything else is read.

Guarantee: a page bound to an action is shown only to a person whom the policy table lets do it. Without a session a
page that only shows leads to ``/sign-in`` and back; what a form had sent is kept (``SignInFirst``). Whatever changes
something is taken only from our own pages: the session's token stands in the form (``csrf``) or in the header
``X-CSRF``, and the browser names no other origin. A session counts only while it stands in the store: disabling a
person, another role or agency, a new password count with the next request.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from hub.access import ACTIONS, PUBLIC, System, may, person, scope
from hub.aggregates.agency.registry import Registry
from hub.store.people import Person
from hub.store.sessions import Session
from hub.words import HUB_SYSTEM

from ..callers import parts_of
from ..parts import Parts
from ..problems import Problem

COOKIE: Final = "hub_session"
SHOWING: Final = frozenset({"GET", "HEAD"})
EMPTY: Final = FormData()
FIELDS: Final = 2_000  # of one form: a bulk act names many disputes


class Visitor(NamedTuple):
    """The signed-in person behind a request.

    ``system``: the person as the policy functions and commands take one. ``session`` names the session. ``form``: what
    a POST carried, empty on a GET. It has what ``hub.web.callers.Caller`` has, so what reads for a caller reads for it.
    """

    person: Person
    system: System
    parts: Parts
    csrf: str
    session: bytes = b""
    form: FormData = EMPTY

    @property
    def registry(self) -> Registry:
        """The registry of agencies at this moment."""
        return self.parts.registry()

    def scope(self) -> frozenset[bytes] | None:
        """The agencies whose disputes this person sees; None = all."""
        return scope(self.system, self.registry)

    def may(self, action: str) -> bool:
        """Whether the policy table lets this person do an action."""
        return may(self.system.roles, action)

    def stays(self) -> bool:
        """Whether the session still stands: asked now and then by an answer that goes on (a live board)."""
        return self.parts.store.sessions.lasts(self.session, self.parts.clock.now())


class SignInFirst(Exception):
    """There is no session: to the sign-in page, then back. ``form``: what was typed, so that it is not lost."""

    def __init__(self, form: FormData) -> None:
        super().__init__("sign in first")
        self.form = form


async def typed(request: Request) -> FormData:
    """The form a request carries, read once; files are not taken."""
    if request.method in SHOWING:
        return EMPTY
    return await request.form(max_files=0, max_fields=FIELDS)


Typed = Annotated[FormData, Depends(typed)]


def visiting(action: str) -> Any:
    """The dependency that finds the visitor and lets them pass or not."""
    if ACTIONS[action].roles is PUBLIC:
        raise ValueError(f"{action} needs no visitor")

    def find(request: Request, form: Typed) -> Visitor:
        return visitor_of(request, action, form)

    find.action = action  # type: ignore[attr-defined]  # tests hold it to the action the route is bound to
    return Depends(find)


def visitor_of(request: Request, action: str, form: FormData) -> Visitor:
    """The person who may do this. SignInFirst; Problem ``sign_in.origin``, ``sign_in.csrf``, ``sign_in.role``."""
    parts = parts_of(request)
    request.state.system = HUB_SYSTEM
    session = session_of(request)
    if session is None:
        raise SignInFirst(form)
    visitor = visitor_in(parts, session, form)
    request.state.visitor = visitor  # the problem page greets whom it tells that they may not
    if request.method not in SHOWING:
        from_our_page(request)
        given = request.headers.get("x-csrf") or form.get("csrf")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise Problem("sign_in.csrf")
    if not visitor.may(action):
        raise Problem("sign_in.role", detail=action)
    return visitor


def visitor_in(parts: Parts, session: Session, form: FormData = EMPTY) -> Visitor:
    """The visitor of a session."""
    who = session.person
    return Visitor(who, person(who.agency, who.role), parts, session.csrf, session.hash, form)


def session_of(request: Request) -> Session | None:
    """The session whose cookie the request carries."""
    token = request.cookies.get(COOKIE, "")
    parts = parts_of(request)
    return parts.store.sessions.of(token, parts.clock.now()) if token else None


def from_our_page(request: Request) -> None:
    """Whether a form was sent from one of our own pages, as far as the browser says. Problem ``sign_in.origin``.

    Browsers say it in ``Sec-Fetch-Site``, but on addresses without TLS only in ``Origin``; what says neither is no
    browser of today and cannot be led by somebody else's page. The host is compared and not the scheme: behind a proxy
    only the proxy knows that.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Problem("sign_in.origin")
        return
    origin = request.headers.get("origin")
    if origin is not None and (origin == "null" or urlsplit(origin).netloc != request.headers.get("host")):
        raise Problem("sign_in.origin")


def set_cookie(request: Request, response: Response, name: str, token: str, seconds: int | None = None) -> None:
    """A cookie that scripts cannot read and other sites' forms do not carry; Secure over https or by the settings."""
    secure = request.url.scheme == "https" or parts_of(request).https
    response.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
