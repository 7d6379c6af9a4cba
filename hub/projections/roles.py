"""The roles view 参与: which agency has or had a role in which dispute, and what lists of disputes filter by.

Guarantee: the agencies of a dispute are exactly those the machine counts (custody rules §3, "has or had a role"):
every custodian, sender, receiver, settler, recipient of a report, either side of a supervision, every successor.
Roles are only ever added, so a view that is behind shows a dispute late to an agency and never to one that may not
see it.

``roles`` has one row per agency and dispute; ``born`` is the position of the dispute's registration: one agency's
disputes in the order of registration are one stretch of its key. ``listed`` has one narrow row per dispute, so that
a filter reads through all disputes of a city in a few milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, func, select

from hub import words as w

from .among import among
from .reading import Reads, look
from .sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words

WIDE: Final = 5_000  # roles of a scope from which a list walks the disputes and asks of each whether it is visible


@dataclass(slots=True, eq=False)
class Role(Row):
    """An agency has or had a role in a dispute."""

    agency: bytes
    born: int
    dispute: bytes


@dataclass(slots=True, eq=False)
class Listed(Row):
    """One dispute, as lists filter it. ``serial``: the running number at the end of the human number, 0 without one.
    ``channel``: of its last referral.
    """

    born: int
    dispute: bytes
    number: str
    serial: int
    registered_at: int
    status: str
    category: str
    place: str
    channel: str
    custodian: bytes


ROLES = Sheet(
    "", Role,
    lambda: [id_("agency", key=True), number("born", key=True), id_("dispute", key=True)],
    within="dispute", loads=False,  # a role that is there already is added once more, which changes nothing
    by=[By("dispute", "agency")],
)  # fmt: skip
LISTED = Sheet(
    "listed", Listed,
    lambda: [
        number("born", key=True), id_("dispute"), words("number"), number("serial"), number("registered_at"),
        words("status"), words("category"), words("place"), words("channel"), id_("custodian"),
    ],
    within="dispute",
    by=[
        By("dispute", unique=True), By("serial"), By("custodian", "status", "born"),
        # Holds whatever lists filter by, newest last: one walk answers any filter without touching the rows.
        By("born", "status", "channel", "category", "place", "custodian", "dispute"),
    ],
    fixed=("dispute", "number", "serial", "registered_at", "category", "place"),
)  # fmt: skip


class Parts(Case):
    """One dispute: its row, and the agencies written down since it is in memory."""

    __slots__ = ("known", "row")
    row: Listed

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.known: set[bytes] = set()

    def adopt(self, row: Listed) -> None:
        self.row = row

    def done(self) -> bool:
        return self.row.status != w.OPEN

    def play(self, *agencies: bytes) -> None:
        """These agencies have a role."""
        for agency in agencies:
            if agency not in self.known:
                self.known.add(agency)
                self.keep(Role(agency, self.row.born, self.stream))


VIEW = View("roles", 1, Parts, (ROLES, LISTED))
on = VIEW.on
_SERIAL = re.compile("-([0-9]{1,18})$")


def serial_of(number: str) -> int:
    """1962 of 532301-2026-01962; 0 where there is no running number."""
    found = _SERIAL.search(number)
    return int(found[1]) if found else 0


@on("dispute.registered", "number", "category", "place")
def registered(case: Parts, now: Now, number: str, category: str, place: str) -> None:
    case.row = Listed(
        now.position, now.stream, number, serial_of(number), now.at, w.OPEN, category, place, "", now.custodian
    )
    case.keep(case.row)
    case.play(now.custodian)


@on("referral.offered", "channel", "sender", "receiver")
def offered(case: Parts, now: Now, channel: str, sender: bytes, receiver: bytes) -> None:
    _through(case, channel)
    case.play(sender, receiver)


@on("referral.assigned", "channel", "sender", "receiver")
def assigned(case: Parts, now: Now, channel: str, sender: bytes, receiver: bytes) -> None:
    _through(case, channel)
    case.play(sender, receiver)


def _through(case: Parts, channel: str) -> None:
    if case.row.channel != channel:
        case.row.channel = channel
        case.keep(case.row)


@on("referral.contested", "settler")
def contested(case: Parts, now: Now, settler: bytes) -> None:
    case.play(settler)


@on("dispute.reported", "recipients")
def reported(case: Parts, now: Now, recipients: tuple[bytes, ...]) -> None:
    case.play(*recipients)


@on("supervision.issued", "supervised", "supervisor")
def supervised(case: Parts, now: Now, supervised: bytes, supervisor: bytes) -> None:
    case.play(supervised, supervisor)


@on("custody.succeeded", "successor")
def succeeded(case: Parts, now: Now, successor: bytes) -> None:
    case.play(successor)


# Custody moves with these; whoever then holds the dispute had a role in it before.
VIEW.note("referral.accepted", "referral.returned", "referral.concluded")


def _stands(status: str) -> Any:
    def handler(case: Parts, now: Now) -> None:
        case.row.status = status
        case.keep(case.row)

    return handler


on("dispute.closed")(_stands(w.CLOSED))
on("dispute.reopened")(_stands(w.OPEN))
on("dispute.voided")(_stands(w.VOID))


def after(case: Parts, now: Now) -> None:
    """The custodian is who the event says."""
    if case.row.custodian != now.custodian:
        case.row.custodian = now.custodian
        case.keep(case.row)


VIEW.after = after


# --- reading ----------------------------------------------------------------------------------------------------------


class RoleReads(Reads):
    """Who has or had a role where; used by other views' lists to narrow them to a scope."""

    def involved(self, ident: bytes) -> frozenset[bytes]:
        """Every agency that has or had a role in a dispute; empty when the dispute is not there."""
        with self.sight() as s:
            r = s.table()
            return frozenset(s.db.execute(select(r.c.agency).where(r.c.dispute == ident)).scalars())

    def narrowing(self, db: Connection, dispute: Any, agencies: Collection[bytes]) -> tuple[Any, int]:
        """(condition, position): that one of these agencies has or had a role in ``dispute`` (a column of another
        view read in the same snapshot), and the position as of which this is known. A dispute this view does not
        know yet, or has parked, is visible to nobody by it. Missing.
        """
        s = look(self.database, db, self.view)
        r = s.table()
        sqlite = self.database.sqlite
        wanted = sorted(agencies)
        # Few roles: start from them. Many: walk the list in its order and look each dispute up; only the index of
        # disputes helps then, so the agencies are hidden from the planner, who would else look up every pair.
        some = select(r.c.dispute).where(among(r.c.agency, wanted, sqlite=sqlite))
        if count_up_to(db, some, WIDE) < WIDE:
            return dispute.in_(some), s.position
        hidden = func.coalesce(r.c.agency, r.c.agency)
        probe = exists().where(and_(r.c.dispute == dispute, among(hidden, wanted, sqlite=sqlite)))
        return probe, s.position


def count_up_to(db: Connection, query: Any, most: int) -> int:
    """How many rows a query has, ``most`` when it has more."""
    found: int = db.execute(select(func.count()).select_from(query.limit(most).subquery())).scalar_one()
    return found
