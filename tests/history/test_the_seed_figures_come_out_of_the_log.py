"""The figures of 楚雄市司法局 (2023-10-19) come out of a generated history: by the view, by a fold of the log, by SQL.

What goes in are counts of cases (ops/history/chuxiong.toml); every rate, sum and subset is what the machine recorded.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

import pytest

from hub.projections.statistics import DIMENSIONS, EACH_ORG, INDICATORS, Cohort, value, wan, yuan
from hub.words import agency_id
from ops.history import raw
from ops.history.made import Made
from tests.projections import by_hand

BEGIN, YEAR, END = date(2011, 3, 1), date(2023, 1, 1), date(2023, 8, 31)
EPOCH = date(1970, 1, 1)
COMMITTEE = agency_id("532301.pmc")
MEDIATION, SUCCESS, PERFORMANCE = INDICATORS[:3]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def text(cohort: Cohort, made: Made, decimals: int) -> list[str]:
    total = made.views.statistics.report(cohort, 0).total
    return [value(i, total, decimals).text for i in (MEDIATION, SUCCESS, PERFORMANCE)]


def test_eight_months_of_the_city(made: Made) -> None:
    report = made.views.statistics.report(Cohort(YEAR, END), 0, ("agency", "type", "source", "month"))
    total = report.total
    assert (total["accepted"], total["mediated"], total["success"], total["performed"]) == (1854, 1854, 1757, 1757)
    assert text(Cohort(YEAR, END), made, 0) == ["100%", "95%", "100%"]
    assert total["death"] == 34 and total["deaths"] > 34  # disputes and persons are two figures
    assert wan(total["amount"]) == yuan(3_760_47)  # 万元
    assert (total["broken"], total["reopened"], total["petitions"], total["pending"]) == (0, 0, 0, 0)
    assert report.position == len(made.log)
    for groups in report.groups.values():
        assert sum(g.sums["accepted"] for g in groups) == 1854
    committee = next(g for g in report.groups["agency"] if bytes.fromhex(g.key) == COMMITTEE)
    assert committee.sums["accepted"] == 279  # among the 1854, not beside them


def test_the_city_committee_among_them(made: Made) -> None:
    cohort = Cohort(YEAR, END, agency=COMMITTEE)
    total = made.views.statistics.report(cohort, 0).total
    assert (total["accepted"], total["mediated"], total["success"]) == (279, 279, 255)
    assert text(cohort, made, 2) == ["100.00%", "91.40%", "100.00%"]
    assert total["escalated"] > 0  # some climbed there, and count once
    each = made.views.statistics.report(Cohort(YEAR, END, count_by=EACH_ORG), 0, ("agency",))
    assert each.total["accepted"] > 1854 and not each.additive


def test_since_2011(made: Made) -> None:
    cohort = Cohort(BEGIN, END, agency=COMMITTEE)
    total = made.views.statistics.report(cohort, 0).total
    assert (total["accepted"], total["mediated"], total["success"], total["performed"]) == (4634, 4634, 4345, 4345)
    assert text(cohort, made, 2) == ["100.00%", "93.76%", "100.00%"]
    assert total["death"] == 713
    assert yuan(total["amount"]) == 448_000_000
    assert (total["broken"], total["reopened"], total["petitions"]) == (0, 0, 0)


@pytest.mark.parametrize("organ", [None, COMMITTEE])
@pytest.mark.parametrize("first", [BEGIN, YEAR, date(2023, 8, 31)])
def test_the_same_sums_by_a_fold_and_by_sql(
    made: Made, rows: list[dict[str, Any]], raw_events: sqlite3.Connection, first: date, organ: bytes | None
) -> None:
    report = made.views.statistics.report(Cohort(first, END, agency=organ), 0, DIMENSIONS)
    day, last = (first - EPOCH).days, (END - EPOCH).days
    folded = by_hand.add_up(r for r in rows if day <= r["day"] <= last and organ in (None, r["organ"]))
    assert folded["accepted"] > 0
    shared = folded.keys() & report.total.keys()
    assert {k: report.total[k] for k in shared} == {k: folded[k] for k in shared}
    asked = raw.sums(raw_events, first, END, organ)
    assert asked == {k: report.total[k] for k in asked}
