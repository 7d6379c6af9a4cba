"""What stands behind the statistics: the disputes of a figure, cases by organ, counts per window of days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Select, func, literal_column, select

from ..reading import Item, Page, Sight, page
from .reads import EACH_ORG, FINAL_ORG, Cohort, StatisticsSums

SHOWN: Final = (
    "number", "day", "category", "place", "source", "organ", "status", "outcome", "agreement", "amount", "attempts",
)  # fmt: skip
OF_CASE: Final = ("number", "day", "category", "place", "status", "outcome", "success", "performed", "amount")
FLAGGED: Final = (
    "mediated", "success", "unattempted", "pending", "closed", "written", "performed", "broken", "confirmed", "visited",
    "rated", "satisfied", "overdue", "escalated", "death", "suspected", "relapsed",
)  # fmt: skip
LISTED: Final[Mapping[str, Callable[[Any], Any]]] = {  # figures with a list of disputes behind them
    "accepted": lambda c: c.c.born > 0,
    "decided": lambda c: c.c.mediated == 1,
    "visits_made": lambda c: c.c.visits > 0,
    **{name: lambda c, n=name: c.c[n] == 1 for name in FLAGGED},  # type: ignore[misc]
    "failed": lambda c: (c.c.mediated == 1) & (c.c.success == 0),
    "reopened": lambda c: c.c.reopened > 0,
    "amounts": lambda c: c.c.amount.is_not(None),
}
Windows = dict[tuple[str, str], list[int]]


class StatisticsReads(StatisticsSums):
    """Reads of the statistics view."""

    def behind(
        self, cohort: Cohort, figure: str, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Page[Item], int]:
        """(the disputes behind a figure of a cohort counted by final organ, the latest first; how many there are).

        ``figure``: one of ``LISTED``; KeyError for another. Items have ``number``, ``day``, ``category``, ``place``,
        ``source``, ``organ`` (named), ``status``, ``outcome``, ``agreement``, ``amount``, ``attempts``.
        """
        with self.sight() as s:
            query, back, total = self._behind(s, cohort, figure)
            found = page(s, query, (back,), cursor, limit, names=("back",))
            self.named(s, found.items, "organ")
            return found, total

    @contextmanager
    def all_behind(self, cohort: Cohort, figure: str, most: int) -> Iterator[tuple[int, int, list[Item]]]:
        """(position, how many there are, the first ``most`` items of ``behind``)."""
        with self.sight() as s:
            query, back, total = self._behind(s, cohort, figure)
            yield s.position, total, self.named(s, s.rows(query.order_by(back).limit(most)), "organ")

    def _behind(self, s: Sight, cohort: Cohort, figure: str) -> tuple[Select[Any], Any, int]:
        c = s.table()
        wanted = [*self._where(s, cohort._replace(count_by=FINAL_ORG), self._directory_of(s)), LISTED[figure](c)]
        total: int = s.db.execute(select(func.count()).select_from(c).where(*wanted)).scalar_one()
        back = -c.c.born  # the latest first: a cursor leads upwards
        return select(back.label("back"), *(c.c[name] for name in SHOWN)).where(*wanted), back, total

    @contextmanager
    def each_case(self, cohort: Cohort) -> Iterator[tuple[int, Iterator[Item]]]:
        """(position, one item per dispute and organ that held a counted attempt), by registration: what a subsidy per
        case 以案定补 is reckoned from. Items have ``organ``, ``duties``, ``attempts`` (the organ's own), ``stand``, and
        of the dispute ``number``, ``day``, ``category``, ``status``, ``outcome``, ``success``, ``performed``,
        ``amount``.
        """
        with self.sight() as s:
            c, o = s.table(), s.table("organs")
            wanted = self._where(s, cohort._replace(count_by=EACH_ORG), self._directory_of(s))
            columns = [c.c[name] for name in OF_CASE]
            query = (
                select(o.c.organ, o.c.duties, o.c.attempts, o.c.stand, *columns)
                .select_from(o.join(c, c.c.born == o.c.born))
                .where(*wanted, o.c.attempts > 0)
                .order_by(o.c.born, o.c.organ)
            )
            yield s.position, (dict(row._mapping) for row in s.db.execute(query))

    def windows(self, last: int, days: int, many: int, digits: int, cohort: Cohort) -> tuple[int, Windows]:
        """(position, disputes registered per category and place in each of ``many`` windows of ``days`` local days, the
        latest last, ending with the day ``last`` counted from 1970-01-01).
        """
        with self.sight() as s:
            c = s.table()
            place = func.substr(c.c.place, 1, literal_column(f"{digits:d}"))
            first = last - days * many + 1
            wanted = [*self._where(s, cohort, self._directory_of(s)), c.c.day >= first, c.c.day <= last]
            query = select(c.c.category, place, c.c.day, func.count()).where(*wanted)
            found: Windows = {}
            for category, where, day, n in s.db.execute(query.group_by(c.c.category, place, c.c.day)):
                found.setdefault((category, where), [0] * many)[(day - first) // days] += n
            return s.position, found
