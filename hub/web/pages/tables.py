"""What every list page shares: values of the query, and the same list as a file.

Guarantee: a file holds what its page's filter shows, in the page's order and language, up to ``MOST`` rows, and says
when there are more; it is read in one snapshot and says as of which position. A value of the query that names nothing
is a problem and never a wider list.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import IO, Any, Final, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.words import AgencyId, agency_id

from ..drawings.scale import midnight
from ..exports.table import Cell, Column, Note, Row, Sheet, local, write_lists
from ..problems import Problem
from . import when
from .forms_agency import code_of, shown_name
from .messages import say
from .places import place_name
from .render import city_of, label
from .taste import taste_of
from .visitors import Visitor

MOST: Final = 50_000  # rows of one file
KINDS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE: Final = 256 * 1024  # bytes sent at a time
TEXT: Final = 64  # characters of one value of the query
_at_once = threading.BoundedSemaphore(2)  # files being written: each keeps a core busy for seconds


# --- the query --------------------------------------------------------------------------------------------------------


class Query:
    """The values of a list's query, each checked when it is read. Problem ``request.query``, ``agency.unknown``."""

    def __init__(self, request: Request, visitor: Visitor) -> None:
        self._values = request.query_params
        self._visitor = visitor

    def text(self, name: str) -> str:
        """What was typed, without spaces around it."""
        value = (self._values.get(name) or "").strip()
        if len(value) > TEXT:
            raise Problem("request.query", name)
        return value

    def one_of(self, name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
        """A code of a list; "" for none."""
        value = self.text(name)
        if value and value not in known:
            raise Problem("request.query", name)
        return value

    def flag(self, name: str) -> bool:
        """1 or nothing."""
        return self.one_of(name, ("0", "1")) == "1"

    def region(self, name: str) -> str:
        """The first digits of region codes."""
        value = self.text(name)
        if value and not (value.isascii() and value.isdigit() and len(value) <= 12):
            raise Problem("request.query", name)
        return value

    def agency(self, name: str) -> bytes | None:
        """The agency with this code or name."""
        value = self.text(name)
        if not value:
            return None
        ident = agency_id(code_of(self._visitor.registry, value))
        if self._visitor.registry.agency(AgencyId(ident)) is None:
            raise Problem("agency.unknown", name)
        return ident

    def day(self, name: str) -> date | None:
        """A local date, YYYY-MM-DD."""
        value = self.text(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError as why:
            raise Problem("request.query", name) from why

    def cursor(self) -> str | None:
        """Where the page begins."""
        return self._values.get("cursor") or None


def begin_of(day: date | None) -> int | None:
    """The instant a local day begins."""
    return None if day is None else midnight(day)


def naming(visitor: Visitor) -> Callable[[str], str]:
    """Names of places, for templates."""
    return partial(place_name, visitor.registry)


def calling(visitor: Visitor) -> Callable[[bytes], str]:
    """What a field calls an agency, for templates: its name where it alone bears it, else its code."""
    registry = visitor.registry

    def called(ident: bytes) -> str:
        known = registry.agency(AgencyId(ident))
        return shown_name(registry, AgencyId(ident)) or (known.code if known is not None else "")

    return called


# --- the file ---------------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """What a file says of itself: its title, its filter in words, how many rows there are where they are known."""

    title: str
    filter: str
    position: int
    more: Sequence[Note] = ()
    total: int | None = None


def file(
    request: Request, visitor: Visitor, name: str, title: str,
    fill: Callable[[Callable[[Sequence[Sheet], Told], None]], None],
) -> Response:  # fmt: skip
    """A list as .xlsx. ``fill`` is called with a function that writes sheets, inside whose call rows may still be
    read from one snapshot; ``name``: of the file, the day comes behind it.
    """
    now = visitor.parts.clock.now()
    lang = taste_of(request).lang
    made: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it is sent

    def write(sheets: Sequence[Sheet], told: Told) -> None:
        def notes(rows: int) -> tuple[str, Sequence[Note]]:
            return say(lang, "cases.x_notes"), _notes(lang, visitor, now, told, rows)

        write_lists(made, told.title, now, sheets, notes)

    try:
        with _at_once:
            fill(write)
    except BaseException:
        made.close()
        raise
    size = made.tell()
    made.seek(0)
    day = f"{when.local(now):%Y-%m-%d}"
    headers = {
        "Cache-Control": "no-store", "Content-Length": f"{size}",
        "Content-Disposition": f"attachment; filename=\"{name}-{day}.xlsx\"; "
        f"filename*=UTF-8''{quote(f'{title}-{day}.xlsx')}",
    }  # fmt: skip
    return StreamingResponse(_pieces(made), headers=headers, media_type=KINDS)


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(PIECE):
            yield piece


def _notes(lang: str, visitor: Visitor, now: int, told: Told, rows: int) -> list[Note]:
    def line(key: str, **values: Any) -> str:
        return say(lang, f"cases.x_{key}", **values)

    agency = visitor.registry.agency(AgencyId(visitor.person.agency))
    who = " · ".join(part for part in (visitor.person.duty, agency.name if agency else "") if part)
    whole = told.total is None or rows >= told.total
    count = line("rows_all", n=f"{rows:,}") if whole else line("rows_some", n=f"{rows:,}", of=f"{told.total:,}")
    return [
        (line("city"), city_of(visitor)), (line("list"), told.title), (line("filter"), told.filter),
        (line("as_of"), f"{told.position}"), (line("at"), line("at_words", at=when.stamp(now))), (line("who"), who),
        (line("rows"), count), (line("dates"), line("dates_words")), (line("parties"), line("parties_words")),
        *told.more,
    ]  # fmt: skip


# --- cells ------------------------------------------------------------------------------------------------------------


class Cells:
    """Columns of one language: the head from ``<page>.x_<key>``, the cell by what a row holds."""

    def __init__(self, lang: str, page: str) -> None:
        self._lang = lang
        self._page = page

    def of(self, key: str, width: int, cell: Callable[[Row], Cell]) -> Column:
        """Any."""
        return Column(say(self._lang, f"{self._page}.x_{key}"), width, cell)

    def plain(self, key: str, width: int, field: str) -> Column:
        """A text or a number as it is."""
        return self.of(key, width, lambda row: row[field])

    def at(self, key: str, field: str) -> Column:
        """An instant as a date."""
        return self.of(key, 17, lambda row: local(row[field]))

    def word(self, key: str, width: int, field: str, codes: str) -> Column:
        """A code's word."""
        return self.of(key, width, lambda row: label(self._lang, codes, str(row[field])) if row[field] else "")


def local_day(at: int) -> datetime | None:
    """For columns that hold a date of their own."""
    return local(at)
