"""Code lists are dated, name what they roll up to, say their source, and refuse to contradict themselves."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from hub.policy import ladder, ladder_standing, shipped_policy
from hub.policy.codes import CodesRefused, parse_codes, read_codes

LISTS = read_codes("lists").entries
TODAY = date(2026, 11, 29)


def texts(*lines: dict[str, Any]) -> str:
    return json.dumps([{"zh": "甲", "en": "a", **line} for line in lines])


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_published_list_can_be_read_and_says_its_source(name: str) -> None:
    assert read_codes(name).entries
    assert LISTS[name].more["source"]


@pytest.mark.parametrize(
    ("day", "there", "not_there"),
    [
        (date(2020, 12, 31), {"01", "18"}, {"19", "20", "21", "22"}),
        (date(2021, 1, 1), {"18", "19", "20"}, {"21", "22"}),
        (date(2023, 12, 7), {"19", "20"}, {"21", "22"}),
        (date(2023, 12, 8), {"19", "20", "21", "22"}, set()),
    ],
)
def test_the_extensions_of_the_categories_are_dated(day: date, there: set[str], not_there: set[str]) -> None:
    offered = {entry.code for entry in read_codes("categories").on(day)}
    assert there <= offered and not offered & not_there


def test_labour_and_consumers_are_one_line_each_on_the_form_of_2016() -> None:
    categories, form = read_codes("categories"), read_codes("categories_2016")
    lines = {code: categories.roll_up(code, "categories_2016") for code in categories.entries}
    assert lines["10"] == lines["11"] == "labour" and lines["13"] == lines["14"] == "consumer"
    assert set(lines.values()) == set(form.entries) and len(form.entries) == 15
    # Every category of the base form but those that share a line keeps its own label.
    for code, line in lines.items():
        if code <= "18" and code not in ("10", "11", "12", "13", "14"):
            assert categories.entries[code].zh == form.entries[str(line)].zh
    assert categories.roll_up("01", "categories_1999") is None
    with pytest.raises(KeyError):
        categories.roll_up("23", "categories_2016")


def test_sources_add_up_to_the_three_of_the_form() -> None:
    sources = read_codes("sources")
    groups = [sources.roll_up(code, "source_groups") for code in sources.entries]
    assert set(groups) == set(read_codes("source_groups").entries) and groups.count("entrusted") == 5


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_roll_up_leads_into_the_list_it_names(name: str) -> None:
    for entry in read_codes(name).entries.values():
        for form, line in entry.more.get("rollup", {}).items():
            assert line in read_codes(form).entries


@pytest.mark.parametrize(
    ("code", "day", "now"),
    [
        ("510724", date(2016, 3, 19), ("510724",)),
        ("510724", date(2016, 3, 20), ("510705",)),
        ("510705", date(2016, 3, 19), ()),
        ("532331", TODAY, ("532302",)),
        ("532331", date(2020, 6, 1), ("532331",)),
        ("532301", TODAY, ("532301",)),
    ],
)
def test_a_region_that_ended_leads_to_its_successor(code: str, day: date, now: tuple[str, ...]) -> None:
    assert read_codes("regions").current(code, day) == now


def test_regions_stand_below_one_another_and_extensions_are_the_tenants() -> None:
    regions = read_codes("regions")
    for code, entry in regions.entries.items():
        assert entry.more["parent"] in regions.entries or entry.more["level"] == "prefecture"
        assert code.startswith(entry.more["parent"])
    now = [e for e in regions.on(TODAY) if e.more["level"] == "county" and not e.more.get("tenant")]
    assert [e.code[:4] for e in now].count("5107") == 9 and [e.code[:4] for e in now].count("5323") == 10
    assert sum(bool(e.more.get("tenant")) for e in regions.entries.values()) == 5


def test_the_built_in_city_is_among_the_regions() -> None:
    rows = files("schemas").joinpath("data", "regions-532301-chuxiong.csv").read_text(encoding="utf-8").splitlines()
    known = read_codes("regions").entries
    for code, name, level, _ in (row.split(",") for row in rows[1:]):
        if level in ("prefecture", "county"):
            assert known[code].zh == name


def test_grades_of_every_scheme_have_an_ordinal_and_the_worst_is_one() -> None:
    known = {int(code) for code in read_codes("grades").entries}
    for entry in read_codes("risk_schemes").entries.values():
        ordinals = [grade["ordinal"] for grade in entry.more["grades"]]
        assert ordinals[0] == 1 and ordinals == sorted(set(ordinals)) and set(ordinals) <= known
        assert len({grade["raw"] for grade in entry.more["grades"]}) == len(ordinals)
        assert entry.more["source"] and entry.more["confidence"] in {"text", "secondary", "memory"}


@pytest.mark.parametrize(("name", "field"), [("grid_categories", "category"), ("key_fields", "categories")])
def test_lists_that_name_categories_name_known_ones(name: str, field: str) -> None:
    for entry in read_codes(name).entries.values():
        named = entry.more[field]
        assert set([named] if isinstance(named, str) else named) <= set(read_codes("categories").entries)


def test_documents_have_fields_in_both_languages_and_stand_in_the_dossier() -> None:
    documents, parts = read_codes("documents").entries, list(read_codes("dossier_parts").entries.values())
    assert len(parts) == 13 and [i for i, p in enumerate(parts, 1) if p.more["required"]] == [1, 2, 3, 7, 8, 13]
    named: dict[str, tuple[str, str]] = {}
    for entry in documents.values():
        fields = entry.more["fields"]
        assert fields and len({f["code"] for f in fields}) == len(fields)
        for f in fields:
            assert f["zh"] and f["en"] and named.setdefault(f["code"], (f["zh"], f["en"])) == (f["zh"], f["en"])
        assert 1 <= entry.more.get("dossier", 1) <= len(parts)
    assert {"referral_letter", "agreement", "termination", "visit"} <= set(documents)


def test_what_counts_of_results_and_of_satisfaction() -> None:
    results = read_codes("attempt_results").entries
    assert {code for code, e in results.items() if not e.more["counts"]} == {"not_held"}
    assert {e.more["effect"] for e in results.values()} == {"resolved", "failed", "ended", "suspended", "none"}
    said = read_codes("satisfaction").entries
    assert {code for code, e in said.items() if e.more["counts"]} == {"satisfied", "mostly_satisfied"}
    assert {code for code, e in said.items() if not e.more["valid"]} == {"not_rated"}


def test_the_ladder_speaks_in_the_codes_of_the_lists() -> None:
    results = read_codes("attempt_results").entries
    assert {code: e.more["effect"] for code, e in results.items()} | {"": "failed"} == ladder_standing.RESULTS
    reasons = {ladder.TOO_SOON, ladder.TRIES_USED, ladder.PHONE, ladder.SHORT_NOTICE, ladder.NOT_HELD, *ladder.CLAIMS}
    reasons |= {ladder.OTHER_ORGAN, ladder_standing.FIRST_NO_SHOW, ladder_standing.LAST_NO_SHOW}
    # Where a dispute stands is the reason too, unless it is being climbed or there is no ladder.
    reasons |= set(ladder_standing.STATES) - {ladder_standing.CLIMBING, ladder_standing.OFF}
    listed = read_codes("attempt_not_counted").entries
    assert set(listed) == reasons
    assert not any(listed[code].more.get("by_hub") for code in ladder.CLAIMS)
    text = files("hub.policy").joinpath("ladders", "common.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["exemptions"]) == set(read_codes("exemptions").entries)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (texts({"code": "1"}, {"code": "1"}), "1 is there twice"),
        (texts({"code": "1", "en": ""}), "empty"),
        (json.dumps([{"code": "1", "zh": "甲"}]), "'en'"),
        (texts({"code": "1", "from": "2021-13-01"}), "month"),
        (texts({"code": "1", "from": "2021-02-02", "to": "2021-02-01"}), "ends before it begins"),
        (texts({"code": "1", "to": "2020-01-01", "successors": ["2"]}), "2 cannot come after 1"),
        (texts({"code": "1", "successors": ["2"]}, {"code": "2"}), "2 cannot come after 1"),
        (
            texts({"code": "1", "to": "2020-01-01", "successors": ["2"]}, {"code": "2", "to": "2019-01-01"}),
            "2 cannot come after 1",
        ),
        (
            texts(
                {"code": "1", "to": "2020-01-01", "successors": ["2"]},
                {"code": "2", "to": "2020-01-01", "successors": ["1"]},
            ),
            "2 cannot come after 1",
        ),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(text: str, why: str) -> None:
    with pytest.raises(CodesRefused, match=why):
        parse_codes("tried", text)


def test_what_an_act_may_leave_out_is_what_a_rule_may_stand_still_for() -> None:
    causes, reasons = read_codes("extension_causes").entries, read_codes("pause_reasons").entries
    assert set(causes) == {"extension", *reasons}
    assert all(reasons[code].more["source"] for code in reasons)
    used = {
        name
        for pack in shipped_policy().packs
        for x in (*pack.limits.values(), *pack.special.values())
        for name in x.pauses
    }
    assert used and used <= set(reasons)


def test_one_day_is_a_period_and_successors_are_followed_to_the_last() -> None:
    made = parse_codes("tried", texts(
        {"code": "a", "from": "2020-01-01", "to": "2020-01-01", "successors": ["b", "c"]},
        {"code": "b", "to": "2021-01-01", "successors": ["d"]},
        {"code": "c", "to": "2022-01-01", "successors": ["d"]},
        {"code": "d"},
        {"code": "e", "to": "2020-01-01"},
    ))  # fmt: skip
    assert [e.code for e in made.on(date(2020, 1, 1))] == ["a", "b", "c", "d", "e"]
    assert made.current("a", date(2020, 1, 1)) == ("a",) and made.current("a", date(2019, 1, 1)) == ()
    assert made.current("a", date(2020, 1, 2)) == ("b", "c")
    assert made.current("a", date(2021, 6, 1)) == ("d", "c")
    assert made.current("a", date(2023, 1, 1)) == ("d",)
    assert made.current("e", date(2023, 1, 1)) == ()
