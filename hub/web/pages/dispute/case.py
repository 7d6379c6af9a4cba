"""One dispute read for a page: found by its number or id, every event decoded once, its chain checked link by link.

Guarantee: read from the dispute's own events in the store, so nothing shown is behind what was acknowledged. A dispute
that does not exist and one outside the visitor's scope are answered alike (``dispute.unknown``, 404). The number is
looked up in a view; while that view lags, an unknown number is ``view.behind`` for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hub.access import sees
from hub.aggregates.dispute import events
from hub.projections.database import Missing
from hub.words import Stored, ident

from ...history import Case, Entry, fold, names
from ...problems import Problem
from ..visitors import Visitor

__all__ = ["Case", "Entry", "find", "fold", "has_number", "names", "numbered", "read", "seen", "unknown"]

NUMBER: Final = re.compile(r"\d{4,12}-\d{4}-\d{1,9}")
VIEW: Final = "custody"
PATIENCE: Final = 1.0  # seconds for the view to catch up with a number it does not know


def find(visitor: Visitor, asked: str) -> bytes:
    """The id behind a number or an id as text. Problem ``dispute.unknown`` or ``view.behind``."""
    try:
        return ident(asked)
    except ValueError:
        pass
    found = numbered(visitor, asked) if NUMBER.fullmatch(asked) else None
    if found is None:
        raise unknown()
    return found


def numbered(visitor: Visitor, number: str) -> bytes | None:
    """The dispute with this number. Problem ``view.behind`` while the view that knows may not know it yet."""
    views, log = visitor.parts.views, visitor.parts.writer.position
    found = views.custody.numbered(number)
    if found is None and views.position(VIEW) < log:
        caught_up = views.wait_until(VIEW, log, PATIENCE)
        found = views.custody.numbered(number)
        if found is None and not caught_up:
            raise Problem("view.behind", detail=f"recorded at {log}, view at {views.position(VIEW)}")
    return found if found is not None else _parked(visitor, number)


def has_number(visitor: Visitor, number: str, stream: bytes) -> bool:
    """Whether the number leads to this dispute yet; not while the view is being built."""
    try:
        return visitor.parts.views.custody.numbered(number) == stream
    except Missing:
        return False


def _parked(visitor: Visitor, number: str) -> bytes | None:
    """A dispute whose very first event the view could not apply is in no row of it."""
    for parking in visitor.parts.views.parked(VIEW):
        if parking.topic == events.TYPES[events.Registered]:
            _, values = visitor.parts.contract.decode(parking.body)
            if number in values:
                return parking.stream
    return None


def unknown() -> Problem:
    """There is none, or it is none of the visitor's."""
    return Problem("dispute.unknown", "dispute")


def read(visitor: Visitor, stream: bytes) -> Case:
    """The dispute with this id, when the visitor may see it. Problem ``dispute.unknown``."""
    return seen(visitor, visitor.parts.store.events([stream]))


def seen(visitor: Visitor, stored: Sequence[Stored]) -> Case:
    """The dispute in the rows of its stream, when the visitor may see it. Problem ``dispute.unknown``."""
    made = fold(visitor.parts.contract, stored)
    if made is None or not sees(visitor.scope(), made.state.roles):
        raise unknown()
    return made
