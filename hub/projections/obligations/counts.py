"""What the board counts, each in one look at all that is meant.

Guarantee: with a scope nothing of other disputes is counted; matrix and grid are sums of the same tallies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from operator import sub
from typing import Any, Final

from sqlalchemy import BigInteger, and_, case, cast, exists, func, literal_column, select, text

from hub import words as w
from hub.words import DAY

from .. import ladder
from ..completeness import CompletenessReads
from ..completeness.view import OFFSET
from ..gather import gathered
from ..reading import Item
from . import filter as f
from .figures import Custody, Equation, Unsigned
from .filter import AGES, Moment, far_over, warned_until
from .scene import Scene, by_agencies
from .tallies import Tally

SIGN: Final[Any] = literal_column(f"'{w.SIGN}'")  # literally, as in the condition of its index


def tallies(s: Scene, moment: Moment) -> tuple[Tally, ...]:
    """Counts up to each bound, taken apart below. In one pass, except over all limits of a city: then how many there
    are and how many end late of all by the counters kept for that, and everything finer of what is overdue or ends
    soon: of few.
    """
    o = s.o.table()
    count = func.count
    bounds = [high for _, high in moment.edges() if high is not None]
    group = (o.c.debtor, o.c.name)
    fine = [
        *(count().filter(o.c.due_at <= at) for at in bounds[:-1]),
        count().filter(and_(o.c.due_at <= moment.now, far_over(o, moment))),
        count().filter(o.c.due_at <= warned_until(o, moment)),
    ]
    wanted = s.wanted
    alone = not (wanted.channel or wanted.agencies or wanted.light or wanted.bucket or wanted.age)
    where = [*wanted.conditions(o, moment), *s.of_limits(alone=alone)]
    last, within = divmod(bounds[-1] + OFFSET, DAY)  # the day behind; 0 where the pack's days are the counters'
    if where or within:
        whole = [count(), count().filter(o.c.due_at <= bounds[-1])]
        counted: Iterable[Any] = gathered(s.db, select(*group, *whole, *fine).where(*where).group_by(*group))
    else:
        owed = s.o.table("owed")
        near = max(bounds[-2], moment.now + max(span for _, span in moment.warn))
        soon = gathered(s.db, select(*group, *fine).where(o.c.due_at <= near).group_by(*group))
        close = {(row[0], row[1]): row[2:] for row in soon}
        sums = [cast(func.sum(n), BigInteger) for n in (owed.c.n, case((owed.c.day < last, owed.c.n), else_=0))]
        key = (owed.c.debtor, owed.c.name)
        none = [0] * len(fine)
        whole_rows = gathered(s.db, select(*key, *sums).group_by(*key))
        counted = ((*row, *close.get((row[0], row[1]), none)) for row in whole_rows)
    made = []
    for debtor, name, total, until, *upto, crit, warned in counted:
        steps = (0, *upto, until, total)
        buckets = tuple(map(sub, steps[1:], steps))
        overdue = upto[len(f.OVERDUE) - 1]
        made.append(Tally(debtor, name, buckets, (crit, overdue - crit, warned - overdue, total - warned)))
    return tuple(made)


def unsigned(s: Scene, moment: Moment, tallied: Sequence[Tally], oldest: Sequence[Item]) -> Unsigned:
    """What nobody has signed, by age; its lights are the tallies'."""
    o = s.o.table()
    where = [*s.wanted.conditions(o, moment), *s.of_limits()]
    since = [func.count().filter(o.c.since_at > moment.now - age) for age in moment.ages()]
    # ``since_at > 0`` holds always, and has SQLite see that the small index of the unsigned serves.
    counts = s.db.execute(select(func.count(), *since).where(o.c.name == SIGN, o.c.since_at > 0, *where)).one()
    total = int(counts[0])
    steps = (0, *counts[1:], total)
    ages = tuple(int(steps[n + 1] - steps[n]) for n in range(len(AGES)))
    crit, late = (sum(t.lights[n] for t in tallied if t.name == w.SIGN) for n in (0, 1))
    return Unsigned(total, ages, crit, late, oldest[0] if oldest else None)


