"""Time as people read it: local instants with their weekday, what is left and what is over, and the light of a limit.

Instants are UTC microseconds; local is Asia/Shanghai, which keeps one offset all year. Under an hour minutes, under a
day hours and minutes, under three days days and hours, else days.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from hub.words import DAY, HOUR, SECOND

from .messages import say

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
MINUTE: Final = 60 * SECOND
CRIT, LATE, SOON, OK, CALM = "crit", "late", "soon", "ok", "calm"
LIGHTS: Final = (CRIT, LATE, SOON, OK)


class Due(NamedTuple):
    """When a limit ends, ready to be shown: its light, "剩余 22分" or "超期 4天", the exact date."""

    light: str
    text: str
    at: int
    exact: str
    iso: str


def local(at: int) -> datetime:
    """The instant in Asia/Shanghai."""
    return datetime.fromtimestamp(at / SECOND, CHINA)


def iso(at: int) -> str:
    """For ``datetime`` attributes, to the minute."""
    return local(at).isoformat(timespec="minutes")


def stamp(at: int) -> str:
    """2026-11-25 08:12."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def brief(at: int) -> str:
    """11-25 08:12."""
    return local(at).strftime("%m-%d %H:%M")


def clock(at: int) -> str:
    """08:12:36."""
    return local(at).strftime("%H:%M:%S")


def day(lang: str, at: int) -> str:
    """2026-11-25 周三."""
    return f"{local(at):%Y-%m-%d} {weekday(lang, at)}"


def dated(lang: str, at: int) -> str:
    """11-25 周三 17:30; the year only where it is another than now is not known here, so never."""
    return f"{local(at):%m-%d} {weekday(lang, at)} {local(at):%H:%M}"


def exact(lang: str, at: int) -> str:
    """2026-11-25 周三 17:30."""
    return f"{day(lang, at)} {local(at):%H:%M}"


def until(lang: str, at: int) -> str:
    """The end of a limit, 2026-11-25 周三 17:30: midnight is 24:00 of the day it ends (民法典 §203)."""
    return f"{day(lang, at - 1)} 24:00" if start_of_day(at) == at else exact(lang, at)


def weekday(lang: str, at: int) -> str:
    """周三 or Wed."""
    return say(lang, f"page.weekday_{local(at).isoweekday()}")


def start_of_day(at: int) -> int:
    """Midnight, local, at or before the instant."""
    return at - (at + 8 * HOUR) % DAY


def length(lang: str, micros: int) -> str:
    """A length of time in words; never negative."""
    micros = max(0, micros)
    if micros < HOUR:
        return say(lang, "page.minutes", m=micros // MINUTE)
    if micros < DAY:
        return say(lang, "page.hours_minutes", h=micros // HOUR, m=micros % HOUR // MINUTE)
    days, hours = micros // DAY, micros % DAY // HOUR
    if days < 3 and hours:
        return say(lang, "page.days_hours", d=days, h=hours)
    return say(lang, "page.days", d=days)


def light_of(now: int, since: int, due: int, warn: int) -> str:
    """The light of a running limit: crit 严重超期 (over by more than half its length), late 超期, soon 将到期 (due
    within ``warn`` microseconds), ok 正常. Source: hub default; ``warn`` is the pack's warning span.
    """
    if now >= due:
        return CRIT if 2 * (now - due) > due - since else LATE
    return SOON if due - now <= warn else OK


def due(lang: str, now: int, since: int, at: int, warn: int) -> Due:
    """A limit's end as it is shown."""
    light = light_of(now, since, at, warn)
    key = "page.left" if now < at else "page.over"
    return Due(light, say(lang, key, span=length(lang, abs(at - now))), at, until(lang, at), iso(at))
