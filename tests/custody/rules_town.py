"""The small city in which histories are played under the shipped rules of Chuxiong: ladder, dockings, legal clocks."""

from __future__ import annotations

from hub import words as w
from hub.aggregates.agency.registry import Agency, Registry
from hub.policy import Policy, shipped_policy
from tests.given import Given

CITY = "532301"
TOWN: tuple[tuple[str, str, str, str | None], ...] = (
    # code, kind, region, superior in the tree
    ("centre", "centre", "532301", None),
    ("bureau", "justice", "532301", None),
    ("city", "committee", "532301", "bureau"),
    ("town", "committee", "532301101", "bureau"),
    ("other_town", "committee", "532301102", "bureau"),
    ("village", "committee", "532301101201", "town"),
    ("other_village", "committee", "532301102201", "other_town"),
    ("group", "group", "532301101201", "village"),
    ("quarter", "committee", "532301101201", "village"),
    ("housing", "department_committee", "532301", "bureau"),
    ("labour", "department", "532301", None),
    ("station", "police", "532301101", "police"),
    ("police", "police", "532301", None),
    ("court", "court", "532301", None),
    ("tribunal", "court", "532301101", "court"),
    ("procuratorate", "procuratorate", "532301", None),
    ("petition", "petition", "532301", None),
    ("elsewhere", "committee", "510701", None),
)
LEVELS = {
    "city": "city", "town": "township", "other_town": "township", "village": "village", "other_village": "village",
    "group": "group", "quarter": "group", "housing": "city", "labour": "city", "elsewhere": "city",
}  # fmt: skip
COMPETENCES = {"housing": ("15",), "labour": ("10", "11")}
CATEGORIES = ("02", "02", "02", "07", "10", "15")  # civil, land, labour, property
POLICY: Policy = shipped_policy(CITY)
BEGINNINGS = (  # days around which packs change or the calendar is not yet announced
    1_702_900_000, 1_735_500_000, 1_766_500_000, 1_767_225_600, 1_790_000_000, 1_798_000_000,
)  # fmt: skip


def city(start: int) -> Given:
    """The machine in this city at an instant (seconds), under the rules by date."""
    made = {
        w.agency_id(code): Agency(
            w.agency_id(code), code, code, kind, LEVELS.get(code, ""), region,
            w.agency_id(up) if up else None, COMPETENCES.get(code, ()), 0, False,
        )
        for code, kind, region, up in TOWN
    }  # fmt: skip
    return Given(Registry(made), POLICY, start * w.SECOND)