def equation(s: Scene, moment: Moment, completeness: CompletenessReads) -> Equation:
    """Of what was sent this year, by sender: those of the scope, of the township, or the agency asked for."""
    wanted = s.wanted
    first = date(moment.today.year, 1, 1)
    (sums,) = completeness.sums(
        s.made, kind=wanted.kind or None, channel=wanted.channel or None, senders=_senders(s), first=first
    )
    return Equation(sums, first, s.made.position)


def _senders(s: Scene) -> set[bytes] | None:
    wanted = s.wanted
    senders = None if wanted.scope is None else set(wanted.scope)
    if wanted.township:
        a = s.agencies.table()
        inside = set(s.db.execute(select(a.c.agency).where(s.placed(a.c.region))).scalars())
        senders = inside if senders is None else senders & inside
    if wanted.agencies:
        asked = {bytes(w.agency_id(code)) for code in wanted.agencies}
        senders = asked if senders is None else senders & asked
    return senders


def climbing(s: Scene) -> int:
    """Open disputes that a superior is to assign to the next level of their ladder, or whose ladder is exhausted: of
    the place, the custodians, the channel and the scope asked for. Two counts, each by its own index.
    """
    c, r, wanted = s.climbs.table(), s.listed.table(), s.wanted
    where = by_agencies(c.c.custodian, wanted)
    if wanted.township:
        where.append(s.placed(c.c.place))
    if wanted.channel:
        listed = s.listed.table("listed")
        # Asked of the few that wait, one by one: the channel is hidden from the planner, else it would be a set of all.
        hidden = func.coalesce(listed.c.channel, listed.c.channel)
        where.append(exists().where(listed.c.dispute == c.c.dispute, hidden == wanted.channel))
    if wanted.scope is not None:
        where.append(c.c.dispute.in_(select(r.c.dispute).where(s.played())))
    some = (text(ladder.ASSIGNING), text(ladder.EXHAUSTED))
    return sum(int(s.db.execute(select(func.count()).select_from(c).where(x, *where)).scalar_one()) for x in some)


def held(s: Scene, tallied: Sequence[Tally]) -> Custody:
    """Open disputes and their custodians. Of a whole city by the disputes' own rows, so that one without a limit
    would show; of a part of it by the limit that runs on every open dispute, which its custodian owes.
    """
    wanted = s.wanted
    a = s.agencies.table()
    living = select(a.c.agency).where(a.c.state != w.DISSOLVED)
    finer = wanted.kind or wanted.names or wanted.light or wanted.bucket or wanted.age
    if not finer and not wanted.everything:
        alive = set(s.db.execute(living).scalars())
        owners = [(t.debtor, sum(t.buckets)) for t in tallied if t.name == w.PROGRESS]
        gone = sum(n for custodian, n in owners if custodian not in alive)
        return Custody(sum(n for _, n in owners), gone, s.o.position)
    t = s.listed.table("listed")
    where = [t.c.status == w.OPEN, *by_agencies(t.c.custodian, wanted)]
    if wanted.channel:
        where.append(t.c.channel == wanted.channel)
    if wanted.township:
        where.append(s.placed(t.c.place))
    if wanted.scope is not None:
        where.append(t.c.born.in_(select(s.listed.table().c.born).where(s.played())))
    # Grouped by an index that begins with the custodian only where nothing else has to be looked up.
    custodian = t.c.custodian if len(where) == 1 else func.coalesce(t.c.custodian, t.c.custodian)
    per = select(custodian.label("custodian"), func.count().label("n")).where(*where).group_by(custodian).subquery()
    gone_n = func.sum(per.c.n).filter(per.c.custodian.not_in(living))
    all_n, none_n = s.db.execute(select(func.sum(per.c.n), gone_n)).one()
    return Custody(int(all_n or 0), int(none_n or 0), s.listed.position)
