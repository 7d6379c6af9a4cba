"""One thing an agency wants done."""

from __future__ import annotations

from typing import Any, NamedTuple


class Act(NamedTuple):
    """A command before it has an id. ``about`` sets apart acts of one type on one dispute."""

    type: str
    agency: str
    dispute: str | None
    fields: dict[str, Any]
    about: str = ""
