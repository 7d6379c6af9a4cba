"""Any city's agencies as a CSV file: reading it with every fault by row and field, and writing it.

UTF-8 (a byte-order mark is taken), first line the column names, in any order:

    code         stable ASCII code, see ``connectors.city.agency``; required
    name         registered name, 2 to 200 characters; required
    kind         code list ``agency_kinds``; required
    level        code list ``agency_levels``: prefecture, city, township, village, group; required
    region       as many digits as the level has: prefecture 4 (or 6 ending in 00), city 6, township 9, village, group
                 12; inside the superior's region; required
    superior     code of the agency above it, of this file or already registered; empty = none
    competences  dispute category codes, separated by ``;``
    mediators    full-time mediators, a whole number; empty = 0
    seal         ``yes`` or ``no`` (also 1/0, 是/否); empty = no

Faults have stable codes (``city.…``); a file with any fault is not loaded at all. Rows may come in any order.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from .agency import CODE, DIGITS, Agency, within

COLUMNS = ("code", "name", "kind", "level", "region", "superior", "competences", "mediators", "seal")
REQUIRED = ("code", "name", "kind", "level", "region")
_YES, _NO = frozenset({"yes", "1", "true", "是"}), frozenset({"", "no", "0", "false", "否"})
_REGION = re.compile(r"^\d{4}(\d{2}(\d{3}(\d{3})?)?)?$")
_MOST_MEDIATORS = 100_000
_NOBODY: Mapping[str, Agency] = MappingProxyType({})


class Fault(NamedTuple):
    """What is wrong with a file: line number (the header is line 1), field ("" = the whole line), stable code."""

    row: int
    field: str
    code: str
    detail: str


class CityFile(NamedTuple):
    """What a file says: its agencies, superiors before those below them, or its faults (then no agencies)."""

    agencies: list[Agency]
    faults: list[Fault]


def read(raw: bytes, registered: Mapping[str, Agency] = _NOBODY, dissolved: Container[str] = ()) -> CityFile:
    """Read a file. ``registered``: by code what the hub has already, which may be named as superiors.

    ``dissolved``: codes of agencies that are no more: a dissolved agency never comes back, a new one needs a new code.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        return CityFile([], [Fault(raw[: why.start].count(b"\n") + 1, "", "city.encoding", "the file is not UTF-8")])
    if "\0" in text:
        return CityFile([], [Fault(text[: text.index("\0")].count("\n") + 1, "", "city.text", "a NUL character")])
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        faults = _separator(header) or _header(header)
        if faults:
            return CityFile([], faults)
        rows = [(lines.line_num, dict(zip(header, line, strict=False)), len(line)) for line in lines if any(line)]
    except csv.Error as why:
        return CityFile([], [Fault(lines.line_num, "", "city.csv", str(why))])
    found: dict[str, tuple[int, Agency]] = {}
    for row, cells, width in rows:
        if width != len(header):
            faults.append(Fault(row, "", "city.cells", f"{width} cells where the header has {len(header)}"))
            continue
        agency, wrong = _row(row, {name: value.strip() for name, value in cells.items()})
        if agency.code in found:
            wrong.append(Fault(row, "code", "city.duplicate", f"already in line {found[agency.code][0]}"))
        elif agency.code in dissolved:
            wrong.append(
                Fault(row, "code", "city.dissolved", f"{agency.code} was dissolved: a new agency needs a new code")
            )
            found[agency.code] = row, agency
        else:
            found[agency.code] = row, agency
        faults += wrong
    faults += _tree(found, registered)
    return CityFile([] if faults else in_order([agency for _, agency in found.values()]), sorted(faults))


