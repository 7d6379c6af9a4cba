"""One agency's desk (待办): its running limits in groups, and its own offers that nobody signed for yet.

Guarantee: every running limit of an agency stands in exactly one of ``GROUPS``, an accept limit whose offer is not
signed apart: its sign limit stands for it. So the groups' sizes add up to what the agency owes. ``SENT`` is beside
them: what others owe it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, case, func, literal_column, not_, or_, select

from hub import words as w

from ..reading import MAX_LIMIT, Item, Page, Reads, Sight, page
from ..sheet import View

SIGN, ACCEPT, FEEDBACK, ACT, ASSIST, SENT = "sign", "accept", "feedback", "act", "assist", "sent"
GROUPS: Final = (SIGN, ACCEPT, FEEDBACK, ACT, ASSIST)
_SIGN: Any = literal_column(f"'{w.SIGN}'")  # literally: PostgreSQL then plans with the value


class Narrow(NamedTuple):
    """What a desk is narrowed to; "" = nothing. ``channel``: of the referral, else the last one of the dispute.
    ``place``: the beginning of a region code, or the place's words. ``number``: a part of the dispute's number.
    """

    channel: str = ""
    place: str = ""
    number: str = ""


WIDE: Final = Narrow()


class Size(NamedTuple):
    """How many limits, and how many of them are overdue."""

    total: int = 0
    overdue: int = 0


class Desk(NamedTuple):
    """The sizes of all groups at a position."""

    sizes: dict[str, Size]
    position: int
    parked: int

    @property
    def parts(self) -> str:
        """6 + 8 + 9: the sizes that add up to ``owed``."""
        return " + ".join(f"{self.sizes[g].total:,}" for g in GROUPS)

    @property
    def owed(self) -> Size:
        """All groups together, ``SENT`` apart."""
        return Size(*(sum(self.sizes[g][n] for g in GROUPS) for n in (0, 1)))


class Whole(NamedTuple):
    """A desk at one instant. ``rows``: of the groups asked for; ``places``: of all its disputes, each once."""

    desk: Desk
    rows: dict[str, Page[Item]]
    places: list[str]


class DeskReads(Reads):
    """Reads of the obligations view, joined with the disputes' heads."""

    custody: View

    def sizes(self, agency: bytes, now: int, narrow: Narrow = WIDE) -> Desk:
        """How much lies in each group, and how much of it is overdue at ``now``. Missing."""
        with self.sight() as s:
            return self._sizes(s, agency, now, narrow)

    def whole(
        self, agency: bytes, now: int, groups: Sequence[str], narrow: Narrow = WIDE, *,
        cursor: str | None = None, limit: int = 50,
    ) -> Whole:  # fmt: skip
        """The sizes and up to ``limit`` rows of some groups, the soonest first: the limit's columns, ``group``, and of
        the dispute ``number``, ``category``, ``place``, ``custodian``, ``status``, ``dispute_version``,
        ``last_channel``, ``handover``. ``cursor``: where the page of one group begins. BadCursor, Missing.
        """
        with self.sight() as s:
            desk = self._sizes(s, agency, now, narrow)
            none = Page[Item]([], None, s.position, s.parked)
            rows = {
                group: self._page(s, self._in_group(s, agency, group), narrow, cursor, limit)
                if desk.sizes[group].total or cursor else none
                for group in groups
            }  # fmt: skip
            self._headed(s, [item for part in rows.values() for item in part.items])
            return Whole(desk, rows, self._places(s, agency))

    def _sizes(self, s: Sight, agency: bytes, now: int, narrow: Narrow) -> Desk:
        o = s.table()
        late = func.coalesce(func.sum(case((o.c.due_at <= now, 1), else_=0)), 0)
        label = _group(o).label("label")
        owed = self._narrowed(s, select(label, func.count(), late), narrow).where(
            o.c.debtor == agency, _shown(o)
        ).group_by(label)  # fmt: skip
        sent = self._narrowed(s, select(func.count(), late), narrow).where(_sent(o, agency))
        sizes = dict.fromkeys((*GROUPS, SENT), Size())
        for group, count, overdue in s.db.execute(owed):
            sizes[group] = Size(int(count), int(overdue))
        sizes[SENT] = Size(*map(int, s.db.execute(sent).one()))
        return Desk(sizes, s.position, s.parked)

    def _in_group(self, s: Sight, agency: bytes, group: str) -> Select[Any]:
        o = s.table()
        whose = _sent_by(o, agency) if group == SENT else and_(o.c.debtor == agency, _shown(o), _is(o, group))
        return select(o).where(whose)

    @contextmanager
    def everything(
        self, agency: bytes, groups: Sequence[str], narrow: Narrow, most: int
    ) -> Iterator[tuple[int, Iterator[Item]]]:
        """(position, rows) of several groups in their order, up to ``most`` of each, all of one instant."""
        with self.sight() as s:
            yield s.position, self._all_rows(s, agency, groups, narrow, most)

    def _all_rows(self, s: Sight, agency: bytes, groups: Sequence[str], narrow: Narrow, most: int) -> Iterator[Item]:
        for group in groups:
            cursor, left = None, most
            while left > 0:
                found = self._page(s, self._in_group(s, agency, group), narrow, cursor, min(left, MAX_LIMIT))
                yield from (item | {"group": group} for item in self._headed(s, found.items))
                cursor, left = found.next, left - len(found.items)
                if cursor is None:
                    break

    def of_dispute(self, agency: bytes, dispute: bytes) -> list[Item]:
        """The same rows for one dispute, all groups and ``SENT``."""
        with self.sight() as s:
            o = s.table()
            whose = or_(_sent(o, agency), and_(o.c.debtor == agency, _shown(o)))
            query = select(o).where(o.c.dispute == dispute, whose)
            found = self._headed(s, self._page(s, query, WIDE, None, 100).items)
            for item in found:
                item["group"] = SENT if item["debtor"] != agency else item["group"]
            return found

    def _places(self, s: Sight, agency: bytes) -> list[str]:
        o, d = s.table(), self._heads(s)
        query = (
            select(d.c.place)
            .distinct()
            .join_from(o, d, d.c.dispute == o.c.dispute)
            .where(o.c.debtor == agency, _shown(o))
            .order_by(d.c.place)
        )
        return list(s.db.execute(query).scalars())

    def heads(self, disputes: Iterable[bytes]) -> dict[bytes, Item]:
        """``number``, ``custodian`` and ``status`` of some disputes."""
        with self.sight() as s:
            d = self._heads(s)
            query = select(d.c.dispute, d.c.number, d.c.custodian, d.c.status).where(d.c.dispute.in_(list(disputes)))
            return {row["dispute"]: row for row in s.rows(query)}

    def _page(self, s: Sight, query: Select[Any], narrow: Narrow, cursor: str | None, limit: int) -> Page[Item]:
        o = s.table()
        query = self._narrowed(s, query, narrow).add_columns(_group(o).label("group"))
        return page(s, query, (o.c.due_at, o.c.dispute, o.c.born, o.c.k), cursor, limit)

    def _heads(self, s: Sight) -> Any:
        return s.beside(self.custody).table()

    def _headed(self, s: Sight, items: list[Item]) -> list[Item]:
        """Join what a desk shows of the disputes."""
        d = self._heads(s)
        columns = (
            d.c.dispute, d.c.number, d.c.category, d.c.place, d.c.custodian, d.c.status, d.c.version, d.c.channel,
            d.c.handover,
        )  # fmt: skip
        wanted = {item["dispute"] for item in items}
        heads = {row.dispute: row for row in s.db.execute(select(*columns).where(d.c.dispute.in_(wanted)))}
        for item in items:
            head = heads.get(item["dispute"])  # None: the custody view is behind this one
            item["number"], item["category"] = (head.number, head.category) if head else ("", "")
            item["place"], item["status"] = (head.place, head.status) if head else ("", w.OPEN)
            item["custodian"] = head.custodian if head else None
            item["last_channel"] = head.channel if head else ""
            item["handover"] = head.handover if head else None
            item["dispute_version"] = max(head.version, item["version"]) if head else item["version"]
        return items

    def _narrowed(self, s: Sight, query: Select[Any], narrow: Narrow) -> Select[Any]:
        if not any(narrow):
            return query
        o, d = s.table(), self._heads(s)
        query = query.join(d, d.c.dispute == o.c.dispute)
        if narrow.channel:
            query = query.where(
                or_(o.c.channel == narrow.channel, and_(o.c.channel == "", d.c.channel == narrow.channel))
            )
        if narrow.place:
            query = query.where(func.substr(d.c.place, 1, len(narrow.place)) == narrow.place)
        if narrow.number:
            query = query.where(d.c.number.contains(narrow.number, autoescape=True))
        return query


