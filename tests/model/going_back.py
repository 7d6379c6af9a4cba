"""The model's commands by which a hand-over ends, or custody comes back."""

from tests.model.agencies import Refused
from tests.model.succession import comes_back, conclude
from tests.model.things import Referral
from tests.model.world import World


class GoingBack(World):
    def return_(self, r: Referral) -> None:
        self.is_receiver(r)
        self.not_ended(r)
        if r.kind == "assignment":
            raise Refused("referral.binding")
        if r.kind == "notice" and r.state == "signed":
            raise Refused("referral.signed")
        if r.state == "accepted":
            if r.kind in ("delegation", "assistance"):
                raise Refused("referral.conclude_instead")
            self.is_custodian()
            self.is_open()
            if r.proposal == "return":
                return
            self.no_onward()
            self.no_hand_over()
            self.propose(r, "return")
        elif r.moving and r.channel in self.by_consent:
            if r.state != "signed":
                raise Refused("referral.not_signed")
            if r.proposal == "return":
                return
            if r.proposal == "withdrawal":
                raise Refused("referral.withdrawal_proposed")
            self.propose(r, "return")
        else:
            self.returned(r)

    def propose(self, r: Referral, what: str) -> None:
        r.proposal, r.consent_due = what, self.on(r, "consent")
        self.tell("referral.proposed", referral=r.id, proposal=what)

    def returned(self, r: Referral) -> None:
        was_accepted = r.state == "accepted"
        r.state, r.proposal = "returned", None
        if was_accepted:
            self.move(r.sender)
        elif r.moving:
            self.d.returned_by.add(r.receiver)
        self.tell("referral.returned", referral=r.id)
        if was_accepted:
            comes_back(self)

    def withdraw(self, r: Referral) -> None:
        if self.by == r.receiver and r.proposal == "return":
            r.proposal = None
            self.tell("referral.declined", referral=r.id)
            return
        if self.by != (self.d.custodian if r.kind == "assistance" else r.sender):
            raise Refused("referral.not_sender")
        self.not_ended(r)
        if r.kind == "assignment":
            raise Refused("referral.binding")
        if (r.kind == "notice" and r.state == "signed") or (r.moving and r.state == "accepted"):
            raise Refused(f"referral.{r.state}")
        if r.proposal == "withdrawal":
            return
        if r.proposal == "return":
            raise Refused("referral.return_proposed")
        if r.moving and r.state == "signed":
            self.propose(r, "withdrawal")
        else:
            r.state = "withdrawn"
            self.tell("referral.withdrawn", referral=r.id, cause="sender")

    def answers_proposal(self, r: Referral) -> None:
        if r.proposal is None:
            raise Refused("referral.nothing_proposed")
        if r.proposal == "withdrawal":
            self.is_receiver(r)
        else:
            self.is_sender(r)

    def consent(self, r: Referral) -> None:
        self.answers_proposal(r)
        if r.proposal == "withdrawal":
            r.state, r.proposal = "withdrawn", None
            self.tell("referral.withdrawn", referral=r.id, cause="consented")
        else:
            self.returned(r)

    def decline(self, r: Referral) -> None:
        self.answers_proposal(r)
        r.proposal = None
        self.tell("referral.declined", referral=r.id)

    def contest(self, r: Referral) -> None:
        self.is_open()
        self.is_sender(r)
        if not r.moving:
            raise Refused("referral.kind")
        if r.state != "returned":
            raise Refused("referral.not_returned")
        self.is_custodian()
        if r.contested:
            return
        self.no_hand_over()
        if self.d.contests():
            raise Refused("referral.contested")
        settler = self.agencies.common_superior(r.sender, r.receiver)
        if settler is None:
            raise Refused("referral.no_common_superior")
        self.d.had_a_role.add(settler)
        r.contested, r.settler, r.settle_due = True, settler, self.on(r, "settle")
        self.tell("referral.contested", referral=r.id)

    def settle(self, r: Referral) -> None:
        self.is_open()
        if not r.contested:
            raise Refused("referral.not_contested")
        if self.by != r.settler:
            raise Refused("assignment.not_superior")
        r.contested = False
        self.tell("referral.settled", referral=r.id, outcome="upheld")

    def lapse(self, r: Referral) -> None:
        if r.kind in ("notice", "assignment"):
            raise Refused("referral.kind")
        if r.state not in ("offered", "signed"):
            return
        if self.now < r.accept_due:
            raise Refused("referral.not_due")
        r.state, r.proposal = "lapsed", None
        self.tell("referral.lapsed", referral=r.id)

    def feedback(self, r: Referral, final: bool) -> None:
        self.not_ended(r)
        if r.state != "accepted":
            raise Refused("referral.not_accepted")
        if self.by != (r.receiver if r.kind == "assistance" else self.d.custodian):
            raise Refused("feedback.not_debtor")
        if not final:
            r.feedback_due = self.on(r, "feedback")
            self.tell("feedback.given", referral=r.id)
            return
        if r.kind in ("transfer", "escalation", "assignment"):
            raise Refused("feedback.close_instead")
        if r.kind == "delegation":
            self.no_hand_over()
        conclude(self, r, "feedback")

    def recall(self, r: Referral) -> None:
        if r.kind != "delegation":
            raise Refused("referral.kind")
        self.is_sender(r)
        self.not_ended(r)
        if r.state != "accepted":
            raise Refused("referral.not_accepted")
        if self.now < r.feedback_due:
            raise Refused("referral.not_due")
        conclude(self, r, "recalled")
