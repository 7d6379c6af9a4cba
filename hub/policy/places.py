"""Places (发生地): a region code, or words. What looks like a code must be one that somebody knows.

Guarantee: pure. Words are never refused: not every place has a code. Codes: GB/T 2260 for counties (6 digits), the
statistical regions below them (9 townships, 12 villages; hub default: those are not listed, their county is).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from .codes import read_codes

CODE: Final = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,2}")
COUNTY: Final = 6  # digits


@cache
def listed() -> frozenset[str]:
    """Codes of the region list (``schemas/codes/regions.json``), those no longer in force too."""
    return frozenset(read_codes("regions").entries)


def unknown(place: str, served: Callable[[str], bool]) -> bool:
    """Whether a place is written as a code that is in no list and of no registered agency's region (``served``)."""
    if not CODE.fullmatch(place):
        return False
    return place[:COUNTY] not in listed() and not served(place)
