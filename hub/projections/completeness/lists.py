"""The referrals behind a figure (移送清单): what was sent, by whom to whom, and what became of it.

Guarantee: with the same filter a list has as many referrals as the equation counts at the same position; with
``senders`` nothing of other senders is listed or counted. The dispute's number is joined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from hub.words import DAY

from ..among import among
from ..reading import MAX_LIMIT, Item, Page, Reads, Sight, read_cursor, write_cursor
from ..roles import RoleReads
from ..sheet import View
from .reads import EPOCH
from .view import OFFSET, PENDING


class Sent(NamedTuple):
    """Which referrals; "" and None = any. ``senders``: when it was sent; ``receiver``: to whom. ``visible_to``: only of
    disputes in which one of these agencies has or had a role.
    """

    outcome: str = ""
    kind: str = ""
    channel: str = ""
    senders: frozenset[bytes] | None = None
    receiver: bytes | None = None
    first: date | None = None
    last: date | None = None
    visible_to: frozenset[bytes] | None = None


class SentReads(Reads):
    """Reads of the completeness view."""

    custody: View
    roles: RoleReads

    def referrals(self, wanted: Sent, *, cursor: str | None = None, limit: int = 50) -> tuple[Page[Item], int]:
        """(a page, how many there are in all): what is pending the oldest first, anything else the newest first.

        BadCursor, Missing.
        """
        limit = max(1, min(limit, MAX_LIMIT))
        with self.sight() as s:
            made = s.table("outcomes")
            where, position = self._where(s, wanted)
            total: int = s.db.execute(select(func.count()).select_from(made).where(*where)).scalar_one()
            if cursor is not None:
                at, referral = read_cursor(cursor, (int, bytes))
                where.append(_behind(made, wanted, at, referral))
            rows = s.rows(select(made).where(*where).order_by(*_order(made, wanted)).limit(limit + 1))
            more = len(rows) > limit
            rows = rows[:limit]
            following = write_cursor([rows[-1]["sent_at"], rows[-1]["referral"]]) if more else None
            return Page(self._shown(s, rows), following, position, s.parked), total

    @contextmanager
    def everything(self, wanted: Sent, most: int) -> Iterator[tuple[int, int, Iterator[Item]]]:
        """(position, how many there are, the referrals up to ``most``), in one snapshot, read as they are asked for."""
        with self.sight() as s:
            made = s.table("outcomes")
            where, position = self._where(s, wanted)
            total = s.db.execute(select(func.count()).select_from(made).where(*where)).scalar_one()
            query = select(made).where(*where).order_by(*_order(made, wanted)).limit(most)
            parts = s.db.execute(query, execution_options={"yield_per": MAX_LIMIT}).partitions(MAX_LIMIT)
            shown = (self._shown(s, [dict(row._mapping) for row in part]) for part in parts)
            yield position, int(total), (item for items in shown for item in items)

    def _where(self, s: Sight, wanted: Sent) -> tuple[list[Any], int]:
        made, sqlite = s.table("outcomes"), self.database.sqlite
        same = (
            (made.c.outcome, wanted.outcome), (made.c.kind, wanted.kind), (made.c.channel, wanted.channel),
            (made.c.receiver, wanted.receiver),
        )  # fmt: skip
        where = [column == value for column, value in same if value]
        if wanted.senders is not None:
            where.append(among(made.c.sender, wanted.senders, sqlite=sqlite))
        if wanted.first is not None:
            where.append(made.c.day >= wanted.first.toordinal() - EPOCH)
        if wanted.last is not None:
            where.append(made.c.day <= wanted.last.toordinal() - EPOCH)
        position = s.position
        if wanted.visible_to is not None:
            narrowing = self.roles.narrowing(s, made.c.dispute, wanted.visible_to)
            where.append(narrowing.condition)
            position = min(position, narrowing.position)
        return where, position

    def _shown(self, s: Sight, items: list[Item]) -> list[Item]:
        numbers = self._numbers(s, {item["dispute"] for item in items})
        for item in items:
            item["number"] = numbers.get(item["dispute"])
        return self.named(s, items, "sender", "receiver")

    def _numbers(self, s: Sight, disputes: Collection[bytes]) -> dict[bytes, str]:
        d = s.beside(self.custody).table()
        return {
            row[0]: row[1] for row in s.db.execute(select(d.c.dispute, d.c.number).where(d.c.dispute.in_(disputes)))
        }


def _order(made: Any, wanted: Sent) -> Sequence[ColumnElement[Any]]:
    """An outcome has an index in this order; without one the day's index goes first, and only a day is sorted."""
    if wanted.outcome == PENDING:
        return made.c.sent_at, made.c.referral
    order = (made.c.sent_at.desc(), made.c.referral.desc())
    return order if wanted.outcome else (made.c.day.desc(), *order)


def _behind(made: Any, wanted: Sent, at: int, referral: bytes) -> Any:
    if wanted.outcome == PENDING:
        return or_(made.c.sent_at > at, and_(made.c.sent_at == at, made.c.referral > referral))
    before = or_(made.c.sent_at < at, and_(made.c.sent_at == at, made.c.referral < referral))
    return and_(made.c.day <= (at + OFFSET) // DAY, before)
