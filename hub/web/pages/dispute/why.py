"""为什么是这个日期: a running limit's count day by day, and everything its date rests on, ready for the template."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hub.policy import Dated
from hub.policy.calendar import HOLIDAY, LOCAL, WEEKEND, midnight
from hub.policy.explain import FIRST, Explanation, Line
from hub.policy.explain import explain as recount
from hub.policy.limits import HOURS, WORKDAYS
from hub.words import HOUR, SECOND

from ...running import Limit, Rule
from .. import when
from ..messages import say

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


def explain(limit: Limit, policy: Dated, now: int, lang: str) -> Why:
    """A limit's date explained, day by day where its pack is here and it is one count."""
    owed, figures = limit.owed, limit.figures
    name = say(lang, f"case.o_{owed.name}")
    if limit.referral:
        name = say(lang, "case.on_referral", n=limit.referral, what=name)
    due = when.due(lang, now, limit.since, owed.due_at, policy.at(limit.since).limits[owed.name].warn)
    told = count(limit, policy)
    cells = _cells(told, now, lang) if told is not None else ()
    no_data = sorted({when.local(midnight(line.day)).year for line in told.lines if line.provisional}) if told else []
    return Why(
        limit, name, due, cells, _sentence(told, lang) if told is not None else "", figures, basis(limit, policy),
        None if limit.equal else limit.again, limit.again is not None, tuple(no_data) if told and told.provisional else (),
    )  # fmt: skip


def count(limit: Limit, policy: Dated) -> Explanation | None:
    """The count behind a date; None where its pack is not here or it was extended."""
    pack = policy.named(limit.pack)
    rule = pack.rule(limit.rule) if pack is not None else None
    if pack is None or rule is None:
        return None
    return recount(rule[0], limit.since, pack.calendar, rule[1])


def basis(limit: Limit, policy: Dated) -> Basis:
    """The pack's own words; of a pack that is not here nothing can be quoted."""
    pack = policy.named(limit.pack)
    found = pack.rule(limit.rule) if pack is not None else None
    if pack is None:
        return Basis(False, "", "", False)
    text = found[0].basis if found is not None else pack.limits[limit.owed.name].basis
    if not text.startswith(HUB_DEFAULT):
        return Basis(False, text, "", True)
    return Basis(True, text.removeprefix(HUB_DEFAULT).strip(" :();,"), "、".join(LAWS.findall(text)), True)


def _cells(told: Explanation, now: int, lang: str) -> tuple[Cell, ...]:
    today = when.start_of_day(now)
    last = len(told.lines) - 1
    made = [_cell(lang, line, _under(lang, line, told), today, n == 0, n == last) for n, line in enumerate(told.lines)]
    if len(made) <= WIDEST:
        return tuple(made)
    skipped = len(made) - WIDEST + 1
    gap = Cell("", "", say(lang, "case.skipped", n=skipped), "start")
    return (*made[:4], gap, *made[4 + skipped :])


def _under(lang: str, line: Line, told: Explanation) -> str:
    """What stands under a day: its number in the count, its hours, or why it does not count."""
    if told.limit.unit == HOURS:
        return say(lang, "case.hours", n=_figure(line.ran / HOUR))
    if line.why == FIRST:
        return say(lang, "case.start_day")
    if line.why in (HOLIDAY, LOCAL) or (line.rolled and line.kind in (HOLIDAY, LOCAL) and not line.counted):
        return line.zh if lang == "zh" else line.en
    if line.why == WEEKEND or (line.rolled and not line.counted):
        return say(lang, "case.day_rest" if line.kind == WEEKEND else "case.day_rolled")
    return str(line.counted)


def _cell(lang: str, line: Line, words: str, today: int, first: bool, last: bool) -> Cell:
    at = midnight(line.day)
    css = ["start"] if first and not last else []
    off = line.kind in (WEEKEND, HOLIDAY, LOCAL)
    css += ["rest"] if not first and not last and off else []
    css += ["today"] if at == today else []
    css += ["end"] if last else []
    return Cell(when.weekday(lang, at), f"{when.local(at):%m-%d}", words, " ".join(css))


def _figure(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0")


def _sentence(told: Explanation, lang: str) -> str:
    start, limit = when.exact(lang, told.start), told.limit
    if limit.unit == HOURS:
        return say(lang, "case.say_hours", start=start, n=limit.amount, end=when.until(lang, told.at))
    last = when.day(lang, told.at - SECOND)
    counted = max(line.counted for line in told.lines)
    off = sum(line.kind in (WEEKEND, HOLIDAY, LOCAL) for line in told.lines[1:] if not line.rolled)
    if limit.unit == WORKDAYS:
        return say(lang, "case.say_workdays", start=start, n=counted, off=off, last=last)
    said = say(lang, "case.say_days", start=start, n=counted, off=off, last=when.day(lang, midnight(told.nominal)))
    return said if not told.rolled else said + say(lang, "case.say_rolled", last=last)