def _sent(o: Any, agency: bytes) -> Any:
    return and_(o.c.name == _SIGN, o.c.creditor == agency)


def _sent_by(o: Any, agency: bytes) -> Any:
    """The same for a list in order: a database that reads it by due date would read every limit there is."""
    some = o.alias()
    return and_(o.c.dispute.in_(select(some.c.dispute).where(_sent(some, agency))), _sent(o, agency))


def _shown(o: Any) -> Any:
    """Not the accept limit of an unsigned offer: its sign limit stands for it."""
    return not_(and_(o.c.name == w.ACCEPT, o.c.signed_at.is_(None)))


def _group(o: Any) -> Any:
    """The group of a limit."""
    return case(
        (o.c.kind == w.ASSISTANCE, ASSIST), (o.c.name == w.SIGN, SIGN), (o.c.name == w.ACCEPT, ACCEPT),
        (o.c.name == w.FEEDBACK, FEEDBACK), else_=ACT,
    )  # fmt: skip


def _is(o: Any, group: str) -> Any:
    """The same as a condition on the columns, so that their index serves it."""
    named = {SIGN: (w.SIGN,), ACCEPT: (w.ACCEPT,), FEEDBACK: (w.FEEDBACK,)}
    if group == ASSIST:
        return o.c.kind == w.ASSISTANCE
    names = named.get(group) or tuple(n for n in w.OBLIGATIONS if n not in (w.SIGN, w.ACCEPT, w.FEEDBACK))
    return and_(o.c.name.in_(names), o.c.kind != w.ASSISTANCE)
