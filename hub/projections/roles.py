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
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from hub import words as w

from .among import among, named_by
from .reading import Reads, Sight
from .sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words


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
        By("serial"), By("custodian", "status", "born"), By("place", "dispute"),
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


class Narrowing(NamedTuple):
    """``position``: as of which the roles are known; ``many``: too many disputes to count them all."""

    condition: Any
    position: int
    many: bool


class RoleReads(Reads):
    """Who has or had a role where; used by other views' lists to narrow them to a scope."""

    def involved(self, ident: bytes) -> frozenset[bytes]:
        """Every agency that has or had a role in a dispute; empty when the dispute is not there."""
        with self.sight() as s:
            r = s.table()
            return frozenset(s.db.execute(select(r.c.agency).where(r.c.dispute == ident)).scalars())

    def narrowing(self, sight: Sight, dispute: Any, agencies: Collection[bytes], born: Any | None = None) -> Narrowing:
        """The condition that one of these agencies has or had a role in a dispute of another table, read in the same
        snapshot: ``dispute`` is its id's column, ``born`` that of the position of its registration, if it has one. A
        dispute this view does not know yet, or has parked, is visible to nobody by it. Missing.
        """
        s = sight.beside(self.view)
        r = s.table()
        wanted, sqlite = sorted(agencies), self.database.sqlite
        some = select(r.c.dispute if born is None else r.c.born).where(among(r.c.agency, wanted, sqlite=sqlite))
        hidden = among(func.coalesce(r.c.agency, r.c.agency), wanted, sqlite=sqlite)
        probe = exists().where(r.c.dispute == dispute, hidden)
        condition, many = named_by(s.db, dispute if born is None else born, some, probe)
        return Narrowing(condition, s.position, many)
