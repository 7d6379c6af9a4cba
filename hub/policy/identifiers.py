"""Identifiers that carry a check digit: 统一社会信用代码 (GB 32100-2015) and 公民身份号码 (GB 11643-1999).

Guarantee: a value comes back only if every rule of its standard holds; otherwise a Fault, never an exception, says
which rule and where. ``key`` is what to compare and store as a key; the text as it was given is the caller's to keep.
A Fault holds no part of the text and a citizen's number prints without it, so neither brings personal data into a log.

Caught by the schemes themselves: any one wrong character, and any two neighbours that changed places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from .keys import folded

CREDIT_SET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: without I, O, S, V, Z
CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS: Final = "10X98765432"  # by the weighted sum modulo 11
DIGITS: Final = frozenset("0123456789")


class Fault(NamedTuple):
    """Why a text is no such identifier: a stable code, and the place at fault in the text as given.

    ``at`` counts characters from 1. For a wrong check digit it is the check digit's place, although any character
    before it may be the wrong one; for a text that is too short it is one behind its end.
    """

    code: str
    at: int


@dataclass(frozen=True, slots=True)
class CreditCode:
    """统一社会信用代码: ``department`` registered it (登记管理部门), as a body of ``kind`` (机构类别), in ``region``.

    The region is that of the registration and may have been abolished since. ``organisation`` is the 主体标识码, with
    its own check digit.
    """

    key: str

    @property
    def department(self) -> str:
        return self.key[0]

    @property
    def kind(self) -> str:
        return self.key[1]

    @property
    def region(self) -> str:
        return self.key[2:8]

    @property
    def organisation(self) -> str:
        return self.key[8:17]


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """公民身份号码. Personal data: it prints as its region alone. The region may have been abolished since."""

    key: str = field(repr=False)
    region: str
    born: date = field(repr=False)


def credit_code(text: str) -> CreditCode | Fault:
    """A unified social credit code; small letters and full-width characters are taken as what they mean.

    Faults: ``identifier.length``, ``identifier.character``, ``identifier.inner_check`` (place 17, GB 11714) and
    ``identifier.check_digit`` (place 18).
    """
    key, places = folded(text)
    for i, character in enumerate(key[:18]):
        # GB 32100-2015: places 3 to 8 are the division, digits only.
        if character not in (DIGITS if 2 <= i < 8 else CREDIT_SET):
            return Fault("identifier.character", places[i])
    if len(key) != 18:
        return Fault("identifier.length", places[min(len(key), 18)])
    if key[16] != organisation_check(key[8:16]):
        return Fault("identifier.inner_check", places[16])
    if key[17] != credit_check(key[:17]):
        return Fault("identifier.check_digit", places[17])
    return CreditCode(key)


def citizen_number(text: str, today: date | None = None) -> CitizenNumber | Fault:
    """A citizen's number of 18 places; a small x and full-width characters are taken as what they mean.

    With ``today`` (a local date), somebody born after it is a fault. The 15 places of before 1999 are too short.
    Faults: ``identifier.length``, ``identifier.character``, ``identifier.date`` (place 7) and
    ``identifier.check_digit`` (place 18).
    """
    key, places = folded(text)
    for i, character in enumerate(key[:18]):
        good = "123456789" if i == 0 else DIGITS | {"X"} if i == 17 else DIGITS
        if character not in good:
            return Fault("identifier.character", places[i])
    if len(key) != 18:
        return Fault("identifier.length", places[min(len(key), 18)])
    try:
        born = date(int(key[6:10]), int(key[10:12]), int(key[12:14]))
    except ValueError:
        return Fault("identifier.date", places[6])
    if today is not None and born > today:
        return Fault("identifier.date", places[6])
    if key[17] != citizen_check(key[:17]):
        return Fault("identifier.check_digit", places[17])
    return CitizenNumber(key, key[:6], born)


def credit_check(first: str) -> str:
    """The 18th character for the first 17 (GB 32100-2015): (31 - sum mod 31) mod 31."""
    total = sum(CREDIT_SET.index(c) * w for c, w in zip(first, CREDIT_WEIGHTS, strict=True))
    return CREDIT_SET[-total % 31]


def organisation_check(first: str) -> str:
    """The ninth character for the first eight of an organisation code (GB 11714-1997): 11 - sum mod 11, ten is X."""
    total = sum(int(c, 36) * w for c, w in zip(first, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def citizen_check(first: str) -> str:
    """The 18th character for the first 17 (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(c) * w for c, w in zip(first, CITIZEN_WEIGHTS, strict=True))
    return CITIZEN_CHECKS[total % 11]
