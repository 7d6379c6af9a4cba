"""The working ledger 排查工作台账: leads narrowed by subject, state, grade, place, category, source and days; rounds,
inspections and findings of one book.

Guarantee: open leads first, those not graded yet before all, then the gravest, then the oldest; a page never skips or
repeats one. Counts are of the same snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, select

from ..among import among
from ..reading import Item, Page, Sight, page
from .owed import OwedReads
from .tables import ASSESSED, OPEN, RECTIFIED, REPORTED, SETTLED

STATES: Final = (REPORTED, ASSESSED, SETTLED)
UNSETTLED: Final = "open"  # what is not settled, graded or not
NAMED: Final = ("subject", "author", "receiver")


class Leads(NamedTuple):
    """Which leads; "" and None = any. ``place``: the first digits of a region code, or the words it was told in.
    ``first``, ``last``: days they were reported on, ordinals. ``scope``: books the reader may see.
    """

    subject: bytes | None = None
    state: str = ""  # one of ``STATES``, or ``UNSETTLED``
    grade: int | None = None
    place: str = ""
    category: str = ""
    source: str = ""
    outcome: str = ""
    first: int | None = None
    last: int | None = None
    settled_first: int | None = None
    settled_last: int | None = None
    scope: frozenset[bytes] | None = None


class LedgerReads(OwedReads):
    """Reads of leads, and of single books."""

    def leads(self, which: Leads, *, cursor: str | None = None, limit: int = 50) -> tuple[Page[Item], int]:
        """(a page of leads, how many there are)."""
        with self.sight() as s:
            t, where = s.table("leads"), self._leads(s, which)
            total: int = s.db.execute(select(func.count()).select_from(t).where(*where)).scalar_one()
            found = page(s, select(t).where(*where), (t.c.done, t.c.ordinal, t.c.born), cursor, limit)
            self.named(s, found.items, *NAMED)
            return found, total

    @contextmanager
    def all_leads(self, which: Leads, most: int) -> Iterator[tuple[int, int, list[Item]]]:
        """(position, how many there are, the first ``most``)."""
        with self.sight() as s:
            t, where = s.table("leads"), self._leads(s, which)
            total: int = s.db.execute(select(func.count()).select_from(t).where(*where)).scalar_one()
            rows = s.rows(select(t).where(*where).order_by(t.c.done, t.c.ordinal, t.c.born).limit(most))
            yield s.position, total, self.named(s, rows, *NAMED)

    def lead(self, ident: bytes) -> Item | None:
        """One lead."""
        with self.sight() as s:
            t = s.table("leads")
            found = s.rows(select(t).where(t.c.lead == ident))
            return self.named(s, found, *NAMED)[0] if found else None

    def finding(self, ident: bytes) -> Item | None:
        """One finding."""
        with self.sight() as s:
            t = s.table("findings")
            found = s.rows(select(t).where(t.c.finding == ident))
            return self.named(s, found, "subject", "author")[0] if found else None

    def leads_of(self, dispute: bytes) -> list[Item]:
        """The leads that were registered as a dispute."""
        with self.sight() as s:
            t = s.table("leads")
            query = select(t).where(t.c.dispute == dispute, t.c.dispute.is_not(None)).order_by(t.c.born)
            return self.named(s, s.rows(query), *NAMED)

    def unsettled(self, scope: frozenset[bytes] | None = None) -> tuple[int, dict[int, int]]:
        """(position, open leads by ordinal)."""
        with self.sight() as s:
            t, where = s.table("leads"), self._leads(s, Leads(state=UNSETTLED, scope=scope))
            query = select(t.c.ordinal, func.count()).where(*where).group_by(t.c.ordinal)
            return s.position, {int(row[0]): int(row[1]) for row in s.db.execute(query)}

    def rounds_of(self, subject: bytes, limit: int = 60) -> Page[Item]:
        """The latest rounds of one book, the newest period first."""
        with self.sight() as s:
            r = s.table("rounds")
            query = select(r).where(r.c.subject == subject).order_by(r.c.first.desc(), r.c.round).limit(limit)
            return s.all(self.named(s, s.rows(query), "author"))

    def findings_of(self, subject: bytes, limit: int = 60) -> Page[Item]:
        """The findings of one book, those open first, then the newest."""
        with self.sight() as s:
            f = s.table("findings")
            query = select(f).where(f.c.subject == subject).order_by(f.c.born.desc()).limit(limit)
            rows = sorted(s.rows(query), key=lambda row: (row["state"] not in (OPEN, RECTIFIED), -row["born"]))
            return s.all(self.named(s, rows, "author"))

    def overdue_findings(self, now: int, limit: int, behind: tuple[int, bytes] | None = None) -> list[Item]:
        """Findings to be rectified whose time is up and whose breach is not recorded yet, the oldest first."""
        with self.sight() as s:
            f = s.table("findings")
            query = select(f).where(f.c.state == OPEN, f.c.due_at <= now, f.c.breached_at.is_(None))
            if behind is not None:
                at, ident = behind
                query = query.where((f.c.due_at > at) | and_(f.c.due_at == at, f.c.finding > ident))
            return s.rows(query.order_by(f.c.due_at, f.c.finding).limit(limit))

    def _leads(self, s: Sight, which: Leads) -> list[Any]:
        t = s.table("leads")
        where: list[Any] = []
        if which.state == UNSETTLED:
            where.append(t.c.done == 0)
        elif which.state:
            where += [t.c.done == int(which.state == SETTLED), t.c.state == which.state]
        if which.place:
            where.append(t.c.place.startswith(which.place, autoescape=True))
        for column, value in (
            (t.c.subject, which.subject), (t.c.ordinal, which.grade), (t.c.category, which.category or None),
            (t.c.source, which.source or None), (t.c.outcome, which.outcome or None),
        ):  # fmt: skip
            if value is not None:
                where.append(column == value)
        for column, least, most in ((t.c.day, which.first, which.last),
                                    (t.c.settled_day, which.settled_first, which.settled_last)):  # fmt: skip
            if least is not None:
                where.append(column >= least)
            if most is not None:
                where.append(column <= most)
        if which.scope is not None:
            where.append(among(t.c.subject, which.scope, sqlite=self.database.sqlite))
        return where
