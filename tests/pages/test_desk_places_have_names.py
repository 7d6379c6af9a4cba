"""A region code reads as the place it is; what people wrote stays as they wrote it."""

import uuid

import pytest

from hub.aggregates.agency import names
from hub.aggregates.agency.registry import Registry
from hub.web.pages.places import codes_of, place_name, places, townships
from hub.words import AgencyId, agency_id

AGENCIES = (
    ("532301.centre", "楚雄市矛盾纠纷多元化解中心", "centre", "city", "532301"),
    ("532301101.police", "楚雄市公安局鹿城派出所", "police", "township", "532301101"),
    ("532301101.pmc", "楚雄市鹿城镇人民调解委员会", "committee", "township", "532301101"),
    ("532301101001.pmc", "楚雄市鹿城镇东兴社区人民调解委员会", "committee", "village", "532301101001"),
    ("532301101001.group", "楚雄市鹿城镇东兴社区居民小组调解席位", "group", "group", "532301101001"),
    ("532301102201.pmc", "楚雄市东瓜镇永安村人民调解委员会", "committee", "village", "532301102201"),
)


@pytest.fixture
def registry() -> Registry:
    made = Registry()
    for code, name, kind, level, region in AGENCIES:
        event = names.Registered(code, name, kind, level, region, None, (), 1, False)
        made = made.evolve(AgencyId(agency_id(code)), event)
    return made


def test_codes_read_as_names(registry: Registry) -> None:
    assert place_name(registry, "532301101001") == "东兴社区"
    assert place_name(registry, "532301101") == "鹿城镇"
    assert place_name(registry, "532301") == "楚雄市"


def test_what_people_wrote_stays(registry: Registry) -> None:
    words = f"河边 {uuid.uuid4()}"
    assert place_name(registry, words) == words
    assert place_name(registry, "532301109999") == "532301109999"


def test_places_below_a_region(registry: Registry) -> None:
    assert places(registry, "532301101") == [("532301101001", "东兴社区")]
    assert [name for _, name in places(registry)] == ["东兴社区", "永安村"]
    assert townships(registry, "532301") == [("532301101", "鹿城镇")]


def test_names_are_found_again_after_the_registry_changed(registry: Registry) -> None:
    assert codes_of(registry, "东兴") == ["532301101001"]
    renamed = registry.evolve(
        AgencyId(agency_id("532301101001.pmc")),
        names.Amended(
            "楚雄市鹿城镇新东兴社区人民调解委员会", "committee", "village", "532301101001", None, (), 1, False
        ),
    )
    assert place_name(renamed, "532301101001") == "新东兴社区"
    assert codes_of(registry, "") == []
