"""One snapshot of all views the board reads, and what a filter says about its rows.

Guarantee: the views are read at one position; while they are on the move the snapshot is taken anew, and where they
stay apart (somebody rebuilds one) each figure says its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, and_, any_, exists, func, select

from hub import words as w

from ..among import FEW, MANY, among, count_up_to
from ..database import Database
from ..reading import Looks, Sight
from ..sheet import View
from .filter import Filter

TRIES: Final = 15  # snapshots taken until all views stand at one position
PAUSE: Final = 0.004  # seconds between two: a batch of the runners takes about as long
BEHIND_DIGITS: Final = ":"  # comes after "9"


@dataclass
class Scene:
    """The looks at the views, and a filter's conditions that stand in other views than the rows meant."""

    wanted: Filter
    o: Sight
    listed: Sight
    made: Sight
    heads: Sight
    agencies: Sight
    climbs: Sight
    db: Connection
    sqlite: bool

    @property
    def position(self) -> int:
        """Everything up to it is in the figures of all views."""
        return min(s.position for s in (self.o, self.listed, self.made, self.heads, self.agencies, self.climbs))

    @property
    def parked(self) -> int:
        """Disputes left out of one of the views."""
        return max(s.parked for s in (self.o, self.listed, self.made, self.heads, self.climbs))

    def of_limits(self, *, ordered: bool = False, alone: bool = False) -> list[Any]:
        """What the filter says about the dispute of a running limit: its place, its scope.

        ``ordered``: for a list that is read in its order until it is enough, and so asks dispute by dispute; a count
        asks of every limit, and a set made once is faster. ``alone``: nothing else of the filter leads to few limits.
        """
        o, r = self.o.table(), self.listed.table()
        found = self._placed_in(o.c.dispute, ordered=ordered)
        if self.wanted.scope is not None:
            if ordered and self._roles >= FEW:
                # Only the index of disputes helps, so the agencies are hidden from the planner.
                hidden = among(func.coalesce(r.c.agency, r.c.agency), sorted(self.wanted.scope), sqlite=self.sqlite)
                found.append(exists().where(r.c.dispute == o.c.dispute, hidden))
            else:
                found.append(self._in_scope(o.c.registered, r.c.born, alone))
        return found

    def of_referrals(self) -> list[Any]:
        """The same about the dispute of a referral."""
        made, r = self.made.table("outcomes"), self.listed.table()
        found = self._placed_in(made.c.dispute)
        if self.wanted.scope is not None:
            found.append(self._in_scope(made.c.dispute, r.c.dispute))
        return found

    def placed(self, region: Any) -> Any:
        """Whether a region code begins with the township's digits. By its letters on PostgreSQL, whose order of texts
        is the language's.
        """
        township = self.wanted.township
        if not self.sqlite:
            return func.substr(region, 1, len(township)) == township
        return and_(region >= township, region < township + BEHIND_DIGITS)

    def played(self) -> Any:
        """Whether a role is one of the scope's; never without a scope."""
        assert self.wanted.scope is not None
        return among(self.listed.table().c.agency, sorted(self.wanted.scope), sqlite=self.sqlite)

    def _placed_in(self, dispute: Any, *, ordered: bool = False) -> list[Any]:
        if not self.wanted.township:
            return []
        listed = self.listed.table("listed")
        placed = self.placed(listed.c.place)
        if ordered:
            return [exists().where(listed.c.dispute == dispute, placed)]
        return [dispute.in_(select(listed.c.dispute).where(placed))]

    def _in_scope(self, column: Any, known: Any, alone: bool = False) -> Any:
        """Whether one of the scope's agencies has or had a role: ``column`` of the row is ``known`` of a role."""
        some = select(known).where(self.played())
        if not self.sqlite and self._roles < (MANY if alone else FEW):
            # As an array, which PostgreSQL looks up in an index one by one: of a few it would rather walk all limits
            # in their order, hoping to meet enough of them early; of more it would join with all limits there are.
            return column == any_(func.array(some.scalar_subquery()))
        return column.in_(some)

    @cached_property
    def _roles(self) -> int:
        """How many roles the scope's agencies have, as far as it matters."""
        some = select(self.listed.table().c.dispute).where(self.played())
        return count_up_to(self.db, some, FEW if self.sqlite else MANY)


@contextmanager
def scene(database: Database, views: Sequence[View], wanted: Filter) -> Iterator[Scene]:
    """A snapshot for a filter. ``views``: obligations, roles, completeness, custody, agencies, ladder. Missing."""
    for attempt in range(TRIES):
        with database.snapshot() as db:
            looks = Looks(database, db)
            o, listed, made, heads, agencies, climbs = sights = [looks.at(view) for view in views]
            if attempt == TRIES - 1 or len({s.position for s in sights}) == 1:
                yield Scene(wanted, o, listed, made, heads, agencies, climbs, db, database.sqlite)
                return
        time.sleep(PAUSE)


def by_agencies(column: Any, wanted: Filter) -> list[Any]:
    """What a filter says about debtors, of another column that holds agencies."""
    found = []
    if wanted.agencies:
        found.append(column.in_([w.agency_id(code) for code in wanted.agencies]))
    if wanted.without:
        found.append(column.not_in([w.agency_id(code) for code in wanted.without]))
    return found
