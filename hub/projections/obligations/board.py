"""What the board asks of the running limits: its figures, its lists, and the lists behind its figures.

Guarantee: all that one ``Figures`` holds is read in one snapshot, matrix and grid are sums of one count, and a list
has as many limits as the figure that leads to it, given the same filter, moment and position. With a scope nothing of
other disputes is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from sqlalchemy import func, select

from hub.words import DAY, HOUR

from ..completeness import CompletenessReads
from ..reading import MAX_LIMIT, Item, Page, Reads, page
from ..sheet import View
from . import counts
from . import filter as f
from .counts import SIGN
from .figures import Custody, Equation, Figures, Unsigned
from .filter import Filter, Moment, due_in, lit
from .scene import Scene, by_agencies, scene

HISTORY: Final = 30  # days


class BoardReads(Reads):
    """Reads of the obligations view, joined with roles, custody and completeness."""

    custody: View
    roles: View
    completeness: CompletenessReads
    ladder: View

    def figures(self, wanted: Filter, moment: Moment, *, today: int = 13, over: int = 50) -> Figures:
        """Everything but the history. ``today``, ``over``: how many of the two lists; their totals are in the
        tallies.
        """
        with self._scene(wanted) as s:
            o = s.o.table()
            where = [*wanted.conditions(o, moment), *s.of_limits(ordered=True)]
            tallied = counts.tallies(s, moment)
            # Two lists, each in the order of an index, and not one sorted by both: an index ends when it is enough.
            worst = self._some(s, where, lit(o, moment, f.CRIT), over)
            worst += self._some(s, where, lit(o, moment, f.LATE), over - len(worst))
            ending = self._some(s, where, due_in(o, moment, f.TODAY), today)
            oldest = self._some(s, where, o.c.name == SIGN, 1, (o.c.since_at, o.c.dispute, o.c.born, o.c.k))
            self._headed(s, [*worst, *ending, *oldest])
            return Figures(
                wanted, moment, s.position, s.parked, tallied, counts.unsigned(s, moment, tallied, oldest),
                tuple(ending), tuple(worst), counts.equation(s, moment, self.completeness), counts.held(s, tallied),
                counts.climbing(s),
            )  # fmt: skip

    def limits(
        self, wanted: Filter, moment: Moment, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Page[Item], int]:
        """(a page of the limits, the soonest or longest overdue first; how many there are in all)."""
        with self._scene(wanted) as s:
            o = s.o.table()
            own = wanted.conditions(o, moment)
            total = s.db.execute(select(func.count()).select_from(o).where(*own, *s.of_limits())).scalar_one()
            query = select(o).where(*own, *s.of_limits(ordered=True))
            found = page(s.o, query, (o.c.due_at, o.c.dispute, o.c.born, o.c.k), cursor, limit)
            self._headed(s, found.items)
            return Page(found.items, found.next, s.position, s.parked), int(total)

    @contextmanager
    def everything(self, wanted: Filter, moment: Moment, most: int) -> Iterator[tuple[int, int, Iterator[Item]]]:
        """(position, how many there are, the limits up to ``most`` in the list's order), read in one snapshot as they
        are asked for.
        """
        with self._scene(wanted) as s:
            o = s.o.table()
            where = [*wanted.conditions(o, moment), *s.of_limits()]
            total = s.db.execute(select(func.count()).select_from(o).where(*where)).scalar_one()
            query = select(o).where(*where).order_by(o.c.due_at, o.c.dispute, o.c.born, o.c.k).limit(most)
            rows = s.db.execute(query, execution_options={"yield_per": MAX_LIMIT}).partitions(MAX_LIMIT)
            yield s.position, int(total), (item for part in rows for item in self._filled(s, part))

    def _filled(self, s: Scene, part: Sequence[Any]) -> list[Item]:
        items = self._headed(s, [dict(row._mapping) for row in part])
        return self.named(s.o, items, "debtor", "creditor", "custodian")

    def history(self, wanted: Filter, moment: Moment) -> list[tuple[int, int]]:
        """(instant, unsigned then) at 08:00 local of the last 30 days, oldest first. What was so stays so: the answer
        changes with the day only.
        """
        eight = moment.midnight - DAY + 8 * HOUR
        last = eight if eight <= moment.now else eight - DAY
        instants = [last - n * DAY for n in reversed(range(HISTORY))]
        with self._scene(wanted) as s:
            made = s.made.table("outcomes")
            where = [*by_agencies(made.c.receiver, wanted), *s.of_referrals()]
            if wanted.channel:
                where.append(made.c.channel == wanted.channel)
            if wanted.kind:
                where.append(made.c.kind == wanted.kind)
            unsigned = self.completeness.unsigned_at(s.made, instants, where, DAY)
            return list(zip(instants, unsigned, strict=True))

    def _scene(self, wanted: Filter) -> AbstractContextManager[Scene]:
        views = (self.view, self.roles, self.completeness.view, self.custody, self._directory, self.ladder)
        return scene(self.database, views, wanted)

    def _some(
        self, s: Scene, where: Sequence[Any], condition: Any, most: int, order: Sequence[Any] = ()
    ) -> list[Item]:  # fmt: skip
        """The first of the limits for which a condition holds: the soonest or longest overdue."""
        o = s.o.table()
        order = order or (o.c.due_at, o.c.dispute, o.c.born, o.c.k)
        return s.o.rows(select(o).where(condition, *where).order_by(*order).limit(most)) if most > 0 else []

    def _headed(self, s: Scene, items: list[Item]) -> list[Item]:
        """Join what lists show of the dispute, and its version for an act based on what was seen."""
        d = s.heads.table()
        wanted = {
            "number": d.c.number, "category": d.c.category, "place": d.c.place, "custodian": d.c.custodian,
            "dispute_channel": d.c.channel, "dispute_version": d.c.version,
        }  # fmt: skip
        query = select(d.c.dispute, *(c.label(name) for name, c in wanted.items()))
        found = {
            row.dispute: row._mapping
            for row in s.db.execute(query.where(d.c.dispute.in_({item["dispute"] for item in items})))
        }
        for item in items:
            head = found.get(item["dispute"])
            item.update({name: head[name] if head is not None else None for name in wanted})
            item["channel"] = item["channel"] or item["dispute_channel"] or ""
        return items


__all__ = ["BoardReads", "Custody", "Equation", "Figures", "Unsigned"]
