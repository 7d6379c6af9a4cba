"""排查: who owes which round, of which days, until when; both cities' rows of the seeds, written out here again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import words as w
from hub.aggregates.agency.registry import Agency
from hub.policy import Pack, PackRefused, read_pack, shipped_policy
from hub.policy.calendar import midnight
from hub.policy.codes import read_codes
from hub.policy.explain import explain
from hub.policy.pack_reading import BASE, WITH, _text
from hub.policy.screening import (
    EVERY,
    RECTIFY,
    Schedule,
    due_of,
    is_period,
    many,
    named,
    owed_by,
    period_of,
    periods,
    round_days,
    round_of,
)

CHUXIONG, MIANYANG, NATIONAL = (shipped_policy(city).packs[-1] for city in ("532301", "510700", ""))
CITIES = {"C": CHUXIONG, "M": MIANYANG}


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def agency(kind: str, level: str, state: str = w.ACTIVE) -> Agency:
    return Agency(w.agency_id("x"), "x", "x", kind, level, "532301", None, (), 0, False, state)


def schedule(pack: Pack, key: str) -> Schedule:
    found = named(pack, key)
    assert found is not None
    return found


# 绵司法发〔2023〕79号 二（一）: 县（市、区）每月、乡镇（街道）每半月、村（社区）每周.
# 楚雄市司法局 2023-10-19 三: 村小组一周、村（社区）一个月、镇里一个月排查一次，一个季度进行一次或多次分析研判，
# 一个季度培训一次调解员; 七: 每年对乡镇开展两轮全覆盖督导.
SEEDS = [
    ("M", "committee", "city", ["county_month month regular"]),
    ("M", "committee", "township", ["township_half_month half_month regular"]),
    ("M", "committee", "village", ["village_week week regular"]),
    ("M", "group", "group", []),
    ("C", "group", "group", ["group_week week regular"]),
    ("C", "committee", "village", ["village_month month regular"]),
    (
        "C", "committee", "township",
        [
            "township_month month regular", "analysis quarter analysis", "training quarter training",
            "supervision half_year inspection superior",
        ],
    ),
    ("C", "committee", "city", []),
    ("C", "police", "township", []),
    ("C", "court", "city", []),
]  # fmt: skip


@pytest.mark.parametrize(("city", "kind", "level", "owed"), SEEDS)
def test_each_row_of_the_seeds(city: str, kind: str, level: str, owed: list[str]) -> None:
    found = owed_by(CITIES[city], agency(kind, level))
    assert [" ".join(filter(None, (s.key, s.every, s.kind, s.by))) for s in found] == owed
    assert all(s.basis_kind == "seed" and s.within.basis_kind == "default" for s in found)


def test_nothing_is_owed_in_the_whole_country_nor_by_an_agency_that_ends() -> None:
    assert NATIONAL.screening == () and owed_by(NATIONAL, agency("group", "group")) == ()
    for state in (w.CLOSING, w.DISSOLVED):
        assert owed_by(CHUXIONG, agency("group", "group", state)) == ()


PERIODS = [
    ("week", "2026-11-25", "2026-11-23", "2026-11-29"),  # a Wednesday
    ("week", "2026-11-23", "2026-11-23", "2026-11-29"),  # Monday
    ("week", "2026-11-29", "2026-11-23", "2026-11-29"),  # Sunday
    ("week", "2027-01-01", "2026-12-28", "2027-01-03"),  # across the year
    ("half_month", "2026-02-15", "2026-02-01", "2026-02-15"),
    ("half_month", "2026-02-16", "2026-02-16", "2026-02-28"),
    ("half_month", "2024-02-29", "2024-02-16", "2024-02-29"),
    ("half_month", "2026-12-31", "2026-12-16", "2026-12-31"),
    ("month", "2026-12-31", "2026-12-01", "2026-12-31"),
    ("month", "2024-02-01", "2024-02-01", "2024-02-29"),
    ("quarter", "2026-03-31", "2026-01-01", "2026-03-31"),
    ("quarter", "2026-04-01", "2026-04-01", "2026-06-30"),
    ("quarter", "2026-11-29", "2026-10-01", "2026-12-31"),
    ("half_year", "2026-06-30", "2026-01-01", "2026-06-30"),
    ("half_year", "2026-07-01", "2026-07-01", "2026-12-31"),
]


@pytest.mark.parametrize(("every", "at", "first", "last"), PERIODS)
def test_the_period_a_day_lies_in(every: str, at: str, first: str, last: str) -> None:
    own = schedule(CHUXIONG, "group_week")._replace(every=every)
    found = period_of(own, day(at))
    assert (iso(found.first), iso(found.last)) == (first, last)
    assert is_period(own, *found) and not is_period(own, found.first, found.last + 1)
    assert not is_period(own, found.first + 1, found.last)


@given(st.sampled_from(EVERY), st.integers(day("1999-12-01"), day("2051-02-01")), st.integers(0, 800))
def test_periods_follow_each_other_and_never_start_before(every: str, since: int, span: int) -> None:
    own = schedule(CHUXIONG, "group_week")._replace(every=every)
    found = list(periods(own, since, since + span))
    assert len(found) == many(own, since, since + span)
    assert all(since <= p.first <= since + span for p in found)
    assert all(later.first == earlier.last + 1 for earlier, later in pairwise(found))
    assert all(period_of(own, at) == p for p in found for at in p)
    if found:  # none is left out at either end
        assert found[0].first == since or period_of(own, since).first < since
        assert found[-1].last >= since + span


def local(at: int) -> str:
    """A due time in local time: the first instant that is too late."""
    return (datetime.fromtimestamp(at / w.SECOND, UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


DUE = [
    ("C", "group_week", "2026-11-29", "532301101", "2026-12-02 00:00", "screening.group_week.2w@532301"),
    # the week before Spring Festival: 02-15 to 02-23 are days off
    ("C", "group_week", "2026-02-15", "532301101", "2026-02-26 00:00", "screening.group_week.2w@532301"),
    # 州庆 04-15, 04-16 count in Chuxiong only
    ("C", "group_week", "2026-04-12", "532301101", "2026-04-15 00:00", "screening.group_week.2w@532301"),
    ("C", "village_month", "2026-11-30", "532301101", "2026-12-08 00:00", "screening.village_month.5w@532301"),
    ("C", "supervision", "2026-06-30", "532301101", "2026-07-01 00:00", "screening.supervision.0d"),
    ("M", "village_week", "2026-11-29", "510703001", "2026-12-02 00:00", "screening.village_week.2w@510703"),
    ("M", "township_half_month", "2026-11-15", "510703001", "2026-11-19 00:00",
     "screening.township_half_month.3w@510703"),
    ("M", "county_month", "2026-09-30", "510703", "2026-10-14 00:00", "screening.county_month.5w@510703"),
]  # fmt: skip


@pytest.mark.parametrize(("city", "key", "last", "region", "due", "rule"), DUE)
def test_until_when_a_round_is_filed_in_time(city: str, key: str, last: str, region: str, due: str, rule: str) -> None:
    pack = CITIES[city]
    found = due_of(schedule(pack, key), day(last), pack.calendar, region)
    assert (local(found.at), found.rule.removesuffix("~")) == (due, rule)


def test_local_days_off_move_only_their_own_city() -> None:
    own = schedule(CHUXIONG, "analysis")
    here, there = (local(due_of(own, day("2026-03-31"), CHUXIONG.calendar, at).at) for at in ("532301", "510703"))
    assert (here, there) == ("2026-04-18 00:00", "2026-04-16 00:00")  # 州庆 04-15 and 04-16


@pytest.mark.parametrize("pack", [CHUXIONG, MIANYANG])
def test_every_due_time_explains_itself(pack: Pack) -> None:
    for own in pack.screening:
        found = due_of(own, day("2026-09-30"), pack.calendar, "532301101")
        told = pack.rule(found.rule)
        assert told is not None and told[0] is own.within
        assert explain(told[0], midnight(day("2026-10-01")) - 1, pack.calendar, told[1]).due == found
    told = pack.rule("rectify.30d@532301")
    assert told is not None and told[0] is pack.rectify


@pytest.mark.parametrize(
    ("at", "name", "first", "last"),
    [
        ("2026-01-01", "2026-H1", "2026-01-01", "2026-06-30"), ("2026-06-30", "2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-07-01", "2026-H2", "2026-07-01", "2026-12-31"), ("2026-12-31", "2026-H2", "2026-07-01", "2026-12-31"),
    ],
)  # fmt: skip
def test_two_supervision_rounds_a_year(at: str, name: str, first: str, last: str) -> None:
    assert round_of(day(at)) == name
    assert tuple(map(iso, round_days(name))) == (first, last)
    assert period_of(schedule(CHUXIONG, "supervision"), day(at)) == round_days(name)


@pytest.mark.parametrize("name", ["2026-H3", "2026", "H1-2026", "2026-h1"])
def test_another_text_is_no_round(name: str) -> None:
    with pytest.raises(ValueError, match=r"2026|H1-2"):
        round_days(name)


ROW = """
[[screening]]
key = "mine"
zh = "我"
en = "mine"
kind = "regular"
owes = { level = "village", kinds = ["committee"] }
every = "month"
basis = "本市规定 第三条"
basis_kind = "seed"
"""


def layered(*texts: str) -> Pack:
    return read_pack(*(_text(name) for name in (BASE, *WITH["p2026"], "p2026")), *texts)


def test_an_overlays_list_takes_the_place_of_the_earlier_one() -> None:
    pack = layered(_text("chuxiong"), 'id = "own.1"' + ROW)
    assert [s.key for s in pack.screening] == ["mine"] and pack.ladder is CHUXIONG.ladder
    assert pack.screening[0].within.text == "screening.mine.0d"
    assert layered(_text("chuxiong"), 'id = "own.1"').screening == CHUXIONG.screening
    assert layered().screening == () and layered().rectify == RECTIFY


def test_the_limit_of_a_finding_is_the_packs() -> None:
    own = 'id = "own.1"\n[rectify]\namount = 10\nunit = "workday"\nstart = "finding.raised"\nwarn_hours = 24\n'
    assert layered(own + 'basis = "hub default"\nbasis_kind = "default"').rectify.text == "rectify.10w"


FAULTS = [
    ('every = "month"', 'every = "fortnight"', "every: one of week, half_month, month, quarter, half_year"),
    ('every = "month"', "", "every: missing"),
    ('key = "mine"', 'key = "mine.own"', "key: words"),
    ('key = "mine"', "key = 1", "key: a text"),
    ('zh = "我"', 'zh = ""', "zh: a text"),
    ('basis_kind = "seed"', 'basis_kind = "rumour"', "basis_kind: one of law, seed, default"),
    ('basis = "本市规定 第三条"', 'basis = " "', "basis: a text"),
    ('owes = { level = "village", kinds = ["committee"] }', 'owes = "all"', "owes: a table of level and kinds"),
    ('kinds = ["committee"]', "kinds = []", "owes: kinds: a list"),
    ('level = "village"', "level = 3", "owes: level: a text"),
    ('every = "month"', 'every = "month"\nby = "superior"', "by: supervision, by a superior"),
    ('key = "mine"', 'key = "supervision"', "by: supervision, by a superior"),
    ('every = "month"', 'every = "month"\nby = "court"', "by: one of superior"),
    ('every = "month"', 'every = "month"\nby = true', "by: one of superior"),
    ('every = "month"', 'every = "month"\ncolour = "red"', "colour: unknown"),
    ('every = "month"', 'every = "month"\nwithin = { amount = 0, unit = "day", basis = "b", basis_kind = "default" }',
     "limit screening.mine: amount"),
    ('every = "month"', 'every = "month"\nwithin = 3', "limit screening.mine: a table"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_faulty_entry_is_refused_by_its_field(old: str, new: str, said: str) -> None:
    assert old in ROW
    with pytest.raises(PackRefused, match=said):
        layered('id = "own.1"' + ROW.replace(old, new))


@pytest.mark.parametrize(
    ("text", "said"), [("screening = 1", "entries are expected"), ("screening = [1]", "screening 1: a table")]
)
def test_a_list_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(PackRefused, match=said):
        layered(f'id = "own.1"\n{text}')


def test_one_key_twice_is_refused() -> None:
    with pytest.raises(PackRefused, match=r"screening 2 mine: key: the same is there twice"):
        layered('id = "own.1"' + ROW + ROW)


@pytest.mark.parametrize("pack", [CHUXIONG, MIANYANG])
def test_what_comes_with_the_hub_names_only_codes_there_are(pack: Pack) -> None:
    kinds, levels, agencies = (read_codes(n).entries for n in ("screening_kinds", "agency_levels", "agency_kinds"))
    for own in pack.screening:
        assert own.kind in kinds and own.level in levels and own.kinds <= set(agencies)
