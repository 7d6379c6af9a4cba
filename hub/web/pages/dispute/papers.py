"""文书: the links to a dispute's documents, by referral and by event, and the address where one is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from ...documents import MEDIA_TYPE, issue, listed
from ..routes import bound_page
from ..visitors import Visitor, visiting
from . import case

router = APIRouter()


class Link(NamedTuple):
    """A document: what it is called, its number, where it is fetched."""

    words: str
    number: str
    href: str


class Links(NamedTuple):
    """All of them: those of a referral by its id, the others by the version of their event."""

    referrals: Mapping[bytes, tuple[Link, ...]]
    events: Mapping[int, tuple[Link, ...]]


@router.get("/disputes/{asked}/documents/{form}", **bound_page("page.documents"))
def document(
    request: Request, asked: str, form: str, visitor: Annotated[Visitor, visiting("page.documents")],
    event: Annotated[int | None, Query(ge=1)] = None,
) -> Response:  # fmt: skip
    """One document as a Word file."""
    found = case.read(visitor, case.find(visitor, asked))
    if found.broken:
        raise case.unknown()
    issued = issue(visitor, found.state.id, found.entries, form, event)
    return Response(issued.body, headers=issued.headers, media_type=MEDIA_TYPE)


def links(visitor: Visitor, found: case.Case, lang: str) -> Links:
    """The documents of a dispute; none where its chain is broken or the visitor gets none."""
    referrals: dict[bytes, tuple[Link, ...]] = {}
    events: dict[int, tuple[Link, ...]] = {}
    for offer in listed(visitor, found.entries) if not found.broken and visitor.may("page.documents") else ():
        href = f"/disputes/{found.number}/documents/{offer.form}?event={offer.version}"
        link = Link(offer.en if lang == "en" else offer.zh, offer.number, href)
        if offer.referral is not None:
            referrals[offer.referral] = (*referrals.get(offer.referral, ()), link)
        else:
            events[offer.version] = (*events.get(offer.version, ()), link)
    return Links(referrals, events)
