"""The statistics view 统计: what is counted of each dispute, folded from its own events.

Which organ a dispute is credited to (by final organ, 按终局单位): the one that held the last counted attempt or reached
the agreement; the one that accepted an escalation 上转 since; before any counted attempt, the custodian. So a transfer
to a court or to the police after failed mediation leaves the failure with the committee that mediated. Hub default; the
seed counts a dispute that climbs four levels once, for the organ where it ends.

A dispute entered by mistake (void) is not counted. A day is that of the recording (hub default): a month that is
reported gains no dispute later.
"""

from __future__ import annotations

from typing import Final

from hub import words as w

from ..sheet import Case, Changes, Now, View
from .tables import COUNTED, HERE, ORGANS, PASSED, UP, Counted, Organ

OFFSET: Final = 8 * w.HOUR  # Asia/Shanghai, no summer time since 1991
DEATH: Final = "death"  # the trigger 涉及人员死亡
CONFIRMATION: Final = "confirmation"  # the procedure 司法确认
CONFIRMED: Final = "confirmed"
PETITION: Final = "petition"  # the channel
WRITTEN: Final = "written"
BETWEEN: Final = "、"  # duty roles of one organ
VALID: Final = frozenset({"satisfied", "mostly_satisfied", "dissatisfied"})  # of schemas/codes/satisfaction
SATISFIED: Final = frozenset({"satisfied", "mostly_satisfied"})


class Counting(Case):
    """One dispute and the organs that had it in hand."""

    __slots__ = ("credited", "organs", "row")
    row: Counted
    credited: bytes  # as it stands in the database, as far as it is known here

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.organs: dict[bytes, Organ] = {}

    def adopt(self, row: Counted | Organ) -> None:
        if isinstance(row, Organ):
            self.organs[row.organ] = row
        else:
            self.row, self.credited = row, row.organ

    def done(self) -> bool:
        return self.row.status != w.OPEN

    def hold(self, now: Now, agency: bytes) -> Organ:
        """An agency has the dispute in hand; the first time is the one that counts."""
        organ = self.organs.get(agency)
        if organ is None:
            organ = self.organs[agency] = Organ(self.row.born, agency, self.stream, day_of(now.at), 0, "", PASSED)
            self.keep(organ)
        return organ

    def credit(self, now: Now, agency: bytes, *, upward: bool = False) -> None:
        """The dispute is credited to this agency; the one before it handed it up, or merely passed it on."""
        organ = self.hold(now, agency)
        before = self.organs[self.row.organ]
        if before is not organ:
            before.stand = UP if upward or before.attempts else PASSED
            self.keep(before)
            self.row.organ = agency
        if organ.stand != HERE:
            organ.stand = HERE
            self.keep(organ)

    def moved(self, now: Now, referral: bytes | None) -> None:
        """Custody may have gone to another agency."""
        row = self.row
        if now.custodian == row.holder:
            return
        row.holder = now.custodian
        self.hold(now, now.custodian)
        if referral is not None and referral == row.rising:
            row.escalated = 1
            self.credit(now, now.custodian, upward=True)
        elif not self.organs[row.organ].attempts:
            self.credit(now, now.custodian)


def day_of(at: int) -> int:
    """The local day of an instant, counted from 1970-01-01."""
    return (at + OFFSET) // w.DAY


ENDS: Final = ("dispute.closed", "dispute.voided")
VIEW = View("statistics", 2, Counting, (COUNTED, ORGANS), extra=("duty",), keep=20_000, ends=ENDS)
on = VIEW.on


@on("dispute.registered", "number", "category", "place", "source", "parties")
def registered(
    case: Counting, now: Now, number: str, category: str, place: str, source: str, parties: tuple[object, ...]
) -> None:
    me, nothing = now.custodian, (0,) * 25
    case.row = Counted(
        now.position, now.stream, number, day_of(now.at), category, place, source, len(parties), me, me, me, None,
        w.OPEN, "", None, 0, 0, "", "", None, None, "", 0, "", "", 0, 0, None, *nothing,
    )  # fmt: skip
    case.hold(now, me).stand = HERE
    case.credited = b""  # not in the database


@on("referral.offered", "referral", "kind", "channel")
def offered(case: Counting, now: Now, referral: bytes, kind: str, channel: str) -> None:
    row = case.row
    row.referrals += 1
    if kind == w.ESCALATION:
        row.rising = referral
    if channel == PETITION and row.reopened:
        row.petitions += 1


@on("referral.assigned", "referral")
def assigned(case: Counting, now: Now, referral: bytes) -> None:
    case.moved(now, referral)


@on("referral.accepted", "referral")
def accepted(case: Counting, now: Now, referral: bytes) -> None:
    case.moved(now, referral)


@on("referral.returned", "referral")
def returned(case: Counting, now: Now, referral: bytes) -> None:
    row = case.row
    row.returns += 1
    if referral == row.rising:
        row.rising = None
        row.escalated = 0
    case.moved(now, None)


