"""A city with agreements, a failure that climbed, and a dispute nobody mediated: what statistics are read from."""

from __future__ import annotations

from pathlib import Path

from hub.contract.jsonform import instant
from hub.words import DAY
from tests.pages.city import COURT, HAMLET, TOWN, VILLAGE, City


class Counted(City):
    """Two agreements of the village's, a failure that climbed to the town, a dispute without a try at the court."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        for _ in range(2):
            case = self.case(VILLAGE, category="02")
            self.meet(case, VILLAGE, "agreed_all")
            self.do("reach_agreement", VILLAGE, dispute=case, form="written", amount=12_345_67, due_on=None)
        self.do("perform_agreement", VILLAGE, dispute=case, note="")
        self.do("close", VILLAGE, dispute=case, outcome="performed", summary="", rights_notice=True)
        self.climbed = self.case(HAMLET, place="532301101002", category="02")
        for _ in range(2):
            self.meet(self.climbed, HAMLET, "no_deal")
            self.clock.advance(2 * DAY)
        self.offer(self.climbed, HAMLET, TOWN, kind="escalation", upto="accepted")
        self.meet(self.climbed, TOWN, "no_deal")
        self.case(COURT, place="", category="02")
        self.hub.settle()

    def meet(self, case: str, who: str, result: str) -> None:
        at = instant(self.clock.now())
        self.do(
            "attempt", who, dispute=case, counted=True, why_not="", at=at, place="", mediator="", result=result,
            mode="face_to_face",
        )  # fmt: skip
