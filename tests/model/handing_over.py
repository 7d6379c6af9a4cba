"""The model's commands that hand a dispute over: from the register to the acceptance."""

from tests.model.agencies import Refused
from tests.model.succession import comes_back, conclude
from tests.model.things import Dispute, Referral
from tests.model.world import World


class HandingOver(World):
    def register(self, dispute: str) -> None:
        self.agencies.active(self.by)
        self.d = self.disputes[dispute] = Dispute(self.by, had_a_role={self.by})
        self.tell("dispute.registered")

    def refer(self, new: str, kind: str, receiver: str, channel: str = "", in_place_of: str | None = None) -> None:
        self.is_open()
        if kind == "assignment":
            raise Refused("referral.kind")
        self.is_custodian()
        self.may_receive(receiver, itself=True)
        replaced = self.d.referrals[in_place_of] if in_place_of else None
        if replaced:
            if replaced.sender != self.d.custodian:
                raise Refused("referral.not_sender")
            if replaced.kind == "assignment":
                raise Refused("referral.binding")
            if replaced.state in ("signed", "accepted", "concluded"):
                raise Refused(f"referral.{replaced.state}")
        offer = Referral(new, kind, channel, self.d.custodian, receiver)
        if offer.moving:
            self.no_hand_over(other_than=replaced if replaced and replaced.state == "offered" else None)
            self.no_onward()
            if receiver in self.d.returned_by:
                raise Refused("referral.returned_before")
            if len(self.d.returned_by) >= 2:
                raise Refused("referral.needs_assignment")
        if replaced and replaced.state == "offered":
            replaced.state = "withdrawn"
            self.tell("referral.withdrawn", referral=replaced.id, cause="redirected")
        if offer.moving:
            self.drop_contests("dropped")
        self.add(offer, "referral.offered")

    def drop_contests(self, why: str) -> None:
        for one in self.d.contests():
            one.contested = False
            self.tell("referral.settled", referral=one.id, outcome=why)

    def add(self, r: Referral, type: str) -> None:
        self.d.referrals[r.id] = r
        r.sign_due, r.accept_due = self.on(r, "sign"), self.on(r, "accept")
        self.d.had_a_role |= {r.sender, r.receiver}
        self.tell(type, referral=r.id, kind=r.kind, sender=r.sender, receiver=r.receiver)

    def assign(self, new: str, receiver: str, channel: str = "") -> None:
        self.is_open()
        if self.by not in self.agencies.above(self.d.custodian):
            raise Refused("assignment.not_superior")
        self.may_receive(receiver, itself=False)
        if receiver == self.d.custodian:
            raise Refused("assignment.already_custodian")
        if self.by not in self.agencies.above(receiver):
            raise Refused("assignment.not_superior")
        if receiver == self.by:
            raise Refused("referral.to_self")
        for one in self.d.referrals.values():
            if one.moving and one.state in ("offered", "signed"):
                one.state, one.proposal = "withdrawn", None
                self.tell("referral.withdrawn", referral=one.id, cause="superseded")
        for one in self.d.referrals.values():
            if one.proposal == "return":
                one.proposal = None
                self.tell("referral.declined", referral=one.id)
        self.drop_contests("overruled")
        running = self.d.delegation()
        if running:
            conclude(self, running, "superseded")
        self.move(receiver)
        self.add(Referral(new, "assignment", channel, self.by, receiver), "referral.assigned")
        comes_back(self)

    def deliver(self, r: Referral) -> None:
        if r.kind in ("assistance", "notice") or r.state != "offered" or r.delivered:
            return
        r.delivered = True
        self.tell("referral.delivered", referral=r.id)

    def sign(self, r: Referral) -> None:
        self.is_receiver(r)
        if r.state in ("signed", "accepted", "concluded"):
            return
        self.not_ended(r)
        r.state = "accepted" if r.kind == "assignment" else "signed"
        if r.kind == "assignment":
            r.feedback_due = self.on(r, "feedback")
        self.tell("referral.signed", referral=r.id)

    def accept(self, r: Referral) -> None:
        self.is_receiver(r)
        if r.kind in ("notice", "assignment"):
            raise Refused("referral.kind")
        if r.state == "accepted":
            return
        self.not_ended(r)
        if self.agencies[self.by].state == "closing":
            raise Refused("agency.closing")
        r.state, r.proposal, r.feedback_due = "accepted", None, self.on(r, "feedback")
        if r.moving:
            self.move(r.receiver)
        self.tell("referral.accepted", referral=r.id)
        if r.moving:
            comes_back(self)
