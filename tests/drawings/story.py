"""Short histories for the drawings: events as (type, fields), in order."""

from collections.abc import Mapping
from typing import Any

from hub.words import DAY, HOUR

START = 1_791_417_600_000_000  # 2026-10-08 00:00 UTC, a Thursday, 08:00 local
Event = tuple[str, Mapping[str, Any]]
COMMITTEE, STATION, CENTRE, DEPARTMENT, COURT, CITY = (bytes([n]) * 16 for n in range(1, 7))
NAMES = {
    COMMITTEE: "东兴社区调委会", STATION: "鹿城派出所", CENTRE: "市化解中心", DEPARTMENT: "市住房和城乡建设局调委会",
    COURT: "市人民法院", CITY: "市调委会",
}  # fmt: skip


def name(agency: bytes) -> str:
    """A short name."""
    return NAMES.get(agency, agency.hex()[:6])


class Story:
    """Writes events; ``custodian`` is who holds it now, time is given in hours since the start."""

    def __init__(self, custodian: bytes) -> None:
        self.events: list[Event] = []
        self.custodian = custodian
        self.at(0, "dispute.registered", number="532301-2026-00001")

    def at(
        self, hours: float, name: str, moves_to: bytes | None = None, agency: bytes | None = None, **own: Any
    ) -> "Story":
        """One event; custody goes to ``moves_to`` with it."""
        self.custodian = moves_to or self.custodian
        head = {
            "recorded_at": START + int(hours * HOUR),
            "custodian": self.custodian,
            "agency": agency or self.custodian,
        }
        self.events.append((name, head | own))
        return self

    def offer(
        self, hours: float, ident: bytes, receiver: bytes, kind: str = "transfer", channel: str = "police"
    ) -> "Story":
        """A referral by the custodian."""
        return self.at(
            hours, "referral.offered", referral=ident, kind=kind, channel=channel, sender=self.custodian,
            receiver=receiver, sign_due_at=START + int((hours + 24) * HOUR),
        )  # fmt: skip


def worked_example() -> Story:
    """The worked example of the custody rules, §8, in the order of its table."""
    one, two, three, four = b"1", b"2", b"3", b"4"
    due = {"sign_due_at": START + 5 * DAY}
    story = Story(COMMITTEE).offer(20, one, STATION)
    story.at(30, "referral.signed", referral=one, feedback_due_at=None)
    story.at(50, "referral.returned", referral=one, reason_code="not_competent", reason="", suggested=DEPARTMENT)
    story.at(60, "referral.contested", referral=one, grounds="", settler=CENTRE)
    story.at(100, "referral.settled", referral=one, outcome="overruled", reason="")
    story.at(100, "referral.assigned", DEPARTMENT, CENTRE, referral=two, channel="mediation", sender=CENTRE,
             receiver=DEPARTMENT, reason="", **due)  # fmt: skip
    story.at(120, "referral.signed", referral=two, feedback_due_at=START + 20 * DAY)
    story.offer(140, three, COURT, channel="court")
    story.at(150, "referral.accepted", COURT, referral=three, handler="", feedback_due_at=START + 22 * DAY)
    story.offer(160, four, CITY, kind="delegation", channel="court")
    story.at(180, "referral.accepted", CITY, referral=four, handler="", feedback_due_at=START + 24 * DAY)
    story.at(200, "attempt.held", counted=True, why_not="", at=START, place="", mediator="")
    story.at(230, "agreement.reached", form="written", amount=None, due_on=None)
    story.at(400, "referral.concluded", COURT, CITY, referral=four, cause="feedback", content="")
    story.at(500, "agreement.performed", note="")
    story.at(510, "dispute.closed", outcome="performed", summary="", rights_notice=True)
    return story
