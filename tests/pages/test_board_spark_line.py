"""The small line of the last 30 days: inside its picture, weekends shaded, its numbers in words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from hub.web.drawings.spark import EDGE, HEIGHT, WIDTH, spark
from hub.words import DAY, HOUR

FIRST = 20_000 * DAY + 0 * HOUR  # 2024-10-04, 08:00 in China: a Friday of the national holiday


def points(svg: str) -> list[tuple[float, float]]:
    found = re.search(r'points="([^"]+)"', svg)
    assert found is not None
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found[1].split())]


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=40))
def test_every_point_lies_inside_and_higher_figures_lie_higher(figures: list[int]) -> None:
    made = points(spark([(FIRST + n * DAY, figure) for n, figure in enumerate(figures)], "x"))
    assert len(made) == len(figures) and made[0][0] == 0 and made[-1][0] == WIDTH
    assert all(0 <= x <= WIDTH and EDGE - 0.1 <= y <= HEIGHT - EDGE + 0.1 for x, y in made)
    for (_, y), figure in zip(made, figures, strict=True):
        for (_, other), beside in zip(made, figures, strict=True):
            assert figure <= beside or y <= other


def test_days_off_are_shaded_and_the_label_is_text() -> None:
    monday = FIRST + 31 * DAY
    svg = spark([(monday + n * DAY, n) for n in range(14)], 'low <1> & "high"')
    assert svg.count('class="wk"') == 4
    assert 'aria-label="low &lt;1> &amp; &quot;high&quot;"' in svg and 'role="img"' in svg


def test_one_point_is_no_line() -> None:
    assert spark([(FIRST, 3)], "x") == "" == spark([], "x")


def test_equal_figures_lie_in_the_middle() -> None:
    made = points(spark([(FIRST, 5), (FIRST + DAY, 5)], "x"))
    assert {y for _, y in made} == {HEIGHT / 2}
