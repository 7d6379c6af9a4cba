"""Signing in (登录)."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .visitors import SHOWING, SignInFirst


async def sign_in_first(request: Request, why: Exception) -> Response:
    """Where there is no session: to the sign-in page and back."""
    assert isinstance(why, SignInFirst)
    there = f"/sign-in?next={quote(_here(request))}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": there, "Cache-Control": "no-store"})
    return RedirectResponse(there, 303, {"Cache-Control": "no-store"})


def _here(request: Request) -> str:
    """The page to come back to: of a form or a part of a page the one it stands on."""
    shown = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    if request.method in SHOWING and "hx-request" not in request.headers:
        shown = urlsplit(str(request.url))
    return f"{shown.path or '/'}?{shown.query}" if shown.query else shown.path or "/"
