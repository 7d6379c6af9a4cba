"""The picture of rounds: four parts side by side on one scale, nothing drawn for none, words as text."""

from __future__ import annotations

import re

from hub.web.drawings.rounds import LONG, Stack, stacks

RECT = re.compile(r'<rect class="b (\w+)" x="([\d.]+)" y="[\d.-]+" width="([\d.]+)"')


def rects(drawn: str) -> list[tuple[str, float, float]]:
    return [(kind, float(x), float(wide)) for kind, x, wide in RECT.findall(drawn)]


def test_parts_follow_each_other_in_proportion() -> None:
    drawn = stacks([Stack("weeks", (4, 1, 3, 0), "all"), Stack("months", (0, 0, 0, 2), "none")], "rounds")
    ok, soon, late, rest = rects(drawn)
    assert [ok[0], soon[0], late[0], rest[0]] == ["ok", "soon", "late", "all"]
    assert [ok[2], soon[2], late[2], rest[2]] == [LONG / 2, LONG / 8, LONG * 3 / 8, LONG / 4]
    assert (soon[1], late[1]) == (ok[1] + ok[2], soon[1] + soon[2]) and rest[1] == ok[1]


def test_links_and_words() -> None:
    drawn = stacks([Stack("<b>", (1, 0, 0, 0), "1 & 0", "/screening?a=1&b=2")], "<t>")
    assert 'href="/screening?a=1&amp;b=2"' in drawn and "<b>" not in drawn and 'aria-label="&lt;t&gt;"' in drawn
    assert stacks([Stack("x", (0, 0, 0, 0), "")], "t") == "" and stacks([], "t") == ""
