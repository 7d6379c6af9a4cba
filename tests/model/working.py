"""The model's commands about the work itself, its oversight, its end, and the hub's own clockwork."""

from tests.model.agencies import Refused
from tests.model.succession import succeed
from tests.model.things import Key, Owed, Referral
from tests.model.world import HUB, World


class Working(World):
    # --- the custodian's work ---

    def acts_as_custodian(self) -> None:
        self.is_open()
        self.is_custodian()

    def attempt(self) -> None:
        self.acts_as_custodian()
        self.tell("attempt.held")

    def agreement(self, to: str, due: int = 0) -> None:
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
        self.starts(Key("perform"))
        self.d.perform_due = due  # from the date agreed on, not from today
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
            if (one, self.by) not in self.d.reports:
                self.d.reports[one, self.by] = self.starts(Key("acknowledge", None, one, self.by))
            self.d.had_a_role.add(one)
        self.tell("dispute.reported", recipients=tuple(dict.fromkeys(recipients)))

    def acknowledge(self) -> None:
        owed = [pair for pair in self.d.reports if pair[0] == self.by]
        if not owed:
            raise Refused("report.none")
        for pair in owed:
            del self.d.reports[pair]
        self.tell("report.acknowledged")

    # --- oversight ---

    def supervise(self, agency: str) -> None:
        self.is_open()
        if self.by not in self.agencies.above(agency):
            raise Refused("assignment.not_superior")
        if not any(one.debtor == agency for one in self.d.owed()):
            raise Refused("supervision.owes_nothing")
        if agency in self.d.supervised:
            return
        self.d.supervised[agency] = (self.by, self.starts(Key("answer", None, agency)))
        self.d.had_a_role |= {agency, self.by}
        self.tell("supervision.issued", supervised=agency, supervisor=self.by)

    def answer(self) -> None:
        if self.by not in self.d.supervised:
            raise Refused("supervision.none")
        del self.d.supervised[self.by]
        self.tell("supervision.answered")

    def urge(self, r: Referral | None = None, *, name: str, debtor: str) -> None:
        for owed in self.running(name, r, debtor):
            if self.by in (HUB, owed.creditor, *self.agencies.above(owed.debtor)):
                self.tell("obligation.urged", obligation=name, debtor=debtor)
                return
        raise Refused("obligation.none")

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
                self.tell("referral.concluded", referral=one.id, cause="closed")
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
        self.progress()
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

    def running(self, name: str, r: Referral | None, debtor: str) -> list[Owed]:
        """Usually one; more where an agency owes two reporters its acknowledgement. The earliest first."""
        about = r.id if r else None
        found = [one for one in self.d.owed() if (one.name, one.debtor, one.referral) == (name, debtor, about)]
        return sorted(found, key=lambda one: one.due)

    def breach(self, r: Referral | None = None, *, name: str, debtor: str) -> None:
        for owed in self.running(name, r, debtor):
            if name != "accept" and owed.key not in self.d.breached:  # that one lapses
                if self.now < owed.due:
                    raise Refused("obligation.not_due")
                self.d.breached.add(owed.key)
                self.tell("obligation.breached", obligation=name, debtor=debtor, due_at=owed.due)
                return

    def warn(self, r: Referral | None = None, *, name: str, debtor: str) -> None:
        for owed in self.running(name, r, debtor):
            if owed.key not in self.d.warned:
                if self.now < owed.due - self.warnings[name]:
                    raise Refused("obligation.not_due")
                self.d.warned.add(owed.key)
                self.tell("obligation.warned", obligation=name, debtor=debtor, due_at=owed.due)
                return

    def succeed(self, agency: str) -> None:
        succeed(self, agency)

    def recompute(self, r: Referral | None = None, *, name: str, debtor: str, due: int) -> None:
        for owed in self.running(name, r, debtor):
            if owed.due == due:
                return
            self.starts(owed.key)
            self.set_due(owed, due)
            self.tell("obligation.recomputed", obligation=name, debtor=debtor, old_due_at=owed.due, due_at=due)
            return

    def set_due(self, owed: Owed, due: int) -> None:
        if owed.referral is not None:
            setattr(self.d.referrals[owed.referral], f"{owed.name}_due", due)
        elif owed.name == "answer":
            self.d.supervised[owed.debtor] = (self.d.supervised[owed.debtor][0], due)
        elif owed.name == "acknowledge":
            assert owed.creditor is not None
            self.d.reports[owed.debtor, owed.creditor] = due
        else:
            setattr(self.d, f"{owed.name}_due", due)
