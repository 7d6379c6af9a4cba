"""The completeness view 闭环核对: of everything sent, what became of it (custody rules §6.13).

Two tables that are kept apart on purpose: ``sent`` counts the ``offered`` and ``assigned`` events, ``outcomes`` has
one row per referral with what became of it. sent = signed + returned + withdrawn + lapsed + pending must hold at
every position, for every kind, channel, agency (the sender when it was sent) and period (local day of sending): a lost
or doubled row shows as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub import words as w

from ..sheet import By, Case, Changes, Now, Row, Sheet, Tally, View, id_, number, words

PENDING: Final = "pending"
OUTCOMES: Final = (w.SIGNED, w.RETURNED, w.WITHDRAWN, w.LAPSED, PENDING)
OFFSET: Final = 8 * w.HOUR  # Asia/Shanghai, no summer time since 1991


@dataclass(slots=True, eq=False)
class Outcome(Row):
    """What became of one referral before or by its signature; ``day``: days since 1970-01-01, Asia/Shanghai."""

    dispute: bytes
    referral: bytes
    day: int
    kind: str
    channel: str
    sender: bytes
    receiver: bytes
    outcome: str
    sent_at: int
    at: int | None


SENT = Tally(
    "sent",
    lambda: [number("day", key=True), words("kind", key=True), words("channel", key=True), id_("agency", key=True)],
)
REFERRALS = Sheet(
    "outcomes", Outcome,
    lambda: [
        id_("dispute", key=True), id_("referral", key=True), number("day"), words("kind"), words("channel"),
        id_("sender"), id_("receiver"), words("outcome"), number("sent_at"), number("at", null=True),
    ],
    within="dispute",
    by=[
        By("day", "kind", "channel", "sender", "outcome"), By("outcome", "sent_at", "referral"),
        By("at", where="at is not null"), By("sender", "outcome", "sent_at", "channel", "kind"),
    ],
)  # fmt: skip


class Sendings(Case):
    """The referrals of one dispute."""

    __slots__ = ("referrals",)

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.referrals: dict[bytes, Outcome] = {}

    def adopt(self, row: Outcome) -> None:
        self.referrals[row.referral] = row

    def done(self) -> bool:
        return all(r.outcome != PENDING for r in self.referrals.values())

    def sent(self, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes) -> None:
        """A referral is sent."""
        day = (now.at + OFFSET) // w.DAY
        self.add("sent", (day, kind, channel, sender))
        row = Outcome(now.stream, referral, day, kind, channel, sender, receiver, PENDING, now.at, None)
        self.referrals[referral] = row
        self.keep(row)

    def became(self, now: Now, referral: bytes, outcome: str) -> None:
        """The first that happens to a referral decides, whatever comes after."""
        row = self.referrals[referral]
        if row.outcome == PENDING:
            row.outcome, row.at = outcome, now.at
            self.keep(row)


VIEW = View("completeness", 3, Sendings, (REFERRALS,), (SENT,))
on = VIEW.on


@on("referral.offered", "referral", "kind", "channel", "sender", "receiver")
def offered(case: Sendings, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes) -> None:
    case.sent(now, referral, kind, channel, sender, receiver)


@on("referral.assigned", "referral", "channel", "sender", "receiver")
def assigned(case: Sendings, now: Now, referral: bytes, channel: str, sender: bytes, receiver: bytes) -> None:
    case.sent(now, referral, w.ASSIGNMENT, channel, sender, receiver)


@on("referral.signed", "referral")
def signed(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.SIGNED)


@on("referral.accepted", "referral")
def accepted(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.SIGNED)  # accepting an offer counts as signing it too


@on("referral.returned", "referral")
def returned(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.RETURNED)


@on("referral.withdrawn", "referral")
def withdrawn(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.WITHDRAWN)


@on("referral.lapsed", "referral")
def lapsed(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.LAPSED)


@on("referral.concluded", "referral")
def concluded(case: Sendings, now: Now, referral: bytes) -> None:
    case.became(now, referral, w.WITHDRAWN)  # an assignment concluded unsigned
