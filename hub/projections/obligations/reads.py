"""What is asked of the obligations view: running limits, work queues per agency, and the steward's lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, or_, select

from hub import words as w

from ..among import among
from ..reading import Item, Page, Reads, Sight, page
from ..sheet import View

QUEUES: Final = ("sign", "accept", "feedback", "act")
ACTS: Final = (w.PROGRESS, w.CONSENT, w.SETTLE, w.ANSWER, w.ACKNOWLEDGE, w.PERFORM)


class ObligationReads(Reads):
    """Who owes what to whom by when."""

    custody: View

    def running(
        self, *, debtor: bytes | None = None, creditor: bytes | None = None, name: str | None = None,
        dispute: bytes | None = None, overdue_at: int | None = None, visible_to: Collection[bytes] | None = None,
        cursor: str | None = None, limit: int = 50,
    ) -> Page[Item]:  # fmt: skip
        """Running limits, the soonest first. ``overdue_at``: only those due at or before this instant."""
        with self.sight() as s:
            o = s.table()
            query: Select[Any] = select(o)
            wanted = ((o.c.debtor, debtor), (o.c.creditor, creditor), (o.c.name, name), (o.c.dispute, dispute))
            for column, value in wanted:
                if value is not None:
                    query = query.where(column == value)
            if overdue_at is not None:
                query = query.where(o.c.due_at <= overdue_at)
            if visible_to is not None:
                sides = (o.c.debtor, o.c.creditor)
                query = query.where(or_(*(among(c, visible_to, sqlite=self.database.sqlite) for c in sides)))
            return self._page(s, query, cursor, limit)

    def queue(self, agency: bytes, kind: str, *, cursor: str | None = None, limit: int = 50) -> Page[Item]:
        """One agency's desk, the soonest first. ``kind``: sign 待签收, accept 待受理 (signed offers), feedback
        待反馈, act 待办 (the disputes it holds, and what it owes an answer to).
        """
        with self.sight() as s:
            query = select(s.table()).where(_in_queue(s, kind), s.table().c.debtor == agency)
            return self._page(s, query, cursor, limit)

    def queue_sizes(self, agency: bytes, now: int) -> Item:
        """Per queue: how many, how many of them overdue at ``now``; with ``position`` and ``parked``."""
        with self.sight() as s:
            o = s.table()
            sizes: Item = {"position": s.position, "parked": s.parked}
            for kind in QUEUES:
                late = func.sum(case((o.c.due_at <= now, 1), else_=0))
                query = select(func.count(), func.coalesce(late, 0)).where(_in_queue(s, kind), o.c.debtor == agency)
                count, overdue = s.db.execute(query).one()
                sizes[kind] = {"count": int(count), "overdue": int(overdue)}
            return sizes

    def grid(self, now: int, end_of_today: int) -> Page[Item]:
        """Per debtor and limit: ``overdue``, ``today``, ``later``; for the board's heat grid and its tiles."""
        with self.sight() as s:
            o = s.table()

            def tally(label: str, condition: Any) -> Any:
                return func.sum(case((condition, 1), else_=0)).label(label)

            query = (
                select(
                    o.c.debtor, o.c.name, func.count().label("count"), func.min(o.c.due_at).label("soonest"),
                    tally("overdue", o.c.due_at <= now),
                    tally("today", and_(o.c.due_at > now, o.c.due_at <= end_of_today)),
                    tally("later", o.c.due_at > end_of_today),
                )
                .group_by(o.c.debtor, o.c.name)
                .order_by(o.c.debtor, o.c.name)
            )  # fmt: skip
            items = s.rows(query)
            for item in items:
                for key in ("overdue", "today", "later"):
                    item[key] = int(item[key])
            return s.all(self.named(s, items, "debtor"))

    def _page(self, s: Sight, query: Select[Any], cursor: str | None, limit: int) -> Page[Item]:
        o = s.table()
        found = page(s, query, (o.c.due_at, o.c.dispute, o.c.born, o.c.k), cursor, limit)
        self.named(s, found.items, "debtor", "creditor")
        self._headed(s, found.items)
        return found

    def _headed(self, s: Sight, items: Sequence[Item]) -> None:
        """Join what lists show of the dispute: number, category, place, custodian."""
        d = s.beside(self.custody).table()
        wanted = list({item["dispute"] for item in items})
        columns = (d.c.dispute, d.c.number, d.c.category, d.c.place, d.c.custodian)
        heads = {row.dispute: row for row in s.db.execute(select(*columns).where(d.c.dispute.in_(wanted)))}
        for item in items:
            head = heads.get(item["dispute"])
            item["number"] = head.number if head else None
            item["category"] = head.category if head else None
            item["place"] = head.place if head else None
            item["custodian"] = head.custodian if head else None
        self.named(s, items, "custodian")


def _in_queue(s: Sight, kind: str) -> Any:
    o = s.table()
    if kind == "sign":
        return o.c.name == w.SIGN
    if kind == "accept":
        return and_(o.c.name == w.ACCEPT, o.c.signed_at.is_not(None))
    if kind == "feedback":
        return o.c.name == w.FEEDBACK
    if kind == "act":
        return o.c.name.in_(ACTS)
    raise ValueError(f"no queue {kind!r}")
