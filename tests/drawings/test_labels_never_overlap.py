"""No label runs into another or into a mark, on any picture; what has no room is dropped. Measured, not looked at."""

import re
import unicodedata
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from hub.web.drawings import Drawing, draw, picture
from hub.web.drawings.canvas import Canvas
from hub.web.drawings.model import Picture
from hub.words import DAY
from tests.drawings.pictures import any_name, pictures
from tests.drawings.story import COMMITTEE, START, name, worked_example

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"seg": 12.0, "sub": 11.0, "t-late": 12.0, "t-crit": 12.0, "t-soon": 12.0}


def measured(text: str, size: float) -> float:
    """An independent measure: full-width characters one em, the others as wide as common CJK faces have them."""
    narrow = {" ": 0.3, "-": 0.4, "#": 0.6}
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else narrow.get(c, 0.62) for c in text) * size


def words(drawn: Drawing) -> list[tuple[str, float, float, float, float]]:
    """(text, x0, y0, x1, y1) of every label with a halo, read from the SVG itself."""
    found = []
    for node in ElementTree.fromstring(drawn.svg).iter(f"{SVG}text"):
        css = (node.get("class") or "").split()
        if "halo" not in css:
            continue
        size = next((SIZES[c] for c in css if c in SIZES), 12.0)
        wide = measured(node.text or "", size)
        x, y = float(node.get("x") or 0), float(node.get("y") or 0)
        left = x - (wide if "e" in css else wide / 2 if "m" in css else 0)
        found.append((node.text or "", left, y - 0.85 * size, left + wide, y + 0.2 * size))
    return found


def hits(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def check(drawn: Drawing) -> None:
    found = words(drawn)
    assert len(found) == len(drawn.labels)
    for a, b in combinations(found, 2):
        assert not hits(a[1:], b[1:]), (a, b)
    for word in found:
        for mark in drawn.marks:
            assert not hits(word[1:], mark), (word, mark)
    width = float(re.findall(r'viewBox="0 0 ([\d.]+)', drawn.svg)[0])
    assert all(word[1] >= 0 and word[3] <= width for word in found)


@given(pictures())
@settings(max_examples=150, deadline=None)
def test_on_any_picture(shown: Picture) -> None:
    check(draw(shown, any_name))


def test_the_worked_example_has_its_words() -> None:
    drawn = draw(picture(worked_example().events, START + 40 * DAY), name, alone=True)
    check(drawn)
    said = [word[0] for word in words(drawn)]
    assert "#1 退回：不属职责" in said
    assert "#2 指派，不得拒收" in said
    assert any(text.startswith("东兴社区调委会担责 4天") for text in said)
    assert any(text.endswith("办结") for text in said)


@pytest.mark.slow
def test_on_every_dispute_of_a_month() -> None:
    from tests.sandbox.months import SEED, month

    ran = month(SEED)
    stories: dict[bytes, list[tuple[str, dict[str, object]]]] = {}
    for kind, f in ran.events:
        if "custodian" in f:
            stories.setdefault(f["stream"], []).append((kind, dict(f)))
    dropped = total = 0
    for story in stories.values():
        drawn = draw(picture(story, ran.now), lambda agency: ran.names[agency])
        check(drawn)
        dropped += len(drawn.dropped)
        total += len(drawn.labels) + len(drawn.dropped)
    assert dropped < total / 10, "labels find their room on real disputes"


def test_marks_close_together_find_room() -> None:
    c = Canvas(picture(worked_example().events, START + 40 * DAY), name, 1_286.0)
    c.take(COMMITTEE, 465.6, 4.5)
    c.take(COMMITTEE, 489.0, 9.5)
    circle = c.room(COMMITTEE, 434.1, 7)
    square = c.room(COMMITTEE, 436.2, 8)
    assert circle == 434.1 and square >= circle + 15 and square + 8 <= 465.6 - 4.5
