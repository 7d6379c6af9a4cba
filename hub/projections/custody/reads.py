"""What is asked of the custody view. Ids are 16 bytes, instants microseconds UTC; every answer names its position."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal_column, or_, select, union

from hub import words as w

from ..reading import Item, Page, Reads, Sight, page

ONE: Any = literal_column("1")  # a partial index is used only where its condition stands literally in the query


class CustodyReads(Reads):
    """Who holds what since when."""

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
        """Disputes in the order of their numbers, which is the order of registration. ``visible_to``: only those in
        which one of these agencies has or had a role.
        """
        with self.sight() as s:
            d = s.table()
            query: Select[Any] = select(d)
            for column, value in ((d.c.status, status), (d.c.custodian, custodian), (d.c.category, category)):
                if value is not None:
                    query = query.where(column == value)
            if channel is not None:
                query = query.where(d.c.channel == channel)
            if visible_to is not None:
                query = query.where(_involves(s, d.c.dispute, visible_to))
            found = page(s, query, (d.c.number,), cursor, limit)
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
            if s.parked:
                return None
            return s.position, sorted(row[0] for row in s.db.execute(_roles(s, agency)))

    def to_move(self, agency: bytes, limit: int, after: bytes = b"") -> list[tuple[bytes, int]]:
        """(dispute, its version) for those behind ``after`` in which the agency has a role now: what a succession
        must move.
        """
        with self.sight() as s:
            d = s.table()
            query = (
                select(d.c.dispute, d.c.version)
                .where(d.c.dispute.in_(_roles(s, agency)), d.c.dispute > after)
                .order_by(d.c.dispute)
                .limit(limit)
            )
            return [(row[0], row[1]) for row in s.db.execute(query)]

    def involved(self, ident: bytes) -> frozenset[bytes]:
        """Every agency that has or had a role in a dispute; empty when the dispute is not there."""
        with self.sight() as s:
            d, g, leg, debt = s.table(), s.table("segments"), s.table("legs"), s.table("debts")
            query = union(
                select(g.c.custodian).where(g.c.dispute == ident),
                select(d.c.custodian).where(d.c.dispute == ident),
                *(select(leg.c[c]).where(leg.c.dispute == ident) for c in ("sender", "receiver", "settler")),
                *(select(debt.c[c]).where(debt.c.dispute == ident) for c in ("debtor", "creditor")),
            )
            return frozenset(row[0] for row in s.db.execute(query) if row[0] is not None)

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
                query = query.where(d.c.custodian == agency)
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


def _roles(s: Sight, agency: bytes) -> Any:
    d, leg, debt = s.table(), s.table("legs"), s.table("debts")
    return union(
        select(d.c.dispute).where(d.c.custodian == agency),
        select(leg.c.dispute).where(leg.c.sender == agency, leg.c.role == ONE),
        select(leg.c.dispute).where(leg.c.receiver == agency, leg.c.role == ONE),
        select(leg.c.dispute).where(leg.c.settler == agency, leg.c.contested == ONE),
        select(debt.c.dispute).where(debt.c.debtor == agency, debt.c.done_at.is_(None)),
        select(debt.c.dispute).where(debt.c.creditor == agency, debt.c.done_at.is_(None)),
    )


def _involves(s: Sight, dispute: Any, agencies: Collection[bytes]) -> Any:
    g, leg, debt = s.table("segments"), s.table("legs"), s.table("debts")
    wanted = list(agencies)
    return or_(
        s.table().c.custodian.in_(wanted),
        exists().where(and_(g.c.dispute == dispute, g.c.custodian.in_(wanted))),
        exists().where(
            and_(leg.c.dispute == dispute, or_(*(leg.c[end].in_(wanted) for end in ("sender", "receiver", "settler"))))
        ),
        exists().where(and_(debt.c.dispute == dispute, or_(debt.c.debtor.in_(wanted), debt.c.creditor.in_(wanted)))),
    )
