"""Days off are the calendar's, of the dispute's own place: holidays tinted by name, make-up days worked, a year that
is not there said. Facts of 2026: the State Council's notice of 2025-11-04.
"""

import re
from datetime import date, timedelta

from hub.policy.calendar import read_calendar
from hub.web.drawings import draw, picture
from hub.web.drawings.days import day_off, days_of, holiday_name, known
from hub.web.drawings.scale import midnight
from hub.words import DAY, HOUR
from tests.drawings.story import COMMITTEE, START, Story, name

DAYS = {"元旦": 3, "春节": 9, "清明": 3, "劳动节": 5, "端午": 3, "中秋": 3, "国庆": 7}
WORKED = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}


def test_2026() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    found = [day_off(day) for day in year]
    assert {name: found.count(name) for name in DAYS} == DAYS
    worked = [day for day in year if days_of("").worked(day)]
    assert {(day.month, day.day) for day in worked} == WORKED
    assert all(day.weekday() >= 5 and day_off(day) is None for day in worked)
    assert day_off(date(2026, 2, 24)) is None and day_off(date(2026, 10, 8)) is None


def test_a_year_that_is_not_there_has_weekends_only() -> None:
    assert known(2026) and not known(2027)
    assert day_off(date(2027, 10, 1)) is None, "a Friday nobody has declared"
    assert day_off(date(2027, 10, 2)) == ""


def test_names() -> None:
    assert holiday_name("en", "国庆") == "National Day" and holiday_name("zh", "国庆") == "国庆"


def test_a_place_has_its_own_days() -> None:
    day = date(2026, 4, 15)  # 州庆 of Chuxiong
    assert days_of("532301101002").off(day) == "州庆" and days_of("532301").english(day) == "Prefecture Day"
    assert day_off(day) is None and days_of("510703").off(day) is None and days_of("东瓜镇").off(day) is None


def shaded(at: int, days: int, place: str = "") -> tuple[str, str]:
    """The picture of a dispute registered then and there, and its shaded stretches."""
    story = Story(COMMITTEE)
    story.events[0][1].update(recorded_at=at, place=place)  # type: ignore[attr-defined]
    svg = draw(picture(story.events, at + days * DAY), name).svg
    return svg, " ".join(re.findall(r'<rect class="(off|hol)"', svg))


def test_a_holiday_is_tinted_and_labelled_and_its_make_up_day_is_not_shaded() -> None:
    svg, found = shaded(midnight(date(2026, 9, 29)) + HOUR, 20)
    assert found.split().count("hol") == 1 and "国庆 10-01 至 10-07" in svg and "10-10 补班" in svg
    assert "未载入" not in svg


def test_the_days_off_are_those_of_the_disputes_place() -> None:
    at = midnight(date(2026, 4, 7)) + HOUR
    assert "州庆" in shaded(at, 14, "532301")[0] and "州庆" not in shaded(at, 14, "510703")[0]
    shown = picture(Story(COMMITTEE).events, START, calendar=read_calendar([]))
    assert not shown.days.known(2026), "another calendar than the one that comes with the hub"


def test_a_year_without_data_is_said() -> None:
    svg, found = shaded(midnight(date(2027, 9, 28)) + HOUR, 20)
    assert "hol" not in found.split() and "2027 年放假安排未载入，只标周末" in svg


def test_beyond_the_new_year() -> None:
    svg, _ = shaded(START, 100)
    assert "2027-01-04" in svg and "2027 年放假安排未载入" in svg