def write(agencies: Iterable[Agency]) -> bytes:
    """The file of these agencies; ``read`` gives them back."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for a in agencies:
        lines.writerow([
            a.code, a.name, a.kind, a.level, a.region, a.superior, ";".join(a.competences), a.mediators,
            "yes" if a.seal else "no",
        ])  # fmt: skip
    return out.getvalue().encode()


def in_order(agencies: list[Agency]) -> list[Agency]:
    """Superiors before those below them; otherwise as given. The tree must have no circle."""
    by_code = {a.code: a for a in agencies}
    done: dict[str, Agency] = {}

    def put(agency: Agency) -> None:
        if agency.code not in done:
            if agency.superior in by_code:
                put(by_code[agency.superior])
            done[agency.code] = agency

    for agency in agencies:
        put(agency)
    return list(done.values())


def _separator(header: list[str]) -> list[Fault]:
    """Spreadsheets of some languages write semicolons or tabs where a CSV has commas."""
    if len(header) != 1:
        return []
    used = [
        name for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("；", "；"), ("，", "，")) if mark in header[0]
    ]
    return [Fault(1, "", "city.csv", f"the cells are separated by {used[0]}, commas are expected")] if used else []


def _header(header: list[str]) -> list[Fault]:
    missing = [Fault(1, name, "city.column_missing", "") for name in REQUIRED if name not in header]
    stray = [Fault(1, name, "city.column_unknown", "") for name in header if name not in COLUMNS]
    twice = [Fault(1, name, "city.column_twice", "") for name in COLUMNS if header.count(name) > 1]
    return missing + stray + twice


def _codes(name: str) -> frozenset[str]:
    return frozenset(
        item["code"] for item in json.loads(files("schemas").joinpath("codes", f"{name}.json").read_bytes())
    )


def _row(row: int, cells: Mapping[str, str]) -> tuple[Agency, list[Fault]]:
    faults: list[Fault] = []

    def check(field: str, good: Callable[[str], object], detail: str) -> str:
        value = cells.get(field, "")
        if not value and field in REQUIRED:
            faults.append(Fault(row, field, f"city.{field}", "empty"))
        elif value and not good(value):
            faults.append(Fault(row, field, f"city.{field}", detail))
        return value

    kinds, levels, categories = _codes("agency_kinds"), _codes("agency_levels"), _codes("categories")
    competences = tuple(c.strip() for c in cells.get("competences", "").split(";") if c.strip())
    unknown = sorted(set(competences) - categories)
    if unknown:
        faults.append(Fault(row, "competences", "city.competences", f"not a dispute category: {', '.join(unknown)}"))
    mediators = check("mediators", lambda v: v.isascii() and v.isdigit() and int(v) <= _MOST_MEDIATORS, "no count")
    seal = check("seal", lambda v: v.lower() in _YES | _NO, "neither yes nor no")
    agency = Agency(
        check("code", CODE.match, "letters, digits, dot, hyphen and underscore are expected, at most 64"),
        check("name", _is_name, "2 to 200 printable characters are expected"),
        check("kind", kinds.__contains__, f"not one of {', '.join(sorted(kinds))}"),
        check("level", levels.__contains__, f"not one of {', '.join(sorted(levels))}"),
        check("region", lambda v: _fits(v, cells.get("level", "")), "not the digits of its level: 4, 6, 9 or 12"),
        cells.get("superior", ""),
        competences,
        int(mediators) if mediators.isascii() and mediators.isdigit() else 0,
        seal.lower() in _YES,
    )
    return agency, faults


def _fits(region: str, level: str) -> bool:
    """Whether a region is one of the level; of an unknown level (a fault of its own) any region."""
    if not _REGION.match(region):
        return False
    whole = level != "prefecture" or len(region) == 4 or region.endswith("00")
    return whole and len(region) in DIGITS.get(level, (4, 6, 9, 12))


def _is_name(value: str) -> bool:
    return 2 <= len(value) <= 200 and not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in value)


def _tree(found: Mapping[str, tuple[int, Agency]], registered: Mapping[str, Agency]) -> list[Fault]:
    faults: list[Fault] = []
    for row, agency in found.values():
        over = found[agency.superior][1] if agency.superior in found else registered.get(agency.superior)
        if over is not None and _REGION.match(over.region) and not agency.region.startswith(within(over.region)):
            detail = f"{agency.region} is outside {over.region}, the region of its superior {over.code}"
            faults.append(Fault(row, "region", "city.region", detail))
        if agency.superior and over is None:
            faults.append(Fault(row, "superior", "city.superior", f"{agency.superior} is nowhere"))
        seen, above = {agency.code}, agency.superior
        while above in found and above not in seen:
            seen.add(above)
            above = found[above][1].superior
        if above and above == agency.code:
            faults.append(Fault(row, "superior", "city.cycle", "it stands above itself"))
    return faults
