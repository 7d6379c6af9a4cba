"""疑似复发: which open disputes are to be looked for earlier ones, and which of those their custodian is told of.

Guarantee: a custodian is never told of a dispute that it may not see: neither it nor an agency below it had a role in
that one, so nothing is said, and looked again when custody moves. Nothing is asked for twice: a pair on record is no
candidate, and the place up to which was looked moves on only when everything before it was answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from hub.aggregates.agency.registry import Registry
from hub.policy import Dated
from hub.projections import Item, Views
from hub.projections.relapse import Candidate
from hub.words import AgencyId

from . import acts
from .acts import Ask

PAGE: Final = 2_000  # open disputes read at once
MOST: Final = 100  # of those that may have earlier ones, looked at per step: the lists take turns
VIEWS: Final = ("relapse", "roles")


class Relapses:
    """Remembers how far was looked; after a restart every open dispute is looked at once more, which asks nothing
    that is on record.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        self._after = self._seen = 0

    def asks(self, registry: Registry, rules: Dated) -> Iterator[Ask]:
        """One command per pair, at most as many per dispute as the pack of its registration says."""
        until = min(self._views.positions(VIEWS))
        self._seen, looked = self._after, 0
        while looked < MOST:
            end, rows = self._views.relapse.touched(self._seen, until, PAGE)
            if end == self._seen:
                return
            for row in rows[: MOST - looked]:
                for found in self._told(row, registry, rules):
                    yield acts.suspect(row, found.earlier, found.grounds)
                self._seen = row["touched"]
            looked += len(rows)
            if looked <= MOST:
                self._seen = end

    def answered(self) -> None:
        """Everything that ``asks`` gave was answered, up to where it was read."""
        self._after = self._seen

    def _told(self, row: Item, registry: Registry, rules: Dated) -> list[Candidate]:
        pack = rules.at(row["registered_at"]).relapse
        known, found = self._views.relapse.candidates(row, pack.days)
        left = max(0, pack.most - known)
        seen = (c for c in found if self._sees(row["custodian"], c.earlier, registry))
        return list(islice(seen, left))

    def _sees(self, agency: bytes, dispute: bytes, registry: Registry) -> bool:
        roles = self._views.roles.involved(dispute)
        return agency in roles or any(agency in registry.above(AgencyId(role)) for role in roles)
