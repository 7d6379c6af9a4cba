"""The flows view 流向: one row per referral, between the agencies it was sent by and to, and how it fared.

Sender and receiver are those of the sending: what an agency did stays its own when another takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub import words as w

from ..sheet import By, Case, Changes, Now, Row, Sheet, View, id_, number, words

OFFSET: Final = 8 * w.HOUR  # Asia/Shanghai, no summer time since 1991
CUSTODIAL: Final = w.MOVING | {w.ASSIGNMENT}  # kinds by which a dispute goes to somebody else


@dataclass(slots=True, eq=False)
class Flow(Row):
    """One referral. ``day``: of sending, days since 1970-01-01, Asia/Shanghai. ``took``: microseconds from sending to
    signature, None without one. ``returned``: at any time, by the receiver. ``redirected`` 改派: withdrawn in favour of
    another receiver. ``back``: a moving one to an agency that had sent the dispute to this sender before (A→B→A).
    """

    dispute: bytes
    referral: bytes
    day: int
    kind: str
    channel: str
    sender: bytes
    receiver: bytes
    sent_at: int
    took: int | None
    returned: int
    redirected: int
    lapsed: int
    back: int


FLOWS = Sheet(
    "", Flow,
    lambda: [
        id_("dispute", key=True), id_("referral", key=True), number("day"), words("kind"), words("channel"),
        id_("sender"), id_("receiver"), number("sent_at"), number("took", null=True), number("returned"),
        number("redirected"), number("lapsed"), number("back"),
    ],
    within="dispute",
    # Both hold whatever is summed up: one agency's flows are one stretch, a city's one walk, neither touches a row.
    by=[
        By("sender", "day", "receiver", "kind", "channel", "took", "returned", "redirected", "lapsed", "back"),
        By("receiver", "day", "sender", "kind", "channel", "took", "returned"),
    ],
    fixed=("day", "kind", "channel", "sender", "receiver", "sent_at", "back"),
)  # fmt: skip


class Going(Case):
    """The referrals of one dispute."""

    __slots__ = ("flows", "over")

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.flows: dict[bytes, Flow] = {}
        self.over = False

    def adopt(self, row: Flow) -> None:
        self.flows[row.referral] = row

    def done(self) -> bool:
        return self.over

    def sent(self, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes) -> None:
        """A referral is sent."""
        back = kind in w.MOVING and any(
            f.kind in CUSTODIAL and f.sender == receiver and f.receiver == sender for f in self.flows.values()
        )
        row = Flow(
            now.stream, referral, (now.at + OFFSET) // w.DAY, kind, channel, sender, receiver, now.at, None, 0, 0, 0,
            int(back),
        )  # fmt: skip
        self.flows[referral] = row
        self.keep(row)

    def picked_up(self, now: Now, referral: bytes) -> None:
        """It was signed, or accepted at once."""
        row = self.flows[referral]
        if row.took is None:
            row.took = now.at - row.sent_at
            self.keep(row)


VIEW = View("flows", 1, Going, (FLOWS,))
on = VIEW.on


@on("referral.offered", "referral", "kind", "channel", "sender", "receiver")
def offered(case: Going, now: Now, referral: bytes, kind: str, channel: str, sender: bytes, receiver: bytes) -> None:
    case.sent(now, referral, kind, channel, sender, receiver)


@on("referral.assigned", "referral", "channel", "sender", "receiver")
def assigned(case: Going, now: Now, referral: bytes, channel: str, sender: bytes, receiver: bytes) -> None:
    case.sent(now, referral, w.ASSIGNMENT, channel, sender, receiver)


@on("referral.signed", "referral")
def signed(case: Going, now: Now, referral: bytes) -> None:
    case.picked_up(now, referral)


@on("referral.accepted", "referral")
def accepted(case: Going, now: Now, referral: bytes) -> None:
    case.picked_up(now, referral)


@on("referral.returned", "referral")
def returned(case: Going, now: Now, referral: bytes) -> None:
    row = case.flows[referral]
    row.returned = 1
    case.keep(row)


@on("referral.withdrawn", "referral", "cause")
def withdrawn(case: Going, now: Now, referral: bytes, cause: str) -> None:
    if cause == "redirected":
        row = case.flows[referral]
        row.redirected = 1
        case.keep(row)


@on("referral.lapsed", "referral")
def lapsed(case: Going, now: Now, referral: bytes) -> None:
    row = case.flows[referral]
    row.lapsed = 1
    case.keep(row)


@on("dispute.closed")
def closed(case: Going, now: Now) -> None:
    case.over = True


@on("dispute.voided")
def voided(case: Going, now: Now) -> None:
    case.over = True


@on("dispute.reopened")
def reopened(case: Going, now: Now) -> None:
    case.over = False
