"""What is asked of the relapse view: earlier disputes that an open one may be again, and the pairs on record."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import exists, literal_column, or_, select, text

from hub import words as w

from ..among import among
from ..reading import Item, Page, Reads, Sight
from ..sheet import View
from .view import CLOSED, MEET, OPEN

SAME_NUMBER, SAME_PLACE, SAME_PARTIES, BROKEN, EXHAUSTED = (
    "same_number", "same_place_and_category", "same_parties", "agreement_broken", "exhausted",
)  # fmt: skip
GROUNDS: Final = (SAME_NUMBER, SAME_PLACE, SAME_PARTIES, BROKEN, EXHAUSTED)
KINDS: Final = ("suspected", "same", "other")  # what a list may be narrowed to: what became of a pair
EARLIER: Final = (  # what is told of the earlier one
    "number", "category", "place", "source", "status", "outcome", "registered_at", "ended_at", "custodian", "broken",
)  # fmt: skip
PLACED: Final = 9  # least digits of a place: a county's tell nothing apart
NEAREST: Final = 50  # earlier ones looked at, the nearest in time first


SHUT: Any = literal_column("'closed'")  # a partial index is used only where its condition stands literally


class Candidate(NamedTuple):
    """An earlier dispute and the grounds, codes of ``relapse_grounds`` in their order."""

    earlier: bytes
    ended_at: int
    grounds: tuple[str, ...]


class RelapseReads(Reads):
    """``ladder``: the view that says whose tries are used up."""

    ladder: View

    def touched(self, after: int, until: int, limit: int) -> tuple[int, list[Item]]:
        """Of the ``limit`` open disputes with something new behind ``after`` up to ``until``: the position of the last,
        and those for which there may be earlier ones, oldest first. (``after``, []) when there are none.
        """
        with self.sight() as s:
            t = s.table()
            fresh = (text(OPEN), t.c.touched > after, t.c.touched <= until)
            ends = s.db.execute(select(t.c.touched).where(*fresh).order_by(t.c.touched).limit(limit)).scalars().all()
            if not ends:
                return after, []
            e, own, other = t.alias(), s.table("numbers").alias(), s.table("numbers").alias()
            near = exists().where(
                e.c.status == SHUT, e.c.category == t.c.category, e.c.place == t.c.place,
                e.c.ended_at <= t.c.registered_at,
            )  # fmt: skip
            alike = exists().where(
                own.c.dispute == t.c.dispute, other.c.number == own.c.number, other.c.dispute != t.c.dispute
            )
            open_ones = (t.c.status == w.OPEN, t.c.touched > after, t.c.touched <= ends[-1])
            return ends[-1], s.rows(select(t).where(*open_ones, or_(near, alike)).order_by(t.c.touched))

    def candidates(self, row: Item, days: int) -> tuple[int, list[Candidate]]:
        """(how many pairs are on record, closed disputes that this one may be again besides, the likeliest
        first: those with a number in common, then the nearest in time).

        Without a number in common: place and category are the same, it closed at most ``days`` before this one was
        registered, and one thing more speaks for it (parties, a broken agreement, tries used up).
        """
        with self.sight() as s:
            known = self._paired(s, row["dispute"])
            by_number = {r["dispute"]: r for r in self._numbered(s, row)}
            near = {r["dispute"]: r for r in self._near(s, row, days)} if len(row["place"]) >= PLACED else {}
            found = {ident: r for ident, r in (by_number | near).items() if ident not in known}
            exhausted = self._exhausted(s, found)
            made = []
            for ident, other in found.items():
                alike = bool(row["parties"]) and other["parties"] == row["parties"]
                holds = (ident in by_number, ident in near, alike, other["broken"] == 1, ident in exhausted)
                grounds = tuple(code for code, yes in zip(GROUNDS, holds, strict=True) if yes)
                if holds[0] or len(grounds) > 1:
                    made.append(Candidate(ident, other["ended_at"], grounds))
            return len(known), sorted(made, key=lambda c: (c.grounds[0] != SAME_NUMBER, -c.ended_at, c.earlier))

    def _paired(self, s: Sight, dispute: bytes) -> set[bytes]:
        p = s.table("pairs")
        return set(s.db.execute(select(p.c.earlier).where(p.c.dispute == dispute)).scalars())

    def _near(self, s: Sight, row: Item, days: int) -> list[Item]:
        t = s.table()
        at = row["registered_at"]
        query = select(t).where(
            text(CLOSED), t.c.category == row["category"], t.c.place == row["place"], t.c.ended_at <= at,
            t.c.ended_at >= at - days * w.DAY, t.c.dispute != row["dispute"],
        )  # fmt: skip
        return s.rows(query.order_by(t.c.ended_at.desc()).limit(NEAREST))

    def _numbered(self, s: Sight, row: Item) -> list[Item]:
        t, n = s.table(), s.table("numbers")
        own = select(n.c.number).where(n.c.dispute == row["dispute"])
        others = select(n.c.dispute).where(n.c.number.in_(own), n.c.dispute != row["dispute"])
        query = select(t).where(t.c.dispute.in_(others), t.c.status == w.CLOSED, t.c.ended_at <= row["registered_at"])
        return s.rows(query.order_by(t.c.ended_at.desc()).limit(NEAREST))

    def _exhausted(self, s: Sight, disputes: Collection[bytes]) -> set[bytes]:
        if not disputes:
            return set()
        c = s.beside(self.ladder).table()
        wanted = among(c.c.dispute, disputes, sqlite=self.database.sqlite)
        return set(s.db.execute(select(c.c.dispute).where(wanted, c.c.state == EXHAUSTED)).scalars())

    def of(self, dispute: bytes) -> Page[Item]:
        """The pairs of one dispute with what is known of the earlier one, the latest first: ``grounds``
        as a tuple, ``state`` one of ``KINDS``, ``exhausted``; the custodian's name joined.
        """
        with self.sight() as s:
            t, p = s.table(), s.table("pairs")
            told = (p.c[name] for name in ("earlier", "grounds", "suspected_at", "decided_at", "same", "note"))
            query = select(*told, *(t.c[name] for name in EARLIER))
            query = query.where(p.c.dispute == dispute, t.c.dispute == p.c.earlier)
            rows = s.rows(query.order_by(t.c.born.desc()))
            exhausted = self._exhausted(s, [r["earlier"] for r in rows])
            for row in rows:
                row["grounds"] = tuple(filter(None, row["grounds"].split(MEET)))
                row["state"] = "suspected" if row["same"] is None else "same" if row["same"] else "other"
                row["exhausted"] = row["earlier"] in exhausted
            return s.all(self.named(s, rows, "custodian"))


def conditions(pairs: Any, kind: str) -> Any:
    """Which pairs are meant by one of ``KINDS``. KeyError for another kind."""
    same = {"suspected": None, "same": 1, "other": 0}[kind]
    return pairs.c.same.is_(None) if same is None else pairs.c.same == same
