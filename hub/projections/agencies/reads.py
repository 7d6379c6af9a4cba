"""What is asked of the agencies view: the directory, and how agencies answer what they are sent."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import and_, case, func, select

from hub.words import ASSIGNMENT, CLOSING

from ..reading import Item, Page, Reads, Sight, page


class AgencyReads(Reads):
    """The agencies and their answers."""

    def agency(self, ident: bytes) -> Page[Item]:
        """One agency (no item when it is not registered)."""
        with self.sight() as s:
            a = s.table()
            return s.all(self._shaped(s, s.rows(select(a).where(a.c.agency == ident))))

    def directory(
        self, *, kind: str | None = None, state: str | None = None, superior: bytes | None = None,
        cursor: str | None = None, limit: int = 50,
    ) -> Page[Item]:  # fmt: skip
        """Agencies in order of their codes."""
        with self.sight() as s:
            a = s.table()
            query = select(a)
            for column, value in ((a.c.kind, kind), (a.c.state, state), (a.c.superior, superior)):
                if value is not None:
                    query = query.where(column == value)
            found = page(s, query, (a.c.code,), cursor, limit)
            self._shaped(s, found.items)
            return found

    def closing(self) -> list[Item]:
        """Agencies that are closing (``agency``, ``successor``, ``state_at``): their roles go to their successors."""
        with self.sight() as s:
            a = s.table()
            query = select(a.c.agency, a.c.successor, a.c.state_at).where(a.c.state == CLOSING).order_by(a.c.code)
            return s.rows(query)

    def answers(self, *, since: int = 0, until: int | None = None, agency: bytes | None = None) -> Page[Item]:
        """Per agency that was sent something in the period (by the instant of sending), most unsigned first:

        ``received``; ``signed``; ``median_us``, ``mean_us`` from offer to signature (None without one);
        ``returnable`` (assignments cannot be returned), ``returned``, ``return_rate`` (None when nothing was
        returnable, else a Decimal of four places, half-up); ``unsigned`` now and ``oldest_unsigned_at``.
        """
        with self.sight() as s:
            i = s.table("intake")
            period = [i.c.offered_at >= since]
            if until is not None:
                period.append(i.c.offered_at < until)
            if agency is not None:
                period.append(i.c.agency == agency)

            def tally(condition: Any) -> Any:
                return func.sum(case((condition, 1), else_=0))

            query = (
                select(
                    i.c.agency, func.count().label("received"), tally(i.c.took.is_not(None)).label("signed"),
                    func.sum(i.c.took).label("total"), tally(i.c.kind != ASSIGNMENT).label("returnable"),
                    tally(i.c.returned_at.is_not(None)).label("returned"), tally(i.c.open == 1).label("unsigned"),
                    func.min(case((i.c.open == 1, i.c.offered_at))).label("oldest_unsigned_at"),
                )
                .where(and_(*period))
                .group_by(i.c.agency)
            )  # fmt: skip
            medians = self._medians(s, period)
            items = []
            for row in s.rows(query):
                signed, total = int(row["signed"]), row.pop("total")
                for key in ("signed", "returnable", "returned", "unsigned"):
                    row[key] = int(row[key])
                row["median_us"] = medians.get(row["agency"])
                row["mean_us"] = int(total) // signed if signed else None
                row["return_rate"] = rate(row["returned"], row["returnable"])
                items.append(row)
            items.sort(key=lambda r: (-r["unsigned"], r["oldest_unsigned_at"] or 0, r["agency"]))
            return s.all(self.named(s, items, "agency"))

    def _medians(self, s: Sight, period: list[Any]) -> dict[bytes, int]:
        """The middle value, or the mean of the two middle ones."""
        i = s.table("intake")
        ranked = (
            select(
                i.c.agency, i.c.took,
                func.row_number().over(partition_by=i.c.agency, order_by=i.c.took).label("rank"),
                func.count().over(partition_by=i.c.agency).label("of"),
            )
            .where(and_(*period), i.c.took.is_not(None))
            .subquery()
        )  # fmt: skip
        middle = and_(ranked.c.rank * 2 >= ranked.c.of, ranked.c.rank * 2 <= ranked.c.of + 2)
        query = select(ranked.c.agency, func.min(ranked.c.took), func.max(ranked.c.took)).where(middle)
        return {row[0]: (int(row[1]) + int(row[2])) // 2 for row in s.db.execute(query.group_by(ranked.c.agency))}

    def _shaped(self, s: Sight, items: list[Item]) -> list[Item]:
        for item in items:
            item["competences"] = json.loads(item["competences"])
            item["seal"] = bool(item["seal"])
            item["intake_open"] = bool(item["intake_open"])
        return self.named(s, items, "superior", "successor")


def rate(part: int, whole: int) -> Decimal | None:
    """part / whole to four places, half-up; None when there is no whole."""
    if whole == 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
