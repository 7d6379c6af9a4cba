"""What is owed now: each schedule of each agency, its periods so far, less those filed or missed.

Guarantee: exact for any number of years: how many rounds are outstanding follows from how many there were and how many
are recorded; which ones is looked for only where it is not the running one alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select, tuple_

from hub.policy import Dated
from hub.policy.calendar import day_of
from hub.policy.policy import schedule_at
from hub.policy.screening import Period, Schedule, due_of, many, named, period_of
from hub.words import ACTIVE

from ..among import among
from ..gather import gathered
from ..reading import Reads, Sight

NEAR: Final = 120  # days back in which what is outstanding is looked for at first


class Agency(NamedTuple):
    """An agency as the directory has it."""

    agency: bytes
    code: str
    name: str
    level: str
    region: str
    superior: bytes | None
    state: str


class Owed(NamedTuple):
    """One round that is outstanding. ``ended``: its period is over; ``late``: so is the time to file it."""

    subject: Agency
    schedule: Schedule
    period: Period
    due_at: int
    rule: str
    ended: bool
    late: bool


class Duty(NamedTuple):
    """A row of what an agency owes."""

    stream: bytes
    schedule: str
    subject: bytes
    since: int
    recorded: int
    latest: int


class OwedReads(Reads):
    """Reads of what is outstanding."""

    def owed(
        self, now: int, policy: Dated, scope: Collection[bytes] | None = None, schedule: str = ""
    ) -> tuple[int, list[Owed]]:
        """(position, the outstanding rounds, the soonest due first). ``scope``: only of these agencies."""
        with self.sight() as s:
            return s.position, self._owed(s, now, policy, scope, schedule)

    def told(self) -> dict[bytes, tuple[tuple[str, ...], int]]:
        """By agency, the schedules it was last told it owes, and the position of that event."""
        with self.sight() as s:
            t = s.table("told")
            rows = gathered(s.db, select(t.c.subject, t.c.schedules, t.c.position))
            return {row[0]: (tuple(filter(None, row[1].split(","))), row[2]) for row in rows}

    def _owed(
        self, s: Sight, now: int, policy: Dated, scope: Collection[bytes] | None, schedule: str = ""
    ) -> list[Owed]:
        today, packs = day_of(now), policy.at(now)
        wanted: list[tuple[Duty, Schedule, int]] = []
        for duty in self._duties(s, scope, schedule):
            rule = named(packs, duty.schedule)
            left = many(rule, duty.since, today) - duty.recorded if rule is not None else 0
            if rule is not None and left > 0:
                wanted.append((duty, rule, left))
        agencies = self._agencies(s, {duty.subject for duty, _, _ in wanted})
        found = []
        for duty, period in self._which(s, wanted, today):
            subject, rules = agencies.get(duty.subject), schedule_at(policy, duty.schedule, period.first, now)
            if subject is None or subject.state != ACTIVE or rules is None:
                continue
            rule, pack = rules
            due_at, text, _ = due_of(rule, period.last, pack.calendar, subject.region)
            found.append(Owed(subject, rule, period, due_at, text, period.last < today, due_at <= now))
        return sorted(found, key=lambda o: (o.due_at, o.subject.code, o.schedule.key))

    def _duties(self, s: Sight, scope: Collection[bytes] | None, schedule: str = "") -> list[Duty]:
        d = s.table()
        query: Select[Any] = select(*(d.c[name] for name in Duty._fields))
        if schedule:
            query = query.where(d.c.schedule == schedule)
        if scope is not None:
            query = query.where(among(d.c.subject, scope, sqlite=self.database.sqlite))
        return [Duty(*row) for row in gathered(s.db, query)]

    def _which(
        self, s: Sight, wanted: Sequence[tuple[Duty, Schedule, int]], today: int
    ) -> Iterator[tuple[Duty, Period]]:
        """The outstanding periods themselves."""
        open_ones: list[tuple[Duty, Schedule, int]] = []
        for duty, rule, left in wanted:
            running = period_of(rule, today)
            if left == 1 and duty.latest < running.first >= duty.since:
                yield duty, running
            else:
                open_ones.append((duty, rule, left))
        known = self._recorded(s, open_ones, today - NEAR)
        for duty, rule, left in open_ones:
            yield from ((duty, period) for period in self._walk(s, duty, rule, left, today, known))

    def _walk(
        self, s: Sight, duty: Duty, rule: Schedule, left: int, today: int, known: set[tuple[bytes, str, int]]
    ) -> Iterator[Period]:
        """From the running period back, until as many as are outstanding are found."""
        at, near = today, True
        while left and at >= duty.since:
            period = period_of(rule, at)
            at = period.first - 1
            if near and period.first < today - NEAR:
                known, near = self._recorded(s, [(duty, rule, left)], duty.since), False
            if period.first >= duty.since and (duty.stream, duty.schedule, period.first) not in known:
                left -= 1
                yield period

    def _recorded(
        self, s: Sight, wanted: Sequence[tuple[Duty, Schedule, int]], since: int
    ) -> set[tuple[bytes, str, int]]:
        if not wanted:
            return set()
        r = s.table("rounds")
        keys = {(duty.stream, duty.schedule) for duty, _, _ in wanted}
        query = select(r.c.stream, r.c.schedule, r.c.first).where(r.c.last >= since, r.c.schedule != "")
        if len(keys) == 1:
            query = query.where(tuple_(r.c.stream, r.c.schedule).in_(list(keys)))
        return {(row[0], row[1], row[2]) for row in gathered(s.db, query)}

    def _agencies(self, s: Sight, wanted: Collection[bytes] | None) -> dict[bytes, Agency]:
        """Of these agencies (None = all), what the directory says."""
        a = s.beside(self._directory).table()
        query: Select[Any] = select(*(a.c[name] for name in Agency._fields))
        if wanted is not None:
            query = query.where(among(a.c.agency, wanted, sqlite=self.database.sqlite))
        return {row[0]: Agency(*row) for row in gathered(s.db, query)}
