"""Numbers of cases and papers: 案号 of courts, numbers of people's mediation, 文号 of official papers.

Guarantee: what is parsed keeps the text as it was given (``raw``) and has one canonical form (``key``) to compare and
look up by; a text that is no such number gives a Fault with the place where it stops being one, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from .identifiers import Fault
from .keys import folded, numeral

PROVINCES: Final = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川黔贵滇云藏陕甘青宁新蒙内军兵"
LAST_PRE_FILING_YEAR: Final = 2024  # 最高法, register first and then mediate: in force from 2025-01-01
_NUMERALS: Final = "〇零一二三四五六七八九十百千"


class CaseNumber(NamedTuple):
    """案号: (收案年度)+法院代字+[专门审判代字]+类型代字+编号+号. ``suffix`` is what stands behind 号, such as 之一."""

    raw: str
    year: int
    court: str
    special: str
    type: str
    serial: int
    suffix: str

    @property
    def key(self) -> str:
        """The canonical form: round half-width brackets, no padding."""
        return f"({self.year}){self.court}{self.special}{self.type}{self.serial}号{self.suffix}"

    @property
    def pre_filing(self) -> bool:
        """Whether it numbers a mediation before filing (诉前调, 诉前调确, 诉前调书)."""
        return "诉前调" in self.type

    @property
    def legacy(self) -> bool:
        """Whether a court should no longer have given it: a pre-filing number of 2025 or later."""
        return self.pre_filing and self.year > LAST_PRE_FILING_YEAR


class MediationNumber(NamedTuple):
    """人民调解 number: ``mark`` is 地 + 调委会代字, as 绵涪 in (2023)绵涪人调字第1号; the blank form has none."""

    raw: str
    year: int
    mark: str
    serial: int
    key: str


class PaperNumber(NamedTuple):
    """文号 of an official paper. ``well_formed``: as GB/T 9704-2012 writes it, 机关代字〔年〕序号号.

    A paper keeps the number it was issued under, so one that is not well formed is still a number. ``year`` is None for
    an order (令), which is counted through.
    """

    raw: str
    issuer: str
    year: int | None
    serial: int
    well_formed: bool

    @property
    def key(self) -> str:
        """The canonical form, whatever form was printed."""
        return (
            f"{self.issuer}第{self.serial}号" if self.year is None else f"{self.issuer}〔{self.year}〕{self.serial}号"
        )


def case_number(text: str, legacy: bool = False) -> CaseNumber | Fault:
    """A court's case number (人民法院案件案号规定); brackets of any kind and full-width digits are taken.

    ``legacy``: take pre-filing numbers of 2025 and later too; without it they are ``identifier.legacy`` (最高法
    《关于严格依法规范民事案件立案与调解工作的意见》: since 2025-01-01 a case is registered before it is mediated; some
    courts went on). Pre-filing numbers of earlier years are always good. Other faults: ``identifier.form`` with the
    place where the text stops being a case number, ``identifier.number`` for a serial number of zero.
    """
    plain, places = folded(text)
    found = _scan(plain, _CASE)
    if isinstance(found, int):
        return Fault("identifier.form", places[found])
    year, court, special, kind, serial, suffix = (found[name] for name in _CASE_PARTS)
    if int(plain[slice(*serial)]) == 0:
        return Fault("identifier.number", places[serial[0]])
    number = CaseNumber(
        text, int(plain[slice(*year)]), plain[slice(*court)], plain[slice(*special)], plain[slice(*kind)],
        int(plain[slice(*serial)]), plain[slice(*suffix)],
    )  # fmt: skip
    return Fault("identifier.legacy", places[kind[0]]) if number.legacy and not legacy else number


_CASE_PARTS: Final = ("year", "court", "special", "type", "serial", "suffix")
_CASE: Final = (
    ("", re.compile(r"\(")),
    ("year", re.compile(r"(19|20)\d\d", re.ASCII)),
    ("", re.compile(r"\)")),
    ("court", re.compile(rf"最高法|[{PROVINCES}]\d{{0,4}}", re.ASCII)),
    ("special", re.compile("知?")),  # since 2018; others may come
    ("type", re.compile("(?:(?!号)[一-龥]){1,5}")),
    ("serial", re.compile(r"\d{1,8}", re.ASCII)),
    ("", re.compile("号")),
    ("suffix", re.compile(rf"(之[{_NUMERALS}]+)*")),
    ("", re.compile(r"\Z")),
)


class MediationTemplate:
    """How a committee numbers its mediations, with ``{year}``, ``{mark}`` and ``{serial}`` in it; hub default
    ``({year}){mark}人调字第{serial}号`` (the official form prints "( )人调字第 号"; no national rule says more).

    ValueError for a template without year or serial number, with one of them twice, or with other braces in it.
    """

    def __init__(self, text: str = "({year}){mark}人调字第{serial}号") -> None:
        parts = [part for part in re.split(r"(\{\w+\})", text) if part]
        fields = [part for part in parts if part in _FIELDS]
        stray = any(brace in part for part in parts if part not in _FIELDS for brace in "{}")
        if stray or len(set(fields)) != len(fields) or not {"{year}", "{serial}"} <= set(fields):
            raise ValueError(f"a template with {{year}}, {{serial}} and perhaps {{mark}} is expected: {text!r}")
        self.text = text
        self._parts: list[tuple[str, re.Pattern[str]]] = []
        for part, after in zip(parts, [*parts[1:], ""], strict=True):
            if part not in _FIELDS:
                self._parts.append(("", re.compile(re.escape(folded(part)[0]))))
                continue
            pattern = _FIELDS[part]
            if part == "{mark}" and after not in _FIELDS:  # it ends where the template goes on
                pattern += f"?(?={re.escape(folded(after)[0])})" if after else r"?\Z"
            self._parts.append((part[1:-1], re.compile(pattern, re.ASCII)))
        self._parts.append(("", re.compile(r"\Z")))

    def parse(self, text: str) -> MediationNumber | Fault:
        """A number of this template; 第一号 and 第1号 are one, padding does not count.

        Faults: ``identifier.form`` with the place where the text leaves the template, ``identifier.number`` for a
        serial number that is zero or no number.
        """
        plain, places = folded(text)
        found = _scan(plain, self._parts)
        if isinstance(found, int):
            return Fault("identifier.form", places[found])
        digits = plain[slice(*found["serial"])]
        serial = int(digits) if digits.isascii() else numeral(digits)
        if not serial:
            return Fault("identifier.number", places[found["serial"][0]])
        year, mark = int(plain[slice(*found["year"])]), plain[slice(*found.get("mark", (0, 0)))]
        return MediationNumber(text, year, mark, serial, folded(self.write(year, mark, serial))[0])

    def write(self, year: int, mark: str, serial: int) -> str:
        """The number as it is issued: serial numbers run per committee and year, without gaps or padding."""
        return self.text.replace("{year}", str(year)).replace("{mark}", mark).replace("{serial}", str(serial))


_FIELDS: Final = {
    "{year}": r"(19|20)\d\d",
    "{mark}": "[一-龥]{0,20}",
    "{serial}": rf"\d{{1,8}}|[{_NUMERALS}]{{1,12}}",
}


def paper_number(text: str) -> PaperNumber | Fault:
    """The number of an official paper, well formed or as papers are found to print it.

    Taken: any bracket for 〔〕; the year before the bracket and the serial number in it (市党办通2021〔86〕号); a 第 or
    padding before the serial number; orders (国务院令第809号). Fault ``identifier.form`` with the place where the text
    stops being one, ``identifier.number`` for a serial number of zero.
    """
    plain, places = folded(text)
    stopped = 0
    for parts in _PAPERS:
        found = _scan(plain, parts)
        if isinstance(found, int):
            stopped = max(stopped, found)
            continue
        serial = int(plain[slice(*found["serial"])])
        if serial == 0:
            return Fault("identifier.number", places[found["serial"][0]])
        year = int(plain[slice(*found["year"])]) if "year" in found else None
        number = PaperNumber(text, plain[slice(*found["issuer"])], year, serial, False)
        return number._replace(well_formed=number.key == text)
    return Fault("identifier.form", places[stopped])


_ISSUER: Final = ("issuer", re.compile(r"[一-龥]{1,20}?(?=\(|\d|第)"))
_ORDER: Final = ("issuer", re.compile(r"[一-龥]{1,20}?令(?=第|\d)"))
_YEAR: Final = ("year", re.compile(r"(19|20)\d\d", re.ASCII))
_TH: Final = ("", re.compile("第?"))
_SERIAL: Final = ("serial", re.compile(r"\d{1,6}", re.ASCII))
_END: Final = ("", re.compile(r"号\Z"))
_OPEN: Final = ("", re.compile(r"\("))
_CLOSED: Final = ("", re.compile(r"\)"))
_PAPERS: Final = (
    (_ISSUER, _OPEN, _YEAR, _CLOSED, _TH, _SERIAL, _END),
    (_ISSUER, _YEAR, _OPEN, _SERIAL, _CLOSED, _END),
    (_ORDER, _TH, _SERIAL, _END),
)


def _scan(text: str, parts: Sequence[tuple[str, re.Pattern[str]]]) -> dict[str, tuple[int, int]] | int:
    """Where each named part lies, or the index at which the first part does not match. Nothing is tried twice."""
    found: dict[str, tuple[int, int]] = {}
    at = 0
    for name, pattern in parts:
        match = pattern.match(text, at)
        if match is None:
            return at
        if name:
            found[name] = match.span()
        at = match.end()
    return found
