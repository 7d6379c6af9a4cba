"""The model's commands about the work itself, its oversight, its end, and the hub's own clockwork."""

from tests.model.agencies import Refused
from tests.model.succession import succeed
from tests.model.things import Owed
from tests.model.world import HUB, World


class Working(World):
    # --- the custodian's work ---

    def acts_as_custodian(self) -> None:
        self.is_open()
        self.is_custodian()

    def attempt(self) -> None:
        self.acts_as_custodian()
        self.tell("attempt.held")

    def agreement(self, to: str, due: int | None = None) -> None:
        self.acts_as_custodian()
        had = self.d.agreement
        if had == to:
            return
        if to == "reached" and had not in ("none", "broken"):
            raise Refused("agreement.stands")
        if to == "performed" and had != "reached":
            raise Refused("agreement.none")
        if to == "broken" and had not in ("reached", "performed"):
            raise Refused("agreement.none")
        self.d.agreement = to
        self.d.perform_due = due
        self.tell(f"agreement.{to}")

    def grade(self) -> None:
        self.is_open()
        if self.by != self.d.custodian and self.by not in self.agencies.above(self.d.custodian):
            raise Refused("dispute.not_custodian")
        self.tell("dispute.graded")

    def report(self, recipients: list[str]) -> None:
        self.acts_as_custodian()
        for one in recipients:
            self.agencies.active(one)
            if one == self.d.custodian:
                raise Refused("referral.to_self")
        for one in recipients:
            self.d.reports[one] = (self.by, self.due("acknowledge"))
            self.d.had_a_role.add(one)
        self.tell("dispute.reported", recipients=tuple(recipients))

    def acknowledge(self) -> None:
        if self.by not in self.d.reports:
            raise Refused("report.none")
        del self.d.reports[self.by]
        self.tell("report.acknowledged")

    # --- oversight ---

    def supervise(self, agency: str) -> None:
        self.is_open()
        above = self.agencies.above(agency)
        superior = self.by if self.by != HUB else next(iter(above), None)
        if superior is None or superior not in above:
            raise Refused("assignment.not_superior")
        if not any(one.debtor == agency for one in self.d.owed(self.agencies)):
            raise Refused("supervision.owes_nothing")
        if agency in self.d.supervised:
            return
        self.d.supervised[agency] = (superior, self.due("answer"))
        self.d.had_a_role.add(agency)
        self.tell("supervision.issued", agency=agency, superior=superior)

    def answer(self) -> None:
        if self.by not in self.d.supervised:
            raise Refused("supervision.none")
        del self.d.supervised[self.by]
        self.tell("supervision.answered")

    def urge(self, name: str, about: str | None) -> None:
        owed = self.running(name, about)
        if owed is None or self.by not in (HUB, owed.creditor, *self.agencies.above(owed.debtor)):
            raise Refused("obligation.none")
        self.tell("obligation.urged", name=name)

    # --- the end ---

    def close(self, outcome: str) -> None:
        if self.d.state == "void":
            raise Refused("dispute.void")
        self.is_custodian()
        self.is_open()
        if self.d.delegation():
            raise Refused("referral.conclude_instead")
        self.no_hand_over()
        if self.d.contests():
            raise Refused("referral.contested")
        if any(one.kind == "assistance" for one in self.d.alive()):
            raise Refused("dispute.assistance_open")
        if self.d.supervised:
            raise Refused("dispute.supervision_open")
        if outcome == "performed" and self.d.agreement != "performed":
            raise Refused("agreement.not_performed")
        if outcome != "performed" and self.d.agreement in ("reached", "performed"):
            raise Refused("agreement.stands")
        for one in self.d.alive():
            if one.kind != "notice":
                one.state = "concluded"
                self.tell("referral.concluded", referral=one.id, why="closed")
        self.d.state = "closed"
        self.tell("dispute.closed")

    def reopen(self) -> None:
        if self.d.state in ("open", "void"):
            raise Refused(f"dispute.{self.d.state}")
        if self.by != self.d.custodian and self.by not in self.agencies.above(self.d.custodian):
            raise Refused("dispute.not_custodian")
        if self.agencies[self.d.custodian].state == "closing":
            raise Refused("agency.closing")
        self.d.state, self.d.agreement = "open", "none"
        self.d.progress_due = self.due("progress")
        self.tell("dispute.reopened")

    def void(self) -> None:
        self.acts_as_custodian()
        if self.d.alive():
            raise Refused("dispute.referrals_open")
        if self.d.contests():
            raise Refused("referral.contested")
        if self.d.supervised:
            raise Refused("dispute.supervision_open")
        if self.d.agreement in ("reached", "performed"):
            raise Refused("agreement.stands")
        self.d.state = "void"
        self.tell("dispute.voided")

    # --- the hub's clockwork ---

    def running(self, name: str, about: str | None) -> Owed | None:
        found = (one for one in self.d.owed(self.agencies) if (one.name, one.about) == (name, about))
        return next(found, None)

    def breach(self, name: str, about: str | None) -> None:
        owed = self.running(name, about)
        if owed is None or (name, about, owed.due) in self.d.breached:
            return
        if owed.due is None or self.now < owed.due:
            raise Refused("obligation.not_due")
        self.d.breached.add((name, about, owed.due))
        self.tell("obligation.breached", name=name, debtor=owed.debtor)

    def warn(self, name: str, about: str | None) -> None:
        owed = self.running(name, about)
        if owed is None or (name, about, owed.due) in self.d.warned:
            return
        if owed.due is None or self.now < owed.due - self.warnings[name]:
            raise Refused("obligation.not_due")
        self.d.warned.add((name, about, owed.due))
        self.tell("obligation.warned", name=name)

    def succeed(self, agency: str) -> None:
        succeed(self, agency)
