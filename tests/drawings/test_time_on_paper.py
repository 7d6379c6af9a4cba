"""The axis: monotone, at least 14 px a day, the past squeezed but never the last 30 days; days off as they were."""

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.web.drawings.days import day_off
from hub.web.drawings.scale import LEAST, Scale, local_date, local_text, midnight
from hub.words import DAY, HOUR
from tests.drawings.story import START


@given(st.integers(0, 900), st.integers(0, 60), st.integers(300, 2_000))
@settings(deadline=None)
def test_monotone_and_never_narrow_near_now(past: int, ahead: int, width: int) -> None:
    now = START
    scale = Scale(now - past * DAY, now + ahead * DAY, now, 164.0, float(width))
    xs = [scale.x(now + n * DAY) for n in range(-past, ahead + 1)]
    assert all(a <= b for a, b in pairwise(xs))
    near = [scale.x(now + n * DAY) for n in range(-min(past, 29), ahead + 1)]
    assert all(b - a >= LEAST - 1e-6 for a, b in pairwise(near))
    assert scale.right >= scale.x(now) >= 164.0
    assert scale.right - 164.0 >= width - 1e-6


def test_a_long_past_is_squeezed() -> None:
    short = Scale(START - 90 * DAY, START, START, 0.0, 1_000.0)
    long = Scale(START - 800 * DAY, START, START, 0.0, 1_000.0)
    assert short.x(START - 89 * DAY) - short.x(START - 90 * DAY) >= LEAST - 1e-6
    assert 0 < long.x(START - 700 * DAY) - long.x(START - 701 * DAY) < 4
    assert long.right < 2_000


def test_local_days_begin_at_16_utc() -> None:
    assert local_date(START) == date(2026, 10, 8)
    assert local_date(midnight(date(2026, 10, 8))) == date(2026, 10, 8)
    assert local_date(midnight(date(2026, 10, 8)) - 1) == date(2026, 10, 7)
    assert local_text(START + 30 * HOUR) == "10-09 14:00"


def test_holidays_merge_and_make_up_days_are_worked() -> None:
    scale = Scale(midnight(date(2026, 9, 28)), midnight(date(2026, 10, 19)), START, 0.0, 800.0)
    assert [(off.first, off.end, off.name) for off in scale.off()] == [
        (date(2026, 10, 1), date(2026, 10, 8), "国庆"),
        (date(2026, 10, 11), date(2026, 10, 12), ""),
        (date(2026, 10, 17), date(2026, 10, 19), ""),
    ]
    assert scale.calendar.worked(date(2026, 10, 10)) and day_off(date(2026, 10, 10)) is None
    assert [day.weekday() for day in scale.mondays()] == [0, 0, 0, 0]


def test_an_axis_that_ended_long_ago_and_one_that_begins_at_the_knee_have_a_scale() -> None:
    over = Scale(START - 150 * DAY, START, START + 400 * DAY, 0.0, 1_000.0)  # closed a year ago
    assert over.x(START - 150 * DAY) < over.x(START - DAY) <= over.right
    ahead = Scale(START - 30 * DAY, START + 100 * DAY, START, 0.0, 1_000.0)  # nothing lies before the last 30 days
    assert ahead.x(START - 29 * DAY) < ahead.x(START) < ahead.right
