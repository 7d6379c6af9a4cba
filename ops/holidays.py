"""The national days off and make-up workdays, compared day by day with the package they were imported from.

    pip install chinesecalendar==1.11.0    (into an environment of its own; the hub does not need it)
    python -m ops.holidays

Says what differs and ends with 1; ends with 2 where the package is not installed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from datetime import date
from typing import Final

from hub.policy.calendar import Calendar, shipped_calendar

NAMES: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利70周年",
}


def differences(calendar: Calendar, holidays: Mapping[date, str], workdays: Mapping[date, str]) -> list[str]:
    """What the calendar says otherwise than the package's two tables, over the years of both."""
    years = sorted({day.year for day in holidays} | calendar.years)
    wrong = []
    for ordinal in range(date(years[0], 1, 1).toordinal(), date(years[-1], 12, 31).toordinal() + 1):
        day, ours = date.fromordinal(ordinal), calendar.day(ordinal)
        theirs = holidays.get(day) or workdays.get(day)
        works = day in workdays or (day.weekday() < 5 and day not in holidays)
        name = NAMES.get(theirs, theirs) if theirs else ""
        if (ours.works, ours.zh, ours.provisional) != (works, name, False):
            wrong.append(f"{day}: here {ours.kind} {ours.zh}, there {'worked' if works else 'off'} {name}")
    return wrong


def main() -> int:
    """0 = equal, 1 = something differs, 2 = nothing to compare with."""
    try:
        package = importlib.import_module("chinese_calendar.constants")
    except ImportError:
        print("chinesecalendar is not installed: nothing compared")
        return 2
    calendar = shipped_calendar()
    wrong = differences(calendar, package.holidays, package.workdays)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{calendar.version}: {len(wrong)} day(s) differ in {min(calendar.years)} to {max(calendar.years)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
