"""How every agency stands now (单位现状): what it holds, what it owes and how late, from one snapshot.

Guarantee: figures are of all agencies and of one instant; whoever shows them leaves out agencies outside the viewer's
scope. ``position`` is the lowest of the views read.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import case, func, select

from hub import words as w

from ..reading import Reads
from ..sheet import View

GROUPS: Final = {
    w.SIGN: "sign", w.ACCEPT: "accept", w.FEEDBACK: "feedback", w.PROGRESS: "act", w.CONSENT: "act", w.SETTLE: "act",
    w.ANSWER: "act", w.ACKNOWLEDGE: "act", w.PERFORM: "act",
}  # fmt: skip
"""What an agency owes, in four groups: 待签收, 待受理, 待反馈, 待办."""


class Standing(NamedTuple):
    """One agency: open disputes it holds, and per group how many limits run and how many of them are overdue."""

    held: int
    owes: dict[str, int]
    late: dict[str, int]

    @property
    def unsigned(self) -> int:
        """Referrals it has not signed."""
        return self.owes["sign"]

    @property
    def running(self) -> int:
        """All it owes."""
        return sum(self.owes.values())

    @property
    def overdue(self) -> int:
        """What of it is overdue."""
        return sum(self.late.values())


NOTHING: Final = Standing(0, dict.fromkeys(("sign", "accept", "feedback", "act"), 0), {})


class AgencyFigures(Reads):
    """Reads of the agencies view, joined with roles and obligations."""

    roles: View
    obligations: View

    def standings(self, now: int) -> tuple[int, dict[bytes, Standing]]:
        """(position, by agency); agencies that hold and owe nothing are left out."""
        with self.sight() as s:
            db, listed, owed = s.db, s.beside(self.roles), s.beside(self.obligations)
            t, o = listed.table("listed"), owed.table()
            open_ones = select(t.c.custodian, func.count()).where(t.c.status == w.OPEN).group_by(t.c.custodian)
            held = {row[0]: int(row[1]) for row in db.execute(open_ones)}
            late = func.sum(case((o.c.due_at <= now, 1), else_=0))
            found = {agency: _standing(n) for agency, n in held.items()}
            for debtor, name, running, overdue in db.execute(
                select(o.c.debtor, o.c.name, func.count(), late).group_by(o.c.debtor, o.c.name)
            ):
                one = found.setdefault(debtor, _standing(0))
                group = GROUPS[name]
                one.owes[group] += int(running)
                one.late[group] += int(overdue)
            return min(listed.position, owed.position), found


def _standing(held: int) -> Standing:
    groups = ("sign", "accept", "feedback", "act")
    return Standing(held, dict.fromkeys(groups, 0), dict.fromkeys(groups, 0))
