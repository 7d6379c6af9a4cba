"""为什么是这个日期: a running limit's count day by day, and everything its date rests on, ready for the template."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, NamedTuple

from hub.policy import Pack
from hub.words import DAY, SECOND

from ...drawings.days import day_off, known
from .. import when
from ..messages import say
from .limits import Limit, Rule, hours_by_day

WIDEST: Final = 18  # cells of a strip; a longer count leaves out its middle
HUB_DEFAULT: Final = "hub default"
LAWS: Final = re.compile(r"[\u4e00-\u9fff]{3,}(?: §\d+)?")


class Cell(NamedTuple):
    """One day of the count: weekday, date, what stands under it, and its classes."""

    weekday: str
    day: str
    words: str
    css: str


class Basis(NamedTuple):
    """What a limit rests on: ``default`` = no rule of law sets the figure; ``text`` as the pack has it, ``laws`` those
    named in it; not ``known``: the pack is not the one loaded.
    """

    default: bool
    text: str
    laws: str
    known: bool


class Why(NamedTuple):
    """One limit explained. ``unequal``: the end computed anew, where it is not the one in the event."""

    limit: Limit
    name: str
    due: when.Due
    cells: tuple[Cell, ...]
    sentence: str
    figures: Rule | None
    basis: Basis
    unequal: int | None
    checked: bool
    no_data: tuple[int, ...]


def explain(limit: Limit, pack: Pack, now: int, lang: str) -> Why:
    """A limit's date explained."""
    owed, rule = limit.owed, limit.figures
    name = say(lang, f"case.o_{owed.name}")
    if limit.referral:
        name = say(lang, "case.on_referral", n=limit.referral, what=name)
    due = when.due(lang, now, limit.since, owed.due_at, pack.limits[owed.name].warn)
    cells = _cells(limit, rule, pack, now, lang) if rule is not None else ()
    years = sorted({when.local(at).year for at in (limit.since, owed.due_at - 1)}) if rule and rule.days else []
    return Why(
        limit, name, due, cells, _sentence(limit, rule, lang) if rule is not None else "", rule, basis(limit, pack),
        None if limit.equal else limit.again, limit.again is not None, tuple(y for y in years if not known(y)),
    )  # fmt: skip


def basis(limit: Limit, pack: Pack) -> Basis:
    """The pack's own words; of a pack that is not the one loaded nothing can be quoted."""
    if limit.pack != pack.id:
        return Basis(False, "", "", False)
    text = pack.limits[limit.owed.name].basis
    if not text.startswith(HUB_DEFAULT):
        return Basis(False, text, "", True)
    return Basis(True, text.removeprefix(HUB_DEFAULT).strip(" :()"), "、".join(LAWS.findall(text)), True)


def _cells(limit: Limit, rule: Rule, pack: Pack, now: int, lang: str) -> tuple[Cell, ...]:
    end = limit.owed.due_at
    today = when.start_of_day(now)
    if not rule.days:
        spans = list(hours_by_day(limit.since, end, pack.offset))
        made = [
            _cell(lang, midnight, say(lang, "case.hours", n=_figure(hours)), today, i == 0, i == len(spans) - 1)
            for i, (midnight, hours) in enumerate(spans)
        ]
        return tuple(made)
    first, last = when.start_of_day(limit.since), when.start_of_day(end - 1)
    count = (last - first) // DAY
    words = [say(lang, "case.start_day"), *map(str, range(1, count + 1))]
    made = [_cell(lang, first + n * DAY, words[n], today, n == 0, n == count) for n in range(count + 1)]
    if len(made) <= WIDEST:
        return tuple(made)
    skipped = len(made) - WIDEST + 1
    gap = Cell("", "", say(lang, "case.skipped", n=skipped), "start")
    return (*made[:4], gap, *made[4 + skipped :])


def _cell(lang: str, midnight: int, words: str, today: int, first: bool, last: bool) -> Cell:
    local = when.local(midnight)
    css = ["start"] if first and not last else []
    css += ["rest"] if not first and not last and day_off(local.date()) is not None else []
    css += ["today"] if midnight == today else []
    css += ["end"] if last else []
    return Cell(when.weekday(lang, midnight), f"{local:%m-%d}", words, " ".join(css))


def _figure(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0")


def _sentence(limit: Limit, rule: Rule, lang: str) -> str:
    end = limit.owed.due_at
    start = when.exact(lang, limit.since)
    if not rule.days:
        return say(lang, "case.say_hours", start=start, n=rule.amount, end=when.until(lang, end))
    first = when.local(limit.since).date()
    days = (when.local(end - 1).date() - first).days
    off = sum(day_off(first + timedelta(days=n)) is not None for n in range(1, days + 1))
    return say(lang, "case.say_days", start=start, n=days, off=off, last=when.day(lang, end - SECOND))
