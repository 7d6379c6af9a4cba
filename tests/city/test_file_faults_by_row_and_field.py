"""A city's file with faults: each is told by line, field and stable code, and nothing of the file is taken."""

import pytest

from connectors.city.agency import Agency
from connectors.city.chuxiong import build
from connectors.city.file import Fault, read, write

HEAD = "code,name,kind,level,region,superior,competences,mediators,seal\n"
GOOD = "510700.pmc,绵阳市人民调解委员会,committee,city,510700,,01;02,3,yes\n"


def faults(text: str | bytes) -> list[tuple[int, str, str]]:
    found = read(text.encode() if isinstance(text, str) else text)
    assert found.agencies == [] or not found.faults
    return [(f.row, f.field, f.code) for f in found.faults]


def test_a_good_file_has_none() -> None:
    assert faults(HEAD + GOOD) == []
    assert faults("\ufeff" + HEAD + GOOD) == []  # as spreadsheets write it


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",某调委会,committee,city,510700,,,,", "code", "city.code"),
        ("510700 pmc,某调委会,committee,city,510700,,,,", "code", "city.code"),
        ("a" * 65 + ",某调委会,committee,city,510700,,,,", "code", "city.code"),
        ("x.pmc,,committee,city,510700,,,,", "name", "city.name"),
        ("x.pmc,某\u200bx\x07,committee,city,510700,,,,", "name", "city.name"),
        ("x.pmc,某调委会,ministry,city,510700,,,,", "kind", "city.kind"),
        ("x.pmc,某调委会,committee,province,510700,,,,", "level", "city.level"),
        ("x.pmc,某调委会,committee,city,5107001,,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,township,510700,,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,village,510700001,,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,prefecture,510701,,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,city,510800,510700.pmc,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,township,510801001,510700.pmc,,,", "region", "city.region"),
        ("x.pmc,某调委会,committee,city,510700,nobody,,,", "superior", "city.superior"),
        ("x.pmc,某调委会,committee,city,510700,x.pmc,,,", "superior", "city.cycle"),
        ("x.pmc,某调委会,committee,city,510700,,01;99,,", "competences", "city.competences"),
        ("x.pmc,某调委会,committee,city,510700,,,-1,", "mediators", "city.mediators"),
        ("x.pmc,某调委会,committee,city,510700,,,1000001,", "mediators", "city.mediators"),
        ("x.pmc,某调委会,committee,city,510700,,,,perhaps", "seal", "city.seal"),
        ("x.pmc,某调委会,committee,city,510700", "", "city.cells"),
        ("510700.pmc,某调委会,committee,city,510700,,,,", "code", "city.duplicate"),
    ],
)
def test_each_fault_names_its_field(row: str, field: str, code: str) -> None:
    assert faults(HEAD + GOOD + row + "\n") == [(3, field, code)]


@pytest.mark.parametrize("mark", [";", "\t", "；"])
def test_another_separator_is_named(mark: str) -> None:
    found = read((HEAD + GOOD).replace(",", mark).encode()).faults
    assert [(f.row, f.code) for f in found] == [(1, "city.csv")] and "commas are expected" in found[0].detail


@pytest.mark.parametrize(
    "row",
    [
        "510700.court,某法院,court,prefecture,5107,,,,", "510700.court,某法院,court,prefecture,510700,,,,",
        "510701.pmc,某调委会,committee,city,510701,510700.pmc,,,",  # 510700: the whole prefecture
        "510703.pmc,某调委会,committee,group,510703001002,510700.pmc,,,",
    ],
)  # fmt: skip
def test_a_region_of_its_level_inside_its_superiors_is_good(row: str) -> None:
    assert faults(HEAD + GOOD + row + "\n") == []


def test_all_faults_are_told_at_once() -> None:
    text = HEAD + "x.pmc,,ministry,city,510700,,,,\n" + "y.pmc,好名字,committee,moon,510700,,,,\n"
    assert faults(text) == [(2, "kind", "city.kind"), (2, "name", "city.name"), (3, "level", "city.level")]


def test_a_circle_through_several_rows() -> None:
    rows = "".join(f"{a}.pmc,某调委会,committee,city,510700,{b}.pmc,,,\n" for a, b in ("xy", "yz", "zx"))
    assert faults(HEAD + rows) == [(n, "superior", "city.cycle") for n in (2, 3, 4)]


def test_the_header() -> None:
    assert faults("code,name\n") == [(1, n, "city.column_missing") for n in ("kind", "level", "region")]
    assert (1, "colour", "city.column_unknown") in faults(HEAD.strip() + ",colour\n" + GOOD)
    assert (1, "seal", "city.column_twice") in faults(HEAD.strip() + ",seal\n" + GOOD)
    assert faults("")[0] == (1, "code", "city.column_missing")


def test_bytes_that_are_no_text() -> None:
    assert faults(HEAD.encode() + b"\xff\xfe\n") == [(2, "", "city.encoding")]
    assert faults(HEAD + "a\0b\n") == [(2, "", "city.text")]
    assert faults(HEAD + '"never closed\n')[0][2] == "city.csv"


def test_a_superior_may_be_registered_already() -> None:
    row = "x.pmc,某调委会,committee,city,510700,old.pmc,,,\n"
    old = Agency("old.pmc", "某调委会", "committee", "prefecture", "5107")
    assert read((HEAD + row).encode(), {"old.pmc": old}).faults == []
    far = read((HEAD + row).encode(), {"old.pmc": old._replace(region="5108")}).faults
    assert [(f.row, f.field, f.code) for f in far] == [(2, "region", "city.region")]
    assert read((HEAD + row).encode()).faults == [Fault(2, "superior", "city.superior", "old.pmc is nowhere")]


def test_a_dissolved_agency_does_not_come_back() -> None:
    found = read((HEAD + GOOD).encode(), dissolved={"510700.pmc"})
    assert [(f.row, f.field, f.code) for f in found.faults] == [(2, "code", "city.dissolved")]


def test_what_is_written_is_read_back_in_any_order_with_superiors_first() -> None:
    city = build()
    lines = write(city).decode().splitlines()
    shuffled = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    found = read(shuffled.encode())
    assert found.faults == []
    assert sorted(found.agencies) == sorted(city)
    seen: set[str] = set()
    for agency in found.agencies:
        assert not agency.superior or agency.superior in seen
        seen.add(agency.code)
