"""Flows and pick-up times as pictures: in proportion to their numbers, labels apart, nothing left out."""

import itertools
import random
import re
from xml.etree import ElementTree

import pytest

from hub.web.drawings import flows
from hub.web.drawings.flows import Flow, Words
from hub.web.drawings.labels import em
from hub.web.drawings.pickups import Span, bars, spans
from hub.words import HOUR

WORDS = Words(
    "流向", "发出", "接收", lambda kind, n: f"其余{kind} {n} 个", lambda a, b, n, r: f"{a}>{b}:{n}:{r}", "说明"
)  # fmt: skip


def city(seed: int, pairs: int, agencies: int) -> list[Flow]:
    dice = random.Random(seed)
    idents = [bytes([n % 256, n // 256]) * 8 for n in range(agencies)]
    made = {}
    for _ in range(pairs):
        sender, receiver = dice.sample(idents, 2)
        sent = 1 + int(dice.paretovariate(0.9)) % 300
        made[sender, receiver] = Flow(sender, receiver, sent, dice.choice((0, 0, sent // 3)))
    return list(made.values())


def name(ident: bytes) -> str:
    return f"楚雄市第{ident.hex()[:4]}号人民调解委员会与有关部门联合调解室"


def group(ident: bytes) -> str:
    return ("委员会", "派出所", "部门")[ident[0] % 3]


def drawn(made: list[Flow]) -> ElementTree.Element:
    return ElementTree.fromstring(flows.draw(made, name, group, WORDS, lambda ident: f"/agencies/{ident.hex()}"))


@pytest.mark.parametrize(("pairs", "agencies"), [(1, 2), (20, 6), (60, 13), (300, 60), (3_000, 400)])
def test_widths_and_heights_are_in_one_proportion(pairs: int, agencies: int) -> None:
    made = city(pairs, pairs, agencies)
    total = sum(f.sent for f in made)
    svg = drawn(made)
    ribbons = [(g.findtext("title") or "", g.findall("path")) for g in svg.findall("g")]
    assert sum(int(title.split(":")[1]) for title, _ in ribbons) == total  # nothing is left out
    scale = flows.TALL / total
    for title, paths in ribbons:
        _, sent, returned = title.rsplit(":", 2)
        assert float(paths[0].get("stroke-width") or 0) == pytest.approx(max(1.0, int(sent) * scale), abs=0.051)
        assert len(paths) == 1 + (returned != "0")
        if returned != "0":
            assert float(paths[1].get("stroke-width") or 0) == pytest.approx(
                max(1.0, int(returned) * scale), abs=0.051
            )  # fmt: skip
    for side in ("0", "1"):
        boxes = [r for r in svg.iter("rect") if (float(r.get("x") or 0) < 640) == (side == "0")]
        assert sum(float(r.get("height") or 0) for r in boxes) == pytest.approx(flows.TALL, abs=len(boxes))
        ends = sorted((float(r.get("y") or 0), float(r.get("height") or 0)) for r in boxes)
        assert all(y + tall <= below + 0.1 for (y, tall), (below, _) in itertools.pairwise(ends))
        assert len(boxes) <= flows.MOST + 3 or agencies <= flows.MOST + 1


@pytest.mark.parametrize("pairs", [20, 300, 3_000])
def test_labels_stand_apart_and_within_the_picture(pairs: int) -> None:
    svg = drawn(city(pairs, pairs, 200))
    _, _, width, height = (float(v) for v in (svg.get("viewBox") or "").split())
    for left in (True, False):
        texts = [t for t in svg.iter("text") if (float(t.get("x") or 0) < 640) == left]
        at = sorted(float(t.get("y") or 0) for t in texts)
        assert all(b - a >= 13 for a, b in itertools.pairwise(at)), at
        assert at[-1] < height
        for t in texts:
            said = "".join(s.text or "" for s in t.iter("tspan")) or t.text or ""
            wide = em(said) * flows.SIZE
            x = float(t.get("x") or 0)
            assert (x - wide >= 0) if left else (x + wide <= width), said


def test_names_are_text_and_agencies_lead_somewhere() -> None:
    made = [Flow(b"a" * 16, b"b" * 16, 3, 1)]
    text = flows.draw(made, lambda i: '<b>"&', group, WORDS, lambda i: "/agencies/x?a=1&b=2")
    assert "<b>" not in text and "&lt;b&gt;" in text and 'href="/agencies/x?a=1&amp;b=2"' in text
    ElementTree.fromstring(text)
    assert flows.draw([], name, group, WORDS) == ""
    assert flows.draw(made, name, group, WORDS) == flows.draw(made, name, group, WORDS)


def test_bars_are_in_proportion_and_say_their_counts() -> None:
    svg = ElementTree.fromstring(bars((4, 0, 8, 1), ("a", "b", "<c>", "d"), 2, "时限", "签收"))
    tall = [float(r.get("height") or 0) for r in svg.iter("rect")]
    assert tall == [48.0, 96.0, 12.0]  # none for nothing
    assert [t.text for t in svg.iter("text") if "ct" in (t.get("class") or "")] == ["4", "0", "8", "1"]
    assert [r.get("class") for r in svg.iter("rect")] == ["b ok", "b late", "b crit"]
    assert bars((0, 0), ("a", "b"), 1, "", "") == ""


def test_spans_are_ordered_along_one_scale() -> None:
    bounds = (0, HOUR, 24 * HOUR, 168 * HOUR)
    rows = [
        Span("甲<", 0, HOUR // 2, 2 * HOUR, "n"), Span("乙", 20 * HOUR, 30 * HOUR, 400 * HOUR, "m", "/agencies/b"),
    ]  # fmt: skip
    svg = ElementTree.fromstring(spans(rows, bounds, ("0", "1", "24", "168"), 24 * HOUR, "时限", "签收"))
    boxes = [r for r in svg.iter("rect") if "sp" in (r.get("class") or "")]
    marks = [r for r in svg.iter("rect") if "md" in (r.get("class") or "")]
    for box, mark in zip(boxes, marks, strict=True):
        x, wide = (float(box.get(k) or 0) for k in ("x", "width"))
        assert x - 0.1 <= float(mark.get("x") or 0) + 1.5 <= x + wide + 0.1
    assert [b.get("class") for b in boxes] == ["sp ok", "sp late"]
    ticks = [float(re.findall(r"M([\d.]+)", p.get("d") or "")[0]) for p in svg.iter("path") if p.get("class") == "tk"]
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) - min(steps) < 0.2  # even between the bounds that are printed
    assert float(boxes[1].get("x") or 0) + float(boxes[1].get("width") or 0) <= ticks[-1] + 0.1  # kept on the scale
    assert spans([], bounds, ("",) * 4, 1, "", "") == ""
