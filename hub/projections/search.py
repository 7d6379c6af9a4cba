"""Finding disputes (查找案件): the newest first, by number, place, category, status, channel, agency, lateness, date.

Guarantee: an answer holds only disputes in which one of the agencies of ``visible_to`` has or had a role, and counts
no others. All parts of an answer are of one snapshot; the views it is joined from may stand at different positions:
``position`` is the lowest of them, everything up to it is in the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from .reading import MAX_LIMIT, Item, Page, Reads, Sight, look, read_cursor, write_cursor
from .roles import WIDE, RoleReads, count_up_to
from .sheet import View

COUNTED: Final = 20_000  # a count ends here: the answer then says "at least"


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
    running limit was due by then.
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


class Found(NamedTuple):
    """A page of disputes; ``total``: how many there are, at least that many when ``more``."""

    page: Page[Item]
    total: int
    more: bool


class Scene(NamedTuple):
    """The views of one answer, in one snapshot."""

    listed: Sight
    custody: Sight
    obligations: Sight

    @property
    def position(self) -> int:
        """Everything up to it is in all of them."""
        return min(s.position for s in self)

    @property
    def parked(self) -> int:
        """Disputes that may be missing."""
        return max(s.parked for s in self)


class Search(Reads):
    """Reads of the roles view, joined with custody and running limits."""

    roles: RoleReads
    custody: View
    obligations: View

    def find(
        self, wanted: Wanted, *, visible_to: Collection[bytes] | None = None, cursor: str | None = None,
        limit: int = 50,
    ) -> Found:  # fmt: skip
        """One page, the newest first. Items: the columns of ``listed`` and of the custody view, the custodian's and
        the last author's name joined, ``due``: the running limit that ends first (None), ``limits``: how many run.

        BadCursor, Missing.
        """
        limit = max(1, min(limit, MAX_LIMIT))
        with self._scene() as scene:
            db, t = scene.listed.db, scene.listed.table("listed")
            where = self._where(scene, wanted, visible_to)
            query = select(t.c.born, t.c.dispute).where(*where)
            counted = count_up_to(db, select(t.c.born).where(*where), COUNTED + 1)
            if cursor is not None:
                query = query.where(t.c.born < read_cursor(cursor, (int,))[0])
            rows = db.execute(query.order_by(t.c.born.desc()).limit(limit + 1)).all()
            following = write_cursor([rows[limit - 1].born]) if len(rows) > limit else None
            items = self._joined(scene, [row.dispute for row in rows[:limit]])
            page = Page(items, following, scene.position, scene.parked)
            return Found(page, min(counted, COUNTED), counted > COUNTED)

    @contextmanager
    def everything(
        self, wanted: Wanted, *, visible_to: Collection[bytes] | None = None, most: int
    ) -> Iterator[tuple[int, Iterator[Item]]]:
        """(position, items) of the whole list in one snapshot, up to ``most``, read as they are asked for."""
        with self._scene() as scene:
            t = scene.listed.table("listed")
            query = select(t.c.dispute).where(*self._where(scene, wanted, visible_to))
            found = scene.listed.db.execute(query.order_by(t.c.born.desc()).limit(most)).scalars().all()
            yield scene.position, self._in_pieces(scene, found)

    def _in_pieces(self, scene: Scene, found: Sequence[bytes]) -> Iterator[Item]:
        for at in range(0, len(found), MAX_LIMIT):
            yield from self._joined(scene, found[at : at + MAX_LIMIT])

    @contextmanager
    def _scene(self) -> Iterator[Scene]:
        with self.sight() as listed:
            db = listed.db
            yield Scene(listed, look(self.database, db, self.custody), look(self.database, db, self.obligations))

    # --- what is wanted ---------------------------------------------------------------------------------------------

    def _where(self, scene: Scene, wanted: Wanted, visible_to: Collection[bytes] | None) -> list[Any]:
        db, t = scene.listed.db, scene.listed.table("listed")
        same = (
            (t.c.status, wanted.status), (t.c.channel, wanted.channel), (t.c.category, wanted.category),
            (t.c.custodian, wanted.custodian),
        )  # fmt: skip
        where: list[Any] = [column == value for column, value in same if value]
        if wanted.place:
            where.append(_begins(t.c.place, wanted.place))
        if wanted.since is not None:
            where.append(t.c.registered_at >= wanted.since)
        if wanted.until is not None:
            where.append(t.c.registered_at < wanted.until)
        if wanted.words is not None:
            where.append(self._means(db, t, wanted.words))
        if wanted.late_at is not None:
            where.append(_late(scene, t.c.dispute, wanted.late_at))
        for agencies in ([wanted.agency] if wanted.agency is not None else None, visible_to):
            if agencies is not None:
                where.append(self.roles.narrowing(db, t.c.dispute, agencies)[0])
        return where

    def _means(self, db: Connection, t: Any, words: Words) -> Any:
        meanings: list[Any] = []
        if words.serial is not None:
            meanings.append(and_(t.c.serial == words.serial, t.c.number.like(words.number or "%")))
        meanings += [_begins(t.c.place, place) for place in words.places]
        if words.categories:
            meanings.append(t.c.category.in_(words.categories))
        if words.agencies:
            meanings.append(self.roles.narrowing(db, t.c.dispute, words.agencies)[0])
        return or_(*meanings) if meanings else t.c.born < 0

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _joined(self, scene: Scene, disputes: Sequence[bytes]) -> list[Item]:
        d, o = scene.custody.table(), scene.obligations.table()
        rows = {r["dispute"]: r for r in scene.custody.rows(select(d).where(d.c.dispute.in_(disputes)))}
        first = self.soonest(scene.obligations, select(o).where(o.c.dispute.in_(disputes)))
        items = []
        for ident in disputes:
            row = rows.get(ident)
            if row is not None:  # else the custody view is behind: the dispute comes with its next position
                row["due"], row["limits"] = first.get(ident, (None, 0))
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


def _late(scene: Scene, dispute: Any, at: int) -> Any:
    """Whether a limit of the dispute was due by then; few late ones are looked up, many are asked for one by one."""
    o = scene.obligations.table()
    late = select(o.c.dispute).where(o.c.due_at <= at)
    if count_up_to(scene.obligations.db, late, WIDE) < WIDE:
        return dispute.in_(late)
    return exists().where(and_(o.c.dispute == dispute, func.coalesce(o.c.due_at, 0) <= at))
