"""The built city has exactly the agencies its own justice bureau counts, on real places and in one tree."""

from collections import Counter

from connectors.city.agency import CODE
from connectors.city.chuxiong import CITY, DEPARTMENTS, TRADES, build, is_community, regions
from hub.aggregates.wire import code_list

AGENCIES = build()
BY_CODE = {a.code: a for a in AGENCIES}


def test_numbers_of_the_source() -> None:
    kinds = Counter((a.kind, a.level) for a in AGENCIES)
    assert kinds["centre", "city"] == 1
    assert kinds["committee", "city"] == 1
    assert kinds["industry_committee", "city"] == len(TRADES) == 11
    assert kinds["committee", "township"] == 15
    assert kinds["committee", "village"] == 31 + 123
    assert kinds["department_committee", "city"] == len(DEPARTMENTS) == 34
    assert (kinds["court", "city"], kinds["procuratorate", "city"], kinds["petition", "city"]) == (1, 1, 1)
    assert (kinds["police", "city"], kinds["police", "township"]) == (1, 15)
    assert (kinds["justice", "city"], kinds["justice", "township"]) == (1, 15)


def test_communities_and_villages() -> None:
    villages = [unit for unit in regions() if unit.level == "village"]
    assert sum(is_community(unit) for unit in villages) == 31
    assert sum(not is_community(unit) for unit in villages) == 123


def test_the_170_with_seals_are_city_township_community_and_village_committees() -> None:
    sealed = [a for a in AGENCIES if a.seal]
    assert len(sealed) == 1 + 15 + 31 + 123 == 170
    assert {(a.kind, a.level) for a in sealed} == {
        ("committee", "city"), ("committee", "township"), ("committee", "village"),
    }  # fmt: skip


def test_one_group_slot_per_village_unit_without_a_seal() -> None:
    slots = [a for a in AGENCIES if a.kind == "group"]
    assert sorted(a.region for a in slots) == sorted(u.code for u in regions() if u.level == "village")
    assert all(not a.seal and a.level == "group" and "席位" in a.name for a in slots)


def test_codes_names_and_lists_are_those_of_the_contract() -> None:
    assert len(BY_CODE) == len({a.name for a in AGENCIES}) == len(AGENCIES)
    for a in AGENCIES:
        assert CODE.match(a.code) and a.code.startswith(CITY) and a.code.startswith(a.region)
        assert a.kind in code_list("agency_kinds") and a.level in code_list("agency_levels")
        assert set(a.competences) <= code_list("categories")


def test_every_place_name_is_of_the_data_file() -> None:
    units = {unit.code: unit.name for unit in regions()}
    for a in AGENCIES:
        place = units[a.region]
        short = place.removesuffix("居民委员会").removesuffix("村民委员会").removesuffix("村委会")
        short = short[:-1] if a.level == "township" and a.kind != "committee" else short
        assert short in a.name, (a.name, place)


def test_the_tree_leads_up_to_the_centre_and_superiors_come_first() -> None:
    seen: set[str] = set()
    for a in AGENCIES:
        assert not a.superior or a.superior in seen, a.code
        seen.add(a.code)
    assert BY_CODE["532301101001.group"].superior == "532301101001.pmc"
    assert BY_CODE["532301101001.pmc"].superior == "532301101.pmc"
    assert BY_CODE["532301101.pmc"].superior == "532301.pmc"
    assert BY_CODE["532301.pmc"].superior == "532301.centre"
    assert BY_CODE["532301.pmc.medical"].superior == "532301.pmc"
    assert BY_CODE["532301101.police"].superior == "532301.police"
    assert BY_CODE["532301101.justice"].superior == "532301.justice"


def test_full_time_mediators_reach_the_standard() -> None:
    least = {("committee", "village"): 1, ("committee", "township"): 2, ("industry_committee", "city"): 3}
    assert all(a.mediators >= least.get((a.kind, a.level), 0) for a in AGENCIES)


def test_every_category_has_a_competent_committee() -> None:
    competent = {c for a in AGENCIES for c in a.competences}
    assert competent == code_list("categories")
