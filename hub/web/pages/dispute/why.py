"""为什么是这个日期: a running limit's count day by day, and everything its date rests on, ready for the template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hub.policy import Dated
from hub.policy.calendar import HOLIDAY, LOCAL, WEEKEND, Calendar, midnight
from hub.policy.explain import FIRST, PAUSED, Explanation, Line
from hub.policy.limits import HOURS, WORKDAYS
from hub.words import HOUR, SECOND

from ...running import Clocks, Limit, Rule, explained
from .. import when
from ..messages import say
from ..render import label

WIDEST: Final = 18  # cells of a strip; a longer count leaves out its middle
HUB_DEFAULT: Final = "hub default"
CHINESE: Final = re.compile(r"[\u4e00-\u9fff《〔]")  # how a citation begins; remarks are in English
REMARK: Final = re.compile(r": |, section | says ")  # what follows a citation
LAWS: Final = re.compile(r"[\u4e00-\u9fff]{3,}(?: §\d+(?:[-–]\d+)?|〔\d{4}〕\d+号)")


class Cell(NamedTuple):
    """One day of the count: weekday, date, what stands under it, and its classes."""

    weekday: str
    day: str
    words: str
    css: str


class Basis(NamedTuple):
    """What a limit rests on: ``default`` = no rule of law sets the figure; ``text`` as the pack has it, ``laws`` what
    it cites; not ``known``: the pack is not the one loaded.
    """

    default: bool
    text: str
    laws: str
    known: bool


class Step(NamedTuple):
    """One count: its days in a strip, and what it says in a sentence. ``title``: what an extension is for, "" = the
    first count.
    """

    title: str
    cells: tuple[Cell, ...]
    sentence: str


class Why(NamedTuple):
    """One limit explained. ``steps``: its first count and one more for each extension; () = it cannot be told day by
    day. ``unequal``: the end computed anew, where it is not the one in the event. ``awaited``: what is not announced.
    """

    limit: Limit
    name: str
    due: when.Due
    steps: tuple[Step, ...]
    figures: Rule | None
    basis: Basis
    unequal: int | None
    checked: bool
    awaited: tuple[str, ...]
    clocks: Clocks | None


def explain(limit: Limit, policy: Dated, now: int, lang: str) -> Why:
    """A limit's date explained, day by day where its packs are here."""
    owed = limit.owed
    name = say(lang, f"case.o_{owed.name}")
    if limit.referral:
        name = say(lang, "case.on_referral", n=limit.referral, what=name)
    due = when.due(lang, now, limit.since, owed.due_at, policy.at(limit.since).limits[owed.name].warn)
    told = explained(limit, policy)
    steps = tuple(step(one, now, lang, count.entry.fields if count.days else None)
                  for one, count in zip(told, limit.counts, strict=False))  # fmt: skip
    pack = policy.named(limit.pack)
    return Why(
        limit, name, due, steps, limit.figures, basis(limit, policy), None if limit.equal else limit.again,
        limit.again is not None, awaited(told, pack.calendar, lang) if pack is not None else (), limit.clocks,
    )  # fmt: skip


def awaited(told: Sequence[Explanation], calendar: Calendar, lang: str) -> tuple[str, ...]:
    """What a provisional date rests on, by year: no national notice yet, or days of the place not announced yet."""
    days = {line.day for one in told if one.provisional for line in one.lines if line.provisional}
    years = sorted({when.local(midnight(day)).year for day in days})
    keys = {year: "case.say_awaited" if calendar.known(year) else "case.say_no_data" for year in years}
    return tuple(say(lang, key, year=year) for year, key in keys.items())


def step(told: Explanation, now: int, lang: str, extension: Mapping[str, Any] | None = None) -> Step:
    """One count ready for the page; ``extension``: the fields of the event that granted it."""
    if extension is None:
        return Step("", _cells(told, now, lang), _sentence(told, lang))
    cause = label(lang, "extension_causes", extension["cause"])
    title = say(lang, "case.longer", n=extension["days"], cause=cause, old=when.until(lang, extension["old_due_at"]))
    return Step(title, _cells(told, now, lang), _sentence(told, lang, "longer_"))


def basis(limit: Limit, policy: Dated) -> Basis:
    """The pack's own words; of a pack that is not here nothing can be quoted."""
    pack = policy.named(limit.pack)
    found = pack.rule(limit.counts[0].rule) if pack is not None else None
    if pack is None:
        return Basis(False, "", "", False)
    return basis_of(found[0].basis if found is not None else pack.limits[limit.owed.name].basis)


def basis_of(text: str) -> Basis:
    """A pack's words on what a limit rests on, taken apart."""
    if not text.startswith(HUB_DEFAULT):
        cited = (REMARK.split(part)[0].strip() for part in text.split(";"))
        return Basis(False, text, "；".join(part for part in cited if CHINESE.match(part)), True)
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
    if told.limit.unit == HOURS and line.why != PAUSED:
        return say(lang, "case.hours", n=_figure(line.ran / HOUR))
    if line.why == FIRST:
        return say(lang, "case.start_day")
    if line.why == PAUSED:
        return "、".join(label(lang, "pause_reasons", reason) for reason in line.paused)
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


def _sentence(told: Explanation, lang: str, which: str = "") -> str:
    """``which``: "longer_" for a count that goes on from the end of the one before."""
    start, limit = when.until(lang, told.start + 1) if which else when.exact(lang, told.start), told.limit
    if limit.unit == HOURS:
        return say(lang, f"case.say_{which}hours", start=start, n=limit.amount, end=when.until(lang, told.at))
    last = when.day(lang, told.at - SECOND)
    counted = max(line.counted for line in told.lines)
    off = sum(line.kind in (WEEKEND, HOLIDAY, LOCAL) for line in told.lines[1:] if not line.rolled)
    paused = sum(line.why == PAUSED for line in told.lines)
    if limit.unit == WORKDAYS:
        said = say(lang, "case.say_workdays", start=start, n=counted, off=off, last=last)
    else:
        nominal = when.day(lang, midnight(told.nominal))
        said = say(lang, f"case.say_{which}days", start=start, n=counted, off=off, last=nominal)
    said += say(lang, "case.say_paused", n=paused) if paused else ""
    return said if not told.rolled else said + say(lang, "case.say_rolled", last=last)