@on("referral.concluded", "referral")
def concluded(case: Counting, now: Now, referral: bytes) -> None:
    case.moved(now, None)


@on("attempt.held", "counted")
def attempt(case: Counting, now: Now, counted: bool) -> None:
    if counted:
        case.row.attempts += 1
        organ = case.hold(now, now.custodian)
        organ.attempts += 1
        (duty,) = now.extra
        if duty and duty not in organ.duties.split(BETWEEN):
            organ.duties = BETWEEN.join((*filter(None, (organ.duties,)), duty))
        case.keep(organ)
        case.credit(now, now.custodian)


@on("agreement.reached", "form", "amount", "perform_due_at")
def reached(case: Counting, now: Now, form: str, amount: int | None, due: int) -> None:
    row = case.row
    row.agreements += 1
    row.standing = 1
    row.agreement, row.form, row.amount, row.due_at = w.REACHED, form, amount, due
    case.credit(now, now.custodian)


@on("agreement.performed")
def performed(case: Counting, now: Now) -> None:
    case.row.agreement = w.PERFORMED


@on("agreement.broken")
def broken(case: Counting, now: Now) -> None:
    case.row.agreement = w.BROKEN
    case.row.breaks += 1
    case.row.standing = 0


@on("procedure.stepped", "machine", "step")
def stepped(case: Counting, now: Now, machine: str, step: str) -> None:
    if machine == CONFIRMATION:
        case.row.confirmation = step


@on("followup.visited", "satisfaction")
def visited(case: Counting, now: Now, satisfaction: str) -> None:
    case.row.visits += 1
    if satisfaction in VALID:
        case.row.rating = satisfaction


@on("relapse.suspected")
def suspected(case: Counting, now: Now) -> None:
    case.row.suspects += 1


@on("relapse.decided", "earlier", "same")
def decided(case: Counting, now: Now, earlier: bytes, same: bool) -> None:
    """The latest decision about each earlier dispute counts."""
    found = [other for other in case.row.again.split() if other != earlier.hex()]
    case.row.again = " ".join((*found, earlier.hex())) if same else " ".join(found)


@on("dispute.particulars", "people", "deaths", "claimed", "triggers")
def particulars(
    case: Counting, now: Now, people: int, deaths: int, claimed: int | None, triggers: tuple[str, ...]
) -> None:
    row = case.row
    row.people, row.deaths, row.claimed = people, deaths, claimed
    row.death = int(deaths > 0 or DEATH in triggers)


@on("obligation.breached")
def breached(case: Counting, now: Now) -> None:
    case.row.breaches += 1


@on("obligation.recomputed", "obligation", "due_at")
def recomputed(case: Counting, now: Now, obligation: str, due: int) -> None:
    if obligation == w.PERFORM:
        case.row.due_at = due


on("obligation.extended", "obligation", "due_at")(recomputed)


@on("dispute.closed", "outcome")
def closed(case: Counting, now: Now, outcome: str) -> None:
    row = case.row
    row.status, row.outcome, row.days = w.CLOSED, outcome, day_of(now.at) - row.day


@on("dispute.reopened")
def reopened(case: Counting, now: Now) -> None:
    row = case.row
    row.status, row.outcome, row.days, row.standing = w.OPEN, "", None, 0
    row.reopened += 1


@on("dispute.voided")
def voided(case: Counting, now: Now) -> None:
    case.row.status = w.VOID


@on("custody.succeeded")
def succeeded(case: Counting, now: Now) -> None:
    case.moved(now, None)


def after(case: Counting, now: Now) -> None:
    """What is counted follows from what stands."""
    row = case.row
    derive(row)
    if row.organ != case.credited:
        case.credited = row.organ
        case.keep(row)
    else:
        case.touch(row)


def derive(row: Counted) -> None:
    """Every 0 or 1 of a row. A part is never more than its whole: successes are among what was mediated, performed,
    written, confirmed, visited and broken agreements among the successes.
    """
    success = bool(row.attempts and row.agreements)
    row.mediated = int(row.attempts > 0)
    row.success = int(success)
    row.unattempted = int(bool(row.agreements) and not success)
    row.closed = int(row.status == w.CLOSED)
    row.pending = int(row.status == w.OPEN and not row.standing)
    row.written = int(success and row.form == WRITTEN)
    row.performed = int(success and row.agreement == w.PERFORMED)
    row.broken = int(success and row.breaks > 0)
    row.confirmed = int(success and row.confirmation == CONFIRMED)
    row.visited = int(success and row.visits > 0)
    row.rated = int(bool(row.rating))
    row.satisfied = int(row.rating in SATISFIED)
    row.overdue = int(row.breaches > 0)
    row.suspected = int(row.suspects > 0)
    row.relapsed = int(bool(row.again))


VIEW.after = after
