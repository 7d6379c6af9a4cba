"""The tables of the statistics view: one row per dispute that is counted, one per dispute and organ that worked on it.

Every column that is counted is 0 or 1, or a whole number to be added: a figure is a sum over rows, in SQL or by hand.
Money is in fen. Days are local ones (Asia/Shanghai), counted from 1970-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..sheet import By, Row, Sheet, id_, number, words


@dataclass(slots=True, eq=False)
class Counted(Row):
    """One dispute as it is counted.

    ``day``: of registration 受理. ``organ``: to which it is credited, ``first``: which registered it, ``holder``: the
    custodian. ``rising``: the escalation last offered. ``days``: from registration to closing, None while it is open.
    ``amount``: of its last agreement, ``claimed``: what is asked for; None = not recorded. ``due_at``: until when the
    last agreement is to be performed. ``referrals``: those that could be returned.
    ``suspects``: earlier disputes it may be again, ``again``: those it was found to be, in hex.
    ``standing``: its last agreement was neither broken nor left behind by a reopening. What stands from ``mediated``
    on is 0 or 1 and follows from the rest (``view.derive``).
    """

    born: int
    dispute: bytes
    number: str
    day: int
    category: str
    place: str
    source: str
    parties: int
    first: bytes
    organ: bytes
    holder: bytes
    rising: bytes | None
    status: str
    outcome: str
    days: int | None
    attempts: int
    agreements: int
    agreement: str
    form: str
    amount: int | None
    due_at: int | None
    confirmation: str
    visits: int
    rating: str
    again: str
    people: int
    deaths: int
    claimed: int | None
    referrals: int
    returns: int
    breaches: int
    breaks: int
    standing: int
    reopened: int
    petitions: int
    escalated: int
    death: int
    mediated: int
    success: int
    unattempted: int
    pending: int
    closed: int
    written: int
    performed: int
    broken: int
    confirmed: int
    visited: int
    rated: int
    satisfied: int
    overdue: int
    suspects: int
    suspected: int
    relapsed: int


@dataclass(slots=True, eq=False)
class Organ(Row):
    """One organ that had a dispute in hand. ``day``: since when. ``attempts``: counted ones it held,
    ``duties``: the duty roles 职责 that recorded them, in order of their first, never persons.

    ``stand``: here (the dispute is credited to it), up 移送上级 (it mediated or passed upward, another goes on), passed
    转交 (it had the dispute and neither).
    """

    born: int
    organ: bytes
    dispute: bytes
    day: int
    attempts: int
    duties: str
    stand: str


HERE, UP, PASSED = "here", "up", "passed"
STANDS = (HERE, UP, PASSED)

_HOT = (
    "holder", "rising", "status", "outcome", "days", "attempts", "agreements", "agreement", "form", "amount",
    "due_at", "confirmation", "visits", "rating", "again", "people", "deaths", "claimed", "referrals", "returns",
    "breaches", "breaks", "standing", "reopened", "petitions", "escalated", "death", "mediated", "success",
    "unattempted", "pending", "closed", "written", "performed", "broken", "confirmed", "visited", "rated",
    "satisfied", "overdue", "suspects", "suspected", "relapsed",
)  # fmt: skip
COUNTED = Sheet(
    "", Counted,
    lambda: [
        number("born", key=True), id_("dispute"), words("number"), number("day"), words("category"), words("place"),
        words("source"), number("parties"), id_("first"), id_("organ"), id_("holder"), id_("rising", null=True),
        words("status"), words("outcome"), number("days", null=True), number("attempts"), number("agreements"),
        words("agreement"), words("form"), number("amount", null=True), number("due_at", null=True),
        words("confirmation"), number("visits"), words("rating"), words("again"), number("people"),
        number("deaths"), number("claimed", null=True), *map(number, _HOT[_HOT.index("referrals"):]),
    ],
    within="dispute",
    by=[By("day"), By("organ", "day")],
    fixed=("dispute", "number", "day", "category", "place", "source", "parties", "first"),
    hot=_HOT,
)  # fmt: skip
ORGANS = Sheet(
    "organs", Organ,
    lambda: [
        number("born", key=True), id_("organ", key=True), id_("dispute"), number("day"), number("attempts"),
        words("duties"), words("stand"),
    ],
    within="dispute",
    by=[By("organ", "day")],
    fixed=("dispute", "day"),
)  # fmt: skip
