"""The steward's lists: limits that ran out, run out soon, were breached, or whose offer is not recorded as delivered.

Every list is in one order (due date, then key; provisional dates by key alone) and goes on behind a row, so that rows
nothing can be done about do not hide those behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal_column, or_, select, text, tuple_

from hub import words as w

from ..reading import Item, Reads, Sight
from .tables import PROVISIONAL

Place = tuple[int, bytes, int, int]
SIGN: Any = literal_column(f"'{w.SIGN}'")  # literally, as in the condition of its index


def place(row: Item) -> Place:
    """Where a row stands in every list."""
    return row["due_at"], row["dispute"], row["born"], row["k"]


class StewardLists(Reads):
    """Reads of the obligations view."""

    def due(self, now: int, names: Sequence[str], limit: int, after: Place | None = None) -> list[Item]:
        """Limits of these names that have run out at ``now`` and are not breached."""
        with self.sight() as s:
            o = s.table()
            query = select(o).where(o.c.name.in_(names), o.c.due_at <= now, o.c.breached_at.is_(None))
            return _some(s, query, limit, after)

    def ahead(
        self, now: int, spans: Mapping[tuple[str, str], int], limit: int, after: Place | None = None
    ) -> list[Item]:
        """Limits that end after ``now``, were not warned of for that date, and whose span before the end has begun.

        ``spans``: microseconds, by the obligation's name and how the rule begins ("" = whatever it is).
        """
        with self.sight() as s:
            o = s.table()
            plain: dict[int, list[str]] = {}
            begun = []
            for (name, rule), span in spans.items():
                if rule:
                    begun.append(and_(o.c.name == name, o.c.due_at <= now + span, o.c.rule.like(f"{rule}%")))
                else:
                    plain.setdefault(span, []).append(name)
            begun += [and_(o.c.name.in_(names), o.c.due_at <= now + span) for span, names in plain.items()]
            last = now + max(spans.values())
            query = select(o).where(o.c.due_at > now, o.c.due_at <= last, o.c.warned_at.is_(None), or_(*begun))
            return _some(s, query, limit, after)

    def unurged(self, limit: int, after: Place | None = None) -> list[Item]:
        """Breached limits that nobody urged since."""
        with self.sight() as s:
            o = s.table()
            query = select(o).where(o.c.breached_at > 0, or_(o.c.urged_at.is_(None), o.c.urged_at < o.c.breached_at))
            return _some(s, query, limit, after, few=True)

    def unsupervised(self, breached_until: int, limit: int, after: Place | None = None) -> list[Item]:
        """Limits breached by an instant, not supervised since; not while their debtor owes an answer there."""
        with self.sight() as s:
            o = s.table()
            other = o.alias()
            owed = exists().where(
                other.c.dispute == o.c.dispute, other.c.name == w.ANSWER, other.c.debtor == o.c.debtor
            )
            query = select(o).where(
                o.c.breached_at.is_not(None), o.c.breached_at <= breached_until, o.c.supervised_at.is_(None), ~owed
            )
            return _some(s, query, limit, after)

    def undelivered(self, limit: int, after: Place | None = None) -> list[Item]:
        """Unsigned offers of moving kinds and assignments whose delivery is not recorded."""
        with self.sight() as s:
            o = s.table()
            kinds = [*w.MOVING, w.ASSIGNMENT]
            query = select(o).where(o.c.name == SIGN, o.c.delivered_at.is_(None), o.c.kind.in_(kinds))
            return _some(s, query, limit, after)

    def provisional(self, names: Sequence[str], limit: int, after: Place | None = None) -> list[Item]:
        """Limits of these names whose date rests on days that nobody had announced; extended ones aside, whose date is
        not one count. There may be few among many or, late in a year, nearly all: both are walked by their own index.
        Of each its key, and what its date was computed from.
        """
        with self.sight() as s:
            o = s.table()
            key = (o.c.dispute, o.c.born, o.c.k)
            columns = (*key, o.c.name, o.c.referral, o.c.debtor, o.c.since_at, o.c.due_at, o.c.rule, o.c.version)
            query = select(*columns).where(text(PROVISIONAL), o.c.name.in_(list(names)), o.c.rule.not_like("%+%"))
            if after is not None:
                query = query.where(tuple_(*key) > after[1:])
            return s.rows(query.order_by(*key).limit(limit))


def _some(s: Sight, query: Select[Any], limit: int, after: Place | None, *, few: bool = False) -> list[Item]:
    """``few``: there are few such rows, to be found by an index of their own and then sorted; SQLite would else walk
    all limits in their order until it has met enough of them.
    """
    o = s.table()
    order = (o.c.due_at, o.c.dispute, o.c.born, o.c.k)
    if after is not None:
        behind = [and_(*(order[i] == after[i] for i in range(n)), column > after[n]) for n, column in enumerate(order)]
        query = query.where(or_(*behind))
    sorting = (func.coalesce(o.c.due_at, o.c.due_at), *order[1:]) if few else order
    return s.rows(query.order_by(*sorting).limit(limit))
