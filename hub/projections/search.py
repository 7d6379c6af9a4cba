"""Finding disputes (查找案件): the newest first, by number, place, category, status, channel, agency, lateness, date.

Guarantee: an answer holds only disputes in which one of the agencies of ``visible_to`` has or had a role, and counts
no others. All parts of an answer are of one snapshot; the views it is joined from may stand at different positions:
``position`` is the lowest of them, everything up to it is in the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, exists, func, or_, select, union_all

from .among import count_up_to, named_by
from .database import Database
from .ladder import conditions
from .reading import MAX_LIMIT, Item, Page, Reads, Sight, read_cursor, write_cursor
from .relapse.reads import conditions as pairs_of
from .roles import RoleReads
from .sheet import View

COUNTED: Final = 20_000  # where a scope or lateness is so wide that each dispute has to be asked, counting ends here
KEPT: Final = 500  # counts in memory


class Words(NamedTuple):
    """What a typed word may mean; a dispute fits that fits any of them. ``serial`` and ``number``: the running number
    and a pattern of the whole one.
    """

    serial: int | None = None
    number: str = ""
    agencies: tuple[bytes, ...] = ()
    places: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class Wanted(NamedTuple):
    """What a list is narrowed to; None and "" narrow nothing. ``place``: the beginning of a region code.

    ``agency``: has or had a role. ``since``, ``until``: instants of registration, from and before. ``late_at``: a
    running limit was due by then. ``ladder``: how it stands on its ladder, one of ``ladder.KINDS``. ``relapse``: it may
    be a closed one again and what was decided of that, one of ``relapse.KINDS``.
    """

    words: Words | None = None
    status: str = ""
    channel: str = ""
    category: str = ""
    place: str = ""
    custodian: bytes | None = None
    agency: bytes | None = None
    since: int | None = None
    until: int | None = None
    late_at: int | None = None
    ladder: str = ""
    relapse: str = ""


class Found(NamedTuple):
    """A page of disputes; ``total``: how many there are, at least that many when ``more``."""

    page: Page[Item]
    total: int
    more: bool


class Everything(NamedTuple):
    """A whole list: ``total``: how many there are, of which ``items`` may be the first."""

    position: int
    total: int
    items: Iterator[Item]


class Scene(NamedTuple):
    """The views of one answer, in one snapshot."""

    listed: Sight
    custody: Sight
    obligations: Sight
    ladder: Sight | None = None  # where it is asked about
    relapse: Sight | None = None

    @property
    def looks(self) -> list[Sight]:
        """All of them."""
        return [s for s in self if s is not None]

    @property
    def position(self) -> int:
        """Everything up to it is in all of them."""
        return min(s.position for s in self.looks)

    @property
    def parked(self) -> int:
        """Disputes that may be missing."""
        return max(s.parked for s in self.looks)


@dataclass
class Where:
    """Conditions that all hold; ``many``: they are so wide that a count has to end somewhere."""

    all: list[Any]
    many: bool

    def add(self, condition: Any, many: bool) -> None:
        """One more."""
        self.all.append(condition)
        self.many |= many


class Search(Reads):
    """Reads of the roles view, joined with custody and running limits."""

    roles: RoleReads
    custody: View
    obligations: View
    ladder: View
    relapse: View

    def __init__(self, database: Database, view: View, directory: View) -> None:
        super().__init__(database, view, directory)
        self._counts: dict[Any, tuple[int, bool]] = {}
        self._lock = threading.Lock()

    def find(
        self, wanted: Wanted, *, visible_to: frozenset[bytes] | None = None, cursor: str | None = None,
        limit: int = 50,
    ) -> Found:  # fmt: skip
        """One page, the newest first. Items: the columns of ``listed`` and of the custody view, the custodian's and
        the last author's name joined, ``due``: the running limit that ends first (None), ``limits``: how many run.

        BadCursor, Missing.
        """
        limit = max(1, min(limit, MAX_LIMIT))
        with self._scene(wanted) as scene:
            db, t = scene.listed.db, scene.listed.table("listed")
            where = self._where(scene, wanted, visible_to)
            query = select(t.c.born, t.c.dispute).where(*where.all)
            total, more = self._counted(scene, where, (wanted, visible_to))
            if cursor is not None:
                query = query.where(t.c.born < read_cursor(cursor, (int,))[0])
            rows = db.execute(query.order_by(t.c.born.desc()).limit(limit + 1)).all()
            following = write_cursor([rows[limit - 1].born]) if len(rows) > limit else None
            items = self._joined(scene, [row.dispute for row in rows[:limit]])
            page = Page(items, following, scene.position, scene.parked)
            return Found(page, total, more)

    @contextmanager
    def everything(
        self, wanted: Wanted, *, visible_to: frozenset[bytes] | None = None, most: int
    ) -> Iterator[Everything]:
        """The whole list in one snapshot, up to ``most`` rows, read as they are asked for."""
        with self._scene(wanted) as scene:
            t = scene.listed.table("listed")
            where = self._where(scene, wanted, visible_to).all
            query = select(t.c.dispute).where(*where)
            found = scene.listed.db.execute(query.order_by(t.c.born.desc()).limit(most)).scalars().all()
            total = len(found)
            if total == most:
                total = scene.listed.db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            yield Everything(scene.position, total, self._in_pieces(scene, found))

    def _in_pieces(self, scene: Scene, found: Sequence[bytes]) -> Iterator[Item]:
        for at in range(0, len(found), MAX_LIMIT):
            yield from self._joined(scene, found[at : at + MAX_LIMIT])

    @contextmanager
    def _scene(self, wanted: Wanted) -> Iterator[Scene]:
        with self.sight() as listed:
            ladder = listed.beside(self.ladder) if wanted.ladder else None
            relapse = listed.beside(self.relapse) if wanted.relapse else None
            yield Scene(listed, listed.beside(self.custody), listed.beside(self.obligations), ladder, relapse)

    # --- what is wanted ---------------------------------------------------------------------------------------------

    def _where(self, scene: Scene, wanted: Wanted, visible_to: frozenset[bytes] | None) -> Where:
        t = scene.listed.table("listed")
        where = Where([], False)
        same = (
            (t.c.status, wanted.status), (t.c.channel, wanted.channel), (t.c.category, wanted.category),
            (t.c.custodian, wanted.custodian),
        )  # fmt: skip
        where.all += [column == value for column, value in same if value]
        if wanted.place:
            where.all.append(_begins(t.c.place, wanted.place))
        if wanted.since is not None:
            where.all.append(t.c.registered_at >= wanted.since)
        if wanted.until is not None:
            where.all.append(t.c.registered_at < wanted.until)
        if wanted.words is not None:
            where.all.append(self._means(scene, where, wanted.words))
        if wanted.late_at is not None:
            o = scene.obligations.table()
            late = select(o.c.dispute).where(o.c.due_at <= wanted.late_at)
            probe = exists().where(o.c.dispute == t.c.dispute, func.coalesce(o.c.due_at, 0) <= wanted.late_at)
            where.add(*named_by(scene.listed.db, t.c.dispute, late, probe))
        if scene.ladder is not None:
            c = scene.ladder.table()
            meant = conditions(c, wanted.ladder)
            probe = exists().where(c.c.dispute == t.c.dispute, or_(*meant))
            some = union_all(*(select(c.c.dispute).where(each) for each in meant))
            where.add(*named_by(scene.listed.db, t.c.dispute, some, probe))
        if scene.relapse is not None:
            where.add(*self._paired(scene, scene.relapse.table("pairs"), wanted.relapse, visible_to))
        for agencies in ([wanted.agency] if wanted.agency is not None else None, visible_to):
            if agencies is not None:
                where.add(*self._narrowed(scene, agencies))
        return where

    def _paired(self, scene: Scene, p: Any, kind: str, visible_to: frozenset[bytes] | None) -> tuple[Any, bool]:
        """Disputes with such a pair, of whose earlier dispute the reader may know."""
        t = scene.listed.table("listed")
        meant = [pairs_of(p, kind)]
        if visible_to is not None:
            meant.append(self.roles.narrowing(scene.listed, p.c.earlier, visible_to).condition)
        probe = exists().where(p.c.dispute == t.c.dispute, *meant)
        return named_by(scene.listed.db, t.c.dispute, select(p.c.dispute).where(*meant), probe)

    def _narrowed(self, scene: Scene, agencies: Collection[bytes]) -> tuple[Any, bool]:
        t = scene.listed.table("listed")
        found = self.roles.narrowing(scene.listed, t.c.dispute, agencies, t.c.born)
        return found.condition, found.many

    def _means(self, scene: Scene, where: Where, words: Words) -> Any:
        t = scene.listed.table("listed")
        meanings: list[Any] = []
        if words.serial is not None:
            meanings.append(and_(t.c.serial == words.serial, t.c.number.like(words.number or "%")))
        meanings += [_begins(t.c.place, place) for place in words.places]
        if words.categories:
            meanings.append(t.c.category.in_(words.categories))
        if words.agencies:
            condition, many = self._narrowed(scene, words.agencies)
            meanings.append(condition)
            where.many |= many
        return or_(*meanings) if meanings else t.c.born < 0

    def _counted(self, scene: Scene, where: Where, key: Any) -> tuple[int, bool]:
        """How many there are, and whether there are more than that. The same question as of the same positions is
        counted once: every page of a list, and everybody who looks at it, shows the total.
        """
        whole = (*(s.book.key for s in scene.looks), *(s.position for s in scene.looks), scene.parked, key)
        with self._lock:
            if whole in self._counts:
                return self._counts[whole]
        query = select(scene.listed.table("listed").c.born).where(*where.all)
        if where.many:
            n = count_up_to(scene.listed.db, query, COUNTED + 1)
        else:
            n = scene.listed.db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        found = (COUNTED, True) if where.many and n > COUNTED else (n, False)
        with self._lock:
            self._counts[whole] = found
            while len(self._counts) > KEPT:
                del self._counts[next(iter(self._counts))]
        return found

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _joined(self, scene: Scene, disputes: Sequence[bytes]) -> list[Item]:
        d, o = scene.custody.table(), scene.obligations.table()
        rows = {r["dispute"]: r for r in scene.custody.rows(select(d).where(d.c.dispute.in_(disputes)))}
        first = self.soonest(scene.obligations, select(o).where(o.c.dispute.in_(disputes)))
        standing = {}
        if scene.ladder is not None:
            c = scene.ladder.table()
            standing = {r["dispute"]: r for r in scene.ladder.rows(select(c).where(c.c.dispute.in_(disputes)))}
        items = []
        for ident in disputes:
            row = rows.get(ident)
            if row is not None:  # else the custody view is behind: the dispute comes with its next position
                row["due"], row["limits"] = first.get(ident, (None, 0))
                if scene.ladder is not None:
                    row["ladder"] = standing.get(ident)
                items.append(row)
        return self.named(scene.custody, items, "custodian", "last_agency")

    def soonest(self, s: Sight, query: Select[Any]) -> dict[bytes, tuple[Item, int]]:
        """Per dispute of some running limits: the one that ends first, and how many they are."""
        found: dict[bytes, tuple[Item, int]] = {}
        for row in s.rows(query):
            known, n = found.get(row["dispute"], (row, 0))
            found[row["dispute"]] = (min(known, row, key=lambda o: (o["due_at"], o["born"], o["k"])), n + 1)
        self.named(s, [first for first, _ in found.values()], "debtor", "creditor")
        return found


def _begins(column: Any, start: str) -> Any:
    return func.substr(column, 1, len(start)) == start
