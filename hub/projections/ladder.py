"""The ladder view 首调进展: where each open dispute stands, and which are to go up a level now.

One row per dispute that is or was on a ladder. ``due`` is what the last ``ladder.stood`` says; while an
offer is open or a delegation runs the steward asks for nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, text

from hub import words as w

from .database import Missing
from .reading import Item, Reads
from .sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words

# Literally, as the steward asks.
ESCALATING = "due = 'escalate' and offer is null and delegation is null and returned = 0"
ASSIGNING = "due = 'escalate' and returned = 1"  # the escalation came back: a superior assigns the next level
EXHAUSTED = "state = 'exhausted' and open = 1"  # owned by the last organ until an exit takes it
STANDS = ("climbing", "resolved", "terminated", "suspended", "off")  # what a list may be narrowed to by state alone
KINDS = ("due", "escalate", "assign", "exhausted", *STANDS)  # what a list may be narrowed to


@dataclass(slots=True, eq=False)
class Standing(Row):
    """One dispute's place. ``ends_at``: end of the time of this level, 0 = none runs; ``offer``: the open
    hand-over, of kind ``offer_kind``; ``open``: 1 while the dispute is.
    """

    dispute: bytes
    number: str
    category: str
    place: str
    custodian: bytes
    scheme: str
    branch: str
    level: str
    state: str
    tries: int
    total: int
    required: int
    returned: int
    due: str
    due_level: str
    stood_at: int
    ends_at: int
    offer: bytes | None
    offer_kind: str
    delegation: bytes | None
    open: int
    version: int


SHEET = Sheet(
    "", Standing,
    lambda: [
        id_("dispute", key=True), words("number"), words("category"), words("place"), id_("custodian"),
        words("scheme"), words("branch"), words("level"), words("state"), number("tries"), number("total"),
        number("required"), number("returned"), words("due"), words("due_level"), number("stood_at"),
        number("ends_at"), id_("offer", null=True), words("offer_kind"), id_("delegation", null=True), number("open"),
        number("version"),
    ],
    within="dispute",
    by=[
        By("stood_at", "dispute", where=ESCALATING), By("state", "level"), By("dispute", where=ASSIGNING),
    ],
)  # fmt: skip


class Climb(Case):
    """What is remembered of one dispute."""

    __slots__ = ("row",)
    row: Standing

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)

    def adopt(self, row: Standing) -> None:
        self.row = row


VIEW = View("ladder", 2, Climb, (SHEET,))
on = VIEW.on


@on("dispute.registered", "number", "category", "place")
def registered(case: Climb, now: Now, number: str, category: str, place: str) -> None:
    case.row = Standing(
        now.stream, number, category, place, now.custodian, "", "", "", "", 0, 0, 0, 0, "", "", now.at, 0, None, "",
        None, 1, now.version,
    )  # fmt: skip
    case.keep(case.row)


@on(
    "ladder.stood", "scheme", "branch", "level", "state", "tries", "total", "required", "returned", "next",
    "next_level", "due_at",
)  # fmt: skip
def stood(
    case: Climb, now: Now, scheme: str, branch: str, level: str, state: str, tries: int, total: int, required: int,
    returned: bool, due: str, due_level: str, ends_at: int | None,
) -> None:  # fmt: skip
    row = case.row
    if ends_at is not None or level != row.level:
        row.ends_at = ends_at or 0
    row.scheme, row.branch, row.level, row.state = scheme, branch, level, state
    row.tries, row.total, row.required, row.returned = tries, total, required, int(returned)
    row.due, row.due_level, row.stood_at = due, due_level, now.at


@on("referral.offered", "referral", "kind")
def offered(case: Climb, now: Now, referral: bytes, kind: str) -> None:
    if kind in w.MOVING:
        case.row.offer, case.row.offer_kind = referral, kind


@on("referral.accepted", "referral")
def accepted(case: Climb, now: Now, referral: bytes) -> None:
    if case.row.offer == referral:
        case.row.delegation = referral if case.row.offer_kind == w.DELEGATION else case.row.delegation
        case.row.offer, case.row.offer_kind = None, ""


def ended(case: Climb, now: Now, referral: bytes) -> None:
    if case.row.offer == referral:
        case.row.offer, case.row.offer_kind = None, ""


for topic in ("referral.returned", "referral.withdrawn", "referral.lapsed"):
    on(topic, "referral")(ended)


@on("referral.concluded", "referral")
def concluded(case: Climb, now: Now, referral: bytes) -> None:
    if case.row.delegation == referral:
        case.row.delegation = None


VIEW.note("referral.assigned", "custody.succeeded")


def over(case: Climb, now: Now) -> None:
    case.row.open = 0
    case.row.due = ""


on("dispute.closed")(over)
on("dispute.voided")(over)


@on("dispute.reopened")
def reopened(case: Climb, now: Now) -> None:
    case.row.open = 1


def after(case: Climb, now: Now) -> None:
    """Custodian and version are those of the last event."""
    case.row.custodian, case.row.version = now.custodian, now.version
    case.keep(case.row)


VIEW.after = after


def conditions(t: Any, kind: str) -> list[Any]:
    """Which disputes are meant by one of ``KINDS``: those of which one of these holds, each with an index of its own.
    ``due``: those a superior is to assign, and the exhausted ones that are open. KeyError for another kind.
    """
    if kind in STANDS:
        return [t.c.state == kind]
    return {
        "due": [text(ASSIGNING), text(EXHAUSTED)], "escalate": [text("due = 'escalate'")], "assign": [text(ASSIGNING)],
        "exhausted": [t.c.state == "exhausted"],
    }[kind]  # fmt: skip


class LadderReads(Reads):
    """Reads of this view."""

    def to_escalate(self, limit: int, behind: tuple[int, bytes] | None = None) -> list[Item]:
        """Disputes whose tries are used up at their level and that nobody has passed on yet, the oldest first."""
        with self.sight() as s:
            t = s.table()
            query = select(t).where(text(ESCALATING))
            if behind is not None:
                at, dispute = behind
                query = query.where(or_(t.c.stood_at > at, and_(t.c.stood_at == at, t.c.dispute > dispute)))
            return s.rows(query.order_by(t.c.stood_at, t.c.dispute).limit(limit))

    def standing(self, scheme: str, limit: int, after: bytes = b"") -> list[Item]:
        """Open disputes that stand on this ladder ("" = on any), in the order of their ids."""
        with self.sight() as s:
            t = s.table()
            query = select(t).where(t.c.open == 1, t.c.dispute > after)
            query = query.where(t.c.scheme == scheme if scheme else t.c.scheme != "")
            return s.rows(query.order_by(t.c.dispute).limit(limit))

    def schemes(self) -> list[str]:
        """The ladders that open disputes stand on; none while the view is not there yet."""
        with suppress(Missing), self.sight() as s:
            t = s.table()
            query = select(t.c.scheme).where(t.c.open == 1, t.c.scheme != "").distinct().order_by(t.c.scheme)
            return list(s.db.execute(query).scalars())
        return []

    def of(self, dispute: bytes) -> Item | None:
        """Where one dispute stands; None for one that never was on a ladder."""
        with self.sight() as s:
            t = s.table()
            found = s.rows(select(t).where(t.c.dispute == dispute, t.c.scheme != ""))
            return found[0] if found else None
