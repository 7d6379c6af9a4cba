"""The files of the forms say nothing the code does not know, and a wrong one does not load."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from hub.aggregates.dispute.events import CLASSES
from hub.web.documents.form import Form, FormRefused, Where, forms, number_of, packets, read
from hub.web.documents.layout import grid, layout, text_width
from hub.web.documents.values import VALUES

FORMS = list(forms().values())
CODES = {  # what a condition's values come from
    "kind": "kinds", "channel": "channels", "cause": "conclusion_causes", "outcome": "outcomes",
    "form": "agreement_forms", "category": "categories", "agency_kind": "agency_kinds", "sender_kind": "agency_kinds",
    "receiver_kind": "agency_kinds",
}  # fmt: skip
FREE: dict[str, set[object]] = {"rights_notice": {True, False}, "agreement": {"", "reached", "performed", "broken"}}
GOOD = (
    'zh = "甲"\nen = "a"\nstyle = "letter"\nnumber = "{place}{year}{n}"\nbasis = "x"\nsource = "y"\n'
    '[[start]]\ntopic = "dispute.closed"\n[[block]]\nkey = "a"\nlabel = "乙"\n'
)


def codes(name: str) -> set[str]:
    listed = json.loads(files("schemas").joinpath("codes", f"{name}.json").read_text("utf-8"))
    return {item["code"] for item in listed}


def wheres(form: Form) -> list[Where]:
    return [start.where for start in form.starts] + [block.where for block in (*form.blocks, *form.notes)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_everything_a_form_names_is_known(form: Form) -> None:
    assert {start.topic for start in form.starts} <= set(CLASSES)
    for block in form.blocks:
        ways = [bool(block.value), bool(block.text), bool(block.choice), block.parties]
        assert sum(ways) <= 1, block.key
        assert not block.value or block.value in VALUES, block.key
        assert not block.choice or (codes(block.choice) and block.ticked), block.key
    for where in wheres(form):
        for name, wanted in where.items():
            known: set[object] = FREE[name] if name in FREE else set(codes(CODES[name]))
            assert set(wanted) <= known, (name, wanted)
    assert form.basis and form.source


def test_every_file_is_a_form_and_every_form_a_file() -> None:
    folder = Path(str(files("hub.web.documents").joinpath("forms")))
    assert {path.stem for path in folder.glob("*.toml")} == set(forms())


def test_every_value_is_of_some_form_or_of_none_by_mistake() -> None:
    used = {block.value for form in FORMS for block in form.blocks if block.value}
    assert used == set(VALUES)


def test_an_ended_mediation_has_its_notice_whatever_the_outcome() -> None:
    for start in forms()["termination"].starts:
        assert set(start.where["outcome"]) == codes("outcomes") - {"performed"}


def test_no_two_forms_share_a_series() -> None:
    """Two forms of one event never have one number; the dossier's own series is one for all its papers."""
    seen: dict[str, Form] = {}
    for form in FORMS:
        other = seen.setdefault(form.number, form)
        assert other is form or not {s.topic for s in form.starts} & {s.topic for s in other.starts}


def test_numbers_come_from_the_case_and_the_event() -> None:
    assert number_of("registration", "510703-2023-00001", 1) == "（2023）绵涪人调字第1-1号"
    assert number_of("agreement", "532301-2026-12345", 207) == "（2026）楚雄人调字第12345-207号"
    assert number_of("referral_letter", "999999-2026-00010", 2) == "999999移〔2026〕10-2号"


@pytest.mark.parametrize("wrong", [
    GOOD.replace('zh = "甲"\n', ""), GOOD.replace('"letter"', '"song"'), GOOD + "colour = 1\n", "x" + GOOD,
    GOOD.replace("{n}", "{m}"), GOOD.replace("{n}", "{"), GOOD + 'part = "secrets"\n', 'extra = "x"\n' + GOOD,
    GOOD + '[[block]]\nkey = "a"\nlabel = "丙"\n', GOOD + '[sign]\nsong = "x"\n', GOOD.partition("[[start]]")[0],
])  # fmt: skip
def test_a_wrong_file_is_refused(wrong: str) -> None:
    with pytest.raises(FormRefused):
        read("a", wrong)


def test_a_good_file_is_read() -> None:
    assert read("a", GOOD).blocks[0].part == "other", "a court is told nothing that nobody thought of"


def test_a_page_has_the_lines_and_characters_of_the_standard() -> None:
    """GB/T 9704-2012 5.2.1 to 5.2.3."""
    paper, size = layout()["paper"], layout()["size"]["body"]
    assert paper["width_mm"] - paper["left_mm"] - paper["right_mm"] == 156
    assert paper["height_mm"] - paper["top_mm"] - paper["bottom_mm"] == 225
    pitch, wider = grid()
    assert text_width() // (size * 20 + wider) == 28
    assert 225 * 1440 / 25.4 // pitch == 22


def test_packets_are_loaded_with_their_basis() -> None:
    assert all(packet.basis and packet.note for packet in packets())


def test_the_documentation_names_every_form_with_its_number() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "documents.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [(row.split("`")[1], row.split("`")[-2]) for row in rows] == [(form.key, form.number) for form in FORMS]
    for form, row in zip(FORMS, rows, strict=True):
        assert all(start.zh in row for start in form.starts), form.key
        assert all(f"`{start.topic}`" in row for start in form.starts), form.key
