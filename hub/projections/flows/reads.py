"""What is asked of the flows view: pairs of agencies, pick-up times, months, and the partners of one agency.

Every figure is of the referrals sent in a period and comes with its denominator. With ``scope`` only referrals whose
sender or receiver is one of these agencies are counted: each of them has a role in the dispute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import case, func, or_, select

from hub.words import ASSIGNMENT, HOUR

from ..among import among
from ..reading import Item, Page, Reads, Sight

EPOCH: Final = date(1970, 1, 1).toordinal()
BANDS: Final = (1 * HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 36 * HOUR, 72 * HOUR)  # where lengths of pick-up part


class Flowing(NamedTuple):
    """Which referrals; "" and None = any. ``first``, ``last``: local days of sending."""

    channel: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    scope: frozenset[bytes] | None = None


class Pickup(NamedTuple):
    """How an agency picks up what it is sent: ``received``, of these ``signed``; ``returnable`` (assignments cannot be
    returned) and ``returned``; times from sending to signature in microseconds, None without one; ``bands``: how many
    took up to each of ``BANDS``, the last more.
    """

    agency: bytes
    received: int
    signed: int
    returnable: int
    returned: int
    low: int | None
    median: int | None
    high: int | None
    bands: tuple[int, ...]


class FlowReads(Reads):
    """Reads of the flows view."""

    def totals(self, wanted: Flowing) -> Page[Item]:
        """One item: ``sent``, ``signed``, ``returned``, ``redirected``, ``lapsed``, ``back``; how many ``senders``,
        ``receivers`` and ``pairs`` of them.
        """
        with self.sight() as s:
            f = s.table()
            where = self._where(f, wanted)
            pairs = select(f.c.sender, f.c.receiver).where(*where).distinct().subquery()
            ends = (func.count(f.c[end].distinct()).label(f"{end}s") for end in ("sender", "receiver"))
            (item,) = s.rows(select(*_counts(f), *ends).where(*where))
            item["pairs"] = s.db.execute(select(func.count()).select_from(pairs)).scalar_one()
            return s.all([_whole(item)])

    def pairs(self, wanted: Flowing, most: int) -> Page[Item]:
        """The strongest flows: ``sender``, ``receiver`` and the counts of ``totals``; most sent first."""
        with self.sight() as s:
            return s.all(self._pairs(s, wanted, most))

    @contextmanager
    def everything(self, wanted: Flowing, most: int) -> Iterator[tuple[int, list[Item]]]:
        """(position, all pairs up to ``most``)."""
        with self.sight() as s:
            yield s.position, self._pairs(s, wanted, most)

    def _pairs(self, s: Sight, wanted: Flowing, most: int) -> list[Item]:
        f = s.table()
        query = (
            select(f.c.sender, f.c.receiver, *_counts(f))
            .where(*self._where(f, wanted))
            .group_by(f.c.sender, f.c.receiver)
            .order_by(func.count().desc(), f.c.sender, f.c.receiver)
            .limit(most)
        )
        return self.named(s, [_whole(row) for row in s.rows(query)], "sender", "receiver")

    def pickups(self, wanted: Flowing, receiver: bytes | None = None) -> tuple[int, list[Pickup]]:
        """(position, per receiver, most received first). With a scope: only receivers in it."""
        with self.sight() as s:
            f = s.table()
            where = [*self._where(f, wanted._replace(scope=None))]
            if wanted.scope is not None:
                where.append(among(f.c.receiver, wanted.scope, sqlite=self.database.sqlite))
            if receiver is not None:
                where.append(f.c.receiver == receiver)
            query = (
                select(
                    f.c.receiver, func.count(), _tally(f.c.kind != ASSIGNMENT), _tally(f.c.returned == 1)
                )
                .where(*where)
                .group_by(f.c.receiver)
            )  # fmt: skip
            took: dict[bytes, list[int]] = {}
            times = select(f.c.receiver, f.c.took).where(f.c.took.is_not(None), *where)
            for agency, length in s.db.execute(times):
                took.setdefault(agency, []).append(length)
            found = [
                _pickup(agency, int(received), int(returnable), int(returned), took.get(agency, []))
                for agency, received, returnable, returned in s.db.execute(query)
            ]
            return s.position, sorted(found, key=lambda p: (-p.received, p.agency))

    def partners(self, agency: bytes, wanted: Flowing, most: int) -> tuple[int, list[Item], list[Item]]:
        """(position, who sends to it, whom it sends to): ``agency`` and the counts of ``totals``, most first."""
        with self.sight() as s:
            f = s.table()
            found = []
            for own, other in ((f.c.receiver, f.c.sender), (f.c.sender, f.c.receiver)):
                query = (
                    select(other.label("agency"), *_counts(f))
                    .where(own == agency, *self._where(f, wanted))
                    .group_by(other)
                    .order_by(func.count().desc(), other)
                    .limit(most)
                )
                found.append(self.named(s, [_whole(row) for row in s.rows(query)], "agency"))
            return s.position, found[0], found[1]

    def months(self, agency: bytes, wanted: Flowing) -> tuple[int, list[Item]]:
        """(position, per local month of sending, the latest first): ``month`` (YYYY-MM); ``sent``, ``came_back`` (of
        these, returned to it); ``received``, ``signed``, ``returned`` and ``median`` of what it was sent.
        """
        with self.sight() as s:
            f = s.table()
            by: dict[str, Item] = {}
            took: dict[str, list[int]] = {}
            sides = (("sender", ("sent", None, "came_back")), ("receiver", ("received", "signed", "returned")))
            for side, (count, signed, returned) in sides:
                query = select(f.c.day, f.c.took, f.c.returned).where(f.c[side] == agency, *self._where(f, wanted))
                for day, length, back in s.db.execute(query):
                    month = date.fromordinal(day + EPOCH).isoformat()[:7]
                    item = by.setdefault(month, {"month": month, **dict.fromkeys(MONTHLY, 0)})
                    item[count] += 1
                    item[returned] += back
                    if signed is not None and length is not None:
                        item[signed] += 1
                        took.setdefault(month, []).append(length)
            for month, item in by.items():
                item["median"] = middle(took.get(month, []))
            return s.position, [by[month] for month in sorted(by, reverse=True)]

    def _where(self, f: Any, wanted: Flowing) -> list[Any]:
        where = [column == value for column, value in ((f.c.channel, wanted.channel), (f.c.kind, wanted.kind)) if value]
        if wanted.first is not None:
            where.append(f.c.day >= wanted.first.toordinal() - EPOCH)
        if wanted.last is not None:
            where.append(f.c.day <= wanted.last.toordinal() - EPOCH)
        if wanted.scope is not None:
            where.append(
                or_(*(among(c, wanted.scope, sqlite=self.database.sqlite) for c in (f.c.sender, f.c.receiver)))
            )
        return where


MONTHLY: Final = ("sent", "came_back", "received", "signed", "returned")
COUNTS: Final = ("sent", "signed", "returned", "redirected", "lapsed", "back")


def _tally(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _counts(f: Any) -> list[Any]:
    sums = (
        func.count(), _tally(f.c.took.is_not(None)), _tally(f.c.returned == 1), _tally(f.c.redirected == 1),
        _tally(f.c.lapsed == 1), _tally(f.c.back == 1),
    )  # fmt: skip
    return [s.label(name) for name, s in zip(COUNTS, sums, strict=True)]


def _whole(item: Item) -> Item:
    for name in COUNTS:
        item[name] = int(item[name])
    return item


def _pickup(agency: bytes, received: int, returnable: int, returned: int, took: Sequence[int]) -> Pickup:
    times = sorted(took)
    bands = [0] * (len(BANDS) + 1)
    for length in times:
        bands[next((n for n, end in enumerate(BANDS) if length <= end), len(BANDS))] += 1
    n = len(times)
    low, high = (times[(n - 1) // 4], times[-1 - (n - 1) // 4]) if times else (None, None)
    return Pickup(agency, received, n, returnable, returned, low, middle(times), high, tuple(bands))


def middle(times: Sequence[int]) -> int | None:
    """The middle value, or the mean of the two middle ones; None of none."""
    times = sorted(times)
    n = len(times)
    return (times[(n - 1) // 2] + times[n // 2]) // 2 if n else None
