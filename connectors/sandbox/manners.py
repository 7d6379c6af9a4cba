"""How agencies behave: prompt, late, silent, sloppy. A trait of the agency, drawn once per seed."""

from __future__ import annotations

from typing import NamedTuple

from .nature import Nature


class Manner(NamedTuple):
    """Hours to sign, then to accept or return; the share of matters it never reacts to; faults of its system."""

    sign: tuple[float, float]
    decide: tuple[float, float]
    deaf: float  # share of referrals it does not react to at all
    doubles: float  # share of commands it sends twice
    hasty: float  # share of referrals it accepts without signing first


PROMPT = Manner((0.5, 9), (3, 30), 0.01, 0.02, 0.05)
LATE = Manner((14, 44), (20, 90), 0.08, 0.03, 0.05)
SILENT = Manner((20, 70), (40, 120), 0.45, 0.0, 0.0)
SLOPPY = Manner((2, 26), (5, 60), 0.05, 0.35, 0.5)
WEIGHTS = ((0.70, PROMPT), (0.17, LATE), (0.06, SILENT), (0.07, SLOPPY))
ORGANS = ((0.8, PROMPT), (0.2, LATE))  # court, centre and the like are never silent for long


def manner(nature: Nature, agency: str, kind: str) -> Manner:
    """The manner of an agency."""
    organ = kind in ("court", "procuratorate", "centre", "petition")
    return nature.weighted(ORGANS if organ else WEIGHTS, "manner", agency)


def sloppy_system(nature: Nature, system: str) -> bool:
    """A system that reads its inbox only now and then (so it acts on stale states) and sometimes sends garbage."""
    return nature.happens(0.2, "sloppy", system)
