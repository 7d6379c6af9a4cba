"""Asking for documents: which ones a dispute has, and one of them as a file, for pages and for systems alike.

Guarantee: the caller has been let in to the dispute before (``entries`` are of one they may see); masked names are read
only for callers who may see them (``read.parties``). Problem ``document.unknown`` for a document the dispute has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import quote

from hub.aggregates.agency.registry import Registry

from ..problems import Problem
from .compose import Offer, compose, offered, start_of
from .form import forms
from .record import Happened, Record, registry_at
from .word_file import write

if TYPE_CHECKING:
    from ..parts import Parts  # which holds the fonts of documents

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Asking(Protocol):
    """A system or a person who asks."""

    @property
    def parts(self) -> Parts: ...
    @property
    def registry(self) -> Registry: ...
    def may(self, action: str) -> bool:
        """Whether the policy table lets them do a further action."""


class Issued(NamedTuple):
    """A document as a file, and the headers it is sent with."""

    body: bytes
    headers: dict[str, str]


def listed(asking: Asking, entries: Sequence[Happened]) -> list[Offer]:
    """Every document the dispute has."""
    return offered(entries, Record(entries, asking.registry, {}))


def issue(asking: Asking, dispute: bytes, entries: Sequence[Happened], form: str, version: int | None) -> Issued:
    """The document about the event of this version; None: the latest that gives one. Problem ``document.unknown``."""
    known = forms().get(form)
    offers = [offer for offer in listed(asking, entries) if offer.form == form]
    chosen = [offer for offer in offers if version in (None, offer.version)]
    if known is None or not chosen:
        raise Problem("document.unknown", "form" if not offers else "event")
    upto = entries[: chosen[-1].version]
    parts = asking.parts
    registry = registry_at(parts.store, parts.contract, asking.registry, upto[-1].position)
    masked = {}
    if asking.may("read.parties"):
        masked = {row.party: row.masked for row in parts.store.sealed.read(dispute)}
    record = Record(upto, registry, masked)
    start = start_of(known, record)
    if start is None:  # an agency is of another kind now than it was
        raise Problem("document.unknown", "event")
    made = write(compose(known, start, record), parts.fonts)
    title = f"{upto[0].fields['number']}-{start.zh}-{upto[-1].version}.docx"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{upto[0].fields["number"]}-{form}-{upto[-1].version}.docx"; '
        f"filename*=UTF-8''{quote(title)}",
    }
    if made.lacks is not None:
        headers["X-Font-Lacks"] = " ".join(f"U+{ord(c):04X}" for c in made.lacks)
    return Issued(made.body, headers)
