"""Every article a pack or a ladder cites is the one that the reference notes on the law name for that very rule.

``articles.toml`` holds the pairs, copied by hand and not from the packs: an article that is changed in a pack, cited
without being paired, or paired without being cited fails.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

LAW = r"(?P<law>[\u4e00-\u9fff]+)(?: \((?P<year>\d{4})\))? "
ARTICLE = r"§(?P<a>\d+)(?:-(?P<b>\d+))?|第(?P<c>\d+)(?:-(?P<d>\d+))?条"
CITED = re.compile(f"(?:{LAW})?(?:{ARTICLE})")
BY_YEAR = "治安管理处罚法"  # its articles have other numbers from year to year
SEEDS = (
    "绵司法发〔2023〕79号",
    "楚雄市司法局 2023-10-19",
    "高台县 2022-04-24",
    "local practice",
    "访调对接意见 (2025)",
)


def articles(basis: str) -> set[str]:
    """What a basis cites, ranges spelled out: "law §n"."""
    found, law = set(), ""
    for cited in CITED.finditer(basis):
        if cited["law"]:
            law = cited["law"] + (f" ({cited['year']})" if cited["law"] == BY_YEAR else "")
        first = int(cited["a"] or cited["c"])
        found |= {f"{law} §{n}" for n in range(first, int(cited["b"] or cited["d"] or first) + 1)}
    return found


def entries(raw: Any, where: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table that states a basis, by where it stands in its file."""
    if isinstance(raw, dict):
        if "basis" in raw or "lock_basis" in raw:
            yield where, raw
        for key, own in raw.items():
            yield from entries(own, f"{where}.{key}" if where else key)
    elif isinstance(raw, list):
        for own in raw:
            if isinstance(own, dict):
                yield from entries(own, f"{where} {_name(own)}")


def _name(own: Mapping[str, Any]) -> str:
    if "obligation" in own:
        return " ".join(filter(None, (own["obligation"], own.get("channel", ""), own.get("kind", ""))))
    if "reason" in own:
        return str(own["reason"])
    return str(next(iter((*own.get("triggers", ()), *own.get("grades", ()), own.get("kind", "")))))


def shipped() -> dict[str, Mapping[str, Any]]:
    """Every table with a basis in the packs and ladders that come with the hub, as "file: entry"."""
    found = {}
    for folder in ("packs", "ladders"):
        for path in files("hub.policy").joinpath(folder).iterdir():
            if path.name.endswith(".toml"):
                for where, own in entries(tomllib.loads(path.read_text(encoding="utf-8"))):
                    found[f"{path.name.removesuffix('.toml')}: {where}".rstrip(": ")] = own
    return found


def basis_of(own: Mapping[str, Any]) -> str:
    return str(own.get("basis", own.get("lock_basis")))


SHIPPED = shipped()
RULES = tomllib.loads((Path(__file__).parent / "articles.toml").read_text(encoding="utf-8"))["rule"]
PAIRED: dict[str, set[str]] = {}
for _rule in RULES:
    for _entry in _rule["entries"]:
        PAIRED.setdefault(_entry, set()).update(_rule["by"])


@pytest.mark.parametrize("entry", sorted(SHIPPED.keys() | PAIRED.keys()))
def test_an_entry_cites_the_articles_of_its_rules_and_no_other(entry: str) -> None:
    assert entry in SHIPPED, "the pack has no such entry any more"
    assert articles(basis_of(SHIPPED[entry])) == PAIRED.get(entry, set())


@pytest.mark.parametrize("entry", sorted(SHIPPED))
def test_what_cites_no_article_says_that_it_is_a_hub_default_or_whose_it_is(entry: str) -> None:
    basis = basis_of(SHIPPED[entry])
    if not articles(basis):
        assert "hub default" in basis or any(seed in basis for seed in SEEDS)


@pytest.mark.parametrize("entry", sorted(SHIPPED))
def test_a_limit_set_by_law_cites_it_and_one_of_the_hub_says_so(entry: str) -> None:
    basis, kind = basis_of(SHIPPED[entry]), SHIPPED[entry].get("basis_kind")
    if kind == "law":
        assert articles(basis) and not basis.startswith("hub default")
    if kind == "default":
        assert "hub default" in basis
    if kind == "seed":
        assert any(seed in basis for seed in SEEDS)


def test_the_parser_of_citations_sees_ranges_lists_and_years() -> None:
    assert articles("特邀调解规定 (2016) §18-20, §26; 意见 (2025) 第3条、第5条: 30 days") == {
        "特邀调解规定 §18", "特邀调解规定 §19", "特邀调解规定 §20", "特邀调解规定 §26", "意见 §3", "意见 §5",
    }  # fmt: skip
    assert articles("治安管理处罚法 (2012) §99") != articles("治安管理处罚法 (2025) §99")
    assert articles("hub default: no law") == set()
