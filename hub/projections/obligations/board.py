"""What the board asks of the running limits: its figures, its lists, and the lists behind its figures.

Guarantee: all that one ``Figures`` holds is read in one snapshot, matrix and grid are sums of one count, and a list
has as many limits as the figure that leads to it, given the same filter, moment and position. With a scope nothing of
other disputes is counted. The views are read at one position: while they are on the move the snapshot is taken anew,
and where they stay apart (somebody rebuilds one) each figure says its own.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, func, literal_column, select

from hub import words as w
from hub.words import DAY, HOUR

from ..among import FEW, among, count_up_to
from ..completeness import CompletenessReads
from ..reading import MAX_LIMIT, Item, Page, Reads, Sight, look, page
from ..sheet import View
from .filter import AGES, BUCKETS, CRIT, LATE, TODAY, Filter, Moment, due_in, far_over, lit, through, warned_until
from .tallies import Tally

TRIES: Final = 15  # snapshots taken until all views stand at one position
PAUSE: Final = 0.004  # seconds between two: a batch of the runners takes about as long
SIGN: Any = literal_column(f"'{w.SIGN}'")  # literally, as in the condition of its index
HISTORY: Final = 30  # days


@dataclass(frozen=True)
class Unsigned:
    """What nobody has signed yet: how many, by age (as ``AGES``), by light (crit, late), and the oldest."""

    count: int
    ages: tuple[int, ...]
    crit: int
    late: int
    oldest: Item | None


@dataclass(frozen=True)
class Equation:
    """sent = signed + returned + withdrawn + lapsed + pending of what was sent since ``since`` (a local day)."""

    sums: Item
    since: date
    position: int


@dataclass(frozen=True)
class Custody:
    """Open disputes, and of them those whose custodian is no living agency (``unowned``: always 0)."""

    open: int
    unowned: int
    position: int


@dataclass(frozen=True)
class Figures:
    """All figures of one board, at ``position`` and ``moment``."""

    filter: Filter
    moment: Moment
    position: int
    parked: int
    tallies: tuple[Tally, ...]
    unsigned: Unsigned
    today: tuple[Item, ...]
    over: tuple[Item, ...]
    equation: Equation
    custody: Custody


@dataclass
class Scene:
    """One snapshot: the looks at the views it reads, and the conditions of a filter that stand in other views."""

    o: Sight
    listed: Sight
    made: Sight
    heads: Sight
    db: Connection
    where: list[Any] = field(default_factory=list)

    @property
    def position(self) -> int:
        """Everything up to it is in the figures of all views."""
        return min(s.position for s in (self.o, self.listed, self.made, self.heads))

    @property
    def parked(self) -> int:
        """Disputes left out of one of the views."""
        return max(s.parked for s in (self.o, self.listed, self.made, self.heads))


class BoardReads(Reads):
    """Reads of the obligations view, joined with roles, custody and completeness."""

    custody: View
    roles: View
    completeness: CompletenessReads

    def figures(self, wanted: Filter, moment: Moment, *, today: int = 13, over: int = 50) -> Figures:
        """Everything but the history. ``today``, ``over``: how many of the two lists; their totals are in the
        tallies.
        """
        with self._scene() as s:
            o = s.o.table()
            own = wanted.conditions(o, moment)
            tallies, ages = self._tallies(s, moment, [*own, *self._joined(s, wanted, o.c.dispute)])
            where = [*own, *self._joined(s, wanted, o.c.dispute, ordered=True)]
            # Two lists, each in the order of an index, and not one sorted by both: an index ends when it is enough.
            worst = self._some(s, where, lit(o, moment, CRIT), over)
            worst += self._some(s, where, lit(o, moment, LATE), over - len(worst))
            return Figures(
                wanted, moment, s.position, s.parked, tallies, self._unsigned(s, where, tallies, ages),
                self._some(s, where, due_in(o, moment, TODAY), today), worst,
                self._equation(s, wanted, moment), self._held(s, wanted),
            )  # fmt: skip

    def limits(
        self, wanted: Filter, moment: Moment, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Page[Item], int]:
        """(a page of the limits, the soonest or longest overdue first; how many there are in all)."""
        with self._scene() as s:
            o = s.o.table()
            own = wanted.conditions(o, moment)
            where = [*own, *self._joined(s, wanted, o.c.dispute)]
            total = s.db.execute(select(func.count()).select_from(o).where(*where)).scalar_one()
            where = [*own, *self._joined(s, wanted, o.c.dispute, ordered=True)]
            found = page(s.o, select(o).where(*where), (o.c.due_at, o.c.dispute, o.c.born, o.c.k), cursor, limit)
            self._headed(s, found.items)
            return Page(found.items, found.next, s.position, s.parked), int(total)

    @contextmanager
    def everything(self, wanted: Filter, moment: Moment, most: int) -> Iterator[tuple[int, int, Iterator[Item]]]:
        """(position, how many there are, the limits up to ``most`` in the list's order), read in one snapshot as they
        are asked for.
        """
        with self._scene() as s:
            o = s.o.table()
            own = wanted.conditions(o, moment)
            where = [*own, *self._joined(s, wanted, o.c.dispute)]
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
        with self._scene() as s:
            made = s.made.table("outcomes")
            where = [*_by(made.c.receiver, wanted), *self._joined(s, wanted, made.c.dispute, of_dispute=False)]
            if wanted.channel:
                where.append(made.c.channel == wanted.channel)
            if wanted.kind:
                where.append(made.c.kind == wanted.kind)
            counts = self.completeness.unsigned_at(s.made, instants, where, DAY)
            return list(zip(instants, counts, strict=True))

    # --- one snapshot -------------------------------------------------------------------------------------------------

    @contextmanager
    def _scene(self) -> Iterator[Scene]:
        views = (self.view, self.roles, self.completeness.view, self.custody)
        for attempt in range(TRIES):
            with self.database.snapshot() as db:
                if attempt == TRIES - 1 or self._at_one_position(db, views):
                    looks = [look(self.database, db, view) for view in views]
                    yield Scene(looks[0], looks[1], looks[2], looks[3], db)
                    return
            time.sleep(PAUSE)

    def _at_one_position(self, db: Connection, views: Sequence[View]) -> bool:
        t, c = self.database.shared.tracking, self.database.shared.current
        seen = (c.c.view == t.c.view) & (c.c.version == t.c.version) & (c.c.generation == t.c.generation)
        query = select(t.c.position).join(c, seen).where(c.c.view.in_([view.name for view in views]))
        return len(set(db.execute(query).scalars())) <= 1

    def _joined(
        self, s: Scene, wanted: Filter, dispute: Any, *, of_dispute: bool = True, ordered: bool = False
    ) -> list[Any]:
        """What a filter says about the dispute: its place, its channel (of limits without a referral), its scope.

        ``ordered``: for a list that is read in its order until it is enough, and so asks dispute by dispute; a count
        asks of every limit, and a set made once is faster.
        """
        listed = s.listed.table("listed")
        some = select(listed.c.dispute)
        found: list[Any] = []
        if wanted.channel and of_dispute:
            found.append(through(s.o.table(), listed, wanted.channel, ordered=ordered))
        if wanted.township:
            placed = _placed(listed.c.place, wanted.township)
            one = exists().where(listed.c.dispute == dispute, placed)
            found.append(one if ordered else dispute.in_(some.where(placed)))
        if wanted.scope is not None:
            found.append(self._visible(s, dispute, wanted.scope, ordered))
        return found

    def _visible(self, s: Scene, dispute: Any, scope: Collection[bytes], ordered: bool) -> Any:
        """Whether one of these agencies has or had a role in a dispute."""
        r, sqlite = s.listed.table(), self.database.sqlite
        some = select(r.c.dispute).where(among(r.c.agency, sorted(scope), sqlite=sqlite))
        if count_up_to(s.db, some, FEW) < FEW:
            # PostgreSQL would rather walk all limits in their order, hoping to meet enough of these few early.
            return dispute.in_(some) if sqlite else among(dispute, s.db.execute(some).scalars().all(), sqlite=False)
        if ordered:  # only the index of disputes helps, so the agencies are hidden from the planner
            hidden = among(func.coalesce(r.c.agency, r.c.agency), sorted(scope), sqlite=sqlite)
            return exists().where(r.c.dispute == dispute, hidden)
        if sqlite:  # or it would look up each of the set's disputes in the table of limits
            dispute = func.coalesce(dispute, dispute)
        return dispute.in_(some)

    # --- figures ------------------------------------------------------------------------------------------------------

    def _tallies(
        self, s: Scene, moment: Moment, where: Sequence[Any]
    ) -> tuple[tuple[Tally, ...], tuple[int, ...]]:  # fmt: skip
        """One pass over the index that begins with debtor and name; counts up to each bound, taken apart below.
        Behind the tallies: the unsigned by age.
        """
        o = s.o.table()
        count = func.count
        bounds = [high for _, high in moment.edges() if high is not None]
        over = o.c.due_at <= moment.now
        since = [count().filter(and_(o.c.name == w.SIGN, o.c.since_at > moment.now - age)) for age in moment.ages()]
        query = (
            select(
                o.c.debtor, o.c.name, count(), *(count().filter(o.c.due_at <= at) for at in bounds),
                count().filter(and_(over, far_over(o, moment))),
                count().filter(o.c.due_at <= warned_until(o, moment)), *since,
            )
            .where(*where)
            .group_by(o.c.debtor, o.c.name)
        )  # fmt: skip
        made = []
        at_now = bounds.index(moment.now)
        ages = [0] * len(AGES)
        for debtor, name, total, *counts in s.db.execute(query):
            upto = (0, *counts[: len(bounds)], total)
            buckets = tuple(upto[n + 1] - upto[n] for n in range(len(BUCKETS)))
            overdue, crit, warned = counts[at_now], counts[len(bounds)], counts[len(bounds) + 1]
            made.append(Tally(debtor, name, buckets, (crit, overdue - crit, warned - overdue, total - warned)))
            if name == w.SIGN:
                younger = (0, *counts[len(bounds) + 2 :], total)
                for n in range(len(AGES)):
                    ages[n] += younger[n + 1] - younger[n]
        return tuple(made), tuple(ages)

    def _unsigned(
        self, s: Scene, where: Sequence[Any], tallies: Sequence[Tally], ages: tuple[int, ...]
    ) -> Unsigned:  # fmt: skip
        o = s.o.table()
        crit, late = (sum(t.lights[n] for t in tallies if t.name == w.SIGN) for n in (0, 1))
        first = select(o).where(o.c.name == SIGN, *where).order_by(o.c.since_at, o.c.dispute, o.c.born, o.c.k).limit(1)
        oldest = self._headed(s, s.o.rows(first))
        return Unsigned(sum(ages), ages, crit, late, oldest[0] if oldest else None)

    def _equation(self, s: Scene, wanted: Filter, moment: Moment) -> Equation:
        """Of what was sent this year, by sender: those of the scope, of the township, or the agency asked for."""
        first = date(moment.today.year, 1, 1)
        senders = self._senders(s, wanted)
        (sums,) = self.completeness.sums(
            s.made, kind=wanted.kind or None, channel=wanted.channel or None, senders=senders, first=first
        )
        return Equation(sums, first, s.made.position)

    def _senders(self, s: Scene, wanted: Filter) -> set[bytes] | None:
        senders = None if wanted.scope is None else set(wanted.scope)
        if wanted.township:
            a = look(self.database, s.db, self._directory).table()
            inside = set(s.db.execute(select(a.c.agency).where(_placed(a.c.region, wanted.township))).scalars())
            senders = inside if senders is None else senders & inside
        if wanted.agencies:
            asked = {bytes(w.agency_id(code)) for code in wanted.agencies}
            senders = asked if senders is None else senders & asked
        return senders

    def _held(self, s: Scene, wanted: Filter) -> Custody:
        """Open disputes per custodian, as the roles view lists them."""
        t = s.listed.table("listed")
        where = [t.c.status == w.OPEN, *_by(t.c.custodian, wanted)]
        if wanted.channel:
            where.append(t.c.channel == wanted.channel)
        if wanted.township:
            where.append(_placed(t.c.place, wanted.township))
        if wanted.scope is not None:
            where.append(self._visible(s, t.c.dispute, wanted.scope, ordered=False))
        rows = s.db.execute(select(t.c.custodian, func.count()).where(*where).group_by(t.c.custodian)).all()
        alive = self.living(s.o, [row[0] for row in rows])
        return Custody(
            sum(row[1] for row in rows), sum(row[1] for row in rows if row[0] not in alive), s.listed.position
        )

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _some(self, s: Scene, where: Sequence[Any], condition: Any, most: int) -> tuple[Item, ...]:
        """The soonest or longest overdue of the limits for which a condition holds."""
        o = s.o.table()
        query = select(o).where(condition, *where).order_by(o.c.due_at, o.c.dispute, o.c.born, o.c.k).limit(most)
        return tuple(self._headed(s, s.o.rows(query)))

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


def _placed(region: Any, township: str) -> Any:
    """Whether a region code begins with another. By its letters: ``like`` and order depend on the database."""
    return func.substr(region, 1, len(township)) == township


def _by(column: Any, wanted: Filter) -> list[Any]:
    """What a filter says about debtors, of another column that holds agencies."""
    found = []
    if wanted.agencies:
        found.append(column.in_([w.agency_id(code) for code in wanted.agencies]))
    if wanted.without:
        found.append(column.not_in([w.agency_id(code) for code in wanted.without]))
    return found
