"""The pages' own styles, scripts and vendored ones: a closed list, served with a name that changes with the content.

Guarantee: nothing outside the list is served; what is asked for with its version may be kept for ever by browsers.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..problems import Problem
from .routes import open_page

router = APIRouter()

SHIPPED: Final = {
    "tokens.css": "tokens.css",
    "base.css": "base.css",
    "app.css": "app.css",
    "app.js": "app.js",
    "board.js": "board.js",
    "desk.js": "desk.js",
    "dispute.css": "dispute.css",
    "dispute.js": "dispute.js",
    "lists.css": "lists.css",
    "lists.js": "lists.js",
    "rules.css": "rules.css",
    "screening.css": "screening.css",
    "live.js": "live.js",
    "htmx.js": "vendor/htmx/dist/htmx.min.js",
}
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file as it is sent."""

    content: bytes
    packed: bytes
    version: str
    kind: str


@cache
def asset(name: str) -> Asset:
    """A shipped file. Problem ``request.route`` for any other name."""
    if name not in SHIPPED:
        raise Problem("request.route", "name")
    content = files("hub.web").joinpath("static", *SHIPPED[name].split("/")).read_bytes()
    if "/" not in SHIPPED[name]:
        content = bare(content, name[name.rindex(".") :])
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, gzip.compress(content, 9, mtime=0), version, TYPES[name[name.rindex(".") :]])


def bare(content: bytes, kind: str) -> bytes:
    """One of our own files without comments and indentation: a browser needs neither. Scripts have comments on lines of
    their own or behind code (these stay), and no text that runs over lines.
    """
    if kind == ".css":
        content = re.sub(rb"/\*.*?\*/", b"", content, flags=re.S)
    else:
        content = re.sub(rb"(?m)^\s*//.*$", b"", content)
    return re.sub(rb"(?m)^\s+", b"", content)


def address(name: str) -> str:
    """Where a page finds it."""
    return f"/static/{name}?v={asset(name).version}"


@router.get("/static/{name}", **open_page("read.static"))
def static(request: Request, name: str) -> Response:
    """One file."""
    found = asset(name)
    headers = {
        "Cache-Control": FOR_EVER if request.query_params.get("v") == found.version else "no-cache",
        "ETag": f'"{found.version}"',
        "Vary": "Accept-Encoding",
    }
    if f'"{found.version}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)
