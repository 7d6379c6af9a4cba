"""One form for texts that are compared (规范化键): the same number or name, however it was typed.

Guarantee: pure, and folding twice is folding once. Only for *keys*: what was typed is kept beside. Not for shown text:
no compatibility forms (NFKC) in names, no change between simplified and traditional characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Brackets of any kind become ( and ); the middle dots of Yi, Qiang and Tibetan names become U+00B7.
_MAP: Final[dict[int, str]] = {
    **{code + 0xFEE0: chr(code) for code in range(0x21, 0x7F) if chr(code).isalnum()},
    **dict.fromkeys(map(ord, "（[［【〔"), "("),
    **dict.fromkeys(map(ord, "）]］】〕"), ")"),
    **dict.fromkeys((0x30FB, 0x2022, 0x2027), "\u00b7"),
    **dict.fromkeys((0x3000, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), ""),
}
_SPACES: Final[dict[int, str]] = {**_MAP, **dict.fromkeys(map(ord, " \t\r\n\u00a0"), "")}
_SERIAL: Final = re.compile(r"第([〇零一二三四五六七八九十百千]+)号")
_DIGITS: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}


def key(text: str) -> str:
    """What a name or number is compared by (hub default).

    NFC; full-width digits, letters and brackets become half-width and all brackets round; ideographic and zero-width
    spaces go; the middle dots become one; 第一号 becomes 第1号.
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_MAP))
    return _SERIAL.sub(lambda m: m[0] if numeral(m[1]) is None else f"第{numeral(m[1])}号", plain)


def folded(text: str) -> tuple[str, tuple[int, ...]]:
    """An identifier's characters as they are compared, and the place of each in ``text``, from 1.

    As ``key`` does it, without NFC; spaces of every kind go, ASCII letters become capitals. One more place stands
    behind the last: where the text ends.
    """
    kept: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text, 1):
        plain = _SPACES.get(ord(character), character)
        if plain:
            kept.append(plain.upper() if plain.isascii() else plain)
            places.append(at)
    return "".join(kept), (*places, len(text) + 1)


def numeral(text: str) -> int | None:
    """The number that Chinese numerals below ten thousand mean (十二 = 12, 一〇二 = 102); None for none."""
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if text else None
    total, digit, above = 0, None, 10_000
    for character in text:
        if character in _DIGITS:
            if digit:  # two digits in a row: 一百二三
                return None
            digit = _DIGITS[character]
        elif character in _UNITS:
            unit = _UNITS[character]
            if unit >= above or digit == 0 or (digit is None and unit != 10):
                return None  # 十百, 零百, 百
            total, above, digit = total + (1 if digit is None else digit) * unit, unit, None
        else:
            return None
    return total + (digit or 0)
