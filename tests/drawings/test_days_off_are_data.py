"""Days off come from the dated table and from nothing else: holidays tinted by name, make-up days worked, a year that
is not there said. Facts of 2026: the State Council's notice of 2025-11-04.
"""

import re
from datetime import date, timedelta

import pytest

from hub.web.drawings import draw, picture
from hub.web.drawings.days import day_off, holiday_name, known, make_up, read, years
from hub.web.drawings.scale import midnight
from hub.words import DAY, HOUR
from tests.drawings.story import COMMITTEE, START, Story, name

DAYS = {"元旦": 3, "春节": 9, "清明": 3, "劳动节": 5, "端午": 3, "中秋": 3, "国庆": 7}
WORKED = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}


def test_2026() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    found = [day_off(day) for day in year]
    assert {name: found.count(name) for name in DAYS} == DAYS
    assert {(day.month, day.day) for day in make_up() if day.year == 2026} == WORKED
    assert all(day.weekday() >= 5 and day_off(day) is None for day in make_up())
    assert day_off(date(2026, 2, 24)) is None and day_off(date(2026, 10, 8)) is None
    assert years()[2026].issued == date(2025, 11, 4) and "2026" in years()[2026].notice


def test_a_year_that_is_not_there_has_weekends_only() -> None:
    assert known(2026) and not known(2027)
    assert day_off(date(2027, 10, 1)) is None, "a Friday nobody has declared"
    assert day_off(date(2027, 10, 2)) == ""


def test_names() -> None:
    assert holiday_name("en", "国庆") == "National Day" and holiday_name("zh", "国庆") == "国庆"


def test_a_table_that_cannot_be_true_is_refused() -> None:
    bad = '[2030]\nnotice = "x"\nissued = 2029-11-01\nholidays = [{zh = "元旦", en = "x", first = 2029-12-31, '
    with pytest.raises(ValueError, match="2030"):
        read(bad + "last = 2030-01-01, worked = []}]")


def shaded(at: int, days: int) -> tuple[str, str]:
    """The picture of a dispute registered then, and its shaded stretches."""
    story = Story(COMMITTEE)
    story.events[0][1]["recorded_at"] = at  # type: ignore[index]
    svg = draw(picture(story.events, at + days * DAY), name).svg
    return svg, " ".join(re.findall(r'<rect class="(off|hol)"', svg))


def test_a_holiday_is_tinted_and_labelled_and_its_make_up_day_is_not_shaded() -> None:
    svg, found = shaded(midnight(date(2026, 9, 29)) + HOUR, 20)
    assert found.split().count("hol") == 1 and "国庆 10-01 至 10-07" in svg and "10-10 补班" in svg
    assert "未载入" not in svg


def test_a_year_without_data_is_said() -> None:
    svg, found = shaded(midnight(date(2027, 9, 28)) + HOUR, 20)
    assert "hol" not in found.split() and "2027 年放假安排未载入，只标周末" in svg


def test_beyond_the_new_year() -> None:
    svg, _ = shaded(START, 100)
    assert "2027-01-04" in svg and "2027 年放假安排未载入" in svg
