"""Risk schemes (风险等级方案): what a local grade is on the scale of four, where its own scheme says so.

Guarantee: pure; a grade or scheme the list ``risk_schemes`` does not know has no ordinal here, and none is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .codes import read_codes


def ordinal(scheme: str, grade: str) -> int | None:
    """1 (red) to 4 (blue) of a scheme's own grade, None where the list does not say."""
    return _schemes().get(scheme, {}).get(grade)


def contradicts(scheme: str, grade: str, said: int) -> bool:
    """Whether an ordinal is another one than the scheme itself gives its grade."""
    return ordinal(scheme, grade) not in (None, said)


@cache
def _schemes() -> Mapping[str, Mapping[str, int]]:
    entries = read_codes("risk_schemes").entries
    return {code: {g["raw"]: g["ordinal"] for g in entry.more["grades"]} for code, entry in entries.items()}
