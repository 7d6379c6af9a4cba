"""What the operator does in the month: an industry committee pauses, and one township is merged into another.

Which townships merge is a function of the city's data (the two with the fewest village units), not a statement about
them: it is an exercise. Its committee, police station and justice office close towards those of the other; the village
committees move first, for no agency closes while it has subordinates.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.city.agency import Agency
from connectors.city.load import OPERATOR, Submit
from connectors.messages import Receipt


class Merger:
    """The operator's agenda over ``days`` days."""

    def __init__(self, city: Sequence[Agency], days: int) -> None:
        villages = [a for a in city if a.level == "village" and a.kind == "committee"]
        towns = sorted(
            (a.region for a in city if a.level == "township" and a.kind == "committee"),
            key=lambda region: (sum(v.region.startswith(region) for v in villages), region),
        )
        self._by_code = {a.code: a for a in city}
        self._merge_day, self._pause_day = days * 45 // 100, days * 20 // 100
        self._from, self._into = (towns[0], towns[1]) if len(towns) > 1 else ("", "")
        self._villages = [v for v in villages if self._from and v.region.startswith(self._from)]
        self._paused = next((a for a in city if a.kind == "industry_committee"), None)
        self._done: set[str] = set()
        self._closing: list[Agency] = []

    def act(self, day: int, submit: Submit) -> None:
        """Whatever is on the agenda by ``day``."""
        if self._paused is not None and day >= self._pause_day:
            self._once("pause", submit, "close_intake", subject=self._paused.id, reason="换届")
        if self._paused is not None and day >= self._pause_day + 3:
            self._once("resume", submit, "open_intake", subject=self._paused.id, reason="换届完成")
        self._dissolve(submit)
        if self._from and day >= self._merge_day and "merge" not in self._done:
            self._done.add("merge")
            self._merge(submit)

    def _once(self, name: str, submit: Submit, type: str, **fields: object) -> None:
        if name not in self._done:
            self._done.add(name)
            submit(type, agency=OPERATOR, **fields)

    def _merge(self, submit: Submit) -> None:
        for village in self._villages:
            moved = village._replace(superior=f"{self._into}.pmc")
            submit("amend_agency", agency=OPERATOR, subject=moved.id, **moved.content())
        for what in ("pmc", "police", "justice"):
            old, new = self._by_code.get(f"{self._from}.{what}"), self._by_code.get(f"{self._into}.{what}")
            if old is not None and new is not None:
                submit("close_agency", agency=OPERATOR, subject=old.id, successor=new.id, reason="乡镇撤并（演练）")
                self._closing.append(old)

    def _dissolve(self, submit: Submit) -> None:
        """Try what is closing; the hub refuses as long as a role is left anywhere."""
        left: list[Agency] = []
        for agency in self._closing:
            answer: Receipt = submit("dissolve_agency", agency=OPERATOR, subject=agency.id, reason="承继完毕")
            if not answer.accepted:
                left.append(agency)
        self._closing = left
