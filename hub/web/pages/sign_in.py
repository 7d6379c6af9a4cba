"""Signing in and out (登录), and the page one starts from.

Guarantee: without a session every page leads here and back (``there``); what had been typed into a form whose session
ran out is shown again after signing in and sent only when its author says so. The session's cookie is new with each
signing in, and signing out ends the session in the store, not only in the browser.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..callers import parts_of
from ..problems import Problem, document
from .proof import let_in, opened, text_of, user_name, who_signs_in
from .render import problem_page, render
from .routes import bound_page, open_page
from .taste import taste_of
from .there import START, safe, sign_in_from
from .visitors import COOKIE, SHOWING, SignInFirst, Typed, Visitor, from_our_page, session_of, visiting, visitor_in

router = APIRouter()
STARTS: Final = {"clerk": "/desk", "supervisor": "/board", "auditor": "/board", "operator": "/account"}
WORDS: Final = re.compile(r"[^!-~]")  # what has a letter of Chinese or a space was typed by somebody


@router.get("/", **bound_page("page.account"))
def start(visitor: Annotated[Visitor, visiting("page.account")]) -> Response:
    """The page a role starts from."""
    return RedirectResponse(STARTS[visitor.person.role], 303, {"Cache-Control": "no-store"})


@router.get("/sign-in", **open_page("page.sign_in"))
def sign_in(request: Request, next: str = "") -> Response:
    """The form; whoever is signed in goes on at once."""
    if session_of(request) is not None:
        return RedirectResponse(safe(next), 303, {"Cache-Control": "no-store"})
    return _form(request, next=safe(next))


@router.post("/sign-in", **open_page("page.sign_in"))
def signing_in(request: Request, form: Typed) -> Response:
    """Who proves to be somebody is let in; a form that waited is shown to its author again."""
    there, kept = safe(text_of(form, "next")), text_of(form, "kept")
    try:
        from_our_page(request)
        user = who_signs_in(request, form)
    except Problem as why:
        return _form(request, why, user=user_name(form), next=there, kept=kept)
    return _resume(request, user, there, kept) if kept else let_in(request, user, there)


@router.post("/sign-out", **bound_page("page.account"))
def signing_out(request: Request, visitor: Annotated[Visitor, visiting("page.account")]) -> Response:
    """Ends the session of this browser."""
    visitor.parts.store.sessions.end(visitor.session, visitor.parts.clock.now())
    response = RedirectResponse("/sign-in?out=1", 303, {"Cache-Control": "no-store"})
    response.delete_cookie(COOKIE, path="/")
    return response


async def sign_in_first(request: Request, why: Exception) -> Response:
    """Where a page was asked for without a session: to the sign-in page and back.

    A part of a page (htmx) cannot show that page in its place, so the whole page goes there. What a form had sent stays
    in the sign-in form: it was typed by somebody who was signed in a moment ago.
    """
    assert isinstance(why, SignInFirst)
    part = request.headers.get("hx-request") == "true"
    if request.method in SHOWING or request.url.path == "/sign-out":
        if part:
            headers = {"HX-Redirect": sign_in_from(request), "Cache-Control": "no-store"}
            return Response(status_code=401, headers=headers | {"WWW-Authenticate": 'Session realm="hub"'})
        return RedirectResponse(sign_in_from(request), 303, {"Cache-Control": "no-store"})
    try:
        from_our_page(request)
    except Problem as problem:
        return problem_page(request, problem)
    typed = [[name, value] for name, value in why.form.multi_items() if isinstance(value, str) and name != "csrf"]
    kept = json.dumps(typed, ensure_ascii=False)
    headers = {"HX-Retarget": "body", "HX-Reswap": "innerHTML"} if part else {}
    return _form(request, status=403, headers=headers, next=safe(request.url.path), kept=kept)


def _form(
    request: Request,
    why: Problem | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    context = {"user": "", "next": START, "kept": "", "problem": None} | values
    if why is not None:
        context["problem"] = problem = document(why, taste_of(request).lang)
        status, headers = problem["status"], {**why.headers, **(headers or {})}
    out = request.query_params.get("out") == "1"
    return render(request, None, "sign_in.html", status, headers, out=out, **context)


def _resume(request: Request, user: str, there: str, kept: str) -> Response:
    """What was typed before the session ran out, to be sent now or left."""
    fields = _fields(kept)
    new = opened(request, user)
    parts = parts_of(request)
    session = parts.store.sessions.of(new.session, parts.clock.now())
    if session is None or not fields:
        return new.onto(request, RedirectResponse(START, 303, {"Cache-Control": "no-store"}))
    words = [value for _, value in fields if WORDS.search(value)]
    visitor = visitor_in(parts, session)
    return new.onto(request, render(request, visitor, "resume.html", fields=fields, words=words, there=there))


def _fields(kept: str) -> list[tuple[str, str]]:
    """The names and values of a kept form; none of something else."""
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError):
        return []
    pairs = found if isinstance(found, list) else []
    return [(p[0], p[1]) for p in pairs if isinstance(p, list) and len(p) == 2 and all(isinstance(x, str) for x in p)]
