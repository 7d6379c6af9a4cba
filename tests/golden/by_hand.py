"""Due dates counted again without any of the hub's code: the rules' text, and days off as the notices had them.

Days off: the State Council's notices for 2023, 2024 and 2025; 州庆 on 15 and 16 April of each year and 火把节 of 29
to 31 July 2024 in Chuxiong. A rule reads ``accept.3w@532301``: amount and letter h, d or w; ``+10d``: an extension.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
RULE = re.compile(r"^(?P<name>[a-z_.]+)\.(?P<amount>\d+)(?P<unit>[hdw])(?:\+(?P<more>\d+)d)?(?:@(?P<region>\d+))?$")


def _days(text: str) -> set[date]:
    """Days of text: ``2023-01-21/27`` is a span within a month, ``2023-09-29/2023-10-06`` one across."""
    found: set[date] = set()
    for part in text.split():
        first, _, last = part.partition("/")
        day = date.fromisoformat(first)
        end = date.fromisoformat(last if len(last) == 10 else f"{first[:8]}{last}") if last else day
        while day <= end:
            found.add(day)
            day += timedelta(1)
    return found


OFF = _days(
    "2023-01-01/02 2023-01-21/27 2023-04-05 2023-04-29/2023-05-03 2023-06-22/24 2023-09-29/2023-10-06 "
    "2024-01-01 2024-02-10/17 2024-04-04/06 2024-05-01/05 2024-06-08/10 2024-09-15/17 2024-10-01/07 "
    "2025-01-01 2025-01-28/2025-02-04 2025-04-04/06 2025-05-01/05"
)
WORKED = _days(
    "2023-01-28/29 2023-04-23 2023-05-06 2023-06-25 2023-10-07/08 2024-02-04 2024-02-18 2024-04-07 2024-04-28 "
    "2024-05-11 2024-09-14 2024-09-29 2024-10-12 2025-01-26 2025-02-08 2025-04-27"
)
CHUXIONG = _days("2023-04-15/16 2024-04-15/16 2025-04-15/16 2024-07-29/31")


def works(day: date, region: str) -> bool:
    """Whether it is a working day in a region."""
    if region.startswith("5323") and day in CHUXIONG:
        return False
    return day in WORKED or (day not in OFF and day.weekday() < 5)


def due(rule: str, start: int) -> int:
    """When a limit ends that starts at an instant (microseconds UTC). ValueError for a rule of another form."""
    found = RULE.match(rule)
    if found is None:
        raise ValueError(rule)
    amount, unit, region = int(found["amount"]), found["unit"], found["region"] or ""
    if unit == "h":
        return start + amount * 3_600_000_000
    day = _end(local(start), amount, unit, region)
    if found["more"]:
        day = _end(day, int(found["more"]), "d", region)
    return _micros(datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(1))


def _end(day: date, amount: int, unit: str, region: str) -> date:
    """The last day: the first is not counted; a last calendar day that is off moves to the next working day."""
    if unit == "d":
        day += timedelta(amount)
        while not works(day, region):
            day += timedelta(1)
        return day
    while amount:
        day += timedelta(1)
        amount -= works(day, region)
    return day


def local(instant: int) -> date:
    """The date in China at an instant."""
    return (datetime(1970, 1, 1, tzinfo=CHINA) + timedelta(hours=8, microseconds=instant)).date()


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, 8, tzinfo=CHINA)) // timedelta(microseconds=1)
