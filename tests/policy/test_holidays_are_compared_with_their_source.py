"""``python -m ops.holidays``: the package's two tables against the calendar; here tables of that form, made by hand."""

from __future__ import annotations

from datetime import date

from hub.policy.calendar import read_calendar
from ops.holidays import differences

CALENDAR = read_calendar(
    [
        'version = "x"\nsource = "x"\n[years.2027]\nholidays = [{ zh = "国庆", en = "National Day", '
        "first = 2027-10-01, last = 2027-10-03, worked = [2027-10-09] }]"
    ]
)
HOLIDAYS = {date(2027, 10, day): "National Day" for day in (1, 2, 3)}
WORKDAYS = {date(2027, 10, 9): "National Day"}


def test_equal_tables_differ_in_nothing() -> None:
    assert differences(CALENDAR, HOLIDAYS, WORKDAYS) == []


def test_every_difference_is_a_line() -> None:
    other_day = {date(2027, 10, 10): "National Day"}
    found = differences(CALENDAR, HOLIDAYS, other_day)
    assert [line[:10] for line in found] == ["2027-10-09", "2027-10-10"]
    renamed = HOLIDAYS | {date(2027, 10, 3): "Labour Day"}
    assert differences(CALENDAR, renamed, WORKDAYS) == ["2027-10-03: here holiday 国庆, there off 劳动节"]
    unknown = HOLIDAYS | {date(2028, 1, 1): "New Year's Day"}
    assert len(differences(CALENDAR, unknown, WORKDAYS)) == 366, "no day of a year that is not known is equal"
