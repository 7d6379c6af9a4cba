"""Where a page leads to after signing in: only ever to a page of this hub.

Guarantee: what ``safe`` returns starts with one slash and stays on this origin, however a browser reads it: no scheme,
no host, no backslash, no control character or space (browsers drop some of them and would then see ``//host``).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request

from .visitors import SHOWING

START: Final = "/"
LONGEST: Final = 2_000
NOT_BACK_TO: Final = re.compile(r"/(sign-in|sign-out|welcome)(/|\?|$)")  # they would lead in a circle
LOCAL: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


def safe(wanted: str) -> str:
    """A path with query on this origin to go to; the start page for anything else."""
    asked = quote(wanted[:LONGEST], safe="!#$%&'()*+,/:;=?@[]~\\\x00\t\r\n ", errors="replace")
    if not LOCAL.fullmatch(asked) or NOT_BACK_TO.match(asked):
        return START
    split = urlsplit(asked)
    return START if split.scheme or split.netloc else asked


def sign_in_from(request: Request) -> str:
    """The sign-in page, knowing where to come back to: of a form or a part of a page, the page it stands on."""
    if request.method in SHOWING and request.headers.get("hx-request") != "true":
        shown = urlsplit(str(request.url))
    else:
        shown = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    there = safe(f"{shown.path}?{shown.query}" if shown.query else shown.path or START)
    return "/sign-in" if there == START else f"/sign-in?next={quote(there, safe='/')}"
