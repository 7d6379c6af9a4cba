"""The outermost layer: what every request meets before any of our handlers, and every response passes on its
way out.

Guarantee: a body above the cap is refused before it is parsed, whatever its length header says; a
compressed body is refused (there is no decompression bomb because nothing is decompressed); an exception of
ours becomes 500 with an incident number, and its message goes nowhere (messages can carry personal data:
the log gets types and places only).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem, incident
from .problems import respond as respond_document

log = structlog.get_logger(__name__)

BODY_CAP = 256 * 1024  # bytes; an event is at most 60,000, its JSON form at most about four times that
TARGET_CAP = 8 * 1024  # bytes of path and query
HUNG_UP = 499  # in our own log only: no such answer is ever sent

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Respond = Callable[[Request, Problem], Response]
# The referrer stays within the origin; with none at all browsers say "Origin: null" of our own forms too.
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_RAW = [(k.encode(), v.encode()) for k, v in HEADERS.items()]


class _TooLarge(Exception):
    pass


class Edge:
    """ASGI middleware. ``monotonic`` is seconds of a clock that never goes back, for the duration in the log;
    ``respond`` makes a response of a problem.
    """

    def __init__(
        self,
        app: ASGIApp,
        monotonic: Callable[[], float] = time.monotonic,
        cap: int = BODY_CAP,
        respond: Respond = respond_document,
    ) -> None:
        self._app = app
        self._respond = respond
        self._monotonic = monotonic
        self._cap = cap

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP goes straight through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        sender = _Sender(send)
        started = self._monotonic()
        try:
            problem = self._refuse(request)
            if problem is not None:
                await self._respond(request, problem)(scope, receive, sender)
            else:
                await self._app(scope, _capped(receive, self._cap), sender)
        except _TooLarge:
            await self._last_word(request, Problem("request.too_large"), scope, receive, sender)
        except ClientDisconnect:
            sender.status = HUNG_UP  # before the caller had said what it wants: nobody to answer, no incident of ours
        except Exception as why:
            number = uuid.uuid4().hex
            log.error("http.incident", incident=number, path=_route(scope), exc_info=why)
            await self._last_word(request, incident("hub.incident", number), scope, receive, sender)
        took = round((self._monotonic() - started) * 1000, 1)
        log.info(
            "http.request", method=scope["method"], route=_route(scope), status=sender.status, ms=took,
            system=scope.get("state", {}).get("system", ""),
        )  # fmt: skip

    def _refuse(self, request: Request) -> Problem | None:
        length = request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 18:
            return Problem("request.json", "Content-Length")
        if int(length) > self._cap:
            return Problem("request.too_large", detail=f"at most {self._cap} bytes")
        if request.headers.get("content-encoding", "identity") != "identity":
            return Problem("request.media_type", "Content-Encoding")
        if len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"]) > TARGET_CAP:
            return Problem("request.query", detail=f"path and query are longer than {TARGET_CAP} bytes")
        return None

    async def _last_word(
        self, request: Request, problem: Problem, scope: Scope, receive: Receive, sender: _Sender
    ) -> None:
        """Answer with the problem, unless a response has begun: then the connection is all that can be broken off."""
        if sender.status:
            raise ConnectionAbortedError("response broken off")
        await self._respond(request, problem)(scope, receive, sender)


class _Sender:
    """Adds the security headers and remembers how far the response got."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            named = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(h for h in _RAW if h[0] not in named)]
        await self._send(message)


def _capped(receive: Receive, cap: int) -> Callable[[], Awaitable[Message]]:
    left = cap

    async def take() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _TooLarge
        return message

    return take


def _route(scope: Scope) -> str:
    """The route's template, never the path itself: paths and queries hold what callers wrote."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "-"
