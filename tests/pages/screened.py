"""A city that screens: rounds filed, late, missed and due, leads in every state, a supervision round half done.

The clock ends on Monday 2027-01-04, 09:00; the hub knew of the agencies from Wednesday 2026-11-25 on.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hub.policy.calendar import midnight
from hub.words import HOUR, agency_id, finding_id, lead_id, text
from tests.pages.city import CENTRE, HAMLET, SYSTEM, TOWN, VILLAGE, City

GROUP, IDLE = "532301101001.group", "532301101002.group"
GROUPS = (
    (GROUP, "楚雄市鹿城镇东兴社区居民小组", "group", "group", "532301101001", VILLAGE),
    (IDLE, "楚雄市鹿城镇永安社区居民小组", "group", "group", "532301101002", HAMLET),
)
WEEKS = [date(2026, 11, 30) + timedelta(weeks=n) for n in range(5)]  # those that are over at the end


class Screened(City):
    """``leads`` and ``findings`` by a name."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, *GROUPS)
        self.act()
        self.leads = {
            "red": self.lead(VILLAGE, "02", summary="两户排水走向有争执"),
            "new": self.lead(HAMLET, "06", source="grid", place="532301101002"),
            "done": self.lead(TOWN, "02", place="532301101"),
            "case": self.lead(VILLAGE, "02"),
        }
        self.do(
            "assess_lead",
            VILLAGE,
            lead=self.leads["red"],
            ordinal=1,
            scheme="four_colours",
            raw="红",
            measures="专人走访",
        )
        self.settle_lead(TOWN, "done", "resolved")
        self.dispute = self.case(VILLAGE, category="02")
        self.settle_lead(VILLAGE, "case", "registered", registered=self.dispute)
        for week in WEEKS:
            self.to(week + timedelta(days=7))
            self.file(GROUP, "group_week", week, week + timedelta(days=6), 1, 1)
            self.act()
        self.file(IDLE, "group_week", WEEKS[0], WEEKS[0] + timedelta(days=6))  # missed before: late now
        self.file(VILLAGE, "village_month", date(2026, 12, 1), date(2026, 12, 31), 3, 2)
        made = self.do(
            "inspect", CENTRE, subject=text(agency_id(TOWN)), summary="台账不全", demands=["补齐台账", "按月上报"]
        )
        self.findings = [text(finding_id(SYSTEM, made, n)) for n in (1, 2)]
        self.do("rectify", TOWN, finding=self.findings[0], done="已补齐")
        self.act()

    def act(self) -> None:
        """The hub does all there is to do at this instant."""
        for _ in range(5):
            self.hub.step()
        self.hub.settle()

    def to(self, day: date, hour: int = 9) -> None:
        """Go on to a local day."""
        self.clock.set(midnight(day.toordinal()) + hour * HOUR)

    def lead(self, who: str, category: str, **more: Any) -> str:
        fields = {
            "source": "informant",
            "category": category,
            "place": "532301101001",
            "people": 2,
            "summary": "有争执",
        } | more
        return text(lead_id(SYSTEM, self.do("report_lead", who, **fields)))

    def settle_lead(self, who: str, name: str, outcome: str, **more: Any) -> None:
        self.do("settle_lead", who, lead=self.leads[name], outcome=outcome, note="", **more)

    def file(self, who: str, schedule: str, first: date, last: date, found: int = 0, settled: int = 0) -> None:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        self.do("file_screening", who, schedule=schedule, kind="", found=found, settled=settled, summary="", **days)
