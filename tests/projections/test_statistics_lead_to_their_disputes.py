"""Behind every figure stand its disputes; subsidies per case, windows of hot spots and staffing say their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from connectors.city.chuxiong import build
from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.projections import Views
from hub.projections.statistics import LISTED, Cohort
from hub.projections.statistics.hotspots import Rule, parse, read_hotspots, rising
from hub.projections.statistics.staffing import read_staffing, staffed, summary
from tests.projections import by_hand
from tests.projections.histories import History, ListLog


def fill(views: Views, history: History) -> None:
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    crew.close()


def test_lists_have_as_many_as_the_figure_says(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=700)
    fill(views, past)
    for cohort in (Cohort(), Cohort(scope=frozenset({w.agency_id("village"), w.agency_id("court")}))):
        total = views.statistics.report(cohort, past.now).total
        for figure in LISTED:
            found, many = views.statistics.behind(cohort, figure, limit=500)
            assert many == len(found.items)
            if figure in ("failed", "reopened"):
                continue
            assert many == total[figure], figure
    paged, cursor = [], None
    while True:
        page, many = views.statistics.behind(Cohort(), "accepted", cursor=cursor, limit=7)
        paged += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len({i["number"] for i in paged}) == len(paged) == many
    assert [i["day"] for i in paged] == sorted((i["day"] for i in paged), reverse=True) and paged[0]["organ_code"]
    with pytest.raises(KeyError):
        views.statistics.behind(Cohort(), "weather")


def test_each_case_names_every_organ_that_mediated(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=700)
    fill(views, past)
    rows = [by_hand.count(events) for events in by_hand.read(past.contract, past.log).values()]
    expected = Counter({(r["dispute"], organ): n for r in rows if not r["void"] for organ, n in r["worked"].items()})
    numbers = {i["number"]: None for i in views.statistics.behind(Cohort(), "mediated", limit=500)[0].items}
    with views.statistics.each_case(Cohort()) as (position, items):
        found = list(items)
    assert position == len(past.log)
    assert sorted(i["attempts"] for i in found) == sorted(expected.values())
    assert {i["number"] for i in found} == numbers.keys()
    assert {i["duties"] for i in found} == {"duty"}
    assert Counter(i["organ"] for i in found) == Counter(organ for _, organ in expected)


def test_windows_and_what_is_rising(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    for ago, many in ((100, 1), (70, 2), (40, 1), (3, 6)):
        past.now += 0
        for _ in range(many):
            past.now = 1_780_000_000 * w.SECOND - ago * w.DAY
            assert past.do("village", c.Register("02", "532301101201", "application", ()))
    past.now = 1_780_000_000 * w.SECOND
    assert past.do("village", c.Register("03", "532301101201", "application", ()))
    fill(views, past)
    today = (past.now + 8 * w.HOUR) // w.DAY
    rule = read_hotspots()
    position, windows = views.statistics.windows(today, rule.days, rule.before + 1, rule.digits, Cohort())
    assert position == len(past.log)
    assert windows == {("02", "532301101"): [1, 2, 1, 6], ("03", "532301101"): [0, 0, 0, 1]}
    (spot,) = rising(rule, windows)
    assert (spot.category, spot.place, spot.now, spot.mean) == ("02", "532301101", 6, Decimal("1.33"))


def test_a_rule_is_data_and_bad_ones_are_refused() -> None:
    rule = Rule(30, 3, 5, Decimal("1.5"), 9, "")
    assert rising(rule, {("02", "a"): [4, 4, 4, 6]})  # exactly half as many again
    assert not rising(rule, {("02", "a"): [4, 4, 5, 6]}) and not rising(rule, {("02", "a"): [0, 0, 0, 4]})
    assert rising(rule, {("02", "a"): [0, 0, 0, 5]})[0].mean == 0
    with pytest.raises(ValueError, match="above 0"):
        parse('days = 0\nbefore = 3\nleast = 5\ntimes = "1.5"\ndigits = 9\nbasis = ""')


def test_staffing_of_the_city(history: Callable[..., History]) -> None:
    class Registered:
        code: str
        kind: str
        level: str

        def __init__(self, agency: object, mediators: int) -> None:
            self.__dict__ |= agency._asdict()  # type: ignore[attr-defined]
            self.state, self.mediators = w.ACTIVE, mediators

    full = [Registered(a, a.mediators) for a in build()]
    assert summary(staffed(read_staffing(), full)) == {"short": 0, "advised": 0, "met": 1 + 11 + 15 + 154}
    empty = [Registered(a, 1 if a.level == "township" else 0) for a in build()]
    found = staffed(read_staffing(), empty)
    assert summary(found) == {"short": 12 + 15, "advised": 154, "met": 0}
    lacking = Counter((s.agency.kind, s.agency.level, s.lacking) for s in found)
    assert lacking == {
        ("industry_committee", "city", 3): 11, ("committee", "city", 3): 1, ("committee", "township", 1): 15,
        ("committee", "village", 1): 154,
    }  # fmt: skip
    assert found[0].state == "short" and "绵司法发" in found[0].minimum.basis + found[-1].minimum.basis
