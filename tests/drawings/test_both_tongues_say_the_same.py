"""The two tables of words have the same keys and the same places for values; a picture in English has no Chinese but
registered names, each marked as such.
"""

import re
import string
from xml.etree import ElementTree

from hypothesis import given, settings

from hub.web.drawings import draw, picture, tongue
from hub.web.drawings.model import Picture
from hub.web.drawings.tongues import EN, ZH
from hub.web.drawings.words import Marked, length
from hub.words import DAY, HOUR, SECOND
from tests.drawings.pictures import pictures
from tests.drawings.story import START, name, worked_example
from tests.drawings.test_labels_never_overlap import check

CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef]")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_same_keys_and_same_values() -> None:
    for field in ("kinds", "reasons", "levels", "organs", "lanes", "says", "marks", "phrases", "key"):
        zh, en = getattr(ZH, field), getattr(EN, field)
        assert set(zh) == set(en), field
        for key in zh:
            assert places(zh[key]) == places(en[key]), (field, key)
            assert not CHINESE.search(en[key]), (field, key)
    assert tongue("en") is EN and tongue("zh") is ZH and tongue("fr") is ZH


def test_an_english_picture() -> None:
    shown = picture(worked_example().events[:-1], START + 40 * DAY, words=EN)
    drawn = draw(shown, name, link=lambda n: f"#leg-{n}", words=EN)
    check(drawn)
    bare = re.sub(r'<(tspan|span) lang="zh-CN">[^<]*</\1>', "", drawn.svg)
    bare = re.sub(r'<text class="lab[^>]* lang="zh-CN"[^>]*>.*?</text>', "", bare)
    bare = re.sub(r'aria-label="[^"]*"', "", bare)
    assert not CHINESE.search(bare), CHINESE.search(bare)
    root = ElementTree.fromstring(drawn.svg)
    said = "".join(root.find("{http://www.w3.org/2000/svg}desc").itertext())  # type: ignore[union-attr]
    assert said.startswith("Custody was with 东兴社区调委会 (from 10-08)") and "without a gap" in said


@given(pictures())
@settings(max_examples=60, deadline=None)
def test_labels_never_overlap_in_english_either(shown: Picture) -> None:
    check(draw(shown, lambda agency: "楚雄市人力资源和社会保障局调委会"[: 3 + agency[0] * 2], words=EN))


def test_names_are_marked_as_wholes() -> None:
    marked = Marked(["市调委会", "市调委会分会", "A & B"], EN)
    assert marked("to 市调委会分会 & 市调委会") == (
        'to <tspan lang="zh-CN">市调委会分会</tspan> &amp; <tspan lang="zh-CN">市调委会</tspan>'
    )
    assert Marked(["市调委会"], ZH)("市调委会") == "市调委会"


def test_lengths() -> None:
    assert length(9 * HOUR + 17 * 60 * SECOND, EN) == "9 h 17 min"
    assert length(2 * DAY + HOUR, EN) == "2 d 1 h"
