"""The baton is one path without a gap: level on the custodian's lane, upright exactly where custody moved."""

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given, settings

from hub.web.drawings import Drawing, draw, picture
from hub.web.drawings.canvas import Canvas
from hub.web.drawings.model import Picture
from hub.words import DAY
from tests.drawings.pictures import any_name, pictures
from tests.drawings.story import START, name, worked_example

SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]


def path(drawn: Drawing, css: str) -> list[str]:
    return [p.get("d") or "" for p in ElementTree.fromstring(drawn.svg).iter(f"{SVG}path") if p.get("class") == css]


def stops(d: str) -> list[Point]:
    """The points a path of M, L and Q runs through, control points (the corners) included."""
    numbers = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", d)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def check(shown: Picture, drawn: Drawing) -> None:
    (baton,) = path(drawn, "baton")
    assert path(drawn, "casing") == [baton]
    assert re.fullmatch(r"M[^MLQ]+(?:[LQ][^MLQ]+)*", baton), "one stroke: the pen is set down once"
    points = stops(baton)
    for (ax, ay), (bx, by) in pairwise(points):
        assert abs(ax - bx) < 0.15 or abs(ay - by) < 0.15, "level or upright, nothing else"
        assert bx >= ax - 0.15, "time does not run backwards"
    c = Canvas(shown, any_name, 1286.0)
    assert abs(points[0][0] - c.scale.x(shown.holds[0].since)) < 0.1
    assert abs(points[-1][0] - c.scale.x(c.until(shown.holds[-1]))) < 0.1
    for before, hold in pairwise(shown.holds):
        x = c.scale.x(hold.since)
        if before.agency != hold.agency:
            corner = {(round(px, 1), round(py, 1)) for px, py in points}
            assert (round(x, 1), round(c.y(before.agency), 1)) in corner
            assert (round(x, 1), round(c.y(hold.agency), 1)) in corner


@given(pictures())
@settings(max_examples=150, deadline=None)
def test_on_any_picture(shown: Picture) -> None:
    check(shown, draw(shown, any_name))


def test_after_now_the_line_goes_on_pale_while_the_dispute_is_open() -> None:
    events = worked_example().events
    still_open = draw(picture(events[:-1], START + 25 * DAY), name)
    closed = draw(picture(events, START + 25 * DAY), name)
    (pale,) = path(still_open, "baton-next")
    begins = re.match(r"M(?P<x>[\d.]+) (?P<y>[\d.]+)H", pale)
    assert begins is not None
    assert (float(begins["x"]), float(begins["y"])) == stops(path(still_open, "baton")[0])[-1]
    assert path(closed, "baton-next") == []


def test_a_ring_at_each_acceptance_and_a_flag_where_it_was_assigned() -> None:
    drawn = draw(picture(worked_example().events, START + 25 * DAY), name)
    rings = [c for c in ElementTree.fromstring(drawn.svg).iter(f"{SVG}circle") if c.get("class") == "ring"]
    assert len(rings) == 2  # court and city committee; the department was assigned, the court's return was a conclusion
    assert drawn.svg.count('class="m-ink"') == 1
