"""The national table, local days, what is set by hand; the version follows the data. Facts of 2024 and 2026 are written
here from the notices, not taken from the table.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.policy.calendar import SHIPPED, CalendarRefused, Day, read_calendar, shipped_calendar
from hub.policy.layers import read_layer

CALENDAR = shipped_calendar()
CHUXIONG, BEICHUAN = "532301", "510726"
BY_HAND = """
version = "office.1"
source = "the office's own notice"
[years.2027]
holidays = [{ zh = "元旦", en = "New Year", first = 2027-01-01, last = 2027-01-03, worked = [2027-01-09] }]
[[days]]
region = "5323"
first = 2026-12-20
last = 2026-12-22
work = false
zh = "彝族年"
en = "Yi New Year"
source = "the prefecture's notice"
[[days]]
first = 2026-10-10
work = false
zh = "停工"
en = "Closure"
source = "the office's own notice"
"""


def n(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def text(name: str) -> str:
    return files("hub.policy").joinpath("calendars", f"{name}.toml").read_text(encoding="utf-8")


def test_2026_make_up_workdays_and_spring_festival() -> None:
    year = range(n("2026-01-01"), n("2026-12-31") + 1)
    make_up = {date.fromordinal(day).isoformat()[5:] for day in year if CALENDAR.day(day).kind == "make-up"}
    assert make_up == {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}
    spring = [day for day in year if CALENDAR.day(day).zh == "春节" and not CALENDAR.working(day)]
    assert spring == list(range(n("2026-02-15"), n("2026-02-23") + 1))


def test_the_spring_festival_of_2020_was_extended() -> None:
    assert CALENDAR.next_working(n("2020-01-24")) == n("2020-02-03")


@pytest.mark.parametrize(
    ("day", "region", "expected"),
    [
        ("2026-11-26", "", Day("workday", "", "", False)),
        ("2026-11-28", "", Day("weekend", "", "", False)),
        ("2026-10-01", "", Day("holiday", "国庆", "National Day", False)),
        ("2026-10-10", "", Day("make-up", "国庆", "National Day", False)),
        ("2024-07-30", "", Day("workday", "", "", False)),
        ("2024-07-30", CHUXIONG, Day("local", "火把节", "Torch Festival", False)),
        ("2024-07-30", "532301101", Day("local", "火把节", "Torch Festival", False)),
        ("2024-07-30", "510703", Day("workday", "", "", False)),
        ("2017-12-21", CHUXIONG, Day("local", "彝族年", "Yi New Year", False)),
        ("2026-04-15", CHUXIONG, Day("local", "州庆", "Prefecture Day", False)),
        ("2026-07-30", CHUXIONG, Day("workday", "", "", True)),
        ("2027-10-01", "", Day("workday", "", "", True)),
        ("2027-10-02", "", Day("weekend", "", "", True)),
        ("2003-10-01", "", Day("workday", "", "", True)),
        ("1949-10-03", "", Day("workday", "", "", True)),
        ("2626-12-19", CHUXIONG, Day("workday", "", "", True)),
    ],
)
def test_every_day_has_a_kind_and_a_name(day: str, region: str, expected: Day) -> None:
    assert CALENDAR.day(n(day), region) == expected
    assert CALENDAR.working(n(day), region) is expected.works


def test_working_days_are_added_by_place() -> None:
    assert CALENDAR.add_working(n("2024-07-26"), 3) == n("2024-07-31")
    assert CALENDAR.add_working(n("2024-07-26"), 3, CHUXIONG) == n("2024-08-05")
    assert CALENDAR.add_working(n("2026-02-12"), 5) == n("2026-02-26")
    assert CALENDAR.next_working(n("2026-02-15")) == n("2026-02-24")
    assert CALENDAR.next_working(n("2026-10-10")) == n("2026-10-10")


def test_which_years_are_known() -> None:
    assert [year for year in range(1990, 2060) if CALENDAR.known(year)] == list(range(2004, 2027))
    assert CALENDAR.known(2026, "510703")
    assert not CALENDAR.known(2026, CHUXIONG) and not CALENDAR.known(2024, CHUXIONG), "彝族年 of 2024 is not dated"
    assert CALENDAR.certain(n("2024-07-01"), n("2024-08-31"), CHUXIONG), "火把节 of 2024 is"


def test_beichuan_has_no_day_of_its_own_yet() -> None:
    assert CALENDAR.table(BEICHUAN) is CALENDAR.national
    assert read_layer(text("beichuan")).empty and "unverified" in text("beichuan")


days = st.integers(n("1995-01-01"), n("2060-12-31"))
regions = st.sampled_from(["", CHUXIONG, "5323", "510703", BEICHUAN, "53"])


@given(days, st.integers(1, 40), regions)
def test_adding_is_walking(day: int, many: int, region: str) -> None:
    at, left = day, many
    while left:
        at += 1
        left -= CALENDAR.day(at, region).works
    assert CALENDAR.add_working(day, many, region) == at
    following = day
    while not CALENDAR.day(following, region).works:
        following += 1
    assert CALENDAR.next_working(day, region) == following


@given(days, st.integers(-1, 60), regions)
def test_certain_is_that_every_day_is(day: int, more: int, region: str) -> None:
    each = [not CALENDAR.day(d, region).provisional for d in range(day, day + more + 1)]
    assert CALENDAR.certain(day, day + more, region) is all(each)


def test_what_is_set_by_hand_wins() -> None:
    calendar = shipped_calendar([BY_HAND])
    assert calendar.known(2027) and not calendar.known(2028)
    assert calendar.working(n("2027-01-09")) and not calendar.working(n("2027-01-01"))
    assert calendar.day(n("2026-10-10")) == Day("holiday", "停工", "Closure", False)
    assert calendar.day(n("2026-12-21"), CHUXIONG).kind == "local" and calendar.working(n("2026-12-21"))
    assert calendar.certain(n("2026-11-01"), n("2026-12-31"), CHUXIONG), "彝族年 of 2026 is dated now"
    assert not CALENDAR.certain(n("2026-11-01"), n("2026-12-31"), CHUXIONG)


def test_a_year_given_again_replaces_the_earlier_one() -> None:
    again = BY_HAND.replace("2027-01-09", "2026-01-04").replace("2027", "2026")
    assert shipped_calendar([again]).day(n("2026-05-01")) == Day("workday", "", "", False)


def test_a_place_has_the_days_of_all_places_around_it() -> None:
    own = BY_HAND.replace('region = "5323"', 'region = "532301"').replace("2026-12", "2024-04")
    calendar = shipped_calendar([own.replace("2024-04-20", "2024-04-17").replace("2024-04-22", "2024-04-17")])
    april = [calendar.add_working(n("2024-04-12"), 1, place) for place in ("", "532302", "532301", "532301101")]
    assert april == [n("2024-04-15"), n("2024-04-17"), n("2024-04-18"), n("2024-04-18")]


def test_a_year_before_all_others_is_known_from_its_first_day() -> None:
    calendar = shipped_calendar([BY_HAND.replace("2027-01-09", "1949-01-08").replace("2027", "1949")])
    assert calendar.day(n("1949-01-01")) == Day("holiday", "元旦", "New Year", False)
    assert calendar.certain(n("1949-01-01"), n("1949-12-31")) and calendar.day(n("1948-12-31")).provisional


# The days of each shipped version. A line is never changed: changed days take a new version, and a new line here.
VERSIONS = {
    "cn2026.1": "6a03d20c6164",
    "510726.0": "71c416da7290",
    "5323.1": "5c16c764f830",
}


def test_changed_days_have_a_changed_version() -> None:
    layers = [read_layer(text(name)) for name in SHIPPED]
    assert {layer.version: layer.fingerprint for layer in layers}.items() <= VERSIONS.items()
    assert CALENDAR.version == "cn2026.1+5323.1"


def test_the_version_of_days_by_hand_follows_every_edit() -> None:
    one, two = shipped_calendar([BY_HAND]), shipped_calendar([BY_HAND.replace("2026-12-20", "2026-12-21")])
    assert one.version.startswith("cn2026.1+5323.1+office.1-") and two.version != one.version
    assert shipped_calendar([BY_HAND.replace("own notice", "notice")]).version == one.version


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "office.1"', "", "version is missing"),
        ("2027-01-09", "2027-01-08", "years.2027 元旦: worked: 2027-01-08"),
        ("2027-01-09", "2027-01-02", "years.2027 元旦: worked: 2027-01-02"),
        ("first = 2027-01-01", "first = 2026-12-31", "years.2027 元旦: first and last are days of that year"),
        ("years.2027", "years.soon", "years.soon: a year is expected"),
        ("last = 2026-12-22", "last = 2026-12-19", "days 1: first and last are dates"),
        ("work = false", "work = 0", "days 1: work is true or false"),
        ('region = "5323"', 'region = "楚雄"', "days 1: region is a prefix"),
        ("[[days]]", "[[dais]]", "dais: unknown"),
        ("[years.2027]", "[years", "no TOML"),
        ('zh = "彝族年"', "", "days 1: zh is missing"),
    ],
)
def test_a_calendar_that_cannot_be_true_is_refused(old: str, new: str, said: str) -> None:
    assert old in BY_HAND
    with pytest.raises(CalendarRefused, match=said):
        shipped_calendar([BY_HAND.replace(old, new, 1)])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('confidence = "verified"', 'confidence = "sure"', "local 1: confidence"),
        ('["04-15", "04-16"]', '["04-16", "04-15"]', "local 1: yearly ends before it begins"),
        ('["07-01", "08-31"]', '["07-01", "02-30"]', "local 2: between"),
        ('region = "5323"', 'region = ""', "local 1: region is missing"),
    ],
)
def test_a_local_day_that_cannot_be_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(CalendarRefused, match=said):
        read_calendar([text("chuxiong").replace(old, new, 1)])


def test_no_layer_at_all_is_monday_to_friday() -> None:
    calendar = read_calendar([])
    assert calendar.version == "" and calendar.day(n("2026-10-01")) == Day("workday", "", "", True)
    assert calendar.add_working(n("2026-10-01"), 2) == n("2026-10-05")
    assert date.fromordinal(calendar.add_working(n("2026-10-01"), 500)) > date(2026, 10, 1) + timedelta(days=600)
