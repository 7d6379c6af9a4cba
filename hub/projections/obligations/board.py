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
from dataclasses import dataclass
from datetime import date
from operator import sub
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, func, literal_column, select

from hub import words as w
from hub.words import DAY, HOUR

from ..among import FEW, among, count_up_to
from ..completeness import CompletenessReads
from ..gather import gathered
from ..reading import MAX_LIMIT, Item, Page, Reads, Sight, look_at_all, page
from ..sheet import View
from . import filter as f
from .filter import AGES, Filter, Moment, due_in, far_over, lit, through, warned_until
from .tallies import Tally

TRIES: Final = 15  # snapshots taken until all views stand at one position
PAUSE: Final = 0.004  # seconds between two: a batch of the runners takes about as long
SIGN: Any = literal_column(f"'{w.SIGN}'")  # literally, as in the condition of its index
HISTORY: Final = 30  # days
BEHIND_DIGITS: Final = ":"  # comes after "9"


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
    agencies: Sight
    db: Connection

    @property
    def position(self) -> int:
        """Everything up to it is in the figures of all views."""
        return min(s.position for s in (self.o, self.listed, self.made, self.heads, self.agencies))

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
            where = [*own, *self._joined(s, wanted, o.c.dispute, ordered=True)]
            tallies = self._tallies(s, moment, wanted)
            # Two lists, each in the order of an index, and not one sorted by both: an index ends when it is enough.
            worst = self._some(s, where, lit(o, moment, f.CRIT), over)
            worst += self._some(s, where, lit(o, moment, f.LATE), over - len(worst))
            ending = self._some(s, where, due_in(o, moment, f.TODAY), today)
            oldest = self._some(s, where, o.c.name == SIGN, 1, (o.c.since_at, o.c.dispute, o.c.born, o.c.k))
            self._headed(s, [*worst, *ending, *oldest])
            return Figures(
                wanted, moment, s.position, s.parked, tallies, self._unsigned(s, moment, where, tallies, oldest),
                tuple(ending), tuple(worst), self._equation(s, wanted, moment), self._held(s, wanted, tallies),
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
        views = (self.view, self.roles, self.completeness.view, self.custody, self._directory)
        for attempt in range(TRIES):
            with self.database.snapshot() as db:
                looks = look_at_all(self.database, db, views)
                if attempt == TRIES - 1 or len({s.position for s in looks}) == 1:
                    yield Scene(looks[0], looks[1], looks[2], looks[3], looks[4], db)
                    return
            time.sleep(PAUSE)

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
            placed = self._placed(listed.c.place, wanted.township)
            one = exists().where(listed.c.dispute == dispute, placed)
            found.append(one if ordered else dispute.in_(some.where(placed)))
        if wanted.scope is not None:
            found.append(self._visible(s, dispute, wanted.scope, ordered))
        return found

    def _placed(self, region: Any, township: str) -> Any:
        """Whether a region code begins with these digits. By its letters on PostgreSQL, whose order of texts is the
        language's.
        """
        if not self.database.sqlite:
            return func.substr(region, 1, len(township)) == township
        return and_(region >= township, region < township + BEHIND_DIGITS)

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
        return dispute.in_(some)

    # --- figures ------------------------------------------------------------------------------------------------------

    def _tallies(self, s: Scene, moment: Moment, wanted: Filter) -> tuple[Tally, ...]:
        """Counts up to each bound, taken apart below. In one pass, except over all limits of a city: then how many
        there are and how many end late of all, and everything finer only of what is overdue or ends soon: of few.
        """
        o = s.o.table()
        count = func.count
        bounds = [high for _, high in moment.edges() if high is not None]
        near = max(bounds[-2], moment.now + max(span for _, span in moment.warn))
        group = (o.c.debtor, o.c.name)
        over = o.c.due_at <= moment.now
        whole = [count(), count().filter(o.c.due_at <= bounds[-1])]
        fine = [
            *(count().filter(o.c.due_at <= at) for at in bounds[:-1]), count().filter(and_(over, far_over(o, moment))),
            count().filter(o.c.due_at <= warned_until(o, moment)),
        ]  # fmt: skip
        found: dict[tuple[bytes, str], list[int]] = {}
        where = [*wanted.conditions(o, moment), *self._joined(s, wanted, o.c.dispute, of_dispute=False)]
        if where or wanted.channel:
            for part in self._parts(s, wanted):
                for row in gathered(s.db, select(*group, *whole, *fine).where(*where, *part).group_by(*group)):
                    seen = found.setdefault((row[0], row[1]), [0] * (len(row) - 2))
                    seen[:] = [a + b for a, b in zip(seen, row[2:], strict=True)]
        else:
            soon = gathered(s.db, select(*group, *fine).where(o.c.due_at <= near).group_by(*group))
            close = {(row[0], row[1]): row[2:] for row in soon}
            none = [0] * len(fine)
            for debtor, name, *counts in gathered(s.db, select(*group, *whole).group_by(*group)):
                found[debtor, name] = [*counts, *close.get((debtor, name), none)]
        made = []
        for (debtor, name), (total, until, *upto, crit, warned) in found.items():
            steps = (0, *upto, until, total)
            buckets = tuple(map(sub, steps[1:], steps))
            overdue = upto[len(f.OVERDUE) - 1]
            made.append(Tally(debtor, name, buckets, (crit, overdue - crit, warned - overdue, total - warned)))
        return tuple(made)

    def _parts(self, s: Scene, wanted: Filter) -> list[list[Any]]:
        """The parts to be counted one by one: of a channel those that name it, and those without a referral whose
        dispute last went through it. Together they are what ``through`` asks of every limit.
        """
        if not wanted.channel:
            return [[]]
        o, listed = s.o.table(), s.listed.table("listed")
        lately = select(listed.c.dispute).where(listed.c.channel == wanted.channel)
        return [[o.c.channel == wanted.channel], [o.c.channel == "", o.c.dispute.in_(lately)]]

    def _unsigned(
        self, s: Scene, moment: Moment, where: Sequence[Any], tallies: Sequence[Tally], oldest: Sequence[Item]
    ) -> Unsigned:  # fmt: skip
        o = s.o.table()
        since = [func.count().filter(o.c.since_at > moment.now - age) for age in moment.ages()]
        # ``since_at > 0`` holds always, and has SQLite see that the small index of the unsigned serves.
        counts = s.db.execute(select(func.count(), *since).where(o.c.name == SIGN, o.c.since_at > 0, *where)).one()
        total = int(counts[0])
        steps = (0, *counts[1:], total)
        ages = tuple(int(steps[n + 1] - steps[n]) for n in range(len(AGES)))
        crit, late = (sum(t.lights[n] for t in tallies if t.name == w.SIGN) for n in (0, 1))
        return Unsigned(total, ages, crit, late, oldest[0] if oldest else None)

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
            a = s.agencies.table()
            inside = set(s.db.execute(select(a.c.agency).where(self._placed(a.c.region, wanted.township))).scalars())
            senders = inside if senders is None else senders & inside
        if wanted.agencies:
            asked = {bytes(w.agency_id(code)) for code in wanted.agencies}
            senders = asked if senders is None else senders & asked
        return senders

    def _held(self, s: Scene, wanted: Filter, tallies: Sequence[Tally]) -> Custody:
        """Open disputes and their custodians. Of a whole city by the disputes' own rows, so that one without a limit
        would show; of a part of it by the limit that runs on every open dispute, which its custodian owes.
        """
        a = s.agencies.table()
        living = select(a.c.agency).where(a.c.state != w.DISSOLVED)
        finer = wanted.kind or wanted.names or wanted.light or wanted.bucket or wanted.age
        if not finer and not wanted.everything:
            alive = set(s.db.execute(living).scalars())
            held = [(t.debtor, sum(t.buckets)) for t in tallies if t.name == w.PROGRESS]
            gone = sum(n for custodian, n in held if custodian not in alive)
            return Custody(sum(n for _, n in held), gone, s.o.position)
        t = s.listed.table("listed")
        where = [t.c.status == w.OPEN, *_by(t.c.custodian, wanted)]
        if wanted.channel:
            where.append(t.c.channel == wanted.channel)
        if wanted.township:
            where.append(self._placed(t.c.place, wanted.township))
        if wanted.scope is not None:
            r = s.listed.table()
            mine = among(r.c.agency, sorted(wanted.scope), sqlite=self.database.sqlite)
            where.append(t.c.born.in_(select(r.c.born).where(mine)))
        # Grouped by an index that begins with the custodian only where nothing else has to be looked up.
        custodian = t.c.custodian if len(where) == 1 else func.coalesce(t.c.custodian, t.c.custodian)
        per = select(custodian.label("custodian"), func.count().label("n")).where(*where).group_by(custodian).subquery()
        gone_n = func.sum(per.c.n).filter(per.c.custodian.not_in(living))
        all_n, none_n = s.db.execute(select(func.sum(per.c.n), gone_n)).one()
        return Custody(int(all_n or 0), int(none_n or 0), s.listed.position)

    # --- rows ---------------------------------------------------------------------------------------------------------

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


def _by(column: Any, wanted: Filter) -> list[Any]:
    """What a filter says about debtors, of another column that holds agencies."""
    found = []
    if wanted.agencies:
        found.append(column.in_([w.agency_id(code) for code in wanted.agencies]))
    if wanted.without:
        found.append(column.not_in([w.agency_id(code) for code in wanted.without]))
    return found
