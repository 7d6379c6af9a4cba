"""The relapse view 复发: what disputes are compared by, and the pairs that were suspected.

Guarantee: compared is only what the log holds of every dispute: place, category, how many parties of which roles and
kinds, numbers of documents. Commitments to parties are salted and never compared. One row per dispute, per number that
a docking procedure gave it, and per suspected pair; a pair stands at the later dispute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from hub import words as w
from hub.policy.keys import folded

from ..sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words

CLOSED: Final = "status = 'closed'"  # literally, as the reads ask
OPEN: Final = "status = 'open'"
YEARED: Final = re.compile(r"\((1[89]|20)\d{2}\).*\d")  # a number of its own kind names its year: 案号, 文号
MEET: Final = "、"


@dataclass(slots=True, eq=False)
class Trace(Row):
    """One dispute. ``parties``: roles and kinds, "" without any; ``broken``: its last agreement was; ``touched``:
    position of the last event after which it is looked for earlier ones again.
    """

    born: int
    dispute: bytes
    number: str
    category: str
    place: str
    source: str
    parties: str
    registered_at: int
    status: str
    outcome: str
    ended_at: int | None
    custodian: bytes
    broken: int
    touched: int


@dataclass(slots=True, eq=False)
class Numbered(Row):
    """A dispute bears the number of a document (folded: the same however it was typed)."""

    number: str
    dispute: bytes


@dataclass(slots=True, eq=False)
class Pair(Row):
    """A dispute was suspected to be an earlier one again. ``same`` 1, 0; None = not decided."""

    dispute: bytes
    earlier: bytes
    grounds: str
    suspected_at: int
    decided_at: int | None
    same: int | None
    note: str


TRACES = Sheet(
    "", Trace,
    lambda: [
        number("born", key=True), id_("dispute"), words("number"), words("category"), words("place"), words("source"),
        words("parties"), number("registered_at"), words("status"), words("outcome"), number("ended_at", null=True),
        id_("custodian"), number("broken"), number("touched"),
    ],
    within="dispute", by=[By("category", "place", "ended_at", where=CLOSED), By("touched", where=OPEN)],
    fixed=("dispute", "number", "category", "place", "source", "parties", "registered_at"),
)  # fmt: skip
NUMBERS = Sheet(
    "numbers", Numbered, lambda: [words("number", key=True), id_("dispute", key=True)], within="dispute", loads=False,
    by=[By("dispute")],
)  # fmt: skip
ON_PAIRS: Final = ("relapse.decided",)
PAIRS = Sheet(
    "pairs", Pair,
    lambda: [
        id_("dispute", key=True), id_("earlier", key=True), words("grounds"), number("suspected_at"),
        number("decided_at", null=True), number("same", null=True), words("note"),
    ],
    within="dispute", by=[By("earlier"), By("same", "dispute")], needed=ON_PAIRS,
)  # fmt: skip


class Tracing(Case):
    """One dispute and its pairs."""

    __slots__ = ("pairs", "row")
    row: Trace

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.pairs: dict[bytes, Pair] = {}

    def adopt(self, row: Trace | Pair) -> None:
        if isinstance(row, Pair):
            self.pairs[row.earlier] = row
        else:
            self.row = row

    def done(self) -> bool:
        return self.row.status != w.OPEN

    def touch_at(self, now: Now) -> None:
        """It is to be looked for earlier ones again."""
        self.row.touched = now.position
        self.keep(self.row)


VIEW = View("relapse", 1, Tracing, (TRACES, NUMBERS, PAIRS))
on = VIEW.on


def mix(parties: tuple[tuple[Any, ...], ...]) -> str:
    """How many parties of which role and kind: all that can be compared of them."""
    return MEET.join(sorted(f"{role}/{kind}" for role, kind, *_ in parties))


@on("dispute.registered", "number", "category", "place", "source", "parties")
def registered(
    case: Tracing, now: Now, number: str, category: str, place: str, source: str, parties: tuple[tuple[Any, ...], ...]
) -> None:
    case.row = Trace(
        now.position, now.stream, number, category, place, source, mix(parties), now.at, w.OPEN, "", None,
        now.custodian, 0, now.position,
    )  # fmt: skip
    case.keep(case.row)


@on("procedure.stepped", "document")
def stepped(case: Tracing, now: Now, document: str) -> None:
    """A number without a year (协议1号) tells nothing apart."""
    plain = folded(document)[0]
    if YEARED.search(plain):
        case.keep(Numbered(plain, now.stream))
        case.touch_at(now)


@on("agreement.broken")
def broken(case: Tracing, now: Now) -> None:
    case.row.broken = 1
    case.keep(case.row)


@on("agreement.reached")
def reached(case: Tracing, now: Now) -> None:
    if case.row.broken:
        case.row.broken = 0
        case.keep(case.row)


@on("relapse.suspected", "earlier", "grounds")
def suspected(case: Tracing, now: Now, earlier: bytes, grounds: tuple[str, ...]) -> None:
    pair = case.pairs[earlier] = Pair(now.stream, earlier, MEET.join(grounds), now.at, None, None, "")
    case.keep(pair)


@on("relapse.decided", "earlier", "same", "note")
def decided(case: Tracing, now: Now, earlier: bytes, same: bool, note: str) -> None:
    pair = case.pairs[earlier]
    pair.decided_at, pair.same, pair.note = now.at, int(same), note
    case.keep(pair)


@on("dispute.closed", "outcome")
def closed(case: Tracing, now: Now, outcome: str) -> None:
    case.row.status, case.row.outcome, case.row.ended_at = w.CLOSED, outcome, now.at
    case.keep(case.row)


@on("dispute.reopened")
def reopened(case: Tracing, now: Now) -> None:
    case.row.status, case.row.outcome, case.row.ended_at, case.row.broken = w.OPEN, "", None, 0
    case.touch_at(now)


@on("dispute.voided")
def voided(case: Tracing, now: Now) -> None:
    case.row.status, case.row.ended_at = w.VOID, now.at
    case.keep(case.row)


# Custody moves with these: whoever has the dispute now may see other earlier ones.
VIEW.note(
    "referral.accepted", "referral.assigned", "referral.returned", "referral.concluded", "custody.succeeded",
)  # fmt: skip


def after(case: Tracing, now: Now) -> None:
    """The custodian is who the event says."""
    if case.row.custodian != now.custodian:
        case.row.custodian = now.custodian
        case.touch_at(now)


VIEW.after = after
