"""Who signs in: how a person proves who they are. The one place that single sign-on will change.

``who_signs_in`` is the port: it takes the request and what was typed and gives the user name of a person of the store,
or raises a Problem. Everything after it (session, cookies, role, agency, where to go) is the same whatever the proof.
A directory or an identity provider adds a function of the same form, and for one that redirects a route that ends in
``let_in``; people, roles and agencies stay in the store. Today there is one proof: user name and password.

Guarantee: an unknown name, a disabled person, one without a password and a wrong password are told apart neither by the
answer nor by its time. Tries are bounded (``hub.store.guesses``). Nothing that was typed is logged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.words import SECOND

from ..callers import parts_of
from ..passwords import Busy
from ..problems import Problem
from .visitors import COOKIE, set_cookie

BROWSER: Final = "hub_browser"  # names a browser in which somebody has signed in before
YEAR: Final = 365 * 24 * 3600
NAME_CAP: Final = 100  # characters of what is taken for a user name

log = structlog.get_logger(__name__)


def by_password(request: Request, form: FormData) -> str:
    """User name and password. Problem ``sign_in.wrong``, ``sign_in.wait``, ``sign_in.busy``."""
    user = user_name(form)
    check(request, user, text_of(form, "password"))
    return user


who_signs_in: Final[Callable[[Request, FormData], str]] = by_password


def check(request: Request, user: str, password: str) -> None:
    """One try at a password. Problem ``sign_in.wrong``, ``sign_in.wait``, ``sign_in.busy``."""
    parts = parts_of(request)
    store = parts.store
    try:
        with parts.passwords.turn():
            wait = store.guesses.take(user, request.cookies.get(BROWSER, ""), parts.clock.now())
            if wait:
                raise _refused("sign_in.wait", detail=wait)
            kept = store.people.password(user)
            if not parts.passwords.fits(kept, password) or kept is None:
                raise _refused("sign_in.wrong")
            if parts.passwords.outdated(kept):
                store.people.rehash(user, kept, parts.passwords.hash(password))
    except Busy:
        raise _refused("sign_in.busy") from None


class Opened(NamedTuple):
    """A new session's cookies."""

    session: str
    browser: str

    def onto(self, request: Request, response: Response) -> Response:
        """The response, carrying them."""
        set_cookie(request, response, COOKIE, self.session)
        set_cookie(request, response, BROWSER, self.browser, YEAR)
        return response


def opened(request: Request, user: str) -> Opened:
    """A new session of a person whose proof is done; the one of this browser before it ends."""
    parts = parts_of(request)
    now = parts.clock.now()
    session = parts.store.sessions.open(user, now, instead=request.cookies.get(COOKIE, ""))
    browser = parts.store.guesses.passed(user, request.cookies.get(BROWSER, ""), now)
    log.info("sign_in.done")
    return Opened(session, browser)


def let_in(request: Request, user: str, there: str) -> Response:
    """Signs a person in whose proof is done, and leads on."""
    response = RedirectResponse(there, 303, {"Cache-Control": "no-store"})
    return opened(request, user).onto(request, response)


def user_name(form: FormData) -> str:
    """The user name as it was meant: case and width of letters do not matter."""
    return unicodedata.normalize("NFKC", text_of(form, "user")[:NAME_CAP]).strip().lower()


def text_of(form: FormData, name: str) -> str:
    """A field's text; "" when it is missing."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _refused(code: str, detail: int = 0) -> Problem:
    log.info("sign_in.refused", code=code)
    seconds = -(-detail // SECOND)
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return Problem(code, "password" if code == "sign_in.wrong" else "", headers=headers, more={"seconds": seconds})
