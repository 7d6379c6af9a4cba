"""What is asked of the completeness view: the equation by kind, agency and period, and the lists behind its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, func, select

from ..reading import Item, Page, Reads, page
from .view import OUTCOMES

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
            sent, made = s.table("sent"), s.table("outcomes")
            groups: dict[tuple[Any, ...], Item] = {}
            if not by:
                groups[()] = _empty()
            queries = (
                (sent, sent.c.agency, select(sent.c.day, sent.c.kind, sent.c.agency, sent.c.n)),
                (
                    made, made.c.sender,
                    select(made.c.day, made.c.kind, made.c.sender, func.count(), made.c.outcome)
                    .group_by(made.c.day, made.c.kind, made.c.sender, made.c.outcome),
                ),
            )  # fmt: skip
            for table, who, query in queries:
                for row in s.db.execute(_narrow(query, table, who, kind, agency, first, last)):
                    day, of_kind, of_agency, n, *outcome = row
                    values = {"kind": of_kind, "agency": of_agency, "day": local_day(day)}
                    values["month"] = values["day"][:7]
                    key = tuple(values[b] for b in by)
                    item = groups.setdefault(key, {**{b: values[b] for b in by}, **_empty()})
                    item[outcome[0] if outcome else "sent"] += int(n)
            for item in groups.values():
                item["difference"] = item["sent"] - sum(item[o] for o in OUTCOMES)
            items = [groups[key] for key in sorted(groups)]
            if "agency" in by:
                self.named(s, items, "agency")
            return s.all(items)

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
