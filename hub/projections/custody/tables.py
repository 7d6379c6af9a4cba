"""The tables of the custody view: disputes, segments of custody, legs of referrals, debts of oversight.

No index leads from an agency to its disputes or legs: the roles view does that, and an index here would cost every
batch a page per dispute that changes hands.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.aggregates.dispute.events import CLASSES

from ..sheet import By, Row, Sheet, id_, number, words


@dataclass(slots=True, eq=False)
class Dispute(Row):
    """One dispute 矛盾纠纷 and its head. ``born`` is the position of its registration."""

    born: int
    dispute: bytes
    number: str
    category: str
    place: str
    source: str
    registered_at: int
    status: str
    outcome: str
    ended_at: int | None
    custodian: bytes
    since_at: int
    since_position: int
    since_topic: str
    since_referral: bytes | None
    segment: int
    legs: int
    channel: str
    handover: bytes | None
    agreement: str
    perform_due_at: int | None
    grade: int | None
    grade_raw: str
    attempts: int
    version: int
    position: int
    last_at: int
    last_topic: str
    last_agency: bytes


@dataclass(slots=True, eq=False)
class Segment(Row):
    """One stretch of custody that is over: by which event it came, until when. The present one is in the head."""

    dispute: bytes
    n: int
    custodian: bytes
    from_at: int
    from_position: int
    from_topic: str
    from_referral: bytes | None
    to_at: int
    to_position: int


@dataclass(slots=True, eq=False)
class Leg(Row):
    """One referral 移送. ``role`` is 1 while its two ends have a role through it (or its contest runs)."""

    offered_position: int
    dispute: bytes
    n: int
    referral: bytes
    kind: str
    channel: str
    sender: bytes
    receiver: bytes
    in_place_of: bytes | None
    state: str
    role: int
    proposal: str
    contested: int
    settler: bytes | None
    result: str
    reason: str
    offered_at: int
    delivered_at: int | None
    signed_at: int | None
    accepted_at: int | None
    ended_at: int | None
    ended_position: int | None
    sign_due_at: int | None
    accept_due_at: int | None
    feedback_due_at: int | None
    feedbacks: int


@dataclass(slots=True, eq=False)
class Debt(Row):
    """A supervision to answer (``name`` answer) or a report to acknowledge; ``done_at`` is empty while it runs."""

    dispute: bytes
    position: int
    n: int
    name: str
    debtor: bytes
    creditor: bytes
    issued_at: int
    due_at: int
    done_at: int | None


ON_LEGS = {topic for topic in CLASSES if topic.startswith("referral.")} | {
    "feedback.given", "obligation.recomputed", "obligation.extended", "custody.succeeded",
}  # fmt: skip
ON_DEBTS = {
    "dispute.reported", "report.acknowledged", "supervision.issued", "supervision.answered", "obligation.recomputed",
    "obligation.extended", "custody.succeeded",
}  # fmt: skip
DISPUTES = Sheet(
    "", Dispute,
    lambda: [
        number("born", key=True), id_("dispute"), words("number"), words("category"), words("place"), words("source"),
        number("registered_at"), words("status"), words("outcome"), number("ended_at", null=True), id_("custodian"),
        number("since_at"), number("since_position"), words("since_topic"),
        id_("since_referral", null=True), number("segment"), number("legs"), words("channel"),
        id_("handover", null=True), words("agreement"), number("perform_due_at", null=True), number("grade", null=True),
        words("grade_raw"), number("attempts"), number("version"),
        number("position"), number("last_at"), words("last_topic"), id_("last_agency"),
    ],
    within="dispute", by=[By("number", unique=True)],
    fixed=("dispute", "number", "category", "place", "source", "registered_at"),
    hot=(
        "status", "outcome", "ended_at", "legs", "channel", "handover", "agreement", "perform_due_at", "grade",
        "grade_raw", "attempts", "version", "position", "last_at", "last_topic", "last_agency",
    ),
)  # fmt: skip
SEGMENTS = Sheet(
    "segments", Segment,
    lambda: [
        id_("dispute", key=True), number("n", key=True), id_("custodian"), number("from_at"), number("from_position"),
        words("from_topic"), id_("from_referral", null=True), number("to_at"), number("to_position"),
    ],
    within="dispute", loads=False,
)  # fmt: skip
LEGS = Sheet(
    "legs", Leg,
    lambda: [
        number("offered_position", key=True), id_("dispute"), number("n"), id_("referral"), words("kind"),
        words("channel"), id_("sender"), id_("receiver"), id_("in_place_of", null=True), words("state"), number("role"),
        words("proposal"), number("contested"), id_("settler", null=True), words("result"), words("reason"),
        number("offered_at"), number("delivered_at", null=True),
        number("signed_at", null=True), number("accepted_at", null=True), number("ended_at", null=True),
        number("ended_position", null=True), number("sign_due_at", null=True), number("accept_due_at", null=True),
        number("feedback_due_at", null=True), number("feedbacks"),
    ],
    within="dispute",
    by=[By("settler", where="contested = 1")],
    needed=ON_LEGS,
    hot=(
        "state", "role", "proposal", "result", "reason", "delivered_at", "signed_at", "accepted_at", "ended_at",
        "ended_position", "feedback_due_at", "feedbacks",
    ),
)  # fmt: skip
DEBTS = Sheet(
    "debts", Debt,
    lambda: [
        id_("dispute", key=True), number("position", key=True), number("n", key=True), words("name"), id_("debtor"),
        id_("creditor"), number("issued_at"), number("due_at"), number("done_at", null=True),
    ],
    within="dispute",
    by=[By("debtor", where="done_at is null"), By("creditor", where="done_at is null")],
    needed=ON_DEBTS,
)  # fmt: skip
