"""Explanations written out: which day counts, and why another does not."""

from __future__ import annotations

from datetime import date

from hub.policy.calendar import shipped_calendar
from hub.policy.explain import Explanation, explain
from hub.policy.limits import Pause
from hub.words import HOUR
from tests.policy.test_due_dates_follow_the_law import CHUXIONG, at, extension, limit

CALENDAR = shipped_calendar()


def told(found: Explanation) -> list[tuple[str, int, str, str]]:
    """Date, number in the count, why not, name of the holiday (or reasons of the pause)."""
    return [
        (date.fromordinal(line.day).isoformat()[5:], line.counted, line.why, line.zh or "+".join(line.paused))
        for line in found.lines
    ]


def test_working_days_in_chuxiong_over_the_torch_festival() -> None:
    found = explain(limit(3, "workday"), at("2024-07-26"), CALENDAR, CHUXIONG)
    assert told(found) == [
        ("07-26", 0, "first", ""),
        ("07-27", 0, "weekend", ""),
        ("07-28", 0, "weekend", ""),
        ("07-29", 0, "local", "火把节"),
        ("07-30", 0, "local", "火把节"),
        ("07-31", 0, "local", "火把节"),
        ("08-01", 1, "", ""),
        ("08-02", 2, "", ""),
        ("08-03", 0, "weekend", ""),
        ("08-04", 0, "weekend", ""),
        ("08-05", 3, "", ""),
    ]
    assert (found.rule, found.calendar, found.provisional) == ("x.3w@532301", "cn2026.1+5323.1", False)
    assert (found.runs_from, found.at, found.rolled) == (at("2024-07-27T00:00"), at("2024-08-06T00:00"), False)


def test_a_last_day_in_the_spring_festival_moves_behind_it() -> None:
    found = explain(limit(2, "day"), at("2026-02-13"), CALENDAR)
    assert told(found) == [
        ("02-13", 0, "first", ""),
        ("02-14", 1, "", "春节"),  # a Saturday that is worked
        ("02-15", 2, "", "春节"),
        *((f"02-{day}", 0, "holiday", "春节") for day in range(16, 24)),
        ("02-24", 0, "", ""),
    ]
    assert found.rolled and [line.rolled for line in found.lines] == [False] * 3 + [True] * 9
    assert found.lines[1].kind == "make-up" and found.lines[1].en == "Spring Festival"
    assert date.fromordinal(found.nominal) == date(2026, 2, 15) and date.fromordinal(found.last) == date(2026, 2, 24)


def test_paused_days_say_for_what() -> None:
    rule = limit(3, "day", pauses=["appraisal", "hearing"], cut_off="17:30", extension=extension(1, "day"))
    paused = [
        Pause(at("2026-11-24T09:00"), at("2026-11-25T09:00"), "appraisal"),
        Pause(at("2026-11-25T08:00"), at("2026-11-25T18:00"), "hearing"),
        Pause(at("2026-11-26T08:00"), at("2026-11-26T18:00"), "illness"),  # the limit does not know it
    ]
    found = explain(rule, at("2026-11-23"), CALENDAR, paused=paused, extended=1)
    assert told(found) == [
        ("11-23", 0, "first", ""),
        ("11-24", 0, "paused", "appraisal"),
        ("11-25", 0, "paused", "appraisal+hearing"),
        ("11-26", 1, "", ""),
        ("11-27", 2, "", ""),
        ("11-28", 3, "", ""),
        ("11-29", 4, "", ""),
        ("11-30", 0, "", ""),
    ]
    assert (found.at, found.rule, found.extended) == (at("2026-11-30T17:30"), "x.3d+1d", 1)


def test_hours_are_told_in_the_part_of_each_day() -> None:
    paused = [Pause(at("2026-11-24T20:00"), at("2026-11-26T06:00"), "appraisal")]
    found = explain(limit(24, "hour", first="next"), at("2026-11-23T22:30"), CALENDAR, paused=paused)
    assert [(date.fromordinal(line.day).day, line.ran / HOUR, line.why, line.paused) for line in found.lines] == [
        (23, 1, "", ()),
        (24, 20, "", ("appraisal",)),
        (25, 0, "paused", ("appraisal",)),
        (26, 3, "", ("appraisal",)),
    ]
    assert (found.runs_from, found.at) == (at("2026-11-23T23:00"), at("2026-11-26T09:00"))
    late = explain(limit(24, "hour", first="next"), at("2026-11-23T23:30"), CALENDAR)
    assert [(line.ran / HOUR, line.why) for line in late.lines] == [(0, "first"), (24, "")]


def test_days_nobody_has_announced_are_marked() -> None:
    found = explain(limit(2, "workday"), at("2026-12-30"), CALENDAR)
    assert [line.provisional for line in found.lines] == [False, False, True]
    assert found.provisional and found.rule == "x.2w~"
