"""What is asked of the completeness view: the equation by kind, agency and period, and the lists behind its figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, Final

from sqlalchemy import Select, func, select

from hub.words import DAY

from ..among import among
from ..reading import Item, Page, Reads, Sight, page
from .view import OFFSET, OUTCOMES, PENDING

EPOCH: Final = date(1970, 1, 1).toordinal()
PERIODS: Final = ("day", "month")


def local_day(day: int) -> str:
    """YYYY-MM-DD of a day number."""
    return date.fromordinal(day + EPOCH).isoformat()


class CompletenessReads(Reads):
    """Of everything sent, what became of it."""

    def equation(
        self, *, by: Sequence[str] = (), kind: str | None = None, agency: bytes | None = None,
        first: date | None = None, last: date | None = None,
    ) -> Page[Item]:  # fmt: skip
        """Items with ``sent``, ``signed``, ``returned``, ``withdrawn``, ``lapsed``, ``pending``, ``difference`` (0
        always).

        ``by``: any of kind, agency (the sender when it was sent), and day or month (local); without it one item, the
        total.
        """
        with self.sight() as s:
            senders = None if agency is None else [agency]
            return s.all(self.sums(s, by=by, kind=kind, senders=senders, first=first, last=last))

    def sums(
        self, s: Sight, *, by: Sequence[str] = (), kind: str | None = None, channel: str | None = None,
        senders: Collection[bytes] | None = None, first: date | None = None, last: date | None = None,
    ) -> list[Item]:  # fmt: skip
        """The same within somebody's look at this view, which may lie in one snapshot with others."""
        sent, made = s.table("sent"), s.table("outcomes")
        groups: dict[tuple[Any, ...], Item] = {}
        if not by:
            groups[()] = _empty()
        # Summed up in the database as far as the groups allow: a city has a row per day, kind and sender.
        day = "day" if "day" in by or "month" in by else None
        for table, who, outcome in ((sent, sent.c.agency, None), (made, made.c.sender, made.c.outcome)):
            wanted = {"day": table.c.day if day else None, "kind": table.c.kind, "agency": who}
            keys = [(name, c) for name, c in wanted.items() if c is not None and (name in by or name == day)]
            grouped = [c for _, c in keys] + ([outcome] if outcome is not None else [])
            counted = func.count() if outcome is not None else func.coalesce(func.sum(table.c.n), 0)
            plain = kind is None and channel is None
            if outcome is not None and not by and (plain or senders is not None):
                # Of all or of some senders: there are indexes in which an outcome's or a sender's rows stand together.
                query = _narrow(select(*grouped, counted), table, who, kind, None, None, None)
                query = query.where(*_sent_between(table, first, last))
            else:
                query = _narrow(select(*grouped, counted), table, who, kind, None, first, last)
            if channel is not None:
                query = query.where(table.c.channel == channel)
            if senders is not None:
                query = query.where(among(who, senders, sqlite=self.database.sqlite))
            for row in s.db.execute(query.group_by(*grouped)):
                values = dict(zip((name for name, _ in keys), row, strict=False))
                if day:
                    values["day"] = local_day(values["day"])
                    values["month"] = values["day"][:7]
                key = tuple(values[b] for b in by)
                item = groups.setdefault(key, {**{b: values[b] for b in by}, **_empty()})
                item[row[len(keys)] if outcome is not None else "sent"] += int(row[-1])
        for item in groups.values():
            item["difference"] = item["sent"] - sum(item[o] for o in OUTCOMES)
        items = [groups[key] for key in sorted(groups)]
        if "agency" in by:
            self.named(s, items, "agency")
        return items

    def unsigned_at(self, s: Sight, instants: Sequence[int], where: Sequence[Any], apart: int) -> list[int]:
        """How many referrals were unsigned at each of these instants, which lie ``apart`` microseconds from each
        other, oldest first. ``where``: further conditions on the table of outcomes. What was so stays so.
        """
        made = s.table("outcomes")
        first = instants[0]

        def slot(at: Any) -> Any:  # the number of the first instant at or behind it; both databases round towards zero
            return (at - first + (apart - 1)) // apart

        def counted(*conditions: Any) -> int:
            found: int = s.db.execute(select(func.count()).where(*conditions, *where)).scalar_one()
            return found

        base = counted(made.c.outcome == PENDING, made.c.sent_at <= first)
        base += counted(made.c.at > first, made.c.sent_at <= first)
        steps = [0] * len(instants)
        day = (first + OFFSET) // DAY
        moves = (
            (slot(made.c.sent_at), 1, (made.c.day >= day, made.c.sent_at > first, made.c.sent_at <= instants[-1])),
            (slot(made.c.at), -1, (made.c.at > first, made.c.at <= instants[-1])),
        )
        for place, sign, conditions in moves:
            of = place.label("slot")
            for n, count in s.db.execute(select(of, func.count()).where(*conditions, *where).group_by(of)):
                steps[int(n)] += sign * int(count)
        steps[0] += base
        return list(accumulate(steps))

    def referrals(
        self, *, outcome: str | None = None, kind: str | None = None, agency: bytes | None = None,
        first: date | None = None, last: date | None = None, cursor: str | None = None, limit: int = 50,
    ) -> Page[Item]:  # fmt: skip
        """The referrals behind a figure, oldest first."""
        with self.sight() as s:
            made = s.table("outcomes")
            query = _narrow(select(made), made, made.c.sender, kind, agency, first, last)
            if outcome is not None:
                query = query.where(made.c.outcome == outcome)
            found = page(s, query, (made.c.sent_at, made.c.referral), cursor, limit)
            for item in found.items:
                item["day"] = local_day(item["day"])
            self.named(s, found.items, "sender", "receiver")
            return found


def _empty() -> Item:
    return {"sent": 0, **{outcome: 0 for outcome in OUTCOMES}, "difference": 0}


def _sent_between(made: Any, first: date | None, last: date | None) -> list[Any]:
    """The same days by the instant of sending."""
    found = []
    if first is not None:
        found.append(made.c.sent_at >= (first.toordinal() - EPOCH) * DAY - OFFSET)
    if last is not None:
        found.append(made.c.sent_at < (last.toordinal() - EPOCH + 1) * DAY - OFFSET)
    return found


def _narrow(
    query: Select[Any], table: Any, who: Any, kind: str | None, agency: bytes | None, first: date | None,
    last: date | None,
) -> Select[Any]:  # fmt: skip
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if agency is not None:
        query = query.where(who == agency)
    if first is not None:
        query = query.where(table.c.day >= first.toordinal() - EPOCH)
    if last is not None:
        query = query.where(table.c.day <= last.toordinal() - EPOCH)
    return query
