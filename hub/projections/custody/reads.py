"""What is asked of the custody view. Ids are 16 bytes, instants microseconds UTC; every answer names its position."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select, union

from hub import words as w

from ..reading import Item, Page, Reads, Sight, page
from ..roles import RoleReads

ONE: Any = literal_column("1")  # a partial index is used only where its condition stands literally in the query


class CustodyReads(Reads):
    """Who holds what since when."""

    roles: RoleReads

    def dispute(self, ident: bytes) -> Page[Item]:
        """One dispute's row (no item when there is none), its custodian's name joined."""
        with self.sight() as s:
            d = s.table()
            return s.all(self.named(s, s.rows(select(d).where(d.c.dispute == ident)), "custodian"))

    def numbered(self, number: str) -> bytes | None:
        """The dispute with this human number 一案一码."""
        with self.sight() as s:
            d = s.table()
            found: bytes | None = s.db.execute(select(d.c.dispute).where(d.c.number == number)).scalar()
            return found

    def disputes(
        self, *, status: str | None = None, custodian: bytes | None = None, category: str | None = None,
        channel: str | None = None, visible_to: Collection[bytes] | None = None, cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Item]:  # fmt: skip
        """Disputes in the order of registration, which that of their numbers as texts is not from the 100,000th of a
        year on. ``visible_to``: only those in which one of these agencies has or had
        a role, as the roles view knows it, which also leads to those one ``custodian`` holds; where the two views
        stand at different positions the answer's is the lower one: everything up to it is in the list, and what lies
        behind it may be. A role is never lost, so a dispute may come late and never wrongly.
        """
        with self.sight() as s:
            d = s.table()
            query: Select[Any] = select(d)
            for column, value in ((d.c.status, status), (d.c.custodian, custodian), (d.c.category, category)):
                if value is not None:
                    query = query.where(column == value)
            if channel is not None:
                query = query.where(d.c.channel == channel)
            for agencies in (None if custodian is None else [custodian], visible_to):
                if agencies is not None:
                    narrowing = self.roles.narrowing(s, d.c.dispute, agencies, d.c.born)
                    query = query.where(narrowing.condition)
                    s.position = min(s.position, narrowing.position)
            found = page(s, query, (d.c.born,), cursor, limit)
            self.named(s, found.items, "custodian")
            return found

    def chain(self, ident: bytes) -> Page[Item]:
        """One item: ``dispute``, ``segments`` (the chain of custody), ``legs`` (referrals), ``debts`` (oversight), in
        order.
        """
        with self.sight() as s:
            d, g, leg, debt = s.table(), s.table("segments"), s.table("legs"), s.table("debts")
            heads = s.rows(select(d).where(d.c.dispute == ident))
            if not heads:
                return s.all([])
            segments = s.rows(select(g).where(g.c.dispute == ident).order_by(g.c.n))
            segments.append(_present(heads[0]))
            legs = s.rows(select(leg).where(leg.c.dispute == ident).order_by(leg.c.n))
            debts = s.rows(select(debt).where(debt.c.dispute == ident).order_by(debt.c.position, debt.c.n))
            self.named(s, heads, "custodian")
            self.named(s, segments, "custodian")
            self.named(s, legs, "sender", "receiver", "settler")
            self.named(s, debts, "debtor", "creditor")
            return s.all([{"dispute": heads[0], "segments": segments, "legs": legs, "debts": debts}])

    def roles_of(self, agency: bytes) -> tuple[int, list[bytes]] | None:
        """(position, disputes in which the agency has a role now); None when a parked dispute may hide one.

        A role (custody rules §5): custodian, whatever the status; sender or receiver of a referral that is not ended
        (a signed notice is done), or of a contested one; the settler of a contest; either side of an unanswered
        supervision or an unacknowledged report.
        """
        with self.sight() as s:
            found = self._roles(s, agency)
            if s.parked:
                return None
            return s.position, sorted(row[0] for row in s.db.execute(found))

    def to_move(self, agency: bytes, limit: int, after: bytes = b"") -> list[tuple[bytes, int]]:
        """(dispute, its version) for those behind ``after`` in which the agency has a role now: what a succession
        must move.
        """
        with self.sight() as s:
            d = s.table()
            query = (
                select(d.c.dispute, d.c.version)
                .where(d.c.dispute.in_(self._roles(s, agency)), d.c.dispute > after)
                .order_by(d.c.dispute)
                .limit(limit)
            )
            return [(row[0], row[1]) for row in s.db.execute(query)]

    def _roles(self, s: Sight, agency: bytes) -> Any:
        """Where the agency has a role now."""
        d, leg, debt, r = s.table(), s.table("legs"), s.table("debts"), self._ever(s)
        ever = r.c.agency == agency
        return union(
            select(d.c.dispute).where(d.c.born.in_(select(r.c.born).where(ever)), d.c.custodian == agency),
            select(leg.c.dispute).where(
                leg.c.dispute.in_(select(r.c.dispute).where(ever)),
                leg.c.role == 1,
                or_(leg.c.sender == agency, leg.c.receiver == agency),
            ),
            select(leg.c.dispute).where(leg.c.settler == agency, leg.c.contested == ONE),
            select(debt.c.dispute).where(debt.c.debtor == agency, debt.c.done_at.is_(None)),
            select(debt.c.dispute).where(debt.c.creditor == agency, debt.c.done_at.is_(None)),
        )

    def _ever(self, s: Sight) -> Any:
        """Where each agency ever had a role (the roles view): what leads from an agency to rows here. What that view
        has not reached yet or has parked cannot be found; for ``s`` this counts as if this view had not reached it.
        """
        roles = s.beside(self.roles.view)
        s.position, s.parked = min(s.position, roles.position), s.parked + roles.parked
        return roles.table()

    def held(self, agency: bytes | None = None) -> Page[Item]:
        """Open disputes per custodian: ``custodian``, ``open``, ``oldest_since_at``; worst (most) first."""
        with self.sight() as s:
            d = s.table()
            query = (
                select(d.c.custodian, func.count().label("open"), func.min(d.c.since_at).label("oldest_since_at"))
                .where(d.c.status == w.OPEN)
                .group_by(d.c.custodian)
                .order_by(func.count().desc(), d.c.custodian)
            )
            if agency is not None:
                r = self._ever(s)
                query = query.where(d.c.born.in_(select(r.c.born).where(r.c.agency == agency)), d.c.custodian == agency)
            return s.all(self.named(s, s.rows(query), "custodian"))

    def figures(self) -> Item:
        """``disputes``, ``open``, ``closed``, ``void``, ``unowned`` (open ones without a living custodian),
        ``position``, ``parked``.
        """
        with self.sight() as s:
            d = s.table()
            by = {row[0]: row[1] for row in s.db.execute(select(d.c.status, func.count()).group_by(d.c.status))}
            held = s.db.execute(
                select(d.c.custodian, func.count()).where(d.c.status == w.OPEN).group_by(d.c.custodian)
            ).all()
            alive = self.living(s, [row[0] for row in held])
            return {
                "disputes": sum(by.values()),
                "open": by.get(w.OPEN, 0),
                "closed": by.get(w.CLOSED, 0),
                "void": by.get(w.VOID, 0),
                "unowned": sum(n for custodian, n in held if custodian not in alive),
                "position": s.position,
                "parked": s.parked,
            }


def _present(head: Item) -> Item:
    """The segment of the present custodian, in the form of those that are over."""
    return {
        "dispute": head["dispute"], "n": head["segment"], "custodian": head["custodian"], "from_at": head["since_at"],
        "from_position": head["since_position"], "from_topic": head["since_topic"],
        "from_referral": head["since_referral"], "to_at": None, "to_position": None,
    }  # fmt: skip
