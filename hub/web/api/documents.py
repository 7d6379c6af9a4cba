"""文书: the forms a dispute has by now, and each as a Word file. The same as people get on the dispute's page."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from hub.contract.jsonform import instant
from hub.words import derived_id, referral_id, text

from ..callers import Caller, bound, calling, problem_response
from ..documents import MEDIA_TYPE, issue, listed
from ..documents.form import forms
from ..documents.record import Entry, read
from ..problems import Problem
from ..respond import Json, ident_or_none
from . import models, sight
from .disputes import DisputeId
from .examples import DISPUTE, STARTED, SYSTEM

router = APIRouter(prefix="/v1/disputes", tags=["disputes"])
UNKNOWN = problem_response("there is none, or the caller has no part in it; or the dispute has no such document")
# One of the story's, really answered: a test asks.
EXAMPLE: Final[dict[str, Any]] = {
    "items": [
        {
            "form": "referral_letter",
            "event": 4,
            "zh": "移送函",
            "en": "letter of referral",
            "number": "楚雄移〔2026〕1-4号",
            "recorded_at": STARTED,
            "referral": text(referral_id(SYSTEM, derived_id("example/refer"))),
            "href": f"/v1/disputes/{DISPUTE}/documents/referral_letter?event=4",
        }
    ]
}
_LISTED: Final = {"model": models.Documents, "content": {"application/json": {"example": EXAMPLE}}}
_FILE: Final = {
    "description": "the Word file; `X-Font-Lacks` names characters the hub's font has not",
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}


@router.get(
    "/{dispute_id}/documents",
    **bound("read.document", "纠纷文书 · the documents of a dispute", _200=_LISTED, _404=UNKNOWN),
)
def documents(dispute_id: DisputeId, caller: Annotated[Caller, calling("read.document")]) -> Response:
    """The documents a dispute has by now, each with the event it is about."""
    _, entries = _entries(caller, dispute_id)
    base = f"/v1/disputes/{dispute_id}/documents"
    items = [
        {
            "form": offer.form,
            "event": offer.version,
            "zh": offer.zh,
            "en": offer.en,
            "number": offer.number,
            "recorded_at": instant(offer.at),
            "referral": ident_or_none(offer.referral),
            "href": f"{base}/{offer.form}?event={offer.version}",
        }
        for offer in listed(caller, entries)
    ]
    return Json({"items": items})


@router.get(
    "/{dispute_id}/documents/{form}",
    **bound("read.document", "一份文书 · one document", _200=_FILE, _404=UNKNOWN),
    response_class=Response,
)
def document(
    dispute_id: DisputeId,
    caller: Annotated[Caller, calling("read.document")],
    form: Annotated[str, Path(description=f"one of {', '.join(forms())}")],
    event: Annotated[
        int | None, Query(ge=1, description="version of its event; none = the latest that gives one")
    ] = None,
) -> Response:
    """A document as a Word file, in Chinese. What the hub does not know is a line to be filled in by hand."""
    seen, entries = _entries(caller, dispute_id)
    issued = issue(caller, seen.state.id, entries, form, event)
    return Response(issued.body, headers=issued.headers, media_type=MEDIA_TYPE)


def _entries(caller: Caller, dispute_id: str) -> tuple[sight.Seen, tuple[Entry, ...]]:
    """The dispute's events, when the caller may see it. Problem ``dispute.unknown``, ``dispute.unreadable``."""
    seen = sight.dispute(caller, dispute_id)
    entries = read(caller.parts.contract, seen.stored)
    if entries is None:
        raise Problem("dispute.unreadable", "dispute_id")
    return seen, entries
