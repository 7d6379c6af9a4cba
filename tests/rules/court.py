"""A court that delegates a case to a committee before filing it."""

from __future__ import annotations

from typing import Any

from hub.words import agency_id, text
from tests.web.hubs import Trial, command


class Court:
    """``dispute`` is the court's, offered to the committee, which may ``sign`` and ``accept``."""

    court = "532301.court"
    committee = "532301101.committee"

    def __init__(self, trial: Trial) -> None:
        operator = trial.peer("keeper", role="operator")
        for code, kind, level, region in (
            (self.court, "court", "city", "532301"), (self.committee, "committee", "township", "532301101"),
        ):  # fmt: skip
            body = {"code": code, "name": code, "kind": kind, "level": level, "region": region, "superior": None}
            answer = operator.post(command("register_agency", "hub", **body))
            assert answer.status_code == 201, answer.json()
        self.peer = trial.peer("both", self.court, self.committee)
        self.dispute = self.post("register", self.court, category="03", place="532301101201", source="court")["dispute"]
        self.post("inform", self.court, dispute=self.dispute, subject="mediation", answer="all", note="同意调解")
        offer = {
            "kind": "delegation",
            "channel": "court",
            "receiver": text(agency_id(self.committee)),
            "reason": "委派",
        }
        self.referral = self.post("refer", self.court, dispute=self.dispute, **offer)["referral"]

    def sign(self) -> None:
        self.post("sign", self.committee, dispute=self.dispute, referral=self.referral)

    def accept(self) -> None:
        self.post("accept", self.committee, dispute=self.dispute, referral=self.referral, handler="专职调解员岗")

    def post(self, type_: str, by: str, **fields: Any) -> dict[str, Any]:
        answer = self.peer.post(command(type_, by, **fields))
        assert answer.status_code == 201, answer.json()
        found: dict[str, Any] = answer.json()
        return found
