"""疑似复发 for whoever asks: of the pairs of a dispute only those whose earlier dispute they may see.

Guarantee: what an earlier dispute is, and why it is taken for the same one, is told to nobody who may not see that
dispute: not on a page, not over HTTP, not by a count. That this dispute was looked at stands in its own record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from hub.access import sees
from hub.projections import Item, Views

TOPICS: Final = frozenset({"relapse.suspected", "relapse.decided"})
WITHHELD: Final[Mapping[str, Any]] = {"earlier": None, "grounds": [], "note": ""}


def pairs(views: Views, scope: Collection[bytes] | None, dispute: bytes) -> list[Item]:
    """The pairs of a dispute that this scope may know, the latest first: see ``RelapseReads.of``."""
    found = views.relapse.of(dispute).items
    return [row for row in found if known(views, scope, row["earlier"])]


def known(views: Views, scope: Collection[bytes] | None, earlier: bytes) -> bool:
    """Whether this scope sees an earlier dispute."""
    return scope is None or sees(scope, views.roles.involved(earlier))


def shown(views: Views, scope: Collection[bytes] | None, topic: str, earlier: bytes | None) -> bool:
    """Whether an event may be told in full."""
    return topic not in TOPICS or earlier is None or known(views, scope, earlier)


def withheld(event: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON form of an event without what it tells of the earlier dispute."""
    return {name: WITHHELD.get(name, value) for name, value in event.items()}
