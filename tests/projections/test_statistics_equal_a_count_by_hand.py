"""Every figure of the statistics, of every part, against a count by hand over the raw log."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.contract import Contract
from hub.projections import Views
from hub.projections.statistics import COUNTS, DIMENSIONS, EACH_ORG, Cohort
from tests.projections import by_hand
from tests.projections.histories import History, ListLog
from tests.projections.parts import pack

EPOCH = date(1970, 1, 1)


def fill(views: Views, history: History) -> None:
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    crew.close()


@pytest.mark.parametrize("seed", [1, 8])
def test_sums_of_a_cohort_and_of_its_parts(views: Views, history: Callable[..., History], seed: int) -> None:
    past = history(seed=seed, commands=800)
    fill(views, past)
    rows = [by_hand.count(events) for events in by_hand.read(past.contract, past.log).values()]
    middle = EPOCH + timedelta(days=sorted(r["day"] for r in rows)[len(rows) // 2])
    village = w.agency_id("village")
    scope = frozenset({village, w.agency_id("court")})
    cohorts = {
        Cohort(): rows,
        Cohort(first=middle): [r for r in rows if r["day"] >= (middle - EPOCH).days],
        Cohort(last=middle): [r for r in rows if r["day"] <= (middle - EPOCH).days],
        Cohort(agency=village): [r for r in rows if r["organ"] == village],
        Cohort(scope=scope): [r for r in rows if r["organ"] in scope],
        Cohort(scope=frozenset()): [],
        Cohort(place="532301001"): [r for r in rows if r["place"].startswith("532301001")],
        Cohort(place="532302"): [],
        Cohort(category="neighbour"): rows,
    }
    for cohort, expected in cohorts.items():
        report = views.statistics.report(cohort, past.now, DIMENSIONS)
        wanted = by_hand.add_up(expected)
        assert {k: report.total[k] for k in COUNTS if k in wanted} == {k: wanted[k] for k in COUNTS if k in wanted}
        assert report.total["accepted"] == wanted["accepted"] and report.position == len(past.log)
        assert report.void == sum(r["void"] for r in expected)
        for groups in report.groups.values():  # the parts make the whole
            assert {k: sum(g.sums[k] for g in groups) for k in COUNTS} == report.total
        assert {bytes.fromhex(g.key): g.sums["accepted"] for g in report.groups["agency"]} == Counter(
            r["organ"] for r in expected if not r["void"]
        )
        months = Counter((EPOCH + timedelta(days=r["day"])).isoformat()[:7] for r in expected if not r["void"])
        assert {g.key: g.sums["accepted"] for g in report.groups["month"]} == months


def test_by_each_organ_what_went_up_is_outside_its_successes(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    climbed = past.do("village", c.Register("02", "532301001201", "application", ()))
    assert climbed is not None
    for _ in range(2):
        assert past.do("village", c.Attempt(True, "", past.now, "", "", "no_deal", "face_to_face"), climbed)
        past.now += 2 * w.DAY
    assert past.do("village", c.Refer(w.ESCALATION, "mediation", w.agency_id("committee"), None, ""), climbed)
    assert past.do("committee", c.Accept(past.states[climbed].referrals[0].id, ""), climbed)
    fill(views, past)
    report = views.statistics.report(Cohort(), past.now, ("agency",))
    assert (report.total["accepted"], report.total["mediated"], report.total["escalated"]) == (1, 1, 1)
    assert [g.key for g in report.groups["agency"]] == [w.agency_id("committee").hex()]  # not yet tried there
    assert past.do("committee", c.Attempt(True, "", past.now, "", "", "agreed_all", "face_to_face"), climbed)
    assert past.do("committee", c.ReachAgreement("written", 5_000_00, None), climbed)
    solved = past.do("village", c.Register("02", "532301001201", "proactive", ()))
    assert solved is not None
    assert past.do("village", c.Attempt(True, "", past.now, "", "", "agreed_all", "face_to_face"), solved)
    assert past.do("village", c.ReachAgreement("oral", None, None), solved)
    fill(views, past)
    report = views.statistics.report(Cohort(), past.now, ("agency", "source"))
    assert report.additive and report.total["success"] == report.total["mediated"] == report.total["decided"] == 2
    each = views.statistics.report(Cohort(count_by=EACH_ORG), past.now, ("agency",))
    assert not each.additive
    by = {bytes.fromhex(g.key): g.sums for g in each.groups["agency"]}
    village, committee = by[w.agency_id("village")], by[w.agency_id("committee")]
    names = ("accepted", "mediated", "decided", "success", "handed_up", "attempts", "amount")
    assert [village[n] for n in names] == [2, 2, 1, 1, 1, 3, 0]
    assert [committee[n] for n in names] == [1, 1, 1, 1, 0, 1, 5_000_00]


def test_a_failure_stays_with_the_committee_that_mediated(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    dispute = past.do("committee", c.Register("04", "532301001", "application", ()))
    assert dispute is not None
    assert past.do("committee", c.Attempt(True, "", past.now, "", "", "no_deal", "online"), dispute)
    assert past.do("committee", c.Refer(w.TRANSFER, "court", w.agency_id("court"), None, ""), dispute)
    assert past.do("court", c.Accept(past.states[dispute].referrals[0].id, ""), dispute)
    assert past.do("court", c.Close("taken_elsewhere", "", True), dispute)
    fill(views, past)
    (group,) = views.statistics.report(Cohort(), past.now, ("agency",)).groups["agency"]
    assert group.key == w.agency_id("committee").hex()
    assert (group.sums["mediated"], group.sums["success"], group.sums["closed"]) == (1, 0, 1)


def test_an_agreement_is_followed_to_its_end(views: Views, contract: Contract) -> None:
    past = History(contract, pack(), random.Random(1))
    seen: list[dict[str, int]] = []

    def look() -> None:
        fill(views, past)
        seen.append(views.statistics.report(Cohort(), past.now).total)

    dispute = past.do("committee", c.Register("06", "532301001", "police", ()))
    assert dispute is not None
    assert past.do("committee", c.Particulars(7, 2, 900_00, ("death",), False, ""), dispute)
    assert past.do("committee", c.ReachAgreement("written", 500_00, None), dispute)
    look()
    assert (seen[-1]["success"], seen[-1]["unattempted"], seen[-1]["pending"]) == (0, 1, 0)
    assert past.do("committee", c.Attempt(True, "", past.now, "", "", "agreed_all", "face_to_face"), dispute)
    for step, who in (("applied", "committee"), ("accepted", "committee"), ("confirmed", "committee")):
        assert past.do(who, c.Step("confirmation", step, None, "paper", ""), dispute)
    look()
    kept = ("success", "unattempted", "written", "confirmed", "performed")
    names = (*kept, "death", "deaths", "people", "amount", "due")
    assert [seen[-1][n] for n in names] == [1, 0, 1, 1, 0, 1, 2, 7, 500_00, 0]
    past.now += 60 * w.DAY
    look()
    assert (seen[-1]["due"], seen[-1]["performed_due"]) == (1, 0)
    assert past.do("committee", c.PerformAgreement(""), dispute)
    assert past.do("committee", c.Close("performed", "", True), dispute)
    assert past.do("committee", c.Visit("full", "not_rated", ""), dispute)
    look()
    assert [seen[-1][n] for n in ("performed", "performed_due", "closed", "days")] == [1, 1, 1, 60]
    assert [seen[-1][n] for n in ("visited", "visits_made", "rated", "satisfied")] == [1, 1, 0, 0]
    assert past.do("committee", c.Visit("full", "mostly_satisfied", ""), dispute)
    assert past.do("committee", c.Reopen("broken", True), dispute)
    assert past.do("committee", c.Refer(w.NOTICE, "petition", w.agency_id("petition"), None, ""), dispute)
    look()
    assert [seen[-1][n] for n in ("rated", "satisfied", "pending", "closed", "reopened", "petitions")] == [1] * 3 + [
        0, 1, 1,
    ]  # fmt: skip
    assert seen[-1]["success"] == 1
