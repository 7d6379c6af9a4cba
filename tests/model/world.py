"""What every command of the model shares: the world, how it tells an event, and the common guards."""

from tests.model.agencies import Agencies, Refused
from tests.model.things import Dispute, Event, Key, Referral

HUB = "hub"


class World:
    def __init__(
        self, agencies: Agencies, limits: dict[str, int], warnings: dict[str, int], by_consent: set[str]
    ) -> None:
        self.agencies = agencies
        self.limits = limits
        self.warnings = warnings
        self.by_consent = by_consent
        self.disputes: dict[str, Dispute] = {}
        self.now = 0
        self.by = ""
        self.d: Dispute
        self.events: list[Event]

    def tell(self, type: str, **fields: object) -> None:
        d = self.d
        self.events.append(Event(type, d.custodian, fields))
        d.version += 1
        hand_over = d.hand_over()
        before = d.seen[-1][0] if d.seen else None
        d.seen.append((d.custodian, hand_over.id if hand_over else None))
        if d.custodian == self.by or d.custodian != before:
            self.progress()

    def progress(self) -> None:
        self.d.progress_due = self.starts(Key("progress"))

    def starts(self, key: Key) -> int:
        """An obligation starts, or starts anew: neither warned nor breached. When it is due."""
        self.d.breached.discard(key)
        self.d.warned.discard(key)
        return self.now + self.limits[key.name]

    def on(self, r: Referral, name: str) -> int:
        return self.starts(Key(name, r.id))

    def move(self, to: str) -> None:
        """Custody moves; who returned the case before that does not count any more."""
        if to != self.d.custodian:
            self.d.returned_by = set()
        self.d.custodian = to
        self.d.had_a_role.add(to)

    # --- guards that many commands share ---

    def is_open(self) -> None:
        if self.d.state != "open":
            raise Refused(f"dispute.{self.d.state}")

    def is_custodian(self) -> None:
        if self.by != self.d.custodian:
            raise Refused("dispute.not_custodian")

    def is_sender(self, r: Referral) -> None:
        if self.by != r.sender:
            raise Refused("referral.not_sender")

    def is_receiver(self, r: Referral) -> None:
        if self.by != r.receiver:
            raise Refused("referral.not_receiver")

    def not_ended(self, r: Referral) -> None:
        if r.ended:
            raise Refused(f"referral.{r.state}")

    def no_hand_over(self, other_than: Referral | None = None) -> None:
        if self.d.hand_over() not in (None, other_than):
            raise Refused("dispute.handover_open")

    def no_onward(self) -> None:
        if self.d.delegation():
            raise Refused("delegation.no_onward")

    def may_receive(self, receiver: str, itself: bool) -> None:
        agency = self.agencies.known(receiver)
        if itself and receiver == self.d.custodian:
            raise Refused("referral.to_self")
        if agency.state != "active":
            raise Refused(f"agency.{agency.state}")
        if not agency.intake:
            raise Refused("agency.intake_closed")
