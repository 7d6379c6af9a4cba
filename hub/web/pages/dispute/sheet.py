"""The events of a dispute as .xlsx: one row per event with its sentence, what was typed, who, custody and its hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import words as w
from hub.words import AgencyId

from ...drawings import tongue
from ...exports.table import Cell, Column, Row, Sheet, local
from ..messages import say
from ..render import label
from ..tables import Told, file
from ..visitors import Visitor
from .case import Case
from .teller import Teller
from .view import Names


def sheet(request: Request, visitor: Visitor, case: Case, position: int, lang: str) -> Response:
    """The file; oldest first, as the chain goes."""
    title = say(lang, "case.x_title", number=case.number)

    def fill(write: Callable[[Sequence[Sheet], Told], None]) -> None:
        told = Told(title, case.number, position, total=len(case.entries))
        write([Sheet(say(lang, "case.x_sheet"), _columns(lang), _rows(visitor, case, lang), 2)], told)

    return file(request, visitor, f"{case.number}-events", title, fill)


def _columns(lang: str) -> list[Column]:
    def column(key: str, width: int, cell: Callable[[Row], Cell]) -> Column:
        return Column(say(lang, f"case.x_{key}"), width, cell)

    def plain(key: str, width: int) -> Column:
        return column(key, width, lambda row: row[key])

    return [
        plain("version", 7), plain("position", 10), column("at", 17, lambda row: local(row["at"])), plain("type", 16),
        plain("what", 60), plain("typed", 50), plain("agency", 36), plain("duty", 14), plain("custodian", 36),
        plain("hash", 66),
    ]  # fmt: skip


def _rows(visitor: Visitor, case: Case, lang: str) -> Iterator[Mapping[str, Any]]:
    names = Names(visitor, tongue(lang))
    teller = Teller(lang, partial(label, lang), names.called, whole=True)

    def registered(agency: bytes) -> str:
        known = visitor.registry.agency(AgencyId(agency))
        return known.name if known is not None else w.text(agency)

    for entry in case.entries:
        told, f = teller.tell(entry), entry.fields
        what = " ".join(part.striptags() for part in (told.head, told.more) if part)
        by_hub = f["agency"] == w.HUB_AGENCY
        yield {
            "version": entry.version,
            "position": entry.position,
            "at": entry.at,
            "type": say(lang, f"case.type.{entry.topic}"),
            "what": what,
            "typed": told.typed,
            "agency": say(lang, "case.by_hub") if by_hub else registered(f["agency"]),
            "duty": f["duty"],
            "custodian": registered(f["custodian"]),
            "hash": entry.leaf.hex(),
        }
