"""Plain JSON answers, list pages with opaque cursors, and ETags."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from hub.contract.jsonform import instant
from hub.words import text

from .problems import Problem

LIMIT: Final = 100  # items of a page unless asked otherwise
MOST: Final = 500  # items of a page at most

Row = TypeVar("Row")


class Json(Response):
    """A JSON response without any conversion: what is given is what is sent."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store", **(headers or {})})

    def render(self, content: Any) -> bytes:
        """Compact UTF-8."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def cursor_of(*keys: str | int) -> str:
    """An opaque cursor for the place behind an item with these sort keys."""
    raw = json.dumps(keys, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The sort keys of a cursor; None without one. Problem ``request.cursor`` when it is not one of this list's."""
    if not cursor:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as why:
        raise Problem("request.cursor", "cursor") from why
    fits = isinstance(keys, list) and [type(k) for k in keys] == list(kinds)
    if not fits or any(isinstance(k, int) and not -(1 << 63) <= k < 1 << 63 for k in keys):
        raise Problem("request.cursor", "cursor")
    return tuple(keys)


def page(rows: Sequence[Row], limit: int, item: Callable[[Row], Any], key: Callable[[Row], str]) -> dict[str, Any]:
    """The items of up to ``limit`` rows and, where one row more was found, the cursor behind the last of them."""
    shown = rows[:limit]
    return {"items": [item(row) for row in shown], "next": key(shown[-1]) if len(rows) > limit else None}


def not_modified(request: Request, version: int) -> Response | None:
    """304 when the caller has this version already (``If-None-Match``). An ETag is the version and nothing else."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {etag(version), "*"}:
        return Response(status_code=304, headers={"ETag": etag(version)})
    return None


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def ident_or_none(value: bytes | None) -> str | None:
    """UUID text of an id, None of none."""
    return None if value is None else text(value)


def instant_or_none(value: int | None) -> str | None:
    """RFC 3339 text of an instant, None of none."""
    return None if value is None else instant(value)
