"""Addresses of a dispute: its page, its picture and its events as files, and the page of one event."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..render import CSP, address_with, render
from ..routes import bound_page
from ..taste import remember, taste_of
from ..visitors import Visitor, visiting
from . import case, event
from .sheet import sheet
from .view import news, svg, view

router = APIRouter()
Seen = Annotated[Visitor, visiting("page.disputes")]


@router.get("/disputes/{asked}", **bound_page("page.disputes"))
def dispute(request: Request, asked: str, visitor: Seen) -> Response:
    """案件. An id leads to the number; while the view does not know the number yet, the page stands under the id."""
    position = visitor.parts.writer.position
    stream = case.find(visitor, asked)
    found = case.read(visitor, stream)
    if asked != found.number and case.has_number(visitor, found.number, stream):
        return RedirectResponse(address_with(request, path=f"/disputes/{found.number}"), 303)
    lang = taste_of(request).lang
    return render(
        request, visitor, "dispute.html", here="disputes", position=position, **view(request, visitor, found, lang)
    )


@router.get("/disputes/{asked}/lanes.svg", **bound_page("page.disputes"))
def lanes(request: Request, asked: str, visitor: Seen) -> Response:
    """The custody lanes as a file that stands alone."""
    found = case.read(visitor, case.find(visitor, asked))
    if found.broken:
        raise case.unknown()
    lang = taste_of(request).lang
    headers = _file(f"{found.number}.svg") | {"Content-Security-Policy": CSP + "; style-src 'unsafe-inline'"}
    response = Response(svg(visitor, found, lang), headers=headers, media_type="image/svg+xml")
    remember(request, response)
    return response


@router.get("/disputes/{asked}/events.xlsx", **bound_page("page.disputes"))
def sheet_of(request: Request, asked: str, visitor: Seen) -> Response:
    """The events as a table for spreadsheet programs."""
    position = visitor.parts.writer.position
    found = case.read(visitor, case.find(visitor, asked))
    return sheet(request, visitor, found, position, taste_of(request).lang)


@router.get("/disputes/{asked}/news", **bound_page("page.disputes"))
def whats_new(request: Request, asked: str, visitor: Seen, since: int = 0) -> Response:
    """For a page that stands open at version ``since`` (static/live.js): a banner when the dispute has moved, else the
    time that is left; never a page that changes under the reader.
    """
    position = visitor.parts.writer.position
    found = case.read(visitor, case.find(visitor, asked))
    return render(
        request, visitor, "dispute_news.html", headers={"X-Position": str(position)},
        **news(visitor, found, since, taste_of(request).lang),
    )  # fmt: skip


@router.get("/events/{position}", **bound_page("page.disputes"))
def one_event(request: Request, position: int, visitor: Seen) -> Response:
    """The event behind a line: its place in the chain, its fields, its bytes."""
    log = visitor.parts.writer.position
    found = event.find(visitor, position)
    return render(
        request,
        visitor,
        "event.html",
        here="disputes",
        position=log,
        **event.view(visitor, found, taste_of(request).lang),
    )


def _file(name: str) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
