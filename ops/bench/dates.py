"""A million due dates: of hours, days, working days and months, nationally and in Chuxiong, against a loop over dates.

The peer is what one writes without tables: aware datetimes, one date at a time, membership in sets of days off and days
worked. Both compute the same limits from the same starts, and answers are compared before anything is timed. The last
line is the price of explanations: dates told day by day, against the dates alone. Nothing here waits, so it is
processor time that is measured: what else the machine does falls on neither side.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from hub.policy.calendar import Calendar, shipped_calendar
from hub.policy.explain import explain
from hub.policy.limit_tables import read_limit
from hub.policy.limits import DAYS, HOURS, MONTHS, WORKDAYS, Limit, due
from ops.bench.common import Result, pair_up, report

LOCAL = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=LOCAL) - timedelta(hours=-8)
MICRO = timedelta(microseconds=1)
REGIONS = ("", "532301")
WORKING = tuple((n, WORKDAYS) for n in (2, 3, 5, 7, 10, 30, 45))
OTHERS = ((24, HOURS), (72, HOURS), (15, DAYS), (30, DAYS), (60, DAYS), (1, MONTHS), (3, MONTHS))
MIXED_FLOOR, WORKING_FLOOR, EXPLAINED_FLOOR = 1.5, 2.5, 0.02


class Asked(NamedTuple):
    """One question: which limit, from when, where."""

    limit: Limit
    start: int
    region: str


class Days(NamedTuple):
    """What the peer knows of one region: two sets of dates."""

    off: frozenset[date]
    worked: frozenset[date]

    def working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.off)


def questions(many: int) -> list[Asked]:
    """The same each time: starts from 2020 to mid-2026."""
    rng = random.Random(7)
    raw = {"start": "referral.signed", "warn_hours": 24, "basis": "bench", "basis_kind": "default"}
    limits = [read_limit("bench", raw | {"amount": n, "unit": unit}) for n, unit in WORKING + OTHERS]
    first, last = (int((datetime(y, m, 1, tzinfo=LOCAL) - EPOCH) / MICRO) for y, m in ((2020, 1), (2026, 6)))
    return [Asked(rng.choice(limits), rng.randrange(first, last), rng.choice(REGIONS)) for _ in range(many)]


def peer_days(calendar: Calendar) -> dict[str, Days]:
    """The calendar as sets of dates."""
    made = {}
    for region in REGIONS:
        marks = calendar.table(region).marks
        off = frozenset(date.fromordinal(day) for day, mark in marks.items() if not mark.works)
        made[region] = Days(off, frozenset(date.fromordinal(day) for day, mark in marks.items() if mark.works))
    return made


def peer_due(limit: Limit, start: int, days: Days) -> datetime:
    """The same end, one date at a time."""
    begun = EPOCH + start * MICRO
    if limit.unit == HOURS:
        return begun + timedelta(hours=limit.amount)
    day, one = begun.date(), timedelta(days=1)
    if limit.unit == WORKDAYS:
        left = limit.amount
        while left:
            day += one
            left -= days.working(day)
    elif limit.unit == DAYS:
        day += timedelta(days=limit.amount)
    else:
        year, month = divmod(day.year * 12 + day.month - 1 + limit.amount, 12)
        number = day.day
        while True:
            try:
                day = date(year, month + 1, number)
                break
            except ValueError:
                number -= 1
    while not days.working(day):
        day += one
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL) + one


def timed(run: Sequence[Asked], calendar: Calendar, explained: bool) -> float:
    """Dates per second of processor time, ours."""
    answer = explain if explained else due
    begun = time.process_time()
    for limit, start, region in run:
        answer(limit, start, calendar, region)
    return len(run) / (time.process_time() - begun)


def timed_peer(run: Sequence[Asked], days: dict[str, Days]) -> float:
    """The same of the peer."""
    begun = time.process_time()
    for limit, start, region in run:
        peer_due(limit, start, days[region])
    return len(run) / (time.process_time() - begun)


def main(argv: Sequence[str]) -> int:
    """0 when the floors were reached."""
    parser = argparse.ArgumentParser(prog="run.py bench dates", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of it, two pairs")
    parser.add_argument("--all-explained", action="store_true", help="explain all of them, once")
    options = parser.parse_args(argv)
    quick, everything = options.quick, options.all_explained
    calendar, pairs = shipped_calendar(), 2 if quick else 5
    days = peer_days(calendar)
    asked = questions(100_000 if quick else 1_000_000)
    for limit, start, region in asked[:20_000]:
        ours = due(limit, start, calendar, region).at
        theirs = (peer_due(limit, start, days[region]) - EPOCH) // MICRO
        assert ours == theirs == explain(limit, start, calendar, region).at, (limit.text, start, region)
    working = [one for one in asked if one.limit.unit == WORKDAYS]
    results = [
        _dates(f"{len(asked):,} due dates", asked, calendar, days, pairs, MIXED_FLOOR),
        _dates(f"of working days alone, {len(working):,}", working, calendar, days, pairs, WORKING_FLOOR),
    ]
    explained = asked if everything else asked[: len(asked) // 20]
    both = [
        (timed(explained, calendar, True), timed(explained, calendar, False)) for _ in range(1 if everything else pairs)
    ]
    told, plain = [o for o, _ in both], [p for _, p in both]
    results.append(pair_up(f"{len(explained):,} explained, against not", told, plain, floor=EXPLAINED_FLOOR))
    print(f"{1e6 / results[0].ours:.2f} µs a date, {1e6 / results[-1].ours:.1f} µs with its explanation")
    return report(results)


def _dates(
    name: str, asked: Sequence[Asked], calendar: Calendar, days: dict[str, Days], pairs: int, floor: float
) -> Result:
    both = [(timed(asked, calendar, False), timed_peer(asked, days)) for _ in range(pairs)]
    return pair_up(name, [o for o, _ in both], [p for _, p in both], floor=floor)
