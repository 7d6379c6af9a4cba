"""Errors as the caller sees them: RFC 9457 problem documents from the one catalogue, in Chinese or English.

Guarantee: ``code`` is stable and in ``schemas/codes/problems.json``; a code that is missing there still
gives a whole document (and a test fails). Text of the caller that comes back in ``field`` or ``detail`` is
cut and made harmless. Language: ``?lang=zh|en`` (en-US is en), else ``Accept-Language``, else Chinese. Source of the
form: RFC 9457.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from hub.words import Answer, text

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"  # seconds: a full queue empties in far less, a lease changes hands in little more


class Entry(NamedTuple):
    """One line of the catalogue: the HTTP status and what went wrong and what to do, in both languages."""

    code: str
    status: int
    zh: str
    en: str
    do_zh: str
    do_en: str


class Problem(Exception):
    """Raised by a handler to answer with a problem document."""

    def __init__(
        self,
        code: str,
        field: str = "",
        detail: str = "",
        *,
        status: int | None = None,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.detail = detail
        self.status = status
        self.more = dict(more or {})
        self.headers = dict(headers or {})


@cache
def catalogue() -> dict[str, Entry]:
    """Every error code of the hub, by code."""
    raw = json.loads(files("schemas").joinpath("codes", "problems.json").read_text(encoding="utf-8"))
    return {item["code"]: Entry(**item) for item in raw}


def entry(code: str) -> Entry:
    """The catalogue's line; a code that is missing reads as itself, a refusal (409)."""
    return catalogue().get(code) or Entry(code, 409, code, code, "", "")


def language(request: Request) -> str:
    """``zh`` or ``en`` for this request."""
    asked = request.query_params.get("lang", "").lower().partition("-")[0]
    if asked in ("zh", "en"):
        return asked
    best, weight = "zh", 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            q = float(quality) if quality else 1.0
        except ValueError:
            continue
        primary = tag.strip().lower().partition("-")[0]
        if primary in ("zh", "en") and q > weight:
            best, weight = primary, q
    return best


def document(problem: Problem, lang: str) -> dict[str, Any]:
    """The problem document: RFC 9457 members, then ``code``, ``field``, ``advice`` and what the case adds."""
    line = entry(problem.code)
    made: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": line.en if lang == "en" else line.zh,
        "status": problem.status or line.status,
        "code": problem.code,
        "field": _harmless(problem.field, 100),
        "detail": _harmless(problem.detail, 300),
        "advice": line.do_en if lang == "en" else line.do_zh,
    }
    return made | problem.more


def respond(request: Request, problem: Problem) -> Response:
    """The response for a problem, with ``Retry-After`` when trying again is the advice."""
    body = document(problem, language(request))
    headers = dict(problem.headers)
    if body["status"] == 503:
        headers.setdefault("Retry-After", RETRY_AFTER)
    if body["status"] == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="hub"')
    headers.setdefault("Content-Language", language(request))
    headers.setdefault("Vary", "Accept-Language")
    headers.setdefault("Cache-Control", "no-store")
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status_code=body["status"], headers=headers, media_type=MEDIA_TYPE)


def of_answer(answer: Answer, facts: Mapping[str, Any]) -> Problem:
    """The problem a refused command answers with: all fields of the answer stand in it."""
    return Problem(answer.code, answer.field, answer.detail, more=facts)


def incident(code: str, number: str, command_id: bytes | None = None) -> Problem:
    """A failure of ours: the caller learns the incident's number and nothing else."""
    more = {"incident": number} | ({"command_id": text(command_id)} if command_id else {})
    return Problem(code, more=more)


def _harmless(value: str, most: int) -> str:
    """Cut, without characters that would break a terminal, a log line or the encoder."""
    cut = value[:most].encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "�" for c in cut)
