"""What is asked of the statistics view: the sums of a cohort, whole and in parts, at one position.

A cohort is the disputes registered in a period (local days of registration, both included), narrowed by place, agency,
category or source; what became of them is as of the position. Voided ones are not in it and are counted apart.

``count_by``: by ``final_org`` each dispute counts once, for the organ it is credited to, and the parts of any grouping
add up to the whole. By ``each_org`` it counts for every organ that had it in hand, by the day each took it: for local
forms only, and never to be added up; what an organ handed up 移送上级 is then outside its own ``decided``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Select, and_, case, cast, func, literal_column, select

from hub import words as w

from ..among import among
from ..reading import Reads, Sight
from .committees import committee_type, read_committees
from .tables import HERE, UP

EPOCH: Final = date(1970, 1, 1).toordinal()
FINAL_ORG, EACH_ORG = "final_org", "each_org"
COUNT_BY: Final = (FINAL_ORG, EACH_ORG)
FLAGS: Final = (  # columns of 0 or 1 and whole numbers that are simply added up
    "success", "unattempted", "pending", "closed", "written", "performed", "broken", "confirmed", "visited",
    "rated", "satisfied", "overdue", "escalated", "referrals", "returns", "breaches", "reopened", "petitions", "death",
    "deaths", "people", "parties", "suspected", "relapsed",
)  # fmt: skip
MEDIATED: Final = frozenset({"success", "written", "performed", "broken", "confirmed", "visited"})
COUNTS: Final = (
    "accepted", "mediated", "decided", "handed_up", "attempts", *FLAGS, "days", "due", "performed_due", "visits_made",
    "amounts", "amount", "claims", "claimed",
)  # fmt: skip
DIMENSIONS: Final = ("category", "source", "type", "agency", "place", "month")
PLACE_DIGITS: Final = (6, 9, 12)  # county, township, village unit

Sums = dict[str, int]


class Cohort(NamedTuple):
    """Which disputes; "" and None = any. ``place``: the first digits of the region code. ``agency``: the organ they are
    credited to (``final_org``), or that had them in hand (``each_org``). ``scope``: organs the reader may see.
    """

    first: date | None = None
    last: date | None = None
    place: str = ""
    agency: bytes | None = None
    category: str = ""
    source: str = ""
    scope: frozenset[bytes] | None = None
    count_by: str = FINAL_ORG
    committees: bool = False  # only of mediation committees 人民调解委员会
    type: str = ""  # only of committees of this type


class Group(NamedTuple):
    """One part of a grouping: its key (a code, a region code, YYYY-MM, an agency id in hex) and its sums."""

    key: str
    sums: Sums


class Report(NamedTuple):
    """``void``: registered in the period and entered by mistake, in no figure. ``additive``: whether the parts of a
    grouping make the whole. ``position``: every event up to it is in the figures; ``parked``: disputes left out.
    """

    position: int
    parked: int
    total: Sums
    void: int
    groups: dict[str, list[Group]]
    additive: bool
    names: dict[str, tuple[str, str]]  # (code, name) by agency id in hex


class StatisticsSums(Reads):
    """The sums of cohorts."""

    def report(self, cohort: Cohort, at: int, by: Sequence[str] = (), digits: int = 9) -> Report:
        """The sums of a cohort. ``at``: the instant by which performance is due or not (microseconds UTC). ``by``:
        groupings wanted, of ``DIMENSIONS``; places are grouped by the first ``digits`` of their region code.
        """
        with self.sight() as s:
            agencies = self._directory_of(s)
            where = self._where(s, cohort, agencies)
            total = self._sums(s, cohort, at, where, None)
            void = self._void(s, cohort, agencies)
            groups = {dim: self._groups(s, cohort, at, where, dim, digits, agencies) for dim in by}
            names = {g.key: agencies[bytes.fromhex(g.key)][:2] for g in groups.get("agency", ()) if _known(g, agencies)}
            return Report(
                s.position, s.parked, total[0].sums if total else dict.fromkeys(COUNTS, 0), void, groups,
                cohort.count_by == FINAL_ORG, names,
            )  # fmt: skip

    def _directory_of(self, s: Sight) -> dict[bytes, tuple[str, str, str]]:
        """(code, name, committee type) by agency."""
        a = s.beside(self._directory).table()
        rules = read_committees()
        query = select(a.c.agency, a.c.code, a.c.name, a.c.kind, a.c.level, a.c.region)
        return {row[0]: (row[1], row[2], committee_type(rules, *row[3:])) for row in s.db.execute(query)}

    def _where(self, s: Sight, cohort: Cohort, agencies: Mapping[bytes, tuple[str, str, str]]) -> list[Any]:
        c = s.table()
        o = c if cohort.count_by == FINAL_ORG else s.table("organs")
        where = [c.c.status != w.VOID]
        if cohort.first is not None:
            where.append(o.c.day >= cohort.first.toordinal() - EPOCH)
        if cohort.last is not None:
            where.append(o.c.day <= cohort.last.toordinal() - EPOCH)
        if cohort.place:  # a range, which an index could serve and which no sign in the text can widen
            where.append(and_(c.c.place >= cohort.place, c.c.place < cohort.place + ":"))
        for column, value in ((c.c.category, cohort.category), (c.c.source, cohort.source)):
            if value:
                where.append(column == value)
        if cohort.agency is not None:
            where.append(o.c.organ == cohort.agency)
        narrowed = cohort.committees or bool(cohort.type)
        for some in (cohort.scope, _committees(agencies, cohort.type) if narrowed else None):
            if some is not None:
                where.append(among(o.c.organ, some, sqlite=self.database.sqlite))
        return where

    def _sums(self, s: Sight, cohort: Cohort, at: int, where: list[Any], key: Any) -> list[Group]:
        c, o = s.table(), s.table("organs")
        each = cohort.count_by == EACH_ORG
        columns = _columns(c, o if each else None, at)
        query: Select[Any] = select(*([] if key is None else [key.label("key")]), *columns).where(*where)
        query = query.select_from(o.join(c, c.c.born == o.c.born) if each else c)
        if key is not None:
            query = query.group_by(key).order_by(key)
        found = [Group(_key(row[0]) if key is not None else "", _whole(row)) for row in s.db.execute(query)]
        return found

    def _void(self, s: Sight, cohort: Cohort, agencies: Mapping[bytes, tuple[str, str, str]]) -> int:
        c = s.table()
        where = self._where(s, cohort._replace(count_by=FINAL_ORG), agencies)[1:]
        count: int = s.db.execute(select(func.count()).where(c.c.status == w.VOID, *where)).scalar_one()
        return count

    def _groups(
        self, s: Sight, cohort: Cohort, at: int, where: list[Any], dim: str, digits: int,
        agencies: Mapping[bytes, tuple[str, str, str]],
    ) -> list[Group]:  # fmt: skip
        c = s.table()
        o = c if cohort.count_by == FINAL_ORG else s.table("organs")
        if dim == "month":
            days = self._sums(s, cohort, at, where, o.c.day)
            return merged((date.fromordinal(int(g.key) + EPOCH).isoformat()[:7], g.sums) for g in days)
        if dim == "type":
            organs = self._sums(s, cohort, at, where, o.c.organ)
            return merged((agencies.get(bytes.fromhex(g.key), ("", "", ""))[2], g.sums) for g in organs)
        keys = {"category": c.c.category, "source": c.c.source, "agency": o.c.organ}
        if dim == "place":
            return self._sums(s, cohort, at, where, func.substr(c.c.place, 1, literal_column(f"{digits:d}")))
        return self._sums(s, cohort, at, where, keys[dim])


def merged(parts: Iterable[tuple[str, Sums]]) -> list[Group]:
    """Parts with the same key added up, by key."""
    found: dict[str, Sums] = {}
    for key, sums in parts:
        into = found.setdefault(key, dict.fromkeys(COUNTS, 0))
        for name, n in sums.items():
            into[name] += n
    return [Group(key, found[key]) for key in sorted(found)]


def _committees(agencies: Mapping[bytes, tuple[str, str, str]], type: str) -> frozenset[bytes]:
    return frozenset(ident for ident, (_, _, found) in agencies.items() if found and type in ("", found))


def _known(group: Group, agencies: Mapping[bytes, tuple[str, str, str]]) -> bool:
    return bytes.fromhex(group.key) in agencies


def _columns(c: Any, o: Any | None, at: int) -> list[Any]:
    """The sums, in the order of ``COUNTS``. With ``o`` (organs): an organ's own attempts, and what became of the
    dispute only where it is credited to that organ.
    """
    here = None if o is None else o.c.stand == HERE
    attempts = c.c.attempts if o is None else o.c.attempts
    own = None if o is None else attempts > 0  # what others mediated is no success of this organ

    def total(value: Any, *more: Any) -> Any:
        conditions = [x for x in (here, *more) if x is not None]
        return func.coalesce(func.sum(case((and_(*conditions), value), else_=0) if conditions else value), 0)

    one, due = cast(1, Integer), c.c.due_at <= at
    tried = func.coalesce(func.sum(case((attempts > 0, 1), else_=0)), 0)
    up = cast(0, Integer) if o is None else func.coalesce(func.sum(case((o.c.stand == UP, 1), else_=0)), 0)
    return [
        func.count(), tried, total(c.c.mediated, own), up, func.coalesce(func.sum(attempts), 0),
        *(total(c.c[name], own if name in MEDIATED else None) for name in FLAGS),
        total(c.c.days, c.c.closed == 1), total(c.c.success, due, own), total(c.c.performed, due, own),
        total(one, c.c.visits > 0), total(one, c.c.amount.is_not(None)), total(func.coalesce(c.c.amount, 0)),
        total(one, c.c.claimed.is_not(None)), total(func.coalesce(c.c.claimed, 0)),
    ]  # fmt: skip


def _whole(row: Any) -> Sums:
    return {name: int(value) for name, value in zip(COUNTS, row[-len(COUNTS) :], strict=True)}


def _key(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else f"{value}"
